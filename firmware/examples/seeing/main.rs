//! How well and how fast the box sees: `cargo run --release -p moodbox -p mood --example seeing -- PHOTOS [WHAT]`.
//!
//! PHOTOS is a folder with `expressions/<label>.jpg`, `no_face/*.jpg` and `boxes/` with `boxes.csv`. WHAT is one of
//!
//! - `sequences [VARIANTS]`: single frames against a burst, on moving sequences made of the photographs, each in so many
//!   variants of place, size, tilt and noise (2); with `trace` behind it also what was seen in sequences answered wrongly
//! - `nobody [VARIANTS]`: the same for the photographs without a person
//! - `latency`: the time from a press to the answer by stage
//! - `boxes`: the faces found among those of `boxes.csv`
//! - `bursts [N]`: runs N bursts (1,000) and prints the memory on the way
//!
//! Without it all but the last follow each other.
#![expect(clippy::print_stdout, reason = "a measuring tool")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts and pixels are small")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from f32 saturates")]

mod boxes;
mod latency;
mod memory;
mod sequence;
mod singles;
mod subjects;

use moodbox::eyes::Eyes;
use moodbox::runner::Limits;
use std::path::PathBuf;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

/// As the box's own configuration has it.
const LIMITS: Limits = Limits { frames: 12, time: Duration::from_millis(1_500) };

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let photos =
        PathBuf::from(arguments.first().ok_or("usage: seeing PHOTOS [sequences|nobody|latency|boxes|bursts] [N]")?);
    let mut eyes = Eyes::open(None, 0.0)?;
    let number = |otherwise| arguments.get(2).map_or(Ok(otherwise), |text| text.parse::<u32>());
    let traced = arguments.last().is_some_and(|word| word == "trace");
    match arguments.get(1).map(String::as_str) {
        Some("sequences") => singles::against_bursts(&mut eyes, &photos, number(2)?, traced),
        Some("nobody") => singles::nobody(&mut eyes, &photos, number(2)?, traced),
        Some("latency") => latency::by_stage(&mut eyes, &photos),
        Some("boxes") => boxes::found(&mut eyes, &photos.join("boxes")),
        Some("bursts") => memory::over_bursts(&mut eyes, &photos, number(1_000)?),
        Some(other) => Err(format!("`{other}` can't be measured").into()),
        None => {
            singles::against_bursts(&mut eyes, &photos, 2, false)?;
            singles::nobody(&mut eyes, &photos, 2, false)?;
            latency::by_stage(&mut eyes, &photos)?;
            boxes::found(&mut eyes, &photos.join("boxes"))
        }
    }
}
