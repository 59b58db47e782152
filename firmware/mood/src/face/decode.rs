//! BlazeFace's outputs -> face boxes in canvas pixels (Bazarevsky et al. 2019, <https://arxiv.org/abs/1907.05047>).
//!
//! The network has anchors at the centres of two grids of cells and says, for each anchor, how face-like its
//! surroundings are and where, seen from the anchor, box and landmarks lie.

use super::canvas::Size;
use super::{FaceBox, Landmarks, Point};

/// Regressed values an anchor: centre, width and height of the box, then six points.
pub(super) const VALUES: usize = 16;

/// Candidates below this score are noise; those above count when overlapping ones are merged, as in MediaPipe.
const LEAST_SCORE: f32 = 0.5;

/// Side of a cell in pixels, and how many anchors share its centre.
const GRIDS: [(usize, usize); 2] = [(8, 2), (16, 6)];

/// The anchors of a network in its own order: the fine grid row by row, then the coarse one.
pub(super) fn anchors(size: Size) -> impl Iterator<Item = Point> {
    GRIDS.into_iter().flat_map(move |(side, copies)| {
        let (columns, rows) = (size.width / side, size.height / side);
        let cells = (0..rows).flat_map(move |row| (0..columns).map(move |column| (column, row)));
        let centre = move |cell: usize| (to_f32(cell) + 0.5) * to_f32(side);
        cells.flat_map(move |(column, row)| std::iter::repeat_n(Point { x: centre(column), y: centre(row) }, copies))
    })
}

/// The candidates the network is fairly sure of. `regressors` holds [`VALUES`] numbers for each of `logits`.
pub(super) fn decode(logits: &[f32], regressors: &[f32], size: Size) -> Vec<FaceBox> {
    anchors(size)
        .zip(logits.iter().map(|logit| sigmoid(*logit)))
        .zip(regressors.as_chunks().0)
        .filter(|((_, score), values)| *score >= LEAST_SCORE && values.iter().all(|value| value.is_finite()))
        .map(|((anchor, score), values)| face(anchor, score, values))
        .collect()
}

fn face(anchor: Point, score: f32, values: &[f32; VALUES]) -> FaceBox {
    let [x, y, width, height, ..] = *values;
    let point = |number: usize| {
        let at = 4 + 2 * number;
        Point { x: anchor.x + values[at], y: anchor.y + values[at + 1] }
    };
    let (width, height) = (width.max(0.0), height.max(0.0));
    FaceBox {
        x: anchor.x + x - width / 2.0,
        y: anchor.y + y - height / 2.0,
        width,
        height,
        score,
        landmarks: Landmarks {
            left_eye: point(0),
            right_eye: point(1),
            nose: point(2),
            mouth: point(3),
            left_ear: point(4),
            right_ear: point(5),
        },
    }
}

fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// A pixel or cell number; they stay far below 2^24.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "exact below 2^24")]
const fn to_f32(number: usize) -> f32 {
    number as f32
}

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

    const SIZE: Size = Size { width: 192, height: 144 };

    #[test]
    fn anchors_are_those_of_the_network() {
        let anchors: Vec<Point> = anchors(SIZE).collect();
        assert_eq!(anchors.len(), 24 * 18 * 2 + 12 * 9 * 6);
        assert_eq!(anchors[..2], [Point { x: 4.0, y: 4.0 }; 2]);
        assert_eq!(anchors[2], Point { x: 12.0, y: 4.0 });
        assert_eq!(anchors[24 * 2], Point { x: 4.0, y: 12.0 });
        assert_eq!(anchors[864..870], [Point { x: 8.0, y: 8.0 }; 6]);
        assert_eq!(anchors[1511], Point { x: 184.0, y: 136.0 });
    }

    /// Oracle: one anchor worked out by hand. Number 51 is the second of the fine grid's cell in column 1, row 1,
    /// whose centre is (12, 12).
    #[test]
    fn one_anchor_decodes_as_by_hand() {
        let mut logits = vec![-9.0; 1512];
        let mut regressors = vec![0.0; 1512 * VALUES];
        logits[51] = 3.0_f32.ln();
        let values = [2.0, -4.0, 40.0, 20.0, -8.0, 0.0, 8.0, 1.0, 0.0, 5.0, 0.5, 9.0, -15.0, 2.0, 15.0, 3.0];
        regressors[51 * VALUES..52 * VALUES].copy_from_slice(&values);
        let found = decode(&logits, &regressors, SIZE);
        let [face] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((face.x, face.y, face.width, face.height), (-6.0, -2.0, 40.0, 20.0));
        assert!((face.score - 0.75).abs() < 1e-6);
        assert_eq!(face.landmarks.left_eye, Point { x: 4.0, y: 12.0 });
        assert_eq!(face.landmarks.right_eye, Point { x: 20.0, y: 13.0 });
        assert_eq!(face.landmarks.nose, Point { x: 12.0, y: 17.0 });
        assert_eq!(face.landmarks.mouth, Point { x: 12.5, y: 21.0 });
        assert_eq!(face.landmarks.left_ear, Point { x: -3.0, y: 14.0 });
        assert_eq!(face.landmarks.right_ear, Point { x: 27.0, y: 15.0 });
    }

    #[test]
    fn numbers_that_are_none_give_no_candidate() {
        let mut regressors = vec![1.0; 1512 * VALUES];
        regressors[7] = f32::NAN;
        let mut logits = vec![f32::NAN; 1512];
        logits[0] = 9.0;
        assert_eq!(decode(&logits, &regressors, SIZE), []);
    }

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
