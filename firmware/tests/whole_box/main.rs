//! The whole box: stories through the real loop with simulated ports, faults in every port call, and the command line.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail as its tests do")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod bench;
mod board;
mod command_line;
mod faults;
mod look;
mod music;
mod owner;
mod sight;
mod signals;
mod state;
mod story;
mod threads;
mod trouble;
mod watching;
