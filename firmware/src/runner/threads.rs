//! The threads around the loop, each of which tells when it ends; those of the buttons are in `button.rs`.

use super::{Inbox, Limits, Look, Looker, Message, take_look};
use crate::device::Lesson;
use crate::error::Failure;
use crate::eyes::Sight;
use crate::ports::Camera;
use mood::{Example, Reading};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Messages that may wait for the loop. It takes each within microseconds; a button's bounces fit easily.
const WAITING: usize = 64;

/// Where the threads report to.
pub type Outbox = SyncSender<Message>;

/// The real inbox: a channel, and the time since `began`.
pub struct ChannelInbox {
    messages: Receiver<Message>,
    began: Instant,
}

/// An inbox whose clock began at `began`, and the sender for the threads.
pub fn inbox(began: Instant) -> (Outbox, ChannelInbox) {
    let (outbox, messages) = sync_channel(WAITING);
    (outbox, ChannelInbox { messages, began })
}

impl Inbox for ChannelInbox {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn next(&mut self, until: Duration) -> Option<Message> {
        match self.messages.recv_timeout(until.saturating_sub(self.now())) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Message::Ended("messages")),
        }
    }
}

/// Tells the loop when its thread ends, also by a panic.
struct ExitGuard {
    name: &'static str,
    outbox: Outbox,
}

impl Drop for ExitGuard {
    fn drop(&mut self) {
        // Fails only when the loop itself has ended.
        let _ = self.outbox.send(Message::Ended(self.name));
    }
}

enum Order {
    Look,
    Learn(Lesson),
}

/// Orders that may wait: a look, and the corrections of a hasty owner.
const WAITING_ORDERS: usize = 8;

/// Begins looks on the camera's thread. When it is dropped the thread ends, and its camera is off.
pub struct ThreadLooker {
    orders: Option<SyncSender<Order>>,
    abandoned: Arc<AtomicBool>,
    camera_off: Receiver<()>,
}

/// How long the end of the program waits for the camera; one that hangs is left to the system.
const CAMERA_OFF: Duration = Duration::from_millis(800);

impl Drop for ThreadLooker {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::SeqCst);
        self.orders = None;
        // Nothing is ever sent: the other end goes with the camera.
        if self.camera_off.recv_timeout(CAMERA_OFF) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("The camera does not let go");
        }
    }
}

impl ThreadLooker {
    fn send(&self, order: Order) -> Result<(), Failure> {
        match self.orders.as_ref().map(|orders| orders.try_send(order)) {
            // A look that waits already is the look that is wanted; a correction too many is lost.
            Some(Ok(()) | Err(TrySendError::Full(_))) => Ok(()),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(Failure::thread_ended("camera")),
        }
    }
}

impl Looker for ThreadLooker {
    fn begin(&mut self) -> Result<(), Failure> {
        self.abandoned.store(false, Ordering::SeqCst);
        self.send(Order::Look)
    }

    fn abandon(&mut self) {
        self.abandoned.store(true, Ordering::SeqCst);
    }

    fn learn(&mut self, lesson: Lesson) -> Result<(), Failure> {
        self.send(Order::Learn(lesson))
    }
}

/// Starts the camera's thread: for each order one look, reported to `outbox`.
///
/// # Errors
/// When the system gives no thread.
pub fn start_looker(
    camera: Box<dyn Camera>,
    mut eyes: Box<dyn Sight>,
    limits: Limits,
    began: Instant,
    outbox: Outbox,
) -> Result<ThreadLooker, Failure> {
    let (orders, waiting) = sync_channel(WAITING_ORDERS);
    let abandoned = Arc::new(AtomicBool::new(false));
    let (off, camera_off) = sync_channel(0);
    let looker = ThreadLooker { orders: Some(orders), abandoned: Arc::clone(&abandoned), camera_off };
    start("camera", outbox, move |outbox| {
        // Dropped after the camera, which makes the looker's wait end.
        let _off: SyncSender<()> = off;
        let mut camera = camera;
        let mut candidates = LessonCandidates::default();
        while let Some(order) = next_order(&waiting, camera.as_mut()) {
            let message = match order {
                Order::Look => {
                    let now = || began.elapsed();
                    let gone = || abandoned.load(Ordering::SeqCst);
                    let look = take_look(camera.as_mut(), eyes.as_mut(), limits, &now, &gone);
                    candidates.saw(&look);
                    Some(Message::Looked(look))
                }
                Order::Learn(lesson) => candidates.learn(lesson, eyes.as_mut()).map(Message::Learnt),
            };
            if message.is_some_and(|message| outbox.send(message).is_err()) {
                return;
            }
        }
    })?;
    Ok(looker)
}

/// Waits for an order, and lets the camera rest meanwhile; `None` when none will come.
fn next_order(orders: &Receiver<Order>, camera: &mut dyn Camera) -> Option<Order> {
    loop {
        let order = match camera.rest() {
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(wait) => orders.recv_timeout(wait),
        };
        match order {
            Ok(order) => return Some(order),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Looks whose faces can still be learnt from: the one that shows, and one or two that were begun since.
const REMEMBERED: usize = 4;

/// Keeps what was read in the last looks, until it is known what they showed.
#[derive(Debug, Default)]
pub struct LessonCandidates {
    looks: u64,
    readings: VecDeque<(u64, Reading)>,
}

impl LessonCandidates {
    /// A look has ended.
    pub fn saw(&mut self, look: &Look) {
        self.looks += 1;
        let reading = look.result.as_ref().ok().and_then(|verdict| verdict.reading.clone());
        self.readings.extend(reading.map(|reading| (self.looks, reading)));
        let oldest = self.readings.len().saturating_sub(REMEMBERED);
        self.readings.drain(..oldest);
    }

    /// What a look showed is known. `None` when that look is forgotten, or nothing is kept.
    pub fn learn(&self, lesson: Lesson, eyes: &mut dyn Sight) -> Option<Result<usize, String>> {
        let Lesson { look, label, corrected } = lesson;
        let (_, reading) = self.readings.iter().find(|(number, _)| *number == look)?;
        eyes.learn(Example { reading: reading.clone(), label, corrected })
    }
}

pub(super) fn start(
    name: &'static str,
    outbox: Outbox,
    work: impl FnOnce(&Outbox) + Send + 'static,
) -> Result<(), Failure> {
    let body = move || {
        let guard = ExitGuard { name, outbox };
        work(&guard.outbox);
    };
    spawn(name, body)
}

pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    thread::Builder::new().name(name.into()).spawn(work).map(drop).map_err(|error| Failure::no_thread(name, &error))
}
