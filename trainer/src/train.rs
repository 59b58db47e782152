//! The training loop: batches in, checkpoints and the best epoch's weights out.

pub mod batches;
pub mod checkpoint;
mod loss;
mod optimiser;
mod report;
mod start;
pub mod targets;
pub mod teachers;

pub use loss::BatchTargets;
pub use report::{BatchReport, EpochReport, HeadReport, Listener};

use crate::dataset::{Dataset, Labelled, Splits};
use crate::error::Error;
use crate::evaluate;
use crate::metrics;
use crate::net::{Net, WeightAverage, device, input_tensor};
use crate::number::count;
use crate::random::mix;
use crate::recipe::{ChooseBy, Head, Recipe};
use batches::{Batch, BatchInputs};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use checkpoint::{Checkpoint, Progress, RunFolder};
use mood::Contract;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use targets::Targets;
use teachers::Distiller;

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The finished epochs.
    pub history: Vec<EpochReport>,
    /// Whether it was stopped before its last epoch.
    pub stopped: bool,
    /// By what its best epoch is chosen.
    pub choose_by: ChooseBy,
}

impl Outcome {
    /// The epoch whose weights were kept: the best by validation, the first of equals.
    #[must_use]
    pub fn best(&self) -> Option<&EpochReport> {
        let by = self.choose_by;
        self.history.iter().reduce(|best, epoch| if epoch.merit(by) > best.merit(by) { epoch } else { best })
    }
}

/// What a run learns from and chooses by.
#[derive(Debug, Clone)]
pub struct TrainingSet<'a> {
    /// All pictures.
    pub dataset: &'a Dataset,
    /// Which of them are for what.
    pub parts: &'a Splits,
    /// What is asked.
    pub recipe: &'a Recipe,
    /// What the training pictures show.
    pub targets: Targets,
    /// For each head, the validation pictures and what they show.
    pub validation: Vec<(Head, Labelled)>,
}

impl<'a> TrainingSet<'a> {
    /// Joins the pictures with what they show; `votes` has one entry for each picture.
    ///
    /// # Errors
    /// When a head has nothing to learn from or to be validated by.
    pub fn new(
        dataset: &'a Dataset,
        votes: Option<&[crate::dataset::votes::Votes]>,
        parts: &'a Splits,
        recipe: &'a Recipe,
    ) -> Result<Self, Error> {
        let targets = Targets::new(dataset, votes, parts, recipe)?;
        let labelled = |&head: &Head| Ok((head, Labelled::of(dataset, votes, head.set(), &parts.validation)?));
        let validation = recipe.data.heads.iter().map(labelled).collect::<Result<_, Error>>()?;
        Ok(Self { dataset, parts, recipe, targets, validation })
    }
}

/// Trains until the last epoch or until `stop` is set, which ends the run after the current batch, saved.
///
/// With `resume` it goes on from the newest checkpoint in `folder` as if it had never stopped.
///
/// # Errors
/// When the run folder can't be read or written, a teacher can't be asked, or the loss is no longer a number.
pub fn run(
    set: &TrainingSet<'_>,
    folder: &RunFolder,
    device: &Device,
    resume: bool,
    stop: &AtomicBool,
    listener: &mut dyn Listener,
) -> Result<Outcome, Error> {
    let mut trainer = Trainer::new(set, folder, device, resume)?;
    let epochs = set.recipe.schedule.epochs;
    listener.start(set.recipe, set.parts, trainer.progress.epoch);
    while trainer.progress.epoch < epochs {
        trainer.epoch(stop, listener)?;
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    let stopped = trainer.progress.epoch < epochs;
    Ok(Outcome { history: trainer.progress.history, stopped, choose_by: set.recipe.schedule.choose_by })
}

/// The float network of a run's best epoch, for inference.
///
/// # Errors
/// When no epoch has been finished, or the file can't be read.
pub fn best_net(folder: &RunFolder, recipe: &Recipe) -> Result<Net, Error> {
    folder.load_best(recipe.new_net(&device()))
}

struct Trainer<'a> {
    set: &'a TrainingSet<'a>,
    distiller: Distiller,
    folder: &'a RunFolder,
    contract: Contract,
    device: Device,
    net: Net,
    average: WeightAverage,
    optimiser: ModuleOptimizer,
    progress: Progress,
}

impl<'a> Trainer<'a> {
    fn new(set: &'a TrainingSet<'a>, folder: &'a RunFolder, device: &Device, resume: bool) -> Result<Self, Error> {
        let TrainingSet { dataset, recipe, parts, .. } = *set;
        let distiller = Distiller::of(recipe, dataset, parts, folder, device)?;
        let device = device.clone().autodiff();
        device.seed(recipe.seed);
        let net = recipe.new_net(&device);
        let optimiser = optimiser::new(&recipe.optimiser);
        let begun = if resume {
            folder.load(&net, &optimiser)?
        } else {
            let net = recipe.start_from.as_deref().map_or(Ok(net), |run| start::weights(run, set, &device))?;
            Checkpoint { net: net.clone(), average: net, optimiser, progress: Progress::default() }
        };
        let Checkpoint { net, average, optimiser, progress } = begun;
        let average = WeightAverage::new(&average, recipe.optimiser.average_decay);
        let contract = Contract::new(dataset.label_set);
        Ok(Self { set, distiller, folder, contract, device, net, average, optimiser, progress })
    }

    /// Trains the rest of the current epoch, validates, saves.
    fn epoch(&mut self, stop: &AtomicBool, listener: &mut dyn Listener) -> Result<(), Error> {
        let TrainingSet { dataset, parts, recipe, targets, .. } = self.set;
        let epoch = self.progress.epoch;
        let per_epoch = parts.photograph_count().div_ceil(recipe.schedule.batch);
        let steps = u32::try_from(per_epoch).unwrap_or(u32::MAX).saturating_mul(recipe.schedule.epochs);
        let order = parts.order(recipe.seed, epoch);
        let (contract, recorded) = (self.contract.clone(), self.distiller.recorded());
        let inputs_of = BatchInputs { dataset, targets, teachers: recorded.as_deref(), recipe, contract: &contract };
        let began = Instant::now();
        let (before, waited) = (self.progress.seconds, self.progress.waiting);
        let mut waiting = 0.0;
        let finished = std::thread::scope(|scope| {
            let first = self.progress.batch;
            let ready = batches::prefetch(scope, inputs_of, order, (epoch, first));
            loop {
                let asked = Instant::now();
                let Ok(batch) = ready.recv() else { break };
                waiting += asked.elapsed().as_secs_f64();
                let rate = recipe.learning_rate_at(self.progress.step, steps);
                self.step(batch, rate)?;
                self.progress.seconds = before + began.elapsed().as_secs_f64();
                self.progress.waiting = waited + waiting;
                listener.batch(&self.report());
                if stop.load(Ordering::Relaxed) && self.progress.batch < per_epoch {
                    return Ok(false);
                }
            }
            Ok::<bool, Error>(true)
        });
        if finished? {
            self.finish_epoch(recipe.learning_rate_at(self.progress.step, steps), listener)?;
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
        let recipe = self.set.recipe;
        // Dropout draws from the device: seeding each step makes a resumed run draw the same.
        self.device.seed(mix(recipe.seed, (1 << 40) | u64::from(self.progress.step)));
        let Batch { size, inputs, mut targets } = batch;
        self.distiller.complete(&mut targets, &inputs, size);
        let input = input_tensor(inputs, size, &self.device);
        let (logits, value, gradients) = self.gradients(input, &targets)?;
        self.net = self.optimiser.step(rate, self.net.clone(), gradients);
        let progress = &mut self.progress;
        self.average.update(&self.net, progress.step);
        let (right, judged) = correct(&logits, &targets.labels, recipe);
        progress.loss_sum += value * count(size);
        progress.right += right;
        progress.judged += judged;
        progress.seen += size;
        progress.batch += 1;
        progress.step += 1;
        Ok(())
    }

    /// The logits, the loss and its gradients.
    fn gradients(&self, input: Tensor<4>, targets: &BatchTargets) -> Result<(Vec<f32>, f64, GradientsParams), Error> {
        let recipe = self.set.recipe;
        let logits = self.net.forward(input);
        let answers = logits.to_data().iter::<f32>().collect();
        let loss = loss::loss(&logits, targets, recipe, &self.device);
        let value = f64::from(loss.clone().into_scalar::<f32>());
        if !value.is_finite() {
            let Progress { epoch, step, .. } = self.progress;
            let what = format!("the loss became {value} in epoch {}, step {step}", epoch + 1);
            let rate = recipe.schedule.learning_rate / 4.0;
            return Err(Error::configuration(
                what,
                format!(
                    "train again with a lower rate, for instance `--learning-rate {rate}`; what the finished epochs \
                     learnt is kept"
                ),
            ));
        }
        Ok((answers, value, GradientsParams::from_grads(loss.backward(), &self.net)))
    }

    fn report(&self) -> BatchReport {
        let progress = &self.progress;
        BatchReport {
            epoch: progress.epoch + 1,
            seen: progress.seen,
            total: self.set.parts.photograph_count(),
            loss: progress.loss_sum / count(progress.seen.max(1)),
            accuracy: count(progress.right) / count(progress.judged.max(1)),
        }
    }

    fn finish_epoch(&mut self, rate: f64, listener: &mut dyn Listener) -> Result<(), Error> {
        let averaged = self.average.net(&self.net);
        let heads = self.validate(&averaged);
        let batch = self.report();
        let accuracy = heads.iter().map(|head| head.accuracy).sum::<f64>() / count(heads.len().max(1));
        let report = EpochReport {
            epoch: batch.epoch,
            learning_rate: rate,
            training_loss: batch.loss,
            training_accuracy: batch.accuracy,
            validation_accuracy: accuracy,
            heads,
            seconds: self.progress.seconds,
            waiting: self.progress.waiting,
        };
        let by = self.set.recipe.schedule.choose_by;
        let best = self.progress.history.iter().all(|past| past.merit(by) < report.merit(by));
        if best {
            self.folder.save_best(&averaged)?;
        }
        listener.epoch(&report, best);
        let mut history = std::mem::take(&mut self.progress.history);
        history.push(report);
        self.progress = Progress { epoch: batch.epoch, step: self.progress.step, history, ..Progress::default() };
        Ok(())
    }

    /// What the averaged weights say to the validation pictures, head by head.
    fn validate(&self, net: &Net) -> Vec<HeadReport> {
        let TrainingSet { dataset, parts, recipe, validation, .. } = self.set;
        let logits = evaluate::logits(net, &dataset.pixels(&parts.validation), &self.contract);
        let decide = |(head, labelled): &(Head, Labelled)| {
            let columns = recipe.columns(*head)?;
            let own: Vec<Vec<f32>> =
                labelled.positions.iter().map(|&at| logits[at][columns.clone()].to_vec()).collect();
            Some(HeadReport {
                head: *head,
                pictures: labelled.labels.len(),
                accuracy: metrics::logit_accuracy(&own, &labelled.labels).unwrap_or(0.0),
                loss: metrics::mean_nll(&own, &labelled.labels, 1.0),
            })
        };
        validation.iter().filter_map(decide).collect()
    }
}

/// Of the answers of the first head: how many give the likeliest class of the target, and how many there are.
fn correct(answers: &[f32], labels: &[f32], recipe: &Recipe) -> (usize, usize) {
    let outputs = recipe.outputs();
    let width = recipe.data.heads.first().map_or(outputs, |head| head.classes());
    let pairs = answers.chunks_exact(outputs).zip(labels.chunks_exact(outputs));
    let judged = pairs.filter(|(_, labels)| labels[..width].iter().any(|&target| target > 0.0));
    judged.fold((0, 0), |(right, judged), (answer, labels)| {
        let hit = metrics::winner(&answer[..width]) == metrics::winner(&labels[..width]);
        (right + usize::from(hit), judged + 1)
    })
}
