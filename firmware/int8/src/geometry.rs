//! Where a convolution's kernel lies, and what the bytes around it mean.

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

    /// Whether no side is nothing, and the groups split the channels evenly.
    pub(crate) fn is_consistent(&self) -> bool {
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
