//! Everything the trainer says: progress to stderr, results to stdout. Only this file and `main.rs` print.

use crate::dataset::Parts;
use crate::error::Error;
use crate::evaluate::Evaluation;
use crate::export::Export;
use crate::layers::RawNet;
use crate::nets::Figures;
use crate::train::{BatchReport, EpochReport, Listener, Outcome, Settings};
use crate::verify::Comparison;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// A line to stdout. A reader that has gone away (`trainer verify | head`) is no error.
macro_rules! say {
    ($($words:tt)*) => {{
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

/// A line to stderr.
macro_rules! tell {
    ($($words:tt)*) => {{
        let _ = writeln!(std::io::stderr(), $($words)*);
    }};
}

mod data;

pub use data::{sheet_written, surveyed};

/// How often a plain line tells of progress when there is no terminal.
const EVERY: Duration = Duration::from_secs(20);

/// Shows training: a bar on a terminal, plain lines elsewhere.
#[derive(Debug)]
pub struct TrainingProgress {
    bar: Option<ProgressBar>,
    epochs: u32,
    spoke: Instant,
    epoch_began: Instant,
    /// Pictures of the epoch seen after this process's first batch of it.
    seen_before: usize,
}

impl TrainingProgress {
    /// Asks stderr whether it is a terminal.
    #[must_use]
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{prefix} [{bar:16}] {wide_msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let now = Instant::now();
        Self { bar, epochs: 0, spoke: now, epoch_began: now, seen_before: 0 }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| tell!("{text}")),
            None => tell!("{text}"),
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

impl Default for TrainingProgress {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener for TrainingProgress {
    fn start(&mut self, settings: &Settings, parts: &Parts, begun: u32) {
        self.epochs = settings.epochs;
        if let Some(bar) = &self.bar {
            bar.set_length(u64::try_from(parts.training.len()).unwrap_or(0));
        }
        self.line(&format!(
            "training `{}`: {} pictures, {} for validation; left out {} copies and {} blank; epochs {} to {}, seed {}",
            settings.net.name(),
            parts.training.len(),
            parts.validation.len(),
            parts.copies,
            parts.blank,
            begun + 1,
            settings.epochs,
            settings.seed
        ));
        self.epoch_began = Instant::now();
    }

    fn batch(&mut self, report: &BatchReport) {
        // The first batch of an epoch sets the pace's origin: a resumed epoch doesn't begin at 0.
        if self.seen_before == 0 {
            self.seen_before = report.seen;
            self.epoch_began = Instant::now();
        }
        let pace = rate(report.seen - self.seen_before, self.epoch_began.elapsed());
        let left = crate::train::count(report.total - report.seen)
            + crate::train::count(report.total) * f64::from(self.epochs.saturating_sub(report.epoch));
        if pace <= 0.0 {
            return;
        }
        let left = Duration::try_from_secs_f64(left / pace).unwrap_or(Duration::MAX);
        let (loss, accuracy, left) = (report.loss, 100.0 * report.accuracy, human(left));
        if let Some(bar) = &self.bar {
            bar.set_prefix(format!("epoch {}/{}", report.epoch, self.epochs));
            bar.set_message(format!("{pace:.0} images/s, loss {loss:.4}, {accuracy:.2} %, {left} left"));
            bar.set_position(u64::try_from(report.seen).unwrap_or(0));
        } else if self.spoke.elapsed() >= EVERY {
            self.spoke = Instant::now();
            tell!(
                "epoch {}/{}: {}/{}, {pace:.0} images/s, loss {loss:.4}, accuracy {accuracy:.2} %, {left} left",
                report.epoch,
                self.epochs,
                report.seen,
                report.total
            );
        }
    }

    fn epoch(&mut self, report: &EpochReport, best: bool) {
        self.seen_before = 0;
        self.line(&format!(
            "epoch {}/{}: loss {:.4}, accuracy {:.2} %, validation loss {:.4}, accuracy {:.2} %{}, {:.0} s",
            report.epoch,
            self.epochs,
            report.training_loss,
            100.0 * report.training_accuracy,
            report.validation_loss,
            100.0 * report.validation_accuracy,
            if best { " (best)" } else { "" },
            report.seconds
        ));
    }
}

/// Says how a run ended.
pub fn training_done(outcome: &Outcome, folder: &Path, data: &Path) {
    let (run, data) = (folder.display(), data.display());
    if outcome.stopped {
        tell!("stopped and saved; go on with: trainer train --data {data} --run {run} --resume");
    }
    match outcome.best() {
        Some(best) => say!(
            "best epoch {} of {}: validation accuracy {:.2} %; next: trainer quantise --run {run} --data {data} --output mood.onnx",
            best.epoch,
            outcome.history.len(),
            100.0 * best.validation_accuracy
        ),
        None => say!("no epoch was finished"),
    }
}

/// Says what was written.
pub fn quantised(raw: &RawNet, export: &Export, path: &Path) {
    say!(
        "wrote {} ({} bytes): {} parameters, {:.1} MMAC",
        path.display(),
        export.bytes.len(),
        raw.parameters(),
        crate::train::count(raw.macs()) / 1e6
    );
    say!(
        "calibrated on {} training pictures, channel ranges {}; logits differ by {:.4} (root mean square)",
        export.calibration,
        if export.equalised { "evened out" } else { "as trained" },
        export.logit_error
    );
    say!(
        "validation accuracy {:.2} %, negative log-likelihood {:.4} at temperature {:.3} (was {:.4} at 1)",
        100.0 * export.accuracy,
        export.nll,
        export.temperature,
        export.nll_before
    );
}

/// Prints the figures of an exported file.
pub fn verified(comparison: &Comparison<'_>, json: bool) {
    let Comparison { split, classifier, integer, float } = *comparison;
    let contract = classifier.contract();
    let names = contract.labels.iter().map(|label| label.name());
    let rows: Vec<&[usize]> = integer.confusion.rows().collect();
    if json {
        let value = serde_json::json!({
            "n": integer.confusion.total(),
            "split": split.name(),
            "label_set": contract.label_set.name(),
            "accuracy": integer.accuracy,
            "macro_f1": integer.confusion.macro_f1(),
            "labels": names.collect::<Vec<_>>(),
            "confusion": rows,
            "temperature": (f64::from(contract.temperature) * 1e3).round() / 1e3,
            "float_convolutions": classifier.float_convolutions(),
            "float_accuracy": float.map(|float| float.accuracy),
            "float_macro_f1": float.map(|float| float.confusion.macro_f1()),
            "drop_points": comparison.drop(),
        });
        say!("{value}");
        return;
    }
    say!(
        "{} pictures of {}, labels of {}, {} float convolutions in the box's graph",
        integer.confusion.total(),
        split.name(),
        contract.label_set.name(),
        classifier.float_convolutions()
    );
    let line = |name: &str, found: &Evaluation| {
        say!("{name}  accuracy {:.2} %  macro-F1 {:.3}", 100.0 * found.accuracy, found.confusion.macro_f1());
    };
    line("int8 ", integer);
    if let (Some(float), Some(drop)) = (float, comparison.drop()) {
        line("float", float);
        say!("int8 loses {drop:.2} points");
    }
    say!("confusion (rows: truth, columns: answer)");
    say!("{:>9}{}", "", names.clone().map(|name| format!("{name:>9}")).collect::<String>());
    for (class, (name, row)) in names.zip(&rows).enumerate() {
        let cells: String = row.iter().map(|cell| format!("{cell:>9}")).collect();
        say!("{name:>9}{cells}   F1 {:.3}", integer.confusion.f1(class));
    }
}

/// Prints the figures of a deployed file, whole lines.
pub fn measured(figures: &str) {
    say!("{}", figures.trim_end());
}

/// Prints the networks there are.
pub fn nets(figures: &[Figures], json: bool) {
    if json {
        say!("{}", serde_json::json!({ "nets": figures }));
        return;
    }
    say!("{:<10}{:>6}{:>6}{:>12}{:>8}{:>14}", "network", "width", "depth", "parameters", "MMAC", "int8 bytes");
    for net in figures {
        let (name, size, mmac) = (net.name.name(), net.size, net.mmac);
        let (width, depth) = (size.width, size.depth);
        say!("{name:<10}{width:>6}{depth:>6}{:>12}{mmac:>8.1}{:>14}", net.parameters, net.int8_bytes);
    }
}

/// Says that an interrupt was heard.
pub fn stopping() {
    tell!("stopping after this batch");
}

/// Prints an error and its hint.
pub fn error(error: &Error) {
    tell!("error: {error}\n  hint: {}", error.hint());
}

fn rate(pictures: usize, time: Duration) -> f64 {
    crate::train::count(pictures) / time.as_secs_f64().max(1e-9)
}

fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
