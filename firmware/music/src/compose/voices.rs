//! The instruments, synthesised. Each voice is one note: it adds its samples to a block until it has died away.

mod kit;
mod pluck;
mod struck;
mod sustained;
mod tone;
mod wavetable;

pub(in crate::compose) use tone::{Noise, sine};

use crate::compose::character::Instrument;
use crate::compose::score::Part;
use crate::compose::theory::{Semitones, frequency_hz};

/// How a note is touched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Touch {
    pub(super) pitch: Semitones,
    /// How far from the pitch it is played, in cents.
    pub(super) cents: f32,
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
        frequency_hz(self.pitch) * (self.cents / 1_200.0).exp2()
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
    let pad = matches!(part, Part::Pad(_));
    let instrument = match part {
        Part::Melody(instrument) | Part::Chords(instrument) | Part::Pad(instrument) | Part::Bass(instrument) => {
            instrument
        }
        Part::Drums(drum) => return Some(Box::new(kit::Stroke::new(drum, &touch))),
    };
    if instrument == Instrument::ElectricPiano {
        return Some(Box::new(struck::ElectricPiano::new(&touch)));
    }
    if let Some(struck) = struck::Struck::of(instrument, &touch) {
        return Some(Box::new(struck));
    }
    if let Some(pluck) = pluck::Pluck::of(instrument, &touch) {
        return Some(Box::new(pluck));
    }
    Some(Box::new(sustained::Sustained::new(instrument, &touch, pad)?))
}
