//! What is learnt, what is not, and that it is bounded.

use super::*;
use crate::LabelSet;

fn contract() -> Contract {
    Contract::new(LabelSet::Fer2013)
}

/// A face whose features say `kind`, which the network takes for neutral.
fn reading(kind: usize, wobble: f32) -> Reading {
    let mut features = vec![0.2 + wobble, 0.3 - wobble, 0.1, 0.1];
    features[kind] += 1.0;
    Reading { logits: Logits(vec![0.0, 0.0, 0.0, 0.0, 1.0 + wobble, 0.0, 2.0]), features }
}

fn example(kind: usize, number: u8, label: Expression, corrected: bool) -> Example {
    Example { reading: reading(kind, f32::from(number) / 200.0), label, corrected }
}

fn winner(layer: &Layer, reading: &Reading) -> Expression {
    crate::Probabilities::from_logits(&layer.adapted(reading), &contract()).winner().unwrap().0
}

#[test]
fn a_kind_of_face_that_is_corrected_again_and_again_is_learnt_and_others_are_left_alone() {
    let mut owner = Owner::new();
    for number in 0..20 {
        owner.remember(example(0, number, Expression::Sad, true));
        owner.remember(example(1, number, Expression::Neutral, false));
    }
    let layer = owner.layer(&contract());
    assert_eq!(winner(&layer, &reading(0, 0.11)), Expression::Sad);
    assert_eq!(winner(&layer, &reading(1, 0.11)), Expression::Neutral);
}

#[test]
fn one_correction_and_corrections_without_a_pattern_change_nothing() {
    let mut owner = Owner::new();
    assert!(owner.layer(&contract()).is_empty());
    owner.remember(example(0, 1, Expression::Sad, true));
    assert!(owner.layer(&contract()).is_empty());
    let mut torn = Owner::new();
    for number in 0..30 {
        let label = [Expression::Sad, Expression::Happy, Expression::Neutral][usize::from(number % 3)];
        torn.remember(example(0, number, label, true));
        torn.remember(example(1, number, Expression::Neutral, false));
    }
    assert_eq!(winner(&torn.layer(&contract()), &reading(1, 0.1)), Expression::Neutral);
}

#[test]
fn the_next_guess_about_the_same_face_replaces_the_last() {
    let mut owner = Owner::new();
    for label in [Expression::Sad, Expression::Fear, Expression::Angry] {
        owner.remember(example(2, 7, label, true));
    }
    assert_eq!(owner.examples().len(), 1);
    assert_eq!(owner.examples()[0].label, Expression::Angry);
}

#[test]
fn at_most_a_hundred_of_each_kind_are_kept_and_nothing_that_is_no_number() {
    let mut owner = Owner::new();
    for number in 0..=255 {
        owner.remember(example(0, number, Expression::Sad, number % 2 == 0));
    }
    assert_eq!((owner.corrections(), owner.examples().len()), (MOST_EXAMPLES, 2 * MOST_EXAMPLES));
    let before = owner.clone();
    let mut broken = example(0, 1, Expression::Sad, true);
    broken.reading.features[0] = f32::NAN;
    owner.remember(broken);
    assert_eq!(owner, before);
}

#[test]
fn a_layer_of_another_network_is_not_used() {
    let layer = Layer { centre: vec![0.0; 4], weights: vec![vec![9.0; 4]; 7], biases: vec![9.0; 7] };
    let other = Reading { logits: Logits(vec![1.0; 8]), features: vec![0.5; 4] };
    assert_eq!(layer.adapted(&other), other.logits);
    let other = Reading { logits: Logits(vec![1.0; 7]), features: vec![0.5; 5] };
    assert_eq!(layer.adapted(&other), other.logits);
}
