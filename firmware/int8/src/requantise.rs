//! From exact sums to the bytes of the output.

use crate::Levels;
use crate::lanes::{Sums, WIDEST};

/// `saturate(round((sum + bias) * scale) + zero)`, rounding half to even, as ONNX and onnxruntime have it.
#[derive(Debug, Clone)]
pub(crate) struct Requantise {
    bias: Vec<i32>,
    scale: Vec<f32>,
    zero: i32,
    /// The least and the largest level, less the zero point.
    range: [f32; 2],
    /// What a signed output's bytes are combined with.
    flip: u8,
}

impl Requantise {
    /// None where a scale is no positive finite number or the zero point lies outside of its bytes.
    pub(crate) fn new(levels: &Levels, bias: &[i32], channels: usize) -> Option<Self> {
        let zero = levels.output_zero + if levels.output_signed { 128 } else { 0 };
        let zero = u8::try_from(zero).ok()?;
        let scale = |channel: usize| {
            let weight = levels.weight_scales.get(channel).or_else(|| levels.weight_scales.first())?;
            let scale = levels.input_scale * weight / levels.output_scale;
            (scale.is_finite() && scale > 0.0).then_some(scale)
        };
        // Padded, so that a register can be read from every channel on.
        let mut scales = (0..channels).map(scale).collect::<Option<Vec<_>>>()?;
        scales.resize(channels + WIDEST, 0.0);
        let mut bias = bias.to_vec();
        bias.resize(channels + WIDEST, 0);
        let range = [-f32::from(zero), f32::from(255 - zero)];
        let flip = if levels.output_signed { 0x80 } else { 0 };
        Some(Self { bias, scale: scales, zero: zero.into(), range, flip })
    }

    /// The registers of the channels from `first` on.
    #[inline(always)]
    pub(crate) fn from<S: Sums>(&self, first: usize) -> Channels<'_, S> {
        let (bias, scales) = (S::pieces(&self.bias[first..]), S::scales(&self.scale[first..]));
        Channels { bias, scales: &scales[..bias.len()], range: self.range, zero: self.zero, flip: self.flip }
    }
}

/// What turns the sums of some channels into bytes, a register at a time.
pub(crate) struct Channels<'a, S: Sums> {
    bias: &'a [S::Numbers],
    scales: &'a [S::Scales],
    range: [f32; 2],
    zero: i32,
    flip: u8,
}

impl<S: Sums> Channels<'_, S> {
    /// Writes the bytes of the register `at` into `out`: all, or as many as there is room for.
    #[inline(always)]
    pub(crate) fn write(&self, at: usize, sums: S, out: &mut [u8]) {
        sums.plus(S::new(self.bias[at])).write(self.scales[at], self.range, self.zero, out);
        if self.flip != 0 {
            for byte in out.iter_mut().take(S::WIDE) {
                *byte ^= self.flip;
            }
        }
    }
}
