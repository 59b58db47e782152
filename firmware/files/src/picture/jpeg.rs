//! What a JPEG's headers tell of the memory its decoder will take.

/// Bytes of a coefficient inside of the decoder.
const COEFFICIENT: u64 = 2;
const BLOCK: u64 = 64;

/// The bytes of coefficients that have to be kept until all scans are read: those of the whole picture when it is
/// progressive or its components come one after the other (ITU-T T.81, B.2.2 and B.2.3), else none that count.
pub(super) fn coefficients(jpeg: &[u8]) -> u64 {
    const START_OF_SCAN: u8 = 0xDA;
    let mut frame: Option<Frame<'_>> = None;
    let mut rest = jpeg.get(2..).unwrap_or_default();
    loop {
        let (marker, segment) = match *rest {
            // A marker may be preceded by any number of fill bytes.
            [0xFF, 0xFF, ..] => {
                rest = &rest[1..];
                continue;
            }
            [0xFF, marker, high, low, ref segment @ ..] => {
                let length = usize::from(u16::from_be_bytes([high, low])).saturating_sub(2);
                let (segment, after) = segment.split_at(length.min(segment.len()));
                rest = after;
                (marker, segment)
            }
            _ => return 0,
        };
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => frame = Frame::of(marker, segment).or(frame),
            START_OF_SCAN => {
                let components = segment.first().copied().unwrap_or_default();
                return frame.filter(|frame| frame.keeps(components)).map_or(0, |frame| frame.bytes());
            }
            _ => {}
        }
    }
}

struct Frame<'a> {
    progressive: bool,
    height: u64,
    width: u64,
    /// Three bytes each: its name, its sampling in nibbles, its table.
    components: &'a [u8],
}

impl<'a> Frame<'a> {
    fn of(marker: u8, segment: &'a [u8]) -> Option<Self> {
        let [_, h1, h0, w1, w0, count, ref components @ ..] = *segment else { return None };
        let side = |high: u8, low: u8| u64::from(u16::from_be_bytes([high, low]));
        let components = components.get(..usize::from(count) * 3)?;
        Some(Self { progressive: marker & 3 == 2, height: side(h1, h0), width: side(w1, w0), components })
    }

    fn keeps(&self, in_first_scan: u8) -> bool {
        self.progressive || usize::from(in_first_scan) * 3 < self.components.len()
    }

    fn sampling(&self) -> impl Iterator<Item = (u64, u64)> {
        self.components.chunks_exact(3).map(|component| (u64::from(component[1] >> 4), u64::from(component[1] & 15)))
    }

    fn bytes(&self) -> u64 {
        let most = |of: fn((u64, u64)) -> u64| self.sampling().map(of).max().unwrap_or(1).max(1);
        let (across, down) = (most(|it| it.0), most(|it| it.1));
        let units = self.width.div_ceil(8 * across) * self.height.div_ceil(8 * down);
        let blocks: u64 = self.sampling().map(|(across, down)| across * down).sum();
        units * blocks * BLOCK * COEFFICIENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start, one frame header of 1000x600 pixels with 2x2 sampling, one scan header.
    fn headers(frame: u8, in_scan: u8) -> Vec<u8> {
        let components = [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        let sof = [&[0xFF, 0xFF, frame, 0, 17, 8, 2, 88, 3, 232, 3], components.as_slice()].concat();
        [&[0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0xFF, 0xC2], sof.as_slice(), &[0xFF, 0xDA, 0, 3, in_scan]].concat()
    }

    #[test]
    fn coefficients_are_kept_until_the_last_scan() {
        // 63 x 38 units of six blocks.
        let whole = 63 * 38 * 6 * 64 * 2;
        for (frame, in_scan, expected) in
            [(0xC0, 3, 0), (0xC0, 1, whole), (0xC2, 3, whole), (0xC2, 1, whole), (0xC1, 2, whole)]
        {
            assert_eq!(coefficients(&headers(frame, in_scan)), expected, "{frame:x} {in_scan}");
        }
        let all = headers(0xC2, 1);
        for length in 0..all.len() {
            // Cut short, it is refused elsewhere.
            let _ = coefficients(&all[..length]);
        }
    }
}
