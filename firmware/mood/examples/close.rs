//! Faces that nearly fill the frame, or do: `cargo run --release -p mood --example close -- PHOTOS`.
//!
//! PHOTOS is a folder with `london/*.jpg`, one face each, those named `*_neutral.jpg` with a neutral one, and with
//! `no_face/*.jpg`. Each face is shown in a frame of 640x480 as high as a share of the frame, cut from its photograph or as
//! a tight crop on grey, and looked at alone and in a burst. What shows nobody is looked at whole and in nine windows.
#![expect(clippy::print_stdout, reason = "a measuring tool")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts and pixels are small")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from f32 saturates")]

use image::{RgbImage, imageops};
use mood::{
    Answer, Burst, Classifier, DecisionRule, Expression, FaceBox, FaceFinder, Frame, Glimpse, NoFaceReason,
    PixelFormat, Search, Step,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// Heights of the face's box as shares of the frame's.
const SHARES: [f32; 8] = [0.7, 0.8, 0.9, 0.95, 1.0, 1.25, 1.5, 1.8];

/// What shows beside a photograph or a crop.
const GREY: image::Rgb<u8> = image::Rgb([110; 3]);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let photos = PathBuf::from(std::env::args().nth(1).ok_or("usage: close PHOTOS")?);
    let mut eyes = Eyes::open()?;
    let mut people = Vec::new();
    for path in pictures(&photos.join("london"))? {
        let photo = image::open(&path)?.into_rgb8();
        let face = eyes.finder.find(&packed(&photo)?)?.faces.first().copied();
        people.push((photo, face.ok_or_else(|| format!("{}: no face", path.display()))?, is_neutral(&path)));
    }
    println!("{} faces in frames of {WIDTH}x{HEIGHT}; neutral: read as neutral of those asked for it", people.len());
    println!(
        "{:<22} {:>6} {:>6} {:>6} {:>9} {:>8} {:>9}",
        "", "height", "found", "burst", "too close", "nothing", "neutral"
    );
    for (name, on_grey) in [("cut from a photograph", false), ("tight crop on grey", true)] {
        for share in SHARES {
            let mut row = Row::default();
            for (photo, face, neutral) in &people {
                row.add(&mut eyes, &shown(photo, face, share, on_grey), share, *neutral)?;
            }
            row.print(name, share);
        }
    }
    nobody(&eyes, &photos.join("no_face"))
}

fn is_neutral(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("_neutral"))
}

/// What came of the faces of one height.
#[derive(Default)]
struct Row {
    faces: u32,
    found: u32,
    in_bursts: u32,
    too_close: u32,
    nothing: u32,
    neutral: (u32, u32),
}

impl Row {
    fn add(&mut self, eyes: &mut Eyes, frame: &RgbImage, share: f32, neutral: bool) -> Result<(), Failure> {
        self.faces += 1;
        match eyes.look(1, |_| packed(frame))? {
            (Answer::NoFace { reason }, _) => {
                self.too_close += u32::from(reason == NoFaceReason::TooClose);
                self.nothing += u32::from(reason == NoFaceReason::NothingFound);
            }
            (answer, face) => {
                self.found += u32::from(face.is_some_and(|face| is_there(&face, share)));
                let read = matches!(answer, Answer::Mood(mood) if mood.expression == Expression::Neutral);
                self.neutral.0 += u32::from(neutral && read);
            }
        }
        self.neutral.1 += u32::from(neutral);
        let burst = eyes.look(12, |number| packed(&moved(frame, number)))?;
        self.in_bursts += u32::from(burst.1.is_some_and(|face| is_there(&face, share)));
        Ok(())
    }

    fn print(&self, name: &str, share: f32) {
        let Self { faces: _, found, in_bursts, too_close, nothing, neutral: (right, neutral) } = self;
        println!(
            "{name:<22} {share:>6.2} {found:>6} {in_bursts:>6} {too_close:>9} {nothing:>8} {right:>3} of {neutral}"
        );
    }
}

/// Whether a face lies in the middle and is about as high as `share` of the frame.
fn is_there(face: &FaceBox, share: f32) -> bool {
    let side = share * HEIGHT as f32;
    let middle = mood::Point { x: WIDTH as f32 / 2.0, y: HEIGHT as f32 / 2.0 };
    face.centre().distance(middle) < 0.35 * side && (0.5..2.0).contains(&(face.side() / side))
}

/// A frame with the face in its middle, as high as `share` of it; of a tight crop nothing but the face's box.
fn shown(photo: &RgbImage, face: &FaceBox, share: f32, on_grey: bool) -> RgbImage {
    let step = face.side() / (share * HEIGHT as f32);
    let centre = face.centre();
    let half = if on_grey {
        (face.side() / 2.0, face.side() / 2.0)
    } else {
        (WIDTH as f32 / 2.0 * step, HEIGHT as f32 / 2.0 * step)
    };
    let half = (half.0.min(WIDTH as f32 / 2.0 * step), half.1.min(HEIGHT as f32 / 2.0 * step));
    let (left, top) = ((centre.x - half.0).max(0.0), (centre.y - half.1).max(0.0));
    let (right, bottom) =
        ((centre.x + half.0).min(photo.width() as f32), (centre.y + half.1).min(photo.height() as f32));
    let part =
        imageops::crop_imm(photo, left as u32, top as u32, (right - left) as u32, (bottom - top) as u32).to_image();
    let scaled = |length: f32| ((length / step).round() as u32).max(1);
    let part = imageops::resize(&part, scaled(right - left), scaled(bottom - top), imageops::FilterType::Triangle);
    let mut frame = RgbImage::from_pixel(WIDTH, HEIGHT, GREY);
    let at = |start: f32, centre: f32, middle: u32| (middle as f32 / 2.0 + (start - centre) / step).round() as i64;
    imageops::replace(&mut frame, &part, at(left, centre.x, WIDTH), at(top, centre.y, HEIGHT));
    frame
}

/// The same frame as a hand-held camera shows it a moment later: some pixels aside.
fn moved(frame: &RgbImage, number: u32) -> RgbImage {
    let mut moved = frame.clone();
    imageops::replace(&mut moved, frame, i64::from(number * 5 % 7) - 3, i64::from(number * 3 % 7) - 3);
    moved
}

fn nobody(eyes: &Eyes, folder: &Path) -> Result<(), Failure> {
    let (mut photographs, mut windows) = (Alarms::default(), Alarms::default());
    let mut paths = pictures(folder)?;
    paths.push(folder.join("../boxes/dogs.jpg"));
    for path in paths {
        let photo = image::open(&path)?.into_rgb8();
        photographs.add(eyes, &photo)?;
        let (width, height) = (photo.width() / 2, photo.height() / 2);
        for window in 0..9 {
            let (x, y) = (window % 3 * width / 2, window / 3 * height / 2);
            windows.add(eyes, &imageops::crop_imm(&photo, x, y, width, height).to_image())?;
        }
    }
    println!("nobody there: {photographs}; windows of them: {windows}");
    Ok(())
}

#[derive(Default)]
struct Alarms {
    looks: u32,
    faces: u32,
    too_close: u32,
}

impl Alarms {
    fn add(&mut self, eyes: &Eyes, picture: &RgbImage) -> Result<(), Failure> {
        let found = eyes.finder.find(&packed(picture)?)?;
        self.looks += 1;
        self.faces += u32::from(!found.faces.is_empty());
        self.too_close += u32::from(found.faces.is_empty() && found.reason == NoFaceReason::TooClose);
        Ok(())
    }
}

impl std::fmt::Display for Alarms {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "a face in {} of {}, too close in {}", self.faces, self.looks, self.too_close)
    }
}

/// The networks, as the box uses them.
struct Eyes {
    finder: FaceFinder,
    classifier: Classifier,
    rule: DecisionRule,
}

impl Eyes {
    fn open() -> Result<Self, Failure> {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let model = |name: &str| std::fs::read(models.join(name));
        let finder =
            FaceFinder::from_onnx(&model("blazeface_short_192x144.onnx")?, &model("blazeface_short_256x192.onnx")?)?;
        let classifier = Classifier::from_onnx(&model("mood.onnx")?)?;
        let rule = DecisionRule::new(classifier.contract().clone());
        Ok(Self { finder, classifier, rule })
    }

    /// A burst of at most so many frames, and where its primary face was seen last.
    fn look(
        &mut self,
        most_frames: u32,
        frames: impl Fn(u32) -> Result<Frame, Failure>,
    ) -> Result<(Answer, Option<FaceBox>), Failure> {
        let mut burst = Burst::new(most_frames);
        loop {
            match burst.next(&self.rule) {
                Step::Done => break,
                Step::LetPass => burst.let_pass(),
                Step::Look(search) => {
                    let search = if most_frames == 1 { Search::All } else { search };
                    burst.add(search, self.glance(&frames(burst.frames())?, search)?);
                }
            }
        }
        let verdict = burst.verdict(&self.rule);
        Ok((verdict.answer, verdict.faces.first().copied()))
    }

    fn glance(&mut self, frame: &Frame, search: Search) -> Result<Glimpse, Failure> {
        let faces = self.finder.glance(frame, search)?;
        Ok(self.classifier.glimpse(frame, faces)?)
    }
}

fn packed(picture: &RgbImage) -> Result<Frame, Failure> {
    let (width, height) = picture.dimensions();
    Ok(Frame::packed(width, height, PixelFormat::Rgb, Duration::ZERO, picture.as_raw().clone())?)
}

fn pictures(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut paths: Vec<PathBuf> = folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failure>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "jpg"));
    paths.sort();
    Ok(paths)
}
