//! Measures how long a variation takes, on one core.
//!
//! `cargo run --release -p trainer --example augment_speed` prints microseconds a picture: of each preset, then of each
//! operation alone, always on and with the amounts of `box`.
#![expect(clippy::print_stdout, reason = "an example that prints what it measures")]

use clap::ValueEnum;
use faces::Renderer;
use mood::Expression;
use std::hint::black_box;
use std::time::Instant;
use trainer::dataset::augment::{Augment, Preset, vary};
use trainer::random::generator;

/// Pictures a figure.
const PICTURES: u64 = 4_000;
/// A figure is the best of so many: what else runs on the machine only ever adds.
const TRIES: usize = 7;

fn main() {
    let face = Renderer::new(7).face(0, Expression::Happy);
    for preset in Preset::value_variants() {
        let name = format!("{preset:?}").to_lowercase();
        println!("{name:<12}{:>8.1} us", microseconds(face.pixels(), &Augment::preset(*preset)));
    }
    println!();
    let none = Augment { erase_share: 0.2, ..Augment::preset(Preset::None) };
    let alone = [
        ("view", Augment { shift: 4.0, turn: 15.0, scale: 0.2, perspective: 0.05, ..none }),
        ("lens", Augment { lens: 1.0, ..none }),
        ("viewpoint", Augment { viewpoint: 1.0, ..none }),
        ("tone", Augment { contrast: 0.3, brightness: 30.0, gamma: 0.3, ..none }),
        ("gradient", Augment { gradient: 1.0, ..none }),
        ("dark", Augment { dark: 1.0, ..none }),
        ("blur", Augment { blur: 1.0, ..none }),
        ("motion", Augment { motion: 1.0, ..none }),
        ("noise", Augment { noise: 1.0, ..none }),
        ("small", Augment { small: 1.0, ..none }),
        ("jpeg", Augment { jpeg: 1.0, ..none }),
        ("erase", Augment { erase: 1.0, ..none }),
    ];
    for (name, augment) in alone {
        println!("{name:<12}{:>8.1} us", microseconds(face.pixels(), &augment));
    }
}

fn microseconds(pixels: &[u8], augment: &Augment) -> f64 {
    let once = || {
        let begun = Instant::now();
        for stream in 0..PICTURES {
            black_box(vary(black_box(pixels), augment, &mut generator(1, stream)));
        }
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(PICTURES).unwrap_or(u32::MAX))
    };
    (0..TRIES).map(|_| once()).fold(f64::INFINITY, f64::min)
}
