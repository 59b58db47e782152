//! The kernels as operations of Burn's CPU back end; [`autodiff`] runs their backward passes, which only it has.

mod autodiff;

use super::block::{Block, Output, Weights};
use super::conv::Conv;
use super::maps;
use super::norm::{Form, Norm, Statistics};
use super::pool::Pool;
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, TensorData};

/// Kernels with a backward pass, as Burn dispatches them.
#[backend_extension(Flex, Autodiff)]
pub(super) trait LayerOps: Backend {
    /// See [`Conv::forward`].
    fn conv(input: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`Norm::forward`]; gives the moments too, 2 x channels: the batch's means, then its variances.
    fn norm(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        form: Form,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// See [`Block::forward`]; gives the output and the moments. Only the first carries a gradient.
    fn block(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        form: Form,
        pool: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// See [`Pool::forward`].
    fn max_pool(input: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What goes into a block.
#[derive(Debug, Clone)]
struct BlockInputs {
    input: FlexTensor,
    weight: FlexTensor,
    scale: FlexTensor,
    shift: FlexTensor,
    form: Form,
    pool: bool,
}

/// What comes out of a block.
#[derive(Debug, Clone)]
struct BlockOutputs {
    output: FlexTensor,
    convolved: FlexTensor,
    moments: FlexTensor,
}

/// The numbers of a tensor, row by row.
pub(super) fn numbers(tensor: FlexTensor) -> FlexTensor {
    if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() }
}

pub(super) fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice::<f32>().unwrap_or_default()
}

pub(super) fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

fn conv_of(input: &FlexTensor, weight: &FlexTensor) -> Conv {
    let [batch, _, height, width] = input.shape().dims();
    let [outputs, inputs, kernel, _] = weight.shape().dims::<4>();
    Conv { batch, inputs, outputs, height, width, kernel }
}

fn norm_of(input: &FlexTensor) -> Norm {
    let [batch, channels, height, width] = input.shape().dims();
    Norm { batch, channels, area: height * width }
}

fn pool_of(input: &FlexTensor) -> Pool {
    let [batch, channels, height, width] = input.shape().dims();
    Pool { planes: batch * channels, height, width }
}

impl LayerOps for Flex {
    fn conv(input: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let (input, weight) = (numbers(input), numbers(weight));
        let conv = conv_of(&input, &weight);
        let output = conv.forward(slice(&input), slice(&weight));
        maps::keep_tensor(input);
        tensor(output, [conv.batch, conv.outputs, conv.height, conv.width])
    }

    fn norm(input: FlexTensor, scale: FlexTensor, shift: FlexTensor, form: Form) -> (FlexTensor, FlexTensor) {
        let (input, scale, shift) = (numbers(input), numbers(scale), numbers(shift));
        let norm = norm_of(&input);
        let moments = norm.moments(slice(&input));
        let statistics = Statistics::new(&moments, slice(&scale), slice(&shift), form);
        let output = tensor(norm.forward(slice(&input), &statistics), input.shape());
        maps::keep_tensor(input);
        (output, tensor(moments, [2, norm.channels]))
    }

    fn block(
        input: FlexTensor,
        weight: FlexTensor,
        scale: FlexTensor,
        shift: FlexTensor,
        form: Form,
        pool: bool,
    ) -> (FlexTensor, FlexTensor) {
        let inputs = BlockInputs { input, weight, scale, shift, form, pool }.contiguous();
        let BlockOutputs { output, convolved, moments } = inputs.forward();
        maps::keep_tensor(convolved);
        maps::keep_tensor(inputs.input);
        (output, moments)
    }

    fn max_pool(input: FlexTensor) -> FlexTensor {
        let input = numbers(input);
        let [batch, channels, height, width] = input.shape().dims();
        let output = pool_of(&input).forward(slice(&input));
        maps::keep_tensor(input);
        tensor(output, [batch, channels, height / 2, width / 2])
    }
}

/// See [`Conv::input_gradient`].
fn conv_input_gradient(gradient: &FlexTensor, weight: FlexTensor) -> FlexTensor {
    let weight = numbers(weight);
    let conv = conv_of(gradient, &weight);
    let shape = [conv.batch, conv.inputs, conv.height, conv.width];
    tensor(conv.input_gradient(slice(gradient), slice(&weight)), shape)
}

/// See [`Conv::weight_gradient`]; the gradient is of `weight`'s shape.
fn conv_weight_gradient(input: FlexTensor, gradient: &FlexTensor, weight: &FlexTensor) -> FlexTensor {
    let input = numbers(input);
    let found = tensor(conv_of(&input, weight).weight_gradient(slice(&input), slice(gradient)), weight.shape());
    maps::keep_tensor(input);
    found
}

/// See [`Norm::backward`]: towards input, scale and shift.
fn norm_gradients(
    [input, moments, scale, shift]: [FlexTensor; 4],
    gradient: FlexTensor,
    form: Form,
) -> [FlexTensor; 3] {
    let [input, gradient, moments, scale, shift] = [input, gradient, moments, scale, shift].map(numbers);
    let norm = norm_of(&input);
    let statistics = Statistics::new(slice(&moments), slice(&scale), slice(&shift), form);
    let found = norm.backward(slice(&input), slice(&gradient), &statistics);
    let shape = input.shape();
    [input, gradient].into_iter().for_each(maps::keep_tensor);
    [tensor(found.input, shape), tensor(found.scale, [norm.channels]), tensor(found.shift, [norm.channels])]
}

impl BlockInputs {
    fn contiguous(self) -> Self {
        let Self { input, weight, scale, shift, form, pool } = self;
        let [input, weight, scale, shift] = [input, weight, scale, shift].map(numbers);
        Self { input, weight, scale, shift, form, pool }
    }

    fn block(&self) -> Block {
        Block { conv: conv_of(&self.input, &self.weight), form: self.form, pool: self.pool }
    }

    fn weights(&self) -> Weights<'_> {
        Weights { weight: slice(&self.weight), scale: slice(&self.scale), shift: slice(&self.shift) }
    }

    /// See [`Block::forward`].
    fn forward(&self) -> BlockOutputs {
        let block = self.block();
        let Output { output, convolved, moments } = block.forward(slice(&self.input), self.weights());
        let Conv { batch, outputs, height, width, .. } = block.conv;
        let (down, right) = if self.pool { (height / 2, width / 2) } else { (height, width) };
        BlockOutputs {
            output: tensor(output, [batch, outputs, down, right]),
            convolved: tensor(convolved, [batch, outputs, height, width]),
            moments: tensor(moments, [2, outputs]),
        }
    }

    /// See [`Block::backward`]: towards input (when wanted), weight, scale and shift.
    fn backward(
        self,
        (convolved, moments): (FlexTensor, &FlexTensor),
        gradient: FlexTensor,
        input_wanted: bool,
    ) -> [Option<FlexTensor>; 4] {
        let gradient = numbers(gradient);
        let left = (slice(&convolved), slice(moments));
        let found = self.block().backward(slice(&self.input), self.weights(), left, slice(&gradient), input_wanted);
        let shapes = [&self.input, &self.weight, &self.scale, &self.shift].map(TensorMetadata::shape);
        [self.input, convolved, gradient].into_iter().for_each(maps::keep_tensor);
        let found = [found.input, Some(found.weight), Some(found.scale), Some(found.shift)].into_iter();
        let mut found = found.zip(shapes).map(|(found, shape)| found.map(|found| tensor(found, shape)));
        std::array::from_fn(|_| found.next().flatten())
    }
}

/// See [`Pool::backward`].
fn max_pool_gradient(input: FlexTensor, gradient: FlexTensor) -> FlexTensor {
    let [input, gradient] = [input, gradient].map(numbers);
    let found = tensor(pool_of(&input).backward(slice(&input), slice(&gradient)), input.shape());
    [input, gradient].into_iter().for_each(maps::keep_tensor);
    found
}
