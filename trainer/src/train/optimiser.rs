//! Burn's optimisers as a recipe asks for them.

use crate::recipe::{Optimiser, OptimiserKind};
use burn::module::ParamGroup;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{ModuleOptimizer, SgdConfig};
use kernels::AdamW;

/// What the weights of convolutions and dense layers are called; biases and batch norm's numbers are not, and they are
/// not pulled towards zero.
const DECAYED: &str = "weight";

/// A fresh optimiser.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a number below 1 fits f32")]
pub(super) fn new(asked: &Optimiser) -> ModuleOptimizer {
    let decayed = ParamGroup::from_predicate(DECAYED);
    match asked.kind {
        OptimiserKind::AdamW => {
            let decaying = |decay| AdamW::new(asked.momentum as f32, decay);
            ModuleOptimizer::from(decaying(0.0)).with_group(decayed, decaying(asked.weight_decay), None)
        }
        OptimiserKind::Sgd => {
            let momentum = MomentumConfig { momentum: asked.momentum, dampening: 0.0, nesterov: true };
            let config = SgdConfig::new().with_momentum(Some(momentum));
            let decay = WeightDecayConfig::new(asked.weight_decay);
            ModuleOptimizer::from(config.clone().build()).with_group(
                decayed,
                config.with_weight_decay(Some(decay)).build(),
                None,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Name, Net, Size};
    use burn::module::{ModuleVisitor, Param};
    use burn::optim::GradientsParams;
    use burn::tensor::{Device, Tensor};

    /// Sum of the absolute values of each parameter, with its name.
    #[derive(Default)]
    struct Sizes {
        path: Vec<String>,
        sizes: Vec<(String, f32)>,
    }

    impl ModuleVisitor for Sizes {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.sizes.push((self.path.join("."), param.val().abs().sum().into_scalar::<f32>()));
        }

        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
    }

    /// With an input of zeros and a loss of nothing, only decay moves anything.
    #[test]
    fn weights_decay_and_biases_and_batch_norm_do_not() {
        for kind in [OptimiserKind::AdamW, OptimiserKind::Sgd] {
            let device = Device::flex().autodiff();
            let net = Net::new(Name::Vgg, Size { width: 2, depth: 1 }, 7, 0.0, &device);
            let asked = Optimiser { kind, momentum: 0.9, weight_decay: 0.1, average_decay: 0.0 };
            let logits = net.forward(Tensor::ones([2, 1, 48, 48], &device));
            let gradients = GradientsParams::from_grads(logits.mul_scalar(0.0).sum().backward(), &net);
            let before = sizes(&net);
            let after = sizes(&new(&asked).step(0.1, net, gradients));
            for ((name, before), (_, after)) in before.iter().zip(&after) {
                let shrunk = *after < *before * 0.995;
                assert_eq!(shrunk, name.ends_with("weight"), "{kind:?} {name}: {before} became {after}");
            }
        }
    }

    fn sizes(net: &Net) -> Vec<(String, f32)> {
        let mut found = Sizes::default();
        burn::module::Module::visit(net, &mut found);
        found.sizes
    }
}
