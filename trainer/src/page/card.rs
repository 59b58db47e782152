//! The model card's section on the expression network, as Markdown, after Mitchell et al. 2019, *Model Cards for Model
//! Reporting* (<https://arxiv.org/abs/1810.03993>): what it is and is for, data and its faults, figures, limits. Its text
//! is `card.md`; here are the numbers in it, and the sentences that depend on them.

use super::figures::{Figures, Measured};
use super::words::{accuracy_row, grouped, interval, left_out, percent, points, truth};
use crate::metrics::{self, calibration};
use crate::number::count;

/// The section, without the marks around it. Ends with a line break.
#[must_use]
pub fn card(figures: &Figures) -> String {
    let Figures { history, recipe, data, network, .. } = figures;
    let found = figures.deployed();
    let Measured { raw, calibrated, .. } = found;
    let name = figures.file.as_ref().map_or(&figures.run, |file| &file.name);
    let versions: Vec<String> = figures.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let notes = std::iter::once(found).chain(&figures.other).filter_map(left_out);
    let nll = |nll: Option<f64>| nll.map_or_else(|| "unknown".to_owned(), |nll| format!("{nll:.3}"));
    format!(
        include_str!("card.md"),
        labels = figures.float.labels,
        file = code(name.rsplit('/').next().unwrap_or(name)),
        classes = network.labels.len(),
        n = grouped(found.figures.n),
        split = figures.split,
        accuracy = percent(found.figures.accuracy),
        judges = if found.left_out > 0 { "most people who were asked" } else { "their labels" },
        interval = interval(found.figures.accuracy_interval),
        side = network.side,
        mean = network.mean,
        deviation = network.deviation,
        order = network.labels.join(", "),
        temperature = calibrated.temperature,
        network = network.name,
        width = network.width,
        depth = network.depth,
        convolutions = network.convolutions,
        parameters = grouped(network.parameters),
        mmac = network.mmac,
        exported = exported(figures).unwrap_or_default(),
        data = code(&data.name),
        pictures = grouped(data.pictures),
        data_sha256 = data.sha256,
        training = grouped(data.training),
        validation = grouped(data.validation),
        copies = grouped(data.copies_left_out),
        blank = grouped(data.blank_left_out),
        groups = grouped(data.groups_of_copies),
        conflicts = grouped(data.conflicts),
        faults = faults(&data.name),
        done = history.epochs.len(),
        planned = recipe.epochs,
        seed = recipe.seed,
        best = history.best,
        recipe = recipe.file,
        // A fence of its own can't be inside a settings file; were it, the rest would show as text.
        recipe_text = recipe.text.trim().replace("```", "'''"),
        truth = truth(found.labels),
        chosen = if figures.fitted_here() {
            " Epoch and temperature were chosen by these pictures, which flatters a little."
        } else {
            " Neither epoch nor scales nor temperature were chosen by them."
        },
        left_out = notes.map(|note| format!(" {note}")).collect::<String>(),
        accuracies = accuracies(figures),
        opposite = grouped(found.figures.opposite),
        opposite_share = percent(count(found.figures.opposite) / count(found.figures.n.max(1))),
        expressions = expressions(found),
        confusion = confusion(found),
        ece = calibrated.ece,
        bins = calibration::BINS,
        nll = nll(calibrated.nll),
        fitted = if figures.fitted_here() { " (on these very pictures, which flatters)" } else { "" },
        raw_ece = raw.ece,
        raw_nll = nll(raw.nll),
        kept = kept(found).unwrap_or_default(),
        int8 = int8(figures).unwrap_or_default(),
        conditions = conditions(figures).unwrap_or_default(),
        versions = versions.join(", "),
        commands = figures.commands.join("\n"),
    )
}

/// The exported file.
fn exported(figures: &Figures) -> Option<String> {
    let file = figures.file.as_ref()?;
    Some(format!(
        " ONNX in int8, {} bytes, contract version {}, {} convolutions left in float, sha256 `{}`.",
        grouped(file.bytes),
        file.contract,
        file.float_convolutions,
        file.sha256
    ))
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

fn accuracies(figures: &Figures) -> String {
    let mut rows = Vec::new();
    rows.extend(figures.int8.as_ref().map(|int8| accuracy_row("int8, as the box runs it", int8)));
    rows.push(accuracy_row("f32, as trained", &figures.float));
    for (name, n, share) in figures.deployed().without() {
        let name = format!("{}, {name}", figures.form());
        rows.push(vec![name, grouped(n), percent(share), String::new(), String::new()]);
    }
    if let Some(other) = &figures.other {
        rows.push(accuracy_row(&format!("{}, by {}", figures.form(), truth(other.labels)), other));
    }
    let samples = grouped(usize::try_from(metrics::SAMPLES).unwrap_or(0));
    let interval = format!("95 % confidence interval ({samples} bootstrap samples)");
    table(&["", "pictures", "accuracy", &interval, "macro-F1"], rows)
}

fn expressions(found: &Measured) -> String {
    let row = |class: &crate::measure::Class| {
        let share = |share: f64| format!("{share:.3}");
        vec![class.label.to_owned(), grouped(class.n), share(class.precision), share(class.recall), share(class.f1)]
    };
    table(&["expression", "pictures", "precision", "recall", "F1"], found.figures.per_class.iter().map(row))
}

fn confusion(found: &Measured) -> String {
    let labels = found.figures.per_class.iter().map(|class| class.label);
    let heads: Vec<&str> = std::iter::once("").chain(labels.clone()).collect();
    let row = |(label, cells): (&str, &[usize])| {
        std::iter::once(label.to_owned()).chain(cells.iter().map(|cell| grouped(*cell))).collect()
    };
    table(&heads, labels.zip(found.figures.confusion.rows()).map(row))
}

/// How many faces it answers, and how well, from a confidence of one half on.
fn kept(found: &Measured) -> Option<String> {
    let half = found.figures.coverage.iter().find(|point| (point.threshold - 0.5).abs() < 1e-9)?;
    let (answered, right) = (percent(half.coverage), percent(half.accuracy?));
    Some(format!(" At a confidence of 0.5 or more it answers {answered} of the faces, {right} of them right."))
}

fn int8(figures: &Figures) -> Option<String> {
    let (int8, drop, alike) = (figures.int8.as_ref()?, figures.drop_points?, percent(figures.agreement?));
    let classes = figures.float.figures.per_class.iter().zip(&int8.figures.per_class);
    let moved = classes.max_by(|(a, b), (c, d)| (a.f1 - b.f1).abs().total_cmp(&(c.f1 - d.f1).abs()));
    let moved = moved.map(|(a, b)| format!(" F1 moves most for {}: {} points.", a.label, points(b.f1 - a.f1)));
    Some(format!(
        "**int8** loses {drop:.2} points of accuracy against f32; both answer alike on {alike} of the pictures.{}\n\n",
        moved.unwrap_or_default()
    ))
}

/// What the faults of a camera cost.
fn conditions(figures: &Figures) -> Option<String> {
    let row = |line: &super::figures::Condition| {
        let loss = line.loss_points.map_or_else(String::new, |loss| format!("{loss:.2}"));
        vec![line.name.clone(), percent(line.accuracy), loss]
    };
    let lines = &figures.conditions;
    let told = "**Faults of the camera**, each on the same pictures (`trainer evaluate --conditions`; what each is, \
                trainer/README.md says):";
    (!lines.is_empty())
        .then(|| format!("{told}\n\n{}\n\n", table(&["", "accuracy", "points lost"], lines.iter().map(row))))
}

/// A Markdown table; all columns but the first are numbers.
fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| {
        format!("| {} |", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
    };
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule: Vec<String> = (0..heads.len()).map(|at| if at == 0 { "---".into() } else { "---:".into() }).collect();
    let mut lines = vec![line(&heads), line(&rule)];
    lines.extend(rows.into_iter().map(|row| line(&row)));
    lines.join("\n")
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}
