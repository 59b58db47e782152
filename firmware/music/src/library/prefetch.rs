//! A track made and rendered ahead on a thread of its own, so that a slow disk never stops the mixer.

use crate::track::{Status, Stereo, Track};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Frames handed over at once.
const BLOCK: usize = 1024;

/// Blocks rendered ahead: two thirds of a second.
const AHEAD: usize = 32;

/// Frames over which what was rendered before a skip fades away: 5 ms.
const DECLICK: usize = 240;

/// How long a skip waits for the next piece rather than leaving a hole: less than the card has in hand.
const PATIENCE: Duration = Duration::from_millis(8);

/// The near end of a track that is rendered elsewhere. The thread ends when this is dropped.
pub struct Prefetch {
    blocks: Receiver<Block>,
    block: Vec<Stereo>,
    used: usize,
    /// Played blocks go back there, so that memory is neither taken nor given while music plays.
    give_back: SyncSender<Vec<Stereo>>,
    started: bool,
    control: Control,
    /// The skip that the present block was rendered after.
    skip: u64,
}

/// Some frames, and how many skips had been asked for when they were rendered.
struct Block {
    skip: u64,
    frames: Vec<Stereo>,
}

/// Reaches a prefetched track wherever it is rendered. Clones reach the same one.
#[derive(Debug, Clone, Default)]
pub struct Control(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    skips: AtomicU64,
    likes: AtomicU64,
    likeable: AtomicBool,
    missed: AtomicU64,
}

impl Control {
    /// Asks for the next piece. What is rendered ahead is thrown away.
    pub fn skip(&self) {
        self.0.skips.fetch_add(1, Ordering::Relaxed);
    }

    /// Says that the owner likes what plays; false when that can't be learnt.
    pub fn like(&self) -> bool {
        let likeable = self.0.likeable.load(Ordering::Relaxed);
        self.0.likes.fetch_add(u64::from(likeable), Ordering::Relaxed);
        likeable
    }

    /// Frames that were not there in time, since the first one was.
    pub fn missed(&self) -> u64 {
        self.0.missed.load(Ordering::Relaxed)
    }

    fn skips(&self) -> u64 {
        self.0.skips.load(Ordering::Relaxed)
    }

    /// The thread's side: passes on what was asked for since the last time.
    fn obey(&self, track: &mut impl Track, skip: &mut u64) {
        for _ in 0..self.0.likes.swap(0, Ordering::Relaxed) {
            track.like();
        }
        while *skip < self.skips() {
            *skip += 1;
            track.skip();
        }
    }
}

impl Prefetch {
    /// Makes a track on a new thread and renders it there.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new<T: Track>(make: impl FnOnce() -> T + Send + 'static) -> std::io::Result<Self> {
        let (send, blocks) = sync_channel(AHEAD);
        let (give_back, used_blocks) = sync_channel::<Vec<Stereo>>(AHEAD);
        let control = Control::default();
        let asked = control.clone();
        thread::Builder::new().name("tracks".to_owned()).spawn(move || {
            let mut track = make();
            let mut skip = 0;
            loop {
                asked.obey(&mut track, &mut skip);
                let mut frames = used_blocks.try_recv().unwrap_or_default();
                frames.resize(BLOCK, [0.0; 2]);
                match track.render(&mut frames) {
                    Status::Waiting => thread::yield_now(),
                    status => {
                        asked.0.likeable.store(track.is_likeable(), Ordering::Relaxed);
                        if send.send(Block { skip, frames }).is_err() || status == Status::Ended {
                            return;
                        }
                    }
                }
            }
        })?;
        Ok(Self { blocks, block: Vec::new(), used: 0, give_back, started: false, control, skip: 0 })
    }

    /// What reaches it once it plays.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// After a skip only the next few milliseconds of what was rendered before it are used, and fade away.
    fn obey_skip(&mut self) {
        let asked = self.control.skips();
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
        // What comes now is no gap.
        self.started = false;
        // Room at once for the thread to go on.
        let until = Instant::now() + PATIENCE;
        while let Ok(block) = self.blocks.recv_timeout(until.saturating_duration_since(Instant::now())) {
            let fresh = block.skip >= asked;
            if fresh {
                self.block.extend_from_slice(&block.frames);
            }
            drop(self.give_back.try_send(block.frames));
            if fresh {
                break;
            }
        }
    }

    /// Takes the next block that was rendered after the last skip.
    fn receive(&mut self) -> Result<(), TryRecvError> {
        loop {
            let Block { skip, frames } = self.blocks.try_recv()?;
            let used = if skip < self.skip { frames } else { std::mem::replace(&mut self.block, frames) };
            drop(self.give_back.try_send(used));
            if skip >= self.skip {
                return Ok(());
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
                    Ok(()) => (self.used, self.started) = (0, true),
                    Err(reason) => {
                        out[done..].fill([0.0; 2]);
                        if reason == TryRecvError::Disconnected {
                            return Status::Ended;
                        }
                        if self.started {
                            let missed = u64::try_from(out.len() - done).unwrap_or(0);
                            self.control.0.missed.fetch_add(missed, Ordering::Relaxed);
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
