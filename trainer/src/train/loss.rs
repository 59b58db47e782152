//! Cross-entropy of every head against its targets, and against what teachers say.

use crate::recipe::Recipe;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};

/// A batch's targets: `[n, outputs]`, the heads side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchTargets {
    /// Of the labels; see [`super::targets::Targets`].
    pub labels: Vec<f32>,
    /// The teachers' probabilities, none without teachers.
    pub teachers: Option<Vec<f32>>,
}

/// The mean loss over a batch of `logits` (`[n, outputs]`), the heads' losses added up.
///
/// `(1 - weight) * CE(labels) + weight * T^2 * CE(teachers, logits / T)`: the square keeps the two gradients of one size
/// (Hinton et al. 2015). A head's loss is divided by the pictures it learns from.
pub(super) fn loss(logits: &Tensor<2>, targets: &BatchTargets, recipe: &Recipe, device: &Device) -> Tensor<1> {
    let weight = recipe.distillation.as_ref().map_or(0.0, |distillation| distillation.weight);
    let labels = heads(logits, &targets.labels, recipe, device);
    let (Some(teachers), Some(distillation)) = (&targets.teachers, &recipe.distillation) else {
        return labels;
    };
    let temperature = distillation.temperature;
    let taught = heads(&logits.clone().div_scalar(temperature), teachers, recipe, device);
    labels.mul_scalar(1.0 - weight) + taught.mul_scalar(weight * temperature * temperature)
}

fn heads(logits: &Tensor<2>, targets: &[f32], recipe: &Recipe, device: &Device) -> Tensor<1> {
    let [size, outputs] = logits.dims();
    let mut scaled = targets.to_vec();
    for columns in recipe.head_columns() {
        let known = scaled.chunks_exact(outputs).map(|row| row[columns.clone()].iter().sum::<f32>());
        let learning = known.filter(|&known| known > 0.0).map(|_| 1.0_f32).sum::<f32>().max(1.0);
        for row in scaled.chunks_exact_mut(outputs) {
            row[columns.clone()].iter_mut().for_each(|target| *target /= -learning);
        }
    }
    let scaled = Tensor::<2>::from_data(TensorData::new(scaled, [size, outputs]), device);
    let logs = recipe.head_columns().map(|columns| {
        let width = columns.len();
        log_softmax(logits.clone().narrow(1, columns.start, width), 1)
    });
    (Tensor::cat(logs.collect(), 1) * scaled).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::nll;
    use crate::recipe::{Distillation, Head};

    fn recipe(distillation: Option<Distillation>) -> Recipe {
        let mut recipe = Recipe::default();
        recipe.data.heads = vec![Head::Ferplus, Head::Fer2013];
        recipe.distillation = distillation;
        recipe
    }

    fn value(logits: &[f32], targets: &BatchTargets, recipe: &Recipe) -> f64 {
        let device = Device::flex();
        let size = logits.len() / 15;
        let logits = Tensor::<2>::from_data(TensorData::new(logits.to_vec(), [size, 15]), &device);
        f64::from(loss(&logits, targets, recipe, &device).into_scalar::<f32>())
    }

    #[test]
    fn heads_are_told_apart_and_empty_targets_count_nothing() {
        let logits: Vec<f32> = (0_u8..30).map(|at| f32::from(at * 7 % 11) / 3.0).collect();
        let mut labels = vec![0.0; 30];
        labels[2] = 1.0;
        labels[8 + 4] = 1.0;
        // The second picture teaches the second head only.
        labels[15 + 8 + 1] = 1.0;
        let targets = BatchTargets { labels, teachers: None };
        let first = nll(&logits[..8], 2, 1.0);
        let second = f64::midpoint(nll(&logits[8..15], 4, 1.0), nll(&logits[23..], 1, 1.0));
        assert!((value(&logits, &targets, &recipe(None)) - first - second).abs() < 1e-5);
    }

    #[test]
    fn a_teacher_counts_by_its_weight_and_temperature() {
        let logits: Vec<f32> = (0_u8..15).map(|at| f32::from(at * 5 % 7) / 2.0).collect();
        let mut labels = vec![0.0; 15];
        labels[1] = 1.0;
        let mut taught = vec![0.0; 15];
        taught[3] = 1.0;
        let targets = BatchTargets { labels, teachers: Some(taught) };
        let teachers = vec!["runs/wide".into()];
        let distillation = Distillation { teachers, weight: 0.25, temperature: 2.0, consistent: false };
        let expected = 0.75 * nll(&logits[..8], 1, 1.0) + 0.25 * 4.0 * nll(&logits[..8], 3, 2.0);
        assert!((value(&logits, &targets, &recipe(Some(distillation))) - expected).abs() < 1e-5);
    }
}
