//! `AdamW` (Loshchilov & Hutter 2019) as Burn has it, and on the CPU in one pass through memory by all cores. The stock
//! optimiser takes fourteen, by one thread, while the others wait.

use crate::maps;
use crate::ops::{numbers, slice, tensor};
use crate::{serve, simd};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::optim::{AdamWConfig, AdamWState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{Device, Tensor};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Weights moved by one thread at a time.
const RUN: usize = 1 << 14;

/// `AdamW` with the state, the records and, digit by digit, the results of Burn's.
#[derive(Clone)]
pub struct AdamW {
    stock: burn::optim::AdamW,
    beta_1: f32,
    beta_2: f32,
    epsilon: f32,
    weight_decay: f32,
}

impl AdamW {
    /// `momentum` is the first moment's decay, `weight_decay` the share of a weight that a learning rate of 1 takes.
    #[must_use]
    pub fn new(momentum: f32, weight_decay: f32) -> Self {
        let (beta_2, epsilon) = (0.999, 1e-8);
        let stock = AdamWConfig::new().with_beta_1(momentum).with_beta_2(beta_2).with_epsilon(epsilon);
        let stock = stock.with_weight_decay(weight_decay).build();
        Self { stock, beta_1: momentum, beta_2, epsilon, weight_decay }
    }
}

impl Optimizer for AdamW {
    type State<const D: usize> = AdamWState<D>;

    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "as the stock optimiser's scalars do")]
    fn step<const D: usize>(
        &self,
        rate: f64,
        weights: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<AdamWState<D>>,
    ) -> (Tensor<D>, Option<AdamWState<D>>) {
        let state = match state {
            Some(state) if serve(&weights.device()) => state.momentum,
            state => return self.stock.step(rate, weights, gradient, state),
        };
        let time = state.time + 1;
        let power = i32::try_from(time).unwrap_or(i32::MAX);
        let step = Step {
            betas: [self.beta_1, self.beta_2],
            corrections: [1.0 - self.beta_1.powi(power), 1.0 - self.beta_2.powi(power)],
            epsilon: self.epsilon,
            kept: (1.0 - rate * f64::from(self.weight_decay)) as f32,
            rate: rate as f32,
        };
        let (weights, moment_1, moment_2) = Dispatch::adamw(
            weights.into_dispatch(),
            gradient.into_dispatch(),
            state.moment_1.into_dispatch(),
            state.moment_2.into_dispatch(),
            step,
        );
        let [moment_1, moment_2] = [moment_1, moment_2].map(Tensor::from_dispatch);
        let momentum = AdaptiveMomentumState { time, moment_1, moment_2, max_moment_2: None };
        (Tensor::from_dispatch(weights), Some(AdamWState { momentum }))
    }

    fn to_device<const D: usize>(state: AdamWState<D>, device: &Device) -> AdamWState<D> {
        burn::optim::AdamW::to_device(state, device)
    }
}

/// The numbers of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// How much of each moment is kept.
    betas: [f32; 2],
    /// What the moments are divided by, as they began at zero.
    corrections: [f32; 2],
    epsilon: f32,
    /// How much of a weight decay leaves.
    kept: f32,
    rate: f32,
}

/// The optimiser's step as Burn dispatches it.
#[backend_extension(Flex)]
pub(crate) trait StepOps: Backend {
    /// The new weights and moments.
    fn adamw(
        weights: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        moment_1: FloatTensor<Self>,
        moment_2: FloatTensor<Self>,
        step: Step,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl StepOps for Flex {
    fn adamw(
        weights: FlexTensor,
        gradient: FlexTensor,
        moment_1: FlexTensor,
        moment_2: FlexTensor,
        step: Step,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let [weights, gradient, mut moment_1, mut moment_2] = [weights, gradient, moment_1, moment_2].map(numbers);
        let mut moved = maps::take(slice(&weights).len());
        let runs = moved.par_chunks_mut(RUN).zip(slice(&weights).par_chunks(RUN));
        let runs = runs.zip(slice(&gradient).par_chunks(RUN));
        let moments = moment_1.storage_mut().par_chunks_mut(RUN).zip(moment_2.storage_mut().par_chunks_mut(RUN));
        runs.zip(moments).for_each(|(((moved, weights), gradient), (moment_1, moment_2))| {
            simd::run(Run { step, moved, weights, gradient, moment_1, moment_2 });
        });
        let moved = tensor(moved, weights.shape());
        maps::keep_tensor(gradient);
        (moved, moment_1, moment_2)
    }
}

struct Run<'a> {
    step: Step,
    moved: &'a mut [f32],
    weights: &'a [f32],
    gradient: &'a [f32],
    moment_1: &'a mut [f32],
    moment_2: &'a mut [f32],
}

impl WithSimd for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Step { betas, corrections, epsilon, kept, rate } = self.step;
        let pairs = self.moved.iter_mut().zip(self.weights).zip(self.gradient);
        for (((moved, weight), gradient), (first, second)) in pairs.zip(self.moment_1.iter_mut().zip(self.moment_2)) {
            *first = *first * betas[0] + gradient * (1.0 - betas[0]);
            *second = *second * betas[1] + gradient * gradient * (1.0 - betas[1]);
            let change = *first / corrections[0] / ((*second / corrections[1]).sqrt() + epsilon);
            *moved = weight * kept - change * rate;
        }
    }
}
