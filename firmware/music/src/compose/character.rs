//! What makes one mood's music unlike another's by kind: mode, harmony, figures, instruments; and where its cues stand.
//!
//! Directions follow Gabrielsson & Lindström 2010 and Eerola, Friberg & Bresin 2013: happy is major, fast, high, bright
//! and detached; sad is minor, slow, low, soft, dark and legato; anger is minor, fast, low, rough and detached; fear is
//! minor, restless and dissonant. No mood is louder than the happy one.
//!
//! Figures are written as step sequencers have them: a character for each sixteenth of a bar.

mod patterns;
mod pleasant;
mod unpleasant;

use crate::compose::theory::{Chord, Mode, Quality, Semitones};
use mood::Expression;

/// A voice's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instrument {
    /// Struck strings.
    Piano,
    /// Electric piano: two FM pairs, a tine and a body.
    ElectricPiano,
    /// Wooden bars.
    Marimba,
    /// Metal bars, high and long.
    Celesta,
    /// Metal bars over tubes, beating slowly.
    Vibraphone,
    /// Plucked string, soft.
    Harp,
    /// Plucked steel string.
    Guitar,
    /// The same, damped by the palm.
    MutedGuitar,
    /// The same, through an amplifier that distorts.
    DrivenGuitar,
    /// Bowed strings, slow attack, vibrato.
    Strings,
    /// Brass section.
    Brass,
    /// Flute with its breath.
    Flute,
    /// One voice that sings vowels.
    Voice,
    /// Voices on an open vowel.
    Choir,
    /// Bowed glass: airy, a little unsteady.
    Glass,
    /// Drawbar organ.
    Organ,
    /// Synthesiser that leads.
    Lead,
    /// Many sawtooths out of tune with each other.
    Saws,
    /// Round plucked bass.
    SoftBass,
    /// Bass with a driven edge.
    DrivenBass,
}

/// A drum of the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Drum {
    /// Bass drum with a hard beater.
    Kick,
    /// Bass drum with a soft one.
    SoftKick,
    /// Snare drum.
    Snare,
    /// A soft stroke on it.
    Ghost,
    /// A stick across its rim.
    Rim,
    /// Hands.
    Clap,
    /// Hi-hat, closed.
    ClosedHat,
    /// Hi-hat, open.
    OpenHat,
    /// Ride cymbal.
    Ride,
    /// Crash cymbal.
    Crash,
    /// High tom.
    HighTom,
    /// Floor tom.
    LowTom,
    /// Shaker.
    Shaker,
    /// Tambourine.
    Tambourine,
    /// A drum struck by hand.
    Conga,
    /// A brush that sweeps the snare drum.
    Brush,
    /// A brush that taps it.
    Tap,
    /// Noise that swells.
    Riser,
    /// A roll far away.
    Rumble,
}

/// What a layer makes of a chord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voicing {
    /// The chord as it is.
    Full,
    /// Root, fifth and octave: what can be distorted.
    Power,
    /// The root, a semitone above it and the tritone.
    Cluster,
}

/// What a layer plays in a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    /// The whole chord; a digit is how hard, 1 to 9.
    Struck(&'static str),
    /// One tone after the other; a digit is the tone's number from below, going on an octave higher.
    Broken(&'static str),
}

/// Instruments that accompany.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer {
    /// Who.
    pub instrument: Instrument,
    /// What.
    pub figure: Figure,
    /// From the chord.
    pub voicing: Voicing,
    /// Sounding share of the time to the next stroke.
    pub hold: f32,
    /// It plays when the music has at least so much energy, 0..=1.
    pub from: f32,
}

/// A drum's strokes in a bar, and from which energy on it plays; a digit is how hard, 1 to 9.
pub type Strokes = (Drum, &'static str, f32);

/// A beat: strokes of all drums.
pub type Beat = &'static [Strokes];

/// How the whole is brought together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Production {
    /// How much the level trembles, 0..=2.
    pub grain: f32,
    /// How hard the bus is driven; 0 not at all.
    pub saturation: f32,
    /// Up for what lies above 900 Hz and down for what lies below.
    pub tilt_db: f32,
    /// Compression: 0 none, 1 all to one level.
    pub squash: f32,
    /// How hard the guitars' amplifier is driven.
    pub drive: f32,
}

/// One mood's own way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Character {
    /// Scale of the melodies.
    pub mode: Mode,
    /// Quarter notes in a bar, 3 or 4.
    pub beats: u8,
    /// Chords of the main phrase, one a bar; one set is drawn.
    pub verse: &'static [[Chord; 4]],
    /// Chords of the middle phrase.
    pub bridge: &'static [[Chord; 4]],
    /// The two chords that close a section; the last is the tonic.
    pub cadence: [Chord; 2],
    /// Quarter notes a minute.
    pub tempo_bpm: f32,
    /// Pitch the melody moves around.
    pub melody_centre: Semitones,
    /// Pitch the chords lie around.
    pub chord_centre: Semitones,
    /// Share of the eighths on which the melody begins a note.
    pub density: f32,
    /// Sounding share of a note's length.
    pub articulation: f32,
    /// Darkest 0 to brightest 1.
    pub brightness: f32,
    /// Loudness against the usual one, in LU.
    pub loudness_lu: f32,
    /// How full the arrangement is, 0..=1.
    pub energy: f32,
    /// How often tones that hurt are put in, 0..=1.
    pub dissonance: f32,
    /// How often a melody leaps instead of stepping, 0..=1.
    pub leaps: f32,
    /// How often it repeats a tone, 0..=1.
    pub insistence: f32,
    /// How much weight off-beats get, 0..=1.
    pub syncopation: f32,
    /// How late the second of two eighths comes, in beats, 0..=0.17.
    pub swing_beats: f32,
    /// How unsteady the timing is, as the spread in seconds.
    pub looseness_s: f32,
    /// Melody in even and in odd sections.
    pub melody: [Instrument; 2],
    /// Who accompanies.
    pub layers: &'static [Layer],
    /// A sustained layer below, where there is one.
    pub pad: Option<Instrument>,
    /// The bass's sound.
    pub bass: Instrument,
    /// The bass's lines, one a section: r root, f fifth, o octave, t tonic, a approach to the next root, s a semitone above
    /// the root, d the tritone.
    pub bass_lines: &'static [&'static str],
    /// The drums' beats, one a section.
    pub drums: &'static [Beat],
    /// What the drums play in the last bar of some phrases.
    pub fills: &'static [Beat],
    /// Share of reverberation, 0..=1.
    pub room: f32,
    /// How the whole is brought together.
    pub production: Production,
    /// How loud the mix comes out before it is levelled, in LUFS: measured over eight seeds.
    pub mix_lufs: f32,
}

const fn on(root: Semitones, quality: Quality) -> Chord {
    Chord::new(root, quality)
}

impl Character {
    /// The character of an expression's music.
    #[must_use]
    pub const fn of(expression: Expression) -> Self {
        match expression {
            Expression::Happy => pleasant::HAPPY,
            Expression::Surprise => pleasant::SURPRISE,
            Expression::Neutral => pleasant::NEUTRAL,
            Expression::Sad => unpleasant::SAD,
            Expression::Fear => unpleasant::FEAR,
            Expression::Angry => unpleasant::ANGRY,
            Expression::Disgust => unpleasant::DISGUST,
            Expression::Contempt => unpleasant::CONTEMPT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_fills_its_bar() {
        for expression in Expression::ALL {
            let character = Character::of(expression);
            let steps = usize::from(character.beats) * 4;
            let figures = character.layers.iter().map(|layer| match layer.figure {
                Figure::Struck(steps) | Figure::Broken(steps) => steps,
            });
            let drums = character.drums.iter().chain(character.fills).flat_map(|beat| beat.iter().map(|row| row.1));
            for pattern in figures.chain(drums).chain(character.bass_lines.iter().copied()) {
                assert_eq!(pattern.len(), steps, "{expression}: {pattern}");
            }
        }
    }
}
