//! Every network: two steps of training, then the whole way to the box's runtime.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use burn::module::Module;
use burn::tensor::{Device, Distribution, Tensor};
use mood::{Contract, Crop, InputTensor, LabelSet};
use rand::RngExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use trainer::dataset::{Dataset, Labelled, PIXELS, Sample, Split, Splits};
use trainer::layers::Part;
use trainer::net::{self, Classic, Name, Net, Size};
use trainer::quantise::params::QuantNet;
use trainer::quantise::{self, fold, reference};
use trainer::recipe::{Network, Recipe, Schedule};
use trainer::train::{BatchReport, EpochReport, Listener, TrainingSet, checkpoint::RunFolder};
use trainer::{evaluate, export, onnx, random, train, verify};

const NAMES: [Name; 4] = [Name::Classic, Name::Vgg, Name::RepVgg, Name::Residual];
/// Small enough for a test, with something repeated in every stage.
const SMALL: Size = Size { width: 4, depth: 2 };
/// Logits of the same network computed in another order of additions.
const CLOSE: f32 = 2e-3;
/// Two steps of seven pictures.
const TRAINING: usize = 14;

/// Stripes as wide as the label says, with noise.
fn dataset() -> Dataset {
    let mut random = random::generator(78, 0);
    let pictures = (0..3 * TRAINING).map(|at| {
        let label = at % 7;
        let pixels = (0..PIXELS).map(|pixel| {
            let noise: u8 = random.random_range(0..60);
            if pixel / (label + 1) % 2 == 0 { 180 + noise } else { 20 + noise }
        });
        let label = u8::try_from(label).unwrap();
        Sample { pixels: pixels.collect(), label, split: Split::Training }
    });
    Dataset { samples: pictures.collect(), label_set: LabelSet::Fer2013 }
}

struct Silent;

impl Listener for Silent {
    fn start(&mut self, _: &Recipe, _: &Splits, _: u32) {}
    fn batch(&mut self, _: &BatchReport) {}
    fn epoch(&mut self, _: &EpochReport, _: bool) {}
}

/// `root` has to outlive the network: weights are read from their file when they are first needed.
fn trained(name: Name, dataset: &Dataset, parts: &Splits, root: &Path) -> Net {
    let mut recipe = Recipe::default();
    recipe.network = Network { name, width: SMALL.width, depth: SMALL.depth, ..recipe.network };
    recipe.schedule = Schedule { epochs: 1, batch: 7, ..recipe.schedule };
    let folder = RunFolder::new(root);
    folder.begin(&recipe).unwrap();
    let set = TrainingSet::new(dataset, None, parts, &recipe).unwrap();
    let stop = AtomicBool::new(false);
    let outcome = train::run(&set, &folder, &net::device(), false, &stop, &mut Silent).unwrap();
    assert_eq!(outcome.history.len(), 1);
    train::best_net(&folder, &folder.recipe().unwrap()).unwrap()
}

/// The size of a level of the last map.
fn last_step(net: &QuantNet) -> f32 {
    match net.network.parts.last().unwrap() {
        Part::Conv(conv) => conv.output.scale,
        Part::Residual { sum, .. } => sum.scale,
    }
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn every_network_trains_folds_quantises_and_runs_on_integers() {
    let dataset = dataset();
    let part = |from: usize| (from..from + TRAINING).collect::<Vec<_>>();
    let parts = Splits { training: part(0), validation: part(TRAINING), ..Splits::default() };
    let tests = part(2 * TRAINING);
    let contract = Contract::new(LabelSet::Fer2013);
    for name in NAMES {
        let root = tempfile::tempdir().unwrap();
        let net = trained(name, &dataset, &parts, root.path());
        let raw = net.layers();

        let trained = evaluate::logits(&net, &dataset.pixels(&tests), &contract);
        let folded = fold::fold(&raw);
        let crop = |&index: &usize| Crop::from_pixels(48, dataset.samples[index].pixels.to_vec()).unwrap();
        let inputs: Vec<InputTensor> = tests.iter().map(|index| InputTensor::new(&crop(index), &contract)).collect();
        let float: Vec<Vec<f32>> = inputs.iter().map(|x| reference::float(&folded, &x.values).logits).collect();
        for (trained, folded) in trained.iter().zip(&float) {
            let worst = largest_difference(trained, folded);
            assert!(worst < CLOSE, "{name:?}: folding moved a logit by {worst}");
        }

        let values: Vec<Vec<f32>> = inputs.iter().map(|input| input.values.clone()).collect();
        let quantised = quantise::quantise(&raw, &values);
        let size = float.iter().flatten().fold(0.0_f32, |most, logit| most.max(logit.abs()));
        let share = quantised.logit_error / f64::from(size);
        assert!(share < 0.05, "{name:?}: int8 logits are off by {share} of the largest");

        let bytes = onnx::bytes(&onnx::graph(&quantised.net), &contract);
        let classifier = verify::classifier(&bytes, Path::new("small.onnx")).unwrap();
        assert_eq!(classifier.float_convolutions(), 0, "{name:?}");
        let step = last_step(&quantised.net);
        for input in &inputs {
            let worst = largest_difference(
                &reference::integer(&quantised.net, &input.values),
                &classifier.logits(input).unwrap().0,
            );
            // tract rounds the requantisation in fixed point: single levels may differ.
            assert!(worst <= 8.0 * step, "{name:?}: tract is {worst} away, a level is {step}");
        }

        let path = Path::new("small.onnx");
        let validation = Labelled::of(&dataset, None, LabelSet::Fer2013, &parts.validation).unwrap();
        let sources = (&*parts.training, &validation);
        let written = export::run(&raw, &dataset, sources, contract.clone(), (TRAINING, 1), path).unwrap();
        assert_eq!(verify::classifier(&written.bytes, path).unwrap().float_convolutions(), 0, "{name:?}");
    }
}

#[test]
fn a_file_of_weights_names_the_layers_and_not_the_choice() {
    let device = net::device();
    let net = Net::new(Name::Classic, SMALL, 7, 0.0, &device);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.bpk");
    net.save(&path).unwrap();
    let read = Classic::new(SMALL, 7, 0.0, &device).try_load_file(&path).unwrap();
    assert_eq!(read.layers(), net.layers());
    assert!(Net::new(Name::Vgg, SMALL, 7, 0.0, &device).load(&path).is_err(), "another network's weights");
}

#[test]
fn a_repvgg_in_training_has_branches_and_in_the_box_a_vgg_s_cost() {
    let all = export::costs(None, None);
    assert_eq!(all.iter().map(|net| net.name).collect::<Vec<_>>(), NAMES);
    let [_, vgg, repvgg, _] = all.as_slice() else { panic!("{all:?}") };
    assert!(repvgg.parameters > vgg.parameters);
    assert!((repvgg.mmac - vgg.mmac).abs() < 1e-9, "{} {}", repvgg.mmac, vgg.mmac);
    assert_eq!(repvgg.int8_bytes, vgg.int8_bytes);
    for net in all {
        assert!(net.int8_bytes < 1 << 20, "{net:?} fits the box's binary");
    }
}

#[test]
fn every_size_gives_the_logits_of_a_batch() {
    let device = Device::flex();
    for name in NAMES {
        for (width, depth) in [(2, 1), (3, 3)] {
            let net = Net::new(name, Size { width, depth }, 7, 0.0, &device);
            let input = Tensor::random([2, 1, 48, 48], Distribution::Default, &device);
            assert_eq!(net.forward(input).dims(), [2, 7], "{name:?} {width} {depth}");
        }
    }
}
