//! What decoding a picture takes in memory, counted before it begins.

use super::formats;
use image::metadata::Orientation;
use image::{ExtendedColorType, ImageDecoder, ImageFormat};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Most bytes a picture may take while it is decoded, where there is memory enough: the whole program stays below 300 MB.
const MOST: u64 = 224 << 20;
/// A smaller board spares this part of its memory: a Raspberry Pi Zero 2 W, which has 512 MB, about 110.
const SHARE: u64 = 4;
/// What texts and colour profiles inside of a picture may unpack to.
pub(super) const METADATA: u64 = 8 << 20;
/// Pictures that take more bytes than this are decoded one at a time, however many threads ask.
pub(super) const LARGE: u64 = 64 << 20;

/// Most bytes a picture may take on this machine while it is decoded, those of its file among them.
pub fn most_memory() -> u64 {
    static MOST_HERE: OnceLock<u64> = OnceLock::new();
    let installed = || installed(&std::fs::read_to_string("/proc/meminfo").ok()?);
    *MOST_HERE.get_or_init(|| most_of(installed()))
}

/// Bytes of memory that Linux has, by its own list (<https://docs.kernel.org/filesystems/proc.html#meminfo>).
fn installed(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1 << 10)
}

fn most_of(installed: Option<u64>) -> u64 {
    installed.map_or(MOST, |bytes| MOST.min(bytes / SHARE))
}

/// Waits until no other large picture is being decoded.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes that are taken at the same time while a picture is decoded and turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Need {
    /// The file's own, which whoever asks has read.
    file: u64,
    /// Inside of the decoder.
    pub of_decoder: u64,
    /// The pixels it gives.
    pixels: u64,
    /// Turning them by a quarter.
    turning: u64,
}

impl Need {
    pub(super) fn of(
        format: Option<ImageFormat>,
        bytes: &[u8],
        decoder: &impl ImageDecoder,
        orientation: Orientation,
    ) -> Result<Self, String> {
        let file = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let (width, height) = decoder.dimensions();
        let points = u64::from(width) * u64::from(height);
        let pixels = decoder.total_bytes();
        let of_decoder = match format {
            // It keeps the file too.
            Some(ImageFormat::Jpeg) => file.saturating_add(formats::jpeg_coefficients(bytes)),
            Some(ImageFormat::WebP) => {
                file.saturating_add(points.saturating_mul(formats::webp_bytes_a_pixel(bytes, (width, height))?))
            }
            // It decodes into a buffer of its own; four inks become three colours.
            Some(ImageFormat::Tiff) => match decoder.original_color_type() {
                ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16 => (pixels / 3).saturating_mul(4),
                _ => pixels,
            },
            _ => METADATA,
        };
        Ok(Self { file, of_decoder, pixels, turning: turning(width, orientation) })
    }

    pub(super) const fn all(self) -> u64 {
        // What is in the decoder is gone before the picture is turned.
        let decoder = if self.turning > self.of_decoder { self.turning } else { self.of_decoder };
        self.file.saturating_add(decoder).saturating_add(self.pixels)
    }
}

/// A page of memory for each line of the turned picture: see [`super::pixels`].
fn turning(width: u32, orientation: Orientation) -> u64 {
    const PAGES: u64 = 2 * 4_096;
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            u64::from(width) * PAGES
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_board_spares_less() {
        let meminfo = "MemTotal:         437180 kB\nMemFree:           50000 kB\n";
        assert_eq!(installed(meminfo).map(|bytes| bytes >> 20), Some(426));
        assert_eq!(most_of(installed(meminfo)) >> 20, 106);
        for text in ["", "MemTotal: lots kB", "MemTotal: 4000000 kB"] {
            assert_eq!(most_of(installed(text)), MOST, "{text}");
        }
        assert!(most_memory() <= MOST && most_memory() > 0);
    }
}
