//! A guitar amplifier: a waveshaper between a filter that keeps the bass from farting and a loudspeaker's roll-off.

use super::{Block, HighPass, StateVariable};

/// What the loudspeaker lets through, in Hz.
const LOUDSPEAKER_HZ: f32 = 4_000.0;

/// How far off the middle it works, so that even partials come too.
const BIAS: f32 = 0.15;

/// An amplifier for each side.
#[derive(Debug)]
pub(in crate::compose) struct Amplifier {
    /// Whether nothing came and nothing rings any more.
    idle: bool,
    tight: [HighPass; 2],
    loudspeaker: [StateVariable; 2],
}

impl Amplifier {
    pub(in crate::compose) fn new(rate_hz: f32) -> Self {
        Self {
            idle: true,
            tight: [HighPass::new(140.0, rate_hz); 2],
            loudspeaker: [StateVariable::new(LOUDSPEAKER_HZ, 0.75, rate_hz); 2],
        }
    }

    /// Drives a block; `drive` 1 is clean, 30 screams.
    pub(in crate::compose) fn process(&mut self, block: &mut Block, drive: f32) {
        let peak = |block: &Block| block.left.iter().chain(&block.right).fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let silent = peak(block) <= 0.0;
        if silent && self.idle {
            return;
        }
        for (side, samples) in [&mut block.left, &mut block.right].into_iter().enumerate() {
            for sample in samples.iter_mut() {
                let pushed = drive * self.tight[side].next(*sample) + BIAS;
                let shaped = pushed / (1.0 + pushed.abs()) - BIAS / (1.0 + BIAS);
                *sample = self.loudspeaker[side].next(shaped).0;
            }
        }
        self.idle = silent && peak(block) < 1e-5;
    }
}
