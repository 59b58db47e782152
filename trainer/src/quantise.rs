//! Float network -> int8 network: fold, equalise, observe, choose scales. Arrays in, arrays out; no framework.

pub mod equalise;
pub mod fold;
pub mod observe;
pub mod params;
pub mod reference;

use crate::layers::RawNet;
use crate::train::count;
use fold::Net;
use observe::Histogram;
use params::{Params, QuantNet};

/// An int8 network and how it was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantised {
    /// The network in integers.
    pub net: QuantNet,
    /// Whether channel ranges were evened out first.
    pub equalised: bool,
    /// Root of the mean squared difference of the logits, int8 against float, on the calibration set.
    pub logit_error: f64,
}

/// Quantises `raw`. `calibration` holds input tensors of training pictures.
///
/// Tries the network as it is and with evened-out channels, and keeps what comes closer to the float network on the
/// calibration set.
#[must_use]
pub fn quantise(raw: &RawNet, calibration: &[Vec<f32>]) -> Quantised {
    let folded = fold::fold(raw);
    let equalised = equalise::equalise(&folded);
    let plain = candidate(&folded, calibration, false);
    let even = candidate(&equalised, calibration, true);
    if even.logit_error < plain.logit_error { even } else { plain }
}

fn candidate(net: &Net, calibration: &[Vec<f32>], equalised: bool) -> Quantised {
    let limits: Vec<f32> = observe(net, calibration).iter().map(Histogram::best_limit).collect();
    // The contract normalises luminances to -1..=1.
    let quantised = params::quantise(net, Params::signed(1.0), &limits);
    let logit_error = logit_error(net, &quantised, calibration);
    Quantised { net: quantised, equalised, logit_error }
}

/// One histogram for each convolution's output, over all calibration inputs.
fn observe(net: &Net, calibration: &[Vec<f32>]) -> Vec<Histogram> {
    let parts = in_parallel(calibration, |inputs| {
        let mut histograms = vec![Histogram::default(); net.convs.len()];
        for input in inputs {
            for (histogram, activation) in histograms.iter_mut().zip(reference::float(net, input).activations) {
                histogram.observe(&activation);
            }
        }
        histograms
    });
    parts.into_iter().fold(vec![Histogram::default(); net.convs.len()], |mut all, part| {
        all.iter_mut().zip(part).for_each(|(all, part)| all.merge(part));
        all
    })
}

fn logit_error(net: &Net, quantised: &QuantNet, calibration: &[Vec<f32>]) -> f64 {
    let errors = in_parallel(calibration, |inputs| {
        let squares = |input: &Vec<f32>| -> f64 {
            let float = reference::float(net, input).logits;
            let integer = reference::integer(quantised, input);
            float.iter().zip(integer).map(|(a, b)| f64::from(a - b).powi(2)).sum()
        };
        inputs.iter().map(squares).collect::<Vec<f64>>()
    });
    // Summed in the order of the pictures, so that the number of cores doesn't show.
    let sum: f64 = errors.into_iter().flatten().sum();
    (sum / count((calibration.len() * net.head.outputs).max(1))).sqrt()
}

/// Cuts `items` into one part a core and works on them side by side; the results come in order.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = &work;
    std::thread::scope(|scope| {
        let handles: Vec<_> =
            items.chunks(items.len().div_ceil(cores).max(1)).map(|part| scope.spawn(move || work(part))).collect();
        // A panic of a part is a bug; it goes on in this thread.
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Dense, Norm, RawConv};
    use crate::random::generator;
    use rand::RngExt;

    /// A network of 12x12 pictures whose channels differ a lot in size, as batch norm leaves them.
    fn uneven() -> RawNet {
        let mut random = generator(5, 0);
        let mut some = |n: usize, size: f32| -> Vec<f32> { (0..n).map(|_| random.random_range(-size..size)).collect() };
        let mut conv = |inputs: usize, outputs: usize, padding: usize, pool: bool| RawConv {
            inputs,
            outputs,
            kernel: 3,
            padding,
            pool,
            weight: some(outputs * inputs * 9, 0.5),
            bias: some(outputs, 0.1),
            norm: Some(Norm {
                scale: (0..outputs).map(|channel| 0.2 * 1.6_f32.powi(i32::try_from(channel).unwrap())).collect(),
                shift: some(outputs, 0.5),
                mean: some(outputs, 0.2),
                variance: vec![1.0; outputs],
                epsilon: 1e-5,
            }),
        };
        let convs = vec![conv(1, 6, 1, true), conv(6, 8, 1, true), conv(8, 8, 0, false)];
        let head = Dense { inputs: 8, outputs: 3, weight: some(24, 1.0), bias: some(3, 0.1) };
        RawNet { side: 12, convs, head }
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
        let net = fold::fold(&uneven());
        let even = equalise::equalise(&net);
        assert_ne!(net, even);
        for input in inputs() {
            let (a, b) = (reference::float(&net, &input).logits, reference::float(&even, &input).logits);
            for (a, b) in a.iter().zip(&b) {
                assert!((a - b).abs() <= 1e-4 * a.abs().max(1.0), "{a} became {b}");
            }
        }
    }

    #[test]
    fn the_integer_network_follows_the_float_one() {
        let (raw, inputs) = (uneven(), inputs());
        let quantised = quantise(&raw, &inputs);
        let net = fold::fold(&raw);
        let float: Vec<Vec<f32>> = inputs.iter().map(|input| reference::float(&net, input).logits).collect();
        let share = quantised.logit_error / f64::from(spread(&float));
        assert!(share < 0.02, "logits are off by {share} of their spread");
        for conv in &quantised.net.convs {
            assert!(conv.weight.iter().all(|&weight| weight >= -127));
        }
    }

    #[test]
    fn uneven_channels_are_evened_out() {
        let (raw, inputs) = (uneven(), inputs());
        assert!(quantise(&raw, &inputs).equalised);
    }

    #[test]
    fn quantising_twice_gives_the_same_integers() {
        let (raw, inputs) = (uneven(), inputs());
        assert_eq!(quantise(&raw, &inputs), quantise(&raw, &inputs));
    }

    #[test]
    fn parts_come_back_in_order() {
        let items: Vec<usize> = (0..17).collect();
        let doubled: Vec<usize> =
            in_parallel(&items, |part| part.iter().map(|item| 2 * item).collect::<Vec<_>>()).concat();
        assert_eq!(doubled, items.iter().map(|item| 2 * item).collect::<Vec<_>>());
        assert!(in_parallel(&[0_u8; 0], <[u8]>::len).is_empty());
    }
}
