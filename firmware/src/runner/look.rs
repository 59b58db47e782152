//! One look: sensor on, a burst of frames, sensor off.

use crate::device::Fault;
use crate::eyes::{Sight, Stages};
use crate::ports::{Camera, CameraError};
use mood::{Answer, Burst, ModelError, Step, Verdict};
use std::time::Duration;
use thiserror::Error;

/// What came of one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What the frames showed together.
    pub result: Result<Verdict, LookError>,
    /// Frames taken.
    pub frames: u32,
    /// Of these, frames that were searched whole for a face.
    pub searches: u32,
    /// How long the networks took.
    pub stages: Stages,
    /// What the camera was shown, where that is known.
    pub caption: Option<String>,
    /// From sensor on to sensor off.
    pub took: Duration,
}

/// Why a look has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LookError {
    /// No usable frame.
    #[error(transparent)]
    Camera(#[from] CameraError),
    /// A network can't be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The owner wanted something else.
    #[error("it was not a press to look")]
    Abandoned,
}

/// How far a look goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Frames at most.
    pub frames: u32,
    /// Time from the first frame to the last at most.
    pub time: Duration,
}

/// Takes frames until the answer is certain or `abandoned` says stop; the sensor is off when this returns.
pub fn take_look(
    camera: &mut dyn Camera,
    eyes: &mut dyn Sight,
    limits: Limits,
    clock: &dyn Fn() -> Duration,
    abandoned: &dyn Fn() -> bool,
) -> Look {
    let began = clock();
    let mut burst = Burst::new(limits.frames);
    let mut stages = Stages::default();
    let end = watch(camera, eyes, &mut burst, &mut stages, limits.time, clock, abandoned);
    camera.close();
    let verdict = burst.verdict(eyes.rule());
    let nobody = matches!(verdict.answer, Answer::NoFace { .. });
    let result = match end {
        // A camera that fails after the face was seen well enough has done its work; the next look will tell.
        Err(LookError::Camera(error)) if !nobody => {
            tracing::warn!(%error, "The camera failed in mid-burst; answering with what it has shown");
            Ok(verdict)
        }
        Err(error) => Err(error),
        Ok(()) => Ok(verdict),
    };
    let (frames, searches) = (burst.frames(), burst.searches());
    Look { result, frames, searches, stages, caption: camera.caption(), took: clock().saturating_sub(began) }
}

fn watch(
    camera: &mut dyn Camera,
    eyes: &mut dyn Sight,
    burst: &mut Burst,
    stages: &mut Stages,
    time: Duration,
    clock: &dyn Fn() -> Duration,
    abandoned: &dyn Fn() -> bool,
) -> Result<(), LookError> {
    camera.open()?;
    let mut end = None;
    loop {
        let step = burst.next(eyes.rule());
        if step == Step::Done || end.is_some_and(|end| clock() >= end) {
            return Ok(());
        }
        if abandoned() {
            return Err(LookError::Abandoned);
        }
        let frame = camera.capture()?;
        end.get_or_insert_with(|| clock().saturating_add(time));
        match step {
            Step::Look(search) => burst.add(search, eyes.glance(&frame, search, stages, clock)?),
            Step::LetPass | Step::Done => burst.let_pass(),
        }
        tracing::trace!(frame = burst.frames(), ?step, ?stages, "Took a frame");
        camera.reuse(frame);
        if let Some(times) = burst.wants_light() {
            let could = camera.brighten(times);
            tracing::debug!(times, could, "Asked for more light");
            burst.asked_for_light(could);
        }
    }
}

impl Look {
    pub(super) fn outcome(self) -> Result<Verdict, Fault> {
        self.result.map_err(|error| match error {
            LookError::Camera(CameraError::Stalled { .. }) => Fault::CameraStalled,
            LookError::Camera(_) => Fault::CameraLost,
            LookError::Model(_) => Fault::ModelRejected,
            // Nobody waits for it.
            LookError::Abandoned => Fault::CameraStalled,
        })
    }

    /// Numbers only; no pixels, no crop.
    pub(super) fn log(&self) {
        match &self.result {
            Ok(seen) => tracing::info!(
                answer = ?seen.answer,
                faces = seen.faces.len(),
                frames = self.frames,
                searches = self.searches,
                stages = ?self.stages,
                took = ?self.took,
                "Looked"
            ),
            Err(LookError::Abandoned) => tracing::debug!(frames = self.frames, "Abandoned"),
            Err(error) => tracing::warn!(%error, frames = self.frames, "Could not look"),
        }
    }
}
