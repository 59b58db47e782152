//! `synthetic[:COUNT]`: faces drawn by rule, so that the whole line runs with nothing downloaded.

use super::Split;
use super::tree::{Harvest, Part};
use crate::error::Error;
use crate::number::share_of;
use faces::Renderer;
use mood::Expression;
use rayon::prelude::*;
use std::path::Path;

/// Faces drawn when no count is given: 2,000 of each expression.
const DEFAULT: usize = 14_000;
/// With fewer, a part would miss an expression.
const LEAST: usize = 70;
/// 2.3 GB of pixels.
const MOST: usize = 1_000_000;
/// FER-2013's seven, in the order of its labels.
const CLASSES: usize = 7;
/// The people are the same in every run, so that all networks are measured on the same held-out ones.
const SEED: u64 = 2_013;
/// Shares of training and validation; the rest is for testing. Each index is another person, so nobody is in two parts.
const SHARES: [f64; 2] = [0.7, 0.15];

/// How many faces `data` asks for; none when it names a file or a folder.
pub(super) fn count(data: &Path) -> Result<Option<usize>, Error> {
    let Some(text) = data.to_str() else { return Ok(None) };
    if text == "synthetic" {
        return Ok(Some(DEFAULT));
    }
    let Some(count) = text.strip_prefix("synthetic:") else { return Ok(None) };
    match count.parse() {
        Ok(count) if (LEAST..=MOST).contains(&count) => Ok(Some(count)),
        _ => Err(Error::usage(
            format!("`{text}`: {LEAST} to {MOST} faces can be drawn"),
            format!("for instance `--data synthetic:{DEFAULT}`, which is what `synthetic` alone means"),
        )),
    }
}

/// Draws `count` faces on all cores: number i shows expression i mod 7.
pub(super) fn read(count: usize, harvest: &mut Harvest) {
    let renderer = Renderer::new(SEED);
    let faces: Vec<Vec<u8>> = (0..count)
        .into_par_iter()
        .map(|index| {
            let person = u64::try_from(index).unwrap_or(u64::MAX);
            renderer.face(person, shown(index)).pixels().to_vec()
        })
        .collect();
    let training = share_of(count, SHARES[0]);
    let validation = training + share_of(count, SHARES[1]);
    for (index, face) in faces.into_iter().enumerate() {
        let split = match index {
            index if index < training => Split::Training,
            index if index < validation => Split::Validation,
            _ => Split::PublicTest,
        };
        harvest.add(Some(Part::Is(split)), shown(index), face.into_boxed_slice());
    }
}

/// The expression of face `index`: one after the other.
fn shown(index: usize) -> Expression {
    Expression::ALL[index % CLASSES]
}
