//! Reads frames: face finder, crop, classifier, judgement. What `moodbox look` and the box itself both use.

use crate::error::{ExitCode, Failure};
use crate::memory::Memory;
use mood::{
    Burst, Classifier, Crop, DecisionRule, Example, FaceFinder, Faces, Frame, Glimpse, InputTensor, ModelError,
    Quality, Search, Verdict,
};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

/// The networks that are built in.
mod embedded {
    pub(super) const MOOD: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/mood.onnx"));
    pub(super) const FACE_NARROW: &[u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/blazeface_short_192x144.onnx"));
    pub(super) const FACE_WIDE: &[u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/blazeface_short_256x192.onnx"));
}

/// The largest expression network that is read, in MiB, as the core also takes no larger one; ours has half of one.
const MOST_MIB: u64 = 128;

/// The bytes of the expression network at `model`, or of the built-in one, and its name.
///
/// # Errors
/// When the file can't be read.
pub fn network(model: Option<&Path>) -> Result<(Cow<'static, [u8]>, String), Failure> {
    let Some(path) = model else { return Ok((Cow::Borrowed(embedded::MOOD), "built in".into())) };
    let unreadable = |error| {
        let hint = "name a file made by `trainer quantise`, or leave out the model: one is built in";
        Failure::new(ExitCode::Model, format_args!("model {} can't be read: {error}", path.display()), hint)
    };
    let bytes = files::read(path, MOST_MIB).map_err(unreadable)?;
    Ok((Cow::Owned(bytes), path.display().to_string()))
}

/// A network, from a file or `built in`, was refused.
#[must_use]
pub fn refused(name: &str, error: &ModelError) -> Failure {
    let hint = "export again with `trainer quantise`, or install the firmware that came with this model";
    Failure::new(ExitCode::Model, format_args!("model {name}: {error}"), hint)
}

/// How long each stage took, over all frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stages {
    /// Finding the faces.
    pub find: Duration,
    /// Cutting out the primary one and measuring it; zero without a face.
    pub crop: Duration,
    /// Running the expression network, on the face and its mirror image; zero without a face.
    pub classify: Duration,
}

/// Something that can read frames, one of a burst after the other, and learn of them: the networks, or a test's script.
pub trait Sight: Send {
    /// What stands between a reading and an answer.
    fn rule(&self) -> &DecisionRule;

    /// Looks at one frame of a burst as `search` says, and adds to `stages` how long it took.
    ///
    /// # Errors
    /// When a network can't be run.
    fn glance(
        &mut self,
        frame: &Frame,
        search: Search,
        stages: &mut Stages,
        clock: &dyn Fn() -> Duration,
    ) -> Result<Glimpse, ModelError>;

    /// Reads a single frame: a burst of one.
    ///
    /// # Errors
    /// When a network can't be run.
    fn look(
        &mut self,
        frame: &Frame,
        stages: &mut Stages,
        clock: &dyn Fn() -> Duration,
    ) -> Result<Verdict, ModelError> {
        let mut burst = Burst::new(1);
        burst.add(Search::All, self.glance(frame, Search::All, stages, clock)?);
        Ok(burst.verdict(self.rule()))
    }

    /// Remembers what a face shows; says how many corrections are remembered now. `None` when nothing is kept.
    ///
    /// # Errors
    /// When it can't be written down; it is known until the box ends all the same.
    fn learn(&mut self, example: Example) -> Option<Result<usize, String>> {
        let _ = example;
        None
    }
}

/// The networks, the thresholds, and what the owner has taught.
#[derive(Debug)]
pub struct Eyes {
    finder: FaceFinder,
    classifier: Classifier,
    rule: DecisionRule,
    memory: Option<Memory>,
    /// Used again from frame to frame, as what the finder needs is.
    crop: Crop,
    input: InputTensor,
}

impl Eyes {
    /// Loads the built-in networks, with the expression network at `model` instead of the built-in one if given.
    /// `unsure_below` is the smallest confidence that counts as an answer, 0..=1; an unpleasant expression needs as much
    /// more as the network's own thresholds say. 0 takes the network's own.
    ///
    /// # Errors
    /// When a network can't be read or is refused.
    pub fn open(model: Option<&Path>, unsure_below: f32) -> Result<Self, Failure> {
        let (bytes, name) = network(model)?;
        // tract panics on some graphs; the core catches that, and nothing is printed of it.
        let loaded = files::caught(|| Classifier::from_onnx(&bytes));
        let loaded = loaded.unwrap_or_else(|detail| Err(ModelError::Graph { detail }));
        let classifier = loaded.map_err(|error| refused(&name, &error))?;
        let finder = FaceFinder::from_onnx(embedded::FACE_NARROW, embedded::FACE_WIDE)
            .map_err(|error| refused("of the face finder", &error))?;
        let mut rule = DecisionRule::new(classifier.contract().clone());
        if unsure_below > 0.0 {
            rule.thresholds = rule.thresholds.moved_to(unsure_below);
        }
        let (crop, input) = Default::default();
        Ok(Self { finder, classifier, rule, memory: None, crop, input })
    }

    /// Remembers in `folder` what the owner teaches, and judges by what is remembered there already. What can't be read
    /// there is set aside; then says so in a sentence.
    pub fn remember_in(&mut self, folder: &Path) -> Option<String> {
        let (memory, told) = Memory::open(folder, self.classifier.fingerprint());
        self.rule.layer = memory.owner().layer(&self.rule.contract);
        tracing::info!(corrections = memory.owner().corrections(), adapted = !self.rule.layer.is_empty(), "Remembers");
        self.memory = Some(memory);
        told
    }

    /// Reads the primary one of the faces found.
    fn read(
        &mut self,
        frame: &Frame,
        faces: Faces,
        stages: &mut Stages,
        clock: &dyn Fn() -> Duration,
    ) -> Result<Glimpse, ModelError> {
        let Some(face) = faces.faces.first() else {
            return Ok(Glimpse { luminance: frame.mean_luminance(), faces, reading: None });
        };
        let began = clock();
        let contract = &self.rule.contract;
        self.crop.cut(frame, face, contract.side);
        let (quality, luminance) = (Quality::of(face, &self.crop), self.crop.luminance());
        self.crop.light_up();
        self.input.fill(&self.crop, contract);
        let cut = clock();
        let reading = self.classifier.read_both_ways(&mut self.input)?;
        stages.crop += cut.saturating_sub(began);
        stages.classify += clock().saturating_sub(cut);
        Ok(Glimpse { luminance, faces, reading: Some((reading, quality)) })
    }
}

impl Sight for Eyes {
    fn rule(&self) -> &DecisionRule {
        &self.rule
    }

    fn glance(
        &mut self,
        frame: &Frame,
        search: Search,
        stages: &mut Stages,
        clock: &dyn Fn() -> Duration,
    ) -> Result<Glimpse, ModelError> {
        let began = clock();
        let faces = self.finder.glance(frame, search)?;
        stages.find += clock().saturating_sub(began);
        self.read(frame, faces, stages, clock)
    }

    fn learn(&mut self, example: Example) -> Option<Result<usize, String>> {
        let memory = self.memory.as_mut()?;
        let corrected = example.corrected;
        let saved = memory.remember(example);
        // An answer that was let stand changes next to nothing; it counts from the next correction on.
        if corrected {
            self.rule.layer = memory.owner().layer(&self.rule.contract);
        }
        Some(saved.map(|()| memory.owner().corrections()).map_err(|error| error.to_string()))
    }
}
