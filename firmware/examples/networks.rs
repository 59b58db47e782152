//! Times the box's networks on request, for `scripts/lab/compare-onnxruntime --speed`: each line `NETWORK RUNS` on standard
//! input is answered with the processor time of a run in milliseconds, the mean of RUNS. NETWORK is `classify` (one
//! 48x48 face) or `find` (a 192x144 frame, its canvas included).
#![expect(clippy::print_stdout, reason = "its output is read by the script")]

#[path = "support/cpu.rs"]
mod cpu;

use mood::{Classifier, Contract, Crop, FaceFinder, Frame, InputTensor, LabelSet, PixelFormat, Search};
use std::io::{Write, stdin, stdout};
use std::path::Path;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let model = |name: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../models").join(name));
    let (narrow, wide) = (model("blazeface_short_192x144.onnx")?, model("blazeface_short_256x192.onnx")?);
    let mut finder = FaceFinder::from_onnx(&narrow, &wide)?;
    let classifier = Classifier::from_onnx(&model("mood.onnx")?)?;
    let noise = |len: u32| (0..len).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect::<Vec<u8>>();
    let face = Crop::from_pixels(48, noise(48 * 48)).ok_or("a crop of 48x48")?;
    let input = InputTensor::new(&face, &Contract::new(LabelSet::Fer2013));
    let frame = Frame::packed(192, 144, PixelFormat::Rgb, Duration::ZERO, noise(192 * 144 * 3))?;
    for line in stdin().lines() {
        let line = line?;
        let (network, runs) = line.split_once(' ').ok_or("each line is NETWORK RUNS")?;
        let time = match network {
            "classify" => time(runs.parse()?, || classifier.logits(&input).is_ok()),
            "find" => time(runs.parse()?, || finder.glance(&frame, Search::Whole).is_ok()),
            _ => return Err(format!("`{network}` is neither classify nor find").into()),
        };
        println!("{:.4}", time.as_secs_f64() * 1e3);
        stdout().flush()?;
    }
    Ok(())
}

/// Processor time of a run, the mean of `runs`: the kernel counts it in steps longer than one.
fn time(runs: u32, mut work: impl FnMut() -> bool) -> Duration {
    let began = cpu::time();
    for _ in 0..runs {
        std::hint::black_box(work());
    }
    cpu::time().saturating_sub(began) / runs.max(1)
}
