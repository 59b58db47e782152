//! The configuration: the embedded default with the owner's file on top.
//!
//! Every mistake of the owner's file is reported, not only the first, each with its line and what to do.

mod keys;
mod read;

pub(crate) use read::nearest;

use crate::camera::CameraSettings;
use crate::error::{ExitCode, Failure};
use crate::gesture::Timing;
use crate::gpio::wiring::{Conflict, Wiring};
use crate::runner::Limits;
use crate::sound::MusicSettings;
use crate::{device, home};
use mood::Brightness;
use music::library::{Broken, LibrarySettings, MoodFolders};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// The embedded default, which is also the template `moodbox config` prints.
pub const TEMPLATE: &str = include_str!("../config/default.toml");

/// The largest configuration that is read, in MiB.
const MOST_MIB: u64 = 1;

/// What the owner chose; fields as in `config/default.toml`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// How the box looks.
    pub look: Look,
    /// Edges ignored after the first.
    pub debounce: Duration,
    /// How long the button's gestures take.
    pub gestures: Timing,
    /// Share of full that everything is dimmed to.
    pub brightness: Brightness,
    /// Times of the music.
    pub fades: device::Fades,
    /// How loud the box is, and can become.
    pub volume: device::Volume,
    /// Own tracks, and the file that stands in for a missing sound card.
    pub music: MusicSettings,
    /// Which camera, and how it is set.
    pub camera: CameraSettings,
    /// What is connected to which pin.
    pub wiring: Wiring,
    /// The sound card by name; `None` is the best there is.
    pub card: Option<String>,
    /// An expression network instead of the built-in one.
    pub model: Option<PathBuf>,
}

/// How the box looks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// Smallest confidence that counts as an answer, 0..=1; 0 takes the network's own.
    pub unsure_below: f32,
    /// How far one look goes.
    pub limits: Limits,
    /// The folder for what the owner teaches about faces; `None` is [`crate::home::faces`].
    pub memory: Option<PathBuf>,
    /// Longest time from press to answer.
    pub time_limit: Duration,
}

impl Config {
    /// The embedded default.
    ///
    /// # Errors
    /// When the embedded file has a mistake, which a test rules out.
    pub fn embedded() -> Result<Self, ConfigError> {
        let mut config = Self::default();
        *config.library() =
            LibrarySettings { index: home::index(), taste: home::taste(), ..LibrarySettings::default() };
        read::apply(&mut config, TEMPLATE, Path::new("default.toml"))?;
        Ok(config)
    }

    fn library(&mut self) -> &mut LibrarySettings {
        self.music.library.get_or_insert_default()
    }

    /// The embedded default with the file at `path` on top; only the default without a path.
    ///
    /// # Errors
    /// When the file can't be read, or with everything that is wrong in it.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        path.map_or_else(Self::embedded, |path| Self::of_text(&text(path)?, path))
    }

    /// As [`Config::load`], with the text of the file that lies, or will lie, at `path`.
    ///
    /// # Errors
    /// With everything that is wrong in it.
    pub fn of_text(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::embedded()?;
        read::apply(&mut config, text, path)?;
        Ok(config)
    }

    /// The template with the values of the file at `path` in place: what holds, with every comment.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn resolved(path: &Path) -> Result<String, ConfigError> {
        Self::load(Some(path))?;
        Ok(read::overlay(TEMPLATE, &text(path)?))
    }

    /// What the state machine needs of it. `seed` is the first piece's.
    pub fn device(&self, seed: u64) -> device::Settings {
        // Half of a short time at most, so that some of it is music.
        let sleep_fade = self.fades.sleep_fade.min(self.fades.play_for.unwrap_or_default() / 2);
        device::Settings {
            time_limit: self.look.time_limit,
            fades: device::Fades { sleep_fade, ..self.fades.clone() },
            volume: self.volume,
            choice: self.choice(),
            seed,
        }
    }

    /// What the sound needs of it.
    pub fn sound(&self) -> MusicSettings {
        let folder = self.music.folder.clone().or_else(home::music);
        MusicSettings { folder, gain_db: self.volume.start_db, ..self.music.clone() }
    }

    /// What holds, and does not do what its owner may expect: about files that are not there now.
    pub fn troubles(&self) -> Vec<String> {
        let folders = self.music.folder.clone().map(|folder| MoodFolders::new(folder, Broken::default()));
        folders.iter().flat_map(MoodFolders::troubles).collect()
    }

    fn conflicts(&self) -> Vec<Conflict> {
        let device::Volume { start_db, min_db, max_db } = self.volume;
        let mut found = self.wiring.conflicts();
        if !(min_db..=max_db).contains(&start_db) {
            found.push(Conflict {
                key: ("music", "volume_db"),
                what: format!(
                    "`music.volume_db` is {start_db}, it must lie between `volume_min_db` ({min_db}) and `volume_max_db` ({max_db})"
                ),
                hint: "change one of the three".to_owned(),
            });
        }
        found
    }

    /// How long each mood shows while the owner chooses: all within the time of that hold, but never as a flicker.
    fn choice(&self) -> Duration {
        let time = self.gestures.stop.saturating_sub(self.gestures.choose);
        (time / device::CHOICES).max(mood::light::SHORTEST_PERIOD)
    }
}

fn text(path: &Path) -> Result<String, ConfigError> {
    files::read_text(path, MOST_MIB)
        .map_err(|error| ConfigError::Unreadable { path: path.to_path_buf(), detail: error.to_string() })
}

/// One mistake, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong, as a lower-case fragment.
    pub what: String,
    /// The next thing to do.
    pub hint: String,
}

/// Why a configuration can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file can't be read.
    #[error("configuration {} can't be read: {detail}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The file has mistakes; all of them, in order of their lines.
    #[error("configuration {} has {}{}", .path.display(), counted(.problems.len()), lines(.path, .problems))]
    Mistakes {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problems: Vec<Problem>,
    },
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = "write one with `moodbox config > moodbox.toml`, or leave out `--config`";
        match &error {
            ConfigError::Mistakes { .. } => Self::explained(ExitCode::Configuration, error),
            ConfigError::Unreadable { .. } => Self::new(ExitCode::Configuration, error, hint),
        }
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 mistake".into() } else { format!("{count} mistakes") }
}

fn lines(path: &Path, problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("\n  {}:{}: {}\n    hint: {}", path.display(), p.line, p.what, p.hint)).collect()
}

#[cfg(test)]
mod tests;
