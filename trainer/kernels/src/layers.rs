//! The kernels as Burn layers, and the stock layers on every other device.

use super::norm::Form;
use super::ops::LayerOps;
use burn::backend::{Dispatch, DispatchDevice};
use burn::nn::{BatchNorm, conv::Conv2d, pool::MaxPool2dConfig};
use burn::tensor::{Device, Tensor, activation::relu};

/// What follows a normalised or biased convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// `ReLU`.
    Relu,
    /// `ReLU`, then a 2x2 max pool.
    ReluPool,
}

impl After {
    const fn floor(self) -> f32 {
        match self {
            Self::Nothing => f32::NEG_INFINITY,
            Self::Relu | Self::ReluPool => 0.0,
        }
    }

    /// By layers of its own. `ReLU` and max pool commute, and after the pool `ReLU` has a quarter of the work.
    fn apply(self, map: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Nothing => map,
            Self::Relu => relu(map),
            Self::ReluPool => relu(max_pool(map)),
        }
    }
}

/// A 3x3 convolution with stride 1 and one pixel of padding, with `layer`'s weights and bias.
pub fn conv3x3(layer: &Conv2d, input: Tensor<4>) -> Tensor<4> {
    convolve(layer, input)
}

/// A 1x1 convolution with `layer`'s weights and bias.
pub fn conv1x1(layer: &Conv2d, input: Tensor<4>) -> Tensor<4> {
    convolve(layer, input)
}

fn convolve(layer: &Conv2d, input: Tensor<4>) -> Tensor<4> {
    if !serve(&input.device()) {
        return layer.forward(input);
    }
    let output = Dispatch::conv(input.into_dispatch(), layer.weight.val().into_dispatch());
    let output = Tensor::<4>::from_dispatch(output);
    match &layer.bias {
        Some(bias) => output + bias.val().unsqueeze_dims(&[0, 2, 3]),
        None => output,
    }
}

/// A 3x3 or 1x1 convolution without bias, batch normalisation, and what follows. While training, the norm's running
/// moments follow.
pub fn conv_norm(conv: &Conv2d, layer: &BatchNorm, after: After, input: Tensor<4>) -> Tensor<4> {
    debug_assert!(conv.bias.is_none(), "batch norm brings the bias");
    let device = input.device();
    if !serve(&device) {
        return after.apply(layer.forward(convolve(conv, input)));
    }
    let normalise = in_training(&device);
    let (scale, shift) = if normalise { (layer.gamma.val(), layer.beta.val()) } else { settled(layer) };
    let form = Form { epsilon: epsilon(layer), floor: after.floor(), normalise };
    let (output, moments) = Dispatch::block(
        input.into_dispatch(),
        conv.weight.val().into_dispatch(),
        scale.into_dispatch(),
        shift.into_dispatch(),
        form,
        after == After::ReluPool,
    );
    if normalise {
        follow(layer, Tensor::from_dispatch(moments));
    }
    Tensor::from_dispatch(output)
}

/// Scale and shift of a norm that goes by its running moments.
fn settled(layer: &BatchNorm) -> (Tensor<1>, Tensor<1>) {
    let (mean, variance) = (layer.running_mean.value_sync(), layer.running_var.value_sync());
    let scale = layer.gamma.val() / variance.add_scalar(layer.epsilon).sqrt();
    let shift = layer.beta.val() - mean * scale.clone();
    (scale, shift)
}

/// A 3x3 or 1x1 convolution with its bias, and what follows.
pub fn conv_bias(conv: &Conv2d, after: After, input: Tensor<4>) -> Tensor<4> {
    let device = input.device();
    let (true, Some(bias)) = (serve(&device), &conv.bias) else {
        return after.apply(convolve(conv, input));
    };
    let form = Form { epsilon: 0.0, floor: after.floor(), normalise: false };
    let [outputs, ..] = conv.weight.dims();
    let scale = Tensor::<1>::ones([outputs], &device);
    let (output, _) = Dispatch::block(
        input.into_dispatch(),
        conv.weight.val().into_dispatch(),
        scale.into_dispatch(),
        bias.val().into_dispatch(),
        form,
        after == After::ReluPool,
    );
    Tensor::from_dispatch(output)
}

/// Batch normalisation with `layer`'s parameters. While training, the layer's running moments follow.
pub fn norm(layer: &BatchNorm, input: Tensor<4>) -> Tensor<4> {
    normalise(layer, After::Nothing, input)
}

/// Like [`norm`], then `ReLU`.
pub fn norm_relu(layer: &BatchNorm, input: Tensor<4>) -> Tensor<4> {
    normalise(layer, After::Relu, input)
}

fn normalise(layer: &BatchNorm, after: After, input: Tensor<4>) -> Tensor<4> {
    if !in_training(&input.device()) {
        return after.apply(layer.forward(input));
    }
    let form = Form { epsilon: epsilon(layer), floor: after.floor(), normalise: true };
    let (output, moments) = Dispatch::norm(
        input.into_dispatch(),
        layer.gamma.val().into_dispatch(),
        layer.beta.val().into_dispatch(),
        form,
    );
    follow(layer, Tensor::from_dispatch(moments));
    Tensor::from_dispatch(output)
}

/// Max pooling, 2x2 with stride 2.
pub fn max_pool(input: Tensor<4>) -> Tensor<4> {
    if serve(&input.device()) {
        Tensor::from_dispatch(Dispatch::max_pool(input.into_dispatch()))
    } else {
        MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init().forward(input)
    }
}

/// Whether the own kernels serve `device`, or the stock layers do.
#[must_use]
pub fn serve(device: &Device) -> bool {
    matches!(device.clone().without_autodiff().as_dispatch(), DispatchDevice::Flex(_))
}

/// Whether batch norm goes by the batch's moments, and the own kernels do it.
fn in_training(device: &Device) -> bool {
    device.is_autodiff() && serve(device)
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a small constant")]
const fn epsilon(layer: &BatchNorm) -> f32 {
    layer.epsilon as f32
}

/// Moves the running mean and variance towards the batch's (2 x channels), as the stock layer does.
fn follow(layer: &BatchNorm, moments: Tensor<2>) {
    let [_, channels] = moments.dims();
    let moments = moments.inner();
    let mean = moments.clone().slice([0..1, 0..channels]).reshape([channels]);
    let variance = moments.slice([1..2, 0..channels]).reshape([channels]);
    let blend = |old: Tensor<1>, new: Tensor<1>| {
        let device = old.device();
        let new = Tensor::<1>::from_data(new.into_data(), &device);
        (old.mul_scalar(1.0 - layer.momentum) + new.mul_scalar(layer.momentum)).detach()
    };
    layer.running_mean.update(blend(layer.running_mean.value_sync(), mean));
    layer.running_var.update(blend(layer.running_var.value_sync(), variance));
}
