//! How a mood is played: the cues that a listener reads emotion from, as numbers.
//!
//! Mode, tempo, register, dynamics, articulation and timbre, in that order of weight, add up nearly linearly to what
//! listeners perceive (Eerola, Friberg & Bresin 2013, Frontiers in Psychology 4:487). So the plan is linear: a
//! [`Character`] sets where an expression stands, and the distance of the asked-for affect from that expression's own
//! point moves tempo, density, brightness and loudness along arousal, register along valence.

use crate::compose::character::{Character, Production};
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
    /// How full the arrangement is, 0..=1.
    pub energy: f32,
    /// How often tones that hurt are put in, 0..=1.
    pub dissonance: f32,
    /// How the whole is brought together.
    pub production: Production,
}

impl Plan {
    /// The plan for an expression's music at a point of the plane. `affect` outside -1..=1 is clamped, NaN is home.
    #[must_use]
    pub fn of(expression: Expression, affect: Affect) -> Self {
        let character = Character::of(expression);
        let home = Affect::of(expression);
        let arousal = distance(affect.arousal, home.arousal);
        let valence = distance(affect.valence, home.valence);
        let Production { grain, saturation, tilt_db, squash, drive } = character.production;
        Self {
            character,
            tempo_bpm: (character.tempo_bpm * (0.45 * arousal).exp2()).clamp(44.0, 160.0),
            melody_centre: character.melody_centre + register(valence),
            density: (character.density + 0.15 * arousal).clamp(0.1, 0.9),
            articulation: (character.articulation - 0.25 * arousal).clamp(0.25, 1.05),
            brightness: (character.brightness + 0.2 * arousal + 0.05 * valence).clamp(0.0, 1.0),
            loudness_lu: (character.loudness_lu + arousal).clamp(-3.0, 1.0),
            energy: (character.energy + 0.5 * arousal).clamp(0.0, 1.0),
            dissonance: (character.dissonance - 0.4 * valence).clamp(0.0, 1.0),
            production: Production {
                grain: (grain + 0.4 * arousal).clamp(0.0, 2.0),
                saturation: (saturation + 2.0 * arousal).clamp(0.0, 9.0),
                tilt_db: (tilt_db + 2.0 * arousal + valence).clamp(-6.0, 6.0),
                squash: (squash + 0.25 * arousal).clamp(0.0, 0.8),
                drive: (drive * (2.0 * arousal - valence).exp2()).clamp(1.0, 40.0),
            },
        }
    }

    /// A bar on the way from this plan to another, `share` 0..=1. Harmony is the other's at once, degrees glide, and the
    /// players change one after the other: bass and pad, then who accompanies, then the drums, the melody last.
    #[must_use]
    pub fn towards(&self, to: &Self, share: f32) -> Self {
        let glide = |from: f32, to: f32| from + (to - from) * share;
        let (old, new) = (&self.character, to.character);
        // Patterns of another metre don't fit into its bars.
        let stays = |until: f32| share < until && old.beats == new.beats;
        Self {
            character: Character {
                pad: if stays(0.2) { old.pad } else { new.pad },
                bass: if stays(0.2) { old.bass } else { new.bass },
                bass_lines: if stays(0.2) { old.bass_lines } else { new.bass_lines },
                layers: if stays(0.45) { old.layers } else { new.layers },
                drums: if stays(0.7) { old.drums } else { new.drums },
                fills: if stays(0.7) { old.fills } else { new.fills },
                melody: if stays(0.9) { old.melody } else { new.melody },
                room: glide(old.room, new.room),
                ..new
            },
            tempo_bpm: glide(self.tempo_bpm, to.tempo_bpm),
            melody_centre: if share < 0.9 { self.melody_centre } else { to.melody_centre },
            density: glide(self.density, to.density),
            articulation: glide(self.articulation, to.articulation),
            brightness: glide(self.brightness, to.brightness),
            loudness_lu: glide(self.loudness_lu, to.loudness_lu),
            energy: glide(self.energy, to.energy),
            dissonance: glide(self.dissonance, to.dissonance),
            production: Production {
                grain: glide(self.production.grain, to.production.grain),
                saturation: glide(self.production.saturation, to.production.saturation),
                tilt_db: glide(self.production.tilt_db, to.production.tilt_db),
                squash: glide(self.production.squash, to.production.squash),
                drive: glide(self.production.drive, to.production.drive),
            },
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
        assert!(calm.energy < lively.energy);
    }

    #[test]
    fn what_hurts_more_is_more_dissonant() {
        let at = |valence| Plan::of(Expression::Fear, Affect { valence, arousal: 0.5 }).dissonance;
        assert!(at(-0.8) > at(0.0) && at(0.0) > at(0.8));
    }

    #[test]
    fn a_plan_on_the_way_lies_between_and_ends_at_the_other() {
        let [sad, happy] = [Expression::Sad, Expression::Happy].map(|mood| Plan::of(mood, Affect::of(mood)));
        let tempi = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| sad.towards(&happy, share).tempo_bpm);
        assert!(tempi.windows(2).all(|pair| pair[0] < pair[1]), "{tempi:?}");
        assert_eq!(sad.towards(&happy, 1.0), happy);
        let half = sad.towards(&happy, 0.5);
        assert_eq!((half.character.melody, half.character.bass), (sad.character.melody, happy.character.bass));
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
