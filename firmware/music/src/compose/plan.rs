//! How a mood is played: the cues that a listener reads emotion from, as numbers.
//!
//! Mode, tempo, register, dynamics, articulation and timbre, in that order of weight, add up nearly linearly to what
//! listeners perceive (Eerola, Friberg & Bresin 2013, Frontiers in Psychology 4:487). So the plan is linear: a
//! [`Character`] sets where an expression stands, and the distance of the asked-for affect from that expression's own
//! point moves tempo, density, brightness and loudness along arousal, register along valence.

use crate::compose::character::Character;
use crate::compose::theory::Semitones;
use mood::{Affect, Expression};

/// The cues of one piece. What does not change by degrees (harmony, instruments) is in [`Character`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Harmony, rhythm figures and instruments.
    pub character: Character,
    /// Quarter notes a minute, 44..=160.
    pub tempo_bpm: f32,
    /// The pitch a melody moves around.
    pub melody_centre: Semitones,
    /// Share of the eighth notes on which the melody begins a note, 0..=1.
    pub density: f32,
    /// Sounding share of a note's length: 0.25 staccato to 1.05 legato.
    pub articulation: f32,
    /// Darkest 0 to brightest 1; sets filters and partials.
    pub brightness: f32,
    /// Loudness against the box's usual one, in LU, -3..=1.
    pub loudness_lu: f32,
}

impl Plan {
    /// The plan for an expression's music at a point of the plane. `affect` outside -1..=1 is clamped, NaN is home.
    #[must_use]
    pub fn of(expression: Expression, affect: Affect) -> Self {
        let character = Character::of(expression);
        let home = Affect::of(expression);
        let arousal = distance(affect.arousal, home.arousal);
        let valence = distance(affect.valence, home.valence);
        Self {
            character,
            tempo_bpm: (character.tempo_bpm * (0.45 * arousal).exp2()).clamp(44.0, 160.0),
            melody_centre: character.melody_centre + register(valence),
            density: (character.density + 0.15 * arousal).clamp(0.1, 0.9),
            articulation: (character.articulation - 0.25 * arousal).clamp(0.25, 1.05),
            brightness: (character.brightness + 0.2 * arousal + 0.05 * valence).clamp(0.0, 1.0),
            loudness_lu: (character.loudness_lu + arousal).clamp(-3.0, 1.0),
        }
    }
}

/// How far `value` lies from `home`, both in -1..=1.
fn distance(value: f32, home: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-1.0, 1.0) - home }
}

/// Higher for pleasant, in steps of two semitones so that a doubtful face doesn't move it.
fn register(valence: f32) -> Semitones {
    if valence > 0.4 {
        2
    } else if valence < -0.4 {
        -2
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_arousal_is_faster_denser_shorter_brighter_and_louder() {
        let calm = Plan::of(Expression::Neutral, Affect { valence: 0.0, arousal: -0.5 });
        let lively = Plan::of(Expression::Neutral, Affect { valence: 0.0, arousal: 0.5 });
        assert!(calm.tempo_bpm < lively.tempo_bpm);
        assert!(calm.density < lively.density);
        assert!(calm.articulation > lively.articulation);
        assert!(calm.brightness < lively.brightness);
        assert!(calm.loudness_lu < lively.loudness_lu);
    }

    #[test]
    fn every_point_of_the_plane_has_a_playable_plan() {
        for expression in Expression::ALL {
            for (valence, arousal) in [(-9.0, 9.0), (9.0, -9.0), (f32::NAN, f32::NAN), (1.0, 1.0), (-1.0, -1.0)] {
                let plan = Plan::of(expression, Affect { valence, arousal });
                assert!((36..=90).contains(&plan.melody_centre), "{expression}: {plan:?}");
                for value in [plan.tempo_bpm, plan.density, plan.articulation, plan.brightness, plan.loudness_lu] {
                    assert!(value.is_finite(), "{expression}: {plan:?}");
                }
            }
        }
    }
}
