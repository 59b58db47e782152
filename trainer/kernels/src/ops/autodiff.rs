//! The kernels' backward passes, as Burn's autodiff runs them.

use super::{BlockInputs, BlockOutputs, LayerOps, numbers};
use crate::maps;
use crate::norm::Form;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Flex};

impl<C: CheckpointStrategy> LayerOps for Autodiff<Flex, C> {
    fn conv(input: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Convolve;
        impl Backward<Flex, 2> for Convolve {
            type State = [FlexTensor; 2];
            fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = numbers(gradients.consume::<Flex>(&ops.node));
                let [input, weight] = ops.state;
                let [input_node, weight_node] = ops.parents;
                if let Some(node) = weight_node {
                    gradients.register::<Flex>(node.id, super::conv_weight_gradient(input, &gradient, &weight));
                }
                if let Some(node) = input_node {
                    gradients.register::<Flex>(node.id, super::conv_input_gradient(&gradient, weight));
                }
                maps::keep_tensor(gradient);
            }
        }
        let (input, input_node) = input.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let output = Flex::conv(input.clone(), weight.clone());
        match Convolve.prepare::<C>([input_node, weight_node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([input, weight], output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn norm(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        form: Form,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        #[derive(Debug)]
        struct Normalise;
        impl Backward<Flex, 3> for Normalise {
            type State = ([FlexTensor; 4], Form);
            fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = gradients.consume::<Flex>(&ops.node);
                let (inputs, form) = ops.state;
                let found = super::norm_gradients(inputs, gradient, form);
                for (node, found) in ops.parents.into_iter().zip(found) {
                    if let Some(node) = node {
                        gradients.register::<Flex>(node.id, found);
                    }
                }
            }
        }
        let (input, input_node) = input.into_parts();
        let (scale, scale_node) = scale.into_parts();
        let (shift, shift_node) = shift.into_parts();
        let (output, moments) = Flex::norm(input.clone(), scale.clone(), shift.clone(), form);
        let output = match Normalise.prepare::<C>([input_node, scale_node, shift_node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(([input, moments.clone(), scale, shift], form), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        };
        (output, Self::from_inner(moments))
    }

    fn block(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        form: Form,
        pool: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        #[derive(Debug)]
        struct ConvolveAndMore;
        impl Backward<Flex, 4> for ConvolveAndMore {
            type State = (BlockInputs, [FlexTensor; 2]);
            fn backward(self, ops: Ops<Self::State, 4>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = gradients.consume::<Flex>(&ops.node);
                let (inputs, [convolved, moments]) = ops.state;
                let found = inputs.backward((convolved, &moments), gradient, ops.parents[0].is_some());
                for (node, found) in ops.parents.into_iter().zip(found) {
                    if let (Some(node), Some(found)) = (node, found) {
                        gradients.register::<Flex>(node.id, found);
                    }
                }
            }
        }
        let (input, input_node) = input.into_parts();
        let (weight, weight_node) = weight.into_parts();
        let (scale, scale_node) = scale.into_parts();
        let (shift, shift_node) = shift.into_parts();
        let inputs = BlockInputs { input, weight, scale, shift, form, pool }.contiguous();
        let BlockOutputs { output, convolved, moments } = inputs.forward();
        let nodes = [input_node, weight_node, scale_node, shift_node];
        let output = match ConvolveAndMore.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish((inputs, [convolved, moments.clone()]), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        };
        (output, Self::from_inner(moments))
    }

    fn max_pool(input: FloatTensor<Self>) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct MaxPool;
        impl Backward<Flex, 1> for MaxPool {
            type State = FlexTensor;
            fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
                let gradient = gradients.consume::<Flex>(&ops.node);
                if let [Some(node)] = ops.parents {
                    gradients.register::<Flex>(node.id, super::max_pool_gradient(ops.state, gradient));
                }
            }
        }
        let (input, node) = input.into_parts();
        let output = Flex::max_pool(input.clone());
        match MaxPool.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(input, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}
