//! Everything the trainer says: progress to stderr, results to stdout. Only this file and `main.rs` print.

use crate::dataset::Split;
use crate::devices::survey::{Finding, Line, State};
use crate::error::Error;
use crate::export::{Cost, Export};
use crate::layers::RawNet;
use crate::measure::{Figures, drop_points, percent};
use crate::music::cross_validation::{self, Accuracy};
use mood::Classifier;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

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
mod training;

pub use data::{sheet_written, surveyed};
pub use training::TrainingProgress;

/// Says which stage of several begins.
pub fn stage(name: &str) {
    tell!("\n== {name}");
}

/// Says what was written.
pub fn quantised(raw: &RawNet, export: &Export, path: &Path) {
    say!(
        "wrote {} ({} bytes): {} parameters, {:.1} MMAC",
        path.display(),
        export.bytes.len(),
        raw.parameters(),
        crate::number::count(raw.macs()) / 1e6
    );
    say!(
        "calibrated on {} training pictures, cross-layer equalisation {}; logits differ by {:.4} (root mean square)",
        export.calibration,
        if export.equalised { "applied" } else { "not applied" },
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

/// What `trainer verify --json` prints.
#[derive(Serialize)]
struct Verified<'a> {
    split: &'static str,
    label_set: &'static str,
    labels: Vec<&'static str>,
    temperature: f64,
    float_convolutions: usize,
    float_accuracy: Option<f64>,
    float_macro_f1: Option<f64>,
    drop_points: Option<f64>,
    #[serde(flatten)]
    figures: &'a Figures,
}

/// Prints the figures of an exported file, next to those of the float network it came from, where its run was given.
pub fn verified(split: Split, classifier: &Classifier, integer: &Figures, float: Option<&Figures>, json: bool) {
    let contract = classifier.contract();
    let drop = float.and_then(|float| drop_points(float, integer));
    if json {
        let verified = Verified {
            split: split.name(),
            label_set: contract.label_set.name(),
            labels: contract.labels.iter().map(|label| label.name()).collect(),
            temperature: (f64::from(contract.temperature) * 1e3).round() / 1e3,
            float_convolutions: classifier.float_convolutions(),
            float_accuracy: float.and_then(|float| float.accuracy),
            float_macro_f1: float.map(|float| float.macro_f1),
            drop_points: drop,
            figures: integer,
        };
        say!("{}", serde_json::json!(verified));
        return;
    }
    say!(
        "{} pictures of {}, labels of {}, {} float convolutions in the box's graph",
        integer.n,
        split.name(),
        contract.label_set.name(),
        classifier.float_convolutions()
    );
    let line = |name: &str, found: &Figures| {
        say!("{name}  accuracy {}  macro-F1 {:.3}", percent(found.accuracy), found.macro_f1);
    };
    line("int8 ", integer);
    if let (Some(float), Some(drop)) = (float, drop) {
        line("float", float);
        say!("int8 loses {drop:.2} points");
    }
    say!("confusion (rows: truth, columns: answer)");
    let names: String = integer.per_class.iter().map(|class| format!("{:>9}", class.label)).collect();
    say!("{:>9}{names}", "");
    for (class, row) in integer.per_class.iter().zip(integer.confusion.rows()) {
        let cells: String = row.iter().map(|cell| format!("{cell:>9}")).collect();
        say!("{:>9}{cells}   F1 {:.3}", class.label, class.f1);
    }
}

/// Prints the figures of a deployed file, whole lines.
pub fn measured(figures: &str) {
    say!("{}", figures.trim_end());
}

/// Prints the networks there are.
pub fn nets(figures: &[Cost], json: bool) {
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

/// Prints a device as it was found, in one line.
pub fn device(finding: &Finding) {
    let verdict = match &finding.state {
        State::Ok { difference } => format!("ok      as the CPU to {difference:.0e}"),
        State::Failed { reason } => format!("failed  {reason}"),
        State::Absent => "-       none here".into(),
        State::NotBuiltIn { build } => format!("-       not in this build: {build}"),
    };
    let seconds = finding.seconds.map_or_else(String::new, |seconds| format!(", {seconds:.1} s"));
    let driver = finding.driver.as_ref().map_or_else(String::new, |driver| format!(" ({driver})"));
    say!("{:<10}{verdict}{seconds}{driver}", finding.device);
}

/// Prints all of them as one JSON object.
pub fn devices(findings: &[Finding]) {
    say!("{}", serde_json::json!({ "devices": findings }));
}

/// A line of the process that tries one device.
pub fn trial(line: &Line) {
    say!("{}", serde_json::json!(line));
}

/// The figures of a fit.
pub fn music_fitted(figures: &cross_validation::Figures, clips: usize, output: Option<&Path>, json: bool) {
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
