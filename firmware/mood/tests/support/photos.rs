//! The photographs that lie beside the clone, and those in it.

use mood::{Frame, PixelFormat};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file or folder of the workspace.
pub(crate) fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A file or folder of `shared/data`; `None`, and a line that says so, where it is missing.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = workspace("../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    {
        eprintln!("skipped: shared/data/{path} is not here");
    }
    None
}

/// A picture as a camera would deliver it.
pub(crate) fn frame(path: &Path) -> Frame {
    let picture = image::open(path).unwrap().into_rgb8();
    let (width, height) = picture.dimensions();
    Frame::packed(width, height, PixelFormat::Rgb, Duration::ZERO, picture.into_raw()).unwrap()
}

/// The pictures of a folder by name, sorted.
pub(crate) fn pictures(folder: &Path) -> Vec<PathBuf> {
    files(folder, "jpg")
}

/// The files of a folder and its folders whose names end in `.extension`, sorted.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let (folders, mut found): (Vec<_>, Vec<_>) =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).partition(|path| path.is_dir());
    found.retain(|path| path.extension().is_some_and(|end| end == extension));
    found.extend(folders.iter().flat_map(|folder| files(folder, extension)));
    found.sort();
    found
}
