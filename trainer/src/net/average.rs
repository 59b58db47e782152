//! The average of the weights over the steps of training.

use super::Net;
use super::blocks::values;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

/// A running mean of the weights over the steps of training (Polyak averaging, exponentially forgetting).
#[derive(Debug)]
pub struct WeightAverage {
    values: Vec<Vec<f32>>,
    decay: f32,
}

impl WeightAverage {
    /// Starts at the weights of `net`.
    #[must_use]
    pub fn new(net: &Net, decay: f32) -> Self {
        Self { values: numbers(net), decay }
    }

    /// Takes in the weights after step number `step` (from 0). Early steps forget faster.
    pub fn update(&mut self, net: &Net, step: u32) {
        let step = f64::from(step);
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a share in 0..1 fits f32")]
        let decay = self.decay.min(((1.0 + step) / (10.0 + step)) as f32);
        for (average, now) in self.values.iter_mut().zip(numbers(net)) {
            for (a, n) in average.iter_mut().zip(now) {
                *a += (1.0 - decay) * (n - *a);
            }
        }
    }

    /// A network for inference with the averaged weights.
    #[must_use]
    pub fn net(&self, like: &Net) -> Net {
        like.valid().map(&mut Writer { values: self.values.clone().into_iter() })
    }
}

/// All weights and running moments of `net`, in the order of its visit.
#[must_use]
pub fn numbers(net: &Net) -> Vec<Vec<f32>> {
    let mut reader = Reader::default();
    net.visit(&mut reader);
    reader.values
}

#[derive(Default)]
struct Reader {
    values: Vec<Vec<f32>>,
}

impl ModuleVisitor for Reader {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.values.push(values(param.val()));
    }
}

struct Writer {
    values: std::vec::IntoIter<Vec<f32>>,
}

impl ModuleMapper for Writer {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.values.next() else { return param };
        param.map(|tensor| {
            let (shape, device) = (tensor.shape(), tensor.device());
            Tensor::from_data(TensorData::new(values, shape), &device).set_require_grad(tensor.is_require_grad())
        })
    }
}
