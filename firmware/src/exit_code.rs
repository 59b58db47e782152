//! The exit codes: an interface for scripts and service files, so each has one meaning for good.

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExitCode {
    /// Done; also when the box was asked to stop.
    Done,
    /// A bug in Moodbox.
    Bug,
    /// The command line can't be understood (given by clap).
    Usage,
    /// The configuration has mistakes.
    Configuration,
    /// A device is missing.
    Device,
    /// A picture, music, or a folder of them, can't be read.
    Data,
    /// A network is missing, damaged or not made for this box.
    Model,
    /// A file can't be written.
    Write,
    /// Done, and the owner wants the computer switched off.
    ShutDown,
}

impl ExitCode {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Bug => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Device => 4,
            Self::Data => 5,
            Self::Model => 6,
            Self::Write => 8,
            Self::ShutDown => 10,
        }
    }
}

/// The table as `--help` shows it. 7 is the trainer's: verification below the gate.
pub const TABLE: &str = "\
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

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_code() {
        use ExitCode::{Bug, Configuration, Data, Device, Done, Model, ShutDown, Usage, Write};
        for code in [Done, Bug, Usage, Configuration, Device, Data, Model, Write, ShutDown] {
            assert!(TABLE.contains(&format!("\n{:>3}  ", code.number())), "{code:?}");
        }
    }
}
