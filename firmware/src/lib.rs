//! The box: press the button; it looks, reads the expression, and answers with light and music.
//!
//! `main.rs` parses and maps errors to exit codes; everything else is here, so that tests can reach it. The thinking is
//! in the crate `mood`, the music in the crate `music`; [`device`] is the state machine, [`runner`] the loop around it,
//! [`ports`] the seams to the hardware, [`sim`] their simulated side, and [`rig`] the map of what is opened.

pub mod camera;
pub mod cli;
pub mod command;
pub mod config;
pub mod device;
pub mod doctor;
pub mod error;
pub mod eyes;
pub mod gesture;
pub mod gpio;
pub mod home;
#[cfg_attr(not(feature = "hardware"), path = "hw/absent.rs")]
pub mod hw;
pub mod image;
pub mod memory;
pub mod owner;
pub mod picture;
pub mod ports;
pub mod report;
pub mod rig;
pub mod runner;
pub mod service;
pub mod sim;
pub mod sound;
