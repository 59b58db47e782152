//! The sections of the page, in order.

use super::figures::Figures;
use super::words::{grouped, interval, left_out, percent, truth};
use super::{charts, tables};
use crate::dataset::SIDE;
use data_encoding::BASE64;
use image::{GrayImage, ImageFormat};
use maud::{Markup, html};
use std::io::Cursor;

/// A section.
pub(super) struct Section {
    /// What links lead to.
    pub id: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// What stands below.
    pub content: Markup,
}

/// All sections that there are figures for.
pub(super) fn sections(figures: &Figures) -> Vec<Section> {
    let section = |id, name, heading, content| Section { id, name, heading, content };
    let learning = charts::curves::curves(&figures.history);
    let mut sections = vec![
        section("learning", "Learning", "Training curves", learning),
        section("confusion", "Confusion", "Confusion matrix", confusion(figures)),
        section("expressions", "Expressions", "Precision, recall and F1 by expression", expressions(figures)),
        section("confidence", "Confidence", "Calibration", confidence(figures)),
    ];
    sections.extend(int8(figures).map(|int8| section("int8", "int8", "int8 against f32", int8)));
    if !figures.conditions.is_empty() {
        sections.push(section("camera", "Camera", "Robustness to camera faults", camera(figures)));
    }
    sections.push(section("mistakes", "Mistakes", "Most confident errors", mistakes(figures)));
    sections.push(section("data", "Data", "Data", data(figures)));
    sections.push(section("recipe", "Recipe", "Network and recipe", recipe(figures)));
    sections.push(section("again", "Again", "Reproduction", again(figures)));
    sections
}

/// What was measured, in a line.
fn measured_on(figures: &Figures) -> String {
    let n = grouped(figures.deployed().figures.n);
    format!("{}, {n} {} pictures, {}.", figures.form(), figures.split, truth(figures.deployed().labels))
}

fn confusion(figures: &Figures) -> Markup {
    html! { p { (measured_on(figures)) } (tables::confusion(figures.deployed())) }
}

fn expressions(figures: &Figures) -> Markup {
    let found = figures.deployed();
    html! {
        @if let Some((best, worst)) = tables::extremes(&found.figures.per_class) {
            p { "Highest F1: " (best.label) ". Lowest F1: " (worst.label) ". " (measured_on(figures)) }
        }
        div .side { (tables::classes(found)) (tables::accuracies(figures)) }
        @if figures.deployed().figures.n_without_copies.is_some() {
            p .note {
                "Without copies: without the pictures that are byte for byte in the training part, too. Without near copies: \
                 nor those that show one of its photographs in another crop, mirrored or marked."
            }
        }
        @for note in std::iter::once(figures.deployed()).chain(&figures.other).filter_map(left_out) { p .note { (note) } }
    }
}

fn confidence(figures: &Figures) -> Markup {
    html! {
        (tables::calibration(figures.deployed()))
        @if figures.fitted_here() {
            p .note { "The temperature was fitted on these very pictures, which flatters its line a little." }
        }
        (charts::confidence::confidence(figures.deployed()))
    }
}

fn int8(figures: &Figures) -> Option<Markup> {
    let (int8, alike) = (figures.int8.as_ref()?, figures.agreement?);
    Some(html! {
        p { "Both forms answer alike on " (percent(alike)) " of the pictures." }
        div .side {
            (charts::curves::forms(&figures.float.figures.per_class, &int8.figures.per_class))
            (tables::forms(&figures.float, int8))
        }
    })
}

fn camera(figures: &Figures) -> Markup {
    html! {
        p { "The same pictures, each with one fault of known size. " (measured_on(figures)) }
        (tables::conditions(&figures.conditions))
    }
}

fn mistakes(figures: &Figures) -> Markup {
    html! {
        p {
            "Errors by " (truth(figures.deployed().labels)) ", most confident first; " (figures.form()) ", " (figures.split) ". Here and there the label \
             may be what is wrong."
        }
        ul .pictures {
            @for mistake in &figures.mistakes {
                @let sure = format!("{:.0} %", 100.0 * mistake.confidence);
                li {
                    img width="96" height="96" src=(data_uri(&mistake.pixels))
                        alt={ "A face labelled " (mistake.truth) ", read as " (mistake.answer) " with " (sure) };
                    p { b { (mistake.answer) } " " (sure) br; "labelled " (mistake.truth) br; small { "row " (mistake.row) } }
                }
            }
        }
    }
}

fn data(figures: &Figures) -> Markup {
    html! {
        div .side { (tables::parts(&figures.data)) (tables::facts("What was found in it", data_facts(figures))) }
    }
}

fn recipe(figures: &Figures) -> Markup {
    html! {
        (tables::facts("Network", network_facts(figures)))
        p { (figures.recipe.file) ":" }
        pre tabindex="0" { code { (figures.recipe.text) } }
    }
}

fn again(figures: &Figures) -> Markup {
    html! {
        p {
            "On the CPU a second training gives the same figures, on any number of threads; another processor or another \
             version of this program may round otherwise."
        }
        pre .commands { code { (figures.commands.join("\n")) } }
        (tables::facts("Made with", figures.versions.iter().map(|(name, version)| (*name, version.clone()))))
    }
}

fn data_facts(figures: &Figures) -> Vec<(&'static str, String)> {
    let data = &figures.data;
    vec![
        ("data", data.name.clone()),
        ("pictures", grouped(data.pictures)),
        ("learnt from", grouped(data.training)),
        ("chosen by (validation)", grouped(data.validation)),
        (
            "left out of training",
            format!("{} copies, {} blank", grouped(data.copies_left_out), grouped(data.blank_left_out)),
        ),
        (
            "groups of equal pictures",
            format!("{}, {} of them with different labels", grouped(data.groups_of_copies), data.conflicts),
        ),
        ("sha256 of pictures, labels and parts", data.sha256.clone()),
    ]
}

fn network_facts(figures: &Figures) -> Vec<(&'static str, String)> {
    let network = &figures.network;
    let (done, planned) = (figures.history.epochs.len(), figures.recipe.epochs);
    let mut facts = vec![
        ("network", format!("{}, width {}, depth {}", network.name, network.width, network.depth)),
        ("parameters", grouped(network.parameters)),
        ("multiply-accumulates", format!("{:.1} million for a face", network.mmac)),
        ("kept", format!("epoch {}; {done} of {planned} were trained", figures.history.best)),
    ];
    if let Some(file) = &figures.file {
        facts.push((
            "file",
            format!("{}, {} bytes, contract version {}", file.name, grouped(file.bytes), file.contract),
        ));
        facts.push(("float convolutions", file.float_convolutions.to_string()));
        facts.push(("sha256 of the file", file.sha256.clone()));
    }
    facts
}

/// A PNG of 48x48 luminances, as an address that holds all of it; empty when the pixels are no such picture.
fn data_uri(pixels: &[u8]) -> String {
    let mut png = Cursor::new(Vec::new());
    let side = u32::try_from(SIDE).unwrap_or(u32::MAX);
    match GrayImage::from_raw(side, side, pixels.to_vec()).map(|picture| picture.write_to(&mut png, ImageFormat::Png)) {
        Some(Ok(())) => format!("data:image/png;base64,{}", BASE64.encode(&png.into_inner())),
        _ => "data:,".to_owned(),
    }
}

/// Below this share of equal answers, an int8 file is hardly of the same network.
const KIN: f64 = 0.9;

/// What the figures don't say.
pub(super) const LIMITS: &str = "A face's expression is not what a person feels, and people agree with these labels on about two \
    faces in three. Not for work, school, selection, surveillance or any judgement of a person; how the figures differ \
    between groups of people was not measured. The page may hold pictures of the data set: mind its terms before \
    passing it on.";

/// A sentence (accuracy with its interval, on what, how many; then what was measured), a warning, the main figures.
pub(super) fn top(figures: &Figures) -> Markup {
    let found = figures.deployed();
    let (n, split, data) = (grouped(found.figures.n), figures.split, &figures.data.name);
    let tile = |name: &str, value: String, note: String| html! { div { dt { (name) } dd { (value) } dd { (note) } } };
    html! {
        p .summary {
            "Of " (n) " " (split) " pictures of " (data) ", " b { (percent(found.figures.accuracy)) } " are classified correctly \
             (95 % confidence interval " (interval(found.figures.accuracy_interval)) "; " (figures.network.labels.len()) " expressions, by "
            (truth(found.labels)) "). Measured: the network " code { (figures.network.name) } " with "
            (grouped(figures.network.parameters)) " parameters, "
            @if figures.int8.is_some() { "in int8 as the box runs it." } @else { "in f32; no exported file was given." }
        }
        @if let Some(alike) = figures.agreement.filter(|alike| *alike < KIN) {
            p .warning {
                "File and run answer alike on only " (percent(alike)) " of the pictures: perhaps the file was exported \
                 from another run."
            }
        }
        dl .tiles {
            (tile("accuracy", percent(found.figures.accuracy), interval(found.figures.accuracy_interval)))
            (tile("macro-F1", format!("{:.3}", found.figures.macro_f1), format!("mean of {} expressions", found.figures.per_class.len())))
            (tile("calibration error", format!("{:.3}", found.calibrated.ece), format!("{:.3} before the temperature", found.raw.ece)))
            @if let Some(drop) = figures.drop_points {
                (tile("int8 loses", format!("{drop:.2}"), format!("points against {} in f32", percent(figures.float.figures.accuracy))))
            }
            @if let Some(other) = &figures.other {
                (tile(&format!("by {}", truth(other.labels)), percent(other.figures.accuracy), format!("{} pictures", grouped(other.figures.n))))
            }
            (tile("pictures", grouped(found.figures.n), figures.split.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::PIXELS;

    #[test]
    fn the_address_holds_the_very_pixels() {
        let pixels: Vec<u8> = (0..PIXELS).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let uri = data_uri(&pixels);
        let png = BASE64.decode(uri.strip_prefix("data:image/png;base64,").unwrap().as_bytes()).unwrap();
        assert_eq!(image::load_from_memory(&png).unwrap().into_luma8().into_raw(), pixels);
        assert_eq!(data_uri(&[1, 2, 3]), "data:,");
    }
}
