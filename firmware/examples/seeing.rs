//! How well and how fast the box sees: `cargo run --release -p moodbox --example seeing -- PHOTOS [bursts N]`.
//!
//! PHOTOS is a folder with `expressions/<label>.jpg`, `no_face/*.jpg` and `boxes/` with `boxes.csv`. Without `bursts` it
//! prints three tables: a single frame against a burst on moving sequences made of the photographs, the time from a press
//! to the answer by stage, and the faces found among those of `boxes.csv`. With it, N bursts are run and the memory is
//! printed on the way.
#![expect(clippy::print_stdout, reason = "a measuring tool")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts and pixels are small")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from f32 saturates")]

use image::{RgbImage, imageops};
use mood::{Answer, Expression, FaceBox, Frame, PixelFormat};
use moodbox::eyes::{Eyes, Sight};
use moodbox::picture;
use moodbox::ports::{Camera, CameraError};
use moodbox::runner::{Limits, Look, take_look};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;
const FRAMES: usize = 12;
const LIMITS: Limits = Limits { frames: 12, time: Duration::from_millis(1_500) };
/// The side of the face in a frame, in pixels, that a sequence begins with: a head an arm's length away.
const FACE_SIDE: f32 = 130.0;

/// What goes on in a sequence.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Motion {
    Still,
    Pan,
    Zoom,
    Blur,
    Dark,
    DarkForGood,
    Leaving,
    LooksUpLate,
}

impl Motion {
    const ALL: [Self; 8] = [
        Self::Still,
        Self::Pan,
        Self::Zoom,
        Self::Blur,
        Self::Dark,
        Self::DarkForGood,
        Self::Leaving,
        Self::LooksUpLate,
    ];

    const fn words(self) -> &'static str {
        match self {
            Self::Still => "still, noise",
            Self::Pan => "pan across a third of the frame",
            Self::Zoom => "zoom from 0.6 to 1.5",
            Self::Blur => "half of the frames blurred",
            Self::Dark => "12 % of the light, camera helps",
            Self::DarkForGood => "12 % of the light, it can't",
            Self::Leaving => "leaves after 3 frames",
            Self::LooksUpLate => "comes after 5 frames",
        }
    }
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let photos = PathBuf::from(arguments.first().ok_or("usage: seeing PHOTOS [bursts N]")?);
    let mut eyes = Eyes::open(None, 0.0)?;
    if let Some(count) = arguments.iter().position(|word| word == "bursts").and_then(|at| arguments.get(at + 1)) {
        return memory(&mut eyes, &photos, count.parse()?);
    }
    sequences(&mut eyes, &photos)?;
    latency(&mut eyes, &photos)?;
    boxes(&mut eyes, &photos.join("boxes"))
}

/// A camera that shows a sequence, and its last frame again and again; paced or as fast as it is asked.
struct Sequence {
    frames: Vec<RgbImage>,
    shown: usize,
    helps: bool,
    gain: f32,
    pace: Option<Duration>,
    due: Instant,
}

impl Sequence {
    fn new(frames: Vec<RgbImage>, helps: bool, pace: Option<Duration>) -> Self {
        Self { frames, shown: 0, helps, gain: 1.0, pace, due: Instant::now() }
    }
}

impl Camera for Sequence {
    fn capture(&mut self) -> Result<Frame, CameraError> {
        if let Some(pace) = self.pace {
            std::thread::sleep(self.due.saturating_duration_since(Instant::now()));
            self.due = self.due.max(Instant::now()) + pace;
        }
        let frame = &self.frames[self.shown.min(self.frames.len() - 1)];
        self.shown += 1;
        let bytes = frame.as_raw().iter().map(|&value| (f32::from(value) * self.gain) as u8).collect();
        let bad =
            |error: mood::FrameError| CameraError::BadFrame { camera: "sequence".into(), detail: error.to_string() };
        Frame::packed(WIDTH, HEIGHT, PixelFormat::Rgb, Duration::ZERO, bytes).map_err(bad)
    }

    fn describe(&self) -> String {
        "sequence".into()
    }

    fn brighten(&mut self, times: f32) -> bool {
        // Four times the light is what exposure and gain of a cheap camera have left indoors.
        let more = (self.gain * times).min(4.0);
        let could = self.helps && more > self.gain;
        if could {
            self.gain = more;
        }
        could
    }
}

fn look(eyes: &mut Eyes, camera: &mut Sequence) -> Look {
    let began = Instant::now();
    take_look(camera, eyes, LIMITS, &|| began.elapsed(), &|| false)
}

/// The frames of a sequence out of a photograph whose face (or middle) is `face`.
fn frames(photo: &RgbImage, face: Option<&FaceBox>, motion: Motion) -> Vec<RgbImage> {
    let (width, height) = photo.dimensions();
    let middle = mood::Point { x: width as f32 / 2.0, y: height as f32 / 2.0 };
    let centre = face.map_or(middle, FaceBox::centre);
    // Photo pixels per frame pixel; without a face the photo fills the frame.
    let fitting = (width as f32 / WIDTH as f32).min(height as f32 / HEIGHT as f32);
    let scale = face.map_or(fitting, |face| face.side() / FACE_SIDE);
    let mut random = 7;
    (0..FRAMES)
        .map(|at| {
            let t = at as f32 / (FRAMES - 1) as f32;
            let (mut zoom, mut aside) = (1.0, 0.0);
            match motion {
                Motion::Pan => aside = (t - 0.5) * WIDTH as f32 / 3.0,
                Motion::Zoom => zoom = 0.6 * 2.5_f32.powf(t),
                Motion::Leaving if at >= 3 => aside = 900.0,
                Motion::LooksUpLate if at < 5 => aside = 900.0,
                _ => {}
            }
            let light = if matches!(motion, Motion::Dark | Motion::DarkForGood) { 0.12 } else { 1.0 };
            let step = scale / zoom;
            let mut frame = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
                let x = centre.x + (x as f32 - WIDTH as f32 / 2.0 + aside) * step;
                let y = centre.y + (y as f32 - HEIGHT as f32 / 2.0) * step;
                // What lies beside the photograph is a grey wall.
                let inside = x >= 0.0 && y >= 0.0 && x < width as f32 && y < height as f32;
                let gone = aside > 800.0;
                let pixel = if inside && !gone { mean(photo, x, y, step) } else { [110.0; 3] };
                let noise = 3.0 * (noise(&mut random) - 0.5);
                image::Rgb(pixel.map(|value| (value * light + noise).clamp(0.0, 255.0) as u8))
            });
            if motion == Motion::Blur && at % 2 == 0 {
                frame = imageops::fast_blur(&frame, 7.0);
            }
            frame
        })
        .collect()
}

/// The mean of the photo pixels a frame pixel stands for.
fn mean(photo: &RgbImage, x: f32, y: f32, step: f32) -> [f32; 3] {
    let samples = (step.ceil() as u32).clamp(1, 6);
    let mut sum = [0.0; 3];
    for down in 0..samples {
        for right in 0..samples {
            let at = |start: f32, sample: u32| (start + (sample as f32 + 0.5) / samples as f32 * step).max(0.0) as u32;
            let pixel = photo.get_pixel(at(x, right).min(photo.width() - 1), at(y, down).min(photo.height() - 1));
            sum.iter_mut().zip(pixel.0).for_each(|(sum, value)| *sum += f32::from(value));
        }
    }
    sum.map(|value| value / (samples * samples) as f32)
}

/// 0..1 (SplitMix64).
fn noise(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
}

/// Photographs and what they show; `None` for nobody.
fn photographs(photos: &Path) -> Result<Vec<(PathBuf, Option<Expression>)>, Failure> {
    let mut found = Vec::new();
    for path in picture::in_folder(&photos.join("expressions"))? {
        let label = path.file_stem().and_then(|name| name.to_str()).and_then(Expression::from_label);
        found.push((path, Some(label.ok_or("an expression's photograph has not its name")?)));
    }
    let nobody = picture::in_folder(&photos.join("no_face"))?;
    found.extend(nobody.into_iter().chain([photos.join("boxes/dogs.jpg")]).map(|path| (path, None)));
    Ok(found)
}

/// Whether an answer is what the photograph shows: the expression, or nobody.
fn is_right(answer: &Answer, truth: Option<Expression>) -> bool {
    match (answer, truth) {
        (Answer::Mood(mood), Some(truth)) => mood.expression == truth,
        (Answer::NoFace { .. }, None) => true,
        _ => false,
    }
}

fn sequences(eyes: &mut Eyes, photos: &Path) -> Result<(), Failure> {
    let photographs = photographs(photos)?;
    println!("Single frames against a burst, of 12 frames, 640x480");
    println!(
        "{:<34} {:>7} {:>11} {:>11} {:>7} {:>8} {:>7}",
        "expressions", "n", "mean single", "best single", "burst", "frames", "whole"
    );
    let (mut singles_nobody, mut bursts_nobody, mut nobody) = (0, 0, 0);
    for motion in Motion::ALL {
        let (mut at_place, mut burst_right, mut faces, mut taken, mut searches) = ([0; FRAMES], 0, 0, 0, 0);
        let mut most_searches = 0;
        for (path, truth) in &photographs {
            let photo = picture::read(path)?.to_rgb8();
            let whole =
                Frame::packed(photo.width(), photo.height(), PixelFormat::Rgb, Duration::ZERO, photo.as_raw().clone())?;
            let face = truth.and(eyes.look(&whole, &|| Duration::ZERO)?.faces.first().copied());
            let frames = frames(&photo, face.as_ref(), motion);
            let seen = look(eyes, &mut Sequence::new(frames.clone(), motion != Motion::DarkForGood, None));
            most_searches = most_searches.max(seen.searches);
            let answer = seen.result.as_ref().map_err(ToString::to_string)?.answer;
            let mut right = 0;
            for (place, frame) in at_place.iter_mut().zip(frames) {
                let frame = Frame::packed(WIDTH, HEIGHT, PixelFormat::Rgb, Duration::ZERO, frame.into_raw())?;
                let single = is_right(&eyes.look(&frame, &|| Duration::ZERO)?.answer, *truth);
                right += usize::from(single);
                *place += usize::from(single && truth.is_some());
            }
            if truth.is_some() {
                faces += 1;
                burst_right += usize::from(is_right(&answer, *truth));
                taken += seen.frames;
                searches += seen.searches;
            } else {
                nobody += 1;
                bursts_nobody += usize::from(is_right(&answer, None));
                singles_nobody += right;
            }
        }
        let percent = |count: usize, of: usize| format!("{:.0} %", 100.0 * count as f32 / of as f32);
        println!(
            "{:<34} {faces:>7} {:>11} {:>11} {:>7} {:>8.1} {:>7.1}",
            motion.words(),
            percent(at_place.iter().sum(), faces * FRAMES),
            percent(at_place.iter().copied().max().unwrap_or(0), faces),
            percent(burst_right, faces),
            taken as f32 / faces as f32,
            searches as f32 / faces as f32,
        );
        assert!(most_searches <= mood::burst::MOST_SEARCHES);
    }
    println!(
        "nobody there: single frames right {singles_nobody} of {}, bursts {bursts_nobody} of {nobody}\n",
        nobody * FRAMES
    );
    Ok(())
}

fn latency(eyes: &mut Eyes, photos: &Path) -> Result<(), Failure> {
    println!("From press to answer, ms of wall time: median and 95th percentile");
    println!("{:<34} {:>5} {:>14} {:>14} {:>14} {:>14} {:>8}", "", "n", "all", "find", "crop", "classify", "frames");
    for (name, pace, motion, faces) in [
        ("a face, frames at once", None, Motion::Still, true),
        ("a face that moves, at once", None, Motion::Pan, true),
        ("a face, 30 frames a second", Some(Duration::from_micros(33_333)), Motion::Still, true),
        ("nobody, frames at once", None, Motion::Still, false),
        ("nobody, 30 frames a second", Some(Duration::from_micros(33_333)), Motion::Still, false),
    ] {
        let mut rows: [Vec<f64>; 5] = Default::default();
        for (path, truth) in photographs(photos)?.into_iter().filter(|(_, truth)| truth.is_some() == faces) {
            let photo = picture::read(&path)?.to_rgb8();
            let whole =
                Frame::packed(photo.width(), photo.height(), PixelFormat::Rgb, Duration::ZERO, photo.as_raw().clone())?;
            let face = truth.and(eyes.look(&whole, &|| Duration::ZERO)?.faces.first().copied());
            let frames = frames(&photo, face.as_ref(), motion);
            for _ in 0..if faces { 6 } else { 2 } {
                let mut camera = Sequence::new(frames.clone(), true, pace);
                let seen = look(eyes, &mut camera);
                let stages = seen.result.map_err(|error| error.to_string())?.stages;
                let ms = |time: Duration| time.as_secs_f64() * 1e3;
                let values =
                    [ms(seen.took), ms(stages.find), ms(stages.crop), ms(stages.classify), f64::from(seen.frames)];
                rows.iter_mut().zip(values).for_each(|(row, value)| row.push(value));
            }
        }
        rows.iter_mut().for_each(|row| row.sort_by(f64::total_cmp));
        let n = rows[0].len();
        let text = |row: &Vec<f64>| format!("{:>7.1} {:>6.1}", row[n / 2], row[(n * 95 / 100).min(n - 1)]);
        println!(
            "{name:<34} {n:>5} {} {} {} {} {:>8.0}",
            text(&rows[0]),
            text(&rows[1]),
            text(&rows[2]),
            text(&rows[3]),
            rows[4][n / 2]
        );
    }
    println!();
    Ok(())
}

fn boxes(eyes: &mut Eyes, folder: &Path) -> Result<(), Failure> {
    let csv = std::fs::read_to_string(folder.join("boxes.csv"))?;
    let mut truths: Vec<(String, [f32; 4])> = Vec::new();
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [file, numbers @ ..] = fields.as_slice() else { continue };
        let numbers: Vec<f32> = numbers.iter().take(4).map(|text| text.parse()).collect::<Result<_, _>>()?;
        truths.push(((*file).into(), numbers.try_into().map_err(|_| "a box has not four numbers")?));
    }
    let (mut found_large, mut large, mut found_small, mut small, mut false_alarms, mut photos) = (0, 0, 0, 0, 0, 0);
    for path in picture::in_folder(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let mine: Vec<[f32; 4]> = truths.iter().filter(|(file, _)| *file == name).map(|(_, it)| *it).collect();
        // Two photographs show men but have no boxes.
        if mine.is_empty() && name != "dogs.jpg" {
            continue;
        }
        photos += 1;
        let photo = picture::read(&path)?;
        let frame = picture::frame(photo, &name, Duration::ZERO)?;
        let faces = eyes.look(&frame, &|| Duration::ZERO)?.faces;
        let same = |face: &FaceBox, [x, y, width, height]: &[f32; 4]| {
            let side = width.max(*height);
            let centre = mood::Point { x: x + width / 2.0, y: y + height / 2.0 };
            let ratio = face.side() / side;
            face.centre().distance(centre) < 0.35 * side && (0.5..2.0).contains(&ratio)
        };
        for truth in &mine {
            let hit = usize::from(faces.iter().any(|face| same(face, truth)));
            if truth[2].max(truth[3]) >= 48.0 {
                (large, found_large) = (large + 1, found_large + hit);
            } else {
                (small, found_small) = (small + 1, found_small + hit);
            }
        }
        false_alarms += faces.iter().filter(|face| !mine.iter().any(|truth| same(face, truth))).count();
    }
    println!("Face finder on {photos} photographs with {} faces", truths.len());
    println!(
        "  at least 48 pixels: {found_large} of {large}; smaller: {found_small} of {small}; false alarms: {false_alarms}"
    );
    Ok(())
}

fn memory(eyes: &mut Eyes, photos: &Path, count: u32) -> Result<(), Failure> {
    let path = photos.join("expressions/happy.jpg");
    let photo = picture::read(&path)?.to_rgb8();
    let whole = Frame::packed(photo.width(), photo.height(), PixelFormat::Rgb, Duration::ZERO, photo.as_raw().clone())?;
    let face = eyes.look(&whole, &|| Duration::ZERO)?.faces.first().copied();
    let frames = frames(&photo, face.as_ref(), Motion::Still);
    let mut camera = Sequence::new(frames, true, None);
    let began = Instant::now();
    let mut next = 1;
    for burst in 1..=count {
        camera.shown = 0;
        look(eyes, &mut camera).result.map_err(|error| error.to_string())?;
        if burst == next || burst == count {
            next *= 10;
            let status = std::fs::read_to_string("/proc/self/status")?;
            let line =
                |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("?").trim().to_owned();
            println!(
                "{burst:>6} bursts, {:>7.1} s: resident {}, most {}",
                began.elapsed().as_secs_f64(),
                line("VmRSS:"),
                line("VmHWM:")
            );
        }
    }
    Ok(())
}
