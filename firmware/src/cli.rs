//! The command line: verbs, options, and what `--help` says.

use crate::command::{
    bench::BenchArgs, check::CheckArgs, compose::ComposeArgs, devices::DevicesArgs, forget::ForgetArgs, look::LookArgs,
    music::MusicArgs, owner::OwnerArgs, run::RunArgs, worker::WorkerArgs,
};
use crate::error;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// The box: press the button; it looks, reads the expression, and answers with light and music.
#[derive(Debug, Clone, Parser)]
#[command(name = "moodbox", version, after_help = error::EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,

    /// Log to stderr: error, warn, info, debug, trace, or a filter such as `moodbox=debug` (default: RUST_LOG)
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Reads the expression in photographs
    #[command(after_help = "Example:\n  moodbox look --json holiday/*.jpg | jq -r '.file + \" \" + .outcome'")]
    Look(LookArgs),
    /// Runs the box
    #[command(after_help = "Examples:\n  moodbox run --simulate          the whole box in this terminal\n  \
                      moodbox run --simulate --demo   a story of half a minute\n  \
                      moodbox run --simulate photos   with your own pictures as the camera\n  \
                      moodbox run                     the box itself, on its board")]
    Run(RunArgs),
    /// Tries each part of the box, and says what to do about trouble
    #[command(after_help = "Examples:\n  moodbox check                   everything\n  \
                      moodbox check camera face       only these")]
    Check(CheckArgs),
    /// Lists cameras, GPIO chips and sound cards, and what would be chosen
    #[command(after_help = "Example:\n  moodbox devices --config moodbox.toml")]
    Devices(DevicesArgs),
    /// Times each stage of a look on this board
    #[command(after_help = "Example:\n  moodbox bench --runs 200 --json")]
    Bench(BenchArgs),
    /// Prints the configuration: the commented template, or what would hold with FILE
    #[command(after_help = "Example:\n  moodbox config > moodbox.toml")]
    Config {
        /// A configuration to check and to show in full
        file: Option<PathBuf>,
    },
    /// Renders a mood's music to a WAV file
    #[command(after_help = "Example:\n  moodbox compose --mood happy --seconds 30 --out happy.wav")]
    Compose(ComposeArgs),
    /// Your own music: scan folders, see where each track lies, choose
    Music(MusicArgs),
    /// Erases what the box has learnt about you
    #[command(after_help = "Example:\n  moodbox forget")]
    Forget(ForgetArgs),
    /// Reads what the owner wrote onto the card, for the scripts that set a box up
    #[command(
        hide = true,
        after_help = "Example:\n  moodbox owner moodbox.toml --for image --into /run/moodbox-setup/owner"
    )]
    Owner(OwnerArgs),
    /// Decodes for another moodbox
    #[command(hide = true)]
    Worker(WorkerArgs),
}
