//! From a run's folder, its data and its exported file to [`Figures`]: the one place here that knows how a run is kept.

use super::answers::{Answers, Logits};
use super::figures::{self, Data, Figures, File, Network, Part};
use super::history;
use super::words::{locked, place, shell};
use crate::dataset::survey::Survey;
use crate::dataset::votes::{self, Votes};
use crate::dataset::{Dataset, Labelled, Split, Splits};
use crate::error::Error;
use crate::layers::RawNet;
use crate::measure::Relation;
use crate::metrics::calibration;
use crate::net::Net;
use crate::number::count;
use crate::recipe::{Head, Recipe};
use crate::train::{self, checkpoint::RunFolder};
use crate::{evaluate, measure, verify};
use data_encoding::HEXLOWER;
use mood::{Classifier, Contract};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The recipe in a run's folder.
const RECIPE: &str = "recipe.toml";

/// What a report is to be about.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The run's folder.
    pub run: PathBuf,
    /// Its data; none for where the run says it was.
    pub data: Option<PathBuf>,
    /// FER+'s votes, a line for each row of the data.
    pub votes: Option<PathBuf>,
    /// The exported file.
    pub model: Option<PathBuf>,
    /// The part to measure on.
    pub split: Split,
    /// How many of the most confident errors are shown.
    pub mistakes: usize,
}

/// A run, read.
struct Scene {
    recipe: Recipe,
    dataset: Dataset,
    votes: Option<Vec<Votes>>,
    parts: Splits,
    net: Net,
    /// The labels that are looked at: those of the file, else of the run's first head.
    head: Head,
    /// Where their logits lie among the network's outputs.
    columns: Range<usize>,
    /// The network with this head alone.
    raw: RawNet,
    classifier: Option<Classifier>,
}

/// Reads the run, measures it, and looks at its data.
///
/// # Errors
/// When a piece is missing or can't be read, the data is not what the run was trained on, or the file is refused.
pub fn gather(asked: &Asked) -> Result<Figures, Error> {
    let folder = RunFolder::new(&asked.run);
    let recipe = folder.recipe()?;
    let history = history::read(&asked.run, recipe.schedule.choose_by)?;
    let record = folder.data()?;
    let source = asked.data.clone().unwrap_or_else(|| PathBuf::from(&record.data));
    let dataset = Dataset::load(&source)?;
    if dataset.sha256() != record.sha256 {
        return Err(Error::other_pictures(&source));
    }
    // Votes that the run knew and that have gone since are missed only where the figures need them.
    let trained_on = record.votes.as_ref().map(PathBuf::from);
    let votes_at = asked.votes.clone().or_else(|| trained_on.clone().filter(|path| path.exists()));
    let votes = votes_at.as_deref().map(|path| votes::read(path, &dataset.samples)).transpose()?;
    let classifier = asked.model.as_deref().map(verify::load).transpose()?;
    let (head, columns) = head(asked, &recipe, classifier.as_ref())?;
    let (parts, net) = (recipe.parts(&dataset), train::best_net(&folder, &recipe)?);
    let raw = net.layers().with_head(columns.clone());
    let scene = Scene { recipe, dataset, votes, parts, net, head, columns, raw, classifier };
    let exported = scene.classifier.as_ref().zip(asked.model.as_deref());
    let answers = answers(&scene, asked, &source, exported)?;
    let own = answers.contract.label_set;
    let float = answers.against(&answers.float, own);
    let int8 = answers.int8.as_ref().map(|logits| answers.against(logits, own));
    Ok(Figures {
        run: place(&asked.run),
        history,
        recipe: kept(&asked.run, &scene.recipe)?,
        data: data(&scene, &source, record.sha256),
        network: network(&scene, &answers.contract),
        file: exported.map(|(classifier, path)| file(path, classifier)).transpose()?,
        split: asked.split.name(),
        agreement: answers.agreement(),
        drop_points: int8.as_ref().and_then(|int8| measure::drop_points(&float.figures, &int8.figures)),
        other: answers.other(),
        conditions: exported.map_or_else(|| Ok(Vec::new()), |(file, path)| answers.conditions(file, path))?,
        mistakes: answers.mistakes(asked.mistakes),
        versions: versions(&record.trainer),
        commands: commands(asked, &scene, &source, (trained_on.as_deref(), votes_at.as_deref())),
        float,
        int8,
    })
}

/// The label set that a report will be about: that of the file, else of the run's first head.
///
/// # Errors
/// When the run or the file can't be read.
pub fn labels(asked: &Asked) -> Result<&'static str, Error> {
    let recipe = RunFolder::new(&asked.run).recipe()?;
    let classifier = asked.model.as_deref().map(verify::load).transpose()?;
    head(asked, &recipe, classifier.as_ref()).map(|(head, _)| head.name())
}

/// The head that answers as the file does, or the run's first; and its columns among the outputs.
fn head(asked: &Asked, recipe: &Recipe, classifier: Option<&Classifier>) -> Result<(Head, Range<usize>), Error> {
    let first = recipe.data.heads.first().copied().unwrap_or(Head::Fer2013);
    let head = classifier.map_or(first, |classifier| Head::of(classifier.contract().label_set));
    recipe.columns(head).map(|columns| (head, columns)).ok_or_else(|| {
        let model = asked.model.as_deref().map(place).unwrap_or_default();
        let what = format!("model `{model}` answers with labels of {}, this run has no such head", head.name());
        Error::model(what, "give the file that was exported from this run")
    })
}

/// Asks both networks.
fn answers<'a>(
    scene: &'a Scene,
    asked: &Asked,
    source: &Path,
    exported: Option<(&Classifier, &Path)>,
) -> Result<Answers<'a>, Error> {
    let Scene { dataset, parts, net, head, columns, .. } = scene;
    let votes = scene.votes.as_deref();
    let indices = parts.of(asked.split, dataset);
    if indices.is_empty() {
        let what = format_args!("has no pictures in {}", asked.split.name());
        return Err(Error::data(source, what, "choose another `--split`"));
    }
    // Refuses a head that has no truth here, such as FER+'s without votes.
    Labelled::of(dataset, votes, head.set(), &indices)?;
    let known = exported.map(|(classifier, _)| classifier.contract().clone());
    let mut contract = known.unwrap_or_else(|| Contract::new(head.set()));
    if exported.is_none() {
        let chosen_by = Labelled::of(dataset, votes, head.set(), &parts.validation)?;
        let logits = evaluate::head_logits(net, &dataset.pixels(&chosen_by.indices), columns.clone(), &contract);
        contract.temperature = calibration::fit_temperature(&logits, &chosen_by.labels);
    }
    let by_index = |logits: Vec<Vec<f32>>| -> Logits { indices.iter().copied().zip(logits).collect() };
    let pictures = dataset.pixels(&indices);
    let run = |(classifier, path)| measure::of_both_sides(&pictures, |seen| verify::logits(classifier, seen, path));
    let int8 = exported.map(run).transpose()?.map(by_index);
    let ask = |seen: &[&[u8]]| Ok(evaluate::head_logits(net, seen, columns.clone(), &contract));
    let float = by_index(measure::of_both_sides(&pictures, ask)?);
    let training = dataset.pixels(&dataset.indices(Split::Training));
    let relations = (asked.split != Split::Validation).then(|| Relation::of(&pictures, &training));
    let relations = relations.map(|relations| indices.iter().copied().zip(relations).collect());
    Ok(Answers { dataset, votes, contract, float, int8, relations, indices })
}

/// The recipe as the run's folder keeps it.
fn kept(run: &Path, recipe: &Recipe) -> Result<figures::Recipe, Error> {
    let path = run.join(RECIPE);
    let text = std::fs::read_to_string(&path);
    let text =
        text.map_err(|error| Error::data(&path, format_args!("can't be read: {error}"), "name the folder of a run"))?;
    Ok(figures::Recipe { file: RECIPE.into(), text, epochs: recipe.schedule.epochs, seed: recipe.seed })
}

fn data(scene: &Scene, source: &Path, sha256: String) -> Data {
    let survey = Survey::of(&scene.dataset);
    let part = |(split, counts): &(Split, Vec<usize>)| Part { split: split.name(), counts: counts.clone() };
    Data {
        name: place(source),
        sha256,
        pictures: scene.dataset.samples.len(),
        classes: scene.dataset.label_set.labels().iter().map(|label| label.name()).collect(),
        splits: survey.counts.iter().map(part).collect(),
        training: scene.parts.training.len(),
        validation: scene.parts.validation.len(),
        copies_left_out: scene.parts.copies,
        blank_left_out: scene.parts.blank,
        groups_of_copies: survey.groups,
        conflicts: survey.conflicts.len(),
    }
}

fn network(scene: &Scene, contract: &Contract) -> Network {
    Network {
        name: scene.recipe.network.name.name(),
        width: scene.recipe.network.width,
        depth: scene.recipe.network.depth,
        parameters: scene.raw.parameters(),
        mmac: count(scene.raw.macs()) / 1e6,
        convolutions: scene.raw.convs().count(),
        side: contract.side,
        mean: contract.mean,
        deviation: contract.deviation,
        labels: contract.labels.iter().map(|label| label.name()).collect(),
    }
}

fn file(path: &Path, classifier: &Classifier) -> Result<File, Error> {
    let bytes = std::fs::read(path);
    let bytes =
        bytes.map_err(|error| Error::data(path, format_args!("can't be read: {error}"), "check that it is there"))?;
    Ok(File {
        name: place(path),
        bytes: bytes.len(),
        sha256: HEXLOWER.encode(&Sha256::digest(&bytes)),
        float_convolutions: classifier.float_convolutions(),
        contract: mood::contract::VERSION,
        temperature: figures::rounded(classifier.contract().temperature),
    })
}

/// `begun_by`: the program that began the run, with its version; empty where its folder doesn't say.
fn versions(begun_by: &str) -> Vec<(&'static str, String)> {
    let mut versions = vec![("trainer", env!("CARGO_PKG_VERSION").to_owned())];
    versions.extend((!begun_by.is_empty()).then(|| ("run begun by", begun_by.to_owned())));
    versions.extend(["burn", "tract-onnx"].into_iter().filter_map(|name| Some((name, locked(name)?))));
    versions.push(("machine", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)));
    versions
}

/// `trained_on` and `measured_by` are FER+'s votes, where there were any.
fn commands(
    asked: &Asked,
    scene: &Scene,
    source: &Path,
    (trained_on, measured_by): (Option<&Path>, Option<&Path>),
) -> Vec<String> {
    let (run, data) = (shell(&place(&asked.run)), shell(&place(source)));
    let flag = |name: &str, path: Option<&Path>| path.map(|path| format!(" {name} {}", shell(&place(path))));
    let (learnt, measured) = (flag("--votes", trained_on), flag("--votes", measured_by));
    let (learnt, measured) = (learnt.unwrap_or_default(), measured.unwrap_or_default());
    let recipe = shell(&place(&asked.run.join(RECIPE)));
    let mut commands = vec![format!("trainer train --data {data}{learnt} --run {run} --recipe {recipe}")];
    let mut report = format!("trainer report {run} --data {data}{measured} --split {}", asked.split.name());
    if let Some(model) = &asked.model {
        let (model, head) = (shell(&place(model)), scene.head.name());
        // Only the votes' own head has its temperature fitted by them.
        let votes = if scene.head == Head::Ferplus { measured.as_str() } else { "" };
        commands.push(format!("trainer quantise --run {run} --data {data}{votes} --head {head} --output {model}"));
        report.push_str(&format!(" --model {model}"));
    }
    commands.push(report + " --output report.html");
    commands
}
