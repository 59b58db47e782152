//! The whole line on a tiny data set made here: read, train, stop, resume, quantise, write, verify. Seconds.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use burn::module::Module;
use mood::{Contract, Crop, InputTensor, LabelSet};
use rand::RngExt;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use trainer::dataset::{self, Dataset, Labelled, PIXELS, SIDE, Sample, Split, SplitOptions, Splits};
use trainer::quantise::{self, fold, reference};
use trainer::recipe::{Distillation, Recipe, Schedule};
use trainer::train::{BatchReport, EpochReport, Listener, Outcome, TrainingSet, checkpoint::RunFolder};
use trainer::{Error, evaluate, export, measure, metrics, net, random, train, verify};

/// Logits of the same network computed in another order of additions.
const CLOSE: f32 = 2e-3;
/// Exports of a test need no more.
const CALIBRATION: (usize, u64) = (32, 1);

/// Class 0 is bright on top, class 1 at the bottom, 2 left, 3 right, 4 in the middle, 5 at the rim, 6 nowhere.
fn pattern(label: u8, random: &mut impl RngExt) -> Vec<u8> {
    let inside = |at: usize| (12..36).contains(&at);
    (0..PIXELS)
        .map(|at| {
            let (x, y) = (at % SIDE, at / SIDE);
            let bright = match label {
                0 => y < 24,
                1 => y >= 24,
                2 => x % 12 < 6,
                3 => y % 12 < 6,
                4 => inside(x) && inside(y),
                5 => !(inside(x) && inside(y)),
                _ => false,
            };
            let noise: u8 = random.random_range(0..60);
            if bright { 180 + noise } else { 20 + noise }
        })
        .collect()
}

fn csv(per_class: usize, tests_per_class: usize) -> String {
    let mut random = random::generator(77, 0);
    let mut text = String::from("emotion,pixels,Usage\n");
    for (usage, times) in [("Training", per_class), ("PublicTest", tests_per_class)] {
        for at in 0..7 * times {
            let label = u8::try_from(at % 7).unwrap();
            let pixels: Vec<String> = pattern(label, &mut random).iter().map(ToString::to_string).collect();
            writeln!(text, "{label},{},{usage}", pixels.join(" ")).unwrap();
        }
    }
    text
}

fn tiny() -> (Dataset, Splits, Recipe) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.csv");
    std::fs::write(&path, csv(20, 6)).unwrap();
    let dataset = Dataset::load(&path).unwrap();
    let parts =
        dataset::split(&dataset, &SplitOptions { share: 0.2, seed: 1, keep_copies: false, pool_near_copies: false });
    let mut recipe = Recipe::default();
    (recipe.schedule.epochs, recipe.schedule.batch, recipe.data.validation_share) = (4, 14, 0.2);
    (dataset, parts, recipe)
}

fn epochs(epochs: u32, recipe: Recipe) -> Recipe {
    Recipe { schedule: Schedule { epochs, ..recipe.schedule }, ..recipe }
}

/// The pictures at `indices` with the data's own labels.
fn labelled(dataset: &Dataset, indices: &[usize]) -> Labelled {
    Labelled::of(dataset, None, dataset.label_set, indices).unwrap()
}

/// Hears everything, says nothing, and asks to stop after some batches.
#[derive(Default)]
struct Ear {
    batches: usize,
    stop_after: Option<usize>,
    best: Vec<bool>,
}

struct Quiet<'a>(&'a mut Ear, &'a AtomicBool);

impl Listener for Quiet<'_> {
    fn start(&mut self, _: &Recipe, _: &Splits, _: u32) {}

    fn batch(&mut self, _: &BatchReport) {
        self.0.batches += 1;
        if self.0.stop_after.is_some_and(|after| self.0.batches >= after) {
            self.1.store(true, Ordering::Relaxed);
        }
    }

    fn epoch(&mut self, _: &EpochReport, best: bool) {
        self.0.best.push(best);
    }
}

fn run(
    (dataset, parts, recipe): (&Dataset, &Splits, &Recipe),
    root: &Path,
    resume: bool,
    ear: &mut Ear,
) -> Result<Outcome, Error> {
    // Dropout and first weights come from the device's random state, of which a process has one: one run at a time.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = RunFolder::new(root);
    if !resume {
        folder.begin(recipe)?;
    }
    let stop = AtomicBool::new(false);
    let set = TrainingSet::new(dataset, None, parts, recipe)?;
    train::run(&set, &folder, &net::device(), resume, &stop, &mut Quiet(ear, &stop))
}

fn inputs(dataset: &Dataset, indices: &[usize]) -> Vec<InputTensor> {
    let contract = Contract::new(LabelSet::Fer2013);
    let crop = |&index: &usize| Crop::from_pixels(48, dataset.samples[index].pixels.to_vec()).unwrap();
    indices.iter().map(|index| InputTensor::new(&crop(index), &contract)).collect()
}

#[test]
fn from_csv_to_a_verified_int8_file() {
    let (dataset, parts, recipe) = tiny();
    let root = tempfile::tempdir().unwrap();
    let mut ear = Ear::default();
    let outcome = run((&dataset, &parts, &recipe), root.path(), false, &mut ear).unwrap();
    assert!(!outcome.stopped);
    assert_eq!(outcome.history.len(), 4);
    assert!(ear.best[0], "the first epoch is the best so far");
    assert!(outcome.history[3].training_loss < outcome.history[0].training_loss);

    let folder = RunFolder::new(root.path());
    let net = train::best_net(&folder, &recipe).unwrap();
    let raw = net.layers();
    assert_eq!(raw.parameters(), net.num_params() - running_statistics(&raw));
    let contract = Contract::new(LabelSet::Fer2013);
    let path = Path::new("tiny.onnx");
    let validation = labelled(&dataset, &parts.validation);
    let sources = (&*parts.training, &validation);
    let written = export::run(&raw, &dataset, sources, contract.clone(), CALIBRATION, path).unwrap();
    let again = export::run(&raw, &dataset, sources, contract, CALIBRATION, path).unwrap();
    assert_eq!(written.bytes, again.bytes, "from the checkpoint on, the bytes are reproducible");

    let classifier = verify::classifier(&written.bytes, path).unwrap();
    assert_eq!(classifier.float_convolutions(), 0, "every convolution runs on integers");
    assert_eq!(classifier.contract().label_set, LabelSet::Fer2013);
    let pictures = labelled(&dataset, &dataset.indices(Split::PublicTest));
    let tests = &pictures.indices;
    let integer = verify::logits(&classifier, &dataset.pixels(tests), path).unwrap();
    let float = evaluate::head_logits(&net, &dataset.pixels(tests), 0..7, classifier.contract());
    assert_eq!(integer.len(), tests.len());
    let told_alike = winners(&integer).zip(winners(&float)).filter(|(a, b)| a == b).count();
    assert!(told_alike + 2 >= tests.len(), "int8 and float agree on {told_alike} of {}", tests.len());

    let decided = measure::decide_all(&pictures, integer, classifier.contract());
    let rows = measure::predictions(&decided, classifier.contract());
    assert_eq!(rows.lines().count(), tests.len() + 1);
    assert!(rows.starts_with("row,label,prediction,confidence,copy,logit_angry,"), "{rows}");
}

fn winners(logits: &[Vec<f32>]) -> impl Iterator<Item = usize> {
    logits.iter().map(|logits| metrics::winner(logits))
}

/// Burn counts the running moments of batch norm among the parameters; they are measured, not learnt.
fn running_statistics(raw: &trainer::layers::RawNet) -> usize {
    let norms = raw.convs().flat_map(|conv| &conv.branches).filter_map(|branch| branch.norm.as_ref());
    norms.map(|norm| norm.mean.len() + norm.variance.len()).sum()
}

#[test]
fn folding_and_the_box_compute_what_was_trained() {
    let (dataset, parts, recipe) = tiny();
    let recipe = epochs(1, recipe);
    let root = tempfile::tempdir().unwrap();
    run((&dataset, &parts, &recipe), root.path(), false, &mut Ear::default()).unwrap();
    let net = train::best_net(&RunFolder::new(root.path()), &recipe).unwrap();
    let raw = net.layers();
    let tests = dataset.indices(Split::PublicTest);
    let inputs = inputs(&dataset, &tests);

    let contract = Contract::new(LabelSet::Fer2013);
    let trained = evaluate::logits(&net, &dataset.pixels(&tests), &contract);
    let folded = fold::fold(&raw);
    for (input, trained) in inputs.iter().zip(&trained) {
        let logits = reference::float(&folded, &input.values).logits;
        let worst = trained.iter().zip(&logits).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < CLOSE, "folding moved a logit by {worst}");
    }

    let calibration: Vec<Vec<f32>> = inputs.iter().map(|input| input.values.clone()).collect();
    let quantised = quantise::quantise(&raw, &calibration);
    let bytes = trainer::onnx::bytes(&trainer::onnx::graph(&quantised.net), &contract);
    let classifier = verify::classifier(&bytes, Path::new("tiny.onnx")).unwrap();
    let step = quantised.net.network.convs().last().unwrap().output.scale;
    for input in &inputs {
        let here = reference::integer(&quantised.net, &input.values);
        let there = classifier.logits(input).unwrap().0;
        let worst = here.iter().zip(&there).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // tract rounds the requantisation in fixed point: single levels may differ.
        assert!(worst <= 8.0 * step, "tract is {worst} away, a level is {step}");
    }
}

#[test]
fn a_run_that_was_stopped_goes_on_where_it_was() {
    let (dataset, parts, recipe) = tiny();
    stops_and_goes_on(&dataset, &parts, &epochs(2, recipe));
}

#[test]
fn so_does_one_whose_teacher_sees_mixed_pictures() {
    let (dataset, parts, recipe) = tiny();
    let teacher = tempfile::tempdir().unwrap();
    run((&dataset, &parts, &epochs(1, recipe.clone())), teacher.path(), false, &mut Ear::default()).unwrap();
    let mut recipe = epochs(2, recipe);
    (recipe.augmentation.mixing.mixup_alpha, recipe.augmentation.mixing.probability) = (0.5, 0.5);
    let teachers = vec![teacher.path().into()];
    recipe.distillation = Some(Distillation { teachers, weight: 0.5, temperature: 2.0, consistent: true });
    stops_and_goes_on(&dataset, &parts, &recipe);
}

fn stops_and_goes_on(dataset: &Dataset, parts: &Splits, recipe: &Recipe) {
    let (straight, stopped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let whole = run((dataset, parts, recipe), straight.path(), false, &mut Ear::default()).unwrap();

    let mut ear = Ear { stop_after: Some(3), ..Ear::default() };
    let first = run((dataset, parts, recipe), stopped.path(), false, &mut ear).unwrap();
    assert!(first.stopped);
    assert_eq!(ear.batches, 3);
    let mut ear = Ear::default();
    let second = run((dataset, parts, recipe), stopped.path(), true, &mut ear).unwrap();
    assert!(!second.stopped);
    assert_eq!(ear.batches, 2 * parts.training.len().div_ceil(recipe.schedule.batch) - 3);
    assert_eq!(second.history.len(), whole.history.len());
    for (a, b) in whole.history.iter().zip(&second.history) {
        // Sums over threads may differ in the last bits.
        assert!((a.training_loss - b.training_loss).abs() < 0.02, "{a:?} {b:?}");
    }
    assert!(stopped.path().join("metrics.csv").exists());
}

#[test]
fn a_damaged_checkpoint_is_passed_over() {
    let (dataset, parts, recipe) = tiny();
    let recipe = epochs(3, recipe);
    let root = tempfile::tempdir().unwrap();
    let per_epoch = parts.training.len().div_ceil(recipe.schedule.batch);
    let mut ear = Ear { stop_after: Some(per_epoch + 2), ..Ear::default() };
    run((&dataset, &parts, &recipe), root.path(), false, &mut ear).unwrap();
    let newest = root.path().join(format!("checkpoint-{:08}", per_epoch + 2));
    std::fs::write(newest.join("progress.json"), b"{ \"epoch\": ").unwrap();
    let mut ear = Ear::default();
    let outcome = run((&dataset, &parts, &recipe), root.path(), true, &mut ear).unwrap();
    assert_eq!(ear.batches, 2 * per_epoch, "the second epoch is trained again from its start");
    assert_eq!(outcome.history.len(), 3);
}

#[test]
fn a_loss_that_is_no_number_ends_the_run_with_the_reason() {
    let (dataset, parts, recipe) = tiny();
    let recipe = Recipe { schedule: Schedule { learning_rate: 1e30, ..recipe.schedule }, ..recipe };
    let root = tempfile::tempdir().unwrap();
    let error = run((&dataset, &parts, &recipe), root.path(), false, &mut Ear::default()).unwrap_err();
    assert_eq!(error.exit_code(), 3);
    assert!(error.to_string().starts_with("the loss became "), "{error}");
    assert!(error.hint().contains("--learning-rate"), "{}", error.hint());
}

#[test]
fn a_folder_of_pictures_says_the_same_as_the_csv() {
    let root = tempfile::tempdir().unwrap();
    let csv_path = root.path().join("tiny.csv");
    std::fs::write(&csv_path, csv(2, 1)).unwrap();
    let from_csv = Dataset::load(&csv_path).unwrap();
    let tree = root.path().join("tree");
    for (index, picture) in from_csv.samples.iter().enumerate() {
        let split = if picture.split == Split::Training { "train" } else { "test" };
        let class = LabelSet::Fer2013.label_names()[usize::from(picture.label)];
        let folder = tree.join(split).join(class);
        std::fs::create_dir_all(&folder).unwrap();
        let side = u32::try_from(SIDE).unwrap();
        image::GrayImage::from_raw(side, side, picture.pixels.to_vec())
            .unwrap()
            .save(folder.join(format!("{index:04}.png")))
            .unwrap();
    }
    let from_tree = Dataset::load(&tree).unwrap();
    let sorted = |dataset: &Dataset| {
        let mut pictures = dataset.samples.clone();
        pictures.sort_by(|a, b: &Sample| (a.split, a.label, &a.pixels).cmp(&(b.split, b.label, &b.pixels)));
        pictures
    };
    assert_eq!(sorted(&from_csv), sorted(&from_tree));
}

#[test]
fn pictures_of_any_size_and_colour_become_48_by_48_grey() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("train/happy");
    std::fs::create_dir_all(&folder).unwrap();
    image::RgbImage::from_pixel(96, 60, image::Rgb([200, 200, 200])).save(folder.join("wide.jpg")).unwrap();
    image::GrayImage::from_pixel(1, 1, image::Luma([7])).save(folder.join("dot.bmp")).unwrap();
    let dataset = Dataset::load(root.path()).unwrap();
    assert!(dataset.samples.iter().all(|picture| picture.pixels.len() == PIXELS && picture.label == 3));
    let levels: Vec<u8> = dataset.samples.iter().map(|picture| picture.pixels[PIXELS / 2]).collect();
    assert!(levels[0] == 7 && levels[1].abs_diff(200) <= 2, "{levels:?}");
}

#[test]
fn a_run_can_start_from_another_one_of_its_width_or_narrower() {
    let (dataset, parts, recipe) = tiny();
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let begun = run((&dataset, &parts, &recipe), first.path(), false, &mut Ear::default()).unwrap();
    let further = Recipe { start_from: Some(first.path().into()), ..recipe };
    let outcome = run((&dataset, &parts, &further), second.path(), false, &mut Ear::default()).unwrap();
    let (fresh, started) = (begun.history[0].training_loss, outcome.history[0].training_loss);
    assert!(started < 0.9 * fresh, "{started} after a start from trained weights, {fresh} after random ones");

    let mut wider = further.clone();
    wider.network.width += 2;
    let third = tempfile::tempdir().unwrap();
    let outcome = run((&dataset, &parts, &wider), third.path(), false, &mut Ear::default()).unwrap();
    let widened = outcome.history[0].training_loss;
    assert!(widened < 0.9 * fresh, "{widened} after a start from narrower trained weights, {fresh} after random ones");

    let narrower = Recipe { start_from: Some(third.path().into()), ..further.clone() };
    let (mut other, mut more, mut less) = (further.clone(), further.clone(), further);
    other.seed += 1;
    more.data.validation_share += 0.1;
    less.data.validation_share -= 0.1;
    let fourth = tempfile::tempdir().unwrap();
    run((&dataset, &less.parts(&dataset), &less), fourth.path(), false, &mut Ear::default()).unwrap();
    for (recipe, named) in [(narrower, "width"), (other, "seed"), (more, "share")] {
        let folder = tempfile::tempdir().unwrap();
        let parts = recipe.parts(&dataset);
        let error = run((&dataset, &parts, &recipe), folder.path(), false, &mut Ear::default()).unwrap_err();
        assert_eq!(error.exit_code(), 3, "{error}");
        assert!(error.hint().contains(named), "{error}");
    }
}
