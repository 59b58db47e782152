//! The terminal: taken over, drawn to cell by cell where something differs, and given back whatever happens.

use crossterm::style::{Color, Print, ResetColor, SetBackgroundColor, SetForegroundColor, available_color_count};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};
use std::io::{self, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal, in raw mode and on its alternate screen.
///
/// INVARIANT: the terminal is restored on drop, and before an uncaught panic of any thread prints its message.
pub(super) struct Screen {
    true_colour: bool,
}

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

pub(super) type Colour = [u8; 3];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) symbol: char,
    pub(super) front: Colour,
    pub(super) back: Colour,
}

/// The grid. What is put outside it is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Canvas {
    columns: u16,
    rows: u16,
    cells: Vec<Cell>,
}

impl Canvas {
    pub(super) fn new(columns: u16, rows: u16, back: Colour) -> Self {
        let cell = Cell { symbol: ' ', front: back, back };
        Self { columns, rows, cells: vec![cell; usize::from(columns) * usize::from(rows)] }
    }

    pub(super) fn put(&mut self, column: u16, row: u16, cell: Cell) {
        if column < self.columns && row < self.rows {
            self.cells[usize::from(row) * usize::from(self.columns) + usize::from(column)] = cell;
        }
    }

    /// Puts a text of at most `room` characters, one column each; control characters show as `?`.
    pub(super) fn text(&mut self, column: u16, row: u16, text: &str, room: u16, front: Colour, back: Colour) {
        for (at, symbol) in (column..column.saturating_add(room)).zip(text.chars()) {
            let symbol = if symbol.is_control() { '?' } else { symbol };
            self.put(at, row, Cell { symbol, front, back });
        }
    }

    /// The cells that differ from `before`, with column and row; all of them if the size differs.
    pub(super) fn changes<'a>(&'a self, before: Option<&'a Self>) -> impl Iterator<Item = (u16, u16, Cell)> + 'a {
        let before = before.filter(|b| (b.columns, b.rows) == (self.columns, self.rows));
        let places = (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (column, row)));
        places
            .zip(&self.cells)
            .enumerate()
            .filter(move |(at, (_, cell))| before.is_none_or(|before| before.cells[*at] != **cell))
            .map(|(_, ((column, row), cell))| (column, row, *cell))
    }

    pub(super) fn resized(&self, before: Option<&Self>) -> bool {
        before.is_none_or(|b| (b.columns, b.rows) != (self.columns, self.rows))
    }

    /// The characters alone, for tests.
    #[cfg(test)]
    pub(super) fn plain(&self) -> String {
        let row = |row: &[Cell]| row.iter().map(|cell| cell.symbol).collect::<String>().trim_end().to_owned() + "\n";
        self.cells.chunks(usize::from(self.columns)).map(row).collect()
    }
}
