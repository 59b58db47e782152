//! The crop: any box gives one, and it shows what the landmark rule says.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use mood::{Contract, Crop, FaceBox, Frame, InputTensor, LabelSet, Landmarks};
use mood::{PixelFormat, Point};
use proptest::prelude::*;
use std::time::Duration;

/// Luminance steps that rounding and interpolation may cost.
const CLOSE: i16 = 2;

fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A face whose crop is `side` frame pixels wide around `centre`, turned by `roll` degrees: the landmark rule backwards.
fn face(centre: Point, side: f32, roll: f32) -> FaceBox {
    let unit = side / 2.64;
    let (sin, cos) = roll.to_radians().sin_cos();
    let place = |right: f32, down: f32| at(centre.x + right * cos - down * sin, centre.y + right * sin + down * cos);
    let (eyes, mouth) = ((0.237 - 0.5) * unit, (0.237 + 0.5) * unit);
    let landmarks = Landmarks {
        left_eye: place(-unit / 2.0, eyes),
        right_eye: place(unit / 2.0, eyes),
        mouth: place(0.0, mouth),
        ..Landmarks::default()
    };
    FaceBox { x: 0.0, y: 0.0, width: side, height: side, score: 1.0, landmarks }
}

fn grey(width: u32, height: u32, luminance: impl Fn(f32, f32) -> f32) -> Frame {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "small pixel numbers")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a luminance")]
    let bytes = pixels.map(|(x, y)| luminance(x as f32 + 0.5, y as f32 + 0.5).round() as u8).collect();
    Frame::packed(width, height, PixelFormat::Grey, Duration::ZERO, bytes).unwrap()
}

#[test]
fn a_crop_of_its_own_size_copies_the_frame() {
    let frame = grey(200, 100, |x, y| x + 0.5 * y);
    let crop = Crop::of(&frame, &face(at(70.0, 44.0), 48.0, 0.0), 48);
    for (row, line) in (20..).zip(crop.pixels().chunks_exact(48)) {
        for (found, expected) in line.iter().zip(&frame.line(row)[46..94]) {
            assert!((i16::from(*found) - i16::from(*expected)).abs() <= CLOSE, "row {row}: {found} {expected}");
        }
    }
}

/// Oracle: a crop ten times as large as its pixels is the mean of ten by ten frame pixels.
#[test]
fn a_larger_face_is_averaged_over_its_area() {
    let frame = grey(600, 520, |x, y| (x * 3.0 + y * 5.0) % 256.0);
    let crop = Crop::of(&frame, &face(at(290.0, 260.0), 480.0, 0.0), 48);
    for (row, line) in crop.pixels().chunks_exact(48).enumerate() {
        for (column, found) in line.iter().enumerate() {
            let block = (0..10).flat_map(|y| (0..10).map(move |x| (50 + column * 10 + x, 20 + row * 10 + y)));
            let sum: u32 = block.map(|(x, y)| u32::from(frame.line(y.try_into().unwrap())[x])).sum();
            let expected = i16::try_from(sum / 100).unwrap();
            assert!((i16::from(*found) - expected).abs() <= CLOSE, "{column}, {row}: {found} {expected}");
        }
    }
}

/// A ramp along the face's own axis: de-rotated, every row of the crop is of one luminance.
#[test]
fn a_tilted_face_is_turned_upright() {
    for roll in [-30.0_f32, -15.0, 15.0, 30.0] {
        let (sin, cos) = roll.to_radians().sin_cos();
        let frame = grey(300, 300, |x, y| 128.0 + 0.6 * ((y - 150.0) * cos - (x - 150.0) * sin));
        let crop = Crop::of(&frame, &face(at(150.0, 150.0), 160.0, roll), 48);
        for line in crop.pixels().chunks_exact(48) {
            let (least, most) = (line.iter().min().unwrap(), line.iter().max().unwrap());
            assert!(most - least <= 2, "roll {roll}: {least}..={most}");
        }
        let (first, last) = (i16::from(crop.pixels()[0]), i16::from(crop.pixels()[47 * 48]));
        assert!((last - first - 94).abs() <= 2 * CLOSE, "roll {roll}: {first} {last}");
    }
}

#[test]
fn a_slight_tilt_is_left_alone() {
    let frame = grey(300, 300, |x, y| 60.0 + (x + y) / 4.0);
    let crop = |roll| Crop::of(&frame, &face(at(150.0, 150.0), 96.0, roll), 48);
    let largest = crop(7.0).pixels().iter().zip(crop(0.0).pixels()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(largest < Some(4), "{largest:?}");
}

#[test]
fn a_picture_of_a_face_is_cut_to_its_middle_square() {
    let squares = [(48, 48, 0, 0), (48, 60, 0, 6), (70, 48, 11, 0), (1, 1, 0, 0), (3, 97, 0, 0)];
    for (width, height, left, top) in squares {
        let frame = grey(width, height, |x, y| (x * 3.0 + y) % 256.0);
        let crop = Crop::centred(&frame, 48);
        assert_eq!(crop.pixels().len(), 48 * 48);
        if width.min(height) != 48 {
            continue;
        }
        for (row, line) in (top..).zip(crop.pixels().chunks_exact(48)) {
            assert_eq!(line, &frame.line(row)[left..left + 48], "{width}x{height}, row {row}");
        }
    }
    // Colours become luminances, and grey ones stay what they are.
    let rgb: Vec<u8> = (0..48 * 48_u32).flat_map(|at| [u8::try_from(at % 256).unwrap(); 3]).collect();
    let crop = Crop::centred(&Frame::packed(48, 48, PixelFormat::Rgb, Duration::ZERO, rgb.clone()).unwrap(), 48);
    assert!(crop.pixels().iter().eq(rgb.iter().step_by(3)));
}

#[test]
fn outside_the_frame_its_edge_goes_on() {
    let frame = grey(40, 40, |x, _| if x < 20.0 { 10.0 } else { 200.0 });
    let left_of_it = Crop::of(&frame, &face(at(-500.0, 20.0), 48.0, 0.0), 48);
    let right_below = Crop::of(&frame, &face(at(900.0, 900.0), 480.0, 0.0), 48);
    assert_eq!((left_of_it.pixels(), right_below.pixels()), ([10; 48 * 48].as_slice(), [200; 48 * 48].as_slice()));
}

#[test]
fn a_dim_crop_is_evened_out_and_a_bright_one_left_alone() {
    let ramp = |step: u8| Crop::from_pixels(10, (0..100).map(|at| at / 10 * step).collect()).unwrap();
    let lit = |mut crop: Crop| {
        crop.light_up();
        crop
    };
    assert_eq!((ramp(3).contrast(), lit(ramp(3)).contrast()), (27, 255));
    assert_eq!(lit(ramp(20)), ramp(20));
    let flat = Crop::from_pixels(10, vec![77; 100]).unwrap();
    assert_eq!((lit(flat.clone()), flat.sharpness(), flat.luminance()), (flat.clone(), 0.0, 77));
}

#[test]
fn blur_lowers_sharpness_and_light_and_contrast_do_not() {
    let stripes = |period: f32, depth: f32| {
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates"
        )]
        #[expect(clippy::cast_precision_loss, reason = "below 48")]
        let pixel = |at: u32| (128.0 + depth * ((at % 48) as f32 * std::f32::consts::TAU / period).sin()) as u8;
        Crop::from_pixels(48, (0..48 * 48).map(pixel).collect()).unwrap()
    };
    assert!(stripes(6.0, 90.0).sharpness() > 10.0 * stripes(24.0, 90.0).sharpness());
    let (strong, weak) = (stripes(8.0, 100.0).sharpness(), stripes(8.0, 25.0).sharpness());
    assert!((strong / weak - 1.0).abs() < 0.1, "{strong} {weak}");
}

#[test]
fn a_mirror_image_mirrors_each_row() {
    let contract = Contract { mean: 0.0, deviation: 1.0, ..Contract::new(LabelSet::FerPlus) };
    let plain = InputTensor::new(&Crop::from_pixels(3, (0..9).collect()).unwrap(), &contract);
    let mut mirror = plain.clone();
    mirror.mirror();
    assert_eq!(mirror.values, [2.0, 1.0, 0.0, 5.0, 4.0, 3.0, 8.0, 7.0, 6.0]);
    mirror.mirror();
    assert_eq!(mirror, plain);
}

#[test]
fn a_crop_and_a_tensor_that_are_used_again_hold_nothing_of_what_they_held() {
    let contract = Contract::new(LabelSet::FerPlus);
    let frames = [grey(90, 60, |x, y| x + y), grey(70, 80, |x, y| 250.0 - x - y)];
    let (mut crop, mut input) = (Crop::default(), InputTensor::default());
    for (frame, side) in frames.iter().cycle().zip([48, 9, 48, 20]) {
        let face = face(at(30.0, 30.0), 20.0, 0.0);
        crop.cut(frame, &face, side);
        input.fill(&crop, &contract);
        let fresh = Crop::of(frame, &face, side);
        assert_eq!((&crop, &input), (&fresh, &InputTensor::new(&fresh, &contract)));
    }
}

#[test]
fn the_input_tensor_is_the_crop_in_the_units_of_the_contract() {
    let contract = Contract { mean: 100.0, deviation: 50.0, ..Contract::new(LabelSet::FerPlus) };
    let crop = Crop::from_pixels(2, vec![0, 50, 100, 200]).unwrap();
    let input = InputTensor::new(&crop, &contract);
    assert_eq!((input.side, input.values), (2, vec![-2.0, -1.0, 0.0, 2.0]));
}

fn any_coordinate() -> impl Strategy<Value = f32> {
    prop_oneof![6 => -50.0..150.0_f32, 1 => any::<f32>()]
}

prop_compose! {
    fn any_point()(x in any_coordinate(), y in any_coordinate()) -> Point {
        at(x, y)
    }
}

proptest! {
    #[test]
    fn any_box_gives_a_crop(
        left_eye in any_point(), right_eye in any_point(), mouth in any_point(),
        width in 1..90_u32, height in 1..90_u32, side in prop_oneof![Just(48_u32), 0..9_u32],
    ) {
        let landmarks = Landmarks { left_eye, right_eye, mouth, ..Landmarks::default() };
        let face = FaceBox { x: 0.0, y: 0.0, width: 9.0, height: 9.0, score: 1.0, landmarks };
        let crop = Crop::of(&grey(width, height, |x, y| (x * 5.0 + y * 3.0) % 255.0), &face, side);
        prop_assert_eq!(crop.side(), side);
        prop_assert_eq!(u64::try_from(crop.pixels().len()).unwrap(), u64::from(side) * u64::from(side));
    }
}
