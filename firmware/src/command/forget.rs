//! `moodbox forget`: erases what the box has learnt about its owner.

use crate::error::Failure;
use crate::{home, memory};
use std::io::Write;
use std::path::PathBuf;

/// Erases what was learnt: all of it, or only what is named.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct ForgetArgs {
    /// What was learnt about music, where `music.taste` names another file
    #[arg(long, value_name = "FILE")]
    pub taste: Option<PathBuf>,
    /// What was learnt about faces, where `look.memory` names another folder
    #[arg(long, value_name = "FOLDER")]
    pub faces: Option<PathBuf>,
}

/// Removes the files of what was learnt, also those that were set aside; what isn't there is forgotten already.
///
/// # Errors
/// When a file can't be removed.
pub fn forget(args: &ForgetArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let everything = args.taste.is_none() && args.faces.is_none();
    let mut say = |what: &str, erased: bool| {
        let said = if erased { "forgotten" } else { "nothing was known" };
        writeln!(out, "{what}: {said}").map_err(Failure::write("the answer"))
    };
    if let Some(taste) = args.taste.clone().or_else(|| everything.then(home::taste)) {
        let interrupted = taste.with_file_name("interrupted.json");
        for (path, what) in [(taste, "taste in music"), (interrupted, "what was playing")] {
            let erased = files::erase(&path).map_err(Failure::write("what was learnt"))?;
            say(what, erased > 0)?;
        }
    }
    if let Some(faces) = args.faces.clone().or_else(|| everything.then(home::faces)) {
        say("faces", memory::forget(&faces)? > 0)?;
    }
    Ok(())
}
