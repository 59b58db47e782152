//! The speaker: mixes what plays, and hands it to a sound card, to a WAV file, or to nobody.
//!
//! ```text
//! Sound -> engine (composer or the owner's tracks) -> mixer (cross-fade, chimes, gain, limiter)
//!    -> card: 10 ms blocks -> short queue -> rodio        or -> wav: paced by the wall clock -> file
//! ```
//!
//! Each output has one thread, which owns the engine; the box talks to it through bounded channels and never waits.

pub mod card;
pub mod engine;
pub(crate) mod wav;

pub use crate::ports::SpeakerError;
use crate::ports::{Sound, Speaker};
use music::library::LibrarySettings;
use std::path::PathBuf;
use std::time::Duration;

/// Where the sound goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeakerChoice {
    /// The sound card of this name, or the system's default one; a WAV file where there is none.
    Card(Option<String>),
    /// As [`SpeakerChoice::Card`], but silent until there is one.
    CardToCome(Option<String>),
    /// A WAV file, written at the pace it would sound.
    Wav(PathBuf),
    /// Nowhere.
    Silent,
}

/// What the owner chose about music.
#[derive(Debug, Clone, PartialEq)]
pub struct MusicSettings {
    /// The owner's folder with one folder of tracks a mood; `None` composes everything.
    pub folder: Option<PathBuf>,
    /// How the owner's whole music is chosen from; `None` leaves it alone.
    pub library: Option<LibrarySettings>,
    /// A SoundFont (SF2) whose instruments play composed music; `None` has the composer's own.
    pub soundfont: Option<PathBuf>,
    /// Gain on everything at the start, in dB; at most 0, as the limiter has the last word.
    pub gain_db: f32,
    /// How long one of the owner's tracks fades into the next.
    pub track_fade: Duration,
    /// Where the sound is written when there is no sound card.
    pub wav_fallback: PathBuf,
}

impl Default for MusicSettings {
    fn default() -> Self {
        Self {
            folder: None,
            library: None,
            soundfont: None,
            gain_db: 0.0,
            track_fade: Duration::from_secs(2),
            wav_fallback: PathBuf::from("moodbox.wav"),
        }
    }
}

/// A speaker, and what its owner should know about it.
pub struct OpenedSpeaker {
    /// The speaker.
    pub speaker: Box<dyn Speaker>,
    /// Set when it is not what was asked for: `no sound card found; writing what would play to moodbox.wav`.
    pub note: Option<String>,
}

/// Opens the speaker.
///
/// A card that can't be opened is no error: the sound goes to [`MusicSettings::wav_fallback`] instead, or nowhere, and
/// the note says so.
///
/// # Errors
/// When a WAV file was asked for and can't be created.
pub fn open(choice: SpeakerChoice, music: &MusicSettings) -> Result<OpenedSpeaker, SpeakerError> {
    let fine = |speaker: Box<dyn Speaker>| Ok(OpenedSpeaker { speaker, note: None });
    let (name, waits) = match choice {
        SpeakerChoice::Silent => return fine(Box::new(SilentSpeaker)),
        SpeakerChoice::Wav(path) => return fine(Box::new(wav::open(&path, music)?)),
        SpeakerChoice::CardToCome(name) => (name, true),
        SpeakerChoice::Card(name) => (name, false),
    };
    let why = match card::open(name.as_deref(), music) {
        Ok(card) => return fine(Box::new(card)),
        Err(SpeakerError::NoDevice(detail)) => detail,
        Err(error) => error.to_string(),
    };
    let path = &music.wav_fallback;
    let (speaker, what): (Box<dyn Speaker>, String) = if waits {
        (Box::new(card::wait_for(name.as_deref(), music)?), "silent until there is one".to_owned())
    } else {
        match wav::open(path, music) {
            Ok(file) => (Box::new(file), format!("writing what would play to {}", path.display())),
            Err(error) => (Box::new(SilentSpeaker), format!("{error}; the box stays silent")),
        }
    };
    Ok(OpenedSpeaker { speaker, note: Some(format!("{why}; {what}")) })
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct SilentSpeaker;

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

#[cfg(test)]
mod tests;
