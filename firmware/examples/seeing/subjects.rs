//! Who is photographed, and what their faces show.

use crate::Failure;
use image::{RgbImage, imageops};
use mood::{Expression, FaceBox, Frame, PixelFormat, Point};
use moodbox::eyes::{Eyes, Sight, Stages};
use moodbox::picture;
use std::path::Path;
use std::time::Duration;

/// The open smiles among the larger faces of `boxes/`, named by eye: file, and where the face's middle lies.
const SMILES: [(&str, f32, f32); 9] = [
    ("2008_001009.jpg", 183.0, 126.0),
    ("2008_001009.jpg", 175.0, 260.0),
    ("2008_001322.jpg", 266.0, 248.0),
    ("2008_001322.jpg", 402.0, 206.0),
    ("2008_002506.jpg", 159.0, 118.0),
    ("2008_002506.jpg", 392.0, 143.0),
    ("2009_004587.jpg", 294.0, 316.0),
    ("bald_guys.jpg", 1_596.0, 274.0),
    ("bald_guys.jpg", 1_165.0, 1_395.0),
];

/// A photograph, and where to look in it.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) photo: RgbImage,
    /// The face's middle, or the photograph's.
    pub(crate) centre: Point,
    /// Photograph pixels per frame pixel when nothing moves.
    pub(crate) scale: f32,
    /// What it shows; `None` for nobody.
    pub(crate) truth: Option<Expression>,
}

/// The side of the face in a frame, in pixels, that a sequence begins with: a head an arm's length away.
const FACE_SIDE: f32 = 130.0;

impl Subject {
    fn new(name: String, photo: RgbImage, face: Option<&FaceBox>, truth: Option<Expression>) -> Self {
        let [width, height] = [photo.width() as f32, photo.height() as f32];
        // Without a face the photograph fills the frame.
        let fitting = (width / 640.0).min(height / 480.0);
        let scale = face.map_or(fitting, |face| face.side() / FACE_SIDE);
        let centre = face.map_or(Point { x: width / 2.0, y: height / 2.0 }, FaceBox::centre);
        // What is far larger than a frame shows is made smaller once, not again for each frame.
        let by = (scale / 1.5).max(1.0);
        let photo = imageops::thumbnail(&photo, (width / by) as u32, (height / by) as u32);
        Self { name, photo, centre: Point { x: centre.x / by, y: centre.y / by }, scale: scale / by, truth }
    }
}

/// Photographs of which people see the expression: one for each, and some smiles.
pub(crate) fn expressions(eyes: &mut Eyes, photos: &Path) -> Result<Vec<Subject>, Failure> {
    let mut subjects = Vec::new();
    for path in picture::in_folder(&photos.join("expressions"))? {
        subjects.push(expression(eyes, &path)?);
    }
    for (file, x, y) in SMILES {
        let photo = picture::read(&photos.join("boxes").join(file))?.to_rgb8();
        // From as near as the finder sees it well.
        let around = imageops::crop_imm(&photo, (x - 250.0).max(0.0) as u32, (y - 250.0).max(0.0) as u32, 500, 500);
        let around = around.to_image();
        let middle = Point { x: x.min(250.0), y: y.min(250.0) };
        let near = |face: &&FaceBox| face.centre().distance(middle) < face.side() / 2.0;
        let face = faces(eyes, &around)?.iter().find(near).copied().ok_or("a smile is not where it was")?;
        let (alone, face) = alone(&around, face);
        subjects.push(Subject::new(format!("smile at {x},{y} of {file}"), alone, Some(&face), Some(Expression::Happy)));
    }
    Ok(subjects)
}

/// A photograph that is named by its expression.
pub(crate) fn expression(eyes: &mut Eyes, path: &Path) -> Result<Subject, Failure> {
    let label = path.file_stem().and_then(|name| name.to_str()).and_then(Expression::from_label);
    let label = label.ok_or("an expression's photograph has not its name")?;
    let photo = picture::read(path)?.to_rgb8();
    let face = faces(eyes, &photo)?.first().copied();
    Ok(Subject::new(name(path), photo, face.as_ref(), Some(label)))
}

/// The part of a photograph that shows a face and none of its neighbours'.
fn alone(photo: &RgbImage, face: FaceBox) -> (RgbImage, FaceBox) {
    let (centre, around) = (face.centre(), 0.95 * face.side());
    let [left, top] = [centre.x, centre.y].map(|at| (at - around).max(0.0).floor());
    let side = (2.0 * around) as u32;
    let part = imageops::crop_imm(photo, left as u32, top as u32, side, side).to_image();
    (part, FaceBox { x: face.x - left, y: face.y - top, ..face })
}

/// Photographs without a person.
pub(crate) fn nobody(photos: &Path) -> Result<Vec<Subject>, Failure> {
    let mut paths = picture::in_folder(&photos.join("no_face"))?;
    paths.push(photos.join("boxes/dogs.jpg"));
    paths.iter().map(|path| without(path)).collect()
}

/// A photograph without a person.
pub(crate) fn without(path: &Path) -> Result<Subject, Failure> {
    Ok(Subject::new(name(path), picture::read(path)?.to_rgb8(), None, None))
}

fn faces(eyes: &mut Eyes, photo: &RgbImage) -> Result<Vec<FaceBox>, Failure> {
    let bytes = photo.as_raw().clone();
    let frame = Frame::packed(photo.width(), photo.height(), PixelFormat::Rgb, Duration::ZERO, bytes)?;
    Ok(eyes.look(&frame, &mut Stages::default(), &|| Duration::ZERO)?.faces)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
