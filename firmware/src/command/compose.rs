//! `moodbox compose`: renders a mood's music to a WAV file.

use crate::error::{ExitCode, Failure};
use crate::ports::SpeakerError;
use crate::sound::wav::{RATE_HZ, WavFile};
use mood::{Affect, Expression};
use music::compose::soundfont::SoundFont;
use music::{Composer, Mixer};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const FADE_IN: Duration = Duration::from_millis(50);

/// How long it fades at its end, in seconds.
const FADE_OUT_S: u32 = 4;

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
    /// A SoundFont (SF2) that plays it instead of the composer's own instruments
    #[arg(long, value_name = "FILE.sf2")]
    pub soundfont: Option<PathBuf>,
    /// The WAV file to write (16 bit, stereo)
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

pub(super) fn expression(label: &str) -> Result<Expression, String> {
    Expression::from_label(label).ok_or_else(|| {
        let names: Vec<&str> = Expression::ALL.iter().map(|e| e.name()).collect();
        format!("not a mood; the moods are {}", names.join(", "))
    })
}

/// Renders to the file, with the box's own gain, fades and limiter; says on `out` how fast.
///
/// # Errors
/// When the SoundFont can't be used, or something can't be written.
pub fn compose(args: &ComposeArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let start = Instant::now();
    let open = |path: &PathBuf| {
        SoundFont::open(path).map_err(|detail| {
            let what = format!("SoundFont {} can't be used: {detail}", path.display());
            Failure::new(ExitCode::Data, what, "name an SF2 file that plays elsewhere, or leave `--soundfont` out")
        })
    };
    let font = args.soundfont.as_ref().map(open).transpose()?;
    let composer = Composer::new(args.mood, Affect::of(args.mood), args.seed, RATE_HZ).with_instruments(font.as_ref());
    let mut file = WavFile::create(&args.out).map_err(not_written)?;
    let mut mixer = Mixer::new(RATE_HZ, 0.0);
    mixer.play(Box::new(composer), FADE_IN);
    let mut second = vec![[0.0; 2]; usize::try_from(RATE_HZ).unwrap_or(48_000)];
    for left in (0..args.seconds).rev() {
        if left == FADE_OUT_S.min(args.seconds.saturating_sub(1)) {
            mixer.stop(Duration::from_secs(u64::from(left.max(1))));
        }
        mixer.render(&mut second);
        file.write(&second).map_err(not_written)?;
    }
    file.flush().map_err(not_written)?;
    let seconds = f64::from(args.seconds);
    let speed = seconds / start.elapsed().as_secs_f64();
    writeln!(out, "{}: {seconds:.1} s, {speed:.0} times real time", args.out.display())
        .map_err(Failure::write("the text"))
}

fn not_written(error: SpeakerError) -> Failure {
    let (path, detail) = match error {
        SpeakerError::Write { path, detail } => (path, detail),
        other => (String::new(), other.to_string()),
    };
    let what = format!("music can't be written to {path}: {detail}");
    Failure::new(ExitCode::Write, what, "name a file in a folder you may write to, on a disk with room")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(out: PathBuf, seconds: u32) -> ComposeArgs {
        ComposeArgs { mood: Expression::Fear, seconds, seed: 7, soundfont: None, out }
    }

    #[test]
    fn the_file_has_the_length_asked_for_fades_out_and_is_the_same_every_time() {
        let folder = tempfile::TempDir::new().unwrap();
        let render = |name: &str| {
            let path = folder.path().join(name);
            compose(&args(path.clone(), 6), &mut Vec::new()).unwrap();
            let samples: Vec<i16> = hound::WavReader::open(path).unwrap().into_samples().map(Result::unwrap).collect();
            samples
        };
        let samples = render("a.wav");
        assert_eq!(samples.len(), 6 * 2 * 48_000);
        assert!(samples.iter().any(|sample| sample.abs() > 1_000));
        assert!(samples.iter().rev().take(200).all(|sample| sample.abs() < 20));
        assert!(samples == render("b.wav"));
    }

    #[test]
    fn a_full_disk_and_an_unknown_mood_are_said() {
        let error = compose(&args(PathBuf::from("no/such/folder/x.wav"), 1), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().starts_with("music can't be written to no/such/folder/x.wav"), "{error}");
        assert!(expression("jolly").unwrap_err().contains("the moods are angry, disgust"));
    }
}
