//! Scales and chords, in semitones above a tonic. Numbers only: what sounds, and when, is the score's business.

/// A pitch or an interval in semitones; as a pitch it is a MIDI note number, 60 = middle C, 69 = 440 Hz.
pub type Semitones = i16;

/// Semitones of an octave.
pub const OCTAVE: Semitones = 12;

/// Frequency of a MIDI note number in equal temperament, in Hz.
#[must_use]
pub fn frequency_hz(pitch: Semitones) -> f32 {
    440.0 * (f32::from(pitch - 69) / 12.0).exp2()
}

/// The seven-note scale a mood's melodies are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Major.
    Major,
    /// Major with a raised fourth: floating, astonished.
    Lydian,
    /// Minor with a raised sixth: cool rather than sad.
    Dorian,
    /// Minor with a raised seventh. The leading tone is what keeps it from being heard as the relative major.
    HarmonicMinor,
    /// Minor with a lowered second.
    Phrygian,
}

impl Mode {
    /// Semitones of the seven degrees above the tonic.
    #[must_use]
    pub const fn steps(self) -> [Semitones; 7] {
        match self {
            Self::Major => [0, 2, 4, 5, 7, 9, 11],
            Self::Lydian => [0, 2, 4, 6, 7, 9, 11],
            Self::Dorian => [0, 2, 3, 5, 7, 9, 10],
            Self::HarmonicMinor => [0, 2, 3, 5, 7, 8, 11],
            Self::Phrygian => [0, 1, 3, 5, 7, 8, 10],
        }
    }
}

/// What stands on a chord's root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    /// Major triad.
    Major,
    /// Minor triad.
    Minor,
    /// Diminished triad.
    Diminished,
    /// Major triad with a ninth: open, friendly.
    AddNine,
    /// Minor triad with a ninth: wistful.
    MinorNine,
    /// Major seventh.
    MajorSeven,
    /// Minor seventh.
    MinorSeven,
    /// Dominant seventh: wants to go home.
    Seven,
}

/// A chord: its root above the tonic, and its quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// Semitones of the root above the tonic, 0..12.
    pub root: Semitones,
    /// What stands on it.
    pub quality: Quality,
}

impl Chord {
    /// A chord `root` semitones above the tonic.
    #[must_use]
    pub const fn new(root: Semitones, quality: Quality) -> Self {
        Self { root, quality }
    }

    /// Semitones of its tones above the root, the root first.
    #[must_use]
    pub const fn intervals(self) -> &'static [Semitones] {
        match self.quality {
            Quality::Major => &[0, 4, 7],
            Quality::Minor => &[0, 3, 7],
            Quality::Diminished => &[0, 3, 6],
            Quality::AddNine => &[0, 4, 7, 14],
            Quality::MinorNine => &[0, 3, 7, 14],
            Quality::MajorSeven => &[0, 4, 7, 11],
            Quality::MinorSeven => &[0, 3, 7, 10],
            Quality::Seven => &[0, 4, 7, 10],
        }
    }

    /// Semitones of its fifth above the root.
    #[must_use]
    pub const fn fifth(self) -> Semitones {
        if matches!(self.quality, Quality::Diminished) { 6 } else { 7 }
    }

    /// Whether `above_tonic` (any octave) is one of its tones.
    #[must_use]
    pub fn holds(self, above_tonic: Semitones) -> bool {
        self.intervals().iter().any(|interval| (self.root + interval - above_tonic).rem_euclid(OCTAVE) == 0)
    }

    /// Whether `above_tonic` is root, third or fifth: the tones a melody may rest on.
    #[must_use]
    pub fn triad_holds(self, above_tonic: Semitones) -> bool {
        self.intervals().iter().take(3).any(|interval| (self.root + interval - above_tonic).rem_euclid(OCTAVE) == 0)
    }
}

/// The scale a melody uses over one chord: the mode's, bent by a semitone where the chord has a tone of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale([Semitones; 7]);

impl Scale {
    /// The scale of `mode` over `chord`.
    #[must_use]
    pub fn over(mode: Mode, chord: Chord) -> Self {
        let mut steps = mode.steps();
        for interval in chord.intervals() {
            let tone = (chord.root + interval).rem_euclid(OCTAVE);
            if !steps.contains(&tone)
                && let Some(bent) = steps.iter_mut().find(|step| (**step - tone).abs() == 1 && !chord.holds(**step))
            {
                *bent = tone;
            }
        }
        Self(steps)
    }

    /// Semitones of a degree above the tonic; degree 0 is the tonic, 7 the one above, -1 the seventh below.
    #[must_use]
    pub fn semitones(self, degree: i16) -> Semitones {
        let octave = degree.div_euclid(7) * OCTAVE;
        let step = usize::try_from(degree.rem_euclid(7)).ok().and_then(|index| self.0.get(index)).copied();
        octave + step.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_is_440_hz_and_an_octave_doubles() {
        assert!((frequency_hz(69) - 440.0).abs() < 1e-3);
        assert!((frequency_hz(81) - 880.0).abs() < 1e-3);
    }

    #[test]
    fn degrees_run_on_through_octaves() {
        let scale = Scale::over(Mode::Major, Chord::new(0, Quality::Major));
        assert_eq!([-1, 0, 2, 7, 9].map(|d| scale.semitones(d)), [-1, 0, 4, 12, 16]);
    }

    #[test]
    fn the_dominant_of_a_minor_key_bends_its_seventh_up() {
        let scale = Scale::over(Mode::Dorian, Chord::new(7, Quality::Seven));
        assert_eq!(scale.semitones(6), 11);
    }
}
