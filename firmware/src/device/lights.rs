//! The lights that are not an answer's. Colour and motion each differ, so that either is enough to tell them apart.

use mood::{LightPattern, Motion, Rgb};
use std::time::Duration;

/// How long "no sound" covers the light of the state.
pub(super) const NOTICE: Duration = Duration::from_secs(4);

/// The longest fade before the program ends; a service manager waits only so long.
pub(super) const LONGEST_FAREWELL: Duration = Duration::from_millis(600);

const WARM_WHITE: Rgb = Rgb::new(0.06, 0.05, 0.035);

/// Boot: warm white that rises once, brighter than it will stay.
pub(super) fn boot() -> LightPattern {
    let time = Duration::from_millis(1_200);
    LightPattern::new(Rgb::new(0.3, 0.25, 0.175), Motion::Rise, time).lasting(time)
}

/// Ready: a dim, slow breath of warm white.
pub(super) fn ready() -> LightPattern {
    LightPattern::new(WARM_WHITE, Motion::Breathe, Duration::from_secs(5)).eased(Duration::from_millis(400))
}

/// Looking: a bright white pulse, at once.
pub(super) fn looking() -> LightPattern {
    LightPattern::new(Rgb::new(0.9, 0.9, 1.0), Motion::Pulse, Duration::from_millis(700))
}

/// Several faces: turquoise, two beats, before the light of the one that was read.
pub(super) fn several() -> LightPattern {
    let period = Duration::from_millis(1_200);
    LightPattern::new(Rgb::new(0.0, 0.6, 0.6), Motion::Double, period).lasting(period)
}

/// Camera or network failed: red, two beats and a rest. Anger is red too, but breathes.
pub(super) fn trouble() -> LightPattern {
    LightPattern::new(Rgb::new(1.0, 0.0, 0.0), Motion::Double, Duration::from_millis(2_400))
}

/// No sound: violet, two beats and a rest.
pub(super) fn silent() -> LightPattern {
    LightPattern::new(Rgb::new(0.6, 0.0, 0.8), Motion::Double, Duration::from_millis(2_400)).lasting(NOTICE)
}

/// What was remembered can't be read: turquoise, blinking slowly.
pub(super) fn begins_anew() -> LightPattern {
    LightPattern::new(Rgb::new(0.0, 0.6, 0.6), Motion::Blink, Duration::from_secs(2)).lasting(NOTICE)
}

/// The music was stopped and the button is still down: warm white, steady; go on holding to shut down.
pub(super) fn stopped() -> LightPattern {
    LightPattern::new(WARM_WHITE, Motion::Steady, Duration::from_secs(1)).eased(Duration::from_millis(400))
}

/// Shutting down: white that falls to dark once.
pub(super) fn shutting_down() -> LightPattern {
    let time = Duration::from_millis(1_500);
    LightPattern::new(Rgb::new(0.6, 0.6, 0.6), Motion::Fall, time).lasting(time)
}

pub(super) fn dark() -> LightPattern {
    LightPattern::new(Rgb::OFF, Motion::Steady, Duration::from_secs(1))
}
