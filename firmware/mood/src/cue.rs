//! The box's answer in light and music: `Answer` in, `Cue` out.

use crate::{Affect, Answer, Expression, LightPattern, Motion, NoFaceReason, Rgb, UnsureReason};
use std::time::Duration;

/// What the music does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MusicCue {
    /// Plays (or cross-fades to) music that fits.
    Play {
        /// Which mood's music.
        expression: Expression,
        /// Where it lies in the plane.
        affect: Affect,
    },
    /// Leaves the music as it is and gives the soft "I can't see you" tone.
    Tone,
}

/// Light and music together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cue {
    /// Colour and motion.
    pub light: LightPattern,
    /// Music or tone.
    pub music: MusicCue,
}

impl Cue {
    /// The cue for an answer. An unsure answer is played as neutral: a wrong negative mood costs more.
    pub fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Mood(mood) => Self {
                light: mood_light(mood.expression),
                music: MusicCue::Play { expression: mood.expression, affect: mood.affect },
            },
            Answer::Unsure { reason, .. } => Self {
                light: unsure_light(*reason),
                music: MusicCue::Play { expression: Expression::Neutral, affect: Affect::of(Expression::Neutral) },
            },
            Answer::NoFace { reason } => {
                Self { light: no_face_light(*reason).lasting(Duration::from_secs(4)), music: MusicCue::Tone }
            }
        }
    }
}

/// "I am not sure" is grey; its motion says what would help.
pub fn unsure_light(reason: UnsureReason) -> LightPattern {
    let grey =
        |motion, ms| LightPattern::new(Rgb::new(0.35, 0.42, 0.55), motion, Duration::from_millis(ms)).eased(EASE);
    match reason {
        UnsureReason::LowConfidence => grey(Motion::Drift, 6_000),
        UnsureReason::TooDark => too_dark(),
        UnsureReason::TooSmall => grey(Motion::Pulse, 2_000),
        UnsureReason::TurnedAway => grey(Motion::Double, 2_000),
        UnsureReason::Blurred => grey(Motion::Breathe, 3_500),
    }
}

/// "I can't see you" is amber, with the same motions.
pub fn no_face_light(reason: NoFaceReason) -> LightPattern {
    let amber = |motion, ms| LightPattern::new(Rgb::new(1.0, 0.45, 0.0), motion, Duration::from_millis(ms));
    match reason {
        NoFaceReason::NothingFound => amber(Motion::Blink, 1_000),
        NoFaceReason::TooDark => too_dark(),
        NoFaceReason::TooSmall => amber(Motion::Pulse, 2_000),
        NoFaceReason::TooClose => amber(Motion::Breathe, 3_500),
        NoFaceReason::NotPlausible => amber(Motion::Double, 2_000),
    }
}

/// A dim lamp that is switched on and off: make light.
fn too_dark() -> LightPattern {
    LightPattern::new(Rgb::new(0.3, 0.28, 0.22), Motion::Blink, Duration::from_secs(2))
}

/// How long an answer's light takes to come up from what showed before.
const EASE: Duration = Duration::from_millis(300);

/// Colour (Jonauskaite et al. 2020, where a light can show it) and motion, which tells moods apart without colour.
pub fn mood_light(expression: Expression) -> LightPattern {
    let (red, green, blue, motion, ms) = match expression {
        Expression::Happy => (1.0, 0.65, 0.05, Motion::Pulse, 1_400),
        Expression::Surprise => (1.0, 0.15, 0.6, Motion::Double, 1_600),
        Expression::Neutral => (0.55, 0.75, 0.7, Motion::Steady, 4_000),
        Expression::Sad => (0.05, 0.2, 1.0, Motion::Breathe, 6_000),
        Expression::Fear => (0.45, 0.1, 0.9, Motion::Drift, 3_000),
        Expression::Disgust => (0.2, 0.7, 0.1, Motion::Drift, 5_000),
        Expression::Angry => (1.0, 0.04, 0.02, Motion::Breathe, 3_000),
        Expression::Contempt => (0.5, 0.35, 0.1, Motion::Breathe, 4_500),
    };
    LightPattern::new(Rgb::new(red, green, blue), motion, Duration::from_millis(ms)).eased(EASE)
}
