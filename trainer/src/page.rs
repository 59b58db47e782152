//! The report of a run: one HTML page that needs no network, and the model card's section, from the same figures.
//!
//! The page has no scripts and one style sheet inside; its own content policy forbids it to load anything.

mod answers;
mod card;
mod charts;
mod figures;
mod gather;
mod history;
mod sections;
mod tables;
mod words;

pub use card::card;
pub use figures::{Confidences, Data, Figures, File, Measured, Mistake, Network, Part, Recipe};
pub use gather::{Asked, gather, labels};
pub use history::{History, Series};
pub(crate) use tables::numbers;
pub use words::{marks, place, put};

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page/style.css");
/// Nothing is loaded from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The whole page.
#[must_use]
pub fn page(figures: &Figures) -> String {
    let title = format!("Expression network {}", figures.run);
    let sections = sections::sections(figures);
    let body = html! {
        nav aria-label="Sections" {
            ul { @for section in &sections { li { a href={ "#" (section.id) } { (section.name) } } } }
        }
        main {
            @for section in &sections { section { h2 id=(section.id) { (section.heading) } (section.content) } }
        }
        footer { p .note { (sections::LIMITS) } }
    };
    document(&title, &sections::top(figures), &body)
}

/// A page with its head: what stands under its title, then the rest.
pub(crate) fn document(title: &str, top: &Markup, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                // Without it a browser asks the page's origin for an icon.
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } (top) }
                (body)
            }
        }
    };
    page.into_string()
}
