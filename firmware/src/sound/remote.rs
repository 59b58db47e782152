//! The box's end of a sound thread: requests go in through a bounded channel, faults come back.

use super::booth::Request;
use crate::ports::{Chime, Programme, Speaker, SpeakerError};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Requests that may wait. The sound thread takes them every few milliseconds; more means that it hangs.
pub(super) const MOST_REQUESTS: usize = 16;

/// A speaker whose sound is made on a thread of its own. Dropping it ends the thread.
pub(super) struct Remote {
    requests: Option<SyncSender<Request>>,
    faults: Receiver<SpeakerError>,
    thread: Option<JoinHandle<()>>,
    name: String,
    told_dead: bool,
}

impl Remote {
    pub(super) fn new(
        requests: SyncSender<Request>,
        faults: Receiver<SpeakerError>,
        thread: JoinHandle<()>,
        name: String,
    ) -> Self {
        Self { requests: Some(requests), faults, thread: Some(thread), name, told_dead: false }
    }

    fn send(&self, request: Request) -> Result<(), SpeakerError> {
        let Some(requests) = &self.requests else { return Ok(()) };
        requests.try_send(request).map_err(|error| SpeakerError::NoDevice {
            detail: match error {
                TrySendError::Full(_) => "the sound thread does not answer".to_owned(),
                TrySendError::Disconnected(_) => "the sound thread has ended".to_owned(),
            },
        })
    }
}

impl Speaker for Remote {
    fn play(&mut self, programme: Programme, fade: Duration) -> Result<(), SpeakerError> {
        self.send(Request::Play(programme, fade))
    }

    fn skip(&mut self, fade: Duration) -> Result<(), SpeakerError> {
        self.send(Request::Skip(fade))
    }

    fn volume(&mut self, gain_db: f32) -> Result<(), SpeakerError> {
        self.send(Request::Volume(gain_db))
    }

    fn like(&mut self) -> Result<(), SpeakerError> {
        self.send(Request::Like)
    }

    fn chime(&mut self, chime: Chime) -> Result<(), SpeakerError> {
        self.send(Request::Chime(chime))
    }

    fn stop(&mut self, fade: Duration) -> Result<(), SpeakerError> {
        self.send(Request::Stop(fade))
    }

    fn check(&mut self) -> Result<(), SpeakerError> {
        match self.faults.try_recv() {
            Ok(fault) => Err(fault),
            Err(TryRecvError::Disconnected) if !self.told_dead => {
                self.told_dead = true;
                Err(SpeakerError::NoDevice { detail: "the sound thread has ended".to_owned() })
            }
            Err(_) => Ok(()),
        }
    }

    fn describe(&self) -> String {
        self.name.clone()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // Without requests to come the thread ends by itself within a block.
        self.requests = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sound thread had panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn a_dead_sound_thread_is_told_once_and_requests_fail() {
        let (requests, inbox) = sync_channel(1);
        let (outbox, faults) = sync_channel(1);
        let thread = std::thread::spawn(move || drop((inbox, outbox)));
        let mut remote = Remote::new(requests, faults, thread, "card".to_owned());
        while remote.stop(Duration::ZERO).is_ok() {
            std::thread::yield_now();
        }
        // The thread drops the inbox first; the other end follows.
        let mut told = remote.check();
        while told.is_ok() {
            told = remote.check();
        }
        assert!(matches!(told, Err(SpeakerError::NoDevice { .. })));
        assert_eq!(remote.check(), Ok(()));
    }

    #[test]
    fn a_hanging_sound_thread_never_blocks_the_box() {
        let (requests, inbox) = sync_channel(1);
        let (outbox, faults) = sync_channel(1);
        let thread = std::thread::spawn(|| ());
        let mut remote = Remote::new(requests, faults, thread, "card".to_owned());
        assert!(remote.chime(Chime::Ready).is_ok());
        assert!(matches!(remote.chime(Chime::Ready), Err(SpeakerError::NoDevice { .. })));
        drop((inbox, outbox));
    }
}
