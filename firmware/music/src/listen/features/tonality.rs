//! Pitch: key, mode, chords, register, roughness.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bins are some thousand, pitches of a peak are positive"
)]

use super::spectrum::{Spectra, correlation, count, decibels, quantile, restlessness};
use super::{Features, Series, timbre};

/// Key profiles of Krumhansl & Kessler 1982.
const KRUMHANSL: [[f32; 12]; 2] = [
    [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
];

/// Key profiles of Temperley 2007.
const TEMPERLEY: [[f32; 12]; 2] = [
    [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400],
    [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330],
];

/// Where tones are looked for, in Hz: up to here they make chroma, and roughness up to [`OVERTONES_HZ`].
const TONES_HZ: (f32, f32) = (55.0, 2_000.0);
const OVERTONES_HZ: f32 = 6_000.0;

/// Peaks weaker than this against the frame's strongest are no tones: -46 dB.
const WEAK: f32 = 0.005;

/// Frames of a stretch whose mode is judged by itself: three seconds.
const STRETCH: usize = 16;

type Chroma = [f32; 12];

#[derive(Clone, Copy)]
struct Peak {
    hz: f32,
    amplitude: f32,
}

impl Peak {
    /// In semitones above A4.
    fn semitones(self) -> f32 {
        12.0 * (self.hz / 440.0).log2()
    }
}

pub(super) fn measure(spectra: &[Spectra], features: &mut Features) {
    let frames: Vec<(Vec<Peak>, f32)> = spectra
        .iter()
        .flat_map(|spectra| spectra.heard().map(|frame| (peaks(frame, spectra.bin_hz), power(frame))))
        .collect();
    let tuning = tuning(&frames);
    let chromas: Vec<Chroma> = frames.iter().map(|(peaks, _)| chroma(peaks, tuning)).collect();
    key_features(&chromas, features);
    chord_features(&chromas, features);
    peak_features(&frames, features);
}

fn power(frame: &[f32]) -> f32 {
    frame.iter().map(|magnitude| magnitude * magnitude).sum()
}

/// Local maxima, their frequency and height refined by a parabola through the logarithms.
fn peaks(frame: &[f32], bin_hz: f32) -> Vec<Peak> {
    let (first, last) = ((TONES_HZ.0 / bin_hz) as usize, ((OVERTONES_HZ / bin_hz) as usize).min(frame.len() - 2));
    let strongest = frame[first..last].iter().copied().fold(0.0, f32::max);
    let mut found = Vec::new();
    for at in first.max(1)..last {
        let (before, here, after) = (frame[at - 1], frame[at], frame[at + 1]);
        if here > before && here >= after && here > WEAK * strongest {
            let [a, b, c] = [before, here, after].map(|value| value.max(1e-9).ln());
            let bend = a - 2.0 * b + c;
            let shift = if bend.abs() > 1e-9 { (0.5 * (a - c) / bend).clamp(-0.5, 0.5) } else { 0.0 };
            found.push(Peak { hz: (at as f32 + shift) * bin_hz, amplitude: (b - 0.25 * (a - c) * shift).exp() });
        }
    }
    found
}

/// How far the music lies from 440 Hz, in semitones: the direction of the mean of all peaks on the circle of a semitone.
fn tuning(frames: &[(Vec<Peak>, f32)]) -> f32 {
    let (mut x, mut y) = (0.0, 0.0);
    let tones = frames.iter().flat_map(|(peaks, _)| peaks).filter(|peak| (110.0..TONES_HZ.1).contains(&peak.hz));
    for peak in tones {
        let turn = std::f32::consts::TAU * peak.semitones();
        x += peak.amplitude * turn.cos();
        y += peak.amplitude * turn.sin();
    }
    y.atan2(x) / std::f32::consts::TAU
}

/// Shares of the pitch classes from A, summing to 1; by the root of the amplitude, so that soft tones count too.
fn chroma(peaks: &[Peak], tuning: f32) -> Chroma {
    let mut chroma = [0.0; 12];
    for peak in peaks.iter().filter(|peak| peak.hz < TONES_HZ.1) {
        let semitones = peak.semitones() - tuning;
        let class = semitones.round();
        // Between two semitones it is no clear tone.
        let weight = peak.amplitude.sqrt() * (1.0 - 2.0 * (semitones - class).abs()).max(0.0);
        chroma[class.rem_euclid(12.0) as usize % 12] += weight;
    }
    let sum = chroma.iter().sum::<f32>().max(1e-9);
    chroma.map(|value| value / sum)
}

/// Correlation with the best key of a mode, and which.
fn best(chroma: &Chroma, profile: &Chroma) -> (f32, usize) {
    (0..12)
        .map(|key| {
            let mut turned = *profile;
            turned.rotate_right(key);
            (correlation(chroma, &turned), key)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or_default()
}

fn sum(chromas: &[Chroma]) -> Chroma {
    chromas.iter().fold([0.0; 12], |mut sum, chroma| {
        sum.iter_mut().zip(chroma).for_each(|(sum, value)| *sum += value);
        sum
    })
}

fn key_features(chromas: &[Chroma], features: &mut Features) {
    let all = sum(chromas);
    let [major, minor] = KRUMHANSL.map(|profile| best(&all, &profile).0);
    features.set("mode_krumhansl", major - minor);
    features.set("key_clarity", major.max(minor));
    let [major, minor] = TEMPERLEY.map(|profile| best(&all, &profile).0);
    features.set("mode_temperley", major - minor);
    features.set("key_clarity_temperley", major.max(minor));
    // Stretch by stretch: modulating music is clear nowhere in the whole.
    let mut series = Series::default();
    let mut keys = Vec::new();
    for stretch in chromas.chunks(STRETCH).filter(|stretch| stretch.len() > STRETCH / 2) {
        let here = sum(stretch);
        let [(major, major_key), (minor, minor_key)] = TEMPERLEY.map(|profile| best(&here, &profile));
        series.push("mode_local", major - minor);
        series.push("key_clarity_local", major.max(minor));
        keys.push(if major > minor { major_key } else { (minor_key + 3) % 12 });
    }
    series.summarise(features);
    let moves = keys.windows(2).filter(|pair| pair[0] != pair[1]).count();
    features.set("key_moves", count(moves) / count(keys.len().saturating_sub(1).max(1)));
    let shares: Vec<f32> = all.iter().map(|value| value / all.iter().sum::<f32>().max(1e-9)).collect();
    features.set("chroma_entropy", entropy(&shares));
    features.set("chroma_peak", quantile(&shares, 1.0));
}

fn chord_features(chromas: &[Chroma], features: &mut Features) {
    let mut series = Series::default();
    for (at, chroma) in chromas.iter().enumerate() {
        series.push("chord_entropy", entropy(chroma));
        let triad = |root: usize, third: usize| {
            (chroma[root] * chroma[(root + third) % 12] * chroma[(root + 7) % 12]).max(0.0).cbrt()
        };
        let best = |third: usize| (0..12).map(|root| triad(root, third)).fold(0.0, f32::max);
        let (major, minor) = (best(4), best(3));
        series.push("triad_mode", major - minor);
        series.push("triad_clarity", major.max(minor));
        let interval = |size: usize| (0..12).map(|root| chroma[root] * chroma[(root + size) % 12]).sum::<f32>();
        series.push("interval_thirds", interval(4) - interval(3));
        series.push("interval_semitones", interval(1));
        series.push("interval_tritones", interval(6));
        series.push("interval_fifths", interval(5));
        if let Some(before) = at.checked_sub(1).and_then(|before| chromas.get(before)) {
            series.push("chroma_change", chroma.iter().zip(before).map(|(now, before)| (now - before).abs()).sum());
        }
    }
    series.summarise(features);
}

fn peak_features(frames: &[(Vec<Peak>, f32)], features: &mut Features) {
    let mut series = Series::default();
    for (peaks, power) in frames {
        series.push("peak_count", count(peaks.len()).max(1.0).log2());
        let partials: Vec<(f32, f32)> = peaks.iter().map(|peak| (peak.hz, peak.amplitude)).collect();
        series.push("roughness", timbre::of(&partials));
        let tones = || peaks.iter().filter(|peak| peak.hz < TONES_HZ.1);
        let weight = tones().map(|peak| peak.amplitude).sum::<f32>().max(1e-9);
        series.push("register", tones().map(|peak| peak.amplitude * peak.semitones()).sum::<f32>() / weight);
        let strongest = tones().map(|peak| peak.amplitude).fold(0.0, f32::max);
        let strong = || tones().filter(|peak| peak.amplitude > 0.25 * strongest);
        series.push("register_low", strong().map(|peak| peak.semitones()).fold(40.0, f32::min));
        let top = strong().max_by(|a, b| a.amplitude.total_cmp(&b.amplitude));
        series.push("register_top", top.map_or(0.0, |peak| peak.semitones()));
        // A Hann window spreads a sine's power over the neighbouring bins: one and a half times its square.
        let in_peaks: f32 = peaks.iter().map(|peak| 1.5 * peak.amplitude * peak.amplitude).sum();
        series.push("tonal_share", decibels((in_peaks / power.max(1e-12)).clamp(1e-4, 1.0)));
    }
    series.summarise(features);
    features.set("register_top_moves", restlessness(series.values("register_top")));
}

/// Entropy of shares, 0..=1 where there are twelve.
fn entropy(shares: &[f32]) -> f32 {
    let sum: f32 = shares.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum();
    sum / 12.0_f32.ln()
}
