//! How a player plays what is written: a little late or early, a little louder or softer, never twice alike.

use super::{Note, Part};
use crate::compose::plan::Plan;
use rand::RngExt;
use rand_pcg::Pcg32;

/// How much of the last deviation a player keeps: timing errors drift rather than jump.
const DRIFT: f32 = 0.6;

/// A player with a way of being uneven.
#[derive(Debug, Default)]
pub(in crate::compose) struct Player {
    late_s: f32,
}

impl Player {
    /// How many seconds after its place a note is really played (before it where negative), and how hard.
    pub(in crate::compose) fn play(&mut self, plan: &Plan, note: &Note, rng: &mut Pcg32) -> (f32, f32) {
        let off_beat = (note.at.fract() - 0.5).abs() < 0.01;
        let swing = if off_beat { plan.character.swing_beats * 60.0 / plan.tempo_bpm } else { 0.0 };
        // Three uniform draws are nearly normal, and bounded.
        let draw: f32 = (0..3).map(|_| rng.random_range(-1.0..1.0)).sum::<f32>();
        self.late_s = DRIFT * self.late_s + (1.0 - DRIFT) * draw * plan.character.looseness_s;
        // The beat is what the others follow.
        let share = if matches!(note.part, Part::Drums(_) | Part::Bass(_)) { 0.5 } else { 1.0 };
        (swing + self.late_s * share, (note.velocity * (1.0 + 0.05 * draw)).clamp(0.02, 1.0))
    }
}
