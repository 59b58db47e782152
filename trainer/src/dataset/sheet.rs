//! Contact sheets: a row of pictures for each class, as one PNG, for looking at data before anything learns from it.

use super::augment::{self, Augment};
use super::{Dataset, PIXELS, Split};
use crate::random::generator;
use image::{GrayImage, ImageFormat, Luma, imageops};
use rand::seq::SliceRandom;
use std::io::Cursor;

/// Pictures in a line.
const COLUMNS: usize = 20;
/// Lines of a class on a sheet of a data set.
const LINES: usize = 3;
/// Pictures of a class on a sheet of varied pictures: a line each.
const ORIGINALS: usize = 2;
/// Pixels between pictures.
const GAP: u32 = 2;
/// Pixels between classes, and after an original.
const WIDE_GAP: u32 = 8;
const CELL: u32 = PICTURE + GAP;
/// Width of the column with the names.
const MARGIN: u32 = 112;
/// Height and width of a picture.
const PICTURE: u32 = 48;
const GROUND: Luma<u8> = Luma([28]);

/// A class on a sheet.
struct Row {
    name: &'static str,
    /// Under the name.
    note: String,
    lines: Vec<Vec<Vec<u8>>>,
}

/// A PNG with up to 60 training pictures of each class (of all parts, where there are none for training), chosen by
/// `seed`, with the count of each class at the left.
#[must_use]
pub fn contact(dataset: &Dataset, seed: u64) -> Vec<u8> {
    let row = |(class, name): (usize, &&'static str)| {
        let (chosen, count) = choose(dataset, class, seed, COLUMNS * LINES);
        let pictures: Vec<Vec<u8>> = chosen.iter().map(|&index| dataset.samples[index].pixels.to_vec()).collect();
        Row { name, note: count.to_string(), lines: pictures.chunks(COLUMNS).map(<[_]>::to_vec).collect() }
    };
    draw(&dataset.label_set.label_names().iter().enumerate().map(row).collect::<Vec<_>>(), 0)
}

/// A PNG with two training pictures of each class, each followed by variations as training draws them.
#[must_use]
pub fn augmented(dataset: &Dataset, by: &Augment, seed: u64) -> Vec<u8> {
    let row = |(class, name): (usize, &&'static str)| {
        let line = |&index: &usize| {
            let original = &dataset.samples[index].pixels;
            let mut random = generator(seed, u64::try_from(index).unwrap_or(u64::MAX));
            let varied = (1..COLUMNS).map(|_| augment::vary(original, by, &mut random));
            std::iter::once(original.to_vec()).chain(varied).collect()
        };
        let (chosen, _) = choose(dataset, class, seed, ORIGINALS);
        Row { name, note: "as is, varied".into(), lines: chosen.iter().map(line).collect() }
    };
    draw(&dataset.label_set.label_names().iter().enumerate().map(row).collect::<Vec<_>>(), WIDE_GAP)
}

/// `most` pictures of `class` at random, and how many there are to choose from.
fn choose(dataset: &Dataset, class: usize, seed: u64, most: usize) -> (Vec<usize>, usize) {
    let training = dataset.samples.iter().any(|picture| picture.split == Split::Training);
    let of_class = |index: &usize| {
        let picture = &dataset.samples[*index];
        usize::from(picture.label) == class && (!training || picture.split == Split::Training)
    };
    let mut indices: Vec<usize> = (0..dataset.samples.len()).filter(of_class).collect();
    let count = indices.len();
    indices.shuffle(&mut generator(seed, u64::try_from(class).unwrap_or(u64::MAX)));
    indices.truncate(most);
    (indices, count)
}

/// `after_first`: pixels left free after the first picture of each line.
fn draw(rows: &[Row], after_first: u32) -> Vec<u8> {
    let columns = u32::try_from(COLUMNS).unwrap_or(u32::MAX);
    // An empty class keeps a line for its name.
    let height = |row: &Row| u32::try_from(row.lines.len().max(1)).unwrap_or(u32::MAX) * CELL + WIDE_GAP;
    let size = (MARGIN + columns * CELL + after_first + GAP, WIDE_GAP + rows.iter().map(height).sum::<u32>());
    let mut sheet = GrayImage::from_pixel(size.0, size.1, GROUND);
    let mut top = WIDE_GAP;
    for row in rows {
        write(&mut sheet, row.name, (WIDE_GAP, top + WIDE_GAP), 2);
        write(&mut sheet, &row.note, (WIDE_GAP, top + 4 * WIDE_GAP), 1);
        for (line, pictures) in (0..).zip(&row.lines) {
            for (column, picture) in (0..).zip(pictures) {
                let left = MARGIN + column * CELL + if column > 0 { after_first } else { 0 };
                paste(&mut sheet, picture, (left, top + line * CELL));
            }
        }
        top += height(row);
    }
    let mut png = Cursor::new(Vec::new());
    sheet.write_to(&mut png, ImageFormat::Png).expect("a grey picture is written to memory");
    png.into_inner()
}

fn paste(sheet: &mut GrayImage, pixels: &[u8], (left, top): (u32, u32)) {
    debug_assert_eq!(pixels.len(), PIXELS);
    if let Some(picture) = GrayImage::from_raw(PICTURE, PICTURE, pixels.to_vec()) {
        imageops::replace(sheet, &picture, left.into(), top.into());
    }
}

const INK: Luma<u8> = Luma([225]);
/// Dots from letter to letter.
const ADVANCE: u32 = 6;

/// Writes `text` in capitals with its upper left corner at `at`, `scale` pixels a dot. What doesn't fit is cut off; what
/// has no letter here stays blank.
fn write(sheet: &mut GrayImage, text: &str, at: (u32, u32), scale: u32) {
    for (place, letter) in (0..).zip(text.chars()) {
        for (row, dots) in (0..).zip(dots(letter.to_ascii_uppercase())) {
            for (column, _) in (0..).zip(dots.chars()).filter(|(_, dot)| *dot == '#') {
                let left = at.0 + (place * ADVANCE + column) * scale;
                let top = at.1 + row * scale;
                for (x, y) in (0..scale).flat_map(|x| (0..scale).map(move |y| (left + x, top + y))) {
                    if let Some(pixel) = sheet.get_pixel_mut_checked(x, y) {
                        *pixel = INK;
                    }
                }
            }
        }
    }
}

/// The rows of a letter, five dots each; none for one that isn't in `letters.txt`.
fn dots(letter: char) -> impl Iterator<Item = &'static str> {
    let mut lines = include_str!("letters.txt").lines();
    let place = lines.next().and_then(|letters| letters.chars().step_by(6).position(|known| known == letter));
    lines.filter_map(move |line| place.and_then(|place| line.get(6 * place..6 * place + 5)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use mood::LabelSet;

    #[test]
    fn a_sheet_has_a_row_for_each_class_even_an_empty_one() {
        let picture = |label| Sample { pixels: vec![200; PIXELS].into(), label, split: Split::Training };
        let pictures = (0..25).map(|_| picture(0)).chain([picture(6)]).collect();
        let dataset = Dataset { samples: pictures, label_set: LabelSet::Fer2013 };
        let open = |png: &[u8]| image::load_from_memory(png).unwrap().into_luma8();
        let sheet = open(&contact(&dataset, 1));
        // Two lines of `angry`, one of each other class.
        assert_eq!(sheet.dimensions(), (MARGIN + 20 * CELL + GAP, WIDE_GAP + 8 * CELL + 7 * WIDE_GAP));
        let pictured = sheet.pixels().filter(|pixel| pixel.0 == [200]).count();
        assert_eq!(pictured, 26 * PIXELS);
        let varied = open(&augmented(&dataset, &Augment::default(), 1));
        assert_eq!(varied.height(), sheet.height());
        assert_eq!(contact(&dataset, 1), contact(&dataset, 1));
    }
}
