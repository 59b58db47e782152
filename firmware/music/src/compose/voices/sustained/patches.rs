//! The held instruments, by what makes each unlike the others.

use super::COPIES;
use crate::compose::character::Instrument;
use crate::compose::voices::tone::Shape;
use crate::compose::voices::wavetable::Wave;

/// An instrument by what makes it unlike the others.
pub(super) struct Patch {
    pub(super) wave: Wave,
    /// Oscillators, and how far the outer ones lie from the pitch, in cents.
    pub(super) copies: usize,
    pub(super) cents: f32,
    /// Bow, breath or hiss, against the tone.
    pub(super) noise: f32,
    /// The filter: times the pitch, plus so many Hz, plus so many with full brightness and velocity.
    pub(super) tracking: f32,
    pub(super) cutoff_hz: f32,
    pub(super) bright_hz: f32,
    pub(super) q: f32,
    /// How far the filter opens with the envelope (above 0) or slowly sways (both in octaves).
    pub(super) opening: f32,
    pub(super) swaying: f32,
    pub(super) shape: Shape,
    /// Depth in cents and rate in Hz.
    pub(super) vibrato: (f32, f32),
    pub(super) gain: f32,
}

const fn shape(attack_s: f32, decay_s: f32, sustain: f32, release_s: f32) -> Shape {
    Shape { attack_s, decay_s, sustain, release_s }
}

const STRINGS: Patch = Patch {
    wave: Wave::Saw,
    copies: 3,
    cents: 9.0,
    noise: 0.16,
    tracking: 1.6,
    cutoff_hz: 500.0,
    bright_hz: 5_500.0,
    q: 0.7,
    opening: 0.3,
    swaying: 0.15,
    shape: shape(0.12, 3.0, 0.8, 0.45),
    vibrato: (14.0, 5.3),
    gain: 0.5,
};

const BRASS: Patch = Patch {
    cents: 6.0,
    copies: 2,
    noise: 0.06,
    cutoff_hz: 300.0,
    bright_hz: 6_000.0,
    q: 0.9,
    opening: 1.2,
    swaying: 0.0,
    shape: shape(0.04, 0.9, 0.7, 0.18),
    vibrato: (6.0, 4.8),
    gain: 0.5,
    ..STRINGS
};

const FLUTE: Patch = Patch {
    wave: Wave::Round,
    copies: 1,
    cents: 0.0,
    noise: 0.35,
    tracking: 2.0,
    cutoff_hz: 900.0,
    bright_hz: 5_000.0,
    opening: 0.4,
    shape: shape(0.06, 2.0, 0.85, 0.2),
    vibrato: (16.0, 5.0),
    gain: 0.75,
    ..STRINGS
};

const CHOIR: Patch = Patch {
    wave: Wave::Saw,
    copies: 3,
    cents: 14.0,
    noise: 0.4,
    tracking: 0.5,
    cutoff_hz: 750.0,
    bright_hz: 1_800.0,
    q: 1.6,
    opening: 0.2,
    swaying: 0.3,
    shape: shape(0.35, 3.0, 0.85, 0.9),
    vibrato: (20.0, 5.6),
    gain: 0.4,
};

const GLASS: Patch = Patch {
    wave: Wave::Hollow,
    copies: 2,
    cents: 5.0,
    noise: 0.5,
    tracking: 1.5,
    cutoff_hz: 600.0,
    bright_hz: 3_500.0,
    q: 1.3,
    opening: 0.5,
    swaying: 0.8,
    shape: shape(0.5, 4.0, 0.75, 1.6),
    vibrato: (8.0, 3.4),
    gain: 0.4,
};

const ORGAN: Patch = Patch {
    wave: Wave::Organ,
    copies: 2,
    cents: 4.0,
    noise: 0.05,
    tracking: 3.0,
    cutoff_hz: 1_500.0,
    bright_hz: 6_000.0,
    q: 0.7,
    opening: 0.0,
    swaying: 0.25,
    shape: shape(0.008, 2.0, 0.9, 0.08),
    vibrato: (7.0, 6.4),
    gain: 0.45,
};

const LEAD: Patch = Patch {
    wave: Wave::Saw,
    copies: 3,
    cents: 11.0,
    noise: 0.05,
    tracking: 2.5,
    cutoff_hz: 900.0,
    bright_hz: 8_000.0,
    q: 1.1,
    opening: 0.8,
    swaying: 0.2,
    shape: shape(0.01, 1.2, 0.75, 0.15),
    vibrato: (18.0, 5.8),
    gain: 0.42,
};

const SAWS: Patch = Patch {
    cents: 17.0,
    noise: 0.12,
    opening: 0.5,
    swaying: 0.5,
    shape: shape(0.015, 0.8, 0.6, 0.25),
    vibrato: (4.0, 4.1),
    gain: 0.38,
    ..LEAD
};

const SOFT_BASS: Patch = Patch {
    wave: Wave::Round,
    copies: 2,
    cents: 3.0,
    noise: 0.08,
    tracking: 3.0,
    cutoff_hz: 250.0,
    bright_hz: 2_000.0,
    q: 0.7,
    opening: 0.7,
    swaying: 0.0,
    shape: shape(0.008, 4.0, 0.35, 0.2),
    vibrato: (0.0, 1.0),
    gain: 0.62,
};

const DRIVEN_BASS: Patch = Patch {
    wave: Wave::Saw,
    cents: 5.0,
    noise: 0.1,
    tracking: 3.0,
    cutoff_hz: 300.0,
    bright_hz: 4_500.0,
    q: 0.9,
    opening: 1.0,
    shape: shape(0.004, 1.5, 0.6, 0.1),
    gain: 0.6,
    ..SOFT_BASS
};

/// One singer: what the throat gives, shaped by formants, slid into and with a wide vibrato.
const VOICE: Patch = Patch {
    copies: 1,
    cents: 0.0,
    noise: 0.5,
    tracking: 2.0,
    cutoff_hz: 1_600.0,
    bright_hz: 6_000.0,
    q: 0.7,
    opening: 0.5,
    swaying: 0.0,
    shape: shape(0.03, 2.0, 0.8, 0.12),
    vibrato: (38.0, 5.6),
    gain: 1.2,
    ..STRINGS
};

/// The patch of an instrument; `None` for those that are struck or plucked.
pub(super) const fn patch(instrument: Instrument) -> Option<&'static Patch> {
    Some(match instrument {
        Instrument::Strings => &STRINGS,
        Instrument::Brass => &BRASS,
        Instrument::Flute => &FLUTE,
        Instrument::Voice => &VOICE,
        Instrument::Choir => &CHOIR,
        Instrument::Glass => &GLASS,
        Instrument::Organ => &ORGAN,
        Instrument::Lead => &LEAD,
        Instrument::Saws => &SAWS,
        Instrument::SoftBass => &SOFT_BASS,
        Instrument::DrivenBass => &DRIVEN_BASS,
        _ => return None,
    })
}

impl Patch {
    /// Voices that are out of tune add as powers do.
    pub(super) fn copies_gain(&self) -> f32 {
        [1.0, 1.41, 1.73][self.copies.clamp(1, COPIES) - 1]
    }
}
