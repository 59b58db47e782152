//! The subcommands, one file each.

pub mod compose;
pub mod look;
pub mod run;
