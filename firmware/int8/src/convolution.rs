//! A convolution prepared for this machine, and its run.

use crate::machine::{Instructions, Machine, Work, panels};
use crate::requantise::Requantise;
use crate::{patches, winograd};

/// Where a convolution's kernel lies, as the attributes of ONNX say it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Geometry {
    /// Channels of the input.
    pub input_channels: usize,
    /// Channels of the output.
    pub output_channels: usize,
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Steps down and to the right.
    pub strides: [usize; 2],
    /// Distances between the kernel's taps.
    pub dilations: [usize; 2],
    /// Padding at the top, left, bottom and right.
    pub pads: [usize; 4],
    /// Groups the channels are split into.
    pub groups: usize,
}

impl Geometry {
    /// Height and width of the output for an input of this height and width; none where the kernel doesn't fit.
    #[must_use]
    pub fn output(&self, [height, width]: [usize; 2]) -> Option<[usize; 2]> {
        let [top, left, bottom, right] = self.pads;
        let side = |axis: usize, padded: usize| {
            let reach = self.dilations[axis] * (self.kernel[axis].checked_sub(1)?) + 1;
            Some(padded.checked_sub(reach)? / self.strides[axis].max(1) + 1)
        };
        Some([side(0, height + top + bottom)?, side(1, width + left + right)?])
    }

    /// Input channels of a group.
    pub(crate) const fn depth(&self) -> usize {
        self.input_channels / self.groups
    }

    fn is_consistent(&self) -> bool {
        let positive = [&self.kernel[..], &self.strides, &self.dilations].concat().iter().all(|&value| value > 0);
        let channels = [self.input_channels, self.output_channels];
        positive && self.groups > 0 && channels.iter().all(|&count| count > 0 && count % self.groups == 0)
    }
}

/// What the bytes of a quantised convolution mean: `value = scale * (level - zero)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// Scale of the input.
    pub input_scale: f32,
    /// Zero point of the input, in 0..=255, or in -128..=127 where it is signed.
    pub input_zero: i16,
    /// Whether the input's bytes are `i8`.
    pub input_signed: bool,
    /// Scales of the weights: one, or one for each output channel.
    pub weight_scales: Vec<f32>,
    /// Scale of the output.
    pub output_scale: f32,
    /// Zero point of the output.
    pub output_zero: i16,
    /// Whether the output's bytes are `i8`.
    pub output_signed: bool,
}

/// Room for what is between input and output, reused between runs.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) padded: Vec<u8>,
    pub(crate) rows: Vec<i16>,
    pub(crate) sums: Vec<i32>,
}

/// Makes `buffer` at least `len` long, and gives that much of it.
pub(crate) fn room<T: Copy + Default>(buffer: &mut Vec<T>, len: usize) -> &mut [T] {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
    &mut buffer[..len]
}

/// `QLinearConv` with its weights laid out for this machine.
#[derive(Debug, Clone)]
pub struct Convolution {
    pub(crate) geometry: Geometry,
    pub(crate) input_zero: u8,
    /// What a signed input's bytes are combined with (exclusive or), so that they rise from 0 to 255.
    pub(crate) input_flip: u8,
    pub(crate) requantise: Requantise,
    pub(crate) weights: Weights,
    instructions: Instructions,
}

/// Weights in the order they are read in.
#[derive(Debug, Clone)]
pub(crate) enum Weights {
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
        let (outputs, depth) = (geometry.output_channels, geometry.depth_of_consistent()?);
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
        Some(Self { geometry, input_zero, input_flip, requantise, weights, instructions })
    }

    /// The geometry it was prepared with.
    #[must_use]
    pub const fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Runs on `batch` inputs of this height and width, and writes all of `output`; both channels-last.
    ///
    /// # Panics
    /// When a slice has not the length that follows from the geometry.
    pub fn run(&self, input: &[u8], [batch, height, width]: [usize; 3], output: &mut [u8], scratch: &mut Scratch) {
        let out = self.geometry.output([height, width]).unwrap_or([0, 0]);
        assert_eq!(input.len(), batch * height * width * self.geometry.input_channels, "length of the input");
        assert_eq!(output.len(), batch * out[0] * out[1] * self.geometry.output_channels, "length of the output");
        let run = Run { convolution: self, input, size: [batch, height, width], out, output, scratch };
        self.instructions.run(run);
    }
}

impl Geometry {
    fn depth_of_consistent(&self) -> Option<usize> {
        self.is_consistent().then(|| self.depth())
    }
}

/// One run, with the machine still to be chosen.
pub(crate) struct Run<'a> {
    pub(crate) convolution: &'a Convolution,
    pub(crate) input: &'a [u8],
    /// Batch, height, width of the input.
    pub(crate) size: [usize; 3],
    /// Height and width of the output.
    pub(crate) out: [usize; 2],
    pub(crate) output: &'a mut [u8],
    pub(crate) scratch: &'a mut Scratch,
}

impl Work for Run<'_> {
    #[inline(always)]
    fn run<M: Machine>(self, machine: M) {
        match &self.convolution.weights {
            Weights::Winograd(weights) => winograd::run(machine, self, weights),
            Weights::Taps(weights) => patches::run(machine, self, weights),
        }
    }
}

/// Lays a matrix of weights out in panels for `instructions`: `weight(output, depth)` for all of both.
pub(crate) fn lay_out(
    instructions: Instructions,
    outputs: usize,
    depth: usize,
    weight: impl Fn(usize, usize) -> i16,
) -> Vec<i16> {
    panels(instructions, outputs, depth, weight)
}
