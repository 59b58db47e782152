//! What a demo showed, as a table at its end.

use super::{light, sentence};
use crate::ports::Sound;
use crate::runner::{Moment, Witness};
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One look and what came of it.
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
    #[must_use]
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

impl Witness for Summary {
    fn saw(&mut self, _now: Duration, moment: &Moment<'_>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match moment {
            Moment::Looked(look) => {
                seen.answered = true;
                seen.rows.push(Row {
                    caption: look.caption.clone().unwrap_or_default(),
                    said: look.result.as_ref().map_or_else(ToString::to_string, sentence),
                    ..Row::default()
                });
            }
            // What follows an answer belongs to it, until the next press.
            Moment::Pressed | Moment::Stopping => seen.answered = false,
            _ if !seen.answered => {}
            Moment::Light(pattern) => note(&mut seen, |row| &mut row.light, light(pattern)),
            Moment::Sound(Sound::Play(programme, _)) => {
                note(&mut seen, |row| &mut row.sound, format!("{} music", programme.expression))
            }
            Moment::Sound(Sound::Chime(chime)) => note(&mut seen, |row| &mut row.sound, super::chime(*chime).into()),
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
