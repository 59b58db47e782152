//! The box drawn in a terminal: its light in true colour and motion, the privacy lamp, and what it says and plays.

pub mod keyboard;
mod scene;
mod screen;

use crate::error::Failure;
use crate::ports::{Lights, LightsError};
use crate::runner::{BoxEvent, Observer};
use mood::Rgb;
use scene::Scene;
use screen::{Canvas, Screen};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Why a terminal can't show the box: `NO_COLOR` (<https://no-color.org>), `TERM=dumb`, too small; else `None`.
pub fn obstacle() -> Option<String> {
    if std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty()) {
        return Some("NO_COLOR is set, and the light is colour".into());
    }
    if std::env::var("TERM").is_ok_and(|term| term == "dumb") {
        return Some("this terminal is a dumb one (TERM)".into());
    }
    let Some((columns, rows)) = screen::size() else { return Some("the terminal does not tell its size".into()) };
    (!scene::fits(columns, rows)).then(|| {
        format!("the terminal has {columns}x{rows} characters, the box needs {}x{}", scene::COLUMNS, scene::ROWS)
    })
}

/// The drawn box; clones draw into the same terminal. Light and observer in one, as they share the screen.
#[derive(Clone)]
pub struct Terminal(Arc<Mutex<View>>);

struct View {
    scene: Scene,
    screen: Screen,
    shown: Option<Canvas>,
}

impl Terminal {
    /// Takes the terminal over; it is given back when the last clone is dropped, and on a panic.
    ///
    /// # Errors
    /// When the terminal can't be switched.
    pub fn enter() -> Result<Self, Failure> {
        let screen = Screen::enter().map_err(Failure::write("the terminal"))?;
        Ok(Self(Arc::new(Mutex::new(View { scene: Scene::default(), screen, shown: None }))))
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    fn draw(&mut self) -> std::io::Result<()> {
        let (columns, rows) = screen::size().unwrap_or((scene::COLUMNS, scene::ROWS));
        let canvas = scene::paint(&self.scene, columns, rows);
        self.screen.update(self.shown.as_ref(), &canvas)?;
        self.shown = Some(canvas);
        Ok(())
    }
}

impl Lights for Terminal {
    fn show(&mut self, colour: Rgb) -> Result<(), LightsError> {
        let mut view = self.view();
        view.scene.colour = colour;
        view.draw().map_err(|error| LightsError { light: "terminal".into(), detail: error.to_string() })
    }

    fn privacy(&mut self, on: bool) -> Result<(), LightsError> {
        let mut view = self.view();
        view.scene.lamp = on;
        view.draw().map_err(|error| LightsError { light: "privacy lamp".into(), detail: error.to_string() })
    }
}

impl Observer for Terminal {
    fn observe(&mut self, now: Duration, event: &BoxEvent<'_>) {
        let mut view = self.view();
        view.scene.note(now, event);
        // A failure shows at the next light, which reports it.
        let _ = view.draw();
    }
}

/// The light where nothing can be drawn: the transcript tells its colours.
#[derive(Debug, Clone, Copy)]
pub struct NoLights;

impl Lights for NoLights {
    fn show(&mut self, _colour: Rgb) -> Result<(), LightsError> {
        Ok(())
    }

    fn privacy(&mut self, _on: bool) -> Result<(), LightsError> {
        Ok(())
    }
}
