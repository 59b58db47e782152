//! Matrix product on slices: a checked front for the `gemm` crate.

use gemm::Parallelism;

/// A matrix inside a slice, row by row or column by column.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<'a> Matrix<'a> {
    /// `rows x columns` numbers, row by row.
    pub(super) fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        assert_eq!(values.len(), rows * columns, "matrix has another size than its slice");
        Self { values, rows, columns, transposed: false }
    }

    /// The same numbers with rows and columns exchanged.
    pub(super) fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, transposed: !self.transposed, ..self }
    }

    /// Elements from one row to the next, and from one column to the next.
    fn strides(&self) -> (isize, isize) {
        let line = |n: usize| isize::try_from(n).unwrap_or(isize::MAX);
        if self.transposed { (1, line(self.rows)) } else { (line(self.columns), 1) }
    }
}

/// `out = left * right`, or `out += left * right` when `accumulate`; `out` is row by row. One thread.
#[expect(unsafe_code, reason = "the gemm crate takes raw pointers; the sizes are checked here, once for all callers")]
pub(super) fn multiply(left: Matrix<'_>, right: Matrix<'_>, out: &mut [f32], accumulate: bool) {
    assert_eq!(left.columns, right.rows, "inner sizes differ");
    assert_eq!(out.len(), left.rows * right.columns, "result has another size");
    let (left_row, left_column) = left.strides();
    let (right_row, right_column) = right.strides();
    let out_row = isize::try_from(right.columns).unwrap_or(isize::MAX);
    // SAFETY: `Matrix::new` ties each matrix to a slice of exactly its size, transposing keeps the set of elements,
    // and `out` was measured above; so every element touched lies inside its slice, and `out` is borrowed alone.
    unsafe {
        gemm::gemm(
            left.rows,
            right.columns,
            left.columns,
            out.as_mut_ptr(),
            1,
            out_row,
            accumulate,
            left.values.as_ptr(),
            left_column,
            left_row,
            right.values.as_ptr(),
            right_column,
            right_row,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
