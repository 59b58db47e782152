//! The figures of a run as plain numbers. The page, the model card and `--json` all show these and nothing else, so they
//! can't disagree.

use super::history::History;
use crate::measure;
use crate::metrics::calibration;
use serde::Serialize;

/// Everything a report says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The run's folder, see [`super::words::place`].
    pub run: String,
    /// How training went.
    pub history: History,
    /// What the run was asked to do.
    pub recipe: Recipe,
    /// What it learnt from.
    pub data: Data,
    /// What was trained.
    pub network: Network,
    /// The exported file, when one was given.
    pub file: Option<File>,
    /// The part of the data that was measured on.
    pub split: &'static str,
    /// The network as trained, in f32, against the labels it answers with.
    pub float: Measured,
    /// The exported file, as the box runs it.
    pub int8: Option<Measured>,
    /// The share of pictures both answer alike, 0..=1.
    pub agreement: Option<f64>,
    /// Accuracy lost by the exported file, percentage points; negative when it gained.
    pub drop_points: Option<f64>,
    /// What is deployed, against the other label set the data has: FER+'s votes, or FER-2013's labels.
    pub other: Option<Measured>,
    /// The exported file on the same pictures with the faults of a camera, the clean ones first; empty without a file.
    pub conditions: Vec<Condition>,
    /// Errors, the most confident first.
    pub mistakes: Vec<Mistake>,
    /// Programs and libraries the figures were made with: name and version.
    pub versions: Vec<(&'static str, String)>,
    /// The commands that make the run, the file and this report again.
    pub commands: Vec<String>,
}

impl Figures {
    /// What the box would run: the exported file, or the float network while there is none.
    #[must_use]
    pub fn deployed(&self) -> &Measured {
        self.int8.as_ref().unwrap_or(&self.float)
    }

    /// `int8` or `f32`: the form of [`Figures::deployed`].
    #[must_use]
    pub const fn form(&self) -> &'static str {
        if self.int8.is_some() { "int8" } else { "f32" }
    }

    /// Whether the temperature was fitted on the very pictures that were measured, which flatters the calibration.
    #[must_use]
    pub fn fitted_here(&self) -> bool {
        self.split == crate::dataset::Split::Validation.name()
    }
}

/// What the run was asked to do, as its folder keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipe {
    /// The file's name.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Epochs it was to have.
    pub epochs: u32,
    /// Every random choice follows from it.
    pub seed: u64,
}

/// The facts of the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Data {
    /// Where it is, see [`super::words::place`].
    pub name: String,
    /// See [`crate::dataset::Dataset::sha256`].
    pub sha256: String,
    /// Pictures in all parts.
    pub pictures: usize,
    /// The names of the classes.
    pub classes: Vec<&'static str>,
    /// Pictures of each class, for each part its maker cut.
    pub splits: Vec<Part>,
    /// Pictures the run learnt from.
    pub training: usize,
    /// Pictures the best epoch was chosen by.
    pub validation: usize,
    /// Training pictures left out as they are also in validation or test.
    pub copies_left_out: usize,
    /// Pictures left out as all their pixels are equal.
    pub blank_left_out: usize,
    /// Groups of equal pictures.
    pub groups_of_copies: usize,
    /// Groups of equal pictures that have different labels.
    pub conflicts: usize,
}

/// One part of the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name.
    pub split: &'static str,
    /// Pictures of each class.
    pub counts: Vec<usize>,
}

/// What was trained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Network {
    /// The name `trainer nets` lists it by.
    pub name: &'static str,
    /// Channels at its beginning.
    pub width: usize,
    /// Repetitions in each stage.
    pub depth: usize,
    /// Numbers learnt.
    pub parameters: usize,
    /// Millions of multiply-accumulates for one picture.
    pub mmac: f64,
    /// Convolutions, folded as the box runs them.
    pub convolutions: usize,
    /// Height and width of its input.
    pub side: u32,
    /// Subtracted from a luminance.
    pub mean: f32,
    /// What the difference is divided by.
    pub deviation: f32,
    /// What it answers with, in the order of its logits.
    pub labels: Vec<&'static str>,
}

/// The exported file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct File {
    /// Where it is, see [`super::words::place`].
    pub name: String,
    /// Its size.
    pub bytes: usize,
    /// Its sum.
    pub sha256: String,
    /// Convolutions that the box would compute in float.
    pub float_convolutions: usize,
    /// The version of the contract it carries.
    pub contract: u32,
    /// Logits are divided by it before the softmax.
    pub temperature: f64,
}

/// The figures of one network on some pictures, and of its confidences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Whose labels count as the truth.
    pub labels: &'static str,
    /// Pictures of the split without a truth: their votes name no expression.
    pub left_out: usize,
    /// Pictures of something the network has no label for; each counts as wrong.
    pub beyond: usize,
    /// The figures, at the box's temperature.
    #[serde(flatten)]
    pub figures: measure::Figures,
    /// The confidences of the bare softmax.
    pub raw: Confidences,
    /// The confidences the box gives, at its temperature.
    pub calibrated: Confidences,
}

impl Measured {
    /// The accuracies on fewer pictures that can be said: what they are without, how many are left, the accuracy.
    pub(super) fn without(&self) -> impl Iterator<Item = (&'static str, usize, f64)> {
        let found = &self.figures;
        let found = [
            ("without copies", found.n_without_copies, found.accuracy_without_copies),
            ("without near copies", found.n_without_near_copies, found.accuracy_without_near_copies),
        ];
        found.into_iter().filter_map(|(name, n, share)| Some((name, n?, share?)))
    }
}

/// Calibration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confidences {
    /// Logits were divided by it.
    pub temperature: f64,
    /// Expected calibration error, 0 is best.
    pub ece: f64,
    /// Mean negative log-likelihood, over the pictures whose truth the network has a label for; none without such.
    pub nll: Option<f64>,
    /// Answers by confidence.
    pub bins: Vec<calibration::Bin>,
}

/// What one fault of the camera costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// As `trainer evaluate --condition` names it.
    pub name: String,
    /// The accuracy, 0..=1.
    pub accuracy: Option<f64>,
    /// Percentage points below the clean pictures; none for these.
    pub loss_points: Option<f64>,
}

/// A wrong answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mistake {
    /// The picture's index in the data set, from 0.
    pub row: usize,
    /// What its label says.
    pub truth: &'static str,
    /// What the network says.
    pub answer: &'static str,
    /// How sure it is, 0..=1.
    pub confidence: f64,
    /// The picture: 48x48 luminances, row by row.
    #[serde(skip)]
    pub pixels: Box<[u8]>,
}

/// A temperature to the thousandth it was fitted to: as f64, the f32 would show digits that mean nothing.
pub(super) fn rounded(temperature: f32) -> f64 {
    (f64::from(temperature) * 1e3).round() / 1e3
}
