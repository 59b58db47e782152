//! Pieces as the box plays them: through the mixer, as WAV files.

use super::{MOODS, cpu};
use ebur128::{EbuR128, Mode};
use hound::{SampleFormat, WavSpec, WavWriter};
use mood::{Affect, Expression};
use music::library::index::Index;
use music::listen::features::Features;
use music::{Composer, Mixer};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) const RATE: u32 = 48_000;

/// A composed piece.
pub(crate) struct Piece {
    pub(crate) mood: Expression,
    pub(crate) seed: u64,
    pub(crate) path: PathBuf,
    pub(crate) lufs: f32,
    pub(crate) peak_db: f32,
    features: Option<Features>,
}

impl Piece {
    pub(crate) fn render(mood: Expression, seed: u64, seconds: usize, folder: &Path, rendering: &mut Duration) -> Self {
        let began = cpu::time();
        let mut mixer = Mixer::new(RATE, 0.0);
        mixer.play(Box::new(Composer::new(mood, Affect::of(mood), seed, RATE)), Duration::from_millis(50));
        let mut played = vec![[0.0; 2]; seconds * 48_000];
        mixer.render(&mut played);
        *rendering += cpu::time().saturating_sub(began);
        let mut meter = EbuR128::new(2, RATE, Mode::I | Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(played.as_flattened()).unwrap();
        let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
        let path = std::path::absolute(folder.join(format!("{}-{seed}.wav", mood.name()))).unwrap();
        let spec = WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut file = WavWriter::create(&path, spec).unwrap();
        played.as_flattened().iter().for_each(|sample| file.write_sample((sample * 32_767.0) as i16).unwrap());
        file.finalize().unwrap();
        let lufs = meter.loudness_global().unwrap() as f32;
        Self { mood, seed, path, lufs, peak_db: 20.0 * (peak as f32).log10(), features: None }
    }

    /// Takes what the library heard.
    pub(crate) fn hear(&mut self, index: &Index) {
        self.features = index.get(&self.path).and_then(|entry| entry.sound.clone().ok());
    }

    pub(crate) fn feature(&self, name: &str) -> f32 {
        self.features.as_ref().and_then(|features| features.get(name)).unwrap()
    }
}

/// Removes the pieces of an earlier run.
pub(crate) fn clear(folder: &Path) {
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let seed = name.strip_suffix(".wav").and_then(|name| name.split_once('-'));
        if seed.is_some_and(|(mood, seed)| MOODS.iter().any(|m| m.name() == mood) && seed.parse::<u64>().is_ok()) {
            std::fs::remove_file(&file).unwrap();
        }
    }
}
