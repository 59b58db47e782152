//! Many anchors see the same face; their boxes are merged into one.

use super::{FaceBox, Landmarks, Point};

/// Boxes that overlap the best one by more than this (intersection over union) mean the same face.
const SAME_FACE: f32 = 0.3;

/// Weighted non-maximum suppression, as BlazeFace does it: the best box takes in all that overlap it, each weighted by
/// its score. Less jitter than keeping the best alone. The result is ordered by score, best first.
pub(super) fn overlapping(mut candidates: Vec<FaceBox>) -> Vec<FaceBox> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut merged = Vec::new();
    while let Some(&best) = candidates.first() {
        // The best one counts even where its overlap with itself is 0, because its box is empty.
        let mut same = vec![best];
        candidates.remove(0);
        candidates.retain(|other| {
            let taken = best.overlap(other) > SAME_FACE;
            same.extend(taken.then_some(*other));
            !taken
        });
        merged.push(mean(&same));
    }
    merged
}

/// The mean of some boxes, weighted by their scores; its score is the best of theirs.
fn mean(boxes: &[FaceBox]) -> FaceBox {
    let total: f32 = boxes.iter().map(|face| face.score).sum();
    let over = |value: fn(&FaceBox) -> f32| boxes.iter().map(|face| value(face) * face.score).sum::<f32>() / total;
    let point = |of: fn(&Landmarks) -> Point| {
        let mut sum = Point::default();
        for face in boxes {
            let at = of(&face.landmarks);
            sum = Point { x: sum.x + at.x * face.score, y: sum.y + at.y * face.score };
        }
        Point { x: sum.x / total, y: sum.y / total }
    };
    FaceBox {
        x: over(|face| face.x),
        y: over(|face| face.y),
        width: over(|face| face.width),
        height: over(|face| face.height),
        score: boxes.iter().map(|face| face.score).fold(0.0, f32::max),
        landmarks: Landmarks {
            left_eye: point(|it| it.left_eye),
            right_eye: point(|it| it.right_eye),
            nose: point(|it| it.nose),
            mouth: point(|it| it.mouth),
            left_ear: point(|it| it.left_ear),
            right_ear: point(|it| it.right_ear),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, width: f32, score: f32) -> FaceBox {
        FaceBox { x, y: 0.0, width, height: 10.0, score, landmarks: Landmarks::default() }
    }

    #[test]
    fn overlapping_boxes_become_their_weighted_mean() {
        let merged = overlapping(vec![face(4.0, 10.0, 0.5), face(100.0, 10.0, 0.7), face(0.0, 10.0, 0.9)]);
        assert_eq!(merged.len(), 2);
        assert!((merged[0].x - 4.0 * 0.5 / 1.4).abs() < 1e-6, "{}", merged[0].x);
        assert_eq!((merged[0].score, merged[1].x), (0.9, 100.0));
    }

    #[test]
    fn boxes_apart_stay_apart_and_an_empty_one_is_kept() {
        let apart = vec![face(0.0, 10.0, 0.9), face(6.0, 10.0, 0.8), face(50.0, 0.0, 0.6)];
        assert_eq!(overlapping(apart.clone()), apart);
        assert_eq!(overlapping(Vec::new()), []);
    }
}
