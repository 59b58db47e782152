//! Does composed music sound as its mood should? Measures eight pieces of each mood with the analysis that measures the
//! owner's music, prints the means, and checks the directions that listeners expect (Gabrielsson & Lindström 2010; Eerola,
//! Friberg & Bresin 2013). `cargo run --release -p moodbox --example composed [FIRST_SEED]`; ends with 1 when a direction
//! is wrong.
#![expect(clippy::unwrap_used, reason = "a measuring tool; a failure ends it")]
#![expect(clippy::print_stdout, reason = "an example prints its table")]
#![expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "loudness fits f32")]

#[path = "support/cpu.rs"]
mod cpu;

use ebur128::{EbuR128, Mode};
use mood::{Affect, Expression};
use music::Mixer;
use music::listen::features::{Excerpt, Features, RATE_HZ, analyse};
use music::{Composer, Plan, Track};
use std::process::ExitCode;
use std::time::Duration;

/// Pieces of each mood.
const SEEDS: u64 = 8;
const SECONDS: usize = 24;
const RATE: u32 = 48_000;
/// What the box brings all music to, before the mood's own difference.
const USUAL_LUFS: f32 = -18.0;
/// Highest true peak.
const MOST_PEAK_DB: f32 = -1.0;
/// Farthest a piece may lie from its loudness.
const MOST_LU: f32 = 1.0;

const MOODS: [Expression; 7] = [
    Expression::Happy,
    Expression::Surprise,
    Expression::Neutral,
    Expression::Sad,
    Expression::Fear,
    Expression::Angry,
    Expression::Disgust,
];

const SHOWN: [&str; 7] =
    ["tempo", "onset_rate", "mode_temperley", "centroid_mean", "roughness", "register", "pulse_clarity"];

struct Piece {
    features: Features,
    lufs: f32,
    off_lu: f32,
    peak_db: f32,
}

fn piece(mood: Expression, seed: u64, rendering: &mut Duration) -> Piece {
    let composer = |rate| Composer::new(mood, Affect::of(mood), seed, rate);
    let began = cpu::time();
    let mut mixer = Mixer::new(RATE, 0.0);
    mixer.play(Box::new(composer(RATE)), Duration::from_millis(50));
    let mut played = vec![[0.0; 2]; SECONDS * 48_000];
    mixer.render(&mut played);
    *rendering += cpu::time().saturating_sub(began);
    let mut meter = EbuR128::new(2, RATE, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(played.as_flattened()).unwrap();
    let lufs = meter.loudness_global().unwrap() as f32;
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    // At the rate of the analysis, so that nothing has to be converted.
    let mut frames = vec![[0.0; 2]; SECONDS * 22_050];
    composer(RATE_HZ).render(&mut frames);
    let window = frames.iter().map(|[left, right]| 0.5 * (left + right)).collect();
    let excerpt = Excerpt { windows: vec![window], width: 0.0, loudness_lufs: lufs, range_lu: 0.0 };
    let target = USUAL_LUFS + Plan::of(mood, Affect::of(mood)).loudness_lu;
    Piece {
        features: analyse(&excerpt).unwrap(),
        lufs,
        off_lu: (lufs - target).abs(),
        peak_db: 20.0 * (peak as f32).log10(),
    }
}

fn main() -> ExitCode {
    let first: u64 = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("{SECONDS} s each, mean of the seeds {first} to {}", first + SEEDS - 1);
    let names = SHOWN.map(|name| format!("{name:>15}")).concat();
    println!("{:<9}{names}{:>8}{:>9}{:>9}{:>9}", "mood", "LUFS", "off LU", "dBTP", "written");
    let mut means = Vec::new();
    let mut wrong: Vec<String> = Vec::new();
    let mut rendering = Duration::ZERO;
    for mood in MOODS {
        let pieces: Vec<Piece> = (first..first + SEEDS).map(|seed| piece(mood, seed, &mut rendering)).collect();
        let mean = |of: &dyn Fn(&Piece) -> f32| pieces.iter().map(of).sum::<f32>() / 8.0;
        let most = |of: &dyn Fn(&Piece) -> f32| pieces.iter().map(of).fold(f32::MIN, f32::max);
        let values = SHOWN.map(|name| mean(&|piece| piece.features.get(name).unwrap_or_default()));
        let (lufs, off, peak) = (mean(&|p| p.lufs), most(&|p| p.off_lu), most(&|p| p.peak_db));
        let shown = values.map(|value| format!("{value:>15.2}")).concat();
        let written = Plan::of(mood, Affect::of(mood)).tempo_bpm;
        println!("{:<9}{shown}{lufs:>8.1}{off:>9.2}{peak:>9.2}{written:>9.0}", mood.name());
        if off > MOST_LU {
            wrong.push(format!("{mood}: {off:.2} LU from its loudness"));
        }
        if peak > MOST_PEAK_DB {
            wrong.push(format!("{mood}: true peak {peak:.2} dB"));
        }
        means.push((mood, values, lufs));
    }
    let value = |mood: Expression, name: &str| {
        let (_, values, lufs) = means.iter().find(|(other, ..)| *other == mood).unwrap();
        SHOWN.iter().position(|shown| *shown == name).map_or(*lufs, |at| values[at])
    };
    use Expression::{Angry, Fear, Happy, Neutral, Sad, Surprise};
    let more = [
        ("onset_rate", Happy, Sad),
        ("onset_rate", Angry, Sad),
        ("onset_rate", Happy, Neutral),
        ("onset_rate", Neutral, Sad),
        ("centroid_mean", Happy, Sad),
        ("centroid_mean", Surprise, Neutral),
        ("centroid_mean", Angry, Sad),
        ("mode_temperley", Happy, Sad),
        ("mode_temperley", Happy, Angry),
        ("mode_temperley", Happy, Fear),
        ("mode_temperley", Neutral, Sad),
        ("register", Happy, Sad),
        ("register", Surprise, Angry),
        ("roughness", Angry, Happy),
        ("roughness", Angry, Neutral),
        ("pulse_clarity", Happy, Sad),
        ("loudness", Happy, Sad),
        ("loudness", Angry, Neutral),
    ];
    for (name, high, low) in more {
        let (a, b) = (value(high, name), value(low, name));
        if a <= b {
            wrong.push(format!("{name}: {high} {a:.2} is not above {low} {b:.2}"));
        }
    }
    for (mood, major) in [(Happy, true), (Surprise, true), (Neutral, true), (Sad, false), (Angry, false), (Fear, false)]
    {
        let mode = value(mood, "mode_temperley");
        if (mode > 0.0) != major {
            wrong.push(format!("mode_temperley: {mood} measures {mode:.2}"));
        }
    }
    let music = Duration::from_secs(SEEDS * 7 * 24);
    println!(
        "rendered at {:.0} times real time, by the processor's time",
        music.as_secs_f64() / rendering.as_secs_f64()
    );
    println!("{} of {} directions and limits are wrong", wrong.len(), more.len() + 6 + 14);
    wrong.iter().for_each(|wrong| println!("  {wrong}"));
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
