//! What model and firmware must agree on. It travels inside the ONNX file, in `metadata_props`.

mod metadata;

use crate::{Expression, Thresholds};

/// The version of the contract this build reads and writes.
pub const VERSION: u32 = 1;

/// Height and width of the input tensor this build feeds, in pixels: the size of a FER-2013 picture.
pub const SIDE: u32 = 48;

/// Which data set's labels a network answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelSet {
    /// The seven labels of FER-2013.
    Fer2013,
    /// The eight labels of FER+.
    FerPlus,
}

impl LabelSet {
    /// Every label set this build knows.
    pub const ALL: [Self; 2] = [Self::Fer2013, Self::FerPlus];

    /// The name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fer2013 => "fer2013",
            Self::FerPlus => "ferplus",
        }
    }

    /// The data set's own label names, in its own order.
    #[must_use]
    pub const fn label_names(self) -> &'static [&'static str] {
        match self {
            Self::Fer2013 => &["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"],
            Self::FerPlus => &["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"],
        }
    }

    /// The expressions its classes stand for, in its own order.
    #[must_use]
    pub const fn labels(self) -> &'static [Expression] {
        use Expression::{Angry, Contempt, Disgust, Fear, Happy, Neutral, Sad, Surprise};
        match self {
            Self::Fer2013 => &[Angry, Disgust, Fear, Happy, Sad, Surprise, Neutral],
            Self::FerPlus => &[Neutral, Happy, Surprise, Sad, Angry, Disgust, Fear, Contempt],
        }
    }

    /// The class of an expression; `None` when it has no such label.
    #[must_use]
    pub fn class_of(self, expression: Expression) -> Option<usize> {
        self.labels().iter().position(|&label| label == expression)
    }

    /// The data set's own name for an expression; `None` when it has no such label.
    #[must_use]
    pub fn label_of(self, expression: Expression) -> Option<&'static str> {
        self.class_of(expression).map(|class| self.label_names()[class])
    }
}

/// Input shape, normalisation, labels, version and calibration of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Height and width of the input tensor, which is `1 x 1 x side x side`.
    pub side: u32,
    /// Subtracted from a luminance of 0..=255.
    pub mean: f32,
    /// What the difference is divided by; positive.
    pub deviation: f32,
    /// Where the labels come from.
    pub label_set: LabelSet,
    /// The labels, in the order of the logits: every label of the set once.
    pub labels: Vec<Expression>,
    /// Calibration: logits are divided by it before the softmax; positive (Guo et al. 2017).
    pub temperature: f32,
    /// When to doubt, as chosen on validation data; `None` in a file that does not say.
    pub thresholds: Option<Thresholds>,
}

impl Contract {
    /// The contract of a network for `label_set` with the usual 48x48 input in -1..=1.
    #[must_use]
    pub fn new(label_set: LabelSet) -> Self {
        let labels = label_set.labels().to_vec();
        Self { side: SIDE, mean: 127.5, deviation: 127.5, label_set, labels, temperature: 1.0, thresholds: None }
    }

    /// One luminance as the network sees it.
    #[must_use]
    pub fn normalise(&self, luminance: u8) -> f32 {
        (f32::from(luminance) - self.mean) / self.deviation
    }
}
