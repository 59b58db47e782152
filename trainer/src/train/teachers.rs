//! What teachers say: to each picture, asked once ([`Recorded`]), or to what the student sees ([`Consistent`]).

use super::checkpoint::{RunFolder, WEIGHTS_MIB};
use super::loss::BatchTargets;
use crate::dataset::{self, Dataset, Splits};
use crate::error::Error;
use crate::evaluate;
use crate::file::{self, write_whole};
use crate::net::{Net, device, input_tensor, values};
use crate::recipe::{Distillation, Recipe};
use burn::module::Module;
use burn::tensor::Device;
use data_encoding::HEXLOWER;
use mood::Contract;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Who teaches beside the labels.
#[derive(Debug)]
pub(super) enum Distiller {
    /// Nobody.
    Labels,
    /// Teachers that were asked once.
    Recorded(Arc<Recorded>),
    /// Teachers that are asked at each step.
    Consistent(Consistent),
}

impl Distiller {
    /// As `recipe` asks for it, for a student on `device` that learns from `parts`.
    pub(super) fn of(
        recipe: &Recipe,
        dataset: &Dataset,
        parts: &Splits,
        folder: &RunFolder,
        device: &Device,
    ) -> Result<Self, Error> {
        match &recipe.distillation {
            None => Ok(Self::Labels),
            Some(asked) if asked.consistent => Consistent::load(asked, recipe, device).map(Self::Consistent),
            Some(asked) => {
                let recorded = Recorded::ask(asked, recipe, dataset, &parts.training, folder)?;
                Ok(Self::Recorded(Arc::new(recorded)))
            }
        }
    }

    /// What was recorded, if it was.
    pub(super) fn recorded(&self) -> Option<Arc<Recorded>> {
        if let Self::Recorded(recorded) = self { Some(Arc::clone(recorded)) } else { None }
    }

    /// Adds what the teachers say to the `size` pictures of `inputs`, where they are asked step by step.
    pub(super) fn complete(&self, targets: &mut BatchTargets, inputs: &[f32], size: usize) {
        if let Self::Consistent(teachers) = self {
            targets.teachers = Some(teachers.answer(inputs, size));
        }
    }
}

fn load_all(asked: &Distillation, recipe: &Recipe, device: &Device) -> Result<Vec<Net>, Error> {
    asked.teachers.iter().map(|teacher| load(teacher, recipe, device)).collect()
}

fn load(teacher: &Path, recipe: &Recipe, device: &Device) -> Result<Net, Error> {
    let folder = RunFolder::new(teacher);
    let theirs = folder.recipe()?;
    if theirs.data.heads != recipe.data.heads {
        let names = |recipe: &Recipe| recipe.data.heads.iter().map(|head| head.name()).collect::<Vec<_>>().join(", ");
        let (teacher, theirs, ours) = (teacher.display(), names(&theirs), names(recipe));
        let what = format!("teacher `{teacher}` answers with {theirs}, this run with {ours}");
        return Err(Error::configuration(what, "give both runs the same `--heads`, in the same order"));
    }
    folder.load_best(theirs.new_net(device))
}

/// Adds the softmax of `logits / temperature`, as one of `voices`.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "probabilities fit f32")]
fn softmax_into(row: &mut [f32], logits: &[f32], temperature: f64, voices: usize) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits.iter().map(|&logit| (f64::from(logit - largest) / temperature).exp()).collect();
    let sum: f64 = powers.iter().sum::<f64>() * crate::number::count(voices);
    row.iter_mut().zip(powers).for_each(|(value, power)| *value += (power / sum) as f32);
}

/// The teachers, ready to answer.
#[derive(Debug)]
pub struct Consistent {
    nets: Vec<Net>,
    device: Device,
    heads: Vec<Range<usize>>,
    temperature: f64,
}

impl Consistent {
    /// Those of `asked`, on `device`.
    ///
    /// # Errors
    /// When a teacher's run can't be read or has other heads.
    pub fn load(asked: &Distillation, recipe: &Recipe, device: &Device) -> Result<Self, Error> {
        // They don't learn: on a device that does, their batch norm would go by the batch.
        let device = device.clone().without_autodiff();
        let nets = load_all(asked, recipe, &device)?.iter().map(Module::valid).collect();
        let heads = recipe.head_columns().collect();
        Ok(Self { nets, device, heads, temperature: f64::from(asked.temperature) })
    }

    /// Their mean probabilities, `[n, outputs]`, for `size` pictures, `[n, 1, 48, 48]`.
    #[must_use]
    pub fn answer(&self, inputs: &[f32], size: usize) -> Vec<f32> {
        let outputs = self.heads.iter().map(Range::len).sum();
        let mut rows = vec![0.0; size * outputs];
        for net in &self.nets {
            let logits = values(net.forward(input_tensor(inputs.to_vec(), size, &self.device)));
            for (row, logits) in rows.chunks_exact_mut(outputs).zip(logits.chunks_exact(outputs)) {
                for columns in &self.heads {
                    let logits = &logits[columns.clone()];
                    softmax_into(&mut row[columns.clone()], logits, self.temperature, self.nets.len());
                }
            }
        }
        rows
    }
}

/// The teachers' mean probabilities at the recipe's temperature: a row a picture of the data, the heads side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    outputs: usize,
    rows: Vec<f32>,
}

impl Recorded {
    /// Reads them from `folder`, or asks the teachers about the pictures at `training` and keeps what they say.
    ///
    /// # Errors
    /// When a teacher's run can't be read or has other heads, or the answers can't be kept.
    pub fn ask(
        asked: &Distillation,
        recipe: &Recipe,
        dataset: &Dataset,
        training: &[usize],
        folder: &RunFolder,
    ) -> Result<Self, Error> {
        let outputs = recipe.outputs();
        let nets = load_all(asked, recipe, &device())?;
        let key = key(asked, recipe, dataset, training)?;
        let path = folder.path().join(format!("teachers-{key}.f32"));
        let size = dataset.samples.len() * outputs;
        if let Some(rows) = file::read(&path, WEIGHTS_MIB).ok().and_then(|bytes| numbers(&bytes, size)) {
            return Ok(Self { outputs, rows });
        }
        let contract = Contract::new(dataset.label_set);
        let mut rows = vec![0.0; size];
        let temperature = f64::from(asked.temperature);
        // A picture and its mirror image show the same: both count.
        let pictures = dataset.pixels(training);
        let mirrored: Vec<Vec<u8>> = pictures.iter().map(|pixels| dataset::mirrored(pixels)).collect();
        let mirrored: Vec<&[u8]> = mirrored.iter().map(Vec::as_slice).collect();
        for net in &nets {
            for seen in [&pictures, &mirrored] {
                let logits = evaluate::logits(net, seen, &contract);
                for (&index, logits) in training.iter().zip(&logits) {
                    let row = &mut rows[index * outputs..][..outputs];
                    for columns in recipe.head_columns() {
                        softmax_into(&mut row[columns.clone()], &logits[columns], temperature, 2 * nets.len());
                    }
                }
            }
        }
        let bytes: Vec<u8> = rows.iter().flat_map(|value| value.to_le_bytes()).collect();
        write_whole(&path, &bytes)?;
        Ok(Self { outputs, rows })
    }

    /// The row of the picture at `index`; zeros where it is no training picture.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f32] {
        &self.rows[index * self.outputs..][..self.outputs]
    }
}

/// Tells one set of answers from any other: by the teachers' weights, the pictures, the heads, the temperature.
fn key(asked: &Distillation, recipe: &Recipe, dataset: &Dataset, training: &[usize]) -> Result<String, Error> {
    let mut hash = Sha256::new();
    for teacher in &asked.teachers {
        let best = RunFolder::new(teacher).best();
        let weights = file::read(&best, WEIGHTS_MIB).map_err(|error| {
            Error::data(&best, format_args!("can't be read: {error}"), "train the teacher first, or name another run")
        })?;
        hash.update(Sha256::digest(weights));
    }
    hash.update(dataset.sha256());
    hash.update(asked.temperature.to_le_bytes());
    recipe.data.heads.iter().for_each(|head| hash.update(head.name()));
    training.iter().for_each(|index| hash.update(index.to_le_bytes()));
    Ok(HEXLOWER.encode(&hash.finalize()[..8]))
}

fn numbers(bytes: &[u8], expected: usize) -> Option<Vec<f32>> {
    let (chunks, rest) = bytes.as_chunks::<4>();
    let fits = rest.is_empty() && chunks.len() == expected;
    fits.then(|| chunks.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{PIXELS, SIDE, Sample, Split, input};
    use crate::net::device;
    use crate::recipe::Head;
    use mood::{Contract, LabelSet};

    /// Stripes: each picture is its own mirror image.
    fn dataset() -> Dataset {
        let picture = |label: u8| {
            let pixels =
                (0..PIXELS).map(|at| if (at / SIDE).is_multiple_of(2 + usize::from(label)) { 230 } else { 20 });
            Sample { pixels: pixels.collect(), label, split: Split::Training }
        };
        Dataset { samples: (0..5).map(picture).collect(), label_set: LabelSet::Fer2013 }
    }

    fn recipe() -> Recipe {
        let mut recipe = Recipe::default();
        (recipe.network.width, recipe.network.depth) = (2, 1);
        recipe.data.heads = vec![Head::Ferplus, Head::Fer2013];
        recipe
    }

    fn teacher(recipe: &Recipe, seed: u64) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let (run, device) = (RunFolder::new(folder.path()), device());
        device.seed(seed);
        run.begin(recipe).unwrap();
        run.save_best(&recipe.new_net(&device)).unwrap();
        folder
    }

    #[test]
    fn consistent_teachers_say_what_was_recorded_of_the_same_pictures() {
        let (dataset, recipe) = (dataset(), recipe());
        let teachers = [teacher(&recipe, 1), teacher(&recipe, 2)];
        let asked = Distillation {
            teachers: teachers.iter().map(|folder| folder.path().into()).collect(),
            weight: 0.5,
            temperature: 1.5,
            consistent: true,
        };
        let student = tempfile::tempdir().unwrap();
        let training = [0, 1, 3, 4];
        let recorded = Recorded::ask(&asked, &recipe, &dataset, &training, &RunFolder::new(student.path())).unwrap();
        let contract = Contract::new(dataset.label_set);
        let inputs: Vec<f32> =
            dataset.pixels(&training).into_iter().flat_map(|pixels| input(pixels.to_vec(), &contract)).collect();
        let consistent = Consistent::load(&asked, &recipe, &device()).unwrap();
        let answers = consistent.answer(&inputs, training.len());
        for (&index, answer) in training.iter().zip(answers.chunks_exact(recipe.outputs())) {
            for (a, b) in answer.iter().zip(recorded.row(index)) {
                assert!((a - b).abs() < 1e-5, "{index}: {answer:?} instead of {:?}", recorded.row(index));
            }
            assert!((answer.iter().sum::<f32>() - 2.0).abs() < 1e-5, "a distribution for each head");
        }
        assert!(recorded.row(0) != recorded.row(1) && recorded.row(2).iter().all(|&value| value == 0.0));
    }

    #[test]
    fn teachers_with_other_heads_are_refused() {
        let mut theirs = recipe();
        theirs.data.heads = vec![Head::Fer2013];
        let folder = teacher(&theirs, 1);
        let asked = |consistent| Distillation {
            teachers: vec![folder.path().into()],
            weight: 0.5,
            temperature: 2.0,
            consistent,
        };
        let run = RunFolder::new(folder.path());
        let errors = [
            Recorded::ask(&asked(false), &recipe(), &dataset(), &[0], &run).err(),
            Consistent::load(&asked(true), &recipe(), &device()).err(),
        ];
        for error in errors.into_iter().map(Option::unwrap) {
            assert_eq!(error.exit_code(), 3);
            assert!(error.to_string().contains("answers with fer2013, this run with ferplus, fer2013"), "{error}");
        }
    }
}
