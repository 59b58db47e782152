//! What a run says while it learns: a bar on a terminal, plain lines elsewhere, JSON lines for machines.

use crate::dataset::Splits;
use crate::number::count;
use crate::recipe::Recipe;
use crate::train::{BatchReport, EpochReport, Listener, Outcome};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often a plain line tells of progress when there is no terminal.
const EVERY: Duration = Duration::from_secs(20);
/// The same for machines.
const EVERY_JSON: Duration = Duration::from_secs(2);

/// Shows training.
#[derive(Debug)]
pub struct TrainingProgress {
    bar: Option<ProgressBar>,
    json: bool,
    epochs: u32,
    spoke: Instant,
    epoch_began: Instant,
    /// Pictures of the epoch seen after this process's first batch of it.
    seen_before: usize,
}

impl TrainingProgress {
    /// Asks stderr whether it is a terminal; with `json`, writes JSON lines to stdout instead.
    #[must_use]
    pub fn new(json: bool) -> Self {
        let bar = (!json && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{prefix} [{bar:16}] {wide_msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let now = Instant::now();
        Self { bar, json, epochs: 0, spoke: now, epoch_began: now, seen_before: 0 }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| tell!("{text}")),
            None => tell!("{text}"),
        }
    }

    /// Says how the run ended.
    pub fn end(self, outcome: &Outcome, folder: &Path, (data, votes): (&Path, Option<&Path>)) {
        let json = self.json;
        drop(self);
        let best = outcome.best();
        if json {
            say!(
                "{}",
                json!({ "event": "end", "stopped": outcome.stopped, "epochs": outcome.history.len(), "best": best })
            );
            return;
        }
        let (run, data) = (folder.display(), data.display());
        let votes = votes.map(|votes| format!(" --votes {}", votes.display())).unwrap_or_default();
        if outcome.stopped {
            tell!("stopped and saved; go on with: trainer train --data {data}{votes} --run {run} --resume");
        }
        match best {
            Some(best) => say!(
                "best epoch {} of {}: validation accuracy {:.2} %; next: trainer quantise --run {run} --data {data}{votes} --output mood.onnx",
                best.epoch,
                outcome.history.len(),
                100.0 * best.validation_accuracy
            ),
            None => say!("no epoch was finished"),
        }
    }
}

impl Drop for TrainingProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Listener for TrainingProgress {
    fn start(&mut self, recipe: &Recipe, parts: &Splits, begun: u32) {
        self.epochs = recipe.schedule.epochs;
        self.epoch_began = Instant::now();
        if self.json {
            say!(
                "{}",
                json!({
                    "event": "start", "recipe": recipe, "epochs_done": begun, "training": parts.training.len(),
                    "validation": parts.validation.len(), "copies": parts.copies, "blank": parts.blank,
                })
            );
            return;
        }
        if let Some(bar) = &self.bar {
            bar.set_length(u64::try_from(parts.training.len()).unwrap_or(0));
        }
        self.line(&format!(
            "training `{}`: {} pictures, {} for validation; left out {} copies and {} blank; epochs {} to {}, seed {}",
            recipe.network.name.name(),
            parts.training.len(),
            parts.validation.len(),
            parts.copies,
            parts.blank,
            begun + 1,
            self.epochs,
            recipe.seed
        ));
    }

    fn batch(&mut self, report: &BatchReport) {
        // The first batch of an epoch sets the pace's origin: a resumed epoch doesn't begin at 0.
        if self.seen_before == 0 {
            self.seen_before = report.seen;
            self.epoch_began = Instant::now();
        }
        let pace = count(report.seen - self.seen_before) / self.epoch_began.elapsed().as_secs_f64().max(1e-9);
        let left = count(report.total - report.seen)
            + count(report.total) * f64::from(self.epochs.saturating_sub(report.epoch));
        if pace <= 0.0 {
            return;
        }
        let seconds = left / pace;
        let left = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let (loss, accuracy, left) = (report.loss, 100.0 * report.accuracy, human(left));
        if let Some(bar) = &self.bar {
            bar.set_prefix(format!("epoch {}/{}", report.epoch, self.epochs));
            bar.set_message(format!("{pace:.0} images/s, loss {loss:.4}, {accuracy:.2} %, {left} left"));
            bar.set_position(u64::try_from(report.seen).unwrap_or(0));
            return;
        }
        if self.spoke.elapsed() < if self.json { EVERY_JSON } else { EVERY } {
            return;
        }
        self.spoke = Instant::now();
        if self.json {
            say!("{}", json!({ "event": "batch", "at": report, "images_per_second": pace, "seconds_left": seconds }));
            return;
        }
        tell!(
            "epoch {}/{}: {}/{}, {pace:.0} images/s, loss {loss:.4}, accuracy {accuracy:.2} %, {left} left",
            report.epoch,
            self.epochs,
            report.seen,
            report.total
        );
    }

    fn epoch(&mut self, report: &EpochReport, best: bool) {
        self.seen_before = 0;
        if self.json {
            say!("{}", json!({ "event": "epoch", "at": report, "best": best }));
            return;
        }
        let heads = report
            .heads
            .iter()
            .map(|head| format!("{} {:.2} % (loss {:.4})", head.head.name(), 100.0 * head.accuracy, head.loss));
        self.line(&format!(
            "epoch {}/{}: loss {:.4}, accuracy {:.2} %, validation {}{}, {:.0} s, {:.1} % of them waiting for pictures",
            report.epoch,
            self.epochs,
            report.training_loss,
            100.0 * report.training_accuracy,
            heads.collect::<Vec<_>>().join(", "),
            if best { " (best)" } else { "" },
            report.seconds,
            100.0 * report.waiting / report.seconds.max(1e-9)
        ));
    }
}

fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
