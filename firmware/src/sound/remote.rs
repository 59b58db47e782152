//! The box's end of a sound thread: what to play goes in through a bounded channel, faults come back.

use crate::ports::{Sound, Speaker, SpeakerError};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError};
use std::thread::JoinHandle;

/// Sounds that may wait to be played. The sound thread takes them every few milliseconds; more means that it hangs.
pub(super) const MOST_SOUNDS: usize = 16;

/// A speaker whose sound is made on a thread of its own. Dropping it ends the thread.
pub(super) struct Remote {
    sounds: Option<SyncSender<Sound>>,
    faults: Receiver<SpeakerError>,
    thread: Option<JoinHandle<()>>,
    name: String,
    told_dead: bool,
}

impl Remote {
    pub(super) fn new(
        sounds: SyncSender<Sound>,
        faults: Receiver<SpeakerError>,
        thread: JoinHandle<()>,
        name: String,
    ) -> Self {
        Self { sounds: Some(sounds), faults, thread: Some(thread), name, told_dead: false }
    }
}

impl Speaker for Remote {
    fn send(&mut self, sound: Sound) -> Result<(), SpeakerError> {
        let Some(sounds) = &self.sounds else { return Ok(()) };
        sounds.try_send(sound).map_err(|error| SpeakerError::NoDevice {
            detail: match error {
                TrySendError::Full(_) => "the sound thread does not answer".to_owned(),
                TrySendError::Disconnected(_) => "the sound thread has ended".to_owned(),
            },
        })
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
        // Without sounds to come the thread ends by itself within a block.
        self.sounds = None;
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
    use crate::ports::Chime;
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;

    #[test]
    fn a_dead_sound_thread_is_told_once_and_requests_fail() {
        let (sounds, inbox) = sync_channel(1);
        let (outbox, faults) = sync_channel(1);
        let thread = std::thread::spawn(move || drop((inbox, outbox)));
        let mut remote = Remote::new(sounds, faults, thread, "card".to_owned());
        while remote.send(Sound::Stop(Duration::ZERO)).is_ok() {
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
        let (sounds, inbox) = sync_channel(1);
        let (outbox, faults) = sync_channel(1);
        let thread = std::thread::spawn(|| ());
        let mut remote = Remote::new(sounds, faults, thread, "card".to_owned());
        assert!(remote.send(Sound::Chime(Chime::Ready)).is_ok());
        assert!(matches!(remote.send(Sound::Chime(Chime::Ready)), Err(SpeakerError::NoDevice { .. })));
        drop((inbox, outbox));
    }
}
