//! `moodbox forget`: erases what the box has learnt about its owner.

use crate::error::Failure;
use crate::home;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// Erases what was learnt.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct ForgetArgs {
    /// What was learnt about music, where `music.taste` names another file
    #[arg(long, value_name = "FILE")]
    pub taste: Option<PathBuf>,
}

/// Removes the files of what was learnt; what isn't there is forgotten already.
///
/// # Errors
/// When a file can't be removed.
pub fn forget(args: &ForgetArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let taste = args.taste.clone().unwrap_or_else(home::taste);
    let interrupted = taste.with_file_name("interrupted.json");
    for (path, what) in [(taste, "taste in music"), (interrupted, "what was playing")] {
        let said = match std::fs::remove_file(&path) {
            Ok(()) => "forgotten",
            Err(error) if error.kind() == ErrorKind::NotFound => "nothing was known",
            Err(source) => return Err(Failure::Write { what: "what was learnt", source }),
        };
        writeln!(out, "{what}: {said}").map_err(|source| Failure::Write { what: "the answer", source })?;
    }
    Ok(())
}
