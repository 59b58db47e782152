//! Pictures as the bytes a webcam sends: `cargo run --release -p moodbox --example yuyv -- OUT.yuyv PICTURE`.
//!
//! 640x480 pixels, YUYV 4:2:2, BT.601 with limited range, as V4L2 means `YUYV` without further word. The picture fills the
//! frame; what is over at two sides is cut. `scripts/virtual-pi` feeds it to the kernel's simulated camera.

use image::imageops::FilterType;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(out), Some(picture)) = (arguments.next(), arguments.next()) else {
        return Err("usage: yuyv OUT PICTURE".into());
    };
    let picture = image::open(picture)?.resize_to_fill(WIDTH, HEIGHT, FilterType::CatmullRom).into_rgb8();
    let bytes: Vec<u8> = picture
        .as_raw()
        .as_chunks::<6>()
        .0
        .iter()
        .flat_map(|&[r0, g0, b0, r1, g1, b1]| {
            let (left, right) = ([r0, g0, b0].map(f32::from), [r1, g1, b1].map(f32::from));
            let both = [0, 1, 2].map(|channel: usize| f32::midpoint(left[channel], right[channel]));
            [luma(left), chroma(both, [-37.797, -74.203, 112.0]), luma(right), chroma(both, [112.0, -93.786, -18.214])]
        })
        .collect();
    Ok(std::fs::write(out, bytes)?)
}

/// Luma of a pixel, 16 to 235 (ITU-R BT.601).
fn luma([red, green, blue]: [f32; 3]) -> u8 {
    to_byte(16.0 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255.0)
}

/// One colour difference of a pixel, 16 to 240.
fn chroma([red, green, blue]: [f32; 3], [by_red, by_green, by_blue]: [f32; 3]) -> u8 {
    to_byte(128.0 + (by_red * red + by_green * green + by_blue * blue) / 255.0)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 16 and 240"
)]
fn to_byte(value: f32) -> u8 {
    value.round() as u8
}
