//! Files from outside, for the box and the trainer: read whole and within bounds, replaced whole, set aside, and decoded
//! where a fault costs one file and never the program.
//!
//! Owns the only writer of whole files ([`replace`]), the only decoder of pictures ([`picture`]) and the only place where
//! a panic is caught in silence ([`caught`]). Refuses what would never end, and what would take more memory than there is.

mod caught;
pub mod picture;
mod shown;
mod state;
mod whole;

pub use caught::{caught, is_caught};
pub use shown::Shown;
pub use state::{Fault, begin_anew};
pub use whole::{Aside, append_line, below, erase, is_handed_over, read, read_text, replace, set_aside};
