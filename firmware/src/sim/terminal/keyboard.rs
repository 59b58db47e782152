//! The keyboard as buttons: space or enter presses, c holds, n skips, v sets the volume; q, Esc or Ctrl-C ends.

use crate::ports::{Button, ButtonError, Extra, Level};
use crate::runner::Message;
use crate::runner::threads::Outbox;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll, read};
use std::time::{Duration, Instant};

/// A key held down repeats faster than this, and nobody presses a button so fast.
const REPEAT: Duration = Duration::from_millis(120);

/// Reads the keys of a terminal in raw mode.
pub struct Keyboard {
    outbox: Outbox,
    /// A terminal tells when a key goes down, not when it is let go: the release is made up.
    release_due: bool,
    /// `c` holds the button down.
    held: bool,
    /// When the button's key came last, also as a repeat.
    last: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Press,
    Hold,
    Extra(Extra),
    Stop,
    Nothing,
}

impl Keyboard {
    /// Tells `outbox` when the owner wants to end.
    pub const fn new(outbox: Outbox) -> Self {
        Self { outbox, release_due: false, held: false, last: None }
    }
}

impl Button for Keyboard {
    fn wait(&mut self, limit: Duration) -> Result<Option<Level>, ButtonError> {
        if std::mem::take(&mut self.release_due) {
            return Ok(Some(Level::Up));
        }
        let lost = |error: std::io::Error| ButtonError { button: "keyboard".into(), detail: error.to_string() };
        if !poll(limit).map_err(lost)? {
            return Ok(None);
        }
        let Event::Key(key) = read().map_err(lost)? else { return Ok(None) };
        match meaning(key) {
            Meaning::Press => {
                let now = Instant::now();
                let held = is_repeat(self.last.replace(now), now);
                self.release_due = !held;
                Ok((!held).then_some(Level::Down))
            }
            Meaning::Hold => {
                self.held = !self.held;
                Ok(Some(if self.held { Level::Down } else { Level::Up }))
            }
            Meaning::Extra(extra) => {
                for level in [Level::Down, Level::Up] {
                    // Fails only when the loop has ended already.
                    let _ = self.outbox.send(Message::Extra(extra, level));
                }
                Ok(None)
            }
            Meaning::Stop => {
                // Fails only when the loop has ended already.
                let _ = self.outbox.send(Message::Stop);
                Ok(None)
            }
            Meaning::Nothing => Ok(None),
        }
    }

    fn describe(&self) -> String {
        "keyboard".into()
    }
}

/// Whether a key that came at `now` is a held one, not a new press.
fn is_repeat(last: Option<Instant>, now: Instant) -> bool {
    last.is_some_and(|last| now.saturating_duration_since(last) < REPEAT)
}

const fn meaning(key: KeyEvent) -> Meaning {
    if !matches!(key.kind, KeyEventKind::Press) {
        return Meaning::Nothing;
    }
    match key.code {
        KeyCode::Char(' ') | KeyCode::Enter => Meaning::Press,
        KeyCode::Char('n' | 'N') => Meaning::Extra(Extra::Skip),
        KeyCode::Char('v' | 'V') => Meaning::Extra(Extra::Volume),
        KeyCode::Char('q' | 'Q') | KeyCode::Esc => Meaning::Stop,
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Meaning::Stop,
        KeyCode::Char('c' | 'C') => Meaning::Hold,
        _ => Meaning::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_the_box_says_they_mean() {
        let key = |code, modifiers| meaning(KeyEvent::new(code, modifiers));
        let none = KeyModifiers::NONE;
        assert_eq!(key(KeyCode::Char(' '), none), Meaning::Press);
        assert_eq!(key(KeyCode::Enter, none), Meaning::Press);
        for code in [KeyCode::Char('q'), KeyCode::Esc] {
            assert_eq!(key(code, none), Meaning::Stop);
        }
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Meaning::Stop);
        assert_eq!(key(KeyCode::Char('c'), none), Meaning::Hold);
        assert_eq!(key(KeyCode::Char('n'), none), Meaning::Extra(Extra::Skip));
        assert_eq!(key(KeyCode::Char('v'), none), Meaning::Extra(Extra::Volume));
        assert_eq!(key(KeyCode::Char('x'), none), Meaning::Nothing);
    }

    #[test]
    fn a_held_key_is_one_press() {
        let first = Instant::now();
        assert!(!is_repeat(None, first));
        assert!(is_repeat(Some(first), first + Duration::from_millis(30)));
        assert!(!is_repeat(Some(first), first + Duration::from_millis(200)));
    }
}
