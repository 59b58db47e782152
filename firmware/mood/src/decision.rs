//! From a reading to probabilities and to an answer: calibration, the owner's corrections, and when to say nothing.

use crate::classifier::{Probabilities, Reading};
use crate::contract::{Contract, Thresholds};
use crate::owner::Layer;

/// Everything that stands between a network's reading and an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRule {
    /// The network's labels and temperature.
    pub contract: Contract,
    /// When to doubt.
    pub thresholds: Thresholds,
    /// What the owner has taught.
    pub layer: Layer,
}

impl DecisionRule {
    /// Judges as the network's file says, with nothing learnt.
    pub fn new(contract: Contract) -> Self {
        let thresholds = contract.thresholds.unwrap_or(Thresholds::DEFAULT);
        Self { contract, thresholds, layer: Layer::default() }
    }

    /// The probabilities of a reading, as the owner has corrected them.
    pub fn probabilities(&self, reading: &Reading) -> Probabilities {
        Probabilities::from_logits(&self.layer.adapted(reading), &self.contract)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Expression, LabelSet, Logits, Mood};

    /// One step of arithmetic in f32.
    const EXACT: f32 = 1e-6;

    fn rule(thresholds: Option<Thresholds>) -> DecisionRule {
        DecisionRule::new(Contract { thresholds, ..Contract::new(LabelSet::FerPlus) })
    }

    #[test]
    fn the_networks_own_thresholds_hold_and_without_any_the_defaults() {
        let own = Thresholds { pleasant: 0.5, unpleasant: 0.55 };
        assert_eq!((rule(Some(own)).thresholds, rule(None).thresholds), (own, Thresholds::DEFAULT));
        // 53 % sad.
        let labels = Contract::new(LabelSet::FerPlus).labels;
        let logit = |label: &Expression| if *label == Expression::Sad { 2.066 } else { 0.0 };
        let reading = Reading { logits: Logits(labels.iter().map(logit).collect()), features: Vec::new() };
        let accepts =
            |rule: DecisionRule| Mood::of(&rule.probabilities(&reading)).is_some_and(|it| it.passes(&rule.thresholds));
        let lower = Thresholds { unpleasant: 0.52, ..own };
        assert_eq!([Some(lower), Some(own), None].map(|it| accepts(rule(it))), [true, false, false]);
    }

    #[test]
    fn the_owners_threshold_moves_both() {
        for (pleasant, unpleasant) in [(0.5, 0.7), (0.2, 0.4), (0.95, 1.0)] {
            let moved = Thresholds::DEFAULT.moved_to(pleasant);
            let off = (moved.pleasant - pleasant).abs().max((moved.unpleasant - unpleasant).abs());
            assert!(off < EXACT, "{moved:?}");
        }
        // An unpleasant expression never needs less.
        let reversed = Thresholds { pleasant: 0.6, unpleasant: 0.5 };
        assert_eq!(reversed.moved_to(0.7), Thresholds { pleasant: 0.7, unpleasant: 0.7 });
    }
}
