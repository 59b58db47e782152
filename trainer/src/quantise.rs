//! Float network -> int8 network: fold, equalise, observe, choose scales. Arrays in, arrays out; no framework.

pub mod fold;
pub mod observe;
pub mod params;
pub mod reference;

use crate::layers::RawNet;
use crate::number::count;
use fold::Net;
use observe::Histogram;
use params::{Params, QuantNet};
use rayon::prelude::*;

/// An int8 network and how it was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantised {
    /// The network in integers.
    pub net: QuantNet,
    /// Whether cross-layer equalisation came first.
    pub equalised: bool,
    /// Root of the mean squared difference of the logits, int8 against float, on the calibration set.
    pub logit_error: f64,
}

/// Quantises `raw`. `calibration` holds input tensors of training pictures.
///
/// Tries the network as it is and with cross-layer equalisation, and keeps what comes closer to the float network on the
/// calibration set.
#[must_use]
pub fn quantise(raw: &RawNet, calibration: &[Vec<f32>]) -> Quantised {
    let folded = fold::fold(raw);
    let equalised = fold::equalise(&folded);
    let plain = candidate(&folded, calibration, false);
    let even = candidate(&equalised, calibration, true);
    if even.logit_error < plain.logit_error { even } else { plain }
}

/// An int8 network of the same form for which nothing was observed: its size is right, its answers are not.
#[must_use]
pub fn unobserved(raw: &RawNet) -> QuantNet {
    params::quantise(&fold::fold(raw), input(), &[])
}

/// The contract normalises luminances to -1..=1.
fn input() -> Params {
    Params::signed(1.0)
}

fn candidate(net: &Net, calibration: &[Vec<f32>], equalised: bool) -> Quantised {
    let quantised = params::quantise(net, input(), &observe(net, calibration));
    let logit_error = logit_error(net, &quantised, calibration);
    Quantised { net: quantised, equalised, logit_error }
}

/// One histogram for each activation, over all calibration inputs.
fn observe(net: &Net, calibration: &[Vec<f32>]) -> Vec<Histogram> {
    let of_one = |mut all: Vec<Histogram>, input: &Vec<f32>| {
        let activations = reference::float(net, input).activations;
        all.resize_with(activations.len(), Histogram::default);
        all.iter_mut().zip(activations).for_each(|(histogram, activation)| histogram.observe(&activation));
        all
    };
    let merge = |mut all: Vec<Histogram>, part: Vec<Histogram>| {
        if all.is_empty() {
            return part;
        }
        all.iter_mut().zip(part).for_each(|(all, part)| all.merge(part));
        all
    };
    calibration.par_iter().fold(Vec::new, of_one).reduce(Vec::new, merge)
}

fn logit_error(net: &Net, quantised: &QuantNet, calibration: &[Vec<f32>]) -> f64 {
    let squares = |input: &Vec<f32>| -> f64 {
        let float = reference::float(net, input).logits;
        let integer = reference::integer(quantised, input);
        float.iter().zip(integer).map(|(a, b)| f64::from(a - b).powi(2)).sum()
    };
    let errors: Vec<f64> = calibration.par_iter().map(squares).collect();
    // Summed in the order of the pictures, so that the number of cores doesn't show.
    (errors.iter().sum::<f64>() / count((calibration.len() * net.head.outputs).max(1))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Branch, ConvShape, Dense, Norm, Part, RawConv};
    use crate::random::generator;
    use rand::RngExt;

    /// Float additions in another order, as a share of the result.
    const CLOSE: f32 = 1e-4;

    fn some(random: &mut impl RngExt, n: usize, size: f32) -> Vec<f32> {
        (0..n).map(|_| random.random_range(-size..size)).collect()
    }

    fn conv(
        random: &mut impl RngExt,
        [inputs, outputs]: [usize; 2],
        padding: usize,
        pool: bool,
        relu: bool,
    ) -> RawConv {
        let weight = Some(some(random, outputs * inputs * 9, 0.5));
        let bias = Some(some(random, outputs, 0.1));
        let norm = Norm {
            scale: (0..outputs).map(|channel| 0.2 * 1.6_f32.powi(i32::try_from(channel).unwrap())).collect(),
            shift: some(random, outputs, 0.5),
            mean: some(random, outputs, 0.2),
            variance: vec![1.0; outputs],
            epsilon: 1e-5,
        };
        let branches = vec![Branch { kernel: 3, weight, bias, norm: Some(norm) }];
        RawConv { shape: ConvShape { inputs, outputs, kernel: 3, padding, relu, pool }, branches }
    }

    fn net(random: &mut impl RngExt, parts: Vec<Part<RawConv>>) -> RawNet {
        let head = Dense { inputs: 8, outputs: 3, weight: some(random, 24, 1.0), bias: some(random, 3, 0.1) };
        RawNet { side: 12, parts, head }
    }

    /// Networks of 12x12 pictures whose channels differ a lot in size, as batch norm leaves them: a sequential one that
    /// ends in a 1x1 map, and one with a skip connection in its middle whose last map is averaged.
    fn uneven() -> [RawNet; 2] {
        let random = &mut generator(5, 0);
        let sequential = vec![
            Part::Conv(conv(random, [1, 6], 1, true, true)),
            Part::Conv(conv(random, [6, 8], 1, true, true)),
            Part::Conv(conv(random, [8, 8], 0, false, true)),
        ];
        let sequential = net(random, sequential);
        let around = vec![
            Part::Conv(conv(random, [1, 6], 1, true, true)),
            Part::Residual {
                first: conv(random, [6, 6], 1, false, true),
                second: conv(random, [6, 6], 1, false, false),
                sum: (),
            },
            Part::Conv(conv(random, [6, 8], 1, true, true)),
        ];
        [sequential, net(random, around)]
    }

    fn inputs() -> Vec<Vec<f32>> {
        let mut random = generator(6, 0);
        (0..40).map(|_| (0..144).map(|_| random.random_range(-1.0..=1.0)).collect()).collect()
    }

    fn spread(logits: &[Vec<f32>]) -> f32 {
        let all = || logits.iter().flatten().copied();
        all().fold(f32::MIN, f32::max) - all().fold(f32::MAX, f32::min)
    }

    #[test]
    fn equalisation_changes_ranges_and_nothing_else() {
        for raw in uneven() {
            let net = fold::fold(&raw);
            let even = fold::equalise(&net);
            assert_ne!(net, even);
            for input in inputs() {
                let (a, b) = (reference::float(&net, &input).logits, reference::float(&even, &input).logits);
                for (a, b) in a.iter().zip(&b) {
                    assert!((a - b).abs() <= CLOSE * a.abs().max(1.0), "{a} became {b}");
                }
            }
        }
    }

    #[test]
    fn the_integer_network_follows_the_float_one_alike_each_time() {
        let inputs = inputs();
        for (raw, uneven_channels) in uneven().into_iter().zip([true, false]) {
            let quantised = quantise(&raw, &inputs);
            assert!(quantised.equalised || !uneven_channels, "uneven channels are equalised");
            assert_eq!(quantise(&raw, &inputs), quantised, "twice gives the same integers");
            let net = fold::fold(&raw);
            let float: Vec<Vec<f32>> = inputs.iter().map(|input| reference::float(&net, input).logits).collect();
            let share = quantised.logit_error / f64::from(spread(&float));
            assert!(share < 0.02, "logits are off by {share} of their spread");
            for conv in quantised.net.network.convs() {
                assert!(conv.weight.iter().all(|&weight| weight >= -127));
            }
        }
    }
}
