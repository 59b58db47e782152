//! Max pooling, 2x2 with stride 2, NCHW, forward and backward.

use rayon::prelude::*;

/// Planes handed to a thread at a time.
const BLOCK: usize = 16;

/// Sizes of one pooling; the last line and pixel of odd sizes are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Pictures times channels.
    pub planes: usize,
    /// Lines of a plane.
    pub height: usize,
    /// Pixels of a line.
    pub width: usize,
}

impl Pool {
    const fn area(&self) -> usize {
        self.height * self.width
    }

    const fn pooled(&self) -> usize {
        (self.height / 2) * (self.width / 2)
    }

    /// The largest of each four.
    #[must_use]
    pub fn forward(&self, input: &[f32]) -> Vec<f32> {
        let mut output = vec![0.0; self.planes * self.pooled()];
        output.par_chunks_mut(BLOCK * self.pooled()).zip(input.par_chunks(BLOCK * self.area())).for_each(
            |(output, input)| {
                for (output, plane) in output.chunks_exact_mut(self.pooled()).zip(input.chunks_exact(self.area())) {
                    let lines = plane.chunks_exact(2 * self.width);
                    for (output, lines) in output.chunks_exact_mut(self.width / 2).zip(lines) {
                        let (upper, lower) = lines.split_at(self.width);
                        for ((output, upper), lower) in
                            output.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2))
                        {
                            *output = upper[0].max(upper[1]).max(lower[0].max(lower[1]));
                        }
                    }
                }
            },
        );
        output
    }

    /// Puts each gradient where its maximum came from; among equals, on the first.
    #[must_use]
    pub fn backward(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let mut found = vec![0.0; self.planes * self.area()];
        found
            .par_chunks_mut(BLOCK * self.area())
            .zip(input.par_chunks(BLOCK * self.area()))
            .zip(gradient.par_chunks(BLOCK * self.pooled()))
            .for_each(|((found, input), gradient)| {
                let planes = found.chunks_exact_mut(self.area()).zip(input.chunks_exact(self.area()));
                for ((found, input), gradient) in planes.zip(gradient.chunks_exact(self.pooled())) {
                    self.plane_backward(found, input, gradient);
                }
            });
        found
    }

    fn plane_backward(&self, found: &mut [f32], input: &[f32], gradient: &[f32]) {
        let lines = found.chunks_exact_mut(2 * self.width).zip(input.chunks_exact(2 * self.width));
        for ((found, input), gradient) in lines.zip(gradient.chunks_exact(self.width / 2)) {
            let (found_upper, found_lower) = found.split_at_mut(self.width);
            let (upper, lower) = input.split_at(self.width);
            let found = found_upper.chunks_exact_mut(2).zip(found_lower.chunks_exact_mut(2));
            let input = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            for (((to_upper, to_lower), (upper, lower)), gradient) in found.zip(input).zip(gradient) {
                let high = upper[0].max(upper[1]).max(lower[0].max(lower[1]));
                let give = |wins: bool| if wins { *gradient } else { 0.0 };
                let first = upper[0] >= high;
                let second = !first && upper[1] >= high;
                let third = !first && !second && lower[0] >= high;
                to_upper[0] = give(first);
                to_upper[1] = give(second);
                to_lower[0] = give(third);
                to_lower[1] = give(!first && !second && !third);
            }
        }
    }
}
