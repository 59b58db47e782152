//! Measures a deployed file as the box runs it: its own answers and confidences, against the labels of the data or
//! against what the people of FER+ saw.
//!
//! Network and labels may be of different sets; they are compared by expression. A truth the network has no label for
//! (contempt, for a network of FER-2013) is counted, and its answer to it is wrong: a user wouldn't see it otherwise.

mod doubt;
mod relation;
mod robustness;
mod words;

pub use doubt::Doubt;
pub use relation::Relation;
pub use robustness::Robustness;
pub use words::{json, predictions, text};

use crate::dataset::augment::Condition;
use crate::dataset::votes::{Verdict, Votes};
use crate::dataset::{Dataset, Picture};
use crate::error::Error;
use crate::metrics::{self, Confusion, Graded, calibration};
use crate::number::count;
use crate::random;
use crate::verify;
use mood::{Affect, Classifier, Contract, Expression, LabelSet, Logits, Mood, Probabilities, Thresholds};
use rand::seq::SliceRandom;
use std::path::Path;

/// Fixes what `--limit` picks and what the bootstrap draws.
const SEED: u64 = 1;

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
    let label = dataset.label_set.labels().get(usize::from(dataset.pictures[index].label));
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
    let seen = |target: &Target| {
        let picture = &dataset.pictures[target.index];
        Picture { pixels: view.condition.apply(&picture.pixels, target.index).into(), ..*picture }
    };
    let seen = Dataset { pictures: targets.iter().map(seen).collect(), label_set: dataset.label_set };
    let all: Vec<usize> = (0..targets.len()).collect();
    let ask = |seen: &Dataset, all: &[usize]| verify::logits(classifier, seen, all, path);
    let logits = if view.flip { of_both_sides(&seen, &all, ask)? } else { ask(&seen, &all)? };
    let row = |(at, (&target, logits)): (usize, (&Target, Vec<f32>))| {
        judge(target, logits, contract, relations.map(|relations| relations[at]))
    };
    Ok(targets.iter().zip(logits).enumerate().filter_map(row).collect())
}

/// The mean of what `ask` says to the pictures of `dataset` at `indices` and of what it says to their mirror images: so the
/// box looks at a face.
///
/// # Errors
/// When `ask` fails.
pub(crate) fn of_both_sides(
    dataset: &Dataset,
    indices: &[usize],
    ask: impl Fn(&Dataset, &[usize]) -> Result<Vec<Vec<f32>>, Error>,
) -> Result<Vec<Vec<f32>>, Error> {
    let mut logits = ask(dataset, indices)?;
    let mirrored = |&index: &usize| {
        let mut picture = dataset.pictures[index].clone();
        picture.mirror();
        picture
    };
    let mirrored = Dataset { pictures: indices.iter().map(mirrored).collect(), label_set: dataset.label_set };
    let all: Vec<usize> = (0..indices.len()).collect();
    for (logits, mirrored) in logits.iter_mut().zip(ask(&mirrored, &all)?) {
        logits.iter_mut().zip(mirrored).for_each(|(logit, mirrored)| *logit = f32::midpoint(*logit, mirrored));
    }
    Ok(logits)
}

/// What `logits` say by the rules of the box; none when there are none.
pub(crate) fn judge(target: Target, logits: Vec<f32>, contract: &Contract, relation: Option<Relation>) -> Option<Row> {
    let logits = Logits(logits);
    let probabilities = Probabilities::from_logits(&logits, contract);
    let (answer, confidence) = probabilities.winner()?;
    let thresholds = contract.thresholds.unwrap_or(Thresholds::DEFAULT);
    let confident = Mood::of(&probabilities).is_some_and(|mood| thresholds.accept(&mood));
    let known = contract.labels.iter().position(|&label| label == target.truth);
    let nll = known.map(|label| metrics::nll(&logits.0, label, f64::from(contract.temperature)));
    Some(Row { target, answer, confidence: f64::from(confidence), nll, confident, relation, logits: logits.0 })
}

/// An accuracy and how much of it is luck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// Pictures.
    pub n: usize,
    /// The share told right, 0..=1; none of no pictures.
    pub share: Option<f64>,
    /// The bootstrapped 95 % interval around it.
    pub interval: Option<[f64; 2]>,
}

impl Accuracy {
    fn of(answers: &[Graded]) -> Self {
        let (n, right) = (answers.len(), answers.iter().filter(|answer| answer.right).count());
        let share = (n > 0).then(|| count(right) / count(n));
        Self { n, share, interval: metrics::interval(answers, SEED) }
    }
}

/// The figures of a network on some pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// On all of them.
    pub all: Accuracy,
    /// On those that are not also training pictures byte for byte, where these are known.
    pub without_copies: Option<Accuracy>,
    /// On those whose photograph is not among the training pictures in another crop either.
    pub without_near_copies: Option<Accuracy>,
    /// The classes of `confusion`: the labels measured against, then what only the network knows.
    pub classes: Vec<Expression>,
    /// Truth against answer.
    pub confusion: Confusion,
    /// Expected calibration error over [`calibration::BINS`] bins.
    pub ece: f64,
    /// Mean negative log-likelihood over the pictures whose truth the network has a label for; none without such.
    pub nll: Option<f64>,
    /// Pictures whose truth the network has no label for.
    pub beyond: usize,
    /// Pictures of a pleasant expression that the box answers as an unpleasant one, or the reverse, without being unsure: the
    /// errors that cost an owner most.
    pub opposite: usize,
    /// What a threshold buys.
    pub coverage: Vec<calibration::Point>,
}

impl Figures {
    /// The figures of `rows`, measured against `labels`, of a network that answers with those of `answers`.
    #[must_use]
    pub fn of(rows: &[Row], labels: LabelSet, answers: LabelSet) -> Self {
        let mut classes = labels.labels().to_vec();
        classes.extend(answers.labels().iter().filter(|&&extra| labels.class_of(extra).is_none()));
        let mut confusion = Confusion::new(classes.len());
        let class = |expression: Expression| classes.iter().position(|&class| class == expression);
        for row in rows {
            if let (Some(truth), Some(answer)) = (class(row.target.truth), class(row.answer)) {
                confusion.add(truth, answer);
            }
        }
        let graded: Vec<Graded> = rows.iter().map(Row::graded).collect();
        let unrelated = |counts: fn(Relation) -> bool| -> Option<Accuracy> {
            let of_one = |row: &Row| row.relation.map(|relation| counts(relation).then(|| row.graded()));
            let graded = rows.iter().map(of_one).collect::<Option<Vec<_>>>()?;
            Some(Accuracy::of(&graded.into_iter().flatten().collect::<Vec<_>>()))
        };
        let known: Vec<f64> = rows.iter().filter_map(|row| row.nll).collect();
        Self {
            all: Accuracy::of(&graded),
            without_copies: unrelated(|relation| relation != Relation::Copy),
            without_near_copies: unrelated(|relation| relation == Relation::New),
            classes,
            confusion,
            ece: calibration::error(&graded),
            nll: (!known.is_empty()).then(|| known.iter().sum::<f64>() / count(known.len())),
            beyond: rows.len() - known.len(),
            opposite: rows.iter().filter(|row| row.opposite()).count(),
            coverage: calibration::curve(&graded),
        }
    }
}

impl Figures {
    /// The share of [`Figures::opposite`], 0..=1; none of no pictures.
    #[must_use]
    pub fn opposite_share(&self) -> Option<f64> {
        (self.all.n > 0).then(|| count(self.opposite) / count(self.all.n))
    }
}

#[cfg(test)]
mod tests;
