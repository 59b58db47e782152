//! A convolution prepared for this machine, and its run.

use crate::layer::{Layer, Run, Scratch};
use crate::machine::{Instructions, Machine, Work};
use crate::requantise::Requantise;
use crate::{Geometry, Levels, patches, winograd};

/// `QLinearConv` with its weights laid out for this machine.
#[derive(Debug, Clone)]
pub struct Convolution {
    layer: Layer,
    weights: Weights,
    instructions: Instructions,
}

/// Weights in the order they are read in.
#[derive(Debug, Clone)]
enum Weights {
    /// Transformed: for each of the 16 products of a tile the panels of all channels.
    Winograd(Vec<i16>),
    /// As they are: for each group the panels over the taps of the kernel and the channels.
    Taps(Vec<i16>),
}

impl Convolution {
    /// Prepares `weights` (output channel, channel of its group, row, column; less their zero point) and `bias` (none for
    /// zeros) for `instructions`. None where shapes contradict each other or a sum could leave 32 bits.
    #[must_use]
    pub fn new(
        geometry: Geometry,
        weights: &[i16],
        bias: &[i32],
        levels: &Levels,
        instructions: Instructions,
    ) -> Option<Self> {
        if !geometry.is_consistent() {
            return None;
        }
        let (outputs, depth) = (geometry.output_channels, geometry.depth());
        let taps = geometry.kernel[0] * geometry.kernel[1];
        let scales = levels.weight_scales.len();
        let fits = weights.len() == outputs * depth * taps
            && (bias.is_empty() || bias.len() == outputs)
            && (scales == 1 || scales == outputs);
        if !fits {
            return None;
        }
        let flip = |signed: bool| if signed { 128 } else { 0 };
        let input_zero = u8::try_from(levels.input_zero + flip(levels.input_signed)).ok()?;
        let requantise = Requantise::new(levels, bias, outputs)?;
        // The largest sum of absolute values: 255 levels, all weights of an output, and its bias.
        let largest = (0..outputs).map(|output| {
            let own = &weights[output * depth * taps..][..depth * taps];
            let sum: i64 = own.iter().map(|&weight| i64::from(weight).abs()).sum();
            255 * sum + i64::from(bias.get(output).copied().unwrap_or(0)).abs()
        });
        let largest = largest.max().unwrap_or(0);
        if largest > i64::from(i32::MAX) || weights.iter().any(|weight| weight.abs() > 255) {
            return None;
        }
        let weights = if winograd::suits(&geometry, largest) {
            Weights::Winograd(winograd::weights(&geometry, weights, instructions))
        } else {
            Weights::Taps(patches::weights(&geometry, weights, instructions))
        };
        let input_flip = if levels.input_signed { 0x80 } else { 0 };
        let layer = Layer { geometry, input_zero, input_flip, requantise };
        Some(Self { layer, weights, instructions })
    }

    /// The geometry it was prepared with.
    #[must_use]
    pub const fn geometry(&self) -> &Geometry {
        &self.layer.geometry
    }

    /// Runs on `batch` inputs of this height and width, and writes all of `output`; both channels-last.
    ///
    /// # Panics
    /// When a slice has not the length that follows from the geometry.
    pub fn run(&self, input: &[u8], [batch, height, width]: [usize; 3], output: &mut [u8], scratch: &mut Scratch) {
        let out = self.layer.geometry.output([height, width]).unwrap_or([0, 0]);
        assert_eq!(input.len(), batch * height * width * self.layer.geometry.input_channels, "length of the input");
        assert_eq!(output.len(), batch * out[0] * out[1] * self.layer.geometry.output_channels, "length of the output");
        let run = Run { layer: &self.layer, input, size: [batch, height, width], out, output, scratch };
        self.instructions.run(Weighted { weights: &self.weights, run });
    }
}

/// A run and its weights, with the machine still to be chosen.
struct Weighted<'a> {
    weights: &'a Weights,
    run: Run<'a>,
}

impl Work for Weighted<'_> {
    #[inline(always)]
    fn run<M: Machine>(self, machine: M) {
        match self.weights {
            Weights::Winograd(weights) => winograd::run(machine, self.run, weights),
            Weights::Taps(weights) => patches::run(machine, self.run, weights),
        }
    }
}
