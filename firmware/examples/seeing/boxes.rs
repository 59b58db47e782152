//! The face finder on photographs whose faces are known.

use crate::Failure;
use crate::sequence::{HEIGHT, WIDTH, packed};
use image::{RgbImage, imageops};
use mood::{FaceBox, Point};
use moodbox::eyes::{Eyes, Sight, Stages};
use moodbox::picture;
use std::path::Path;
use std::time::Duration;

/// Faces of at least so many pixels the box promises to find, in a frame 480 pixels high.
const LARGE: f32 = 48.0;

/// Sides of a face in a frame, in pixels, that every one of them is shown with.
const SIDES: [f32; 4] = [48.0, 64.0, 96.0, 130.0];

/// A face of `boxes.csv`: left, top, width, height.
type Truth = [f32; 4];

/// A photograph and its faces.
struct Known {
    name: String,
    photo: RgbImage,
    faces: Vec<Truth>,
}

pub(crate) fn found(eyes: &mut Eyes, folder: &Path) -> Result<(), Failure> {
    let photos = known(folder)?;
    let count: usize = photos.iter().map(|photo| photo.faces.len()).sum();
    println!("Face finder on {} photographs with {count} faces", photos.len());
    let (mut large, mut small, mut false_alarms) = ((0, 0), (0, 0), 0);
    for Known { name, photo, faces: truths } in &photos {
        let frame = picture::frame(photo.clone().into(), name, Duration::ZERO)?;
        let faces = eyes.look(&frame, &mut Stages::default(), &|| Duration::ZERO)?.faces;
        for truth in truths {
            let counts = if side(truth) >= LARGE { &mut large } else { &mut small };
            counts.0 += usize::from(faces.iter().any(|face| same(face, truth)));
            counts.1 += 1;
        }
        false_alarms += faces.iter().filter(|face| !truths.iter().any(|truth| same(face, truth))).count();
    }
    println!(
        "  as they are: at least 48 pixels {} of {}, smaller {} of {}, false alarms {false_alarms}",
        large.0, large.1, small.0, small.1
    );
    for wanted in SIDES {
        let (mut found, mut false_alarms) = (0, 0);
        for Known { photo, faces: truths, .. } in &photos {
            for truth in truths {
                let view = View::of(truth, wanted);
                let faces = eyes
                    .look(&packed(view.frame(photo).into_raw())?, &mut Stages::default(), &|| Duration::ZERO)?
                    .faces;
                let truths: Vec<Truth> = truths.iter().map(|truth| view.seen(truth)).collect();
                found += usize::from(faces.iter().any(|face| same(face, &view.seen(truth))));
                // Half a face at the edge is no false alarm.
                let close = |face: &FaceBox, truth: &Truth| face.centre().distance(centre(truth)) < side(truth);
                false_alarms += faces.iter().filter(|face| !truths.iter().any(|truth| close(face, truth))).count();
            }
        }
        println!("  each in a frame of its own, {wanted:.0} pixels: {found} of {count}, false alarms {false_alarms}");
    }
    Ok(())
}

fn known(folder: &Path) -> Result<Vec<Known>, Failure> {
    let csv = std::fs::read_to_string(folder.join("boxes.csv"))?;
    let mut photos = Vec::new();
    for path in picture::in_folder(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let mut faces = Vec::new();
        for line in csv.lines().skip(1).filter(|line| line.split(',').next() == Some(&name)) {
            let numbers: Vec<f32> = line.split(',').skip(1).take(4).map(str::parse).collect::<Result<_, _>>()?;
            faces.push(numbers.try_into().map_err(|_| "a box has not four numbers")?);
        }
        // Two photographs show men but have no boxes.
        if !faces.is_empty() || name == "dogs.jpg" {
            photos.push(Known { photo: picture::read(&path)?.to_rgb8(), name, faces });
        }
    }
    Ok(photos)
}

/// What of a photograph a frame shows: its corner in photograph pixels, and these per frame pixel.
struct View {
    corner: Point,
    step: f32,
}

impl View {
    /// This face in the middle, with a longer side of `wanted` pixels.
    fn of(truth: &Truth, wanted: f32) -> Self {
        let (step, middle) = (side(truth) / wanted, centre(truth));
        let corner = Point { x: middle.x - WIDTH as f32 / 2.0 * step, y: middle.y - HEIGHT as f32 / 2.0 * step };
        Self { corner, step }
    }

    /// A grey wall beside the photograph.
    fn frame(&self, photo: &RgbImage) -> RgbImage {
        let mut frame = RgbImage::from_pixel(WIDTH, HEIGHT, image::Rgb([110; 3]));
        let (left, top) = (self.corner.x.max(0.0), self.corner.y.max(0.0));
        let length = |start: f32, corner: f32, pixels: u32, most: u32| {
            ((corner + pixels as f32 * self.step).min(most as f32) - start).max(1.0) as u32
        };
        let width = length(left, self.corner.x, WIDTH, photo.width());
        let height = length(top, self.corner.y, HEIGHT, photo.height());
        let part = imageops::crop_imm(photo, left as u32, top as u32, width, height).to_image();
        let scaled = |length: u32| ((length as f32 / self.step) as u32).max(1);
        let part = imageops::resize(&part, scaled(width), scaled(height), imageops::FilterType::Triangle);
        let at = |start: f32, corner: f32| ((start - corner) / self.step) as i64;
        imageops::replace(&mut frame, &part, at(left, self.corner.x), at(top, self.corner.y));
        frame
    }

    /// A box of the photograph in the frame.
    fn seen(&self, [x, y, width, height]: &Truth) -> Truth {
        let step = self.step;
        [(x - self.corner.x) / step, (y - self.corner.y) / step, width / step, height / step]
    }
}

fn side(truth: &Truth) -> f32 {
    truth[2].max(truth[3])
}

fn centre([x, y, width, height]: &Truth) -> Point {
    Point { x: x + width / 2.0, y: y + height / 2.0 }
}

/// Their centres lie close, and neither is more than twice as large.
fn same(face: &FaceBox, truth: &Truth) -> bool {
    let side = side(truth);
    face.centre().distance(centre(truth)) < 0.35 * side && (0.5..2.0).contains(&(face.side() / side))
}
