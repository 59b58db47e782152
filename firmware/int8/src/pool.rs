//! Largest values of windows.

/// `MaxPool` on bytes of 2x2 windows that don't overlap: `input` is batch, height, width, channels; a last odd row or column
/// is left out, as ONNX has it without `ceil_mode`. `flip` is combined (exclusive or) with bytes before they are compared:
/// 0x80 for signed ones.
///
/// # Panics
/// When a slice has not the length that follows from the sizes.
pub fn max_pool(input: &[u8], [batch, height, width, channels]: [usize; 4], flip: u8, output: &mut [u8]) {
    let (down, across) = (height / 2, width / 2);
    assert_eq!(input.len(), batch * height * width * channels, "length of the input");
    assert_eq!(output.len(), batch * down * across * channels, "length of the output");
    let line = width * channels;
    for (row, output) in output.chunks_exact_mut((across * channels).max(1)).enumerate() {
        let at = (row / down.max(1) * height + row % down.max(1) * 2) * line;
        let (upper, lower) = (&input[at..][..line], &input[at + line..][..line]);
        let windows = upper.chunks_exact(2 * channels).zip(lower.chunks_exact(2 * channels));
        for (output, (upper, lower)) in output.chunks_exact_mut(channels).zip(windows) {
            let ((a, b), (c, d)) = (upper.split_at(channels), lower.split_at(channels));
            for ((output, (a, b)), (c, d)) in output.iter_mut().zip(a.iter().zip(b)).zip(c.iter().zip(d)) {
                *output = ((a ^ flip).max(b ^ flip)).max((c ^ flip).max(d ^ flip)) ^ flip;
            }
        }
    }
}
