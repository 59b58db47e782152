//! The queue between the sound thread and the card's: bounded, never waited on by the card.

use crate::music::Stereo;
use rodio::{ChannelCount, SampleRate, Source};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

/// Blocks that wait in the queue. With the one that waits for room and the one being played this is 40 ms.
const BLOCKS: usize = 2;

/// Blocks a second: 10 ms each.
const BLOCKS_PER_SECOND: u32 = 100;

/// The sound thread's end.
pub(super) struct Queue {
    blocks: SyncSender<Vec<Stereo>>,
    /// Played blocks come back here, so that the card's thread never frees memory.
    used: Receiver<Vec<Stereo>>,
    missed: Arc<AtomicU64>,
    frames: usize,
}

/// The card's end: an endless source.
pub(super) struct Pull {
    blocks: Receiver<Vec<Stereo>>,
    used: SyncSender<Vec<Stereo>>,
    missed: Arc<AtomicU64>,
    rate_hz: SampleRate,
    block: Vec<Stereo>,
    at: usize,
    /// The right sample of a frame whose left one has been given.
    right: Option<f32>,
}

/// Makes both ends.
pub(super) fn queue(rate_hz: u32) -> (Queue, Pull) {
    let (blocks, take) = sync_channel(BLOCKS);
    let (give_back, used) = sync_channel(BLOCKS + 2);
    let missed = Arc::new(AtomicU64::new(0));
    let frames = usize::try_from(rate_hz / BLOCKS_PER_SECOND).unwrap_or(480).max(1);
    let rate_hz = NonZero::new(rate_hz).unwrap_or(NonZero::<u32>::MIN);
    let pull = Pull {
        blocks: take,
        used: give_back,
        missed: Arc::clone(&missed),
        rate_hz,
        block: Vec::new(),
        at: 0,
        right: None,
    };
    (Queue { blocks, used, missed, frames }, pull)
}

impl Queue {
    /// A block to be filled.
    pub(super) fn empty_block(&self) -> Vec<Stereo> {
        self.used
            .try_recv()
            .ok()
            .filter(|block| block.len() == self.frames)
            .unwrap_or_else(|| vec![[0.0; 2]; self.frames])
    }

    /// Puts a block in; gives it back when there is no room.
    pub(super) fn offer(&self, block: Vec<Stereo>) -> Option<Vec<Stereo>> {
        match self.blocks.try_send(block) {
            Ok(()) => None,
            Err(TrySendError::Full(block) | TrySendError::Disconnected(block)) => Some(block),
        }
    }

    /// Frames that were not there in time.
    pub(super) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

impl Iterator for Pull {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if let Some(right) = self.right.take() {
            return Some(right);
        }
        if self.at == self.block.len() {
            match self.blocks.try_recv() {
                Ok(block) => {
                    let played = std::mem::replace(&mut self.block, block);
                    self.at = 0;
                    if !played.is_empty() {
                        drop(self.used.try_send(played));
                    }
                }
                Err(_) => {
                    self.missed.fetch_add(1, Ordering::Relaxed);
                    self.right = Some(0.0);
                    return Some(0.0);
                }
            }
        }
        let [left, right] = self.block.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        self.right = Some(right);
        Some(left)
    }
}

impl Source for Pull {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        const STEREO: ChannelCount = NonZero::<u16>::MIN.saturating_add(1);
        STEREO
    }

    fn sample_rate(&self) -> SampleRate {
        self.rate_hz
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_short_bounded_and_in_order() {
        let (queue, pull) = queue(48_000);
        for value in [0.1, 0.2] {
            let mut block = queue.empty_block();
            block.fill([value, -value]);
            assert!(queue.offer(block).is_none());
        }
        assert!(queue.offer(queue.empty_block()).is_some(), "a third block must wait");
        let samples: Vec<f32> = pull.take(2 * 960).collect();
        assert_eq!((samples[0], samples[1], samples[960], samples[1_919]), (0.1, -0.1, 0.2, -0.2));
    }

    #[test]
    fn an_empty_queue_gives_counted_silence_and_never_waits() {
        let (queue, mut pull) = queue(48_000);
        assert!((0..20).all(|_| pull.next() == Some(0.0)));
        assert_eq!(queue.missed(), 10);
    }

    #[test]
    fn played_blocks_are_used_again() {
        let (queue, mut pull) = queue(48_000);
        let block = queue.empty_block();
        let place = block.as_ptr();
        assert!(queue.offer(block).is_none());
        assert!(queue.offer(vec![[0.0; 2]; 480]).is_none());
        pull.by_ref().take(962).for_each(drop);
        let again = queue.empty_block();
        assert_eq!(again.as_ptr(), place);
    }
}
