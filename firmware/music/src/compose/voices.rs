//! The instruments, synthesised. Each voice is one note: it adds its samples to a block until it has died away.

mod strings;
mod struck;
mod tone;

use crate::compose::character::Instrument;
use crate::compose::score::Part;
use crate::compose::theory::{Semitones, frequency_hz};

/// How a note is touched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Touch {
    pub(super) pitch: Semitones,
    /// How hard, 0..=1.
    pub(super) velocity: f32,
    /// How long it is held, in seconds.
    pub(super) held_s: f32,
    /// Darkest 0 to brightest 1.
    pub(super) brightness: f32,
    pub(super) rate_hz: f32,
    /// Makes one note's noise unlike the next one's.
    pub(super) seed: u32,
}

impl Touch {
    fn frequency_hz(&self) -> f32 {
        frequency_hz(self.pitch)
    }
}

/// One note sounding.
pub(super) trait Voice: Send {
    /// Adds the next samples to `out`; `false` when nothing comes any more.
    fn render(&mut self, out: &mut [f32]) -> bool;
}

/// The voice for a note, or `None` above the hearing of the sample rate.
pub(super) fn voice(part: Part, touch: Touch) -> Option<Box<dyn Voice>> {
    if touch.frequency_hz() > touch.rate_hz * 0.4 {
        return None;
    }
    let instrument = match part {
        Part::Melody(instrument) | Part::Chords(instrument) | Part::Pad(instrument) | Part::Bass(instrument) => {
            instrument
        }
        Part::Drums(drum) => return Some(struck::drum(drum, &touch)),
    };
    Some(match instrument {
        Instrument::Piano => Box::new(struck::Struck::piano(&touch)),
        Instrument::Marimba => Box::new(struck::Struck::marimba(&touch)),
        Instrument::Celesta => Box::new(struck::Struck::celesta(&touch)),
        Instrument::ElectricPiano => Box::new(struck::ElectricPiano::new(&touch)),
        Instrument::Harp => Box::new(strings::Pluck::new(&touch)),
        Instrument::Strings => Box::new(strings::Strings::new(&touch, matches!(part, Part::Pad(_)))),
        Instrument::Glass => Box::new(strings::Glass::new(&touch, matches!(part, Part::Pad(_)))),
        Instrument::SoftBass => Box::new(strings::Bass::soft(&touch)),
        Instrument::DrivenBass => Box::new(strings::Bass::driven(&touch)),
    })
}
