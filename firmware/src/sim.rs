//! The simulated side of every port, always compiled: the box on a desk, and the box in a test.
//!
//! Each is stricter than the device it stands for and fails on demand, see [`Faults`].

pub mod camera;
pub mod gpio;
pub mod journal;
pub mod parts;
pub mod terminal;
pub mod video;

pub use journal::{Clock, Entry, Faults, Journal};

/// A folder with these files in it, to stand for the root of a system.
#[cfg(test)]
pub(crate) fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}
