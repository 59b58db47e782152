//! The melody: a motif fitted to the chords of a phrase, and brought to a close.

use super::{Bar, Note, Part, Phrase};
use crate::compose::plan::Plan;
use crate::compose::score::motif::{Motif, Step};
use crate::compose::theory::{Chord, Scale, Semitones};
use rand::RngExt;
use rand_pcg::Pcg32;

/// Writes a phrase: the motif, then its answer, then a close in the last bar where the form asks for one.
pub(super) fn write(
    plan: &Plan,
    tonic: Semitones,
    motif: &Motif,
    bars: &[Bar],
    odd: bool,
    rng: &mut Pcg32,
    notes: &mut Vec<Note>,
) {
    let [even_voice, odd_voice] = plan.character.melody;
    let instrument = if odd { odd_voice } else { even_voice };
    let Some(first) = bars.first() else { return };
    let anchor = anchor(plan, tonic, first, rng);
    // The answer is the motif a little higher or lower: a sequence.
    let answer = [-2, -1, 1, 2][rng.random_range(0..4)];
    let beats = f32::from(plan.character.beats);
    let closes = matches!(first.phrase, Phrase::Varied | Phrase::Home);
    for (half, shift) in [(0.0, 0), (2.0, answer)] {
        for step in &motif.steps {
            let at = step.at + half * beats;
            let Some(bar) = bars.iter().rev().find(|bar| bar.at <= first.at + at) else { continue };
            if closes && bar.number == 3 {
                continue;
            }
            let varied = first.phrase == Phrase::Varied && !step.strong && rng.random_range(0.0..1.0) < 0.3;
            let ornament = if varied { [-1, 1][rng.random_range(0..2)] } else { 0 };
            let degree = anchor + shift + step.contour + ornament;
            let pitch = fitted(plan, tonic, bar.chord, degree, step.strong);
            notes.push(Note {
                part: Part::Melody(instrument),
                at: first.at + at,
                length: step.length * plan.articulation,
                pitch,
                velocity: velocity(step, bar, at - f32::from(bar.number) * beats),
            });
        }
    }
    if closes && let Some(last) = bars.last() {
        close(plan, tonic, instrument, last, notes);
    }
}

/// A degree of the tonic triad near the melody's centre; the bridge starts higher.
fn anchor(plan: &Plan, tonic: Semitones, bar: &Bar, rng: &mut Pcg32) -> i16 {
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
fn velocity(step: &Step, bar: &Bar, beat: f32) -> f32 {
    let arch = [0.0, 0.06, 0.08, 0.0].get(usize::from(bar.number)).copied().unwrap_or(0.0);
    let accent = if step.strong { 0.12 } else { 0.0 };
    0.62 + arch + accent + if beat < 0.25 { 0.05 } else { 0.0 }
}

/// The last bar: the tonic, held.
fn close(
    plan: &Plan,
    tonic: Semitones,
    instrument: crate::compose::character::Instrument,
    bar: &Bar,
    notes: &mut Vec<Note>,
) {
    let beats = f32::from(plan.character.beats);
    notes.push(Note {
        part: Part::Melody(instrument),
        at: bar.at,
        length: (beats - 1.0) * plan.articulation.max(0.6),
        pitch: tonic,
        velocity: 0.66,
    });
}
