//! What teachers say to each training picture and its mirror image, asked once and kept in the run folder.

use crate::dataset::{Dataset, Picture};
use crate::error::Error;
use crate::evaluate;
use crate::file::{self, write_whole};
use crate::net::device;
use crate::recipe::{Distillation, Recipe};
use crate::train::checkpoint::{RunFolder, WEIGHTS_MIB};
use data_encoding::HEXLOWER;
use mood::Contract;
use sha2::{Digest, Sha256};

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
        let nets = super::load_all(asked, recipe, &device())?;
        let key = key(asked, recipe, dataset, training)?;
        let path = folder.path().join(format!("teachers-{key}.f32"));
        let size = dataset.pictures.len() * outputs;
        if let Some(rows) = file::read(&path, WEIGHTS_MIB).ok().and_then(|bytes| numbers(&bytes, size)) {
            return Ok(Self { outputs, rows });
        }
        let contract = Contract::new(dataset.label_set);
        let mut rows = vec![0.0; size];
        let temperature = f64::from(asked.temperature);
        for net in &nets {
            // A picture and its mirror image show the same: both count.
            for mirrored in [false, true] {
                let seen = if mirrored { &mirror(dataset) } else { dataset };
                let logits = evaluate::logits(net, seen, training, &contract);
                for (&index, logits) in training.iter().zip(&logits) {
                    let row = &mut rows[index * outputs..][..outputs];
                    for columns in super::heads(recipe) {
                        super::softmax_into(&mut row[columns.clone()], &logits[columns], temperature, 2 * nets.len());
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

fn mirror(dataset: &Dataset) -> Dataset {
    let mut mirrored = dataset.clone();
    mirrored.pictures.iter_mut().for_each(Picture::mirror);
    mirrored
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
