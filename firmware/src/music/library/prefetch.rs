//! A track made and rendered ahead on a thread of its own, so that a slow disk never stops the mixer.

use crate::music::track::{Status, Stereo, Track};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

/// Frames handed over at once.
const BLOCK: usize = 1024;

/// Blocks rendered ahead: two thirds of a second.
const AHEAD: usize = 32;

/// Frames over which what was rendered before a skip fades away: 5 ms.
const DECLICK: usize = 240;

/// The near end of a track that is rendered elsewhere. The thread ends when this is dropped.
pub struct Prefetch {
    blocks: Receiver<Block>,
    block: Vec<Stereo>,
    used: usize,
    /// Frames that were not there in time.
    missed: u64,
    started: bool,
    skips: Skipper,
    /// The skip that the present block was rendered after.
    skip: u64,
}

/// Some frames, and how many skips had been asked for when they were rendered.
struct Block {
    skip: u64,
    frames: Vec<Stereo>,
}

/// Makes a prefetched track go on to its next piece. What is rendered ahead is thrown away.
#[derive(Debug, Clone, Default)]
pub struct Skipper(Arc<AtomicU64>);

impl Skipper {
    /// Asks for the next piece.
    pub fn skip(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn asked(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Prefetch {
    /// Makes a track on a new thread and renders it there.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new<T: Track>(make: impl FnOnce() -> T + Send + 'static) -> std::io::Result<Self> {
        let (send, blocks) = sync_channel(AHEAD);
        let skips = Skipper::default();
        let asked = skips.clone();
        thread::Builder::new().name("tracks".to_owned()).spawn(move || {
            let mut track = make();
            let mut skip = 0;
            loop {
                while skip < asked.asked() {
                    skip += 1;
                    track.skip();
                }
                let mut frames = vec![[0.0; 2]; BLOCK];
                match track.render(&mut frames) {
                    Status::Waiting => thread::yield_now(),
                    status => {
                        if send.send(Block { skip, frames }).is_err() || status == Status::Ended {
                            return;
                        }
                    }
                }
            }
        })?;
        Ok(Self { blocks, block: Vec::new(), used: 0, missed: 0, started: false, skips, skip: 0 })
    }

    /// What makes it go on to its next piece.
    #[must_use]
    pub fn skipper(&self) -> Skipper {
        self.skips.clone()
    }

    /// Frames that were not there in time, since the first one was.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// After a skip only the next few milliseconds of what was rendered before it are used, and fade away.
    fn obey_skip(&mut self) {
        let asked = self.skips.asked();
        if self.skip == asked {
            return;
        }
        self.skip = asked;
        let rest = &mut self.block[self.used..];
        let length = rest.len().min(DECLICK);
        for (number, frame) in rest[..length].iter_mut().enumerate() {
            #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "some hundred frames")]
            let gain = 1.0 - (number + 1) as f32 / length as f32;
            *frame = frame.map(|sample| sample * gain);
        }
        self.block.truncate(self.used + length);
        // A skip before the first block leaves nothing to wait for in silence.
        self.started = false;
    }

    /// The next block that was rendered after the last skip.
    fn receive(&mut self) -> Result<Vec<Stereo>, TryRecvError> {
        loop {
            let block = self.blocks.try_recv()?;
            if block.skip >= self.skip {
                return Ok(block.frames);
            }
        }
    }
}

impl Track for Prefetch {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        self.obey_skip();
        let mut done = 0;
        while done < out.len() {
            if self.used == self.block.len() {
                match self.receive() {
                    Ok(block) => (self.block, self.used, self.started) = (block, 0, true),
                    Err(reason) => {
                        out[done..].fill([0.0; 2]);
                        if reason == TryRecvError::Disconnected {
                            return Status::Ended;
                        }
                        if self.started {
                            self.missed += u64::try_from(out.len() - done).unwrap_or(0);
                            return Status::Playing;
                        }
                        return Status::Waiting;
                    }
                }
            }
            let count = (self.block.len() - self.used).min(out.len() - done);
            out[done..done + count].copy_from_slice(&self.block[self.used..self.used + count]);
            self.used += count;
            done += count;
        }
        Status::Playing
    }
}
