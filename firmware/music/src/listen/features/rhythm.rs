//! Onsets, tempo and pulse: how fast, how clear, how sharp.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lags and frames are some thousand"
)]

use super::spectrum::{MelBank, Spectra, count, mean, quantile, root_mean_square, spread};
use super::{Features, Series};

/// The range of tempi looked for, in beats a minute.
const TEMPI: (f32, f32) = (40.0, 220.0);

/// Where listeners tap by preference, and how wide that is in octaves (Moelants 2002).
const PREFERRED_BPM: f32 = 115.0;
const PREFERENCE_OCTAVES: f32 = 0.9;

/// Bands of the onset curve's own spectrum, in Hz: bars, beats, eighths, tremor.
const MODULATION_HZ: [f32; 5] = [0.4, 1.5, 4.0, 8.0, 20.0];

/// What one window says.
struct Pulse {
    tempo_bpm: f32,
    clarity: f32,
    beatiness: f32,
}

/// Sets the features of rhythm: means over the windows.
pub(super) fn measure(spectra: &[Spectra], features: &mut Features) {
    let mut series = Series::default();
    let mut clearest = Pulse { tempo_bpm: 0.0, clarity: 0.0, beatiness: 0.0 };
    for spectra in spectra {
        let (onset, low) = onset_curves(spectra);
        if onset.len() < 40 {
            continue;
        }
        let peaks = peaks(&onset);
        let seconds = count(onset.len()) / spectra.frames_per_s;
        series.push("onset_rate", count(peaks.len()) / seconds);
        for &at in &peaks {
            series.push("onset_strength", onset[at]);
            series.push("attack", sharpness(&onset, at));
        }
        series.push("gap_spread", gaps(&peaks));
        series.push("low_onsets", mean(&low) / mean(&onset).max(1e-6));
        let pulse = pulse(&onset, spectra.frames_per_s);
        series.push("pulse_clarity", pulse.clarity);
        series.push("beatiness", pulse.beatiness);
        for (number, share) in (1..).zip(modulations(&onset, spectra.frames_per_s)) {
            series.push(&format!("modulation_{number}"), share);
        }
        // The clearest window knows the tempo best.
        if pulse.clarity >= clearest.clarity {
            clearest = pulse;
        }
    }
    series.summarise(features);
    features.set("tempo", clearest.tempo_bpm);
    features.set("tempo_log", clearest.tempo_bpm.max(1.0).log2());
}

/// How much the mel bands rise from frame to frame: all of them, and those below 200 Hz.
fn onset_curves(spectra: &Spectra) -> (Vec<f32>, Vec<f32>) {
    let bank = MelBank::new(spectra.bin_hz);
    let bands: Vec<_> = spectra.frames.iter().map(|frame| bank.decibels(frame)).collect();
    // Two frames apart, so that a soft attack is seen as one.
    bands
        .windows(3)
        .map(|frames| {
            let rise = |band: usize| (frames[2][band].max(-50.0) - frames[0][band].max(-50.0)).max(0.0);
            let low = (0..5).map(rise).sum::<f32>();
            let all = low + (5..frames[0].len()).map(rise).sum::<f32>();
            (all / frames[0].len() as f32, low / 5.0)
        })
        .unzip()
}

/// Places where the curve is highest within 70 ms and clearly above its surroundings.
fn peaks(onset: &[f32]) -> Vec<usize> {
    let floor = 0.35 * quantile(onset, 0.98).max(0.6);
    let mut peaks: Vec<usize> = Vec::new();
    for at in 3..onset.len().saturating_sub(3) {
        let here = onset[at];
        let around = &onset[at.saturating_sub(12)..(at + 12).min(onset.len())];
        let highest = onset[at - 3..=at + 3].iter().all(|value| *value <= here);
        if highest && here > mean(around) + 0.3 && here > floor && peaks.last().is_none_or(|last| at - last > 3) {
            peaks.push(at);
        }
    }
    peaks
}

/// How steeply a peak rises, in dB a frame.
fn sharpness(onset: &[f32], at: usize) -> f32 {
    onset[at] - onset[at.saturating_sub(2)]
}

/// How uneven the gaps between onsets are: spread by mean.
fn gaps(peaks: &[usize]) -> f32 {
    let gaps: Vec<f32> = peaks.windows(2).map(|pair| count(pair[1] - pair[0])).collect();
    spread(&gaps) / mean(&gaps).max(1.0)
}

/// The autocorrelation of the curve, weighted by what listeners prefer to tap.
fn pulse(onset: &[f32], frames_per_s: f32) -> Pulse {
    let usual = mean(onset);
    let centred: Vec<f32> = onset.iter().map(|value| value - usual).collect();
    let at_lag = |lag: usize| {
        let pairs = centred.iter().zip(centred.iter().skip(lag));
        pairs.map(|(a, b)| a * b).sum::<f32>() / count(centred.len().saturating_sub(lag).max(1))
    };
    let power = at_lag(0).max(1e-9);
    let lag_of = |bpm: f32| (60.0 * frames_per_s / bpm) as usize;
    let (first, last) = (lag_of(TEMPI.1).max(2), lag_of(TEMPI.0).min(onset.len() / 2));
    let curve: Vec<f32> = (0..=last + 1).map(|lag| at_lag(lag) / power).collect();
    let mut best = Pulse { tempo_bpm: 0.0, clarity: 0.0, beatiness: 0.0 };
    let mut best_score = f32::MIN;
    for lag in first..=last {
        let (before, here, after) = (curve[lag - 1], curve[lag], curve[lag + 1]);
        if here < before || here < after {
            continue;
        }
        // Between two frames: the top of the parabola through three points.
        let bend = before - 2.0 * here + after;
        let shift = if bend.abs() > 1e-9 { 0.5 * (before - after) / bend } else { 0.0 };
        let bpm = 60.0 * frames_per_s / (lag as f32 + shift);
        let octaves = (bpm / PREFERRED_BPM).log2() / PREFERENCE_OCTAVES;
        // A beat is confirmed by its double.
        let double = curve.get(2 * lag).copied().unwrap_or(0.0).max(0.0);
        let score = (here + 0.5 * double) * (-0.5 * octaves * octaves).exp();
        if score > best_score {
            best_score = score;
            best = Pulse { tempo_bpm: bpm, clarity: here.max(0.0), beatiness: 0.0 };
        }
    }
    best.beatiness = curve.iter().skip(first).map(|value| value.max(0.0)).fold(0.0, f32::max);
    best
}

/// Shares of the curve's movement in the modulation bands, in decibels.
fn modulations(onset: &[f32], frames_per_s: f32) -> [f32; MODULATION_HZ.len() - 1] {
    let usual = mean(onset);
    let length = onset.len();
    let step = frames_per_s / count(length);
    let mut planner = realfft::RealFftPlanner::<f32>::new();
    let transform = planner.plan_fft_forward(length);
    let mut input: Vec<f32> = onset.iter().map(|value| value - usual).collect();
    let mut output = transform.make_output_vec();
    let mut shares = [0.0; MODULATION_HZ.len() - 1];
    if transform.process(&mut input, &mut output).is_err() {
        return shares;
    }
    let magnitude = |low: f32, high: f32| {
        let bins = (low / step) as usize..((high / step) as usize).min(output.len());
        root_mean_square(output.get(bins).unwrap_or_default().iter().map(|bin| bin.norm_sqr().sqrt()))
    };
    let all = magnitude(MODULATION_HZ[0], MODULATION_HZ[MODULATION_HZ.len() - 1]).max(1e-9);
    for (share, edges) in shares.iter_mut().zip(MODULATION_HZ.windows(2)) {
        *share = 20.0 * (magnitude(edges[0], edges[1]) / all).max(1e-3).log10();
    }
    shares
}
