//! The score: sixteen bars at a time as notes, in the form A A' B A.
//!
//! A section is four phrases of four bars. The main motif opens three of them, the other one opens the bridge; the
//! second phrase varies the first, the last comes home. Beats only; seconds are the composer's business.

mod backing;
mod melody;

use crate::compose::character::{Character, Instrument};
use crate::compose::plan::Plan;
use crate::compose::theory::{Chord, OCTAVE, Semitones};
use melody::Motif;
use rand::RngExt;
use rand_pcg::Pcg32;

/// Phrases of a section.
const PHRASES: [Phrase; 4] = [Phrase::Opening, Phrase::Varied, Phrase::Bridge, Phrase::Home];

/// Bars of a phrase.
const BARS: u8 = 4;

/// A drum of the soft kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Drum {
    Kick,
    Snare,
    Hat,
    Shaker,
    Tom,
}

/// Who plays a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Melody(Instrument),
    Chords(Instrument),
    Pad(Instrument),
    Bass(Instrument),
    Drums(Drum),
}

/// A note to be played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Note {
    pub(super) part: Part,
    /// Beats from the section's start.
    pub(super) at: f32,
    /// How long it is held, in beats.
    pub(super) length: f32,
    pub(super) pitch: Semitones,
    /// How hard it is struck, 0..=1.
    pub(super) velocity: f32,
}

/// A phrase's place in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Phrase {
    Opening,
    Varied,
    Bridge,
    Home,
}

/// One bar to be filled.
#[derive(Debug, Clone, Copy)]
struct Bar {
    phrase: Phrase,
    /// 0..4 within the phrase.
    number: u8,
    /// Beats from the section's start.
    at: f32,
    chord: Chord,
    next: Chord,
    /// Whether the section is a thin one: fewer layers.
    thin: bool,
}

/// Sixteen bars.
#[derive(Debug)]
pub(super) struct Section {
    /// In order of time.
    pub(super) notes: Vec<Note>,
    /// How long the section lasts, in beats.
    pub(super) beats: f32,
}

/// What a piece keeps from section to section, so that it stays one piece.
#[derive(Debug)]
pub(super) struct Piece {
    /// The tonic near the melody's centre.
    tonic: Semitones,
    main: Motif,
    other: Motif,
    sections: u32,
}

impl Piece {
    /// Draws key and motifs.
    pub(super) fn new(plan: &Plan, rng: &mut Pcg32) -> Self {
        Self {
            tonic: plan.melody_centre + rng.random_range(-4..=3),
            main: Motif::draw(plan, plan.density, rng),
            // The bridge breathes: it moves less.
            other: Motif::draw(plan, plan.density * 0.75, rng),
            sections: 0,
        }
    }

    /// Writes the next section. Every other one has thinner drums and the other melody instrument, and every third
    /// brings a new middle motif.
    pub(super) fn section(&mut self, plan: &Plan, rng: &mut Pcg32) -> Section {
        let odd = self.sections % 2 == 1;
        if self.sections > 0 && self.sections.is_multiple_of(3) {
            self.other = Motif::draw(plan, plan.density * 0.75, rng);
        }
        self.sections += 1;
        let beats = f32::from(plan.character.beats);
        let chords = chords(plan, rng);
        let mut notes = Vec::with_capacity(512);
        let mut at = 0.0;
        for (index, phrase) in PHRASES.into_iter().enumerate() {
            let bars: Vec<Bar> = (0..BARS)
                .map(|number| {
                    let here = index * usize::from(BARS) + usize::from(number);
                    let chord = *chords.get(here).unwrap_or(&plan.character.cadence[1]);
                    let next = *chords.get(here + 1).unwrap_or(&chords[0]);
                    let thin = odd && phrase == Phrase::Bridge;
                    Bar { phrase, number, at: at + beats * f32::from(number), chord, next, thin }
                })
                .collect();
            let motif = if phrase == Phrase::Bridge { &self.other } else { &self.main };
            melody::write(plan, self.tonic, motif, &bars, odd, rng, &mut notes);
            for bar in &bars {
                backing::chords(plan, self.tonic, bar, &mut notes);
                backing::bass(plan, self.tonic, bar, &mut notes);
                backing::write(plan, bar, rng, &mut notes);
            }
            at += beats * f32::from(BARS);
        }
        notes.sort_by(|a, b| a.at.total_cmp(&b.at));
        Section { notes, beats: at }
    }
}

/// One chord for each of the sixteen bars: verse, verse with a cadence, bridge, verse with a cadence.
fn chords(plan: &Plan, rng: &mut Pcg32) -> Vec<Chord> {
    let draw = |sets: &'static [[Chord; 4]], rng: &mut Pcg32| {
        sets.get(rng.random_range(0..sets.len().max(1))).copied().unwrap_or([plan.character.cadence[1]; 4])
    };
    let verse = draw(plan.character.verse, rng);
    let bridge = draw(plan.character.bridge, rng);
    let [close, home] = plan.character.cadence;
    let closed = [verse[0], verse[1], close, home];
    [verse, closed, bridge, closed].concat()
}

/// The pitch of tone `above_tonic` (any octave) in the octave around `centre`.
fn near(tonic: Semitones, above_tonic: Semitones, centre: Semitones) -> Semitones {
    let low = centre - OCTAVE / 2;
    low + (tonic + above_tonic - low).rem_euclid(OCTAVE)
}

/// How much of the last deviation a player keeps: timing errors drift rather than jump.
const DRIFT: f32 = 0.6;

/// A player with a way of being uneven.
#[derive(Debug)]
pub(super) struct Player {
    swing_beats: f32,
    looseness_s: f32,
    late_s: f32,
}

/// When and how hard a note is really played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gesture {
    /// Seconds from the section's start, never negative.
    pub(super) at_s: f64,
    /// Velocity, 0..=1.
    pub(super) velocity: f32,
}

impl Player {
    pub(super) fn new(character: &Character) -> Self {
        Self { swing_beats: character.swing_beats, looseness_s: character.looseness_s, late_s: 0.0 }
    }

    /// Plays a note of the score at `beat_s` seconds a beat.
    pub(super) fn play(&mut self, note: &Note, beat_s: f64, rng: &mut Pcg32) -> Gesture {
        let off_beat = (note.at.fract() - 0.5).abs() < 0.01;
        let swing = if off_beat { self.swing_beats } else { 0.0 };
        // Three uniform draws are nearly normal, and bounded.
        let draw: f32 = (0..3).map(|_| rng.random_range(-1.0..1.0)).sum::<f32>();
        self.late_s = DRIFT * self.late_s + (1.0 - DRIFT) * draw * self.looseness_s;
        // The beat is what the others follow.
        let share = if matches!(note.part, Part::Drums(_) | Part::Bass(_)) { 0.5 } else { 1.0 };
        let at_s = f64::from(note.at + swing) * beat_s + f64::from(self.late_s * share);
        let velocity = (note.velocity * (1.0 + 0.04 * draw)).clamp(0.02, 1.0);
        Gesture { at_s: at_s.max(0.0), velocity }
    }
}
