//! `moodbox owner`: reads what the owner wrote onto the card, for the scripts that act on it.

use crate::error::{ExitCode, Failure};
use crate::owner::{self, Rules, Source, Target};
use std::path::{Path, PathBuf};

/// The largest file of an owner that is read, in MiB.
const MOST_MIB: u64 = 1;

/// Where tzdata puts its zones.
const ZONES: &str = "/usr/share/zoneinfo";

/// Reads an owner's file, tells what is wrong in it, and writes what holds into a folder.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct OwnerArgs {
    /// The owner's `moodbox.toml`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Who acts on it
    #[arg(long = "for", value_enum)]
    pub target: Target,
    /// The folder to write into
    #[arg(long, value_name = "FOLDER")]
    pub into: PathBuf,
    /// What Raspberry Pi Imager wrote, read first where it is there
    #[arg(long, value_name = "FILE")]
    pub preseed: Option<PathBuf>,
    /// tzdata's zones; without it those of the image, and for a card a built-in list
    #[arg(long, value_name = "FOLDER")]
    pub zones: Option<PathBuf>,
    /// The Debian package that will lie beside a card's seed
    #[arg(long, value_name = "NAME.deb", value_parser = package)]
    pub package: Option<String>,
}

/// Reads and writes.
///
/// # Errors
/// With everything that is wrong in the files, after what holds is written; when a file can't be read or written.
pub fn owner(args: &OwnerArgs) -> Result<(), Failure> {
    // There is none unless Imager was asked to set up the box.
    let preseed = args.preseed.as_deref().filter(|path| path.exists()).map(source);
    let file = if preseed.is_some() && !args.file.exists() { empty(&args.file) } else { source(&args.file) };
    let zones = match args.target {
        Target::Image => Some(args.zones.clone().unwrap_or_else(|| ZONES.into())),
        // A laptop's zones are not the card's.
        Target::Card => args.zones.clone(),
    };
    let rules = Rules { target: args.target, zones, package: args.package.clone() };
    let answer = owner::resolve(&file, preseed.as_ref(), &rules)
        .map_err(|error| Failure::bug(format_args!("the owner's file can't be answered: {error}")))?;
    owner::write(&args.into, &answer).map_err(Failure::write("what the owner wrote"))?;
    for (path, source) in [(args.preseed.as_ref(), preseed.as_ref()), (Some(&args.file), Some(&file))] {
        if let (Some(path), Some(Err(detail))) = (path, source.map(|source| &source.content)) {
            let what = format!("the owner's file {} can't be read: {detail}", path.display());
            let hint = "name a text of at most 1 MiB; the form is `scripts/pi/boot/moodbox.toml`";
            return Err(Failure::new(ExitCode::Data, what, hint));
        }
    }
    if answer.problems.is_empty() {
        return Ok(());
    }
    Err(Failure::explained(ExitCode::Configuration, answer.problems))
}

fn source(path: &Path) -> Source {
    Source { content: files::read(path, MOST_MIB).map_err(|error| error.to_string()), ..empty(path) }
}

fn empty(path: &Path) -> Source {
    Source { name: name(path), content: Ok(Vec::new()) }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A file's name that a shell, FAT and YAML take as it is.
fn package(name: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._+~-".contains(letter);
    if name.ends_with(".deb")
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(plain)
    {
        Ok(name.to_owned())
    } else {
        Err("it must be a file's name, such as moodbox_0.1.0_arm64.deb".to_owned())
    }
}
