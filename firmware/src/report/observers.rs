//! Who tells the owner what happens: a line for each event, for logs and pipes, and a table at the end of a demo.

use super::{light, sentence, sound, trouble};
use crate::device::Part;
use crate::gesture::{Gesture, Hold};
use crate::ports::{Extra, Sound};
use crate::runner::{BoxEvent, Look, Observer};
use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Writes the lines.
pub struct Transcript(pub Box<dyn Write>);

impl Observer for Transcript {
    fn observe(&mut self, now: Duration, event: &BoxEvent<'_>) {
        // A reader that went away does not stop the box.
        let _ = writeln!(self.0, "{:>7.2} s  {}", now.as_secs_f64(), line(now, event)).and_then(|()| self.0.flush());
    }
}

fn line(now: Duration, event: &BoxEvent<'_>) -> String {
    match event {
        BoxEvent::Ready => format!("ready in {} ms", now.as_millis()),
        BoxEvent::Pressed => "button: pressed".into(),
        BoxEvent::Dropped => "button: pressed, not counted while the box is busy".into(),
        BoxEvent::Gesture(gesture) => format!("button: {}", gesture_words(*gesture)),
        BoxEvent::Extra(Extra::Skip) => "button for skipping: pressed".into(),
        BoxEvent::Extra(Extra::Volume) => "button for the volume: pressed".into(),
        BoxEvent::Learn(expression) => format!("corrected: that was {expression}"),
        BoxEvent::Looking => "camera: looking".into(),
        BoxEvent::Looked(look) => looked(look),
        BoxEvent::TooLate => "camera: answered too late, not counted".into(),
        BoxEvent::Trouble(fault) => format!("trouble: {}", trouble(*fault)),
        BoxEvent::Privacy(true) => "lamp: on".into(),
        BoxEvent::Privacy(false) => "lamp: off".into(),
        BoxEvent::Light(pattern) => format!("light: {}", light(pattern)),
        BoxEvent::Sound(it) => sound(*it),
        BoxEvent::Lost(Part::Lights, detail) => format!("light lost, the music goes on: {detail}"),
        BoxEvent::Lost(Part::Speaker, detail) => format!("sound lost, the light goes on: {detail}"),
        BoxEvent::Back(Part::Lights) => "light: works again".into(),
        BoxEvent::Back(Part::Speaker) => "sound: works again".into(),
        BoxEvent::Note(text) => format!("note: {text}"),
        BoxEvent::Stopping => "stopping".into(),
        BoxEvent::Ended => "ended, lights dark".into(),
    }
}

const fn gesture_words(gesture: Gesture) -> &'static str {
    match gesture {
        Gesture::Touched => "touched",
        Gesture::LetGo => "let go",
        Gesture::Press => "once, look",
        Gesture::Double => "twice, skip",
        Gesture::Like => "once and held, a like",
        Gesture::Triple => "three times, the next guess",
        Gesture::Held(Hold::Choose) => "held, choose a mood",
        Gesture::Held(Hold::Stop) => "held on, stop",
        Gesture::Held(Hold::ShutDown) => "held still, shut down",
        Gesture::Released(_) => "let go",
    }
}

fn looked(look: &Look) -> String {
    let caption = look.caption.as_deref().unwrap_or("frame");
    match &look.result {
        Ok(verdict) => {
            let frames = if look.frames == 1 { String::new() } else { format!(", {} frames", look.frames) };
            format!("{caption}: {}; {} ms{frames}", sentence(verdict), look.took.as_millis())
        }
        Err(error) => format!("{caption}: {error}"),
    }
}

#[derive(Debug, Clone, Default)]
struct Row {
    caption: String,
    said: String,
    light: String,
    sound: String,
}

#[derive(Debug, Default)]
struct Seen {
    rows: Vec<Row>,
    answered: bool,
}

/// Collects the looks. Clones share one table.
#[derive(Debug, Clone, Default)]
pub struct Summary(Arc<Mutex<Seen>>);

impl Summary {
    /// The table; empty when nothing was looked at.
    pub fn table(&self) -> String {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let width =
            |text: fn(&Row) -> &String| seen.rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
        let (caption, said, light) = (width(|r| &r.caption), width(|r| &r.said), width(|r| &r.light));
        let mut table = String::new();
        for row in &seen.rows {
            let line = format!("  {:caption$}  {:said$}  {:light$}  {}", row.caption, row.said, row.light, row.sound);
            // Writing to a text can't fail.
            let _ = writeln!(table, "{}", line.trim_end());
        }
        table
    }
}

impl Observer for Summary {
    fn observe(&mut self, _now: Duration, event: &BoxEvent<'_>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            BoxEvent::Looked(look) => {
                seen.answered = true;
                seen.rows.push(Row {
                    caption: look.caption.clone().unwrap_or_default(),
                    said: look.result.as_ref().map_or_else(ToString::to_string, sentence),
                    ..Row::default()
                });
            }
            // What follows an answer belongs to it, until the next press.
            BoxEvent::Pressed | BoxEvent::Stopping => seen.answered = false,
            _ if !seen.answered => {}
            BoxEvent::Light(pattern) => note(&mut seen, |row| &mut row.light, light(pattern)),
            BoxEvent::Sound(Sound::Play(programme, _)) => {
                note(&mut seen, |row| &mut row.sound, format!("{} music", programme.expression))
            }
            BoxEvent::Sound(Sound::Chime(chime)) => note(&mut seen, |row| &mut row.sound, super::chime(*chime).into()),
            _ => {}
        }
    }
}

/// Only the first of a kind counts: the light that returns after a notice is not the answer.
fn note(seen: &mut Seen, field: fn(&mut Row) -> &mut String, text: String) {
    if let Some(field) = seen.rows.last_mut().map(field)
        && field.is_empty()
    {
        *field = text;
    }
}
