//! What corrections are worth: `cargo run --release -p mood --example owner -- FER2013.csv FER2013NEW.csv [MODEL.onnx]`.
//!
//! Pretends owners on FER-2013's `PublicTest` pictures with a majority among FER+'s people: such whose camera always sees
//! them in one odd way, and such who call by another word what those people saw. Half of an owner's pictures are looks:
//! a wrong answer is corrected, a right one let stand. On the other half agreement with the owner is measured after 0, 5,
//! 20 and 50 corrections, with the box's own reading (both ways, light evened out) and the box's own layer.
#![expect(clippy::print_stdout, reason = "a measuring tool")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts of some thousand")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from f32 saturates")]

use mood::{Classifier, Contract, Crop, Example, Expression, InputTensor, LabelSet, Owner, Probabilities, Reading};
use std::path::Path;

type Failure = Box<dyn std::error::Error>;

/// Corrections after which agreement is measured.
const MARKS: [usize; 4] = [0, 5, 20, 50];
/// Corrections after which the layer is fitted anew. The box does it after each.
const FITS: [usize; 14] = [1, 2, 3, 4, 5, 8, 12, 16, 20, 25, 30, 35, 42, 50];
/// Ways an owner's pictures are divided in two.
const DIVISIONS: u64 = 3;

/// An owner with fewer odd faces than this says nothing.
const FEWEST: usize = 10;

struct Picture {
    crop: Crop,
    /// What FER-2013 calls it.
    label: Expression,
    /// What most of FER+'s people saw.
    seen: Expression,
}

struct Pretended {
    name: String,
    faces: Vec<(Reading, Expression)>,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: owner FER2013.csv FER2013NEW.csv [MODEL.onnx]";
    let (csv, votes) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/mood.onnx");
    let classifier = Classifier::from_onnx(&std::fs::read(arguments.next().map_or(built_in, Into::into))?)?;
    let pictures = pictures(&std::fs::read_to_string(csv)?, &std::fs::read_to_string(votes)?)?;
    println!("{} pictures of PublicTest with a majority; agreement in %, and how it changed", pictures.len());
    println!("{:<34} {:>6}{}", "owner", "n", MARKS.map(|mark| format!("{:>14}", format!("k = {mark}"))).concat());
    let mut means = [0.0; MARKS.len()];
    let owners = owners(&classifier, &pictures)?;
    let mut worst = f32::INFINITY;
    for owner in &owners {
        let found = agreement(owner, classifier.contract());
        let text = found.map(|it| format!("{:>7.1} ({:+.1})", 100.0 * it, 100.0 * (it - found[0])));
        println!("{:<34} {:>6}{}", owner.name, owner.faces.len() / 2, text.concat());
        worst = found.iter().map(|it| it - found[0]).fold(worst, f32::min);
        means.iter_mut().zip(found).for_each(|(mean, it)| *mean += it / owners.len() as f32);
    }
    let text = means.map(|it| format!("{:>7.1} ({:+.1})", 100.0 * it, 100.0 * (it - means[0])));
    println!("{:<34} {:>6}{}", "mean", "", text.concat());
    println!("worst change of any owner: {:+.2} points", 100.0 * worst);
    Ok(())
}

/// Agreement at each mark, the mean over some divisions. An owner without so many corrections keeps the last figure.
fn agreement(owner: &Pretended, contract: &Contract) -> [f32; MARKS.len()] {
    let mut sums = [0.0; MARKS.len()];
    for division in 1..=DIVISIONS {
        let mut faces: Vec<&(Reading, Expression)> = owner.faces.iter().collect();
        shuffle(&mut faces, division);
        let (looks, others) = faces.split_at(faces.len() / 2);
        let mut remembered = Owner::new();
        let mut layer = remembered.layer(contract);
        let answer = |layer: &mood::Layer, reading: &Reading| {
            Probabilities::from_logits(&layer.adapted(reading), contract).winner().map(|(expression, _)| expression)
        };
        let agree = |layer: &mood::Layer| {
            let right = others.iter().filter(|(reading, truth)| answer(layer, reading) == Some(*truth)).count();
            right as f32 / others.len() as f32
        };
        let mut found = [agree(&layer); MARKS.len()];
        let mut corrections = 0;
        for (reading, truth) in looks.iter().copied() {
            let corrected = answer(&layer, reading) != Some(*truth);
            remembered.remember(Example { reading: reading.clone(), label: *truth, corrected });
            if !corrected {
                continue;
            }
            corrections += 1;
            if FITS.contains(&corrections) {
                layer = remembered.layer(contract);
            }
            if let Some(place) = MARKS.iter().position(|mark| *mark == corrections) {
                found[place..].fill(agree(&layer));
            }
            if MARKS.last() == Some(&corrections) {
                break;
            }
        }
        sums.iter_mut().zip(found).for_each(|(sum, it)| *sum += it / DIVISIONS as f32);
    }
    sums
}

fn owners(classifier: &Classifier, pictures: &[Picture]) -> Result<Vec<Pretended>, Failure> {
    let read = |change: &dyn Fn(&Crop, u64) -> Crop| -> Result<Vec<Reading>, Failure> {
        let read = |(picture, seed): (&Picture, u64)| {
            let mut crop = change(&picture.crop, seed);
            crop.light_up();
            Ok(classifier.read_both_ways(&mut InputTensor::new(&crop, classifier.contract()))?)
        };
        pictures.iter().zip(1..).map(read).collect()
    };
    let plain = read(&|crop, _| crop.clone())?;
    let mut owners = Vec::new();
    let mut add = |name: &str, faces: Vec<(Reading, Expression)>| owners.push(Pretended { name: name.into(), faces });
    let truths = || pictures.iter().map(|picture| picture.seen);
    add("nothing odd", plain.iter().cloned().zip(truths()).collect());
    add("sits in the dark", read(&dark)?.into_iter().zip(truths()).collect());
    add("camera below, head tilted", read(&tilted)?.into_iter().zip(truths()).collect());
    add("window at one side", read(&side_lit)?.into_iter().zip(truths()).collect());
    use Expression::{Angry, Fear, Neutral, Sad, Surprise};
    for (seen, word) in [(Neutral, Sad), (Sad, Neutral), (Neutral, Angry), (Angry, Neutral), (Surprise, Fear)] {
        // All who are seen so but labelled otherwise, among four times as many on whom both agree.
        let odd = |picture: &Picture| picture.seen == seen && picture.label == word;
        let many = pictures.iter().filter(|picture| odd(picture)).count();
        if many < FEWEST {
            continue;
        }
        let mut others: Vec<usize> =
            (0..pictures.len()).filter(|&at| pictures[at].seen == pictures[at].label).collect();
        shuffle(&mut others, 9);
        let odd = (0..pictures.len()).filter(|&at| odd(&pictures[at])).map(|at| (plain[at].clone(), word));
        let agreed = others.iter().take(4 * many).map(|&at| (plain[at].clone(), pictures[at].seen));
        add(&format!("calls some {seen} faces {word}"), odd.chain(agreed).collect());
    }
    Ok(owners)
}

fn dark(crop: &Crop, seed: u64) -> Crop {
    let mut random = seed;
    changed(crop, |_, _, value| {
        let noise: f32 = (0..4).map(|_| next(&mut random)).sum::<f32>() - 2.0;
        value * 0.12 + 4.0 * noise
    })
}

fn side_lit(crop: &Crop, _seed: u64) -> Crop {
    changed(crop, |column, _, value| value * (0.15 + 0.95 * column as f32 / crop.side() as f32))
}

fn tilted(crop: &Crop, _seed: u64) -> Crop {
    let side = crop.side() as f32;
    let (sin, cos) = 16.0_f32.to_radians().sin_cos();
    changed(crop, |column, row, _| {
        let (x, y) = (column as f32 - side / 2.0, row as f32 - side / 2.0);
        let at = |along: f32, shift: f32| ((along * 1.1 + side / 2.0 + shift).max(0.0) as u32).min(crop.side() - 1);
        let (x, y) = (at(x * cos - y * sin, 2.0), at(x * sin + y * cos, -3.0));
        f32::from(crop.pixels()[(y * crop.side() + x) as usize])
    })
}

fn changed(crop: &Crop, mut change: impl FnMut(u32, u32, f32) -> f32) -> Crop {
    let side = crop.side();
    let pixels = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
    let pixels = pixels.zip(crop.pixels()).map(|((column, row), &value)| change(column, row, f32::from(value)) as u8);
    Crop::from_pixels(side, pixels.collect()).unwrap_or_else(|| crop.clone())
}

fn pictures(csv: &str, votes: &str) -> Result<Vec<Picture>, Failure> {
    let (rows, votes) = (csv.lines().skip(1), votes.lines().skip(1));
    let labels = LabelSet::Fer2013.label_names();
    let people = LabelSet::FerPlus.label_names();
    let mut pictures = Vec::new();
    for (row, votes) in rows.zip(votes) {
        let fields: Vec<&str> = row.split(',').collect();
        let [label, pixels, usage] = fields.as_slice() else { return Err("a row has not three fields".into()) };
        // Usage, image name, then the votes: eight expressions, unknown, no face.
        let votes: Vec<u32> = votes.split(',').skip(2).map(str::parse).collect::<Result<_, _>>()?;
        if *usage != "PublicTest" {
            continue;
        }
        let total: u32 = votes.iter().sum();
        let majority = people.iter().zip(&votes).find(|(_, count)| 2 * **count > total);
        let Some(seen) = majority.and_then(|(name, _)| Expression::from_label(name)) else { continue };
        let label = labels.get(label.parse::<usize>()?).and_then(|name| Expression::from_label(name));
        let bytes = pixels.split(' ').map(str::parse).collect::<Result<Vec<u8>, _>>()?;
        let crop = Crop::from_pixels(48, bytes).ok_or("a picture is not 48x48")?;
        pictures.push(Picture { crop, label: label.ok_or("a label that is none")?, seen });
    }
    Ok(pictures)
}

/// A number of 0..1 (SplitMix64).
fn next(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
}

fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = seed;
    for end in (1..items.len()).rev() {
        items.swap(end, (next(&mut random) * (end + 1) as f32) as usize);
    }
}
