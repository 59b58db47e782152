//! The box: press the button; it looks, reads the expression, and answers with light and music.

pub mod ports;
pub mod command;
pub mod music;
pub mod sound;
