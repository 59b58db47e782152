//! Small unevennesses of a player: the lilt of swing, drifting timing, and touch.

use crate::compose::character::Character;
use crate::compose::score::{Note, Part};
use rand::RngExt;
use rand_pcg::Pcg32;

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
