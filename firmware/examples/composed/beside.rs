//! Pieces beside labelled clips: where a library of both places them, and how far their features lie from those of the clips.

use super::pieces::Piece;
use super::{MOODS, mean};
use mood::Affect;
use music::library::catalogue::Catalogue;
use music::library::index::Index;
use music::library::taste::Taste;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Features shown, those of the greatest weight.
const SHOWN: usize = 20;

/// How far a feature may lie from the clips, in their standard deviations.
const NEAR: f32 = 1.5;

/// What `assets/music-affect.json` says of a feature.
#[derive(Deserialize)]
struct Cue {
    name: String,
    /// For pleasant and excited, unpleasant and excited, unpleasant and calm, pleasant and calm.
    weights: [f32; 4],
}

#[derive(Deserialize)]
struct Formula {
    cues: Vec<Cue>,
}

impl Cue {
    /// Weights for valence and arousal.
    fn axes(&self) -> [f32; 2] {
        let [first, second, third, fourth] = self.weights;
        [first + fourth - second - third, first + second - third - fourth]
    }
}

/// The features that weigh most for both axes together.
fn heaviest() -> Vec<Cue> {
    let formula: Formula = serde_json::from_str(include_str!("../../assets/music-affect.json")).unwrap();
    let mut cues = formula.cues;
    let weight = |cue: &Cue| cue.axes().map(|weight| weight * weight).iter().sum::<f32>();
    cues.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    cues.truncate(SHOWN);
    cues
}

/// Prints everything.
pub(crate) fn compare(pieces: &[Piece], index: Index, clips: &Path) {
    let labels = std::fs::read_to_string(clips.join("labels.csv")).unwrap();
    let labels: BTreeMap<&str, &str> = labels.lines().filter_map(|line| line.split_once(',')).collect();
    let quadrant = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        path.starts_with(clips).then(|| labels.get(name).copied()).flatten()
    };
    let catalogue = Catalogue::new(index, &Taste::default());
    let of_clips: Vec<(&str, Affect)> =
        catalogue.pieces().iter().filter_map(|piece| Some((quadrant(&piece.path)?, piece.affect))).collect();
    let right = |is: fn(&str) -> bool, of: fn(Affect) -> f32| {
        100.0 * mean(of_clips.iter().map(|&(label, affect)| f32::from(u8::from(is(label) == (of(affect) > 0.0)))))
    };
    println!(
        "\n{} clips: arousal {:.0} % right, valence {:.0} % (the estimator was fitted to them)",
        of_clips.len(),
        right(|label| label == "Q1" || label == "Q2", |affect| affect.arousal),
        right(|label| label == "Q1" || label == "Q4", |affect| affect.valence)
    );
    places(pieces, &catalogue);
    let mut values: BTreeMap<&str, Vec<&music::listen::features::Features>> = BTreeMap::new();
    for entry in catalogue.index().entries() {
        if let (Some(label), Ok(features)) = (quadrant(&entry.path), &entry.sound) {
            values.entry(label).or_default().push(features);
        }
    }
    println!("\nstandard deviations from the clips of the wanted quadrant, weights of valence and arousal");
    println!("{:<24}{}   V     A", "", MOODS.map(|mood| format!("{:>9}", mood.name())).concat());
    let mut near = MOODS.map(|_| 0);
    for cue in heaviest() {
        let deviations = MOODS.map(|mood| {
            let clips = values.get(wanted(Affect::of(mood))).unwrap();
            let of = || clips.iter().map(|features| features.get(&cue.name).unwrap());
            let centre = mean(of());
            let spread = mean(of().map(|value| (value - centre).powi(2))).sqrt();
            let piece = mean(pieces.iter().filter(|piece| piece.mood == mood).map(|piece| piece.feature(&cue.name)));
            (piece - centre) / spread
        });
        near.iter_mut().zip(deviations).for_each(|(near, deviation)| *near += usize::from(deviation.abs() <= NEAR));
        let [valence, arousal] = cue.axes();
        let row = deviations.map(|deviation| format!("{deviation:>9.1}")).concat();
        println!("{:<24}{row} {valence:>6.2}{arousal:>6.2}", cue.name);
    }
    println!("{:<24}{}", format!("within {NEAR} of {SHOWN}"), near.map(|near| format!("{near:>9}")).concat());
}

/// The quadrant of a mood; nothing is calm and neither pleasant nor unpleasant.
fn wanted(affect: Affect) -> &'static str {
    match (affect.valence >= 0.0, affect.arousal > 0.0) {
        (true, true) => "Q1",
        (false, true) => "Q2",
        (false, false) => "Q3",
        (true, false) => "Q4",
    }
}

/// Where the pieces lie.
fn places(pieces: &[Piece], catalogue: &Catalogue) {
    let place = |piece: &Piece| catalogue.piece(&piece.path).unwrap().affect;
    println!("\n{:<10}{:>8}{:>8}{:>16}{:>10}", "beside", "valence", "arousal", "right: valence", "arousal");
    let mut all = [Vec::new(), Vec::new()];
    for mood in MOODS {
        let home = Affect::of(mood);
        let found: Vec<Affect> = pieces.iter().filter(|piece| piece.mood == mood).map(place).collect();
        let valence: Vec<bool> = found.iter().map(|affect| (affect.valence > 0.0) == (home.valence >= 0.0)).collect();
        let arousal: Vec<bool> = found.iter().map(|affect| (affect.arousal > 0.0) == (home.arousal > 0.0)).collect();
        let [valence_right, arousal_right] = [&valence, &arousal]
            .map(|right| format!("{} of {}", right.iter().filter(|right| **right).count(), right.len()));
        println!(
            "{:<10}{:>8.2}{:>8.2}{valence_right:>16}{arousal_right:>10}",
            mood.name(),
            mean(found.iter().map(|affect| affect.valence)),
            mean(found.iter().map(|affect| affect.arousal)),
        );
        all[0].extend(valence);
        // Where disgust lies between calm and excited, listeners don't agree.
        if mood != mood::Expression::Disgust {
            all[1].extend(arousal);
        }
    }
    let share = |right: &[bool]| 100.0 * mean(right.iter().map(|right| f32::from(u8::from(*right))));
    println!("right side of valence {:.0} %, of arousal (without disgust) {:.0} %", share(&all[0]), share(&all[1]));
    use mood::Expression::{Angry, Happy, Neutral, Sad, Surprise};
    let seeds: Vec<u64> = pieces.iter().filter(|piece| piece.mood == Sad).map(|piece| piece.seed).collect();
    let of = |mood, seed| {
        pieces.iter().find(|p| p.mood == mood && p.seed == seed).map_or(f32::NAN, |piece| place(piece).arousal)
    };
    let ordered = seeds.iter().filter(|&&seed| {
        let [neutral, sad] = [Neutral, Sad].map(|mood| of(mood, seed));
        neutral > sad && [Angry, Happy, Surprise].iter().all(|&mood| of(mood, seed) > neutral)
    });
    println!("arousal of angry, happy, surprise > neutral > sad: {} of {} seeds", ordered.count(), seeds.len());
}
