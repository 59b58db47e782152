//! The own kernels against Burn's stock layers: values, gradients and running moments.

use burn::module::Param;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::optim::{AdamWConfig, AdamWState, Optimizer};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Distribution, Tensor};
use kernels::{self, After};

/// Sums of some thousand products in another order differ by this share of the largest value.
const CLOSE: f32 = 1e-4;

/// batch, input channels, output channels, height, width: wide maps one by one, small ones in groups, odd ones too, and
/// more channels than two registers hold.
const SHAPES: [[usize; 5]; 7] = [
    [2, 1, 4, 48, 48],
    [3, 5, 7, 24, 20],
    [9, 8, 6, 6, 6],
    [5, 3, 2, 3, 7],
    [34, 3, 35, 12, 12],
    [17, 2, 18, 48, 48],
    [1, 2, 3, 1, 1],
];

fn random<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.3, 1.0), device)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[track_caller]
fn assert_close<const D: usize>(what: &str, own: Tensor<D>, stock: Tensor<D>) {
    assert_eq!(own.dims(), stock.dims(), "{what}: shape");
    let (own, stock) = (values(own), values(stock));
    let largest = stock.iter().fold(1e-3, |m: f32, v| m.max(v.abs()));
    for (at, (a, b)) in own.iter().zip(&stock).enumerate() {
        assert!((a - b).abs() <= CLOSE * largest, "{what}: element {at} is {a}, stock layer gives {b}");
    }
}

fn conv(inputs: usize, outputs: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([inputs, outputs], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1)).init(device)
}

#[test]
fn the_own_kernels_serve_the_cpu() {
    assert!(kernels::serve(&Device::flex()), "the tests below would compare the stock layers with themselves");
    assert!(kernels::serve(&Device::flex().autodiff()));
}

#[test]
fn conv3x3_equals_the_stock_convolution_forward_and_backward() {
    assert_conv_equals_stock(conv, kernels::conv3x3);
}

#[test]
fn conv1x1_equals_the_stock_convolution_forward_and_backward() {
    let layer =
        |inputs, outputs, device: &Device| Conv2dConfig::new([inputs, outputs], [1, 1]).with_bias(false).init(device);
    assert_conv_equals_stock(layer, kernels::conv1x1);
}

fn assert_conv_equals_stock(
    layer: impl Fn(usize, usize, &Device) -> Conv2d,
    own: impl Fn(&Conv2d, Tensor<4>) -> Tensor<4>,
) {
    let device = Device::flex().autodiff();
    device.seed(1);
    for [batch, inputs, outputs, height, width] in SHAPES {
        let layer = layer(inputs, outputs, &device);
        let seen = random([batch, inputs, height, width], &device).require_grad();
        let pull = random([batch, outputs, height, width], &device);
        let run = |forward: &dyn Fn(Tensor<4>) -> Tensor<4>| {
            let input = seen.clone().detach().require_grad();
            let output = forward(input.clone());
            let gradients = (output.clone() * pull.clone()).sum().backward();
            let bias = layer.bias.as_ref().map(|bias| bias.val().grad(&gradients).expect("a bias gradient"));
            let input = input.grad(&gradients).expect("an input gradient");
            let weight = layer.weight.val().grad(&gradients).expect("a weight gradient");
            (output.inner(), input, weight, bias)
        };
        let mine = run(&|x| own(&layer, x));
        let stock = run(&|x| layer.forward(x));
        assert_close("output", mine.0, stock.0);
        assert_close("input gradient", mine.1, stock.1);
        assert_close("weight gradient", mine.2, stock.2);
        if let (Some(mine), Some(stock)) = (mine.3, stock.3) {
            assert_close("bias gradient", mine, stock);
        }
    }
}

fn norm(channels: usize, device: &Device) -> BatchNorm {
    let mut layer = BatchNormConfig::new(channels).init(device);
    layer.gamma = Param::from_tensor(random([channels], device));
    layer.beta = Param::from_tensor(random([channels], device));
    layer
}

type Layer = fn(&BatchNorm, Tensor<4>) -> Tensor<4>;

#[test]
fn norm_relu_equals_the_stock_layers_forward_and_backward() {
    assert_norm_equals_stock(kernels::norm_relu, |layer, x| relu(layer.forward(x)));
}

#[test]
fn norm_equals_the_stock_layer_forward_and_backward() {
    assert_norm_equals_stock(kernels::norm, |layer, x| layer.forward(x));
}

fn assert_norm_equals_stock(own: Layer, stock: Layer) {
    let device = Device::flex().autodiff();
    device.seed(2);
    for [batch, _, channels, height, width] in SHAPES.into_iter().take(4) {
        let layer = norm(channels, &device);
        let twin = layer.clone();
        let seen = random([batch, channels, height, width], &device).mul_scalar(3.0).add_scalar(40.0);
        let pull = random([batch, channels, height, width], &device);
        let run = |layer: &BatchNorm, forward: Layer| {
            let input = seen.clone().detach().require_grad();
            let output = forward(layer, input.clone());
            let gradients = (output.clone() * pull.clone()).sum().backward();
            let scale = layer.gamma.val().grad(&gradients).expect("a scale gradient");
            let shift = layer.beta.val().grad(&gradients).expect("a shift gradient");
            (output.inner(), input.grad(&gradients).expect("an input gradient"), scale, shift)
        };
        let own = run(&layer, own);
        let stock = run(&twin, stock);
        assert_close("output", own.0, stock.0);
        assert_close("input gradient", own.1, stock.1);
        assert_close("scale gradient", own.2, stock.2);
        assert_close("shift gradient", own.3, stock.3);
        assert_close("running mean", layer.running_mean.value_sync(), twin.running_mean.value_sync());
        assert_close("running variance", layer.running_var.value_sync(), twin.running_var.value_sync());
    }
}

/// `after` by the stock layers.
fn stock_after(after: After, map: Tensor<4>) -> Tensor<4> {
    match after {
        After::Nothing => map,
        After::Relu => relu(map),
        After::ReluPool => MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init().forward(relu(map)),
    }
}

const AFTERS: [After; 3] = [After::Nothing, After::Relu, After::ReluPool];

/// Gradients of input and parameters, in that order, after a pull on the output.
fn gradients(
    forward: &dyn Fn(Tensor<4>) -> Tensor<4>,
    seen: &Tensor<4>,
    pull: &Tensor<4>,
    conv: &Conv2d,
    parameters: &[Tensor<1>],
) -> (Tensor<4>, Tensor<4>, Tensor<4>, Vec<Tensor<1>>) {
    let input = seen.clone().detach().require_grad();
    let output = forward(input.clone());
    let gradients = (output.clone() * pull.clone()).sum().backward();
    let parameters = parameters.iter().map(|one| one.grad(&gradients).expect("a gradient")).collect();
    let weight = conv.weight.val().grad(&gradients).expect("a weight gradient");
    (output.inner(), input.grad(&gradients).expect("an input gradient"), weight, parameters)
}

#[test]
fn conv_norm_equals_the_stock_layers_forward_and_backward() {
    let device = Device::flex().autodiff();
    device.seed(5);
    for (at, [batch, inputs, outputs, height, width]) in SHAPES.into_iter().take(6).enumerate() {
        // The factor of a lone input is normalised away again: its gradient is rounding only.
        let inputs = inputs.max(2);
        // Of half a million numbers one lies so close to zero that the two round it to different sides of a `ReLU`.
        let afters = if at < 4 { &AFTERS[..] } else { &[After::Nothing] };
        for (kernel, after) in afters.iter().flat_map(|&after| [(3, after), (1, after)]) {
            let padding = PaddingConfig2d::Explicit(kernel / 2, kernel / 2, kernel / 2, kernel / 2);
            let conv = Conv2dConfig::new([inputs, outputs], [kernel, kernel]).with_padding(padding).with_bias(false);
            let conv = conv.init(&device);
            let layer = norm(outputs, &device);
            let twin = layer.clone();
            let seen = random([batch, inputs, height, width], &device);
            let (down, right) = if after == After::ReluPool { (height / 2, width / 2) } else { (height, width) };
            let pull = random([batch, outputs, down, right], &device);
            let run = |layer: &BatchNorm, forward: &dyn Fn(Tensor<4>) -> Tensor<4>| {
                gradients(forward, &seen, &pull, &conv, &[layer.gamma.val(), layer.beta.val()])
            };
            let own = run(&layer, &|x| kernels::conv_norm(&conv, &layer, after, x));
            let stock = run(&twin, &|x| stock_after(after, twin.forward(conv.forward(x))));
            assert_close("output", own.0, stock.0);
            assert_close("input gradient", own.1, stock.1);
            assert_close("weight gradient", own.2, stock.2);
            for (own, stock) in own.3.into_iter().zip(stock.3) {
                assert_close("scale and shift gradients", own, stock);
            }
            assert_close("running mean", layer.running_mean.value_sync(), twin.running_mean.value_sync());
            assert_close("running variance", layer.running_var.value_sync(), twin.running_var.value_sync());
        }
    }
}

#[test]
fn conv_bias_equals_the_stock_layers_forward_and_backward() {
    let device = Device::flex().autodiff();
    device.seed(6);
    for [batch, inputs, outputs, height, width] in SHAPES.into_iter().take(4) {
        for after in AFTERS {
            let layer = conv(inputs, outputs, &device);
            let bias = layer.bias.as_ref().expect("a bias").val();
            let seen = random([batch, inputs, height, width], &device);
            let (down, right) = if after == After::ReluPool { (height / 2, width / 2) } else { (height, width) };
            let pull = random([batch, outputs, down, right], &device);
            let run = |forward: &dyn Fn(Tensor<4>) -> Tensor<4>| {
                gradients(forward, &seen, &pull, &layer, std::slice::from_ref(&bias))
            };
            let own = run(&|x| kernels::conv_bias(&layer, after, x));
            let stock = run(&|x| stock_after(after, layer.forward(x)));
            assert_close("output", own.0, stock.0);
            assert_close("input gradient", own.1, stock.1);
            assert_close("weight gradient", own.2, stock.2);
            for (own, stock) in own.3.into_iter().zip(stock.3) {
                assert_close("bias gradient", own, stock);
            }
        }
    }
}

#[test]
fn a_first_layer_whose_input_needs_no_gradient_is_trained_all_the_same() {
    let device = Device::flex().autodiff();
    device.seed(7);
    let layer = conv(1, 4, &device);
    let seen = random([2, 1, 8, 8], &device);
    let weight = |forward: &dyn Fn(Tensor<4>) -> Tensor<4>| {
        let gradients = forward(seen.clone()).powi_scalar(2).sum().backward();
        layer.weight.val().grad(&gradients).expect("a weight gradient")
    };
    let own = weight(&|x| kernels::conv_bias(&layer, After::Relu, x));
    assert_close("weight gradient", own, weight(&|x| relu(layer.forward(x))));
}

#[test]
fn without_autodiff_the_running_moments_are_used() {
    let device = Device::flex();
    device.seed(3);
    let layer = norm(4, &device);
    let input = random([2, 4, 6, 6], &device);
    assert_close("norm", kernels::norm(&layer, input.clone()), layer.forward(input.clone()));
    assert_close("norm and relu", kernels::norm_relu(&layer, input.clone()), relu(layer.forward(input.clone())));
    let biased = conv(4, 4, &device);
    let conv = Conv2d { bias: None, ..biased.clone() };
    for after in AFTERS {
        let stock = stock_after(after, layer.forward(conv.forward(input.clone())));
        assert_close("convolution and norm", kernels::conv_norm(&conv, &layer, after, input.clone()), stock);
        let stock = stock_after(after, biased.forward(input.clone()));
        assert_close("convolution and bias", kernels::conv_bias(&biased, after, input.clone()), stock);
    }
}

#[test]
fn max_pool_equals_the_stock_layer_forward_and_backward() {
    let device = Device::flex().autodiff();
    device.seed(4);
    let stock_layer = MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init();
    for [batch, channels, height, width] in [[2, 3, 48, 48], [3, 20, 6, 6], [1, 2, 5, 7]] {
        let seen = random([batch, channels, height, width], &device);
        let pull = random([batch, channels, height / 2, width / 2], &device);
        let run = |forward: &dyn Fn(Tensor<4>) -> Tensor<4>| {
            let input = seen.clone().detach().require_grad();
            let output = forward(input.clone());
            let gradients = (output.clone() * pull.clone()).sum().backward();
            (output.inner(), input.grad(&gradients).expect("an input gradient"))
        };
        let own = run(&|x| kernels::max_pool(x));
        let stock = run(&|x| stock_layer.forward(x));
        assert_close("output", own.0, stock.0);
        assert_close("input gradient", own.1, stock.1);
    }
}

/// Maps of one step are written into memory of the step before, and sums are taken by several threads.
#[test]
fn a_step_gives_the_same_digits_each_time() {
    let device = Device::flex().autodiff();
    device.seed(8);
    let (conv, layer) = (conv(3, 20, &device), norm(20, &device));
    let conv = Conv2d { bias: None, ..conv };
    let pull = random([40, 20, 12, 12], &device);
    let [seen, other] = [1.0, f32::NAN].map(|factor| random([40, 3, 24, 24], &device).mul_scalar(factor));
    let step = |seen: &Tensor<4>| {
        let parameters = [layer.gamma.val(), layer.beta.val()];
        let forward = |x| kernels::conv_norm(&conv, &layer, After::ReluPool, x);
        let (output, input, weight, parameters) = gradients(&forward, seen, &pull, &conv, &parameters);
        let parameters = parameters.into_iter().flat_map(values);
        let maps = [output, input, weight].into_iter().flat_map(values);
        maps.chain(parameters).map(f32::to_bits).collect::<Vec<_>>()
    };
    let first = step(&seen);
    for _ in 0..5 {
        step(&other);
        assert_eq!(step(&seen), first);
    }
}

/// Digit by digit, and with a state that either takes over from the other.
#[test]
fn adamw_equals_the_stock_optimiser() {
    let device = Device::flex();
    device.seed(9);
    let stock =
        AdamWConfig::new().with_beta_1(0.85).with_beta_2(0.999).with_epsilon(1e-8).with_weight_decay(0.05).build();
    let own = kernels::AdamW::new(0.85, 0.05);
    for shape in [[3, 1], [150, 333]] {
        let begin = random(shape, &device);
        let [mut mine, mut theirs] = [(begin.clone(), None), (begin, None)];
        for step in 0_u8..4 {
            let gradient = random(shape, &device);
            let rate = 0.01 / f64::from(step + 1);
            mine = own.step(rate, mine.0, gradient.clone(), mine.1);
            theirs = stock.step(rate, theirs.0, gradient, theirs.1);
            assert_eq!(values(mine.0.clone()), values(theirs.0.clone()), "weights after step {step}");
            let moments = |state: &Option<AdamWState<2>>| {
                let state = &state.as_ref().expect("a state").momentum;
                (state.time, values(state.moment_1.clone()), values(state.moment_2.clone()))
            };
            assert_eq!(moments(&mine.1), moments(&theirs.1), "moments after step {step}");
            std::mem::swap(&mut mine.1, &mut theirs.1);
        }
    }
}
