//! What is said about the formula for music.

use crate::music::judge::{Accuracy, Figures};
use std::io::Write;
use std::path::Path;

/// The figures of a fit.
pub fn music_fitted(figures: &Figures, clips: usize, output: Option<&Path>, json: bool) {
    if json {
        say!("{}", serde_json::json!({"clips": clips, "figures": figures}));
        return;
    }
    say!(
        "{clips} clips, {}-fold cross-validation, mean of {} repeats; the artist is known of {}",
        figures.folds,
        figures.repeats,
        figures.artists_known
    );
    say!("{:<28} valence  arousal  quadrant  precision@10", "");
    let rows = [("as fitted", figures.fitted_scale), ("within the library", figures.library_scale)];
    for (name, Accuracy { valence, arousal, quadrant, precision_at_10 }) in rows {
        say!("{name:<28} {valence:>7.3}  {arousal:>7.3}  {quadrant:>8.3}  {precision_at_10:>12.3}");
    }
    if let Some(path) = output {
        say!("wrote {}", path.display());
    }
}
