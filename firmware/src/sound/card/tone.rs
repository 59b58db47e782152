//! A tone to hear whether a card works, and how well it is fed.

use super::SpeakerError;
use super::device::Line;
use crate::music::Stereo;
use std::f32::consts::TAU;
use std::thread;
use std::time::{Duration, Instant};

/// Its pitch: the a of a tuning fork.
const HZ: f32 = 440.0;
/// Its level, as an amplitude: quiet enough for a sleeping house.
const LEVEL: f32 = 0.2;
/// At its ends it swells and fades, so that it does not click.
const RAMP: Duration = Duration::from_millis(50);

/// What came of a tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tone {
    /// The card.
    pub card: String,
    /// Frames a second.
    pub rate_hz: u32,
    /// Frames that were not there in time, of all that the card asked for after the first.
    pub missed: u64,
}

/// Plays it, and waits for its end.
pub(super) fn play(mut line: Line, length: Duration) -> Result<Tone, SpeakerError> {
    let total = frames(length, line.rate_hz);
    let (mut played, mut before) = (0, None);
    // A card that takes nothing must not hold us up.
    let end = Instant::now() + length * 3 + Duration::from_secs(1);
    while played < total {
        if let Some(detail) = line.lost() {
            return Err(SpeakerError::NoDevice { detail });
        }
        if Instant::now() > end {
            return Err(SpeakerError::NoDevice { detail: format!("{} takes no sound", line.name) });
        }
        if !line.queue.has_room() {
            thread::sleep(Duration::from_millis(2));
            continue;
        }
        let mut block = line.queue.empty_block();
        for (frame, at) in block.iter_mut().zip(played..) {
            *frame = sample(at, total, line.rate_hz);
        }
        played = played.saturating_add(u32::try_from(block.len()).unwrap_or(u32::MAX));
        line.queue.put(block);
        // What the card asked for before the first block was there is no fault.
        before.get_or_insert_with(|| line.queue.missed());
    }
    let missed = line.queue.missed().saturating_sub(before.unwrap_or(0));
    // The queue and the card's buffer are still to be heard.
    thread::sleep(Duration::from_millis(150));
    Ok(Tone { card: line.name.clone(), rate_hz: line.rate_hz, missed })
}

fn frames(length: Duration, rate_hz: u32) -> u32 {
    u32::try_from(u128::from(rate_hz) * length.as_millis() / 1_000).unwrap_or(u32::MAX)
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "some seconds of frames are exact below 2^24")]
fn sample(at: u32, total: u32, rate_hz: u32) -> Stereo {
    let ramp = frames(RAMP, rate_hz).max(1);
    let envelope = (at.min(total.saturating_sub(at)) as f32 / ramp as f32).min(1.0);
    let turns = (at as f32 * HZ / rate_hz as f32).fract();
    [LEVEL * envelope * (TAU * turns).sin(); 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_soft_a_that_begins_and_ends_in_silence() {
        let rate_hz = 48_000;
        let total = frames(Duration::from_secs(1), rate_hz);
        let wave: Vec<f32> = (0..=total).map(|at| sample(at, total, rate_hz)[0]).collect();
        assert!(wave[0].abs() < 1e-6 && wave[wave.len() - 1].abs() < 1e-6);
        let loudest = wave.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!((loudest - LEVEL).abs() < 0.01, "{loudest}");
        let rising = wave.windows(2).filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0).count();
        assert!(rising.abs_diff(440) <= 1, "{rising} periods in a second");
    }
}
