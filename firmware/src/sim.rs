//! The simulated side of every port, always compiled: the box on a desk, and the box in a test.
//!
//! Each is stricter than the device it stands for and fails on demand, see [`Faults`].

pub mod camera;
pub mod gpio;
pub mod journal;
pub mod parts;
pub mod terminal;
pub mod video;

pub use journal::{Clock, Entry, Faults, Journal};
