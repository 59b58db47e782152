//! Which candidates are faces the box may answer, which of them is the primary one, and why there is none.

use super::{FaceBox, Faces, Point};
use crate::{Frame, NoFaceReason};

/// The least score of a face.
///
/// Measured on 22 photographs without a person, on 198 windows cut from them, and on 518 frames with a face: at 0.60 the
/// finder takes a dog, a fish and a traffic light for a face (4 photographs, 23 windows) and finds 97 % of the faces; at
/// 0.75 it is wrong on no photograph and on 3 windows, and finds 95 %.
const LEAST_SCORE: f32 = 0.75;

/// The least side of a face as a share of the frame's height: 48 pixels of 480. The frame counts as 4:3, that is, the
/// height is that of the smallest 4:3 rectangle around it, so that turning a frame changes nothing.
const LEAST_SIDE: f32 = 0.1;

/// From this share of the frame's height on a face is near: it may need the margin of a shrunken frame to be seen.
const NEAR_SIDE: f32 = 0.6;

/// What is face-like, but no face, and has a side of this share of the frame's height is a face too close to be seen.
///
/// Of 22 photographs without a person and 198 windows cut from them one shows something face-like of that size.
const TOO_CLOSE_SIDE: f32 = 0.8;

/// The least score of such a face.
const TOO_CLOSE_SCORE: f32 = 0.55;

/// The least distance between the eyes, as a share of the box's side. Below it the head is turned too far.
const LEAST_EYE_DISTANCE: f32 = 0.18;

/// The largest roll, in degrees.
const LARGEST_ROLL: f32 = 40.0;

/// How far below the eyes the mouth may lie, in eye distances.
const EYES_TO_MOUTH: std::ops::RangeInclusive<f32> = 0.45..=2.6;

/// How much of its weight a face at the frame's side loses against one in the middle, a frame's side away.
const OFF_CENTRE: f32 = 0.6;

/// Judges what a frame's passes have found.
pub(super) fn faces(candidates: &[FaceBox], frame: &Frame) -> Faces {
    let (mut faces, mut reason) = (Vec::new(), NoFaceReason::NothingFound);
    for face in candidates {
        let share = face.side() / height_of_4_3(frame);
        let is_certain = face.score >= LEAST_SCORE;
        let flaw = if is_certain && share < LEAST_SIDE {
            NoFaceReason::TooSmall
        } else if is_certain && is_plausible(face) {
            faces.push(*face);
            continue;
        } else if share >= TOO_CLOSE_SIDE && face.score >= TOO_CLOSE_SCORE {
            NoFaceReason::TooClose
        } else if is_certain {
            NoFaceReason::NotPlausible
        } else {
            continue;
        };
        reason = reason.or_more_telling(flaw);
    }
    faces.sort_by(|a, b| weight(b, frame).total_cmp(&weight(a, frame)));
    Faces { faces, reason }
}

/// Whether a face is so large that [`Search::Shrunk`](super::Search::Shrunk) may see it best.
pub(super) fn is_near(face: &FaceBox, frame: &Frame) -> bool {
    face.side() >= NEAR_SIDE * height_of_4_3(frame)
}

/// Eyes apart, head roughly upright, mouth below the eyes as seen along the face's own axis.
fn is_plausible(face: &FaceBox) -> bool {
    let (landmarks, roll) = (&face.landmarks, face.landmarks.roll());
    let (eyes, mouth) = (landmarks.eyes(), landmarks.mouth);
    let below = (mouth.y - eyes.y) * roll.cos() - (mouth.x - eyes.x) * roll.sin();
    landmarks.eye_distance() >= LEAST_EYE_DISTANCE * face.side()
        && roll.to_degrees().abs() <= LARGEST_ROLL
        && EYES_TO_MOUTH.contains(&(below / landmarks.eye_distance()))
}

/// Who is meant: the large, central, certain face.
fn weight(face: &FaceBox, frame: &Frame) -> f32 {
    let (width, height) = sides(frame);
    let centre = face.centre();
    let at = Point { x: centre.x / width, y: centre.y / height };
    face.side() * (1.0 - OFF_CENTRE * at.distance(Point { x: 0.5, y: 0.5 })) * face.score
}

fn height_of_4_3(frame: &Frame) -> f32 {
    let (width, height) = sides(frame);
    height.max(width * 0.75)
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "exact below 2^24 pixels a side")]
const fn sides(frame: &Frame) -> (f32, f32) {
    (frame.width() as f32, frame.height() as f32)
}

#[cfg(test)]
mod tests {
    use super::super::Landmarks;
    use super::*;
    use crate::PixelFormat;
    use std::time::Duration;

    fn frame() -> Frame {
        Frame::packed(640, 480, PixelFormat::Grey, Duration::ZERO, vec![0; 640 * 480]).unwrap()
    }

    /// An upright face of `side` pixels as BlazeFace sees it, turned by `roll` degrees.
    fn face(x: f32, y: f32, side: f32, roll: f32) -> FaceBox {
        let centre = Point { x: x + side / 2.0, y: y + side / 2.0 };
        let (sin, cos) = roll.to_radians().sin_cos();
        let at = |right: f32, down: f32| Point {
            x: centre.x + side * (right * cos - down * sin),
            y: centre.y + side * (right * sin + down * cos),
        };
        let landmarks = Landmarks {
            left_eye: at(-0.21, -0.22),
            right_eye: at(0.21, -0.22),
            nose: at(0.0, 0.0),
            mouth: at(0.0, 0.22),
            left_ear: at(-0.43, -0.12),
            right_ear: at(0.43, -0.12),
        };
        FaceBox { x, y, width: side, height: side, score: 0.9, landmarks }
    }

    #[test]
    fn the_primary_face_is_large_central_and_certain() {
        let (middle, edge) = (face(270.0, 190.0, 100.0, 0.0), face(0.0, 0.0, 110.0, 0.0));
        assert_eq!(faces(&[edge, middle], &frame()).faces, [middle, edge]);
        let huge = face(0.0, 0.0, 250.0, 0.0);
        assert_eq!(faces(&[middle, huge], &frame()).faces, [huge, middle]);
        let doubtful = FaceBox { score: 0.76, ..face(270.0, 190.0, 105.0, 0.0) };
        assert_eq!(faces(&[doubtful, middle], &frame()).faces, [middle, doubtful]);
    }

    #[test]
    fn what_is_no_face_says_why() {
        let good = face(200.0, 200.0, 100.0, 0.0);
        let swapped =
            Landmarks { left_eye: good.landmarks.right_eye, right_eye: good.landmarks.left_eye, ..good.landmarks };
        let at_eyes = Landmarks { mouth: good.landmarks.eyes(), ..good.landmarks };
        let cases = [
            (FaceBox { score: 0.74, ..good }, NoFaceReason::NothingFound),
            (face(200.0, 200.0, 47.9, 0.0), NoFaceReason::TooSmall),
            (face(200.0, 200.0, 100.0, 41.0), NoFaceReason::NotPlausible),
            (face(200.0, 200.0, 100.0, -41.0), NoFaceReason::NotPlausible),
            (FaceBox { landmarks: swapped, ..good }, NoFaceReason::NotPlausible),
            (FaceBox { landmarks: at_eyes, ..good }, NoFaceReason::NotPlausible),
            (FaceBox { landmarks: Landmarks::default(), ..good }, NoFaceReason::NotPlausible),
            (FaceBox { score: 0.6, ..face(100.0, 0.0, 383.0, 0.0) }, NoFaceReason::NothingFound),
            (FaceBox { score: 0.6, ..face(100.0, 0.0, 385.0, 0.0) }, NoFaceReason::TooClose),
            (face(100.0, 0.0, 460.0, 60.0), NoFaceReason::TooClose),
        ];
        for (candidate, reason) in cases {
            assert_eq!(faces(&[candidate], &frame()), Faces { faces: vec![], reason }, "{candidate:?}");
        }
        for roll in [-39.0, -10.0, 0.0, 39.0] {
            assert_eq!(faces(&[face(9.0, 9.0, 48.1, roll)], &frame()).faces.len(), 1, "roll {roll}");
        }
    }

    #[test]
    fn a_face_too_far_away_is_named_before_one_too_close_and_that_before_one_that_is_none() {
        let (small, tilted) = (face(0.0, 0.0, 20.0, 0.0), face(99.0, 99.0, 100.0, 80.0));
        let close = FaceBox { score: 0.6, ..face(0.0, 0.0, 500.0, 0.0) };
        for (both, reason) in [
            ([small, tilted], NoFaceReason::TooSmall),
            ([small, close], NoFaceReason::TooSmall),
            ([close, tilted], NoFaceReason::TooClose),
        ] {
            assert_eq!(faces(&both, &frame()).reason, reason);
            assert_eq!(faces(&[both[1], both[0]], &frame()).reason, reason);
        }
    }
}
