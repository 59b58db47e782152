//! A small training step on a device, held against the CPU's value by value.
//!
//! A network of the kind that is trained takes it: convolutions, batch norm with `ReLU`, pools, a dense layer, and the
//! backward pass through them. Values are read back after each half, so that a driver that fails is known by it.

use crate::dataset::PIXELS;
use crate::net::{Name, Net, Size, input_tensor, values};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};

/// The most the values may be off: root mean square of the differences, as a share of the values'. Cards may multiply with
/// 10 bits of mantissa (TF32), and a rounding can move a maximum or a `ReLU` to its neighbour; a wrong kernel is off by 1.
pub const MOST: f64 = 0.05;

/// The halves, in order.
pub const STEPS: [&str; 2] = ["forward", "backward"];

const BATCH: usize = 4;
const CLASSES: usize = 7;

/// Takes the step on `device`, calling `begin` before each of [`STEPS`], and gives the largest difference met (see [`MOST`]).
///
/// # Errors
/// Names the first half whose values are wrong.
pub fn run(device: &Device, begin: impl FnMut(&'static str)) -> Result<f64, String> {
    let cpu = Device::flex().autodiff();
    cpu.seed(1);
    let net = Net::new(Name::Vgg, Size { width: 4, depth: 1 }, CLASSES, 0.0, &cpu);
    let expected = step(net.clone(), &cpu, |_| ());
    let found = step(net, &device.clone().autodiff(), begin);
    let mut largest = 0.0_f64;
    for (name, (found, expected)) in STEPS.into_iter().zip(found.iter().zip(&expected)) {
        let off = difference(found, expected);
        // A difference that is no number is wrong too.
        if off.is_nan() || off > MOST {
            return Err(format!("{name} is off by {off:.3} of the CPU's values, at most {MOST} is right"));
        }
        largest = largest.max(off);
    }
    Ok(largest)
}

/// The logits, and all gradients.
fn step(net: Net, device: &Device, mut begin: impl FnMut(&'static str)) -> [Vec<f32>; 2] {
    let [forward, backward] = STEPS;
    // Clones share the running moments of batch norm; a network of its own leaves those of the other alone.
    let net = net.fork(device);
    let wave = |at: usize| f32::from(u8::try_from(at * at % 251).unwrap_or(0)) / 125.5 - 1.0;
    begin(forward);
    let logits = net.forward(input_tensor((0..BATCH * PIXELS).map(wave).collect(), BATCH, device));
    let answers = values(logits.clone());
    begin(backward);
    let gradients = GradientsParams::from_grads(logits.square().sum().backward(), &net);
    let mut reader = Reader { gradients: &gradients, values: Vec::new() };
    net.visit(&mut reader);
    [answers, reader.values]
}

struct Reader<'a> {
    gradients: &'a GradientsParams,
    values: Vec<f32>,
}

impl ModuleVisitor for Reader<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.values.extend(self.gradients.get::<D>(param.id).into_iter().flat_map(values));
    }
}

/// Root mean square of the differences, as a share of that of the expected values.
fn difference(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let apart: f64 = found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    let size: f64 = expected.iter().map(|b| f64::from(*b).powi(2)).sum();
    (apart / size).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_passes_and_takes_every_step() {
        let mut begun = Vec::new();
        let off = run(&Device::flex(), |step| begun.push(step)).expect("the own kernels are right");
        assert_eq!(begun, STEPS);
        assert!(off < 1e-5, "{off}");
    }

    #[test]
    fn each_step_gives_its_values() {
        let device = Device::flex().autodiff();
        let net = Net::new(Name::Vgg, Size { width: 4, depth: 1 }, CLASSES, 0.0, &device);
        let parameters = net.layers().parameters();
        let [answers, gradients] = step(net, &device, |_| ());
        assert_eq!((answers.len(), gradients.len()), (BATCH * CLASSES, parameters));
        assert!(gradients.iter().any(|&value| value != 0.0));
    }

    #[test]
    fn wrong_values_are_told_from_rounding() {
        let expected = [1.0, -2.0, 3.0];
        assert!(difference(&[1.001, -2.001, 3.001], &expected) < MOST);
        assert!(difference(&[1.0, -2.0, -3.0], &expected) > MOST);
        assert!(difference(&[1.0, f32::NAN, 3.0], &expected).is_nan());
        assert!(difference(&[1.0], &expected).is_infinite());
    }
}
