//! The speaker that makes no sound: for tests, for `check`, and for owners who want light only.

use crate::ports::{Chime, Programme, Speaker, SpeakerError};
use std::time::Duration;

/// Accepts everything and plays nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SilentSpeaker;

impl Speaker for SilentSpeaker {
    fn play(&mut self, _programme: Programme, _fade: Duration) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn skip(&mut self, _fade: Duration) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn volume(&mut self, _gain_db: f32) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn like(&mut self) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn chime(&mut self, _chime: Chime) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn stop(&mut self, _fade: Duration) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn check(&mut self) -> Result<(), SpeakerError> {
        Ok(())
    }

    fn describe(&self) -> String {
        "no speaker".to_owned()
    }
}
