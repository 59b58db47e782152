//! What training tells while it runs.

use crate::dataset::Splits;
use crate::recipe::{ChooseBy, Head, Recipe};
use serde::{Deserialize, Serialize};

/// How one head did on the validation pictures it has labels for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HeadReport {
    /// Which.
    pub head: Head,
    /// How many pictures.
    pub pictures: usize,
    /// Of the averaged weights, 0..=1.
    pub accuracy: f64,
    /// Mean negative log-likelihood of the averaged weights.
    pub loss: f64,
}

/// One finished epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// From 1.
    pub epoch: u32,
    /// At its end.
    pub learning_rate: f64,
    /// Mean over the varied training pictures, all heads and teachers together.
    pub training_loss: f64,
    /// Of the first head over the varied training pictures, 0..=1.
    pub training_accuracy: f64,
    /// The mean of the heads' accuracies.
    pub validation_accuracy: f64,
    /// Head by head.
    pub heads: Vec<HeadReport>,
    /// Wall time of training it.
    pub seconds: f64,
    /// Of these, waiting for the next batch.
    pub waiting: f64,
}

impl EpochReport {
    /// The mean of the heads' losses on validation.
    #[must_use]
    pub fn validation_loss(&self) -> f64 {
        self.heads.iter().map(|head| head.loss).sum::<f64>() / crate::number::count(self.heads.len().max(1))
    }

    /// How good it is, the higher the better.
    #[must_use]
    pub fn merit(&self, by: ChooseBy) -> f64 {
        by.merit(self.validation_accuracy, self.validation_loss())
    }
}

/// Where training stands after a batch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BatchReport {
    /// From 1.
    pub epoch: u32,
    /// Pictures seen in this epoch.
    pub seen: usize,
    /// Pictures in an epoch.
    pub total: usize,
    /// Mean loss of this epoch so far.
    pub loss: f64,
    /// Accuracy of this epoch so far, 0..=1.
    pub accuracy: f64,
}

/// Hears how training goes.
pub trait Listener {
    /// Before the first step; `begun` epochs are done already.
    fn start(&mut self, recipe: &Recipe, parts: &Splits, begun: u32);
    /// After each batch.
    fn batch(&mut self, report: &BatchReport);
    /// After each epoch; `best` when its weights were kept.
    fn epoch(&mut self, report: &EpochReport, best: bool);
}

/// The finished epochs as CSV: a row an epoch, the heads' figures side by side.
pub(super) fn metrics(history: &[EpochReport]) -> String {
    let mut text = String::from("epoch,learning_rate,training_loss,training_accuracy,validation_accuracy");
    for head in history.first().map_or(&[][..], |epoch| &epoch.heads) {
        let name = head.head.name();
        text.push_str(&format!(",{name}_validation_loss,{name}_validation_accuracy"));
    }
    text.push_str(",seconds,waiting\n");
    for epoch in history {
        let EpochReport { epoch: number, learning_rate, training_loss, training_accuracy, .. } = epoch;
        let validation = epoch.validation_accuracy;
        text.push_str(&format!(
            "{number},{learning_rate:.6},{training_loss:.5},{training_accuracy:.5},{validation:.5}"
        ));
        for head in &epoch.heads {
            text.push_str(&format!(",{:.5},{:.5}", head.loss, head.accuracy));
        }
        text.push_str(&format!(",{:.1},{:.2}\n", epoch.seconds, epoch.waiting));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Outcome;

    fn epoch(epoch: u32, (accuracy, losses): (f64, [f64; 2])) -> EpochReport {
        let heads = [Head::Ferplus, Head::Fer2013].into_iter().zip(losses);
        EpochReport {
            epoch,
            learning_rate: 0.001,
            training_loss: 1.0,
            training_accuracy: 0.5,
            validation_accuracy: accuracy,
            heads: heads.map(|(head, loss)| HeadReport { head, pictures: 10, accuracy, loss }).collect(),
            seconds: 1.0,
            waiting: 0.0,
        }
    }

    #[test]
    fn the_best_epoch_is_that_of_the_highest_accuracy_or_of_the_lowest_loss() {
        let told = [(0.7, [0.5, 0.9]), (0.6, [0.4, 0.8]), (0.7, [0.3, 1.1])];
        let history: Vec<EpochReport> = (1..).zip(told).map(|(number, figures)| epoch(number, figures)).collect();
        for (choose_by, best) in [(ChooseBy::Accuracy, 1), (ChooseBy::Loss, 2)] {
            let outcome = Outcome { history: history.clone(), stopped: false, choose_by };
            assert_eq!(outcome.best().map(|epoch| epoch.epoch), Some(best), "{choose_by:?}");
        }
    }
}
