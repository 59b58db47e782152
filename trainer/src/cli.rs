//! The command line and what each command does with it.

mod all;
mod data;
mod devices;
mod evaluation;
mod look_test;
mod music_fit;
mod quantise;
#[path = "cli/report.rs"]
mod reporting;
mod run_args;
mod train;
mod verify;

pub use all::All;
pub use data::Data;
pub use devices::{Devices, TryDevice};
pub use evaluation::Evaluate;
pub use look_test::LookTest;
pub use music_fit::MusicFit;
pub use quantise::Quantise;
pub use reporting::Report;
pub use train::Train;
pub use verify::Verify;

use crate::error::Error;
use crate::{export, report};
use clap::{Args, Parser, Subcommand};

/// Trains an expression network, quantises it to int8 and writes the ONNX file the box runs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The stages, each of which reads and writes named files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the whole line: trains, quantises, verifies, reports.
    #[command(after_help = "Example: trainer all --data synthetic")]
    All(All),
    /// Says what a data set holds: classes, parts, copies, blank and unreadable pictures, conflicts of labels.
    #[command(after_help = "Example: trainer data fer2013.tar.gz --sheet faces.png")]
    Data(Data),
    /// Trains a network and keeps the best epoch by validation.
    #[command(after_help = "Example: trainer train --data fer2013.csv --run runs/classic --recipe classic")]
    Train(Train),
    /// Turns the best epoch of a run into an int8 ONNX file with its contract.
    #[command(after_help = "Example: trainer quantise --run runs/classic --data fer2013.csv --output models/mood.onnx")]
    Quantise(Quantise),
    /// Runs an ONNX file as the box does and measures it, next to the float network it came from.
    #[command(
        after_help = "Example: trainer verify --model models/mood.onnx --data fer2013.csv --run runs/classic --gate 0.5"
    )]
    Verify(Verify),
    /// Measures an ONNX file as the box runs it, against FER-2013's labels or FER+'s votes.
    #[command(
        after_help = "Example: trainer evaluate --model models/mood.onnx --data fer2013.csv --split PublicTest --labels ferplus --votes fer2013new.csv"
    )]
    Evaluate(Evaluate),
    /// Looks at photographs of people as `moodbox look` does, and counts: found, not sure, right, by expression and group.
    #[command(
        after_help = "Example: trainer look-test photos photos/labels.csv --model models/mood.onnx --by sex,age:25:35"
    )]
    LookTest(LookTest),
    /// Writes a run as one page that needs no network: how it learnt, figures, mistakes, data, recipe; and the model card.
    #[command(
        after_help = "Example: trainer report runs/classic --model models/mood.onnx --output report.html --card models/README.md"
    )]
    Report(Report),
    /// Fits the formula that places music between unpleasant and pleasant, calm and excited, on labelled clips.
    #[command(
        after_help = "Example: trainer music-fit --features features.jsonl --labels labels.csv --output firmware/assets/music-affect.json"
    )]
    MusicFit(MusicFit),
    /// Lists the networks: parameters, multiply-accumulates, size of the int8 file.
    #[command(after_help = "Example: trainer nets --width 24")]
    Nets(Nets),
    /// Lists what networks can be trained on here: each device takes a small step, checked against the CPU.
    #[command(after_help = "Example: trainer devices --json")]
    Devices(Devices),
    /// Tries one device; what `trainer devices` starts, so that a driver can fail alone.
    #[command(name = crate::devices::survey::COMMAND, hide = true)]
    TryDevice(TryDevice),
}

/// The size of a network, each number its own where it isn't given.
#[derive(Debug, Clone, Copy, Args)]
pub struct NetSize {
    /// Channels at the network's beginning; all others follow [default: the network's own].
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=128))]
    pub width: Option<u32>,
    /// Repetitions in each stage of the network [default: the network's own].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub depth: Option<u32>,
}

impl NetSize {
    fn numbers(self) -> (Option<usize>, Option<usize>) {
        let number = |asked: Option<u32>| asked.and_then(|number| usize::try_from(number).ok());
        (number(self.width), number(self.depth))
    }
}

/// Reads a number of `range`, which `named` says in words.
fn within(text: &str, range: std::ops::RangeInclusive<f64>, named: &str) -> Result<f64, String> {
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| format!("give {named}"))
}

/// `trainer nets`.
#[derive(Debug, Args)]
pub struct Nets {
    /// How large the networks are.
    #[command(flatten)]
    pub size: NetSize,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Runs a command.
///
/// # Errors
/// Whatever stopped it.
pub fn run(cli: &Cli) -> Result<(), Error> {
    match &cli.command {
        Command::All(args) => all::run(args),
        Command::Data(args) => data::run(args),
        Command::Train(args) => train::run(args),
        Command::Quantise(args) => quantise::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Evaluate(args) => evaluation::run(args),
        Command::LookTest(args) => look_test::run(args),
        Command::Report(args) => reporting::run(args),
        Command::MusicFit(args) => music_fit::run(args),
        Command::Nets(args) => {
            let (width, depth) = args.size.numbers();
            report::nets(&export::costs(width, depth), args.json);
            Ok(())
        }
        Command::Devices(args) => devices::run(args),
        Command::TryDevice(args) => {
            devices::try_device(args);
            Ok(())
        }
    }
}
