//! Moving sequences made of photographs, and the camera that shows them.

use crate::subjects::Subject;
use image::{RgbImage, imageops};
use mood::{Frame, FrameError, PixelFormat};
use moodbox::ports::{Camera, CameraError};
use std::time::{Duration, Instant};

pub(crate) const WIDTH: u32 = 640;
pub(crate) const HEIGHT: u32 = 480;
pub(crate) const FRAMES: usize = 12;

/// What goes on in a sequence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Motion {
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
    pub(crate) const ALL: [Self; 8] = [
        Self::Still,
        Self::Pan,
        Self::Zoom,
        Self::Blur,
        Self::Dark,
        Self::DarkForGood,
        Self::Leaving,
        Self::LooksUpLate,
    ];

    pub(crate) const fn words(self) -> &'static str {
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

/// A camera that shows a sequence, and its last frame again and again; paced or as fast as it is asked.
pub(crate) struct Sequence {
    frames: Vec<RgbImage>,
    pub(crate) shown: usize,
    helps: bool,
    gain: f32,
    pace: Option<Duration>,
    due: Instant,
    /// That of a frame given back.
    buffer: Vec<u8>,
}

impl Sequence {
    pub(crate) fn new(frames: Vec<RgbImage>, motion: Motion, pace: Option<Duration>) -> Self {
        let helps = motion != Motion::DarkForGood;
        Self { frames, shown: 0, helps, gain: 1.0, pace, due: Instant::now(), buffer: Vec::new() }
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
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        bytes.extend_from_slice(frame.as_raw());
        if self.gain > 1.0 {
            bytes.iter_mut().for_each(|value| *value = (f32::from(*value) * self.gain) as u8);
        }
        packed(bytes).map_err(|error| CameraError::BadFrame { camera: "sequence".into(), detail: error.to_string() })
    }

    fn reuse(&mut self, frame: Frame) {
        self.buffer = frame.into_bytes();
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

/// A frame of a sequence as a camera gives it.
pub(crate) fn packed(bytes: Vec<u8>) -> Result<Frame, FrameError> {
    Frame::packed(WIDTH, HEIGHT, PixelFormat::Rgb, Duration::ZERO, bytes)
}

/// The frames of a sequence. The first variant shows the face upright in the middle, the others do not.
pub(crate) fn frames(subject: &Subject, motion: Motion, variant: u32) -> Vec<RgbImage> {
    let [width, height] = [subject.photo.width() as f32, subject.photo.height() as f32];
    let mut random = 7 + u64::from(variant);
    let mut odd = |most: f32| if variant == 0 { 0.0 } else { most * (2.0 * noise(&mut random) - 1.0) };
    let (right, down, size) = (odd(60.0), odd(40.0), 1.25_f32.powf(odd(1.0)));
    let (sin, cos) = odd(10.0_f32.to_radians()).sin_cos();
    (0..FRAMES)
        .map(|at| {
            let t = at as f32 / (FRAMES - 1) as f32;
            let (mut zoom, mut aside, mut gone) = (size, right, false);
            match motion {
                Motion::Pan => aside += (t - 0.5) * WIDTH as f32 / 3.0,
                Motion::Zoom => zoom *= 0.6 * 2.5_f32.powf(t),
                Motion::Leaving => gone = at >= 3,
                Motion::LooksUpLate => gone = at < 5,
                _ => {}
            }
            let light = if matches!(motion, Motion::Dark | Motion::DarkForGood) { 0.12 } else { 1.0 };
            let step = subject.scale / zoom;
            let mut frame = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
                let (x, y) = (x as f32 - WIDTH as f32 / 2.0 + aside, y as f32 - HEIGHT as f32 / 2.0 + down);
                let (x, y) = (x * cos - y * sin, x * sin + y * cos);
                let (x, y) = (subject.centre.x + x * step, subject.centre.y + y * step);
                // What lies beside the photograph is a grey wall.
                let inside = x >= 0.0 && y >= 0.0 && x < width && y < height;
                let pixel = if inside && !gone { mean(&subject.photo, x, y, step) } else { [110.0; 3] };
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
