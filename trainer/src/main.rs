//! `trainer`: parse, run, exit code.

use clap::Parser;
use std::process::ExitCode;
use trainer::{cli, report};

fn main() -> ExitCode {
    match cli::run(&cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
