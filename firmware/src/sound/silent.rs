//! The speaker that makes no sound: for tests, for `check`, and for owners who want light only.

use crate::ports::{Sound, Speaker, SpeakerError};

/// Accepts everything and plays nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SilentSpeaker;

impl Speaker for SilentSpeaker {
    fn send(&mut self, _sound: Sound) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn check(&mut self) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn describe(&self) -> String {
        "no speaker".to_owned()
    }
}
