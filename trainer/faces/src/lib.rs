//! Faces drawn by rule, for trying the whole line without a data set, and for demos and tests.
//!
//! Owns the way from a number and an expression to pixels: a person, the facial action units of the
//! expression with their strengths (FACS; Ekman and Friesen), the outlines they give a face, the
//! painted head and its turn, light, room and camera. Everything is a function of the seed, the index and the expression: equal
//! input gives equal bytes, in any order and on any number of threads.
//!
//! It makes no claim about real faces. The people are nobody, their expressions are the textbook's; what a network
//! learns from them says that the line works, and nothing of how it reads a person.

mod actions;
mod camera;
mod dice;
mod features;
mod hair;
mod identity;
mod mouth;
mod painter;
mod pose;
mod scene;
mod shape;

use actions::Actions;
use camera::Camera;
use dice::Dice;
use identity::Identity;
use mood::{Crop, Expression, Frame, PixelFormat, Point};
use painter::at;
use pose::Pose;
use scene::Picture;
use shape::Shape;
use std::time::Duration;

/// Pixels per side of a crop, as in FER-2013.
pub const CROP_SIDE: u16 = 48;
/// Width of a frame.
pub const FRAME_WIDTH: u16 = 640;
/// Height of a frame.
pub const FRAME_HEIGHT: u16 = 480;

/// Draws faces. Cheap to make and to copy; all its work is in the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renderer {
    seed: u64,
}

/// A frame with a person in it, and where the face is.
#[derive(Debug, Clone)]
pub struct Portrait {
    /// 640x480 pixels, RGB, timestamp zero.
    pub frame: Frame,
    /// The pupil on the frame's left, in frame pixels.
    pub left_eye: Point,
    /// The pupil on the frame's right.
    pub right_eye: Point,
    /// The middle of the mouth.
    pub mouth: Point,
}

impl Renderer {
    /// A renderer with people of its own for each seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The grey crop (48x48) of person `index` showing `expression`, framed as FER-2013 frames faces.
    ///
    /// Each index is another person in another light before another camera; the same index with two expressions is the
    /// same person and picture but for the face. So held-out people are held-out indices.
    #[must_use]
    pub fn face(&self, index: u64, expression: Expression) -> Crop {
        let sitting = Sitting::new(self.seed, index, expression);
        let mut dice = sitting.dice(Purpose::CropView);
        let pose = Pose::as_fer(f32::from(CROP_SIDE), &mut dice);
        let camera = Camera::of_the_web(&mut dice);
        let picture = sitting.picture(&pose, [CROP_SIDE, CROP_SIDE], &mut dice);
        crop(camera.grey(&picture, &mut sitting.dice(Purpose::Noise)))
    }

    /// A frame (640x480, RGB) of person `index` showing `expression` before the box: 40 to 100 cm away, in a room.
    #[must_use]
    pub fn frame(&self, index: u64, expression: Expression) -> Frame {
        self.portrait(index, expression).frame
    }

    /// [`Renderer::frame`] with the places of eyes and mouth.
    #[must_use]
    pub fn portrait(&self, index: u64, expression: Expression) -> Portrait {
        let sitting = Sitting::new(self.seed, index, expression);
        let mut dice = sitting.dice(Purpose::FrameView);
        let pose = Pose::at_a_desk([FRAME_WIDTH, FRAME_HEIGHT].map(f32::from), &mut dice);
        let camera = Camera::of_the_box(&mut dice);
        let picture = sitting.picture(&pose, [FRAME_WIDTH, FRAME_HEIGHT], &mut dice);
        let bytes = camera.colour(&picture, &mut sitting.dice(Purpose::Noise));
        let place = |x: f32, y: f32| {
            let seen = pose.appears(at(x, y));
            Point { x: seen.x, y: seen.y }
        };
        let mouth = sitting.shape.mouth.centre();
        Portrait {
            frame: frame(bytes),
            left_eye: place(-0.5, 0.0),
            right_eye: place(0.5, 0.0),
            mouth: place(mouth.x, mouth.y),
        }
    }
}

/// What random choices are for; each purpose has dice of its own, so that none depends on how many throws another took.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Identity = 1,
    Actions = 2,
    CropView = 3,
    FrameView = 4,
    Texture = 5,
    Noise = 6,
}

/// One person showing one expression.
struct Sitting {
    seed: u64,
    identity: Identity,
    actions: Actions,
    shape: Shape,
}

impl Sitting {
    fn new(seed: u64, index: u64, expression: Expression) -> Self {
        let seed = Dice::new(seed, index).seed();
        let identity = Identity::random(&mut dice(seed, Purpose::Identity));
        // The strengths are thrown anew for each expression, the direction of the eyes isn't.
        let mut throw = dice(Dice::new(seed, number(expression)).seed(), Purpose::Actions);
        let actions = Actions::showing(expression, &mut throw);
        let mut glance = dice(seed, Purpose::Actions);
        let gaze = (glance.normal(0.0, 0.22), glance.normal(0.0, 0.08));
        let shape = Shape::new(&identity, &actions, gaze);
        Self { seed, identity, actions, shape }
    }

    fn dice(&self, purpose: Purpose) -> Dice {
        dice(self.seed, purpose)
    }

    /// The person in a room, before any camera.
    fn picture(&self, pose: &Pose, sides: [u16; 2], view: &mut Dice) -> Picture {
        let person = (&self.identity, &self.shape, &self.actions);
        scene::compose(sides.map(u32::from), pose, person, view, &mut self.dice(Purpose::Texture))
    }
}

fn dice(seed: u64, purpose: Purpose) -> Dice {
    #[expect(clippy::as_conversions, reason = "the number of a variant without fields")]
    Dice::new(seed, purpose as u64)
}

/// A number for each expression that doesn't change when others are added.
const fn number(expression: Expression) -> u64 {
    match expression {
        Expression::Angry => 10,
        Expression::Disgust => 11,
        Expression::Fear => 12,
        Expression::Happy => 13,
        Expression::Sad => 14,
        Expression::Surprise => 15,
        Expression::Neutral => 16,
        Expression::Contempt => 17,
    }
}

fn crop(pixels: Vec<u8>) -> Crop {
    Crop::from_pixels(CROP_SIDE.into(), pixels).expect("a crop was painted with all its pixels")
}

fn frame(bytes: Vec<u8>) -> Frame {
    Frame::packed(FRAME_WIDTH.into(), FRAME_HEIGHT.into(), PixelFormat::Rgb, Duration::ZERO, bytes)
        .expect("a frame was painted with all its pixels")
}
