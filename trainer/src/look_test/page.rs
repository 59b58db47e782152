//! The page with the figures and the most confident errors, their photographs inside.

use super::words::{difference, name, share};
use super::{Figures, Labels, open};
use crate::error::Error;
use crate::page::{document, numbers};
use data_encoding::BASE64;
use image::codecs::jpeg::JpegEncoder;
use maud::{Markup, html};
use mood::{Answer, Expression};
use std::path::Path;

/// Longest side of a photograph on the page, in pixels, and its JPEG quality.
const THUMBNAIL: u32 = 160;
const QUALITY: u8 = 80;

/// An error, and how confident the box was.
struct Mistake<'a> {
    file: &'a str,
    truth: Expression,
    answer: String,
    confidence: f32,
}

/// The page; `most` errors are shown, those without a face last. The photographs are read again from `folder`.
///
/// # Errors
/// When a photograph can't be read.
pub fn page(
    figures: &Figures,
    labels: &Labels,
    answers: &[Answer],
    folder: &Path,
    most: usize,
) -> Result<String, Error> {
    let mistakes = mistakes(labels, answers);
    let pictures: Vec<Markup> =
        mistakes.iter().take(most).map(|mistake| picture(mistake, folder)).collect::<Result<_, _>>()?;
    let shown = pictures.len();
    let body = html! {
        main {
        section { h2 { "Found, not sure, correct" } (expressions(figures)) }
        @if !figures.groups.is_empty() { section { h2 { "By group" } (groups(figures)) } }
        section {
            h2 { "Most confident errors" }
            p { (shown) " of " (mistakes.len()) " errors among " (figures.n) " photographs. Here and there the label may be what is wrong." }
            ul .pictures { @for picture in pictures { (picture) } }
        }
        }
    };
    Ok(document(
        "Look test",
        &html! { p { (figures.n) " photographs through finder, crop, network and decision, as the box looks." } },
        &body,
    ))
}

fn mistakes<'a>(labels: &'a Labels, answers: &[Answer]) -> Vec<Mistake<'a>> {
    let mistake = |(photograph, answer): (&'a super::Photograph, &Answer)| {
        let (answer, confidence) = match answer {
            Answer::Mood(mood) if mood.expression == photograph.expression => return None,
            Answer::Mood(mood) => (format!("{}, {:.0} %", mood.expression, 100.0 * mood.confidence), mood.confidence),
            Answer::Unsure { .. } => return None,
            Answer::NoFace { .. } => ("no face".into(), 0.0),
        };
        Some(Mistake { file: &photograph.file, truth: photograph.expression, answer, confidence })
    };
    let mut mistakes: Vec<Mistake<'_>> = labels.photographs.iter().zip(answers).filter_map(mistake).collect();
    mistakes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    mistakes
}

fn picture(mistake: &Mistake<'_>, folder: &Path) -> Result<Markup, Error> {
    let path = folder.join(mistake.file);
    let small = open(&path)?.thumbnail(THUMBNAIL, THUMBNAIL).into_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&small)
        .map_err(|error| Error::data(&path, format_args!("can't be shown: {error}"), "leave `--page` out"))?;
    let source = format!("data:image/jpeg;base64,{}", BASE64.encode(&jpeg));
    Ok(html! {
        li {
            img src=(source) alt={ (mistake.truth) ", answered " (mistake.answer) } width=(small.width()) height=(small.height());
            p { (mistake.truth) " → " b { (mistake.answer) } br; (mistake.file) }
        }
    })
}

fn expressions(figures: &Figures) -> Markup {
    numbers(
        "Shares with 95 % Wilson intervals",
        &["", "found", "not sure", "correct", "opposite"],
        figures.expressions.iter().map(|counts| {
            let shares = [counts.found, counts.not_sure, counts.correct, counts.opposite];
            std::iter::once(name(counts).to_owned()).chain(shares.iter().map(share)).collect()
        }),
        None,
    )
}

fn groups(figures: &Figures) -> Markup {
    numbers(
        "Each group against all others of its column, differences in points",
        &["", "found", "difference", "correct", "difference"],
        figures.groups.iter().map(|group| {
            vec![
                format!("{} {}, {}", group.column, group.group, name(&group.counts)),
                share(&group.counts.found),
                difference(group.found_difference),
                share(&group.counts.correct),
                difference(group.correct_difference),
            ]
        }),
        None,
    )
}
