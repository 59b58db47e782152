//! Data sets as people have them: any wrapping, any layout, damaged, hostile; and what `trainer data` says about them.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

mod archives;
mod disk;
mod drawn;
mod folders;
mod layouts;
mod near_copies;
mod report;
mod tables;
mod votes;

use flate2::{Compression, Crc, write::DeflateEncoder, write::GzEncoder};
use image::{GrayImage, ImageFormat};
use mood::LabelSet;
use snapbox::cmd::{Command, OutputAssert, cargo_bin};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use trainer::dataset::{Dataset, PIXELS};

/// A file of FER-2013, beside the clone.
#[expect(clippy::print_stderr, reason = "names what is skipped")]
pub(crate) fn fer2013(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/fer2013").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

/// Sample number `id`; different ids look different.
pub(crate) fn pixels(id: usize) -> Vec<u8> {
    (0..PIXELS).map(|at| u8::try_from((at * (id + 3) + id * id) % 256).unwrap()).collect()
}

/// A row of the table; `icml` has its columns in another order.
pub(crate) fn row(label: usize, id: usize, usage: &str, icml: bool) -> String {
    let pixels = pixels(id).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    if icml { format!("{label},{usage},{pixels}\n") } else { format!("{label},{pixels},{usage}\n") }
}

pub(crate) fn table(icml: bool) -> Vec<u8> {
    let mut text = String::from(if icml { "emotion, Usage, pixels\n" } else { "emotion,pixels,Usage\n" });
    for id in 0..21 {
        text.push_str(&row(id % 7, id, if id < 14 { "Training" } else { "PublicTest" }, icml));
    }
    text.into_bytes()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub(crate) fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len().try_into().unwrap());
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Deflated members, their directory, the end record (APPNOTE.TXT 4.3).
pub(crate) fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    let le = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    for (name, bytes) in members {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        let packed = packer.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(bytes);
        // Version, flags, method 8, time, date; checksum, sizes, length of the name, no extra field.
        let common = [
            &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..],
            &crc.sum().to_le_bytes(),
            &le(packed.len()),
            &le(bytes.len()),
            &le(name.len()),
        ]
        .concat();
        let offset = le(archive.len());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 10], &offset, name.as_bytes()].concat());
        archive.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), &packed].concat());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let (size, offset) = (le(directory.len()), le(archive.len()));
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &offset, &[0; 2]].concat();
    [archive, directory, end].concat()
}

pub(crate) fn png(pixels: Vec<u8>) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    GrayImage::from_raw(48, 48, pixels).unwrap().write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Pictures in folders, under `root`; `splits` when there are folders for training and test.
pub(crate) fn members(root: &str, splits: bool) -> Vec<(String, Vec<u8>)> {
    let mut members = Vec::new();
    for id in 0..70 {
        let split = match (splits, id % 5) {
            (false, _) => "",
            (true, 0) => "test/",
            (true, _) => "train/",
        };
        let class = LabelSet::Fer2013.label_names()[id % 7];
        members.push((format!("{root}{split}{class}/{id:03}.png"), png(pixels(id))));
    }
    // What a desktop leaves behind.
    members.push((format!("{root}__MACOSX/train/happy/._000.png"), b"no picture".to_vec()));
    members.push((format!("{root}.DS_Store"), b"no picture".to_vec()));
    members
}

pub(crate) fn holding(files: &[(String, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, bytes) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

pub(crate) fn file(name: &str, bytes: Vec<u8>) -> TempDir {
    holding(&[(name.to_owned(), bytes)])
}

pub(crate) fn load(name: &str, bytes: Vec<u8>) -> Dataset {
    Dataset::load(&file(name, bytes).path().join(name)).unwrap()
}

/// `trainer data`.
pub(crate) fn inspect(folder: &Path, arguments: &[&str]) -> OutputAssert {
    Command::new(cargo_bin!("trainer")).current_dir(folder).arg("data").args(arguments).assert()
}

/// `trainer train` on `data` in `folder`, which can't be used.
pub(crate) fn refused(folder: &TempDir, data: &str) -> OutputAssert {
    let arguments = ["train", "--data", data, "--run", "run"];
    Command::new(cargo_bin!("trainer")).current_dir(folder.path()).args(arguments).assert().code(5).stdout_eq("")
}

/// The same on a file of these bytes.
pub(crate) fn train_on(name: &str, bytes: Vec<u8>) -> OutputAssert {
    refused(&file(name, bytes), name)
}
