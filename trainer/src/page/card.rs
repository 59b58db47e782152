//! The model card's section on the expression network, as Markdown, after Mitchell et al. 2019, *Model Cards for Model
//! Reporting* (<https://arxiv.org/abs/1810.03993>): what it is and is for, data and its faults, figures, limits.

use super::figures::{Figures, Measured};
use super::words::{grouped, interval, left_out, percent, points, truth};
use crate::metrics::{self, calibration};
use crate::number::count;

/// The section, without the marks around it. Ends with a line break.
#[must_use]
pub fn card(figures: &Figures) -> String {
    let mut paragraphs = vec![
        format!("## Expression network, labels of {}", figures.float.labels),
        what(figures),
        in_and_out(figures),
        form(figures),
        data(figures),
        recipe(figures),
        measured_on(figures),
        measured(figures),
        classes(figures.deployed()),
        "Truth (row) against answer (column), pictures:".to_owned(),
        confusion(figures.deployed()),
        confidence(figures),
    ];
    paragraphs.extend(int8(figures));
    paragraphs.extend(conditions(figures));
    paragraphs.extend([NOT_FOR.to_owned(), NOT_MEASURED.to_owned(), again(figures)]);
    paragraphs.join("\n\n") + "\n"
}

const NOT_FOR: &str = "**Not for** work, school, selection, policing, health, advertising or any other judgement of a \
    person. An expression is not what somebody feels; the network reads the face, and answers with light and music.";

const NOT_MEASURED: &str = "**Not measured.** Whether the figures differ by skin colour, age, sex, glasses, beards, head \
    covers or disability: the data doesn't say who is in it. Faces from the side, on other cameras than those of the data, \
    children, and faces that are drawn or printed. Expect worse there.";

fn what(figures: &Figures) -> String {
    let found = figures.deployed();
    let name = figures.file.as_ref().map_or(&figures.run, |file| &file.name);
    format!(
        "{} reads one of {} expressions from the crop of a face: a toy's eye, made to choose a light and a tune. Trained by \
         this project's `trainer`; of {} {} pictures it classifies {} as {} say (95 % confidence interval {}).",
        code(name.rsplit('/').next().unwrap_or(name)),
        figures.network.labels.len(),
        grouped(found.figures.n),
        figures.split,
        percent(found.figures.accuracy),
        if found.left_out > 0 { "most people who were asked" } else { "their labels" },
        interval(found.figures.accuracy_interval),
    )
}

fn in_and_out(figures: &Figures) -> String {
    let network = &figures.network;
    format!(
        "**In and out.** Input `1 x 1 x {side} x {side}`: the luminance of a face crop, `(value - {mean}) / {deviation}`. \
         Output: {} logits, in the order {}; the box divides them by the temperature {:.3} and takes the softmax. In the file \
         the contract in `metadata_props` says so too.",
        network.labels.len(),
        network.labels.join(", "),
        figures.deployed().calibrated.temperature,
        side = network.side,
        mean = network.mean,
        deviation = network.deviation,
    )
}

fn form(figures: &Figures) -> String {
    let network = &figures.network;
    let mut text = format!(
        "**Form.** `{}`, width {}, depth {}: {} convolutions, {} parameters, {:.1} million multiply-accumulates for a face.",
        network.name,
        network.width,
        network.depth,
        network.convolutions,
        grouped(network.parameters),
        network.mmac
    );
    if let Some(file) = &figures.file {
        text.push_str(&format!(
            " ONNX in int8, {} bytes, contract version {}, {} convolutions left in float, sha256 `{}`.",
            grouped(file.bytes),
            file.contract,
            file.float_convolutions,
            file.sha256
        ));
    }
    text
}

fn data(figures: &Figures) -> String {
    let data = &figures.data;
    format!(
        "**Data.** {} ({} pictures, sha256 of pictures, labels and parts `{}`). Learnt from {}, chosen by {}; left out of \
         training: {} copies of validation or test pictures, {} blank. {} groups of pictures are equal byte for byte, {} of \
         them with different labels. {}",
        code(&data.name),
        grouped(data.pictures),
        data.sha256,
        grouped(data.training),
        grouped(data.validation),
        grouped(data.copies_left_out),
        grouped(data.blank_left_out),
        grouped(data.groups_of_copies),
        grouped(data.conflicts),
        faults(&data.name)
    )
}

/// What is known of the data besides its numbers.
fn faults(name: &str) -> &'static str {
    let name = name.to_lowercase();
    if name.starts_with("synthetic") {
        "The faces are drawn by rule: the figures say nothing about real ones."
    } else if name.contains("fer2013") || name.contains("icml_face_data") {
        "FER-2013 (Goodfellow et al., *Challenges in Representation Learning*, 2013, <https://arxiv.org/abs/1307.0414>): \
         found by web search with words for feelings, mostly posed or caught for a camera, cut by machine; who is in the \
         pictures was never recorded. People agree with its labels on about two faces in three. No picture of it is in this \
         repository."
    } else {
        "What the pictures show, and who is in them, only their collector knows."
    }
}

fn recipe(figures: &Figures) -> String {
    let history = &figures.history;
    format!(
        "**Recipe.** {} of {} epochs, seed {}; epoch {} was the best by validation and is kept. Every number is in the run's `{}`:\n\n\
         <details><summary>{}</summary>\n\n```\n{}\n```\n\n</details>",
        history.epochs.len(),
        figures.recipe.epochs,
        figures.recipe.seed,
        history.best,
        figures.recipe.file,
        figures.recipe.file,
        // A fence of its own can't be inside a settings file; were it, the rest would show as text.
        figures.recipe.text.trim().replace("```", "'''")
    )
}

/// What the tables below are of.
fn measured_on(figures: &Figures) -> String {
    let (n, data) = (grouped(figures.deployed().figures.n), code(&figures.data.name));
    let mut text =
        format!("**Measured** on {n} {} pictures of {data}, {}.", figures.split, truth(figures.deployed().labels));
    text.push_str(if figures.fitted_here() {
        " Epoch and temperature were chosen by these pictures, which flatters a little."
    } else {
        " Neither epoch nor scales nor temperature were chosen by them."
    });
    for note in std::iter::once(figures.deployed()).chain(&figures.other).filter_map(left_out) {
        text.push(' ');
        text.push_str(&note);
    }
    text
}

fn measured(figures: &Figures) -> String {
    let line = |name: &str, of: &Measured| {
        let (share, interval) = (percent(of.figures.accuracy), interval(of.figures.accuracy_interval));
        vec![name.to_owned(), grouped(of.figures.n), share, interval, format!("{:.3}", of.figures.macro_f1)]
    };
    let mut rows = Vec::new();
    rows.extend(figures.int8.as_ref().map(|int8| line("int8, as the box runs it", int8)));
    rows.push(line("f32, as trained", &figures.float));
    let deployed = figures.deployed();
    for (name, n, share) in deployed.without() {
        rows.push(vec![
            format!("{}, {name}", figures.form()),
            grouped(n),
            percent(share),
            String::new(),
            String::new(),
        ]);
    }
    if let Some(other) = &figures.other {
        rows.push(line(&format!("{}, by {}", figures.form(), truth(other.labels)), other));
    }
    let interval = format!(
        "95 % confidence interval ({} bootstrap samples)",
        grouped(usize::try_from(metrics::SAMPLES).unwrap_or(0))
    );
    let opposite = format!(
        "Confident answers that are unpleasant to a pleasant expression, or the reverse: {} of {} ({}).",
        grouped(deployed.figures.opposite),
        grouped(deployed.figures.n),
        percent(count(deployed.figures.opposite) / count(deployed.figures.n.max(1)))
    );
    let table = table(&["", "pictures", "accuracy", &interval, "macro-F1"], &rows);
    format!("{table}\n\n{MEANING} {opposite}")
}

const MEANING: &str = "As the box looks: the mean of a face and its mirror image. Without copies: of the pictures that aren't \
    byte for byte in the training part, too. Without near copies: nor show one of its photographs in another crop, mirrored \
    or marked.";

fn classes(found: &Measured) -> String {
    let row = |class: &crate::measure::Class| {
        let share = |share: f64| format!("{share:.3}");
        vec![class.label.to_owned(), grouped(class.n), share(class.precision), share(class.recall), share(class.f1)]
    };
    let rows: Vec<Vec<String>> = found.figures.per_class.iter().map(row).collect();
    table(&["expression", "pictures", "precision", "recall", "F1"], &rows)
}

fn confusion(found: &Measured) -> String {
    let labels = found.figures.per_class.iter().map(|class| class.label);
    let heads: Vec<&str> = std::iter::once("").chain(labels.clone()).collect();
    let row = |(label, cells): (&str, &[usize])| {
        std::iter::once(label.to_owned()).chain(cells.iter().map(|cell| grouped(*cell))).collect()
    };
    table(&heads, &labels.zip(found.figures.confusion.rows()).map(row).collect::<Vec<Vec<String>>>())
}

fn confidence(figures: &Figures) -> String {
    let found = figures.deployed();
    let nll = |nll: Option<f64>| nll.map_or_else(|| "unknown".to_owned(), |nll| format!("{nll:.3}"));
    let (raw, calibrated) = (&found.raw, &found.calibrated);
    let here = if figures.fitted_here() { " (on these very pictures, which flatters)" } else { "" };
    let kept = found.figures.coverage.iter().find(|point| (point.threshold - 0.5).abs() < 1e-9);
    let kept = kept.and_then(|point| Some((point.coverage, point.accuracy?))).map(|(answered, right)| {
        format!(
            " At a confidence of 0.5 or more it answers {} of the faces, {} of them right.",
            percent(answered),
            percent(right)
        )
    });
    format!(
        "**Confidence.** Expected calibration error {:.3} over {} bins, negative log-likelihood {}; before the temperature, \
         fitted on validation{here}, {:.3} and {}.{}",
        calibrated.ece,
        calibration::BINS,
        nll(calibrated.nll),
        raw.ece,
        nll(raw.nll),
        kept.unwrap_or_default()
    )
}

fn int8(figures: &Figures) -> Option<String> {
    let (int8, drop, alike) = (figures.int8.as_ref()?, figures.drop_points?, figures.agreement?);
    let moved = figures
        .float
        .figures
        .per_class
        .iter()
        .zip(&int8.figures.per_class)
        .max_by(|(a, b), (c, d)| (a.f1 - b.f1).abs().total_cmp(&(c.f1 - d.f1).abs()));
    let moved = moved.map(|(a, b)| format!(" F1 moves most for {}: {} points.", a.label, points(b.f1 - a.f1)));
    let alike = percent(alike);
    Some(format!(
        "**int8** loses {drop:.2} points of accuracy against f32; both answer alike on {alike} of the pictures.{}",
        moved.unwrap_or_default()
    ))
}

/// What the faults of a camera cost.
fn conditions(figures: &Figures) -> Option<String> {
    let row = |line: &super::figures::Condition| {
        vec![
            line.name.clone(),
            percent(line.accuracy),
            line.loss_points.map_or_else(String::new, |loss| format!("{loss:.2}")),
        ]
    };
    let rows: Vec<Vec<String>> = figures.conditions.iter().map(row).collect();
    let told = "**Faults of the camera**, each on the same pictures (`trainer evaluate --conditions`; what each is, \
                trainer/README.md says):";
    (!rows.is_empty()).then(|| format!("{told}\n\n{}", table(&["", "accuracy", "points lost"], &rows)))
}

fn again(figures: &Figures) -> String {
    let versions: Vec<String> = figures.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    format!(
        "**The same again** ({}; another processor or version may round otherwise):\n\n```sh\n{}\n```",
        versions.join(", "),
        figures.commands.join("\n")
    )
}

/// A Markdown table; all columns but the first are numbers.
fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        format!("| {} |", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
    };
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule: Vec<String> = (0..heads.len()).map(|at| if at == 0 { "---".into() } else { "---:".into() }).collect();
    let mut lines = vec![line(&heads), line(&rule)];
    lines.extend(rows.iter().map(|row| line(row)));
    lines.join("\n")
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}
