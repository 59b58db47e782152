//! The subcommands, one file each.

pub mod bench;
pub mod check;
pub mod compose;
pub mod devices;
pub mod look;
pub mod run;
