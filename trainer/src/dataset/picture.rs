//! One picture file as 48x48 luminances. What is damaged, cut short, too large or no file at all is refused as the box
//! refuses it, by the same decoder.

use super::SIDE;
use crate::file;
use image::DynamicImage;
use mood::{Crop, Frame, PixelFormat};
use std::path::Path;
use std::time::Duration;

/// Most bytes of a picture file.
pub(super) const MOST_BYTES: u64 = 256 << 20;

/// The luminances of a picture file. The error is a fragment that says what is wrong with it.
pub(super) fn read(path: &Path) -> Result<Box<[u8]>, String> {
    decode(&file::read(path, MOST_BYTES >> 20).map_err(|error| error.to_string())?)
}

/// The luminances of a picture's bytes, turned upright as its EXIF data says and scaled to 48x48. What it is is read from
/// the bytes, never from a name.
///
/// Of a picture that isn't square the middle square is taken: squeezing would make all faces slimmer than the box sees
/// them, and bars beside them are what the box never sees. The face is in the middle of such pictures, and what is lost is
/// hair and background. Colour and size are changed by the very function that cuts the box's faces out of its frames.
pub(super) fn decode(bytes: &[u8]) -> Result<Box<[u8]>, String> {
    let frame = frame(files::picture::decode(bytes)?)?;
    Ok(Crop::centred(&frame, SIDE.try_into().unwrap_or(u32::MAX)).pixels().into())
}

/// A photograph's file as a picture, upright. The error is a fragment that says what is wrong with it.
pub(crate) fn open(path: &Path) -> Result<DynamicImage, String> {
    files::picture::decode(&file::read(path, MOST_BYTES >> 20).map_err(|error| error.to_string())?)
}

/// A picture as a frame, grey or in colour as it is.
pub(crate) fn frame(picture: DynamicImage) -> Result<Frame, String> {
    let (width, height) = (picture.width(), picture.height());
    let (format, pixels) = match picture {
        DynamicImage::ImageLuma8(grey) => (PixelFormat::Grey, grey.into_raw()),
        colour => (PixelFormat::Rgb, colour.into_rgb8().into_raw()),
    };
    Frame::packed(width, height, format, Duration::ZERO, pixels).map_err(|_| "it has no pixels".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageFormat, codecs::jpeg::JpegEncoder};
    use std::io::Cursor;

    fn jpeg(picture: &GrayImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).unwrap();
        bytes
    }

    /// Bright on the left.
    fn halves() -> Vec<u8> {
        jpeg(&GrayImage::from_fn(96, 96, |x, _| image::Luma([if x < 48 { 220 } else { 20 }])))
    }

    /// An EXIF block that holds nothing but an orientation (1..=8).
    fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let head =
            b"\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00";
        [&jpeg[..2], head, &[orientation, 0, 0, 0, 0, 0, 0], &jpeg[2..]].concat()
    }

    #[test]
    fn exif_orientation_is_applied() {
        let corners = |bytes: &[u8]| {
            let pixels = decode(bytes).unwrap();
            [0, SIDE - 1, SIDE * (SIDE - 1)].map(|at| pixels[at] > 128)
        };
        assert_eq!(corners(&halves()), [true, false, true]);
        assert_eq!(corners(&with_orientation(&halves(), 3)), [false, true, false]);
        assert_eq!(corners(&with_orientation(&halves(), 6)), [true, true, false]);
    }

    #[test]
    fn a_truncated_jpeg_is_refused_wherever_it_ends() {
        let whole = halves();
        for length in (0..whole.len() - 2).step_by(31) {
            assert!(decode(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
        }
        decode(&[whole.as_slice(), b"ftypmp42\xFF\xDA and no end"].concat()).unwrap();
    }

    /// A round face in the middle of a tall and of a wide picture stays round, and nothing is drawn beside it.
    #[test]
    fn the_middle_square_is_taken_without_squeezing() {
        for (width, height) in [(96, 96), (96, 160), (200, 96)] {
            let (x0, y0) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
            let disc = GrayImage::from_fn(width, height, |x, y| {
                let distance = (f64::from(x) + 0.5 - x0).hypot(f64::from(y) + 0.5 - y0);
                image::Luma([if distance < 32.0 { 230 } else { 90 }])
            });
            let mut png = Vec::new();
            disc.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
            let pixels = decode(&png).unwrap();
            let lit = |at: &dyn Fn(usize) -> usize| (0..SIDE).filter(|&step| pixels[at(step)] > 160).count();
            let across = [lit(&|step| SIDE * SIDE / 2 + step), lit(&|step| step * SIDE + SIDE / 2)];
            assert_eq!((across, pixels[0]), ([32, 32], 90), "{width}x{height}");
        }
    }

    #[test]
    fn what_is_too_wide_empty_or_no_file_is_refused() {
        let wide = jpeg(&GrayImage::new(20_000, 1));
        assert!(decode(&wide).unwrap_err().contains("limit"));
        assert_eq!(decode(b"").unwrap_err(), "the file is empty");
        assert_eq!(read(Path::new("/dev/zero")).unwrap_err(), "it is no ordinary file");
    }
}
