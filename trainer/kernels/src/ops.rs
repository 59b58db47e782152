//! The kernels as operations of Burn's CPU back end; [`autodiff`] runs their backward passes, which only it has.

mod autodiff;

use super::block::{Block, Output, Weights};
use super::conv::Conv;
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

    /// See [`Block::forward`]; gives the output, the convolution's output and the moments. Only the first carries a
    /// gradient.
    fn block(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        form: Form,
        pool: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// See [`Pool::forward`].
    fn max_pool(input: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What a block's backward pass needs.
#[derive(Debug, Clone)]
struct BlockState {
    input: FlexTensor,
    weight: FlexTensor,
    scale: FlexTensor,
    shift: FlexTensor,
    convolved: FlexTensor,
    moments: FlexTensor,
    form: Form,
    pool: bool,
}

/// The numbers of a tensor, row by row.
fn numbers(tensor: &FlexTensor) -> FlexTensor {
    if tensor.as_slice::<f32>().is_some() { tensor.clone() } else { tensor.to_contiguous() }
}

fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice::<f32>().unwrap_or_default()
}

fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> FlexTensor {
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
        let (input, weight) = (numbers(&input), numbers(&weight));
        let conv = conv_of(&input, &weight);
        tensor(conv.forward(slice(&input), slice(&weight)), [conv.batch, conv.outputs, conv.height, conv.width])
    }

    fn norm(input: FlexTensor, scale: FlexTensor, shift: FlexTensor, form: Form) -> (FlexTensor, FlexTensor) {
        let (input, scale, shift) = (numbers(&input), numbers(&scale), numbers(&shift));
        let norm = norm_of(&input);
        let moments = norm.moments(slice(&input));
        let statistics = Statistics::new(&moments, slice(&scale), slice(&shift), form);
        (tensor(norm.forward(slice(&input), &statistics), input.shape()), tensor(moments, [2, norm.channels]))
    }

    fn block(
        input: FlexTensor,
        weight: FlexTensor,
        scale: FlexTensor,
        shift: FlexTensor,
        form: Form,
        pool: bool,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let (input, weight, scale, shift) = (numbers(&input), numbers(&weight), numbers(&scale), numbers(&shift));
        let conv = conv_of(&input, &weight);
        let weights = Weights { weight: slice(&weight), scale: slice(&scale), shift: slice(&shift) };
        let Output { output, convolved, moments } = Block { conv, form, pool }.forward(slice(&input), weights);
        let Conv { batch, outputs, height, width, .. } = conv;
        let (down, right) = if pool { (height / 2, width / 2) } else { (height, width) };
        (
            tensor(output, [batch, outputs, down, right]),
            tensor(convolved, [batch, outputs, height, width]),
            tensor(moments, [2, outputs]),
        )
    }

    fn max_pool(input: FlexTensor) -> FlexTensor {
        let input = numbers(&input);
        let [batch, channels, height, width] = input.shape().dims();
        tensor(pool_of(&input).forward(slice(&input)), [batch, channels, height / 2, width / 2])
    }
}

/// See [`Conv::input_gradient`].
fn conv_input_gradient(gradient: &FlexTensor, weight: &FlexTensor) -> FlexTensor {
    let (gradient, weight) = (numbers(gradient), numbers(weight));
    let conv = conv_of(&gradient, &weight);
    let shape = [conv.batch, conv.inputs, conv.height, conv.width];
    tensor(conv.input_gradient(slice(&gradient), slice(&weight)), shape)
}

/// See [`Conv::weight_gradient`]; the gradient is of `weight`'s shape.
fn conv_weight_gradient(input: &FlexTensor, gradient: &FlexTensor, weight: &FlexTensor) -> FlexTensor {
    let (input, gradient) = (numbers(input), numbers(gradient));
    tensor(conv_of(&input, weight).weight_gradient(slice(&input), slice(&gradient)), weight.shape())
}

/// See [`Norm::backward`]: towards input, scale and shift.
fn norm_gradients(
    input: &FlexTensor,
    gradient: &FlexTensor,
    moments: &FlexTensor,
    scale: &FlexTensor,
    shift: &FlexTensor,
    form: Form,
) -> [FlexTensor; 3] {
    let (input, gradient, moments, scale, shift) =
        (numbers(input), numbers(gradient), numbers(moments), numbers(scale), numbers(shift));
    let norm = norm_of(&input);
    let statistics = Statistics::new(slice(&moments), slice(&scale), slice(&shift), form);
    let found = norm.backward(slice(&input), slice(&gradient), &statistics);
    [tensor(found.input, input.shape()), tensor(found.scale, [norm.channels]), tensor(found.shift, [norm.channels])]
}

/// See [`Block::backward`]: towards input (when wanted), weight, scale and shift.
fn block_gradients(state: &BlockState, gradient: &FlexTensor, input_wanted: bool) -> [Option<FlexTensor>; 4] {
    let (input, weight, gradient) = (numbers(&state.input), numbers(&state.weight), numbers(gradient));
    let (scale, shift) = (numbers(&state.scale), numbers(&state.shift));
    let (convolved, moments) = (numbers(&state.convolved), numbers(&state.moments));
    let conv = conv_of(&input, &weight);
    let block = Block { conv, form: state.form, pool: state.pool };
    let weights = Weights { weight: slice(&weight), scale: slice(&scale), shift: slice(&shift) };
    let left = (slice(&convolved), slice(&moments));
    let found = block.backward(slice(&input), weights, left, slice(&gradient), input_wanted);
    [
        found.input.map(|found| tensor(found, input.shape())),
        Some(tensor(found.weight, weight.shape())),
        Some(tensor(found.scale, scale.shape())),
        Some(tensor(found.shift, shift.shape())),
    ]
}

/// See [`Pool::backward`].
fn max_pool_gradient(input: &FlexTensor, gradient: &FlexTensor) -> FlexTensor {
    let (input, gradient) = (numbers(input), numbers(gradient));
    tensor(pool_of(&input).backward(slice(&input), slice(&gradient)), input.shape())
}
