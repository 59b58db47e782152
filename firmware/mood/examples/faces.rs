//! What the finder sees: `cargo run --release -p mood --example faces -- SHEET.png PICTURE...`.
//!
//! Prints the faces of each picture and writes the crop of every primary face into one sheet, 8 a row.
#![expect(clippy::print_stdout, reason = "a measuring tool")]

use image::{GrayImage, imageops};
use mood::{Crop, FaceFinder, Frame, PixelFormat};
use std::path::Path;
use std::time::Duration;

/// Crops a row of the sheet, and pixels between the corners of neighbours.
const COLUMNS: u32 = 8;
const PITCH: u32 = 52;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let sheet_path = arguments.next().ok_or("usage: faces SHEET.png PICTURE...")?;
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let model = |name: &str| std::fs::read(models.join(name));
    let finder =
        FaceFinder::from_onnx(&model("blazeface_short_192x144.onnx")?, &model("blazeface_short_256x192.onnx")?)?;
    let mut crops = Vec::new();
    for path in arguments {
        let picture = image::open(&path)?.into_rgb8();
        let (width, height) = picture.dimensions();
        let frame = Frame::packed(width, height, PixelFormat::Rgb, Duration::ZERO, picture.into_raw())?;
        let found = finder.find(&frame)?;
        println!("{} ({width}x{height}): {} faces", path.display(), found.faces.len());
        if found.faces.is_empty() {
            println!("  {:?}", found.reason);
        }
        for face in &found.faces {
            let (x, y, side, roll) = (face.x, face.y, face.side(), face.landmarks.roll().to_degrees());
            println!("  {:.2} at {x:.0},{y:.0} side {side:.0} roll {roll:.0}", face.score);
        }
        crops.extend(found.faces.first().map(|face| Crop::of(&frame, face, 48)));
    }
    let places = (0..).map(|place: u32| (place % COLUMNS * PITCH, place / COLUMNS * PITCH));
    let rows = u32::try_from(crops.len())?.div_ceil(COLUMNS).max(1);
    let mut sheet = GrayImage::new(COLUMNS * PITCH, rows * PITCH);
    for (crop, (x, y)) in crops.iter().zip(places) {
        let crop = GrayImage::from_raw(crop.side(), crop.side(), crop.pixels().to_vec()).ok_or("a square crop")?;
        imageops::replace(&mut sheet, &crop, x.into(), y.into());
    }
    sheet.save(sheet_path)?;
    Ok(())
}
