//! Memory that a thread keeps from one picture to the next.

use std::cell::Cell;

thread_local! {
    static KEPT: Cell<[Vec<f32>; 3]> = const { Cell::new([const { Vec::new() }; 3]) };
}

/// Hands `work` three buffers of the lengths asked for, with whatever numbers were left in them.
///
/// Fresh memory for every picture costs more than the arithmetic on it: the system clears each page on first use.
pub(super) fn with<T>(lengths: [usize; 3], work: impl FnOnce([&mut [f32]; 3]) -> T) -> T {
    KEPT.with(|kept| {
        // Taken out, so that work within work finds empty buffers and not borrowed ones.
        let mut buffers = kept.take();
        for (buffer, length) in buffers.iter_mut().zip(lengths) {
            if buffer.len() < length {
                buffer.resize(length, 0.0);
            }
        }
        let [first, second, third] = &mut buffers;
        let result = work([&mut first[..lengths[0]], &mut second[..lengths[1]], &mut third[..lengths[2]]]);
        kept.set(buffers);
        result
    })
}
