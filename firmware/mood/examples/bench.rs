//! How long the stages of one look take on this machine: `cargo run --release -p mood --example bench [PICTURE...]`.
//!
//! Prints the least and the median of many runs, in milliseconds of wall time.
#![expect(clippy::print_stdout, reason = "a measuring tool")]

use mood::{
    Classifier, Contract, Crop, Example, FaceFinder, Flip, Frame, InputTensor, LabelSet, Owner, PixelFormat, Range,
    Raw, RawFormat, owner::MOST_EXAMPLES,
};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const RUNS: usize = 40;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = |name: &str| std::fs::read(here.join("../../models").join(name));
    let (narrow, wide) = (model("blazeface_short_192x144.onnx")?, model("blazeface_short_256x192.onnx")?);
    measure("load both finder networks", 5, || FaceFinder::from_onnx(&narrow, &wide).is_ok());
    let finder = FaceFinder::from_onnx(&narrow, &wide)?;

    let bytes = vec![127; 640 * 480 * 2];
    for format in [RawFormat::Yuyv, RawFormat::Nv12, RawFormat::I420] {
        let stride = format.least_stride(640);
        let raw = Raw { width: 640, height: 480, stride, format, range: Range::Limited, bytes: &bytes };
        measure(&format!("convert {format} 640x480"), RUNS, || raw.to_frame(Flip::default(), Duration::ZERO).is_ok());
    }

    let empty = Frame::packed(640, 480, PixelFormat::Rgb, Duration::ZERO, vec![127; 640 * 480 * 3])?;
    measure("find nobody in 640x480 (three looks)", RUNS, || finder.find(&empty).is_ok());

    let mut pictures: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if pictures.is_empty() {
        pictures.push(here.join("tests/golden/astronaut.png"));
    }
    for path in pictures {
        let picture = image::open(&path)?.into_rgb8();
        let (width, height) = picture.dimensions();
        println!("{} ({width}x{height})", path.display());
        let frame = Frame::packed(width, height, PixelFormat::Rgb, Duration::ZERO, picture.into_raw())?;
        measure("  find", RUNS, || finder.find(&frame).is_ok());
        if let Some(face) = finder.find(&frame)?.faces.first() {
            measure("  crop", RUNS, || Crop::of(&frame, face, 48).side());
        }
    }

    let Ok(bytes) = model("mood.onnx") else {
        println!("skipped: models/mood.onnx is not here");
        return Ok(());
    };
    measure("load the classifier", 5, || Classifier::from_onnx(&bytes).is_ok());
    let classifier = Classifier::from_onnx(&bytes)?;
    let grey = Crop::from_pixels(48, vec![90; 48 * 48]).ok_or("a crop of 48x48")?;
    let input = InputTensor::new(&grey, &Contract::new(LabelSet::Fer2013));
    measure("classify", RUNS, || classifier.logits(&input).is_ok());
    measure("classify a face and its mirror image", RUNS, || classifier.read_both_ways(&mut input.clone()).is_ok());
    let owner = taught(&classifier)?;
    let examples = owner.examples().len();
    measure(&format!("fit the owner's layer to {examples} examples"), 5, || {
        owner.layer(classifier.contract()).is_empty()
    });
    Ok(())
}

/// An owner who has taught as much as is remembered, on faces of noise.
fn taught(classifier: &Classifier) -> Result<Owner, Failure> {
    let contract = classifier.contract();
    let mut owner = Owner::new();
    let mut state = 1_u32;
    for number in 0..2 * MOST_EXAMPLES {
        let pixels = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        let crop = Crop::from_pixels(48, pixels.take(48 * 48).collect()).ok_or("a crop of 48x48")?;
        let reading = classifier.read(&InputTensor::new(&crop, contract))?;
        let label = contract.labels.get(number % contract.labels.len()).copied().ok_or("a label")?;
        owner.remember(Example { reading, label, corrected: number % 2 == 0 });
    }
    Ok(owner)
}

fn measure<T>(name: &str, runs: usize, mut work: impl FnMut() -> T) {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(work());
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (least, median) = (times.first().copied().unwrap_or(0.0), times.get(runs / 2).copied().unwrap_or(0.0));
    println!("{name:<40} {least:>8.2} ms least {median:>8.2} ms median");
}
