//! What makes one mood's music unlike another's by kind: mode, harmony, figures, instruments; and where its cues stand.
//!
//! Directions follow Gabrielsson & Lindström 2010 and Eerola, Friberg & Bresin 2013: happy is major, fast, high, bright
//! and detached; sad is minor, slow, low, soft, dark and legato; anger is minor, fast, low, rough and detached; fear is
//! minor, restless and sparse. The music answers a person: angry and fearful faces get drive and tension, never noise,
//! and no mood is louder than the happy one.

use super::theory::Quality::{AddNine, Diminished, Major, MajorSeven, Minor, MinorNine, MinorSeven, Seven};
use super::theory::{Chord, Mode, Semitones};
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
    /// How loud the mix comes out before it is levelled, in LUFS: measured over three seeds.
    pub mix_lufs: f32,
}

const fn on(root: Semitones, quality: super::theory::Quality) -> Chord {
    Chord::new(root, quality)
}

impl Character {
    /// The character of an expression's music.
    #[must_use]
    pub const fn of(expression: Expression) -> Self {
        match expression {
            Expression::Happy => HAPPY,
            Expression::Surprise => SURPRISE,
            Expression::Neutral => NEUTRAL,
            Expression::Sad => SAD,
            Expression::Fear => FEAR,
            Expression::Angry => ANGRY,
            Expression::Disgust => DISGUST,
            Expression::Contempt => CONTEMPT,
        }
    }
}

const HAPPY: Character = Character {
    mode: Mode::Major,
    beats: 4,
    verse: &[
        [on(0, Major), on(5, Major), on(0, Major), on(7, Major)],
        [on(0, Major), on(7, Major), on(5, Major), on(7, Seven)],
        [on(0, AddNine), on(9, Minor), on(5, Major), on(7, Major)],
    ],
    bridge: &[
        [on(5, Major), on(0, Major), on(5, Major), on(7, Seven)],
        [on(5, Major), on(7, Major), on(0, Major), on(7, Seven)],
    ],
    cadence: [on(7, Seven), on(0, Major)],
    tempo_bpm: 126.0,
    melody_centre: 76,
    chord_centre: 64,
    density: 0.56,
    articulation: 0.6,
    brightness: 0.72,
    loudness_lu: 0.0,
    leaps: 0.25,
    insistence: 0.15,
    syncopation: 0.5,
    swing_beats: 0.05,
    looseness_s: 0.006,
    melody: [Instrument::Marimba, Instrument::ElectricPiano],
    chords: Instrument::Harp,
    pad: None,
    bass: Instrument::SoftBass,
    figure: Figure::OffBeats,
    bass_line: BassLine::RootFifth,
    beat: Beat::Pop,
    room: 0.2,
    mix_lufs: -16.3,
};

const SURPRISE: Character = Character {
    mode: Mode::Lydian,
    beats: 4,
    verse: &[
        [on(0, Major), on(2, Major), on(0, Major), on(8, Major)],
        [on(0, MajorSeven), on(2, Major), on(4, Minor), on(2, Major)],
    ],
    bridge: &[
        [on(8, Major), on(0, Major), on(3, Major), on(7, Major)],
        [on(4, Major), on(0, Major), on(8, Major), on(7, Major)],
    ],
    cadence: [on(2, Major), on(0, Major)],
    tempo_bpm: 138.0,
    melody_centre: 81,
    chord_centre: 66,
    density: 0.45,
    articulation: 0.4,
    brightness: 0.85,
    loudness_lu: -0.5,
    leaps: 0.65,
    insistence: 0.1,
    syncopation: 0.8,
    swing_beats: 0.0,
    looseness_s: 0.008,
    melody: [Instrument::Celesta, Instrument::Marimba],
    chords: Instrument::Harp,
    pad: None,
    bass: Instrument::SoftBass,
    figure: Figure::Broken,
    bass_line: BassLine::Roots,
    beat: Beat::Shaker,
    room: 0.35,
    mix_lufs: -16.3,
};

const NEUTRAL: Character = Character {
    mode: Mode::Major,
    beats: 4,
    verse: &[
        [on(0, AddNine), on(9, MinorSeven), on(5, AddNine), on(7, Major)],
        [on(0, AddNine), on(5, MajorSeven), on(0, AddNine), on(7, Major)],
    ],
    bridge: &[
        [on(2, MinorSeven), on(7, Major), on(0, AddNine), on(5, AddNine)],
        [on(5, AddNine), on(0, AddNine), on(2, MinorSeven), on(7, Major)],
    ],
    cadence: [on(7, Major), on(0, AddNine)],
    tempo_bpm: 88.0,
    melody_centre: 71,
    chord_centre: 62,
    density: 0.34,
    articulation: 0.85,
    brightness: 0.45,
    loudness_lu: -1.0,
    leaps: 0.2,
    insistence: 0.1,
    syncopation: 0.25,
    swing_beats: 0.03,
    looseness_s: 0.009,
    melody: [Instrument::ElectricPiano, Instrument::Harp],
    chords: Instrument::ElectricPiano,
    pad: Some(Instrument::Strings),
    bass: Instrument::SoftBass,
    figure: Figure::SlowBroken,
    bass_line: BassLine::Roots,
    beat: Beat::Rest,
    room: 0.35,
    mix_lufs: -18.9,
};

const SAD: Character = Character {
    mode: Mode::HarmonicMinor,
    beats: 4,
    verse: &[
        [on(0, Minor), on(5, Minor), on(0, Minor), on(7, Major)],
        [on(0, MinorNine), on(5, Minor), on(7, Seven), on(0, Minor)],
        [on(0, Minor), on(8, Major), on(5, Minor), on(7, Major)],
    ],
    bridge: &[
        [on(5, Minor), on(0, Minor), on(2, Diminished), on(7, Major)],
        [on(5, Minor), on(0, Minor), on(5, Minor), on(7, Seven)],
    ],
    cadence: [on(7, Major), on(0, Minor)],
    tempo_bpm: 58.0,
    melody_centre: 62,
    chord_centre: 54,
    density: 0.24,
    articulation: 1.0,
    brightness: 0.16,
    loudness_lu: -2.0,
    leaps: 0.08,
    insistence: 0.1,
    syncopation: 0.0,
    swing_beats: 0.0,
    looseness_s: 0.014,
    melody: [Instrument::Piano, Instrument::Strings],
    chords: Instrument::Piano,
    pad: Some(Instrument::Strings),
    bass: Instrument::SoftBass,
    figure: Figure::SlowBroken,
    bass_line: BassLine::Pedal,
    beat: Beat::Rest,
    room: 0.5,
    mix_lufs: -17.6,
};

const FEAR: Character = Character {
    mode: Mode::HarmonicMinor,
    beats: 4,
    verse: &[
        [on(0, Minor), on(11, Diminished), on(0, Minor), on(1, Major)],
        [on(0, Minor), on(8, Major), on(11, Diminished), on(0, Minor)],
    ],
    bridge: &[
        [on(5, Minor), on(11, Diminished), on(0, Minor), on(7, Major)],
        [on(1, Major), on(0, Minor), on(2, Diminished), on(7, Major)],
    ],
    cadence: [on(11, Diminished), on(0, Minor)],
    tempo_bpm: 108.0,
    melody_centre: 74,
    chord_centre: 60,
    density: 0.26,
    articulation: 0.55,
    brightness: 0.5,
    loudness_lu: -1.5,
    leaps: 0.35,
    insistence: 0.25,
    syncopation: 0.9,
    swing_beats: 0.0,
    looseness_s: 0.022,
    melody: [Instrument::Glass, Instrument::Celesta],
    chords: Instrument::Strings,
    pad: Some(Instrument::Glass),
    bass: Instrument::SoftBass,
    figure: Figure::Tremolo,
    bass_line: BassLine::Pedal,
    beat: Beat::Heart,
    room: 0.55,
    mix_lufs: -20.9,
};

const ANGRY: Character = Character {
    mode: Mode::HarmonicMinor,
    beats: 4,
    verse: &[
        [on(0, Minor), on(0, Minor), on(1, Major), on(0, Minor)],
        [on(0, Minor), on(5, Minor), on(0, Minor), on(7, Major)],
        [on(0, Minor), on(8, Major), on(0, Minor), on(7, Major)],
    ],
    bridge: &[
        [on(5, Minor), on(0, Minor), on(5, Minor), on(7, Seven)],
        [on(5, Minor), on(0, Minor), on(1, Major), on(7, Major)],
    ],
    cadence: [on(7, Major), on(0, Minor)],
    tempo_bpm: 134.0,
    melody_centre: 62,
    chord_centre: 53,
    density: 0.62,
    articulation: 0.45,
    brightness: 0.55,
    loudness_lu: 0.0,
    leaps: 0.2,
    insistence: 0.45,
    syncopation: 0.3,
    swing_beats: 0.0,
    looseness_s: 0.004,
    melody: [Instrument::Strings, Instrument::Piano],
    chords: Instrument::Strings,
    pad: None,
    bass: Instrument::DrivenBass,
    figure: Figure::Pulse,
    bass_line: BassLine::Driving,
    beat: Beat::Drive,
    room: 0.18,
    mix_lufs: -22.1,
};

const DISGUST: Character = Character {
    mode: Mode::Phrygian,
    beats: 3,
    verse: &[
        [on(0, Minor), on(1, Major), on(0, Minor), on(7, Diminished)],
        [on(0, Minor), on(0, Minor), on(1, Major), on(0, Minor)],
    ],
    bridge: &[
        [on(5, Minor), on(0, Minor), on(7, Diminished), on(0, Minor)],
        [on(5, Minor), on(0, Minor), on(6, Diminished), on(1, Major)],
    ],
    cadence: [on(1, Major), on(0, Minor)],
    tempo_bpm: 98.0,
    melody_centre: 57,
    chord_centre: 55,
    density: 0.36,
    articulation: 0.5,
    brightness: 0.35,
    loudness_lu: -1.0,
    leaps: 0.45,
    insistence: 0.2,
    syncopation: 0.4,
    swing_beats: 0.08,
    looseness_s: 0.018,
    melody: [Instrument::DrivenBass, Instrument::Harp],
    chords: Instrument::Marimba,
    pad: None,
    bass: Instrument::SoftBass,
    figure: Figure::Waltz,
    bass_line: BassLine::Roots,
    beat: Beat::Rest,
    room: 0.25,
    mix_lufs: -23.2,
};

const CONTEMPT: Character = Character {
    mode: Mode::Dorian,
    beats: 4,
    verse: &[
        [on(0, MinorSeven), on(5, Seven), on(0, MinorNine), on(7, Seven)],
        [on(0, MinorNine), on(0, MinorSeven), on(2, MinorSeven), on(7, Seven)],
    ],
    bridge: &[
        [on(5, Seven), on(0, MinorSeven), on(2, MinorSeven), on(7, Seven)],
        [on(10, MajorSeven), on(5, Seven), on(0, MinorSeven), on(7, Seven)],
    ],
    cadence: [on(7, Seven), on(0, MinorSeven)],
    tempo_bpm: 102.0,
    melody_centre: 65,
    chord_centre: 58,
    density: 0.38,
    articulation: 0.6,
    brightness: 0.42,
    loudness_lu: -1.0,
    leaps: 0.25,
    insistence: 0.15,
    syncopation: 0.7,
    swing_beats: 0.16,
    looseness_s: 0.01,
    melody: [Instrument::Harp, Instrument::ElectricPiano],
    chords: Instrument::ElectricPiano,
    pad: None,
    bass: Instrument::SoftBass,
    figure: Figure::Sly,
    bass_line: BassLine::Walking,
    beat: Beat::Brushes,
    room: 0.25,
    mix_lufs: -20.4,
};
