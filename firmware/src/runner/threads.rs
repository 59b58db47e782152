//! The threads around the loop: camera with eyes, and button. Each tells when it ends, whatever the reason.

use super::{Inbox, Looker, Message, take_look};
use crate::error::Failure;
use crate::eyes::Sight;
use crate::ports::{Button, Camera};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Messages that may wait for the loop. It takes each within microseconds; a button's bounces fit easily.
const WAITING: usize = 64;
/// How long a button is asked at a time.
const BUTTON_WAIT: Duration = Duration::from_millis(200);

/// Where the threads report to.
pub type Outbox = SyncSender<Message>;

/// The real inbox: a channel, and the time since `began`.
pub struct ChannelInbox {
    messages: Receiver<Message>,
    began: Instant,
}

/// An inbox whose clock began at `began`, and the sender for the threads.
#[must_use]
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
struct Farewell {
    name: &'static str,
    outbox: Outbox,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        // Fails only when the loop itself has ended.
        let _ = self.outbox.send(Message::Ended(self.name));
    }
}

/// Begins looks on the camera's thread. When it is dropped the thread ends, and its camera is off.
pub struct ThreadLooker {
    orders: Option<SyncSender<()>>,
    camera_off: Receiver<()>,
}

/// How long the end of the program waits for the camera; one that hangs is left to the system.
const CAMERA_OFF: Duration = Duration::from_millis(800);

impl Drop for ThreadLooker {
    fn drop(&mut self) {
        self.orders = None;
        // Nothing is ever sent: the other end goes with the camera.
        if self.camera_off.recv_timeout(CAMERA_OFF) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("The camera does not let go");
        }
    }
}

impl Looker for ThreadLooker {
    fn begin(&mut self) -> Result<(), Failure> {
        match self.orders.as_ref().map(|orders| orders.try_send(())) {
            // An order that waits already is the look that is wanted.
            Some(Ok(()) | Err(TrySendError::Full(()))) => Ok(()),
            Some(Err(TrySendError::Disconnected(()))) | None => Err(Failure::ThreadEnded { name: "camera" }),
        }
    }
}

/// Starts the camera's thread: for each order one look of up to `frames` frames, reported to `outbox`.
///
/// # Errors
/// When the system gives no thread.
pub fn start_looker(
    camera: Box<dyn Camera>,
    mut sight: Box<dyn Sight>,
    frames: u32,
    began: Instant,
    outbox: Outbox,
) -> Result<ThreadLooker, Failure> {
    let (orders, waiting) = sync_channel(1);
    let (off, camera_off) = sync_channel(0);
    start("camera", outbox, move |outbox| {
        // Dropped after the camera, which makes the looker's wait end.
        let _off: SyncSender<()> = off;
        let mut camera = camera;
        while next_order(&waiting, camera.as_mut()) {
            let look = take_look(camera.as_mut(), sight.as_mut(), frames, &|| began.elapsed());
            if outbox.send(Message::Looked(look)).is_err() {
                return;
            }
        }
    })?;
    Ok(ThreadLooker { orders: Some(orders), camera_off })
}

/// Waits for an order, and lets the camera rest meanwhile; false when none will come.
fn next_order(orders: &Receiver<()>, camera: &mut dyn Camera) -> bool {
    loop {
        let order = match camera.rest() {
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(wait) => orders.recv_timeout(wait),
        };
        match order {
            Ok(()) => return true,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Starts the button's thread.
///
/// # Errors
/// When the system gives no thread.
pub fn start_button(mut button: Box<dyn Button>, outbox: Outbox) -> Result<(), Failure> {
    start("button", outbox, move |outbox| {
        loop {
            let message = match button.wait(BUTTON_WAIT) {
                Ok(None) => continue,
                Ok(Some(level)) => Message::Button(level),
                Err(error) => Message::ButtonLost(error),
            };
            let lost = matches!(message, Message::ButtonLost(_));
            if outbox.send(message).is_err() || lost {
                return;
            }
        }
    })
}

fn start(name: &'static str, outbox: Outbox, work: impl FnOnce(&Outbox) + Send + 'static) -> Result<(), Failure> {
    let body = move || {
        let farewell = Farewell { name, outbox };
        work(&farewell.outbox);
    };
    thread::Builder::new()
        .name(name.into())
        .spawn(body)
        .map(drop)
        .map_err(|error| Failure::Thread { name, detail: error.to_string() })
}
