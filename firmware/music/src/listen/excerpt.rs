//! Some seconds of a file, decoded for analysis.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "seconds times a rate is a number of frames; loudness fits f32"
)]

use crate::listen::decode::{self, AudioFile};
use crate::listen::features::{Excerpt, RATE_HZ};
use crate::listen::resample::Resampler;
use crate::track::Stereo;
use ebur128::{EbuR128, Mode};
use std::path::Path;
use std::time::Duration;

/// A file up to this long is analysed whole.
const WHOLE_S: f64 = 60.0;

/// Of longer ones, this many seconds from each of these places.
const WINDOW_S: f64 = 15.0;
const PLACES: [f64; 3] = [0.2, 0.5, 0.75];

const BLOCK: usize = 4_096;

pub(crate) struct Heard {
    pub(crate) excerpt: Excerpt,
    /// How long the file plays, where it says so, or was read or walked through to its end.
    pub(crate) duration: Option<Duration>,
}

/// Decodes the stretches of a file that are analysed. `alive` is called now and then.
///
/// # Errors
/// What the system or the decoder says, as a fragment.
pub(crate) fn read(path: &Path, alive: &dyn Fn()) -> Result<Heard, String> {
    let mut file = AudioFile::open(path)?;
    let told = file.length().or_else(|| decode::measure(path));
    alive();
    let mut ear = Ear::new(file.rate_hz())?;
    let mut windows = Vec::new();
    if told.is_some_and(|all| all.as_secs_f64() > WHOLE_S) {
        for place in PLACES {
            if file.seek_share(place) {
                windows.push(ear.listen(&mut file, WINDOW_S, alive)?);
            }
        }
        windows.retain(|window| !window.is_empty());
    }
    let mut read = None;
    if windows.is_empty() {
        // It is short, or can't be wound to the places, or its end is missing: from the start.
        file = AudioFile::open(path)?;
        windows.push(ear.listen(&mut file, WHOLE_S, alive)?);
        let seconds = ear.frames as f64 / f64::from(file.rate_hz());
        read = file.has_ended().then(|| Duration::from_secs_f64(seconds));
    }
    if windows.iter().all(Vec::is_empty) {
        return Err("there is no sound in it".to_owned());
    }
    Ok(Heard { excerpt: ear.excerpt(windows), duration: read.or(told) })
}

/// Measures loudness and width at the file's own rate, and brings the rest to that of the analysis.
struct Ear {
    meter: EbuR128,
    rate_hz: u32,
    middle: f64,
    side: f64,
    frames: u64,
}

impl Ear {
    fn new(rate_hz: u32) -> Result<Self, String> {
        let meter = EbuR128::new(2, rate_hz, Mode::I | Mode::LRA).map_err(|error| error.to_string())?;
        Ok(Self { meter, rate_hz, middle: 0.0, side: 0.0, frames: 0 })
    }

    /// The next seconds of a file, less at its end.
    fn listen(&mut self, file: &mut AudioFile, seconds: f64, alive: &dyn Fn()) -> Result<Vec<f32>, String> {
        let mut left = (seconds * f64::from(self.rate_hz)) as usize;
        let mut resampler = Resampler::new(self.rate_hz, RATE_HZ);
        let mut block: Vec<Stereo> = Vec::with_capacity(BLOCK);
        let mut mono = Vec::new();
        while left > 0 {
            block.clear();
            while block.len() < BLOCK.min(left)
                && let Some(frame) = file.next()
            {
                block.push(frame);
            }
            if block.is_empty() {
                break;
            }
            alive();
            left -= block.len();
            self.measure(&block)?;
            let middle = block.iter().map(|[left, right]| [0.5 * (left + right), 0.0]);
            middle.for_each(|frame| resampler.push(frame, &mut mono));
        }
        resampler.finish(&mut mono);
        Ok(mono.into_iter().map(|[sample, _]| sample).collect())
    }

    fn measure(&mut self, block: &[Stereo]) -> Result<(), String> {
        self.meter.add_frames_f32(block.as_flattened()).map_err(|error| error.to_string())?;
        self.frames += block.len() as u64;
        for [left, right] in block {
            self.middle += f64::from(left + right).powi(2);
            self.side += f64::from(left - right).powi(2);
        }
        Ok(())
    }

    fn excerpt(&self, windows: Vec<Vec<f32>>) -> Excerpt {
        let finite = |value: f64, otherwise: f32| if value.is_finite() { value as f32 } else { otherwise };
        Excerpt {
            windows,
            width: finite(self.side / self.middle.max(1e-9), 0.0).min(4.0),
            loudness_lufs: finite(self.meter.loudness_global().unwrap_or(f64::NAN), -70.0).max(-70.0),
            range_lu: finite(self.meter.loudness_range().unwrap_or(f64::NAN), 0.0),
        }
    }
}
