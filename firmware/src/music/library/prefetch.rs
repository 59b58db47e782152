//! A track made and rendered ahead on a thread of its own, so that a slow disk never stops the mixer.

use crate::music::track::{Status, Stereo, Track};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

/// Frames handed over at once.
const BLOCK: usize = 1024;

/// Blocks rendered ahead: two thirds of a second.
const AHEAD: usize = 32;

/// The near end of a track that is rendered elsewhere. The thread ends when this is dropped.
pub struct Prefetch {
    blocks: Receiver<Vec<Stereo>>,
    block: Vec<Stereo>,
    used: usize,
    /// Frames that were not there in time.
    missed: u64,
    started: bool,
}

impl Prefetch {
    /// Makes a track on a new thread and renders it there.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new<T: Track>(make: impl FnOnce() -> T + Send + 'static) -> std::io::Result<Self> {
        let (send, blocks) = sync_channel(AHEAD);
        thread::Builder::new().name("tracks".to_owned()).spawn(move || {
            let mut track = make();
            loop {
                let mut block = vec![[0.0; 2]; BLOCK];
                match track.render(&mut block) {
                    Status::Waiting => thread::yield_now(),
                    status => {
                        if send.send(block).is_err() || status == Status::Ended {
                            return;
                        }
                    }
                }
            }
        })?;
        Ok(Self { blocks, block: Vec::new(), used: 0, missed: 0, started: false })
    }

    /// Frames that were not there in time, since the first one was.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed
    }
}

impl Track for Prefetch {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        let mut done = 0;
        while done < out.len() {
            if self.used == self.block.len() {
                match self.blocks.try_recv() {
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
