//! Memory that a thread keeps from one picture to the next.

use std::array::from_fn;
use std::cell::Cell;

thread_local! {
    static KEPT: Cell<Vec<Vec<f32>>> = const { Cell::new(Vec::new()) };
}

/// Hands `work` buffers of the lengths asked for, with whatever numbers were left in them.
///
/// Fresh memory for every picture costs more than the arithmetic on it: the system clears each page on first use.
pub(super) fn with<T, const N: usize>(lengths: [usize; N], work: impl FnOnce([&mut [f32]; N]) -> T) -> T {
    KEPT.with(|kept| {
        let mut free = kept.take();
        let mut lent: [Vec<f32>; N] = from_fn(|_| free.pop().unwrap_or_default());
        // `work` may ask for more.
        kept.set(free);
        let mut lengths = lengths.into_iter();
        let result = work(lent.each_mut().map(|buffer| {
            let length = lengths.next().unwrap_or(0);
            if buffer.len() < length {
                buffer.resize(length, 0.0);
            }
            &mut buffer[..length]
        }));
        let mut free = kept.take();
        free.extend(lent.into_iter().rev());
        kept.set(free);
        result
    })
}
