//! One look: sensor on, frames until a face is found, sensor off.

use crate::device::Fault;
use crate::eyes::{Observation, Sight};
use crate::ports::{Camera, CameraError};
use mood::{Answer, ModelError};
use std::time::Duration;
use thiserror::Error;

/// What came of one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What the last frame showed.
    pub result: Result<Observation, LookError>,
    /// Frames taken.
    pub frames: u32,
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
}

/// Looks: up to `frames` fresh frames until one shows a face, as a blink or a turned head is over in the next one.
/// The sensor is off when this returns.
pub fn take_look(camera: &mut dyn Camera, sight: &mut dyn Sight, frames: u32, clock: &dyn Fn() -> Duration) -> Look {
    let began = clock();
    let mut taken = 0;
    let result = look_until_found(camera, sight, frames, clock, &mut taken);
    camera.close();
    Look { result, frames: taken, caption: camera.caption(), took: clock().saturating_sub(began) }
}

fn look_until_found(
    camera: &mut dyn Camera,
    sight: &mut dyn Sight,
    frames: u32,
    clock: &dyn Fn() -> Duration,
    taken: &mut u32,
) -> Result<Observation, LookError> {
    camera.open()?;
    loop {
        let frame = camera.capture()?;
        *taken += 1;
        let observation = sight.look(&frame, clock)?;
        tracing::debug!(frame = *taken, answer = observation.answer.name(), stages = ?observation.stages, "Read a frame");
        if *taken >= frames || !matches!(observation.answer, Answer::NoFace { .. }) {
            return Ok(observation);
        }
    }
}

impl Look {
    /// The state machine's view of it.
    pub(super) const fn outcome(&self) -> Result<Answer, Fault> {
        match &self.result {
            Ok(observation) => Ok(observation.answer),
            Err(LookError::Camera(CameraError::Stalled { .. })) => Err(Fault::CameraStalled),
            Err(LookError::Camera(_)) => Err(Fault::CameraLost),
            Err(LookError::Model(_)) => Err(Fault::ModelRejected),
        }
    }

    /// Numbers only; no pixels, no crop.
    pub(super) fn log(&self) {
        match &self.result {
            Ok(seen) => tracing::info!(
                answer = seen.answer.name(),
                faces = seen.faces.len(),
                frames = self.frames,
                took = ?self.took,
                "Looked"
            ),
            Err(error) => tracing::warn!(%error, frames = self.frames, "Could not look"),
        }
    }
}
