//! The face finder on photographs whose faces are known.

use crate::Failure;
use mood::{FaceBox, Point};
use moodbox::eyes::{Eyes, Sight};
use moodbox::picture;
use std::path::Path;
use std::time::Duration;

/// Faces of at least so many pixels the box promises to find, in a frame 480 pixels high.
const LARGE: f32 = 48.0;

/// A face of `boxes.csv`: left, top, width, height.
type Truth = [f32; 4];

pub(crate) fn found(eyes: &mut Eyes, folder: &Path) -> Result<(), Failure> {
    let csv = std::fs::read_to_string(folder.join("boxes.csv"))?;
    let mut truths: Vec<(String, Truth)> = Vec::new();
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [file, numbers @ ..] = fields.as_slice() else { continue };
        let numbers: Vec<f32> = numbers.iter().take(4).map(|text| text.parse()).collect::<Result<_, _>>()?;
        truths.push(((*file).into(), numbers.try_into().map_err(|_| "a box has not four numbers")?));
    }
    let (mut large, mut small, mut false_alarms, mut photos) = ((0, 0), (0, 0), 0, 0);
    for path in picture::in_folder(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let mine: Vec<Truth> = truths.iter().filter(|(file, _)| *file == name).map(|(_, it)| *it).collect();
        // Two photographs show men but have no boxes.
        if mine.is_empty() && name != "dogs.jpg" {
            continue;
        }
        photos += 1;
        let frame = picture::frame(picture::read(&path)?, &name, Duration::ZERO)?;
        let faces = eyes.look(&frame, &|| Duration::ZERO)?.faces;
        for truth in &mine {
            let counts = if truth[2].max(truth[3]) >= LARGE { &mut large } else { &mut small };
            counts.0 += usize::from(faces.iter().any(|face| same(face, truth)));
            counts.1 += 1;
        }
        false_alarms += faces.iter().filter(|face| !mine.iter().any(|truth| same(face, truth))).count();
    }
    println!("Face finder on {photos} photographs with {} faces", truths.len());
    println!(
        "  at least 48 pixels: {} of {}; smaller: {} of {}; false alarms: {false_alarms}",
        large.0, large.1, small.0, small.1
    );
    Ok(())
}

/// Their centres lie close, and neither is more than twice as large.
fn same(face: &FaceBox, [x, y, width, height]: &Truth) -> bool {
    let side = width.max(*height);
    let centre = Point { x: x + width / 2.0, y: y + height / 2.0 };
    face.centre().distance(centre) < 0.35 * side && (0.5..2.0).contains(&(face.side() / side))
}
