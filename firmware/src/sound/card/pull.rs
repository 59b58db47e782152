//! The queue between the sound thread and the card's: bounded, never waited on by the card.

use music::Stereo;
use rodio::{ChannelCount, SampleRate, Source};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// Blocks in the queue, 30 ms: more than a card takes at once, 21 ms with [`super::device::PERIOD`].
const BLOCKS: usize = 3;

/// Blocks a second: 10 ms each.
const BLOCKS_PER_SECOND: u32 = 100;

pub(super) struct Queue {
    blocks: SyncSender<Vec<Stereo>>,
    /// Played blocks come back here, so that the card's thread never frees memory.
    used: Receiver<Vec<Stereo>>,
    waiting: Arc<AtomicUsize>,
    missed: Arc<AtomicU64>,
    frames: usize,
}

/// The card's end: an endless source.
pub(super) struct Pull {
    blocks: Receiver<Vec<Stereo>>,
    used: SyncSender<Vec<Stereo>>,
    waiting: Arc<AtomicUsize>,
    missed: Arc<AtomicU64>,
    rate_hz: SampleRate,
    block: Vec<Stereo>,
    at: usize,
    /// The right sample of a frame whose left one has been given.
    right: Option<f32>,
}

pub(super) fn queue(rate_hz: u32) -> (Queue, Pull) {
    let (blocks, take) = sync_channel(BLOCKS);
    let (give_back, used) = sync_channel(BLOCKS + 1);
    let waiting = Arc::new(AtomicUsize::new(0));
    let missed = Arc::new(AtomicU64::new(0));
    let frames = usize::try_from(rate_hz / BLOCKS_PER_SECOND).unwrap_or(480).max(1);
    let rate_hz = NonZero::new(rate_hz).unwrap_or(NonZero::<u32>::MIN);
    let pull = Pull {
        blocks: take,
        used: give_back,
        waiting: Arc::clone(&waiting),
        missed: Arc::clone(&missed),
        rate_hz,
        block: Vec::new(),
        at: 0,
        right: None,
    };
    (Queue { blocks, used, waiting, missed, frames }, pull)
}

impl Queue {
    pub(super) fn empty_block(&self) -> Vec<Stereo> {
        self.used
            .try_recv()
            .ok()
            .filter(|block| block.len() == self.frames)
            .unwrap_or_else(|| vec![[0.0; 2]; self.frames])
    }

    /// Whether another block is wanted. Nothing is rendered before, as all that waits is heard before what is asked for next.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) < BLOCKS
    }

    /// Puts a block in, for which there must be room; one that finds none, or whose card is gone, is lost.
    pub(super) fn put(&self, block: Vec<Stereo>) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if self.blocks.try_send(block).is_err() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
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
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
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
        let (queue, mut pull) = queue(48_000);
        for value in [0.1, 0.2, 0.3] {
            assert!(queue.has_room());
            let mut block = queue.empty_block();
            block.fill([value, -value]);
            queue.put(block);
        }
        assert!(!queue.has_room(), "a fourth block must wait");
        let samples: Vec<f32> = pull.by_ref().take(3 * 960).collect();
        assert_eq!((samples[0], samples[1], samples[960], samples[2_879]), (0.1, -0.1, 0.2, -0.3));
        assert!(queue.has_room());
    }

    #[test]
    fn what_a_card_takes_at_once_is_in_the_queue() {
        let (queue, mut pull) = queue(48_000);
        for _ in 0..3 {
            while queue.has_room() {
                queue.put(vec![[0.5; 2]; 480]);
            }
            for _ in 0..crate::sound::card::device::PERIOD {
                assert_eq!([pull.next(), pull.next()], [Some(0.5); 2]);
            }
        }
        assert_eq!(queue.missed(), 0);
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
        queue.put(block);
        queue.put(vec![[0.0; 2]; 480]);
        pull.by_ref().take(962).for_each(drop);
        let again = queue.empty_block();
        assert_eq!(again.as_ptr(), place);
    }
}
