//! The kernels as operations of Burn's CPU back end, and their backward passes through autodiff.

use super::conv::Conv;
use super::norm::{Form, Norm, Statistics};
use super::pool::Pool;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Flex, TensorMetadata, backend_extension};
use burn::tensor::TensorData;

/// Kernels with a backward pass, as Burn dispatches them.
#[backend_extension(Flex, Autodiff)]
pub(super) trait LayerOps: Backend {
    /// See [`Conv::forward`].
    fn conv3x3(input: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`Norm::forward`]; `moments` is 2 x channels: the batch's means, then its variances.
    fn norm(
        input: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        form: Form,
    ) -> FloatTensor<Self>;

    /// See [`Norm::moments`].
    fn moments(input: FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`Pool::forward`].
    fn max_pool(input: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// The kernels on plain tensors, forward and backward; only the CPU back end has them.
pub(super) trait Kernels: LayerOps {
    /// See [`Conv::input_gradient`].
    fn conv3x3_input_gradient(gradient: &FloatTensor<Self>, weight: &FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`Conv::weight_gradient`].
    fn conv3x3_weight_gradient(input: &FloatTensor<Self>, gradient: &FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`Norm::backward`]: towards input, scale and shift.
    fn norm_gradients(
        input: &FloatTensor<Self>,
        gradient: &FloatTensor<Self>,
        moments: &FloatTensor<Self>,
        scale: &FloatTensor<Self>,
        shift: &FloatTensor<Self>,
        form: Form,
    ) -> [FloatTensor<Self>; 3];

    /// See [`Pool::backward`].
    fn max_pool_gradient(input: &FloatTensor<Self>, gradient: &FloatTensor<Self>) -> FloatTensor<Self>;
}

/// The numbers of a tensor, row by row.
fn numbers(tensor: &FlexTensor) -> FlexTensor {
    if tensor.as_slice::<f32>().is_some() { tensor.clone() } else { tensor.to_contiguous() }
}

fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice::<f32>().unwrap_or_default()
}

fn tensor(values: Vec<f32>, shape: impl Into<burn::tensor::Shape>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

fn conv_of(input: &FlexTensor, weight: &FlexTensor) -> Conv {
    let [batch, inputs, height, width] = input.shape().dims();
    let [outputs, ..] = weight.shape().dims::<4>();
    Conv { batch, inputs, outputs, height, width }
}

fn norm_of(input: &FlexTensor) -> Norm {
    let [batch, channels, height, width] = input.shape().dims();
    Norm { batch, channels, area: height * width }
}

fn pool_of(input: &FlexTensor) -> Pool {
    let [batch, channels, height, width] = input.shape().dims();
    Pool { planes: batch * channels, height, width }
}

fn statistics(moments: &FlexTensor, scale: &FlexTensor, shift: &FlexTensor, form: Form) -> Statistics {
    Statistics::new(slice(moments), slice(scale), slice(shift), form)
}

impl LayerOps for Flex {
    fn conv3x3(input: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let (input, weight) = (numbers(&input), numbers(&weight));
        let conv = conv_of(&input, &weight);
        tensor(conv.forward(slice(&input), slice(&weight)), [conv.batch, conv.outputs, conv.height, conv.width])
    }

    fn norm(input: FlexTensor, moments: FlexTensor, scale: FlexTensor, shift: FlexTensor, form: Form) -> FlexTensor {
        let (input, moments, scale, shift) = (numbers(&input), numbers(&moments), numbers(&scale), numbers(&shift));
        let statistics = statistics(&moments, &scale, &shift, form);
        tensor(norm_of(&input).forward(slice(&input), &statistics), input.shape())
    }

    fn moments(input: FlexTensor) -> FlexTensor {
        let input = numbers(&input);
        let norm = norm_of(&input);
        tensor(norm.moments(slice(&input)), [2, norm.channels])
    }

    fn max_pool(input: FlexTensor) -> FlexTensor {
        let input = numbers(&input);
        let [batch, channels, height, width] = input.shape().dims();
        tensor(pool_of(&input).forward(slice(&input)), [batch, channels, height / 2, width / 2])
    }
}

impl Kernels for Flex {
    fn conv3x3_input_gradient(gradient: &FlexTensor, weight: &FlexTensor) -> FlexTensor {
        let (gradient, weight) = (numbers(gradient), numbers(weight));
        let [batch, outputs, height, width] = gradient.shape().dims();
        let [_, inputs, ..] = weight.shape().dims::<4>();
        let conv = Conv { batch, inputs, outputs, height, width };
        tensor(conv.input_gradient(slice(&gradient), slice(&weight)), [batch, inputs, height, width])
    }

    fn conv3x3_weight_gradient(input: &FlexTensor, gradient: &FlexTensor) -> FlexTensor {
        let (input, gradient) = (numbers(input), numbers(gradient));
        let [batch, inputs, height, width] = input.shape().dims();
        let [_, outputs, ..] = gradient.shape().dims::<4>();
        let conv = Conv { batch, inputs, outputs, height, width };
        tensor(conv.weight_gradient(slice(&input), slice(&gradient)), [outputs, inputs, 3, 3])
    }

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
        let statistics = statistics(&moments, &scale, &shift, form);
        let found = norm.backward(slice(&input), slice(&gradient), &statistics);
        [tensor(found.input, input.shape()), tensor(found.scale, [norm.channels]), tensor(found.shift, [norm.channels])]
    }

    fn max_pool_gradient(input: &FlexTensor, gradient: &FlexTensor) -> FlexTensor {
        let (input, gradient) = (numbers(input), numbers(gradient));
        tensor(pool_of(&input).backward(slice(&input), slice(&gradient)), input.shape())
    }
}

impl<B: Kernels, C: CheckpointStrategy> LayerOps for Autodiff<B, C> {
    fn conv3x3(input: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Conv3x3;
        impl<B: Kernels> Backward<B, 2> for Conv3x3 {
            type State = [FloatTensor<B>; 2];
            fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = gradients.consume::<B>(&ops.node);
                let [input, weight] = ops.state;
                let [input_node, weight_node] = ops.parents;
                if let Some(node) = input_node {
                    gradients.register::<B>(node.id, B::conv3x3_input_gradient(&gradient, &weight));
                }
                if let Some(node) = weight_node {
                    gradients.register::<B>(node.id, B::conv3x3_weight_gradient(&input, &gradient));
                }
            }
        }
        let (input, input_node) = input.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let output = B::conv3x3(input.clone(), weight.clone());
        match Conv3x3.prepare::<C>([input_node, weight_node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([input, weight], output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn norm(
        input: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        form: Form,
    ) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Normalise;
        impl<B: Kernels> Backward<B, 3> for Normalise {
            type State = ([FloatTensor<B>; 4], Form);
            fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = gradients.consume::<B>(&ops.node);
                let ([input, moments, scale, shift], form) = ops.state;
                let found = B::norm_gradients(&input, &gradient, &moments, &scale, &shift, form);
                for (node, found) in ops.parents.into_iter().zip(found) {
                    if let Some(node) = node {
                        gradients.register::<B>(node.id, found);
                    }
                }
            }
        }
        let moments = moments.into_primitive();
        let (input, input_node) = input.into_parts();
        let (scale, scale_node) = scale.into_parts();
        let (shift, shift_node) = shift.into_parts();
        let output = B::norm(input.clone(), moments.clone(), scale.clone(), shift.clone(), form);
        match Normalise.prepare::<C>([input_node, scale_node, shift_node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(([input, moments, scale, shift], form), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    /// Carries no gradient: [`LayerOps::norm`]'s backward pass accounts for the moments itself.
    fn moments(input: FloatTensor<Self>) -> FloatTensor<Self> {
        <Self as burn::backend::AutodiffBackend>::from_inner(B::moments(input.into_primitive()))
    }

    fn max_pool(input: FloatTensor<Self>) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct MaxPool;
        impl<B: Kernels> Backward<B, 1> for MaxPool {
            type State = FloatTensor<B>;
            fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = gradients.consume::<B>(&ops.node);
                if let [Some(node)] = ops.parents {
                    gradients.register::<B>(node.id, B::max_pool_gradient(&ops.state, &gradient));
                }
            }
        }
        let (input, node) = input.into_parts();
        let output = B::max_pool(input.clone());
        match MaxPool.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(input, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}
