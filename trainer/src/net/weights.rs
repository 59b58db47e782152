//! The weights of a network as a whole: a wide network that answers as a narrow one does (Chen, Goodfellow & Shlens
//! 2016, *Net2Net*), and the average of the weights over the steps of training.

use super::Net;
use super::blocks::values;
use crate::random::generator;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rayon::prelude::*;

/// How far the weights of a copy lie from those it was copied from at most, as a share: equal ones would get equal
/// gradients, and stay equal.
const APART: f32 = 0.15;
/// Sets these draws apart from every other use of the seed.
const STREAM: u64 = 4 << 40;

/// `wide` with the weights of `narrow`, of the same build but fewer channels: each channel beyond the narrow one's is a
/// copy of one of them, and whatever reads several copies weighs each less. All weights are then moved a little apart,
/// so the answers are close to, not the same as the narrow network's.
#[must_use]
pub fn widen(narrow: &Net, wide: Net, seed: u64) -> Net {
    let mut reader = Reader::default();
    narrow.visit(&mut reader);
    let (mut found, mut random) = (reader.found.into_iter(), generator(seed, STREAM));
    wide.map(&mut Filler(|to: &[usize]| {
        let (from, values) = found.next()?;
        let mut widened = copies(&from, &values, to);
        if to.len() > 1 {
            widened.iter_mut().for_each(|value| *value *= 1.0 + random.random_range(-APART..APART));
        }
        Some(widened)
    }))
}

/// Shapes and values, in the order of the visit.
#[derive(Default)]
struct Reader {
    found: Vec<(Vec<usize>, Vec<f32>)>,
}

impl ModuleVisitor for Reader {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.found.push((param.val().dims().to_vec(), values(param.val())));
    }
}

/// Gives each parameter the numbers that a function makes for its shape; those it has where there are none.
struct Filler<F>(F);

impl<F: FnMut(&[usize]) -> Option<Vec<f32>>> ModuleMapper for Filler<F> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| {
            let (shape, device) = (tensor.dims(), tensor.device());
            let Some(values) = (self.0)(&shape) else { return tensor };
            Tensor::from_data(TensorData::new(values, shape), &device).set_require_grad(tensor.is_require_grad())
        })
    }
}

/// A parameter of shape `from` as one of shape `to`: along each dimension the place `at` is a copy of `at` modulo the
/// old size. What is summed over copies, the inputs of a convolution `[outputs, inputs, 3, 3]` or of a dense layer
/// `[inputs, outputs]`, is divided by how many there are.
fn copies(from: &[usize], values: &[f32], to: &[usize]) -> Vec<f32> {
    let summed = match from.len() {
        4 => Some(1),
        2 => Some(0),
        _ => None,
    };
    (0..to.iter().product())
        .map(|mut place: usize| {
            let (mut source, mut stride, mut share) = (0, 1, 1.0);
            for dimension in (0..to.len()).rev() {
                let at = place % to[dimension] % from[dimension];
                place /= to[dimension];
                source += at * stride;
                stride *= from[dimension];
                if summed == Some(dimension) {
                    share = crate::number::count((to[dimension] - at).div_ceil(from[dimension]));
                }
            }
            #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a small count fits f32")]
            let share = share as f32;
            values[source] / share
        })
        .collect()
}

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
        net.visit(&mut Follower { averages: self.values.iter_mut(), share: 1.0 - decay });
    }

    /// A network for inference with the averaged weights.
    #[must_use]
    pub fn net(&self, like: &Net) -> Net {
        let mut values = self.values.iter().cloned();
        like.valid().map(&mut Filler(|_: &[usize]| values.next()))
    }
}

/// Moves each average by a share of its way to the parameter.
struct Follower<'a> {
    averages: std::slice::IterMut<'a, Vec<f32>>,
    share: f32,
}

impl ModuleVisitor for Follower<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        /// Numbers moved by one thread at a time.
        const RUN: usize = 1 << 14;
        let (Some(average), now) = (self.averages.next(), values(param.val())) else { return };
        average.par_chunks_mut(RUN).zip(now.par_chunks(RUN)).for_each(|(average, now)| {
            average.iter_mut().zip(now).for_each(|(average, now)| *average += self.share * (now - *average));
        });
    }
}

/// All weights and running moments of `net`, in the order of its visit.
fn numbers(net: &Net) -> Vec<Vec<f32>> {
    let mut reader = Reader::default();
    net.visit(&mut reader);
    reader.found.into_iter().map(|(_, values)| values).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Name, Size, device};
    use burn::tensor::Distribution;

    #[test]
    fn what_reads_copies_weighs_each_less() {
        // One output, two inputs of one weight each, widened to three inputs: the first has two copies.
        assert_eq!(copies(&[1, 2, 1, 1], &[4.0, 6.0], &[1, 3, 1, 1]), [2.0, 6.0, 2.0]);
        // Two inputs and one output of a dense layer.
        assert_eq!(copies(&[2, 1], &[4.0, 6.0], &[3, 2]), [2.0, 2.0, 6.0, 6.0, 2.0, 2.0]);
        assert_eq!(copies(&[2], &[4.0, 6.0], &[5]), [4.0, 6.0, 4.0, 6.0, 4.0]);
    }

    #[test]
    fn a_wide_network_answers_much_as_the_narrow_one() {
        let device = device();
        let input = Tensor::<4>::random([8, 1, 48, 48], Distribution::Normal(0.0, 1.0), &device);
        for name in [Name::Classic, Name::Vgg, Name::RepVgg, Name::Residual] {
            let of = |width| Net::new(name, Size { width, depth: 2 }, 7, 0.0, &device).valid();
            let (narrow, fresh) = (of(4), of(7));
            let wide = widen(&narrow, fresh.clone(), 1);
            let logits = |net: &Net| values(net.forward(input.clone()));
            let apart = |net: &Net| {
                let (own, theirs) = (logits(net), logits(&narrow));
                own.iter().zip(&theirs).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
            };
            let (widened, unrelated) = (apart(&wide), apart(&fresh));
            assert!(widened < 0.3 * unrelated, "{name:?}: {widened} apart, a fresh one {unrelated}");
            assert!(widened > 0.0, "{name:?}: the copies are equal");
        }
    }
}
