//! A grid of coloured characters. Pure: drawing is comparing two of them.

/// An sRGB colour.
pub(super) type Colour = [u8; 3];

/// One character of the terminal.
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

    /// Puts a text of at most `room` characters; each takes one column. What would steer the terminal, as a file's name
    /// may hold, shows as `?`.
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

    /// Whether all is to be drawn anew.
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
