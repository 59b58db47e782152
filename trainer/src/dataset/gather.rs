//! Gathers the pictures of a tree, whether its names come from a disk or out of an archive. Whatever is passed over is named.

use super::Split;
use super::input::unreadable;
use super::tree::{self, HINT, Harvest, Part, Waiting};
use crate::error::Error;
use mood::Expression;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What is wrong with a class without pictures, and what to do.
const EMPTY: &str = "holds no pictures";
const EMPTY_HINT: &str = "put pictures in, or remove the empty folder";
/// Pictures out of an archive are decoded on all cores as soon as so many bytes of them have been unpacked.
const PORTION: usize = 16 << 20;

/// The pictures of a tree, by the names of their folders.
pub(super) struct Gathering<'a> {
    /// The folder or archive.
    root: &'a Path,
    pub harvest: &'a mut Harvest,
    waiting: Vec<Waiting>,
    bytes: usize,
    /// The folders named after expressions, and whether there is a picture in them.
    classes: BTreeMap<PathBuf, bool>,
    /// Folders with pictures that are in no class, told once.
    strange: BTreeSet<PathBuf>,
    /// Classes that are in no part.
    beside: BTreeSet<PathBuf>,
    parts: Vec<Part>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(root: &'a Path, harvest: &'a mut Harvest) -> Self {
        let (waiting, parts) = (Vec::new(), Vec::new());
        let (classes, strange, beside) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { root, harvest, waiting, bytes: 0, classes, strange, beside, parts }
    }

    /// Takes a file of the tree if it is a picture; `source` gives its bytes where it is not on the disk. Says how many
    /// bytes it unpacked to.
    pub(super) fn take(&mut self, name: &Path, source: Option<&mut dyn Read>) -> Result<u64, Error> {
        if tree::parts(name).iter().any(|part| tree::is_hidden(part)) {
            return Ok(0);
        }
        if let Some(folder) = name.parent() {
            self.note_folder(folder);
        }
        let place = tree::place(name);
        let path = self.root.join(name);
        if tree::is_other_picture(name) && place.is_some() {
            let what = "is of a kind that can't be read; JPEG, PNG, BMP, TIFF and WebP can";
            return self.harvest.refuse(Error::data(&path, what, "convert the pictures, or remove them")).map(|()| 0);
        }
        if !tree::is_picture(name) {
            return Ok(0);
        }
        let Some(place) = place else { return self.refuse_strange(name).map(|()| 0) };
        match place.part {
            Some(part) if !self.parts.contains(&part) => self.parts.push(part),
            Some(_) => {}
            None => drop(self.beside.insert(place.class.clone())),
        }
        self.classes.insert(place.class, true);
        // One byte more than a picture may have: the decoder refuses it by its length.
        let most = super::picture::MOST_BYTES + 1;
        let unpack = |source: &mut dyn Read| {
            let mut bytes = Vec::new();
            source.take(most).read_to_end(&mut bytes).map(|_| bytes).map_err(|error| unreadable(&path, &error))
        };
        let bytes = source.map(unpack).transpose()?;
        let size = bytes.as_ref().map_or(0, Vec::len);
        self.bytes += size;
        self.waiting.push(Waiting { path, bytes, expression: place.expression, part: place.part });
        if self.bytes >= PORTION {
            self.bytes = 0;
            self.harvest.decode(std::mem::take(&mut self.waiting))?;
        }
        Ok(u64::try_from(size).unwrap_or(u64::MAX))
    }

    /// Keeps in mind that there is a class, though perhaps without pictures.
    pub(super) fn note_folder(&mut self, name: &Path) {
        let parts = tree::parts(name);
        let is_class = parts.last().is_some_and(|folder| Expression::from_label(folder).is_some());
        if is_class && !parts.iter().any(|part| tree::is_hidden(part)) {
            self.classes.entry(parts.iter().collect()).or_default();
        }
    }

    /// A picture that is in no class: its folder is told, once.
    fn refuse_strange(&mut self, name: &Path) -> Result<(), Error> {
        let folder = name.parent().unwrap_or(Path::new(""));
        if !self.strange.insert(folder.to_path_buf()) {
            return Ok(());
        }
        let is_part = folder.file_name().is_none_or(|name| tree::part_named(&name.to_string_lossy()).is_some());
        let what = if is_part {
            "has pictures that are in no folder named after an expression"
        } else {
            "is not named after an expression"
        };
        // Joining nothing would add a slash.
        let path = if folder.as_os_str().is_empty() { self.root.to_path_buf() } else { self.root.join(folder) };
        self.harvest.refuse(Error::data(&path, what, HINT))
    }

    /// Decodes what waits, and looks at the whole; `nothing` is the error for a tree that holds nothing at all.
    pub(super) fn finish(self, nothing: Error) -> Result<(), Error> {
        let Self { root, harvest, waiting, classes, beside, parts, .. } = self;
        let in_parts = !parts.is_empty();
        if in_parts && !beside.is_empty() && harvest.strict {
            let what = "has pictures both in and beside its folders for training and test";
            return Err(Error::data(root, what, "keep either <class>/* or train/<class>/* and test/<class>/*"));
        }
        if in_parts && !parts.contains(&Part::Is(Split::Training)) {
            return Err(Error::data(root, "has no folder `train` with pictures in it", HINT));
        }
        harvest.decode(waiting)?;
        if in_parts && !beside.is_empty() {
            harvest.drop_beside();
            for folder in &beside {
                let what = "has pictures beside the folders for training and test";
                harvest.refuse(Error::data(&root.join(folder), what, "move them into one of these folders"))?;
            }
        }
        // A class below another one counts for both.
        let filled = |class: &Path| classes.iter().any(|(other, filled)| *filled && other.starts_with(class));
        for class in classes.keys().filter(|class| !filled(class)) {
            harvest.refuse(Error::data(&root.join(class), EMPTY, EMPTY_HINT))?;
        }
        if classes.values().any(|filled| *filled) || !harvest.problems.is_empty() { Ok(()) } else { Err(nothing) }
    }
}

pub(super) fn read(root: &Path, harvest: &mut Harvest) -> Result<(), Error> {
    let nothing = || Error::data(root, "has neither a folder `train` nor folders named after expressions", HINT);
    let (mut folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    let is_hidden =
        |entry: &walkdir::DirEntry| entry.depth() > 0 && tree::is_hidden(&entry.file_name().to_string_lossy());
    for entry in WalkDir::new(root).follow_links(true).into_iter().filter_entry(|entry| !is_hidden(entry)) {
        match entry {
            Ok(entry) => {
                let name = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_path_buf();
                if entry.file_type().is_dir() { folders.push(name) } else { files.push(name) }
            }
            Err(error) => {
                let (depth, path) = (error.depth(), error.path().unwrap_or(root).to_path_buf());
                let detail = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                let error = Error::data(&path, format_args!("can't be read: {detail}"), HINT);
                if depth == 0 {
                    return Err(error);
                }
                harvest.refuse(error)?;
            }
        }
    }
    // So that the order of pictures doesn't depend on the file system.
    files.sort();
    let is_ours = |folder: &PathBuf| {
        let parts = tree::parts(folder);
        tree::part_of(&parts).is_some() || tree::place(&folder.join("picture")).is_some()
    };
    if harvest.strict && !folders.iter().any(is_ours) {
        return Err(nothing());
    }
    let mut gathering = Gathering::new(root, harvest);
    folders.iter().for_each(|folder| gathering.note_folder(folder));
    for file in &files {
        gathering.take(file, None)?;
    }
    gathering.finish(nothing())
}
