//! Parses the command line, runs the command, and turns its error into a message and an exit code.

use clap::Parser;
use moodbox::cli::{Cli, Command};
use moodbox::command::{bench, check, compose, devices, forget, look, music, owner, run, worker};
use moodbox::config::{self, Config};
use moodbox::device::Ending;
use moodbox::error::{ExitCode, Failure};
use moodbox::image::{self, Image};
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::Path;
use std::time::Instant;
use tracing_subscriber::EnvFilter;

fn main() -> std::process::ExitCode {
    let began = Instant::now();
    ::music::worker::enable();
    let cli = Cli::parse();
    let logs = start_log(cli.log.as_deref());
    match dispatch(cli.command, began, logs) {
        Ok(code) => code.into(),
        // `moodbox look ... | head` has seen enough.
        Err(failure) if failure.is_closed_pipe => ExitCode::Done.into(),
        Err(failure) => {
            let here = Image::here(Path::new("/"));
            let hint = failure.hint.map(|hint| format!("\n  hint: {}", image::remedy(here, hint))).unwrap_or_default();
            // Without stderr there is nobody to tell.
            let _ = writeln!(stderr(), "error: {failure}{hint}");
            failure.code.into()
        }
    }
}

fn dispatch(command: Command, began: Instant, logs: bool) -> Result<ExitCode, Failure> {
    let done = match command {
        Command::Look(args) => look::look(&args, &mut stdout().lock(), &mut stderr()),
        Command::Run(args) => {
            return Ok(match run::run(&args, began, logs)? {
                Ending::Stopped => ExitCode::Done,
                Ending::ShutDown => ExitCode::ShutDown,
            });
        }
        Command::Check(args) => check::check(&args, &mut stdout().lock(), &mut stderr()),
        Command::Devices(args) => devices::devices(&args, &mut stdout().lock()),
        Command::Bench(args) => bench::bench(&args, &mut stdout().lock()),
        Command::Music(args) => music::music(&args, &mut stdout().lock(), &mut stderr()),
        Command::Owner(args) => owner::owner(&args),
        Command::Worker(args) => worker::work(&args, &mut stdout().lock()),
        Command::Forget(args) => forget::forget(&args, &mut stdout().lock()),
        Command::Config { file } => {
            if let Some(file) = &file {
                for trouble in Config::load(Some(file))?.troubles() {
                    // Without stderr there is nobody to tell.
                    let _ = writeln!(stderr(), "note: {trouble}");
                }
            }
            let text = file.map_or_else(|| Ok(config::TEMPLATE.to_owned()), |file| Config::resolved(&file))?;
            stdout().write_all(text.as_bytes()).map_err(Failure::write("the text"))
        }
        Command::Compose(args) => compose::compose(&args, &mut stdout().lock()),
    };
    done.map(|()| ExitCode::Done)
}

/// Starts logging to stderr if `--log` or `RUST_LOG` asks for it; says whether it does.
fn start_log(filter: Option<&str>) -> bool {
    let Some(filter) = filter.map(str::to_owned).or_else(|| std::env::var("RUST_LOG").ok()) else { return false };
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .init();
    true
}
