//! The score: a phrase of four bars at a time as notes; four phrases make a section in the form A A' B A, and eight sections a
//! round of verses, refrains and breaks.
//!
//! The main motif opens the verses, a second theme the refrains, a third the bridges. After each round the piece moves to
//! another key and gets new motifs, so that an hour does not repeat itself. Beats only; seconds are the composer's business.

mod backing;
mod melody;
mod player;

pub(super) use player::Player;

use crate::compose::character::{Drum, Instrument};
use crate::compose::plan::Plan;
use crate::compose::theory::{Chord, OCTAVE, Semitones};
use melody::Motif;
use rand::RngExt;
use rand_pcg::Pcg32;

/// Phrases of a section.
const PHRASES: [Phrase; 4] = [Phrase::Opening, Phrase::Varied, Phrase::Bridge, Phrase::Home];

/// Bars of a phrase.
pub(super) const BARS: usize = 4;

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
    /// Beats from the phrase's start.
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

/// A section's place in a round.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scene {
    /// More or less energy than the plan has, phrase by phrase.
    energy: [f32; 4],
    /// Whether the second theme leads, in two voices.
    refrain: bool,
    /// Which of the two melody instruments.
    lead: usize,
}

const fn scene(energy: [f32; 4], refrain: bool, lead: usize) -> Scene {
    Scene { energy, refrain, lead }
}

/// Verse, refrain, verse, a break that builds up, refrain; then once more, otherwise.
const ROUND: [Scene; 8] = [
    scene([0.0, 0.0, -0.05, 0.1], false, 0),
    scene([0.15, 0.15, 0.1, 0.2], true, 1),
    scene([-0.05, 0.0, 0.0, 0.1], false, 1),
    scene([-0.3, -0.2, -0.1, 0.1], true, 0),
    scene([0.2, 0.2, 0.1, 0.2], true, 0),
    scene([-0.1, 0.0, 0.0, 0.0], false, 1),
    scene([-0.2, -0.1, 0.0, 0.15], false, 0),
    scene([0.2, 0.15, 0.15, 0.2], true, 1),
];

/// One bar to be filled.
#[derive(Debug, Clone, Copy)]
struct Bar<'a> {
    plan: &'a Plan,
    phrase: Phrase,
    /// 0..4 within the phrase.
    number: usize,
    /// Beats from the phrase's start.
    at: f32,
    chord: Chord,
    next: Chord,
    energy: f32,
    /// How hard all play, about 1.
    swell: f32,
    refrain: bool,
    lead: usize,
    /// Which of a character's beats and lines.
    variant: usize,
}

/// What a piece keeps from phrase to phrase, so that it stays one piece.
#[derive(Debug)]
pub(super) struct Piece {
    /// The tonic near the melody's centre.
    pub(super) tonic: Semitones,
    /// Main, second and bridge theme.
    motifs: [Motif; 3],
    chords: Vec<Chord>,
    variant: usize,
    /// Phrases written.
    phrases: usize,
}

impl Piece {
    /// Draws motifs, and a key unless there is one to stay in.
    pub(super) fn new(plan: &Plan, tonic: Option<Semitones>, rng: &mut Pcg32) -> Self {
        let drawn = plan.melody_centre + rng.random_range(-4..=3);
        Self {
            tonic: tonic.map_or(drawn, |tonic| near(tonic, 0, plan.melody_centre)),
            motifs: motifs(plan, rng),
            chords: Vec::new(),
            variant: rng.random_range(0..12),
            phrases: 0,
        }
    }

    /// Writes the next phrase, a plan for each of its bars. Harmony, form and metre are those of the last one.
    pub(super) fn phrase(&mut self, plans: &[Plan; BARS], rng: &mut Pcg32) -> Vec<Note> {
        let [.., plan] = plans;
        let (section, place) = (self.phrases / PHRASES.len(), self.phrases % PHRASES.len());
        if place == 0 {
            self.begin_section(section, plan, rng);
        }
        self.phrases += 1;
        let (phrase, scene) = (PHRASES[place], ROUND[section % ROUND.len()]);
        let beats = f32::from(plan.character.beats);
        let mut notes = Vec::with_capacity(512);
        let mut at = 0.0;
        let bars = [0, 1, 2, 3].map(|number| {
            let here = place * BARS + number;
            let chord = self.chords.get(here).copied().unwrap_or(plan.character.cadence[1]);
            let next = self.chords.get(here + 1).copied().unwrap_or(plan.character.verse[0][0]);
            let energy = (plans[number].energy + scene.energy[place]).clamp(0.0, 1.0);
            let bar = Bar {
                plan: &plans[number],
                phrase,
                number,
                at,
                chord,
                next,
                energy,
                swell: [1.05, 0.85, 0.95, 0.9][number] * rng.random_range(0.85..1.1),
                refrain: scene.refrain,
                lead: scene.lead,
                variant: self.variant,
            };
            at += beats;
            bar
        });
        let theme = if phrase == Phrase::Bridge { 2 } else { usize::from(scene.refrain) };
        melody::write(self.tonic, &self.motifs[theme], &bars, rng, &mut notes);
        for bar in &bars {
            backing::chords(self.tonic, bar, rng, &mut notes);
            backing::bass(self.tonic, bar, &mut notes);
            backing::drums(bar, rng, &mut notes);
        }
        notes.sort_by(|a, b| a.at.total_cmp(&b.at));
        notes
    }

    fn begin_section(&mut self, section: usize, plan: &Plan, rng: &mut Pcg32) {
        self.chords = chords(plan, rng);
        self.variant += 1;
        if section > 0 && section.is_multiple_of(ROUND.len()) {
            // A fourth or a fifth away, or a step.
            let moved = [5, -5, 2, -2, 7][rng.random_range(0..5)];
            self.tonic = near(self.tonic, moved, plan.melody_centre);
            self.motifs = motifs(plan, rng);
        } else if section > 0 && section.is_multiple_of(3) {
            self.motifs[2] = Motif::draw(plan, plan.density * 0.75, rng);
        }
    }
}

/// Main, second and bridge theme; the bridge breathes: it moves less.
fn motifs(plan: &Plan, rng: &mut Pcg32) -> [Motif; 3] {
    [1.0, 1.0, 0.75].map(|share| Motif::draw(plan, plan.density * share, rng))
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
