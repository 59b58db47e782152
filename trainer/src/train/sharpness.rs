//! Sharpness-aware minimisation (Foret et al. 2021, <https://arxiv.org/abs/2010.01412>): a step goes by the gradient at the
//! worst point nearby, so weights end where the loss is flat. Such weights are less sure of single wrong labels.

use crate::net::Net;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

/// `net`, moved by `radius` in the direction of `gradients` (the length of the whole vector of weights, equation 2 of the
/// paper): where the loss is highest nearby, to first order.
///
/// Its batch norms' running moments are its own, so that those of `net` don't hear of it.
pub(super) fn worst_nearby(net: &Net, gradients: &GradientsParams, radius: f64) -> Net {
    let mut length = Squares { gradients, sum: 0.0 };
    net.visit(&mut length);
    let scale = radius / length.sum.sqrt().max(1e-12);
    net.valid().train().map(&mut Along { gradients, scale })
}

struct Squares<'a> {
    gradients: &'a GradientsParams,
    sum: f64,
}

impl ModuleVisitor for Squares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.sum += f64::from(gradient.square().sum().into_scalar::<f32>());
        }
    }
}

struct Along<'a> {
    gradients: &'a GradientsParams,
    scale: f64,
}

impl ModuleMapper for Along<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(gradient) = self.gradients.get::<D>(param.id) else { return param };
        let scale = self.scale;
        param.map(|weights| Tensor::from_inner(weights.inner() + gradient.mul_scalar(scale)).require_grad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Name, Size, numbers};
    use burn::tensor::{Device, Distribution};

    #[test]
    fn the_worst_point_lies_uphill_at_the_radius_and_the_net_itself_does_not_hear_of_it() {
        let device = Device::flex().autodiff();
        device.seed(3);
        let net = Net::new(Name::Vgg, Size { width: 2, depth: 1 }, 7, 0.0, &device);
        let input = Tensor::random([4, 1, 48, 48], Distribution::Uniform(-1.0, 1.0), &device);
        let loss = |net: &Net| net.forward(input.clone()).square().mean();
        let before = loss(&net);
        let gradients = GradientsParams::from_grads(before.clone().backward(), &net);
        // What a forward pass left for the running moments arrives with the next look at them.
        let still = numbers(&net.valid()).concat();
        let worst = worst_nearby(&net, &gradients, 0.01);
        let distance: f32 =
            numbers(&worst).concat().iter().zip(&still).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
        assert!((distance - 0.01).abs() < 1e-4, "moved by {distance}");
        let after = loss(&worst);
        let gradients = GradientsParams::from_grads(after.clone().backward(), &worst);
        let mut length = Squares { gradients: &gradients, sum: 0.0 };
        net.visit(&mut length);
        assert!(length.sum > 0.0, "its gradients belong to the net's weights");
        assert!(after.into_scalar::<f32>() > before.into_scalar::<f32>());
        assert_eq!(numbers(&net.valid()).concat(), still, "weights and running moments");
    }
}
