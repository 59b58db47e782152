//! Picture files as frames: the only place that decodes images. Refuses what is damaged, empty or too large.

use crate::file;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType};
use mood::{Frame, PixelFormat, jpeg};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// Longest side of a picture, in pixels; larger ones are refused before anything is decoded.
const LONGEST_SIDE: u32 = 16_384;
/// Most memory a picture may take while it is decoded, in bytes. A Raspberry Pi Zero has 512 MiB.
const MOST_MEMORY: u64 = 256 << 20;

/// Size of a simulated camera's frames, as a webcam gives them.
pub const CAMERA_SIZE: (u32, u32) = (640, 480);

/// Names that picture files end with.
const EXTENSIONS: [&str; 7] = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"];

/// Why there is no frame.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The file or folder can't be opened.
    #[error("{}: {detail}", .path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The bytes are no picture, or a damaged or oversized one.
    #[error("{name} is not a picture this box can read ({detail})")]
    Undecodable {
        /// Which one.
        name: String,
        /// The decoder's words.
        detail: String,
    },
    /// There is no picture in the folder.
    #[error("folder {} holds no pictures", .path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
}

impl PictureError {
    /// The next thing to do.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "check the name, and that you may read it",
            Self::Undecodable { .. } => {
                "pictures are JPEG, PNG, WebP, BMP or TIFF, whole, and at most 16384 pixels a side and 256 MiB decoded"
            }
            Self::EmptyFolder { .. } => "put photographs there (.jpg .png .webp .bmp .tiff), or name another folder",
        }
    }
}

/// Reads a picture file, turned upright as its EXIF data says.
///
/// # Errors
/// When the file can't be read or decoded within the limits.
pub fn read(path: &Path) -> Result<DynamicImage, PictureError> {
    let bytes = file::read(path, MOST_MEMORY >> 20)
        .map_err(|error| PictureError::Unreadable { path: path.to_path_buf(), detail: error.to_string() })?;
    decode(&bytes, &path.display().to_string())
}

/// Decodes a picture, turned upright as its EXIF data says. What it is is read from its bytes, never from its name.
///
/// # Errors
/// When the bytes can't be decoded within the limits.
pub fn decode(bytes: &[u8], name: &str) -> Result<DynamicImage, PictureError> {
    let fail = |detail: String| PictureError::Undecodable { name: name.to_owned(), detail };
    if bytes.is_empty() {
        return Err(fail("the file is empty".into()));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| fail(e.to_string()))?;
    reader.limits(limits);
    if reader.format() == Some(ImageFormat::Jpeg) && !jpeg::is_whole(bytes) {
        return Err(fail("the JPEG ends in the middle of the picture".into()));
    }
    let mut decoder = reader.into_decoder().map_err(|e| fail(one_line(&e.to_string())))?;
    // The decoder's own count leaves the output out for some formats, so it is checked here for all.
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(fail(format!("{} MiB decoded", decoder.total_bytes() >> 20)));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| fail(one_line(&e.to_string())))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The whole picture as one RGB frame.
///
/// # Errors
/// When the picture has no pixels.
pub fn frame(picture: DynamicImage, name: &str, timestamp: Duration) -> Result<Frame, PictureError> {
    let (width, height) = (picture.width(), picture.height());
    Frame::packed(width, height, PixelFormat::Rgb, timestamp, picture.into_rgb8().into_raw())
        .map_err(|error| PictureError::Undecodable { name: name.to_owned(), detail: error.to_string() })
}

/// The picture as a camera of 640x480 would see it held up: scaled to fit, on black.
///
/// # Errors
/// When the picture has no pixels.
pub fn camera_frame(picture: &DynamicImage, name: &str, timestamp: Duration) -> Result<Frame, PictureError> {
    let (width, height) = CAMERA_SIZE;
    let fitted = picture.resize(width, height, FilterType::Triangle).into_rgb8();
    let mut canvas = image::RgbImage::new(width, height);
    let (left, top) = ((width - fitted.width().min(width)) / 2, (height - fitted.height().min(height)) / 2);
    image::imageops::replace(&mut canvas, &fitted, i64::from(left), i64::from(top));
    frame(DynamicImage::ImageRgb8(canvas), name, timestamp)
}

/// The pictures of a folder, by name, not going into folders below.
///
/// # Errors
/// When the folder can't be read or holds no pictures.
pub fn in_folder(path: &Path) -> Result<Vec<PathBuf>, PictureError> {
    let unreadable =
        |error: std::io::Error| PictureError::Unreadable { path: path.to_path_buf(), detail: error.to_string() };
    let mut pictures = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let extension = file.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
        if extension.is_some_and(|e| EXTENSIONS.contains(&e.as_str())) && !file.is_dir() {
            pictures.push(file);
        }
    }
    pictures.sort();
    if pictures.is_empty() { Err(PictureError::EmptyFolder { path: path.to_path_buf() }) } else { Ok(pictures) }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
