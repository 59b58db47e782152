//! The training loop: batches in, checkpoints and the best epoch's weights out.

pub mod batches;
pub mod checkpoint;
mod settings;

pub use settings::Settings;

use crate::dataset::{Dataset, Parts};
use crate::error::Error;
use crate::evaluate::{self, Evaluation};
use crate::net::{Net, WeightAverage};
use crate::random::mix;
use batches::Batch;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData, activation::log_softmax};
use checkpoint::{Checkpoint, Progress, RunFolder};
use mood::Contract;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// One finished epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// From 1.
    pub epoch: u32,
    /// At its end.
    pub learning_rate: f64,
    /// Mean over the varied training pictures, with label smoothing.
    pub training_loss: f64,
    /// Over the varied training pictures, 0..=1.
    pub training_accuracy: f64,
    /// Mean negative log-likelihood of the averaged weights.
    pub validation_loss: f64,
    /// Of the averaged weights, 0..=1.
    pub validation_accuracy: f64,
    /// Wall time of training it.
    pub seconds: f64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The finished epochs.
    pub history: Vec<EpochReport>,
    /// Whether it was stopped before its last epoch.
    pub stopped: bool,
}

impl Outcome {
    /// The epoch whose weights were kept: the best by validation, the first of equals.
    #[must_use]
    pub fn best(&self) -> Option<&EpochReport> {
        self.history.iter().reduce(
            |best, epoch| {
                if epoch.validation_accuracy > best.validation_accuracy { epoch } else { best }
            },
        )
    }
}

/// Where training stands after a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchReport {
    /// From 1.
    pub epoch: u32,
    /// Pictures seen in this epoch.
    pub seen: usize,
    /// Pictures in an epoch.
    pub total: usize,
    /// Mean loss of this epoch so far.
    pub loss: f64,
    /// Accuracy of this epoch so far, 0..=1.
    pub accuracy: f64,
}

/// Hears how training goes.
pub trait Listener {
    /// Before the first step; `begun` epochs are done already.
    fn start(&mut self, settings: &Settings, parts: &Parts, begun: u32);
    /// After each batch.
    fn batch(&mut self, report: &BatchReport);
    /// After each epoch; `best` when its weights were kept.
    fn epoch(&mut self, report: &EpochReport, best: bool);
}

/// Trains until the last epoch or until `stop` is set, which ends the run after the current batch, saved.
///
/// With `resume` it goes on from the newest checkpoint in `folder` as if it had never stopped.
///
/// # Errors
/// When the run folder can't be read or written, or the loss is no longer a number.
pub fn run(
    dataset: &Dataset,
    parts: &Parts,
    settings: &Settings,
    folder: &RunFolder,
    resume: bool,
    stop: &AtomicBool,
    listener: &mut dyn Listener,
) -> Result<Outcome, Error> {
    let mut trainer = Trainer::new(dataset, settings, folder, resume)?;
    listener.start(settings, parts, trainer.progress.epoch);
    while trainer.progress.epoch < settings.epochs {
        trainer.epoch(parts, stop, listener)?;
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    let stopped = trainer.progress.epoch < settings.epochs;
    Ok(Outcome { history: trainer.progress.history, stopped })
}

/// The device everything is trained on: Burn's pure-Rust CPU back end.
#[must_use]
pub fn device() -> Device {
    Device::flex()
}

/// The float network of a run's best epoch, for inference.
///
/// # Errors
/// When no epoch has been finished, or the file can't be read.
pub fn best_net(folder: &RunFolder, dataset: &Dataset, settings: &Settings) -> Result<Net, Error> {
    folder.load_best(settings.new_net(dataset.classes(), &device()))
}

struct Trainer<'a> {
    dataset: &'a Dataset,
    settings: &'a Settings,
    folder: &'a RunFolder,
    contract: Contract,
    device: Device,
    net: Net,
    average: WeightAverage,
    optimiser: ModuleOptimizer,
    progress: Progress,
}

impl<'a> Trainer<'a> {
    fn new(dataset: &'a Dataset, settings: &'a Settings, folder: &'a RunFolder, resume: bool) -> Result<Self, Error> {
        let device = device().autodiff();
        device.seed(settings.seed);
        let net = settings.new_net(dataset.classes(), &device);
        let optimiser = AdamWConfig::new().with_weight_decay(settings.weight_decay).with_epsilon(1e-8).init();
        let (net, average, optimiser, progress) = if resume {
            let Checkpoint { net, average, optimiser, progress } = folder.load(&net, &optimiser)?;
            (net, average, optimiser, progress)
        } else {
            (net.clone(), net, optimiser, Progress::default())
        };
        let average = WeightAverage::new(&average, settings.average_decay);
        let contract = Contract::new(dataset.label_set);
        Ok(Self { dataset, settings, folder, contract, device, net, average, optimiser, progress })
    }

    /// Trains the rest of the current epoch, validates, saves.
    fn epoch(&mut self, parts: &Parts, stop: &AtomicBool, listener: &mut dyn Listener) -> Result<(), Error> {
        let (settings, dataset) = (self.settings, self.dataset);
        let epoch = self.progress.epoch;
        let per_epoch = parts.training.len().div_ceil(settings.batch);
        let steps = u32::try_from(per_epoch).unwrap_or(u32::MAX).saturating_mul(settings.epochs);
        let order = batches::order(&parts.training, settings.seed, epoch);
        let contract = self.contract.clone();
        let began = Instant::now();
        let before = self.progress.seconds;
        let finished = std::thread::scope(|scope| {
            let first = self.progress.batch;
            let ready = batches::prefetch(scope, dataset, order, settings, &contract, (epoch, first));
            for batch in ready {
                let rate = settings.learning_rate_at(self.progress.step, steps);
                self.step(batch, rate)?;
                self.progress.seconds = before + began.elapsed().as_secs_f64();
                listener.batch(&self.report(parts.training.len()));
                if stop.load(Ordering::Relaxed) && self.progress.batch < per_epoch {
                    return Ok(false);
                }
            }
            Ok::<bool, Error>(true)
        })?;
        if finished {
            self.finish_epoch(parts, settings.learning_rate_at(self.progress.step, steps), listener)?;
        }
        self.folder.save(&Checkpoint {
            net: self.net.clone(),
            average: self.average.net(&self.net),
            optimiser: self.optimiser.clone(),
            progress: self.progress.clone(),
        })
    }

    /// One step of gradient descent.
    fn step(&mut self, batch: Batch, rate: f64) -> Result<(), Error> {
        let progress = &mut self.progress;
        // Dropout draws from the device: seeding each step makes a resumed run draw the same.
        self.device.seed(mix(self.settings.seed, (1 << 40) | u64::from(progress.step)));
        let size = batch.labels.len();
        let inputs = input_tensor(batch.inputs, size, &self.device);
        let labels: Vec<i64> = batch.labels.iter().map(|&label| i64::from(label)).collect();
        let labels = Tensor::<1, Int>::from_data(TensorData::new(labels, [size]), &self.device);
        let logits = self.net.forward(inputs);
        let right = logits.clone().argmax(1).flatten::<1>(0, 1).equal(labels.clone()).int().sum().into_scalar::<i64>();
        let loss = smoothed_cross_entropy(logits, labels, self.settings.label_smoothing);
        let value = f64::from(loss.clone().into_scalar::<f32>());
        if !value.is_finite() {
            return Err(Error::Configuration {
                what: format!("the loss became {value} in epoch {}, step {}", progress.epoch + 1, progress.step),
                hint: format!(
                    "train again with a lower rate, for instance `--learning-rate {}`; what the finished epochs learnt is kept",
                    self.settings.learning_rate / 4.0
                ),
            });
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &self.net);
        self.net = self.optimiser.step(rate, self.net.clone(), gradients);
        self.average.update(&self.net, progress.step);
        progress.loss_sum += value * count(size);
        progress.right += usize::try_from(right).unwrap_or(0);
        progress.seen += size;
        progress.batch += 1;
        progress.step += 1;
        Ok(())
    }

    fn report(&self, total: usize) -> BatchReport {
        let progress = &self.progress;
        let seen = count(progress.seen.max(1));
        BatchReport {
            epoch: progress.epoch + 1,
            seen: progress.seen,
            total,
            loss: progress.loss_sum / seen,
            accuracy: count(progress.right) / seen,
        }
    }

    fn finish_epoch(&mut self, parts: &Parts, rate: f64, listener: &mut dyn Listener) -> Result<(), Error> {
        let averaged = self.average.net(&self.net);
        let Evaluation { accuracy, nll, .. } =
            evaluate::float(&averaged, self.dataset, &parts.validation, &self.contract);
        let batch = self.report(parts.training.len());
        let report = EpochReport {
            epoch: batch.epoch,
            learning_rate: rate,
            training_loss: batch.loss,
            training_accuracy: batch.accuracy,
            validation_loss: nll,
            validation_accuracy: accuracy,
            seconds: self.progress.seconds,
        };
        let best = self.progress.history.iter().all(|past| past.validation_accuracy < accuracy);
        if best {
            self.folder.save_best(&averaged)?;
        }
        listener.epoch(&report, best);
        let mut history = std::mem::take(&mut self.progress.history);
        history.push(report);
        self.progress = Progress { epoch: batch.epoch, step: self.progress.step, history, ..Progress::default() };
        Ok(())
    }
}

/// `[n, 1, 48, 48]` from plain numbers.
pub(crate) fn input_tensor(inputs: Vec<f32>, size: usize, device: &Device) -> Tensor<4> {
    let side = crate::dataset::SIDE;
    Tensor::from_data(TensorData::new(inputs, [size, 1, side, side]), device)
}

/// Cross-entropy against targets of which `smoothing` is spread over all classes (Szegedy et al. 2016).
fn smoothed_cross_entropy(logits: Tensor<2>, labels: Tensor<1, Int>, smoothing: f32) -> Tensor<1> {
    let size = labels.dims()[0];
    let log = log_softmax(logits, 1);
    let hit = log.clone().gather(1, labels.reshape([size, 1])).mean();
    hit.mul_scalar(smoothing - 1.0) - log.mean().mul_scalar(smoothing)
}

/// A count as a number to divide by.
#[expect(clippy::as_conversions, reason = "counts of pictures are far below 2^53")]
pub(crate) const fn count(of: usize) -> f64 {
    of as f64
}
