//! No picture, and no photograph, on two sides.

use super::*;
use crate::dataset::{PIXELS, SIDE, Sample, plain};
use mood::LabelSet;
use std::collections::HashMap;

const CUT: SplitOptions = SplitOptions { share: 0.2, seed: 9, keep_copies: false, pool_near_copies: false };

fn dataset() -> Dataset {
    let mut pictures: Vec<Sample> = (1..=200).map(|id| plain(id, u8::from(id % 4 == 0), Split::Training)).collect();
    // Three copies each of ten pictures, one of them labelled otherwise.
    for id in 1..=10 {
        pictures.push(plain(id, u8::from(id % 4 == 0), Split::Training));
        pictures.push(plain(id, 1, Split::Training));
    }
    pictures.push(plain(0, 0, Split::Training));
    pictures.extend((196..=205).map(|id| plain(id, 0, Split::PublicTest)));
    Dataset { samples: pictures, label_set: LabelSet::Fer2013 }
}

#[test]
fn no_picture_is_on_two_sides() {
    let dataset = dataset();
    let parts = split(&dataset, &CUT);
    let pixels = |indices: &[usize]| -> HashSet<Box<[u8]>> {
        indices.iter().map(|&index| dataset.samples[index].pixels.clone()).collect()
    };
    let (training, validation) = (pixels(&parts.training), pixels(&parts.validation));
    let tests = pixels(&dataset.indices(Split::PublicTest));
    assert!(training.is_disjoint(&validation));
    assert!(training.is_disjoint(&tests));
    assert!(validation.is_disjoint(&tests));
    assert_eq!((parts.blank, parts.copies), (1, 5));
    assert_eq!(parts.training.len() + parts.validation.len(), 221 - 1 - 5);
}

#[test]
fn each_class_gives_its_share() {
    let dataset = dataset();
    let parts = split(&dataset, &CUT);
    for class in 0..2 {
        let of = |indices: &[usize]| indices.iter().filter(|&&at| dataset.samples[at].label == class).count();
        let (held, all) = (of(&parts.validation), of(&parts.validation) + of(&parts.training));
        // A group of copies may overshoot, or carry a picture labelled otherwise along.
        assert!(held * 5 >= all.saturating_sub(25) && held * 5 <= all + 25, "class {class}: {held} of {all}");
    }
}

#[test]
fn equal_seeds_cut_alike_and_others_do_not() {
    let dataset = dataset();
    assert_eq!(split(&dataset, &CUT), split(&dataset, &CUT));
    assert_ne!(split(&dataset, &CUT).validation, split(&dataset, &SplitOptions { seed: 10, ..CUT }).validation);
}

#[test]
fn a_smaller_share_is_a_part_of_a_larger_one() {
    let dataset = dataset();
    for seed in 1..20 {
        let [small, large] = [0.1, 0.2].map(|share| split(&dataset, &SplitOptions { share, seed, ..CUT }).validation);
        assert!(small.len() < large.len());
        assert!(small.iter().all(|index| large.contains(index)));
    }
}

#[test]
fn copies_are_kept_on_request() {
    let dataset = dataset();
    let parts = split(&dataset, &SplitOptions { keep_copies: true, ..CUT });
    assert_eq!((parts.blank, parts.copies), (1, 0));
    assert_eq!(parts.training.len() + parts.validation.len(), 221 - 1);
}

#[test]
fn pictures_without_parts_get_them_and_copies_stay_together() {
    let mut pictures = dataset().samples;
    pictures.iter_mut().for_each(|picture| picture.split = Split::Training);
    assign(&mut pictures);
    let mut split_of: HashMap<&[u8], Split> = HashMap::new();
    for picture in &pictures {
        assert_eq!(*split_of.entry(&picture.pixels).or_insert(picture.split), picture.split);
    }
    let count = |split| pictures.iter().filter(|picture| picture.split == split).count();
    // 231 pictures; the last group of each of two classes may overshoot by two.
    assert!((33..=39).contains(&count(Split::PublicTest)), "{}", count(Split::PublicTest));
    assert!((33..=39).contains(&count(Split::Validation)), "{}", count(Split::Validation));
    assert_eq!(count(Split::PrivateTest), 0);
}

#[test]
fn a_validation_part_of_its_own_is_used() {
    let mut dataset = dataset();
    dataset.samples.push(plain(230, 0, Split::Validation));
    dataset.samples.push(plain(1, 0, Split::Validation));
    let parts = split(&dataset, &CUT);
    assert_eq!(parts.validation.len(), 2);
    assert!(parts.training.iter().all(|&index| dataset.samples[index].pixels[0] != 1));
}

/// 60 photographs of waves, then a moved crop and a mirrored one of each of the first 20, labelled otherwise, and one
/// more of number 30 to 34 as a test.
fn crops() -> Dataset {
    let crop = |id: usize, moved: usize, mirrored: bool, split: Split| {
        let pixel = |at: usize| {
            let (y, x) = (at / SIDE, at % SIDE);
            let x = if mirrored { SIDE - 1 - x } else { x } + moved;
            let wave = |a: usize, b: usize| ((a * y + b * x) % 67).abs_diff(33);
            let level = wave(1 + id % 7, 1 + id % 11) + wave(3 + id % 13, 5 + id % 5) + wave(2 + id % 3, 1 + id % 17);
            u8::try_from(2 * level).unwrap()
        };
        let mut picture = Sample { pixels: (0..PIXELS).map(pixel).collect(), label: 0, split };
        picture.pixels[0] = u8::try_from(id).unwrap();
        picture
    };
    let mut pictures: Vec<Sample> = (0..60).map(|id| crop(id, 0, false, Split::Training)).collect();
    for id in 0..20 {
        pictures.extend([crop(id, 2, false, Split::Training), crop(id, 0, true, Split::Training)]);
    }
    pictures.extend((30..35).map(|id| crop(id, 2, true, Split::PublicTest)));
    Dataset { samples: pictures, label_set: LabelSet::Fer2013 }
}

#[test]
fn crops_of_one_photograph_stay_on_one_side_and_count_as_one() {
    let dataset = crops();
    let near = SplitOptions { pool_near_copies: true, ..CUT };
    let photographs = Photographs::of(&dataset);
    assert_eq!(photographs.groups(&(0..105).collect::<Vec<_>>()).len(), 60);
    for seed in 1..10 {
        let parts = split(&dataset, &SplitOptions { seed, ..near });
        let group = |index: &usize| photographs.group_of(*index);
        let training: HashSet<usize> = parts.training.iter().map(group).collect();
        let validation: HashSet<usize> = parts.validation.iter().map(group).collect();
        let tests: HashSet<usize> = dataset.indices(Split::PublicTest).iter().map(group).collect();
        assert!(training.is_disjoint(&validation) && training.is_disjoint(&tests) && validation.is_disjoint(&tests));
        assert_eq!(parts.copies, 5);
        assert_eq!(parts.validation.len(), validation.len(), "one picture of each photograph");
        assert_eq!(parts.photograph_count(), training.len());
        assert_eq!(parts.photograph_count() + parts.validation.len(), 55);
        assert!(parts.crops.iter().all(|crops| crops.len() == 3), "{:?}", parts.crops);
        let first = parts.photographs(|_| 0);
        let last = parts.photographs(|crops| crops.len() - 1);
        assert_eq!((first.len(), last.len()), (training.len(), training.len()));
        assert!(last.iter().all(|index| parts.training.contains(index)) && first != last);
    }
    let kept = split(&dataset, &SplitOptions { keep_copies: true, ..near });
    assert_eq!((kept.copies, kept.photograph_count() + kept.validation.len()), (0, 60));
    let identical = split(&dataset, &CUT);
    assert_eq!((identical.copies, identical.photograph_count()), (0, identical.training.len()));
}
