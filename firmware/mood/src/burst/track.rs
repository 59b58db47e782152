//! One face from frame to frame.

use crate::{FaceBox, Quality, Reading};

/// From one frame looked at to the next a face moves by less than its own side, and grows by less than this.
const MOST_GROWTH: f32 = 1.6;

/// The three frames looked at last, a bit each; the last one lowest.
const THREE: u8 = 0b111;

/// A face, and what was read of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Track {
    /// Where it was seen last.
    pub(super) face: FaceBox,
    /// Each reading with its frame's quality.
    pub(super) readings: Vec<(Reading, Quality)>,
    recent: u8,
    /// The most frames of three in a row that showed it.
    most: u32,
}

impl Track {
    pub(super) fn new(face: FaceBox, reading: Reading, quality: Quality) -> Self {
        Self { face, readings: vec![(reading, quality)], recent: 1, most: 1 }
    }

    /// Whether a face found in a whole frame can be this one.
    pub(super) fn is_same(&self, other: &FaceBox) -> bool {
        let growth = self.face.side().max(other.side()) / self.face.side().min(other.side()).max(1.0);
        self.face.centre().distance(other.centre()) < self.face.side() && growth < MOST_GROWTH
    }

    pub(super) fn hit(&mut self, face: FaceBox, reading: Reading, quality: Quality) {
        self.face = face;
        self.readings.push((reading, quality));
        self.recent = (self.recent << 1 | 1) & THREE;
        self.most = self.most.max(self.recent.count_ones());
    }

    pub(super) const fn miss(&mut self) {
        self.recent = self.recent << 1 & THREE;
    }

    /// Frames looked at since it was seen, 3 at most.
    pub(super) const fn missed(&self) -> u32 {
        let zeros = self.recent.trailing_zeros();
        if zeros > 3 { 3 } else { zeros }
    }

    /// Whether two of three frames in a row have shown it.
    pub(super) const fn is_agreed(&self) -> bool {
        self.most >= 2
    }

    /// The finder's score in the frame that shows it most clearly.
    pub(super) fn best_score(&self) -> f32 {
        self.readings.iter().map(|(_, quality)| quality.score).fold(0.0, f32::max)
    }

    /// What the readings weigh together.
    pub(super) fn weight(&self) -> f32 {
        self.readings.iter().map(|(_, quality)| quality.weight()).sum()
    }

    /// The quality of the best frame.
    pub(super) fn best(&self) -> Option<&Quality> {
        self.readings.iter().map(|(_, quality)| quality).max_by(|a, b| a.weight().total_cmp(&b.weight()))
    }

    /// The readings' mean by quality. When no frame was worth anything each counts alike, for a guess.
    pub(super) fn mean(&self) -> Option<Reading> {
        Reading::mean(self.readings.iter().map(|(reading, quality)| (reading, quality.weight())))
            .or_else(|| Reading::mean(self.readings.iter().map(|(reading, _)| (reading, 1.0))))
    }
}
