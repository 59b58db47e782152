//! Measures a deployed file as the box runs it: its own answers and confidences, against the labels of the data or
//! against what the people of FER+ saw.
//!
//! Network and labels may be of different sets; they are compared by expression. A truth the network has no label for
//! (contempt, for a network of FER-2013) is counted, and its answer to it is wrong: a user wouldn't see it otherwise.

mod figures;
mod robustness;
mod thresholds;

pub(crate) use figures::percent;
pub use figures::{Class, Figures, drop_points, json, nll, predictions, text};
pub use robustness::{Line, Robustness};
pub use thresholds::AbstentionThresholds;

use crate::dataset::augment::Condition;
use crate::dataset::votes::{Verdict, Votes};
use crate::dataset::{self, Dataset, Labelled, near_copies};
use crate::error::Error;
use crate::metrics::{self, Graded};
use crate::{random, verify};
use mood::{Affect, Classifier, Contract, Expression, Logits, Mood, Probabilities, Thresholds};
use rand::seq::SliceRandom;
use std::collections::HashSet;
use std::path::Path;

/// Fixes what `--limit` picks and what the bootstrap draws.
const SEED: u64 = 1;

/// How close a picture is to the training pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// None of them shows the same photograph.
    New,
    /// One of them shows it in another crop, or may well do; see [`near_copies::ALIKE`].
    NearCopy,
    /// One of them has the same bytes.
    Copy,
}

impl Relation {
    /// Of each of the pictures `measured` to those of `training`.
    #[must_use]
    pub fn of(measured: &[&[u8]], training: &[&[u8]]) -> Vec<Self> {
        let known: HashSet<&[u8]> = training.iter().copied().collect();
        let near = near_copies::alike(measured, training);
        let of_one = |(position, pixels): (usize, &&[u8])| {
            if known.contains(pixels) {
                Self::Copy
            } else if near.contains(&position) {
                Self::NearCopy
            } else {
                Self::New
            }
        };
        measured.iter().enumerate().map(of_one).collect()
    }

    /// In the column `copy` of the predictions.
    const fn name(self) -> &'static str {
        match self {
            Self::New => "false",
            Self::NearCopy => "near",
            Self::Copy => "true",
        }
    }
}

/// A picture and what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its index in the data set.
    pub index: usize,
    /// What it shows, by the labels measured against.
    pub truth: Expression,
}

/// The pictures to measure on, and how many of the split have no truth.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Targets {
    /// In the order of the data set.
    pub chosen: Vec<Target>,
    /// Left out: no answer got more than half of the votes.
    pub no_majority: usize,
    /// Left out: most people could not say what the face shows.
    pub unknown: usize,
    /// Left out: most people saw no face.
    pub no_face: usize,
}

impl Targets {
    /// The pictures of `dataset` at `indices` with what they show: by their own labels, or by the majority of `votes`, one
    /// for each picture of `dataset`.
    #[must_use]
    pub fn of(dataset: &Dataset, indices: &[usize], votes: Option<&[Votes]>) -> Self {
        let mut targets = Self::default();
        for &index in indices {
            let verdict = votes.map_or_else(|| own(dataset, index), |votes| votes[index].majority());
            match verdict {
                Verdict::Shows(truth) => targets.chosen.push(Target { index, truth }),
                Verdict::Unknown => targets.unknown += 1,
                Verdict::NoFace => targets.no_face += 1,
                Verdict::NoMajority => targets.no_majority += 1,
            }
        }
        targets
    }

    /// Keeps `limit` pictures, picked by chance: in a folder the first ones would be of one class.
    #[must_use]
    pub fn limited(mut self, limit: usize) -> Self {
        self.chosen.shuffle(&mut random::generator(SEED, 0));
        self.chosen.truncate(limit);
        self.chosen.sort_unstable_by_key(|target| target.index);
        self
    }
}

fn own(dataset: &Dataset, index: usize) -> Verdict {
    let label = dataset.label_set.labels().get(usize::from(dataset.samples[index].label));
    label.map_or(Verdict::Unknown, |&label| Verdict::Shows(label))
}

/// What the box says to one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The picture and its truth.
    pub target: Target,
    /// The most probable expression.
    pub answer: Expression,
    /// Its probability, 0..=1.
    pub confidence: f64,
    /// Negative log-likelihood of the truth; none when the network has no label for it.
    pub nll: Option<f64>,
    /// Whether the box answers so, and isn't unsure.
    pub confident: bool,
    /// How close it is to the training pictures; none when they are not known.
    pub relation: Option<Relation>,
    /// The raw output, in the order of the contract.
    pub logits: Vec<f32>,
}

impl Row {
    /// Its confidence, and whether it is right.
    pub(crate) fn graded(&self) -> Graded {
        Graded { confidence: self.confidence, right: self.answer == self.target.truth }
    }

    /// Whether the box answers a pleasant face as an unpleasant one or the reverse, and isn't unsure.
    fn opposite(&self) -> bool {
        let [shown, answered] = [self.target.truth, self.answer].map(|expression| Affect::of(expression).valence);
        self.confident && shown * answered < 0.0
    }
}

/// How the pictures are shown to the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// What is wrong with them.
    pub condition: Condition,
    /// Whether the logits are the mean of those of a picture and of its mirror image, as the box looks: two runs of the
    /// network a picture.
    pub flip: bool,
}

impl From<Condition> for View {
    fn from(condition: Condition) -> Self {
        Self { condition, flip: true }
    }
}

/// Runs the network on `targets` as `view` shows them, on all cores. `relations` has one for each of `targets`, where the
/// training pictures are known.
///
/// # Errors
/// When a run fails; `path` is named.
pub fn rows(
    classifier: &Classifier,
    dataset: &Dataset,
    targets: &[Target],
    relations: Option<&[Relation]>,
    view: View,
    path: &Path,
) -> Result<Vec<Row>, Error> {
    let contract = classifier.contract();
    let seen = |target: &Target| view.condition.apply(&dataset.samples[target.index].pixels, target.index);
    let seen: Vec<Vec<u8>> = targets.iter().map(seen).collect();
    let seen: Vec<&[u8]> = seen.iter().map(Vec::as_slice).collect();
    let ask = |pictures: &[&[u8]]| verify::logits(classifier, pictures, path);
    let logits = if view.flip { of_both_sides(&seen, ask)? } else { ask(&seen)? };
    let row = |(at, (&target, logits)): (usize, (&Target, Vec<f32>))| {
        decide(target, logits, contract, relations.map(|relations| relations[at]))
    };
    Ok(targets.iter().zip(logits).enumerate().filter_map(row).collect())
}

/// The mean of what `ask` says to pictures and of what it says to their mirror images: so the box looks at a face.
pub(crate) fn of_both_sides(
    pictures: &[&[u8]],
    ask: impl Fn(&[&[u8]]) -> Result<Vec<Vec<f32>>, Error>,
) -> Result<Vec<Vec<f32>>, Error> {
    let mut logits = ask(pictures)?;
    let mirrored: Vec<Vec<u8>> = pictures.iter().map(|pixels| dataset::mirrored(pixels)).collect();
    let mirrored: Vec<&[u8]> = mirrored.iter().map(Vec::as_slice).collect();
    for (logits, mirrored) in logits.iter_mut().zip(ask(&mirrored)?) {
        logits.iter_mut().zip(mirrored).for_each(|(logit, mirrored)| *logit = f32::midpoint(*logit, mirrored));
    }
    Ok(logits)
}

/// What `logits` say by the rules of the box; none when there are none.
pub(crate) fn decide(target: Target, logits: Vec<f32>, contract: &Contract, relation: Option<Relation>) -> Option<Row> {
    let logits = Logits(logits);
    let probabilities = Probabilities::from_logits(&logits, contract);
    let (answer, confidence) = probabilities.winner()?;
    let thresholds = contract.thresholds.unwrap_or(Thresholds::DEFAULT);
    let confident = Mood::of(&probabilities).is_some_and(|mood| mood.passes(&thresholds));
    let known = contract.labels.iter().position(|&label| label == target.truth);
    let nll = known.map(|label| metrics::nll(&logits.0, label, f64::from(contract.temperature)));
    Some(Row { target, answer, confidence: f64::from(confidence), nll, confident, relation, logits: logits.0 })
}

/// The rows of labelled pictures to which the network has said `logits`.
#[must_use]
pub fn decide_all(pictures: &Labelled, logits: Vec<Vec<f32>>, contract: &Contract) -> Vec<Row> {
    let target = |(&index, &label): (&usize, &u8)| {
        contract.label_set.labels().get(usize::from(label)).map(|&truth| Target { index, truth })
    };
    let targets = pictures.indices.iter().zip(&pictures.labels).map(target);
    targets.zip(logits).filter_map(|(target, logits)| decide(target?, logits, contract, None)).collect()
}

#[cfg(test)]
mod tests;
