//! The melody: a motif, varied, fitted to the chords of a phrase, and brought to a close.

use super::{BARS, Bar, Note, Part, Phrase, near};
use crate::compose::plan::Plan;
use crate::compose::theory::{Chord, OCTAVE, Scale, Semitones};
use rand::RngExt;
use rand_pcg::Pcg32;

/// Writes a phrase: the motif, then its answer, then a close in the last bar where the form asks for one.
pub(super) fn write(tonic: Semitones, motif: &Motif, bars: &[Bar<'_>; BARS], rng: &mut Pcg32, notes: &mut Vec<Note>) {
    let [first, .., last] = bars;
    let anchor = anchor(tonic, first, rng);
    // The answer is the motif a little higher or lower: a sequence.
    let answer = [-2, -1, 1, 2][rng.random_range(0..4)];
    let beats = f32::from(last.plan.character.beats);
    let closes = matches!(first.phrase, Phrase::Varied | Phrase::Home);
    for (half, shift) in [(0.0, 0), (2.0, answer)] {
        for step in &motif.steps {
            let at = step.at + half * beats;
            let Some(bar) = bars.iter().rev().find(|bar| bar.at <= at) else { continue };
            if closes && bar.number + 1 == BARS {
                continue;
            }
            let varied = first.phrase == Phrase::Varied && !step.strong && rng.random_range(0.0..1.0) < 0.3;
            let ornament = if varied { [-1, 1][rng.random_range(0..2)] } else { 0 };
            let degree = anchor + shift + step.contour + ornament;
            let mut pitch = fitted(bar.plan, tonic, bar.chord, degree, step.strong);
            if !step.strong && rng.random_range(0.0..1.0) < 0.3 * bar.plan.dissonance {
                pitch += 1;
            }
            sing(bar, at, step.length, pitch, velocity(step, bar, at - bar.at), notes);
        }
    }
    if closes {
        // The tonic, held.
        let length = (beats - 1.0) * (0.6 / last.plan.articulation).max(1.0);
        sing(last, last.at, length, near(tonic, 0, last.plan.melody_centre), 0.66, notes);
    }
}

/// A note of the melody; in a full refrain the other instrument joins, an octave lower where that isn't too low.
fn sing(bar: &Bar<'_>, at: f32, length: f32, pitch: Semitones, velocity: f32, notes: &mut Vec<Note>) {
    let length = length * bar.plan.articulation;
    let instrument = |lead: usize| bar.plan.character.melody[lead % 2];
    notes.push(Note { part: Part::Melody(instrument(bar.lead)), at, length, pitch, velocity });
    if bar.refrain && bar.energy > 0.3 {
        let pitch = if pitch > 66 { pitch - OCTAVE } else { pitch };
        notes.push(Note { part: Part::Melody(instrument(bar.lead + 1)), at, length, pitch, velocity: velocity * 0.7 });
    }
}

/// A degree of the tonic triad near the melody's centre; the bridge starts higher.
fn anchor(tonic: Semitones, bar: &Bar<'_>, rng: &mut Pcg32) -> i16 {
    let plan = bar.plan;
    let scale = Scale::over(plan.character.mode, bar.chord);
    let centre = plan.melody_centre + if bar.phrase == Phrase::Bridge { 4 } else { 0 };
    let near: Vec<i16> = (-5..=6)
        .filter(|&degree| {
            let above = scale.semitones(degree);
            bar.chord.triad_holds(above) && (tonic + above - centre).abs() <= 4
        })
        .collect();
    near.get(rng.random_range(0..near.len().max(1))).copied().unwrap_or(0)
}

/// The pitch of a degree, pulled to a chord tone on strong beats and folded back into the voice's range.
fn fitted(plan: &Plan, tonic: Semitones, chord: Chord, degree: i16, strong: bool) -> Semitones {
    let scale = Scale::over(plan.character.mode, chord);
    let pull = if strong { [0, -1, 1, -2, 2].as_slice() } else { &[0] };
    let fits = |shift: &&i16| !strong || chord.triad_holds(scale.semitones(degree + **shift));
    let shift = pull.iter().find(fits).copied().unwrap_or(0);
    let mut pitch = tonic + scale.semitones(degree + shift);
    while pitch > plan.melody_centre + 10 {
        pitch -= 12;
    }
    while pitch < plan.melody_centre - 10 {
        pitch += 12;
    }
    pitch
}

/// Louder on strong notes and towards the middle of the phrase.
fn velocity(step: &Step, bar: &Bar<'_>, beat: f32) -> f32 {
    let arch = [0.0, 0.06, 0.08, 0.0].get(bar.number).copied().unwrap_or(0.0);
    let accent = if step.strong { 0.12 } else { 0.0 };
    0.62 + arch + accent + if beat < 0.25 { 0.05 } else { 0.0 }
}

/// One note of a motif.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// Beats from the motif's start.
    pub(super) at: f32,
    /// Beats to the next note, at most two.
    pub(super) length: f32,
    /// Scale degrees above the phrase's anchor.
    pub(super) contour: i16,
    /// Whether it stands on a beat that asks for a chord tone.
    pub(super) strong: bool,
}

/// Two bars of rhythm and contour.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Motif {
    pub(super) steps: Vec<Step>,
}

impl Motif {
    /// Draws a motif in which `density` of the eighths begin a note.
    pub(super) fn draw(plan: &Plan, density: f32, rng: &mut Pcg32) -> Self {
        let bar = plan.character.beats * 2;
        let slots = bar * 2;
        let weights: Vec<f32> = (0..slots).map(|slot| weight(slot % bar, bar, plan.character.syncopation)).collect();
        let scale = density * f32::from(slots) / weights.iter().sum::<f32>();
        let mut onsets: Vec<u8> = vec![0];
        for (slot, weight) in (0..slots).zip(&weights).skip(1) {
            if rng.random_range(0.0..1.0) < weight * scale {
                onsets.push(slot);
            }
        }
        let mut contour = 0;
        let mut steps = Vec::with_capacity(onsets.len());
        for (index, &slot) in onsets.iter().enumerate() {
            let until = onsets.get(index + 1).copied().unwrap_or(slots);
            steps.push(Step {
                at: f32::from(slot) / 2.0,
                length: (f32::from(until - slot) / 2.0).min(2.0),
                contour,
                strong: (slot % bar).is_multiple_of(bar / 2) || until - slot > 2,
            });
            contour = walk(contour, plan, rng);
        }
        Self { steps }
    }
}

/// Metrical weight of an eighth within a bar of `bar` eighths: one, the middle, the beats, the off-beats.
fn weight(slot: u8, bar: u8, syncopation: f32) -> f32 {
    if slot == 0 {
        1.0
    } else if slot == bar / 2 && bar == 8 {
        0.85 - 0.3 * syncopation
    } else if slot.is_multiple_of(2) {
        0.65 - 0.2 * syncopation
    } else {
        0.25 + 0.4 * syncopation
    }
}

/// The next contour value: repeat, leap or step, and back to the anchor from far away.
fn walk(from: i16, plan: &Plan, rng: &mut Pcg32) -> i16 {
    let roll: f32 = rng.random_range(0.0..1.0);
    let size = if roll < plan.character.insistence {
        0
    } else if roll < plan.character.insistence + plan.character.leaps {
        rng.random_range(2..=4)
    } else {
        1
    };
    let up = rng.random_range(0.0..1.0) < 0.5 - 0.15 * f32::from(from);
    from + if up { size } else { -size }
}
