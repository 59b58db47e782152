//! What makes one mood's music unlike another's by kind: mode, harmony, figures, instruments; and where its cues stand.
//!
//! Directions follow Gabrielsson & Lindström 2010 and Eerola, Friberg & Bresin 2013: happy is major, fast, high, bright
//! and detached; sad is minor, slow, low, soft, dark and legato; anger is minor, fast, low, rough and detached; fear is
//! minor, restless and sparse. The music answers a person: angry and fearful faces get drive and tension, never noise,
//! and no mood is louder than the happy one.

mod moods;

use crate::compose::theory::{Chord, Mode, Semitones};
use mood::Expression;

/// A voice's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instrument {
    /// Felt piano: struck strings, soft hammers.
    Piano,
    /// Electric piano: two FM pairs, a tine and a body.
    ElectricPiano,
    /// Plucked string.
    Harp,
    /// Wooden bars.
    Marimba,
    /// Metal bars, high and long.
    Celesta,
    /// Bowed strings, slow attack, vibrato.
    Strings,
    /// Bowed glass: pure, airy, a little unsteady.
    Glass,
    /// Round plucked bass.
    SoftBass,
    /// Bass with a driven edge.
    DrivenBass,
}

/// What the chords do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    /// Struck once a bar and left to ring.
    Sustained,
    /// One tone after the other, in eighths.
    Broken,
    /// One tone after the other, in quarters.
    SlowBroken,
    /// Short chords on the off-beats.
    OffBeats,
    /// Short chords on every eighth.
    Pulse,
    /// One tone repeated fast and softly, coming and going.
    Tremolo,
    /// Bass on one, chord on two and three.
    Waltz,
    /// Chords on two and four, the second one early.
    Sly,
}

/// What the bass does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BassLine {
    /// The tonic under everything.
    Pedal,
    /// The root once a bar.
    Roots,
    /// Root, then fifth.
    RootFifth,
    /// Every eighth.
    Driving,
    /// Root, octave and an approach to the next root.
    Walking,
}

/// What the drums do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beat {
    /// Nothing.
    Rest,
    /// Shaker only.
    Shaker,
    /// Kick, snare, hat.
    Pop,
    /// Toms and kick, hard and even.
    Drive,
    /// Two soft low strokes, as a heart beats.
    Heart,
    /// Brushes with a lilt.
    Brushes,
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
    /// The chords' sound.
    pub chords: Instrument,
    /// A sustained layer below, where there is one.
    pub pad: Option<Instrument>,
    /// The bass's sound.
    pub bass: Instrument,
    /// The chords' figure.
    pub figure: Figure,
    /// The bass's line.
    pub bass_line: BassLine,
    /// The drums' figure.
    pub beat: Beat,
    /// Share of reverberation, 0..=1.
    pub room: f32,
    /// How loud the mix comes out before it is levelled, in LUFS: measured over eight seeds.
    pub mix_lufs: f32,
}

impl Character {
    /// The character of an expression's music.
    #[must_use]
    pub const fn of(expression: Expression) -> Self {
        match expression {
            Expression::Happy => moods::HAPPY,
            Expression::Surprise => moods::SURPRISE,
            Expression::Neutral => moods::NEUTRAL,
            Expression::Sad => moods::SAD,
            Expression::Fear => moods::FEAR,
            Expression::Angry => moods::ANGRY,
            Expression::Disgust => moods::DISGUST,
            Expression::Contempt => moods::CONTEMPT,
        }
    }
}
