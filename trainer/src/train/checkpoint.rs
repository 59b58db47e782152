//! The run folder: recipe, data, metrics, checkpoints. Whatever is written appears whole or not at all.

mod record;

pub use record::DataRecord;

use super::{EpochReport, report};
use crate::dataset::{Dataset, votes};
use crate::error::Error;
use crate::file::{self, rename, write_whole};
use crate::net::Net;
use crate::recipe::{self, Recipe};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Checkpoints kept; the older one is there in case the newer one is damaged.
const KEPT: usize = 2;
/// The largest record that is read, in MiB; an epoch takes some hundred bytes.
const RECORD_MIB: u64 = 64;
/// The largest file of weights that is read, in MiB.
pub(super) const WEIGHTS_MIB: u64 = 4096;

/// Where training stands, besides the weights.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Epochs finished.
    pub epoch: u32,
    /// Batches of the current epoch done.
    pub batch: usize,
    /// Steps done in all.
    pub step: u32,
    /// Sum of the losses of the current epoch's pictures.
    pub loss_sum: f64,
    /// Pictures of the current epoch that were answered correctly.
    pub right: usize,
    /// Pictures of the current epoch that have a label of the first head.
    pub judged: usize,
    /// Pictures of the current epoch that were seen.
    pub seen: usize,
    /// Seconds spent in the current epoch.
    pub seconds: f64,
    /// Of these, waiting for the next batch.
    pub waiting: f64,
    /// The finished epochs.
    pub history: Vec<EpochReport>,
}

/// What a checkpoint holds.
#[derive(Clone)]
pub struct Checkpoint {
    /// The network in training.
    pub net: Net,
    /// The network with averaged weights.
    pub average: Net,
    /// The optimiser with its moments.
    pub optimiser: ModuleOptimizer,
    /// Where training stands.
    pub progress: Progress,
}

/// A run's folder.
#[derive(Debug, Clone)]
pub struct RunFolder {
    root: PathBuf,
}

impl RunFolder {
    /// A folder that may not exist yet.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The weights of the best epoch.
    #[must_use]
    pub fn best(&self) -> PathBuf {
        self.root.join("best.bpk")
    }

    /// Whether there is something here that a new run would overwrite.
    #[must_use]
    pub fn holds_run(&self) -> bool {
        !self.checkpoints().is_empty() || self.best().exists()
    }

    /// Makes the folder and keeps the recipe in it, with every flag resolved.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn begin(&self, recipe: &Recipe) -> Result<(), Error> {
        fs::create_dir_all(&self.root).map_err(|error| Error::write(&self.root, error))?;
        recipe::write(recipe, &self.root.join("recipe.toml"))
    }

    /// Keeps what the run was trained on in `data.json`; with `resume`, refuses to go on with other data or votes.
    ///
    /// # Errors
    /// When the file can't be read or written, or names other data.
    pub fn keep_data(
        &self,
        (source, votes): (&Path, Option<&Path>),
        dataset: &Dataset,
        given: Option<&[votes::Votes]>,
        resume: bool,
    ) -> Result<(), Error> {
        let path = self.root.join("data.json");
        let here = DataRecord {
            data: source.display().to_string(),
            pictures: dataset.samples.len(),
            sha256: dataset.sha256(),
            votes: votes.map(|votes| votes.display().to_string()),
            votes_sha256: given.map(votes::sha256),
            trainer: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        };
        if resume && path.exists() {
            return read_json::<DataRecord>(&path)?.refuse_other(&here, source);
        }
        fs::create_dir_all(&self.root).map_err(|error| Error::write(&self.root, error))?;
        write_json(&path, &here)
    }

    /// What the run was trained on.
    ///
    /// # Errors
    /// When there is no run or its file can't be read.
    pub fn data(&self) -> Result<DataRecord, Error> {
        read_json(&self.root.join("data.json"))
    }

    /// The recipe of the run.
    ///
    /// # Errors
    /// When there is no run or its recipe can't be read.
    pub fn recipe(&self) -> Result<Recipe, Error> {
        let path = self.root.join("recipe.toml");
        if !path.exists() {
            return Err(Error::data(
                &self.root,
                "holds no run: `recipe.toml` is missing",
                "`--run` names the folder of a run",
            ));
        }
        recipe::read(&path.display().to_string(), &[])
    }

    /// Keeps the weights of the best epoch.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save_best(&self, net: &Net) -> Result<(), Error> {
        let temporary = self.root.join("best.tmp.bpk");
        save_net(net, &temporary)?;
        rename(&temporary, &self.best())
    }

    /// Loads the weights of the best epoch into `net`.
    ///
    /// # Errors
    /// When no epoch has been finished, or the file can't be read.
    pub fn load_best(&self, net: Net) -> Result<Net, Error> {
        load_net(net, &self.best())
    }

    /// Writes a checkpoint and drops the oldest ones; also the metrics as CSV.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let Checkpoint { net, average, optimiser, progress } = checkpoint;
        let temporary = self.root.join("checkpoint.tmp");
        let _ = fs::remove_dir_all(&temporary);
        fs::create_dir_all(&temporary).map_err(|error| Error::write(&temporary, error))?;
        save_net(&net.valid(), &temporary.join("net.bpk"))?;
        save_net(average, &temporary.join("average.bpk"))?;
        let path = temporary.join("optimiser.bpk");
        optimiser.save(&path).map_err(|error| Error::write(&path, error))?;
        write_json(&temporary.join("progress.json"), progress)?;
        record::write(&temporary)?;
        let target = self.root.join(format!("checkpoint-{:08}", progress.step));
        let _ = fs::remove_dir_all(&target);
        rename(&temporary, &target)?;
        for old in self.checkpoints().into_iter().rev().skip(KEPT) {
            let _ = fs::remove_dir_all(old);
        }
        write_whole(&self.root.join("metrics.csv"), report::metrics(&progress.history).as_bytes())
    }

    /// Loads the newest checkpoint that can be read into `net` and `optimiser`.
    ///
    /// # Errors
    /// When there is none, or none can be read.
    pub fn load(&self, net: &Net, optimiser: &ModuleOptimizer) -> Result<Checkpoint, Error> {
        let mut tried = self.checkpoints().into_iter().rev().map(|folder| load_checkpoint(&folder, net, optimiser));
        let newest = tried.next().unwrap_or_else(|| Err(self.no_checkpoint()));
        newest.or_else(|error| tried.find_map(Result::ok).ok_or(error))
    }

    /// A disk can fill up between the weights of the first epoch and its checkpoint.
    fn no_checkpoint(&self) -> Error {
        let nothing = "holds no checkpoint, the run was ended before its first";
        if self.best().exists() {
            let hint = "begin a new run in another folder; `--set start_from=...` gives it the weights in this one";
            return Error::data(&self.root, nothing, hint);
        }
        Error::data(&self.root, nothing, "start it again without `--resume`")
    }

    /// Oldest first.
    fn checkpoints(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = fs::read_dir(&self.root)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("checkpoint-")))
            .collect();
        found.sort();
        found
    }
}

fn load_checkpoint(folder: &Path, net: &Net, optimiser: &ModuleOptimizer) -> Result<Checkpoint, Error> {
    record::check(folder)?;
    let path = folder.join("optimiser.bpk");
    Ok(Checkpoint {
        // Clones share the running moments of batch norm: only a network of its own keeps those of the average apart.
        average: load_net(net.valid(), &folder.join("average.bpk"))?,
        net: load_net(net.clone(), &folder.join("net.bpk"))?,
        optimiser: optimiser.clone().load(&path).map_err(|error| unreadable(&path, &error))?,
        progress: read_json(&folder.join("progress.json"))?,
    })
}

fn save_net(net: &Net, path: &Path) -> Result<(), Error> {
    let _ = fs::remove_file(path);
    net.save(path).map_err(|error| Error::write(path, error))
}

fn load_net(net: Net, path: &Path) -> Result<Net, Error> {
    net.load(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::data(path, format_args!("can't be read: {error}"), "train again; `--run` names the folder of the run")
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = file::read(path, RECORD_MIB).map_err(|error| unreadable(path, &error))?;
    serde_json::from_slice(&text).map_err(|error| unreadable(path, &error))
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| Error::write(path, error))?;
    write_whole(path, &text)
}

#[cfg(test)]
mod tests;
