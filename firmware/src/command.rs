//! The subcommands, one file each.

pub mod bench;
pub mod check;
pub mod compose;
pub mod devices;
pub mod forget;
pub mod look;
pub mod music;
pub mod owner;
pub mod run;
pub mod worker;
