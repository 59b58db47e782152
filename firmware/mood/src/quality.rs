//! How well one frame shows a face: what its reading weighs among others, and what is wrong with it.

use crate::{Crop, FaceBox, UnsureReason};

/// Below the first a face counts for nothing, from the second on for all it is; in between it grows evenly.
type Ramp = (f32, f32);

/// The face's side in frame pixels. The classifier looks at 48 by 48, so below that it sees no more than a blur.
const SIDE: Ramp = (16.0, 48.0);
/// Luminance steps between the 1st and the 99th percentile of the crop; below the first it is mostly noise.
///
/// Measured on faces of FER-2013's `PublicTest` that were made dark, with noise of 1.5 steps a pixel added: right are 87 %
/// above 30 steps, 86 % from 20 to 25, 73 % from 10 to 15. With noise of half a step 15 steps are as good as 200.
const CONTRAST: Ramp = (10.0, 40.0);
/// [`Crop::sharpness`]; of the photographs of FER-2013, soft as they are, nine of ten lie above the second.
const SHARPNESS: Ramp = (0.01, 0.06);
/// How far the nose lies beside the middle of the eyes, in eye distances: 0 from the front, about 1 in profile.
const TURN: Ramp = (0.95, 0.45);
const SCORE: Ramp = (0.5, 0.9);

/// A face that weighs less than this can't be read.
pub const READABLE: f32 = 0.15;

/// What was measured of a face in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Its longer side in frame pixels.
    pub side: f32,
    /// [`Crop::contrast`].
    pub contrast: f32,
    /// [`Crop::sharpness`].
    pub sharpness: f32,
    /// How far the head is turned aside; 0 from the front, about 1 in profile.
    pub turn: f32,
    /// The finder's score, 0..=1.
    pub score: f32,
}

impl Quality {
    /// Measures a face and its crop.
    pub fn of(face: &FaceBox, crop: &Crop) -> Self {
        let landmarks = &face.landmarks;
        let (eyes, roll) = (landmarks.eyes(), landmarks.roll());
        // Along the line of the eyes, so that a tilted head is not a turned one.
        let aside = (landmarks.nose.x - eyes.x) * roll.cos() + (landmarks.nose.y - eyes.y) * roll.sin();
        Self {
            side: face.side(),
            contrast: f32::from(crop.contrast()),
            sharpness: crop.sharpness(),
            turn: (aside / landmarks.eye_distance().max(1.0)).abs(),
            score: face.score,
        }
    }

    /// What a reading of this face counts among others, 0..=1.
    pub fn weight(&self) -> f32 {
        self.shares().iter().map(|(share, _)| share).product::<f32>() * share(self.score, SCORE)
    }

    /// What is worst about it, as the owner can mend it; `None` when nothing is.
    pub fn flaw(&self) -> Option<UnsureReason> {
        let worst = self.shares().into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        worst.filter(|(share, _)| *share < 0.5).map(|(_, reason)| reason)
    }

    fn shares(&self) -> [(f32, UnsureReason); 4] {
        [
            (share(self.contrast, CONTRAST), UnsureReason::TooDark),
            (share(self.side, SIDE), UnsureReason::TooSmall),
            (share(self.turn, TURN), UnsureReason::TurnedAway),
            (share(self.sharpness, SHARPNESS), UnsureReason::Blurred),
        ]
    }
}

/// Where a value lies on a ramp, 0..=1; NaN counts for nothing.
fn share(value: f32, (from, to): Ramp) -> f32 {
    let share = (value - from) / (to - from);
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Quality = Quality { side: 120.0, contrast: 160.0, sharpness: 0.2, turn: 0.1, score: 0.95 };

    #[test]
    fn a_good_face_counts_fully_and_each_flaw_has_its_name() {
        assert_eq!((GOOD.weight(), GOOD.flaw()), (1.0, None));
        let cases = [
            (Quality { contrast: 12.0, ..GOOD }, UnsureReason::TooDark),
            (Quality { side: 20.0, ..GOOD }, UnsureReason::TooSmall),
            (Quality { turn: 0.9, ..GOOD }, UnsureReason::TurnedAway),
            (Quality { sharpness: 0.012, ..GOOD }, UnsureReason::Blurred),
        ];
        for (quality, reason) in cases {
            assert!(quality.weight() < READABLE, "{quality:?}");
            assert_eq!(quality.flaw(), Some(reason));
        }
        assert!(Quality { turn: f32::NAN, ..GOOD }.weight() <= 0.0);
    }
}
