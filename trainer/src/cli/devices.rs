//! `trainer devices`, and the hidden command it tries each device with.

use crate::devices::survey::{self, Line};
use crate::devices::{Choice, trial};
use crate::error::Error;
use crate::report;
use clap::Args;
use std::time::Duration;

/// `trainer devices`.
#[derive(Debug, Args)]
pub struct Devices {
    /// Seconds a device may take; software drivers compile slowly.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: u64,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// The hidden command: tries one device, or counts those of its back end.
#[derive(Debug, Args)]
pub struct TryDevice {
    /// Which.
    pub device: Choice,
    /// Says how many there are of its kind.
    #[arg(long)]
    pub count: bool,
}

pub(super) fn run(args: &Devices) -> Result<(), Error> {
    let program = std::env::current_exe().map_err(|error| {
        let what = format!("devices can't be tried, this program doesn't find itself: {error}");
        Error::device(what, "start it by its whole path")
    })?;
    let mut findings = Vec::new();
    survey::run(&program, Duration::from_secs(args.seconds), |finding| {
        if !args.json {
            report::device(&finding);
        }
        findings.push(finding);
    });
    if args.json {
        report::devices(&findings);
    }
    Ok(())
}

pub(super) fn try_device(args: &TryDevice) {
    if args.count {
        return report::trial(&Line::Count(args.device.backend.devices().len()));
    }
    let tried = args.device.open().map_err(|error| error.to_string()).and_then(|device| {
        if let Some(name) = args.device.driver(&device) {
            report::trial(&Line::Driver(name));
        }
        trial::run(&device, |step| report::trial(&Line::Step(step.into())))
    });
    report::trial(&tried.map_or_else(Line::Failed, Line::Difference));
}
