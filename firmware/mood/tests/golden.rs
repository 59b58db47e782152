//! Picture -> face -> crop -> input tensor, against what was accepted before.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use mood::{Contract, Crop, FaceBox, FaceFinder, Frame, InputTensor, LabelSet, PixelFormat, Point};
use std::path::Path;
use std::time::Duration;
use support::finder;
use support::photos::frame;

/// Frame pixels a landmark may move by when float sums are taken in another order.
const CLOSE: f32 = 0.1;
/// Luminance steps a crop's pixel may then change by.
const ONE_STEP: u8 = 1;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn only_face(finder: &FaceFinder, frame: &Frame) -> FaceBox {
    let found = finder.find(frame).unwrap();
    let [face] = found.faces.as_slice() else { panic!("{found:?}") };
    *face
}

#[test]
fn the_astronaut_is_found_where_she_was() {
    let face = only_face(&finder(), &frame(&folder().join("astronaut.png")));
    let at = [face.centre(), face.landmarks.left_eye, face.landmarks.right_eye, face.landmarks.mouth];
    let accepted = [(142.13, 77.43), (126.12, 63.25), (153.86, 64.55), (138.04, 93.10)].map(|(x, y)| Point { x, y });
    let apart = at.iter().zip(accepted).map(|(at, accepted)| at.distance(accepted)).fold(0.0, f32::max);
    assert!(apart < CLOSE, "{at:?}");
}

#[test]
fn her_crop_is_the_accepted_one() {
    let path = folder().join("astronaut-crop.png");
    let frame = frame(&folder().join("astronaut.png"));
    let crop = Crop::of(&frame, &only_face(&finder(), &frame), 48);
    if std::env::var_os("MOODBOX_ACCEPT").is_some() {
        image::save_buffer(&path, crop.pixels(), 48, 48, image::ColorType::L8).unwrap();
    }
    let accepted = image::open(&path).unwrap().into_luma8();
    let largest = crop.pixels().iter().zip(accepted.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(largest <= Some(ONE_STEP), "a pixel differs by {largest:?}; MOODBOX_ACCEPT=1 accepts the new crop");
}

#[test]
fn mood_gives_equal_output_for_equal_input() {
    let frame = frame(&folder().join("astronaut.png"));
    let contract = Contract::new(LabelSet::Fer2013);
    let look = || {
        let face = only_face(&finder(), &frame);
        (face, InputTensor::new(&Crop::of(&frame, &face, 48), &contract))
    };
    assert_eq!(look(), look());
}

/// The same pixels with padding after every line, as some cameras send them.
#[test]
fn the_stride_changes_nothing() {
    let packed = frame(&folder().join("astronaut.png"));
    let (width, height) = (packed.width(), packed.height());
    let lines = (0..height).flat_map(|y| [packed.line(y), &[255; 37]].concat()).collect();
    let stride = packed.line(0).len() + 37;
    let padded = Frame::new(width, height, stride, PixelFormat::Rgb, Duration::ZERO, lines).unwrap();
    let finder = finder();
    let face = only_face(&finder, &packed);
    assert_eq!(only_face(&finder, &padded), face);
    assert_eq!(Crop::of(&padded, &face, 48), Crop::of(&packed, &face, 48));
}
