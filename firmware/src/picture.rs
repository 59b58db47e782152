//! Pictures as frames: of a file, and as a camera would see them. What is damaged, empty or too large is refused by the
//! decoder, [`files::picture`].

use crate::error::{ExitCode, Failure};
use files::picture::most_memory;
use image::{DynamicImage, imageops::FilterType};
use mood::{Frame, PixelFormat};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// Size of a simulated camera's frames, as a webcam gives them.
pub const CAMERA_SIZE: (u32, u32) = (640, 480);

/// Pictures of more than so many camera sides are first shrunk by counting: the filter takes 16 bytes a pixel.
const FILTERED: u32 = 4;

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
    #[error("folder {} holds no pictures", .0.display())]
    EmptyFolder(PathBuf),
}

impl PictureError {
    /// The next thing to do.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "check the name, and that you may read it",
            Self::Undecodable { .. } => {
                "pictures are JPEG, PNG, WebP, BMP or TIFF, whole, and at most 16384 pixels a side; decoding takes at most 224 MiB, \
                 less on a small board"
            }
            Self::EmptyFolder(_) => "put photographs there (.jpg .png .webp .bmp .tiff), or name another folder",
        }
    }
}

impl From<PictureError> for Failure {
    fn from(error: PictureError) -> Self {
        Self::new(ExitCode::Data, &error, error.hint())
    }
}

/// Reads a picture file, turned upright as its EXIF data says.
///
/// # Errors
/// When the file can't be read or decoded within the limits.
pub fn read(path: &Path) -> Result<DynamicImage, PictureError> {
    let bytes = files::read(path, most_memory() >> 20)
        .map_err(|error| PictureError::Unreadable { path: path.to_path_buf(), detail: error.to_string() })?;
    decode(&bytes, &path.display().to_string())
}

/// Decodes a picture, turned upright as its EXIF data says: grey or RGB of eight bits. What it is is read from its bytes,
/// never from its name.
///
/// # Errors
/// When the bytes can't be decoded within the limits.
pub fn decode(bytes: &[u8], name: &str) -> Result<DynamicImage, PictureError> {
    files::picture::decode(bytes).map_err(|detail| PictureError::Undecodable { name: name.to_owned(), detail })
}

/// The whole picture as one frame: grey where it is, else RGB.
///
/// # Errors
/// When the picture has no pixels.
pub fn frame(picture: DynamicImage, name: &str, timestamp: Duration) -> Result<Frame, PictureError> {
    let (width, height) = (picture.width(), picture.height());
    let (format, pixels) = match picture {
        DynamicImage::ImageLuma8(grey) => (PixelFormat::Grey, grey.into_raw()),
        colour => (PixelFormat::Rgb, colour.into_rgb8().into_raw()),
    };
    Frame::packed(width, height, format, timestamp, pixels)
        .map_err(|error| PictureError::Undecodable { name: name.to_owned(), detail: error.to_string() })
}

/// The picture as a camera of 640x480 would see it held up: scaled to fit, on black.
///
/// # Errors
/// When the picture has no pixels.
pub fn camera_frame(picture: &DynamicImage, name: &str, timestamp: Duration) -> Result<Frame, PictureError> {
    let (width, height) = CAMERA_SIZE;
    let large = picture.width() > FILTERED * width || picture.height() > FILTERED * height;
    let smaller = large.then(|| picture.thumbnail(FILTERED * width, FILTERED * height));
    let fitted = smaller.as_ref().unwrap_or(picture).resize(width, height, FilterType::Triangle).into_rgb8();
    let mut canvas = image::RgbImage::new(width, height);
    let (left, top) = ((width - fitted.width().min(width)) / 2, (height - fitted.height().min(height)) / 2);
    image::imageops::replace(&mut canvas, &fitted, i64::from(left), i64::from(top));
    frame(DynamicImage::ImageRgb8(canvas), name, timestamp)
}

/// The pictures of a folder, by name, not going into folders below. Hidden files are passed over: a Mac leaves one beside
/// each picture it copies (`._IMG_1.jpg`).
///
/// # Errors
/// When the folder can't be read or holds no pictures.
pub fn in_folder(path: &Path) -> Result<Vec<PathBuf>, PictureError> {
    let unreadable =
        |error: std::io::Error| PictureError::Unreadable { path: path.to_path_buf(), detail: error.to_string() };
    let mut pictures = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if is_picture(&file) && !file.is_dir() {
            pictures.push(file);
        }
    }
    pictures.sort();
    if pictures.is_empty() { Err(PictureError::EmptyFolder(path.to_path_buf())) } else { Ok(pictures) }
}

fn is_picture(file: &Path) -> bool {
    let hidden = file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let extension = file.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    !hidden && extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, RgbImage};

    #[test]
    fn pictures_of_any_shape_are_frames_and_seen_by_the_camera() {
        for (width, height) in [(1, 1), (10_000, 1), (1, 10_000), (10_000, 40), (97, 31), (3_000, 2_000)] {
            let picture = DynamicImage::from(RgbImage::from_pixel(width, height, image::Rgb([9, 80, 200])));
            let seen = camera_frame(&picture, "x", Duration::ZERO).unwrap();
            assert_eq!((seen.width(), seen.height()), CAMERA_SIZE);
            let shows = |y| seen.line(y).chunks_exact(3).any(|pixel| pixel == [9, 80, 200]);
            assert!((0..480).any(shows), "{width}x{height}");
            let frame = frame(picture, "x", Duration::ZERO).unwrap();
            assert_eq!((frame.width(), frame.height(), frame.format()), (width, height, PixelFormat::Rgb));
        }
        let grey = frame(GrayImage::from_pixel(3, 2, image::Luma([7])).into(), "x", Duration::ZERO).unwrap();
        assert_eq!((grey.format(), grey.line(1)), (PixelFormat::Grey, [7; 3].as_slice()));
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let error = decode(b"dear diary", "diary.png").unwrap_err();
        assert_eq!(
            error.to_string(),
            "diary.png is not a picture this box can read (The image format could not be determined)"
        );
        assert!(error.hint().contains(&files::picture::LONGEST_SIDE.to_string()));
        let empty = decode(b"", "empty.jpg").unwrap_err().to_string();
        assert_eq!(empty, "empty.jpg is not a picture this box can read (the file is empty)");
    }

    #[test]
    fn a_frame_of_the_camera_keeps_the_pictures_shape() {
        let white = DynamicImage::ImageRgb8(RgbImage::from_pixel(100, 400, image::Rgb([255; 3])));
        let frame = camera_frame(&white, "x", Duration::ZERO).unwrap();
        let line = frame.line(240);
        let lit = line.iter().filter(|&&byte| byte == 255).count() / 3;
        assert_eq!((lit, line[0], line[3 * 320]), (120, 0, 255));
    }

    #[test]
    fn a_folder_gives_its_pictures_by_name_and_an_empty_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(in_folder(folder.path()).unwrap_err(), PictureError::EmptyFolder(folder.path().to_path_buf()));
        for name in ["b.PNG", "a.jpeg", "notes.txt", ".hidden", "c.webp", "._a.jpeg", ".thumbnail.png", ".jpg"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("d.png")).unwrap();
        let names: Vec<_> =
            in_folder(folder.path()).unwrap().iter().map(|p| p.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["a.jpeg", "b.PNG", "c.webp"]);
        assert!(matches!(in_folder(&folder.path().join("gone")), Err(PictureError::Unreadable { .. })));
    }
}
