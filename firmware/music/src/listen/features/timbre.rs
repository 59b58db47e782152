//! The colour of the sound: where its energy lies, how peaked and how rough it is, how loudness and colour change.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "bins are some thousand; a frequency by a bin's width is a bin"
)]

use super::spectrum::{BANDS, MelBank, Spectra, count, decibels, mean, quantile, root_mean_square, spread};
use super::{Features, LEVEL, Series};

/// Edges of the octave bands whose contrast is measured, in Hz.
const OCTAVES: [f32; 8] = [60.0, 200.0, 400.0, 800.0, 1_600.0, 3_200.0, 6_400.0, 11_000.0];

/// Edges of the wide bands whose shares are measured, in Hz.
const BROAD: [f32; 6] = [30.0, 150.0, 500.0, 1_500.0, 4_000.0, 11_000.0];

/// Share of the bins that count as peak or as valley of a band.
const EXTREME: f32 = 0.1;

pub(super) fn measure(spectra: &[Spectra], windows: &[Vec<f32>], features: &mut Features) {
    let mut series = Series::default();
    for spectra in spectra {
        let bank = MelBank::new(spectra.bin_hz);
        let mut last: Option<Vec<f32>> = None;
        for frame in spectra.heard() {
            add(&mut series, frame, spectra.bin_hz, &bank, &mut last);
        }
    }
    for moment in windows.iter().flat_map(|window| window.chunks_exact(2_048)) {
        series.push("crossings", crossings(moment));
    }
    series.summarise(features);
    let contrasts: Vec<f32> = (1..OCTAVES.len()).map(|band| mean(series.values(&format!("contrast_{band}")))).collect();
    features.set("contrast", mean(&contrasts));
}

/// Changes of sign a sample.
fn crossings(moment: &[f32]) -> f32 {
    moment.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count() as f32 / moment.len() as f32
}

fn add(series: &mut Series, frame: &[f32], bin_hz: f32, bank: &MelBank, last: &mut Option<Vec<f32>>) {
    let bin = |hz: f32| ((hz / bin_hz).round() as usize).min(frame.len());
    let powers: Vec<f32> = frame.iter().map(|magnitude| magnitude * magnitude).collect();
    let all: f32 = powers.iter().sum::<f32>().max(1e-12);
    let magnitudes: f32 = frame.iter().sum::<f32>().max(1e-12);
    let hz = |at: usize| at as f32 * bin_hz;
    let centroid = frame.iter().enumerate().map(|(at, value)| hz(at) * value).sum::<f32>() / magnitudes;
    let variance =
        frame.iter().enumerate().map(|(at, value)| (hz(at) - centroid).powi(2) * value).sum::<f32>() / magnitudes;
    series.push("centroid", centroid.max(1.0).log2());
    series.push("bandwidth", variance.sqrt().max(1.0).log2());
    let mut sum = 0.0;
    let rolloff = powers.iter().position(|power| {
        sum += power;
        sum >= 0.85 * all
    });
    series.push("rolloff", hz(rolloff.unwrap_or(0)).max(1.0).log2());
    let heard = &powers[bin(60.0).min(powers.len() - 1)..];
    let logs = heard.iter().map(|power| power.max(1e-12).ln()).sum::<f32>() / heard.len() as f32;
    series.push("flatness", logs - (heard.iter().sum::<f32>() / heard.len() as f32).max(1e-12).ln());
    let entropy: f32 = powers.iter().map(|power| power / all).filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum();
    series.push("entropy", entropy / (powers.len() as f32).ln());
    add_bands(series, &powers, all, bin);
    series.push("slope", slope(&bank.decibels(frame)));
    let normal: Vec<f32> = frame.iter().map(|value| value / magnitudes).collect();
    if let Some(last) = last {
        series.push("flux", normal.iter().zip(&*last).map(|(now, before)| (now - before).max(0.0)).sum());
    }
    *last = Some(normal);
}

fn add_bands(series: &mut Series, powers: &[f32], all: f32, bin: impl Fn(f32) -> usize) {
    for (number, edges) in (1..).zip(OCTAVES.windows(2)) {
        let mut band = powers[bin(edges[0])..bin(edges[1])].to_vec();
        band.sort_unstable_by(f32::total_cmp);
        let extreme = ((EXTREME * band.len() as f32) as usize).max(1);
        let valley = decibels(mean(&band[..extreme.min(band.len())]));
        let peak = decibels(mean(&band[band.len().saturating_sub(extreme)..]));
        series.push(&format!("contrast_{number}"), peak - valley);
        series.push(&format!("valley_{number}"), valley);
    }
    for (number, edges) in (1..).zip(BROAD.windows(2)) {
        let share = powers[bin(edges[0])..bin(edges[1])].iter().sum::<f32>() / all;
        series.push(&format!("share_{number}"), decibels(share.max(1e-5)));
    }
}

/// How steeply the bands fall, in dB a band.
fn slope(bands: &[f32; BANDS]) -> f32 {
    let middle = (BANDS - 1) as f32 / 2.0;
    let (mut product, mut square) = (0.0, 0.0);
    for (at, level) in bands.iter().enumerate() {
        let x = at as f32 - middle;
        product += x * level;
        square += x * x;
    }
    product / square
}

/// Samples of a moment: 46 ms.
const MOMENT: usize = 1_024;

pub(super) fn measure_dynamics(windows: &[Vec<f32>], features: &mut Features) {
    let peak = windows.iter().flatten().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    features.set("crest", 20.0 * (peak / LEVEL).log10());
    let levels: Vec<f32> = windows
        .iter()
        .flat_map(|window| window.chunks_exact(MOMENT))
        .map(|moment| root_mean_square(moment.iter().copied()))
        .collect();
    let in_decibels: Vec<f32> = levels.iter().map(|level| decibels(level * level)).collect();
    features.set("level_spread", spread(&in_decibels));
    features.set("level_range", quantile(&in_decibels, 0.95) - quantile(&in_decibels, 0.1));
    let usual = mean(&levels);
    let quiet = levels.iter().filter(|level| **level < usual).count();
    features.set("quiet_share", count(quiet) / count(levels.len().max(1)));
    // How far a second rises above the one before: slow swells.
    let seconds: Vec<f32> = in_decibels.chunks(21).map(mean).collect();
    features.set("swell", seconds.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max));
    features.set("swell_mean", super::spectrum::restlessness(&seconds));
}

/// Partials that are compared with each other.
const PARTIALS: usize = 24;

/// The roughness of a set of partials `(frequency in Hz, amplitude)`, against their power; 0 for a pure tone.
pub(super) fn of(partials: &[(f32, f32)]) -> f32 {
    let mut loudest = partials.to_vec();
    loudest.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
    loudest.truncate(PARTIALS);
    let power: f32 = loudest.iter().map(|(_, amplitude)| amplitude * amplitude).sum();
    let mut sum = 0.0;
    for (at, &(f1, a1)) in loudest.iter().enumerate() {
        for &(f2, a2) in &loudest[at + 1..] {
            let (low, distance) = (f1.min(f2), (f1 - f2).abs());
            // The critical band widens with frequency.
            let scale = 0.24 / (0.0207 * low + 18.96);
            let x = scale * distance;
            sum += a1 * a2 * ((-3.51 * x).exp() - (-5.75 * x).exp());
        }
    }
    sum / power.max(1e-12)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_second_is_rougher_than_a_fifth_and_a_fifth_than_an_octave() {
        let tone = |f: f32| (1..=6_u8).map(move |k| (f * f32::from(k), 0.88_f32.powi(k.into())));
        let pair = |ratio: f32| of(&tone(261.6).chain(tone(261.6 * ratio)).collect::<Vec<_>>());
        let [second, third, fifth, octave] = [16.0 / 15.0, 5.0 / 4.0, 3.0 / 2.0, 2.0].map(pair);
        assert!(second > 1.5 * third && third > fifth && fifth > octave, "{second} {third} {fifth} {octave}");
    }
}
