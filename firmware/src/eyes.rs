//! Reads a frame: face finder, crop, classifier, judgement. What `moodbox look` and the box itself both use.

use crate::error::Failure;
use crate::file;
use mood::{Answer, Classifier, Crop, FaceBox, FaceFinder, Frame, InputTensor, ModelError, Probabilities};
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

/// How long each stage took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stages {
    /// Finding the faces.
    pub find: Duration,
    /// Cutting out the primary one and making the input tensor; zero without a face.
    pub crop: Duration,
    /// Running the expression network; zero without a face.
    pub classify: Duration,
}

/// What was seen in one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The judgement.
    pub answer: Answer,
    /// The faces, the primary one first.
    pub faces: Vec<FaceBox>,
    /// Of the primary face; `None` without one.
    pub probabilities: Option<Probabilities>,
    /// How long it took.
    pub stages: Stages,
}

/// Something that can read frames: the networks, or a test's script.
pub trait Sight: Send {
    /// Reads one frame. `clock` gives the time since any fixed moment.
    ///
    /// # Errors
    /// When a network can't be run.
    fn look(&mut self, frame: &Frame, clock: &dyn Fn() -> Duration) -> Result<Observation, ModelError>;
}

/// The two networks and the threshold.
#[derive(Debug)]
pub struct Eyes {
    finder: FaceFinder,
    classifier: Classifier,
    unsure_below: f32,
}

impl Eyes {
    /// Loads the built-in networks, with the expression network at `model` instead of the built-in one if given.
    /// `unsure_below` is the smallest confidence that counts as an answer, 0..=1.
    ///
    /// # Errors
    /// When a network can't be read or is refused.
    pub fn open(model: Option<&Path>, unsure_below: f32) -> Result<Self, Failure> {
        let refused = |name: String| move |source: ModelError| Failure::Model { name, source };
        let classifier = match model {
            None => Classifier::from_onnx(embedded::MOOD).map_err(refused("built in".into()))?,
            Some(path) => {
                let bytes = file::read(path, MOST_MIB)
                    .map_err(|error| Failure::ModelFile { path: path.to_path_buf(), detail: error.to_string() })?;
                Classifier::from_onnx(&bytes).map_err(refused(path.display().to_string()))?
            }
        };
        let finder = FaceFinder::from_onnx(embedded::FACE_NARROW, embedded::FACE_WIDE)
            .map_err(refused("of the face finder".into()))?;
        Ok(Self { finder, classifier, unsure_below })
    }
}

impl Sight for Eyes {
    fn look(&mut self, frame: &Frame, clock: &dyn Fn() -> Duration) -> Result<Observation, ModelError> {
        let began = clock();
        let found = self.finder.find(frame)?;
        let find = clock().saturating_sub(began);
        let Some(face) = found.faces.first() else {
            let answer = Answer::NoFace { reason: found.reason };
            let stages = Stages { find, ..Stages::default() };
            return Ok(Observation { answer, faces: Vec::new(), probabilities: None, stages });
        };
        let began = clock();
        let contract = self.classifier.contract();
        let crop = Crop::of(frame, face, contract.side);
        let input = InputTensor::new(&crop, contract);
        let cut = clock();
        let logits = self.classifier.logits(&input)?;
        let probabilities = Probabilities::from_logits(&logits, contract);
        let stages = Stages { find, crop: cut.saturating_sub(began), classify: clock().saturating_sub(cut) };
        let answer = Answer::of_face(&crop, &probabilities, self.unsure_below)
            .ok_or_else(|| ModelError::Run { detail: "it gave no probabilities".into() })?;
        Ok(Observation { answer, faces: found.faces, probabilities: Some(probabilities), stages })
    }
}
