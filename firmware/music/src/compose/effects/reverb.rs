//! The room: a feedback delay network of eight lines (Jot & Chaigne 1991).

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "delay lengths are positive and far below 2^24"
)]

use super::{BLOCK, Block, LowPass};

/// Lengths of the lines in ms, without common divisors so that echoes don't pile up.
const LINES_MS: [f32; 8] = [29.7, 33.1, 37.9, 41.3, 47.7, 53.3, 59.1, 67.3];

/// A room.
#[derive(Debug)]
pub(in crate::compose) struct Reverb {
    lines: [Line; 8],
}

#[derive(Debug)]
struct Line {
    samples: Vec<f32>,
    at: usize,
    damping: LowPass,
    gain: f32,
}

impl Reverb {
    /// A room in which sound falls by 60 dB within `decay_s` seconds, highs above `damping_hz` sooner.
    pub(in crate::compose) fn new(decay_s: f32, damping_hz: f32, rate_hz: f32) -> Self {
        let mut new = Self {
            lines: LINES_MS.map(|ms| Line {
                samples: vec![0.0; ((ms * rate_hz / 1000.0) as usize).max(BLOCK)],
                at: 0,
                damping: LowPass::new(damping_hz, rate_hz),
                gain: 0.0,
            }),
        };
        new.set_decay(decay_s);
        new
    }

    /// Another decay, from now on.
    pub(in crate::compose) fn set_decay(&mut self, decay_s: f32) {
        for (line, ms) in self.lines.iter_mut().zip(LINES_MS) {
            line.gain = 10.0_f32.powf(-3.0 * ms / 1000.0 / decay_s);
        }
    }

    /// Turns a block into what the room answers to it. As every line is longer than a block, a whole block of each is there.
    pub(in crate::compose) fn process(&mut self, block: &mut Block) {
        let mut taps = [[0.0; BLOCK]; 8];
        for (tap, line) in taps.iter_mut().zip(&mut self.lines) {
            let (before, after) = line.split();
            tap[..before.len()].copy_from_slice(before);
            tap[before.len()..].copy_from_slice(after);
            for sample in tap {
                *sample = line.damping.next(*sample) * line.gain;
            }
        }
        let [left, right] = [&mut block.left, &mut block.right];
        let input = [*left, *right];
        for at in 0..BLOCK {
            left[at] = 0.4 * (taps[0][at] - taps[2][at] + taps[4][at] - taps[6][at]);
            right[at] = 0.4 * (taps[1][at] - taps[3][at] + taps[5][at] - taps[7][at]);
        }
        hadamard(&mut taps);
        for (index, (tap, line)) in taps.iter_mut().zip(&mut self.lines).enumerate() {
            tap.iter_mut().zip(&input[index % 2]).for_each(|(tap, input)| *tap += input);
            let (before, after) = line.split();
            let (first, second) = tap.split_at(before.len());
            before.copy_from_slice(first);
            after.copy_from_slice(second);
            line.at = (line.at + BLOCK) % line.samples.len();
        }
    }
}

impl Line {
    /// The next block of the line, in the two pieces in which it lies in it.
    fn split(&mut self) -> (&mut [f32], &mut [f32]) {
        let until = (self.samples.len() - self.at).min(BLOCK);
        let (start, end) = self.samples.split_at_mut(self.at);
        (&mut end[..until], &mut start[..BLOCK - until])
    }
}

/// The orthogonal 8x8 Hadamard transform, frame by frame: mixes without adding power.
fn hadamard(taps: &mut [[f32; BLOCK]; 8]) {
    for span in [1, 2, 4] {
        for low in (0..8).filter(|low| low & span == 0) {
            let (upper, lower) = taps.split_at_mut(low + span);
            for (a, b) in upper[low].iter_mut().zip(&mut lower[0]) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
    }
    taps.as_flattened_mut().iter_mut().for_each(|tap| *tap *= 0.353_553_4);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_falls_silent_after_its_decay() {
        let mut room = Reverb::new(0.5, 6_000.0, 48_000.0);
        let mut block = Block::SILENT;
        (block.left[0], block.right[0]) = (1.0, 1.0);
        room.process(&mut block);
        let mut power = |blocks: usize| -> f32 {
            let one = |_| {
                let mut block = Block::SILENT;
                room.process(&mut block);
                block.left.iter().map(|sample| sample * sample).sum::<f32>()
            };
            (0..blocks).map(one).sum()
        };
        let early = power(75);
        power(375);
        let late = power(75);
        assert!(early > 0.0 && late < early * 1e-5, "{early} then {late}");
    }
}
