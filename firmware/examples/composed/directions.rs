//! What must hold among composed pieces alone: the directions that listeners expect, loudness, peaks.

use super::pieces::Piece;
use super::{MOODS, mean};
use mood::{Affect, Expression};
use music::Plan;

/// What the box brings all music to, before the mood's own difference.
const USUAL_LUFS: f32 = -18.0;
/// Highest true peak.
const MOST_PEAK_DB: f32 = -1.0;
/// Farthest a piece may lie from its loudness.
const MOST_LU: f32 = 1.0;

const SHOWN: [&str; 7] =
    ["tempo", "onset_rate", "mode_temperley", "centroid_mean", "roughness", "register", "pulse_clarity"];

/// Prints the means of each mood and what is wrong; whether anything is.
pub(crate) fn check(pieces: &[Piece]) -> bool {
    let names = SHOWN.map(|name| format!("{name:>15}")).concat();
    println!("{:<9}{names}{:>8}{:>9}{:>9}{:>9}", "mood", "LUFS", "off LU", "dBTP", "written");
    let mut wrong: Vec<String> = Vec::new();
    for mood in MOODS {
        let of_mood = || pieces.iter().filter(|piece| piece.mood == mood);
        let plan = Plan::of(mood, Affect::of(mood));
        let off = of_mood().map(|p| (p.lufs - USUAL_LUFS - plan.loudness_lu).abs()).fold(0.0, f32::max);
        let peak = of_mood().map(|piece| piece.peak_db).fold(f32::MIN, f32::max);
        let shown = SHOWN.map(|name| format!("{:>15.2}", value(pieces, mood, name))).concat();
        let lufs = mean(of_mood().map(|piece| piece.lufs));
        println!("{:<9}{shown}{lufs:>8.1}{off:>9.2}{peak:>9.2}{:>9.0}", mood.name(), plan.tempo_bpm);
        if off > MOST_LU {
            wrong.push(format!("{mood}: {off:.2} LU from its loudness"));
        }
        if peak > MOST_PEAK_DB {
            wrong.push(format!("{mood}: true peak {peak:.2} dB"));
        }
    }
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
        let (a, b) = (value(pieces, high, name), value(pieces, low, name));
        if a <= b {
            wrong.push(format!("{name}: {high} {a:.2} is not above {low} {b:.2}"));
        }
    }
    for (mood, major) in [(Happy, true), (Surprise, true), (Neutral, true), (Sad, false), (Angry, false), (Fear, false)]
    {
        let mode = value(pieces, mood, "mode_temperley");
        if (mode > 0.0) != major {
            wrong.push(format!("mode_temperley: {mood} measures {mode:.2}"));
        }
    }
    println!("{} of {} directions and limits are wrong", wrong.len(), more.len() + 6 + 2 * MOODS.len());
    wrong.iter().for_each(|wrong| println!("  {wrong}"));
    !wrong.is_empty()
}

/// A feature's mean over the pieces of a mood.
fn value(pieces: &[Piece], mood: Expression, name: &str) -> f32 {
    mean(pieces.iter().filter(|piece| piece.mood == mood).map(|piece| piece.feature(name)))
}
