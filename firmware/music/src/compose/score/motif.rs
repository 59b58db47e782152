//! A motif: two bars of rhythm and contour, the seed of a phrase.

use crate::compose::plan::Plan;
use rand::RngExt;
use rand_pcg::Pcg32;

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
