//! Why a track was chosen, and others were not.

use super::{Chooser, Weighed};
use mood::Affect;
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};

/// Other tracks that are told about in an explanation.
pub(super) const TOLD: usize = 5;

/// A path for machines that read JSON, which holds text only.
fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

/// What speaks for a choice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// The file.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// Where it lies.
    pub valence: f32,
    /// Where it lies.
    pub arousal: f32,
    /// What was wanted.
    pub target: Affect,
    /// How far it lies from there.
    pub distance: f32,
    /// How well it fits, 0..=1.
    pub fit: f32,
    /// What its success was drawn as, 0..=1.
    pub draw: f32,
    /// How long it wasn't heard, 0..=1.
    pub freshness: f32,
    /// All three together.
    pub score: f32,
    /// Nearer tracks that were not taken, and why.
    pub passed: Vec<Passed>,
}

/// A track that was not taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Passed {
    /// The file.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// How far it lies from the target.
    pub distance: f32,
    /// Why not.
    pub why: String,
}

impl Chooser {
    /// The choice of track number `best` in words and numbers.
    pub(super) fn explained(&self, best: usize, target: Affect) -> Option<Choice> {
        let piece = self.pieces.get(best)?;
        let Weighed { square, fit, draw, freshness, score } = *self.weighed.get(best)?;
        Some(Choice {
            path: piece.path.clone(),
            valence: piece.affect.valence,
            arousal: piece.affect.arousal,
            target,
            distance: square.sqrt(),
            fit,
            draw,
            freshness,
            score,
            passed: self.passed(best),
        })
    }

    /// The nearest tracks besides the one taken.
    fn passed(&self, best: usize) -> Vec<Passed> {
        let weighed = &self.weighed;
        let mut near: Vec<usize> = Vec::with_capacity(TOLD + 2);
        for at in (0..weighed.len()).filter(|&at| at != best) {
            let place = near.partition_point(|&other| weighed[other].square <= weighed[at].square);
            if place < TOLD {
                near.insert(place, at);
                near.truncate(TOLD);
            }
        }
        near.into_iter()
            .filter_map(|at| {
                let piece = self.pieces.get(at)?;
                let why = self.why_not(at, &weighed[at], &weighed[best]);
                Some(Passed { path: piece.path.clone(), distance: weighed[at].square.sqrt(), why })
            })
            .collect()
    }

    fn why_not(&self, at: usize, this: &Weighed, best: &Weighed) -> String {
        let last = self.records[at].last_play;
        if this.freshness <= 0.0 {
            let ago = self.plays + 1 - last;
            return match last {
                1.. if ago <= self.resting() => format!("heard {ago} tracks ago"),
                _ => "its artist was heard just now".to_owned(),
            };
        }
        // What cost it most, against the one that was taken. What wasn't drawn could not have won by its draw.
        let drawn = if this.draw > 0.0 { this.draw } else { best.draw };
        let against = [
            (this.fit / best.fit.max(1e-9), "fits less well", this.fit, best.fit),
            (drawn / best.draw.max(1e-9), "drew less", drawn, best.draw),
            (this.freshness / best.freshness.max(1e-9), "was heard more lately", this.freshness, best.freshness),
        ];
        let worst = against.iter().min_by(|a, b| a.0.total_cmp(&b.0));
        worst.map_or_else(String::new, |(_, words, this, best)| format!("{words}: {this:.2} against {best:.2}"))
    }
}
