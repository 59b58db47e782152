//! The box's answer in light and music: `Answer` in, `Cue` out.

use crate::{Affect, Answer, Expression, LightPattern, Motion, Rgb};
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
    #[must_use]
    pub fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Mood(mood) => Self {
                light: mood_light(mood.expression),
                music: MusicCue::Play { expression: mood.expression, affect: mood.affect },
            },
            Answer::Unsure { .. } => Self {
                light: LightPattern::new(Rgb::new(0.5, 0.5, 0.55), Motion::Drift, Duration::from_secs(6)),
                music: MusicCue::Play { expression: Expression::Neutral, affect: Affect::of(Expression::Neutral) },
            },
            Answer::NoFace { .. } => Self {
                light: LightPattern::new(Rgb::new(1.0, 0.45, 0.0), Motion::Blink, Duration::from_secs(1)),
                music: MusicCue::Tone,
            },
        }
    }
}

/// Colour and motion of a mood. Colours follow Jonauskaite et al. 2020 where a light can show them; the motion tells
/// the moods apart without colour.
#[must_use]
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
    LightPattern::new(Rgb::new(red, green, blue), motion, Duration::from_millis(ms))
}
