//! Why a command ended early, as its owner hears it: one sentence that says what and where, the next thing to do, and an
//! exit code for scripts. Each part of the box turns its own error into a [`Failure`]; this file imports none of them.

use std::fmt;
use std::io::{Error, ErrorKind};

/// How the program ended. An interface for scripts and service files, so each code has one meaning for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExitCode {
    /// Done; also when the box was asked to stop.
    Done = 0,
    /// A bug in Moodbox.
    Bug = 1,
    /// The command line can't be understood (given by clap).
    Usage = 2,
    /// The configuration has mistakes.
    Configuration = 3,
    /// A device is missing.
    Device = 4,
    /// A picture, music, or a folder of them, can't be read.
    Data = 5,
    /// A network is missing, damaged or not made for this box.
    Model = 6,
    /// A file can't be written.
    Write = 8,
    /// Done, and the owner wants the computer switched off.
    ShutDown = 10,
}

/// The table as `--help` shows it. 7 is the trainer's: verification below the gate.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done (also: stopped by Ctrl-C or SIGTERM)
  1  a bug in Moodbox
  2  the command line can't be understood
  3  the configuration has mistakes (all are told)
  4  a device is missing
  5  a picture, music, or a folder of them, can't be read
  6  a network is missing, damaged or not made for this box
  8  a file can't be written
 10  done, and the computer shall be switched off (the button was held for long)";

impl ExitCode {
    /// The number.
    #[expect(clippy::as_conversions, reason = "its own discriminants, 0 to 10")]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub struct Failure {
    what: String,
    /// The next thing to do; `None` where the text says it itself.
    pub hint: Option<&'static str>,
    /// How the program ends.
    pub code: ExitCode,
    /// Whether only the reader of our output went away, as `head` does; no reason to complain.
    pub is_closed_pipe: bool,
}

impl Failure {
    /// What is wrong, and the next thing to do.
    pub fn new(code: ExitCode, what: impl fmt::Display, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..Self::explained(code, what) }
    }

    /// What is wrong, where the text says itself what to do.
    pub fn explained(code: ExitCode, what: impl fmt::Display) -> Self {
        Self { what: what.to_string(), hint: None, code, is_closed_pipe: false }
    }

    /// What should not have happened.
    pub fn bug(what: impl fmt::Display) -> Self {
        Self::new(ExitCode::Bug, what, "start it again with `--log debug` and report what it says")
    }

    /// The system gave no thread.
    pub fn no_thread(name: &str, error: &Error) -> Self {
        Self::bug(format_args!("thread `{name}` can't be started: {error}"))
    }

    /// A thread ended that should live as long as the box.
    pub fn thread_ended(name: &str) -> Self {
        Self::bug(format_args!("thread `{name}` ended; the box can't go on without it"))
    }

    /// A result, called `what`, can't be written.
    pub fn write(what: &str) -> impl Fn(Error) -> Self {
        const HINT: &str = "see that the disk has room and the reader of the output is still there";
        move |error| Self {
            is_closed_pipe: error.kind() == ErrorKind::BrokenPipe,
            ..Self::new(ExitCode::Write, format_args!("{what} can't be written: {error}"), HINT)
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.what)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_code() {
        use ExitCode::{Bug, Configuration, Data, Device, Done, Model, ShutDown, Usage, Write};
        for code in [Done, Bug, Usage, Configuration, Device, Data, Model, Write, ShutDown] {
            assert!(EXIT_CODES.contains(&format!("\n{:>3}  ", code.number())), "{code:?}");
        }
    }
}
