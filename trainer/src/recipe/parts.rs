//! The tables of a recipe.

use crate::dataset::augment::{Augment, Mixing, Preset};
use crate::net::{Name, Size};
use clap::ValueEnum;
use mood::LabelSet;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The network.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Which one.
    pub name: Name,
    /// Channels at its beginning.
    pub width: usize,
    /// Repetitions in each stage.
    pub depth: usize,
    /// Share of the features before the last layer silenced in training, 0..1.
    pub dropout: f64,
}

impl Network {
    /// How large it is.
    #[must_use]
    pub const fn size(&self) -> Size {
        Size { width: self.width, depth: self.depth }
    }
}

/// The labels a part of the outputs answers with. All heads share one trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Head {
    /// The seven labels of FER-2013, the data's own.
    Fer2013,
    /// The eight labels of FER+, from what its ten people saw.
    Ferplus,
}

impl Head {
    /// The label set.
    #[must_use]
    pub const fn set(self) -> LabelSet {
        match self {
            Self::Fer2013 => LabelSet::Fer2013,
            Self::Ferplus => LabelSet::FerPlus,
        }
    }

    /// The head that answers with `set`.
    #[must_use]
    pub const fn of(set: LabelSet) -> Self {
        match set {
            LabelSet::Fer2013 => Self::Fer2013,
            LabelSet::FerPlus => Self::Ferplus,
        }
    }

    /// The name in recipes and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.set().name()
    }

    /// Its logits.
    #[must_use]
    pub const fn classes(self) -> usize {
        self.set().label_names().len()
    }
}

/// What a run learns from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// What the network answers with; the first is the one the box gets by default.
    pub heads: Vec<Head>,
    /// How the votes of FER+ become a target.
    pub votes: VoteUse,
    /// Share of each class kept for validation when the data set brings none, 0..1.
    pub validation_share: f64,
    /// Whether training pictures that are also in validation or test are learnt from.
    pub keep_copies: bool,
    /// Whether crops of one photograph stay on one side of the split, share their labels and votes, and count as one picture;
    /// see [`crate::dataset::near_copies`]. Right for pictures from a search; frames of one person before one camera are as
    /// alike with different expressions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pool_near_copies: bool,
    /// Chooses what is kept for validation, so that runs of different seeds choose by the same pictures; none for the seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_seed: Option<u64>,
    /// At most so many training pictures; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// How the votes of FER+ become a target (Barsoum et al. 2016, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoteUse {
    /// As they were given: the share of each expression.
    Distribution,
    /// The winner alone; pictures without a majority are left out.
    Majority,
}

/// How long, and in what steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Passes over the training pictures.
    pub epochs: u32,
    /// Pictures a step.
    pub batch: usize,
    /// The highest learning rate, after warm-up, before the cosine falls.
    pub learning_rate: f64,
    /// Share of the steps over which the learning rate rises, 0..1.
    pub warm_up: f64,
    /// By which figure of the validation pictures the epoch is chosen whose weights are kept.
    #[serde(default, skip_serializing_if = "ChooseBy::is_accuracy")]
    pub choose_by: ChooseBy,
}

/// A figure of the validation pictures, the mean over the heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChooseBy {
    /// The highest accuracy.
    #[default]
    Accuracy,
    /// The lowest negative log-likelihood, which some thousand pictures tell more surely than their accuracy.
    Loss,
}

impl ChooseBy {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    const fn is_accuracy(&self) -> bool {
        matches!(self, Self::Accuracy)
    }

    /// The higher, the better an epoch with this accuracy and loss.
    #[must_use]
    pub const fn merit(self, accuracy: f64, loss: f64) -> f64 {
        match self {
            Self::Accuracy => accuracy,
            Self::Loss => -loss,
        }
    }
}

/// How a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Optimiser {
    /// Which one.
    pub kind: OptimiserKind,
    /// Of SGD (with Nesterov's look ahead); the first moment's decay of `AdamW`.
    pub momentum: f64,
    /// Pull of the weights towards zero; biases and batch norm are left alone.
    pub weight_decay: f32,
    /// How slowly the average of the weights forgets, 0..1; 0 for none.
    pub average_decay: f32,
}

/// An optimiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OptimiserKind {
    /// Stochastic gradient descent with Nesterov momentum (Sutskever et al. 2013).
    Sgd,
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2019).
    AdamW,
}

/// What is asked of the answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// Share of a target spread over all classes, 0..1 (Szegedy et al. 2016).
    pub label_smoothing: f32,
    /// How much rare classes count more: a class's weight is its share to the power of minus this, 0 for equal pictures,
    /// 1 for equal classes.
    pub class_balance: f64,
}

/// How training pictures are varied.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augmentation {
    /// A picture alone: the name of a preset, or a table with every strength.
    pub picture: Variation,
    /// Two pictures together.
    pub mixing: Mixing,
}

/// How a picture alone is varied.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Variation {
    /// By name.
    Preset(Preset),
    /// Strength by strength.
    Own(Augment),
}

impl Variation {
    /// The strengths.
    #[must_use]
    pub fn strengths(&self) -> Augment {
        match self {
            Self::Preset(preset) => Augment::preset(*preset),
            Self::Own(strengths) => *strengths,
        }
    }
}

/// Learning from trained networks (Hinton et al. 2015).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distillation {
    /// Folders of their runs; they must have the same heads. Their probabilities are averaged. One of another seed, or that
    /// kept less for validation, has learnt from some of the pictures this run chooses by, though it isn't asked about them.
    pub teachers: Vec<PathBuf>,
    /// Their share of the loss, 0..=1; the rest is the labels'.
    pub weight: f32,
    /// Both sides' logits are divided by it, which shows what a teacher thinks of the other classes; 1 or more.
    pub temperature: f32,
    /// Whether they are asked about each picture as the student sees it, varied and mixed, step by step (Beyer et al. 2022,
    /// *Knowledge distillation: A good teacher is patient and consistent*). Else what they say to each training picture and
    /// its mirror image is computed once and kept in the run folder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consistent: bool,
}
