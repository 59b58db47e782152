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
