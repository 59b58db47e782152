//! The manual page of every verb and the completions of three shells, from the command line's own definition:
//! `cargo run --release -p moodbox --example manual -- FOLDER`. `scripts/package` puts them into the Debian package.

use clap::CommandFactory;
use clap_complete::{Shell, generate_to};
use moodbox::cli::Cli;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: manual FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    clap_mangen::generate_to(Cli::command(), &folder)?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        generate_to(shell, &mut Cli::command(), "moodbox", &folder)?;
    }
    Ok(())
}
