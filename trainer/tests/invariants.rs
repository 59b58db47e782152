//! Promises of the README that bind the trainer.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use mood::{Contract, Crop, InputTensor, LabelSet};
use std::path::Path;
use trainer::dataset::augment::Preset;
use trainer::dataset::{Dataset, PIXELS, SIDE, Sample, Split, Splits};
use trainer::recipe::{Recipe, Variation};
use trainer::train::{batches, targets::Targets};

/// What the box makes of a crop.
fn as_the_box_does(pixels: &[u8], contract: &Contract) -> Vec<f32> {
    let crop = Crop::from_pixels(contract.side, pixels.to_vec()).unwrap();
    InputTensor::new(&crop, contract).values
}

#[test]
fn trainer_and_box_prepare_a_face_with_the_same_function() {
    let pixels: Vec<u8> = (0..PIXELS).map(|at| u8::try_from((at * 7 + at / SIDE) % 256).unwrap()).collect();
    let mirrored: Vec<u8> = pixels.chunks(SIDE).flat_map(|line| line.iter().rev().copied()).collect();
    let picture = Sample { pixels: pixels.clone().into(), label: 3, split: Split::Training };
    let dataset = Dataset { label_set: LabelSet::Fer2013, samples: vec![picture] };
    let mut recipe = Recipe::default();
    recipe.augmentation.picture = Variation::Preset(Preset::None);
    let targets = Targets::new(&dataset, None, &Splits { training: vec![0], ..Splits::default() }, &recipe).unwrap();
    // Any other normalisation than the usual one must reach the trainer too.
    let contract = Contract { mean: 100.0, deviation: 50.0, ..Contract::new(LabelSet::Fer2013) };
    let (plain, turned) = (as_the_box_does(&pixels, &contract), as_the_box_does(&mirrored, &contract));
    for seed in 0..8 {
        recipe.seed = seed;
        let inputs_of = batches::BatchInputs {
            dataset: &dataset,
            targets: &targets,
            teachers: None,
            recipe: &recipe,
            contract: &contract,
        };
        let batch = batches::batch(&inputs_of, &[0], 0);
        assert!(batch.inputs == plain || batch.inputs == turned, "seed {seed}: another tensor than the box's");
    }
    // And no file of the trainer normalises by itself.
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in ["train.rs", "train/batches.rs", "evaluate.rs", "verify.rs", "export.rs", "quantise.rs"] {
        let text = std::fs::read_to_string(sources.join(file)).unwrap();
        assert!(!text.contains("127.5"), "{file} normalises luminances; InputTensor::new is the one place");
    }
}
