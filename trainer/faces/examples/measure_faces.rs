//! Measures the drawn faces and draws a sheet of them.
//!
//! `cargo run --release -p faces --example measure_faces -- [SHEET.png]` says how many frames the face finder finds
//! and how exactly, how long a crop and a frame take on one core, whether any of 10,000 crops are equal, and how well a
//! linear classifier on gradient histograms tells the expressions of unseen people apart.
#![expect(clippy::print_stdout, reason = "an example that prints what it measures")]
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "counts of measurements; a pixel's gradient"
)]

use faces::{CROP_SIDE, Renderer};
use image::GrayImage;
use mood::{Crop, Expression, FaceFinder};
use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

type Fallible = Result<(), Box<dyn std::error::Error>>;

/// The seven of FER-2013.
const CLASSES: usize = 7;
/// Pixels per side of a crop.
const SIDE: usize = CROP_SIDE as usize;

fn main() -> Fallible {
    if let Some(file) = std::env::args().nth(1) {
        sheet(Path::new(&file))?;
    }
    let renderer = Renderer::new(7);
    finder(renderer)?;
    speed(renderer);
    duplicates(renderer);
    linear(renderer);
    Ok(())
}

/// Ten people, each with all expressions.
fn sheet(file: &Path) -> Fallible {
    let renderer = Renderer::new(1);
    let side = u32::from(CROP_SIDE);
    let mut sheet = GrayImage::new(8 * side, 10 * side);
    for person in 0..10 {
        for (column, expression) in (0..).zip(Expression::ALL) {
            let face = renderer.face(person, expression);
            let picture = GrayImage::from_raw(side, side, face.pixels().to_vec()).ok_or("a crop of another size")?;
            image::imageops::replace(
                &mut sheet,
                &picture,
                i64::from(column * side),
                i64::try_from(person)? * i64::from(side),
            );
        }
    }
    Ok(sheet.save(file)?)
}

fn finder(renderer: Renderer) -> Fallible {
    const FRAMES: u64 = 210;
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let read = |name: &str| std::fs::read(models.join(name));
    let finder = FaceFinder::from_onnx(&read("blazeface_short_192x144.onnx")?, &read("blazeface_short_256x192.onnx")?)?;
    let (mut found, mut right, mut eyes, mut mouths) = (0, 0, 0.0, 0.0);
    for (index, expression) in (0..FRAMES).zip(Expression::ALL[..CLASSES].iter().cycle()) {
        let portrait = renderer.portrait(index, *expression);
        let faces = finder.find(&portrait.frame)?;
        let Some(face) = faces.faces.first() else { continue };
        found += 1;
        let unit = portrait.left_eye.distance(portrait.right_eye);
        let eye = face.landmarks.left_eye.distance(portrait.left_eye) / unit;
        if eye < 0.4 {
            right += 1;
            eyes += eye;
            mouths += face.landmarks.mouth.distance(portrait.mouth) / unit;
        }
    }
    let count = right as f32;
    println!("face finder: {found} of {FRAMES} frames, {right} in the right place");
    println!("  off by {:.3} (eye) and {:.3} (mouth) eye distances", eyes / count, mouths / count);
    Ok(())
}

fn speed(renderer: Renderer) {
    let each = |count: u64, draw: &dyn Fn(u64, Expression)| {
        let start = Instant::now();
        for (index, expression) in (0..count).zip(Expression::ALL[..CLASSES].iter().cycle()) {
            draw(index, *expression);
        }
        start.elapsed().as_secs_f64() * 1000.0 / count as f64
    };
    let crop = each(500, &|index, expression| drop(std::hint::black_box(renderer.face(index, expression))));
    let frame = each(20, &|index, expression| drop(std::hint::black_box(renderer.frame(index, expression))));
    println!("one core: {crop:.2} ms a crop, {frame:.1} ms a frame (wall time)");
}

fn duplicates(renderer: Renderer) {
    const CROPS: u64 = 10_000;
    let drawn = (0..CROPS).zip(Expression::ALL[..CLASSES].iter().cycle());
    let unique: HashSet<Vec<u8>> = drawn.map(|(index, class)| renderer.face(index, *class).pixels().to_vec()).collect();
    println!("{CROPS} crops, {} of them different", unique.len());
}

/// Softmax regression on histograms of oriented gradients, people apart.
fn linear(renderer: Renderer) {
    const LEARNT: u64 = 4200;
    const UNSEEN: u64 = 1050;
    const ROUNDS: usize = 30;
    let examples: Vec<(Vec<f32>, usize)> = (0..LEARNT + UNSEEN)
        .map(|index| {
            let class = (index % CLASSES as u64) as usize;
            (histograms(&renderer.face(100_000 + index, Expression::ALL[class])), class)
        })
        .collect();
    let (learnt, unseen) = examples.split_at(LEARNT as usize);
    let mut weights = vec![vec![0.0_f32; learnt[0].0.len()]; CLASSES];
    for round in 0..ROUNDS {
        let rate = 0.3 * (1.0 - round as f32 / ROUNDS as f32);
        for (features, class) in learnt {
            let shares = probabilities(&weights, features);
            for (row, (weights, share)) in weights.iter_mut().zip(shares).enumerate() {
                let step = rate * (f32::from(u8::from(row == *class)) - share);
                weights.iter_mut().zip(features).for_each(|(weight, feature)| *weight += step * feature);
            }
        }
    }
    let mut confusion = [[0_u32; CLASSES]; CLASSES];
    for (features, class) in unseen {
        let shares = probabilities(&weights, features);
        let best = (0..CLASSES).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or(0);
        confusion[*class][best] += 1;
    }
    let right: u32 = (0..CLASSES).map(|class| confusion[class][class]).sum();
    println!("linear classifier on unseen people: {:.1} % of {UNSEEN} right", 100.0 * f64::from(right) / UNSEEN as f64);
    for (class, row) in Expression::ALL.iter().zip(confusion) {
        println!("  {:9}{row:4?}", class.name());
    }
}

fn probabilities(weights: &[Vec<f32>], features: &[f32]) -> Vec<f32> {
    let logits: Vec<f32> =
        weights.iter().map(|row| row.iter().zip(features).map(|(weight, feature)| weight * feature).sum()).collect();
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// Eight directions in each of 8 by 8 cells, each direction's share of its cell's gradients, and a constant.
fn histograms(face: &Crop) -> Vec<f32> {
    const CELLS: usize = 8;
    const DIRECTIONS: usize = 8;
    let pixels = face.pixels();
    let get = |row: usize, column: usize| f32::from(pixels[row * SIDE + column]);
    let mut features = vec![0.0; CELLS * CELLS * DIRECTIONS];
    for row in 1..SIDE - 1 {
        for column in 1..SIDE - 1 {
            let (right, down) =
                (get(row, column + 1) - get(row, column - 1), get(row + 1, column) - get(row - 1, column));
            let turn = (down.atan2(right) / std::f32::consts::TAU + 1.0).fract();
            #[expect(clippy::cast_sign_loss, reason = "a share of a turn lies in 0..=1")]
            let direction = (turn * DIRECTIONS as f32) as usize % DIRECTIONS;
            let cell = row * CELLS / SIDE * CELLS + column * CELLS / SIDE;
            features[cell * DIRECTIONS + direction] += right.hypot(down);
        }
    }
    for cell in features.chunks_exact_mut(DIRECTIONS) {
        let length = cell.iter().map(|value| value * value).sum::<f32>().sqrt() + 20.0;
        cell.iter_mut().for_each(|value| *value /= length);
    }
    features.push(1.0);
    features
}
