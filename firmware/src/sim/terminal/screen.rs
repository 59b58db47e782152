//! The terminal itself: taken over, drawn to, and given back whatever happens.

use super::canvas::{Canvas, Colour};
use crossterm::style::{Color, Print, ResetColor, SetBackgroundColor, SetForegroundColor, available_color_count};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};
use std::io::{self, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal, in raw mode and on its alternate screen.
///
/// INVARIANT: the terminal is restored when this is dropped, and before a panic of any thread prints its message;
/// one that is caught prints none.
pub(super) struct Screen {
    true_colour: bool,
}

/// Columns and rows; `None` without a terminal.
pub(super) fn size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

impl Screen {
    pub(super) fn enter() -> io::Result<Self> {
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if !files::is_caught() {
                    restore();
                }
                before(panic);
            }));
        });
        TAKEN.store(true, Ordering::SeqCst);
        let screen = Self { true_colour: available_color_count() > 256 };
        enable_raw_mode()?;
        let mut bytes = Vec::new();
        queue!(bytes, EnterAlternateScreen, cursor::Hide)?;
        write(&bytes)?;
        Ok(screen)
    }

    /// Draws what differs between two canvases, in one write.
    pub(super) fn update(&mut self, before: Option<&Canvas>, now: &Canvas) -> io::Result<()> {
        let mut bytes = Vec::new();
        let (mut pen, mut colours) = (None, None);
        for (column, row, cell) in now.changes(before) {
            if pen != Some((column, row)) {
                queue!(bytes, cursor::MoveTo(column, row))?;
            }
            if colours != Some((cell.front, cell.back)) {
                queue!(bytes, SetForegroundColor(self.colour(cell.front)), SetBackgroundColor(self.colour(cell.back)))?;
                colours = Some((cell.front, cell.back));
            }
            queue!(bytes, Print(cell.symbol))?;
            pen = Some((column.saturating_add(1), row));
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let mut whole = Vec::with_capacity(bytes.len() + 32);
        queue!(whole, BeginSynchronizedUpdate)?;
        if now.resized(before) {
            queue!(whole, ResetColor, Clear(ClearType::All))?;
        }
        whole.extend(bytes);
        queue!(whole, EndSynchronizedUpdate)?;
        write(&whole)
    }

    fn colour(&self, [r, g, b]: Colour) -> Color {
        if self.true_colour {
            return Color::Rgb { r, g, b };
        }
        // The 6x6x6 cube of the 256 colours: steps at 0, 95, 135, 175, 215, 255.
        let step = |part: u8| if part < 48 { 0 } else { part.saturating_sub(35) / 40 };
        Color::AnsiValue(16 + 36 * step(r) + 6 * step(g) + step(b))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back, once.
fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Each step is tried; there is nobody left to tell about a failure.
    let mut bytes = Vec::new();
    let _ = queue!(bytes, EndSynchronizedUpdate, ResetColor, LeaveAlternateScreen, cursor::Show);
    let _ = write(&bytes);
    let _ = disable_raw_mode();
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
