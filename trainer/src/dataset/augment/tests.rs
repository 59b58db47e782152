use super::*;
use crate::dataset::SIDE;
use crate::random::generator;

/// Smooth, lit from the left above, without symmetry.
pub(super) fn face() -> Vec<u8> {
    let pixel =
        |at: usize| u8::try_from(40 + 2 * (at % SIDE) + (at / SIDE) + 30 * usize::from(at.is_multiple_of(7))).unwrap();
    (0..PIXELS).map(pixel).collect()
}

pub(super) fn plane(pixels: &[u8]) -> Plane {
    let mut plane = [0.0; PIXELS];
    for (value, &pixel) in plane.iter_mut().zip(pixels) {
        *value = f32::from(pixel);
    }
    plane
}

pub(super) fn mean(plane: &Plane) -> f32 {
    plane.iter().sum::<f32>() / 2304.0
}

/// The mean square of the difference of neighbours in a line: how sharp or noisy a picture is.
pub(super) fn roughness(plane: &Plane) -> f32 {
    let line = |line: &[f32]| line.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum::<f32>();
    plane.chunks_exact(SIDE).map(line).sum::<f32>() / 2256.0
}

#[test]
fn the_preset_none_leaves_every_picture_as_it_is() {
    for seed in 0..16 {
        assert_eq!(vary(&face(), &Augment::preset(Preset::None), &mut generator(seed, 0)), face());
    }
}

#[test]
fn a_flip_alone_mirrors_half_of_the_pictures() {
    let mirrored: Vec<u8> = face().chunks_exact(SIDE).flat_map(|row| row.iter().rev().copied()).collect();
    let augment = Augment { flip: 0.5, ..Augment::preset(Preset::None) };
    let varied = (0..64).map(|seed| vary(&face(), &augment, &mut generator(seed, 0)));
    let flipped = varied.inspect(|picture| assert!(*picture == face() || *picture == mirrored));
    let flipped = flipped.filter(|picture| *picture == mirrored).count();
    assert!((20..=44).contains(&flipped), "{flipped} of 64");
}

#[test]
fn equal_seeds_give_equal_pictures_and_others_give_others() {
    for preset in [Preset::Mild, Preset::Standard, Preset::Strong, Preset::Box] {
        let augment = Augment::preset(preset);
        for seed in 0..32 {
            let one = vary(&face(), &augment, &mut generator(seed, 3));
            assert_eq!(one, vary(&face(), &augment, &mut generator(seed, 3)));
            assert_ne!(one, vary(&face(), &augment, &mut generator(seed, 4)), "{preset:?}");
            assert_eq!(one.len(), PIXELS);
        }
    }
}

#[test]
fn the_preset_box_leaves_a_part_of_the_pictures_without_any_fault_of_the_camera() {
    let Augment { lens, viewpoint, dark, blur, motion, noise, small, jpeg, .. } = Augment::preset(Preset::Box);
    let clean: f64 =
        [lens, viewpoint, dark, blur, motion, noise, small, jpeg].map(|fault| 1.0 - fault).iter().product();
    assert!((0.25..0.4).contains(&clean), "{clean}");
}

#[test]
fn absurd_numbers_are_no_panic() {
    const PROBABILITIES: [&str; 11] =
        ["flip", "lens", "viewpoint", "gradient", "dark", "blur", "motion", "noise", "small", "jpeg", "erase"];
    for number in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e9] {
        let mut table = toml::Table::try_from(Augment::default()).unwrap();
        table.iter_mut().filter(|(_, value)| value.is_float()).for_each(|(_, value)| *value = number.into());
        table.extend(PROBABILITIES.map(|key| (key.to_owned(), 7.0.into())));
        table.insert("jpeg_quality".into(), 0.into());
        let augment: Augment = table.try_into().unwrap();
        for seed in 0..8 {
            assert_eq!(vary(&face(), &augment, &mut generator(seed, 0)).len(), PIXELS);
        }
    }
    assert_eq!(vary(&[1, 2, 3], &Augment::preset(Preset::Box), &mut generator(1, 1)), [1, 2, 3]);
}

#[test]
fn what_is_drawn_lies_in_its_range() {
    let random = &mut generator(1, 0);
    for _ in 0..1_000 {
        assert!((-3.0..=3.0).contains(&either_way(3.0, random)));
        assert!((0.799..=1.251).contains(&factor(0.25, random)));
        assert!((19.9..=80.1).contains(&octave(20.0, 80.0, random)));
    }
}

#[test]
fn what_is_no_range_is_no_panic() {
    let random = &mut generator(1, 0);
    assert!(!happens(f64::NAN, random) && !happens(-1.0, random) && happens(7.0, random));
    assert!(either_way(f32::NAN, random).is_nan());
    assert!((between(2.0, 1.0, random) - 2.0).abs() < f32::EPSILON);
    assert!((factor(-1.0, random) - 1.0).abs() < f32::EPSILON);
}
