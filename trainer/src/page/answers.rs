//! What the networks of a run say to the pictures that are measured on, and what follows from it.

use super::figures::{self, Confidences, Measured, Mistake, rounded};
use crate::dataset::Dataset;
use crate::dataset::augment::Condition;
use crate::dataset::votes::Votes;
use crate::error::Error;
use crate::measure::{self, Line, Relation, Robustness, Row, Target, Targets};
use crate::metrics::{self, Graded, calibration};
use crate::number::count;
use mood::{Classifier, Contract, LabelSet};
use std::collections::HashMap;
use std::path::Path;

/// The logits of a network, by the picture's index in the data set.
pub(super) type Logits = HashMap<usize, Vec<f32>>;

/// The answers to the pictures of one split.
pub(super) struct Answers<'a> {
    /// The data.
    pub dataset: &'a Dataset,
    /// FER+'s votes, one for each picture of the data.
    pub votes: Option<&'a [Votes]>,
    /// What was measured on.
    pub indices: Vec<usize>,
    /// Labels and temperature.
    pub contract: Contract,
    /// The float network's.
    pub float: Logits,
    /// The exported file's.
    pub int8: Option<Logits>,
    /// How close each picture is to the training part of the data. None for validation, which the run cuts from that part
    /// without its copies.
    pub relations: Option<HashMap<usize, Relation>>,
}

impl Answers<'_> {
    /// What is deployed, against the other label set, where the data has it.
    pub(super) fn other(&self) -> Option<Measured> {
        let others = [self.dataset.label_set, LabelSet::FerPlus];
        let other = others.into_iter().find(|&set| set != self.contract.label_set)?;
        (other == self.dataset.label_set || self.votes.is_some()).then(|| self.against(self.deployed(), other))
    }

    /// The share of pictures both networks answer alike.
    pub(super) fn agreement(&self) -> Option<f64> {
        let int8 = self.int8.as_ref()?;
        let winner = |logits: &Logits, index: &usize| logits.get(index).map(|logits| metrics::winner(logits));
        let alike = self.indices.iter().filter(|index| winner(int8, index) == winner(&self.float, index)).count();
        Some(count(alike) / count(self.indices.len().max(1)))
    }

    /// The `most` errors that what is deployed is most confident of.
    pub(super) fn mistakes(&self, most: usize) -> Vec<Mistake> {
        let labels = self.contract.label_set;
        let targets = self.targets(labels);
        let mut rows = self.rows(&targets, self.deployed(), self.contract.temperature);
        rows.retain(|row| row.answer != row.target.truth);
        rows.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let mistake = |row: &Row| Mistake {
            row: row.target.index,
            truth: row.target.truth.name(),
            answer: row.answer.name(),
            confidence: row.confidence,
            pixels: self.dataset.samples[row.target.index].pixels.clone(),
        };
        rows.iter().take(most).map(mistake).collect()
    }

    /// What the exported file says to the same pictures with the faults of a camera, by the labels it answers with.
    pub(super) fn conditions(&self, classifier: &Classifier, path: &Path) -> Result<Vec<figures::Condition>, Error> {
        let labels = self.contract.label_set;
        let targets = self.targets(labels);
        let mut table = Robustness::default();
        for condition in Condition::ALL {
            let rows = measure::rows(classifier, self.dataset, &targets.chosen, None, condition.into(), path)?;
            table.add(condition, &measure::Figures::of(&rows, labels, labels));
        }
        let line = |(at, line): (usize, Line)| figures::Condition {
            name: line.condition,
            accuracy: line.accuracy,
            loss_points: line.loss_points.filter(|_| at > 0),
        };
        Ok(table.lines.into_iter().enumerate().map(line).collect())
    }

    fn deployed(&self) -> &Logits {
        self.int8.as_ref().unwrap_or(&self.float)
    }

    /// What a network said, against these labels.
    pub(super) fn against(&self, logits: &Logits, labels: LabelSet) -> Measured {
        let targets = self.targets(labels);
        let temperature = self.contract.temperature;
        let rows = self.rows(&targets, logits, temperature);
        let figures = measure::Figures::of(&rows, labels, self.contract.label_set);
        let Targets { no_majority, unknown, no_face, .. } = targets;
        Measured {
            labels: labels.name(),
            left_out: no_majority + unknown + no_face,
            beyond: figures.beyond,
            figures,
            raw: confidences(&self.rows(&targets, logits, 1.0), 1.0),
            calibrated: confidences(&rows, temperature),
        }
    }

    /// Answer by answer, with logits divided by `temperature`.
    fn rows(&self, targets: &Targets, logits: &Logits, temperature: f32) -> Vec<Row> {
        let contract = Contract { temperature, ..self.contract.clone() };
        let row = |target: &Target| {
            let relation = self.relations.as_ref().and_then(|relations| relations.get(&target.index).copied());
            measure::decide(*target, logits.get(&target.index)?.clone(), &contract, relation)
        };
        targets.chosen.iter().filter_map(row).collect()
    }

    /// What the pictures show by `labels`: by the data's own, or by the majority of the votes.
    fn targets(&self, labels: LabelSet) -> Targets {
        Targets::of(self.dataset, &self.indices, self.votes.filter(|_| labels != self.dataset.label_set))
    }
}

fn confidences(rows: &[Row], temperature: f32) -> Confidences {
    let graded: Vec<Graded> = rows.iter().map(Row::graded).collect();
    let bins = calibration::bins(&graded).to_vec();
    Confidences { temperature: rounded(temperature), ece: calibration::error(&graded), nll: measure::nll(rows), bins }
}
