//! The kernels as Burn layers, and the stock layers on every other device.

use super::norm::Form;
use super::ops::LayerOps;
use burn::backend::{Dispatch, DispatchDevice};
use burn::nn::{BatchNorm, conv::Conv2d, pool::MaxPool2dConfig};
use burn::tensor::{Device, Tensor, activation::relu};

/// A 3x3 convolution with stride 1 and one pixel of padding, with `layer`'s weights and bias.
pub fn conv3x3(layer: &Conv2d, input: Tensor<4>) -> Tensor<4> {
    if !serve(&input.device()) {
        return layer.forward(input);
    }
    let output = Dispatch::conv3x3(input.into_dispatch(), layer.weight.val().into_dispatch());
    let output = Tensor::<4>::from_dispatch(output);
    match &layer.bias {
        Some(bias) => output + bias.val().unsqueeze_dims(&[0, 2, 3]),
        None => output,
    }
}

/// A 1x1 convolution with `layer`'s weights, without bias: a matrix product over the channels, which the CPU back end
/// does faster than its convolution.
pub fn conv1x1(layer: &Conv2d, input: Tensor<4>) -> Tensor<4> {
    if !serve(&input.device()) {
        return layer.forward(input);
    }
    let [batch, inputs, height, width] = input.dims();
    let [outputs, ..] = layer.weight.dims();
    let weight = layer.weight.val().reshape([1, outputs, inputs]);
    weight.matmul(input.reshape([batch, inputs, height * width])).reshape([batch, outputs, height, width])
}

/// Batch normalisation with `layer`'s parameters. While training, the layer's running moments follow.
pub fn norm(layer: &BatchNorm, input: Tensor<4>) -> Tensor<4> {
    normalised(layer, &input, f32::NEG_INFINITY).unwrap_or_else(|| layer.forward(input))
}

/// Like [`norm`], then ReLU.
pub fn norm_relu(layer: &BatchNorm, input: Tensor<4>) -> Tensor<4> {
    normalised(layer, &input, 0.0).unwrap_or_else(|| relu(layer.forward(input)))
}

/// Nothing when the stock layer has to do it: outside of training, and on other devices.
fn normalised(layer: &BatchNorm, input: &Tensor<4>, floor: f32) -> Option<Tensor<4>> {
    let training = input.device().is_autodiff();
    if !training || !serve(&input.device()) {
        return None;
    }
    let moments = Tensor::<2>::from_dispatch(Dispatch::moments(input.clone().detach().into_dispatch()));
    follow(layer, &moments);
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a small constant")]
    let epsilon = layer.epsilon as f32;
    Some(Tensor::from_dispatch(Dispatch::norm(
        input.clone().into_dispatch(),
        moments.into_dispatch(),
        layer.gamma.val().into_dispatch(),
        layer.beta.val().into_dispatch(),
        Form { epsilon, floor },
    )))
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

/// Moves the running mean and variance towards the batch's, as the stock layer does.
fn follow(layer: &BatchNorm, moments: &Tensor<2>) {
    let [_, channels] = moments.dims();
    let moments = moments.clone().inner();
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
