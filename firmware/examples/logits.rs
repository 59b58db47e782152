//! The classifier's logits, bit for bit, to hold one processor against another:
//! `cargo run --release -p moodbox --example logits -- MODEL.onnx PICTURE...`, or `-` for rows of `fer2013.csv` on stdin.
//!
//! A line a crop: name, then each logit as the hexadecimal digits of its 32 bits. Pictures give two lines: the square in
//! the middle, which no floating-point network has touched before the classifier, and the face that was found.
//! `scripts/compare-arm64` runs it on both.
#![expect(clippy::print_stdout, reason = "a measuring tool")]

use mood::{Classifier, Crop, FaceFinder, Frame, InputTensor, PixelFormat};
use std::path::Path;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let classifier = Classifier::from_onnx(&std::fs::read(arguments.next().ok_or("usage: logits MODEL PICTURE...")?)?)?;
    let side = classifier.contract().side;
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let model = |name: &str| std::fs::read(models.join(name));
    let finder =
        FaceFinder::from_onnx(&model("blazeface_short_192x144.onnx")?, &model("blazeface_short_256x192.onnx")?)?;
    for argument in arguments {
        if argument == "-" {
            for (row, line) in std::io::stdin().lines().enumerate() {
                let line = line?;
                let pixels = line.split(',').nth(1).ok_or("a row has no pixels")?;
                let pixels = pixels.split_whitespace().map(str::parse).collect::<Result<Vec<u8>, _>>()?;
                let crop = Crop::from_pixels(side, pixels).ok_or("a row is not of the network's size")?;
                print(&format!("row {row}"), &classifier, &crop)?;
            }
            continue;
        }
        let path = Path::new(&argument);
        let picture = image::open(path)?.into_rgb8();
        let (width, height) = picture.dimensions();
        let frame = Frame::packed(width, height, PixelFormat::Rgb, Duration::ZERO, picture.into_raw())?;
        print(&format!("{} middle", path.display()), &classifier, &Crop::centred(&frame, side))?;
        if let Some(face) = finder.find(&frame)?.faces.first() {
            print(&format!("{} face", path.display()), &classifier, &Crop::of(&frame, face, side))?;
        }
    }
    Ok(())
}

fn print(name: &str, classifier: &Classifier, crop: &Crop) -> Result<(), Failure> {
    let logits = classifier.logits(&InputTensor::new(crop, classifier.contract()))?;
    let bits: Vec<String> = logits.0.iter().map(|logit| format!("{:08x}", logit.to_bits())).collect();
    println!("{name}\t{}", bits.join(" "));
    Ok(())
}
