//! The lights that are not a mood's. Colour and motion each differ, so that either is enough to tell them apart.

use mood::{LightPattern, Motion, Rgb};
use std::time::Duration;

/// How long "I can't see you" and "no sound" cover the light of the state.
pub(super) const NOTICE: Duration = Duration::from_secs(4);

/// The longest fade before the program ends; a service manager waits only so long.
pub(super) const LONGEST_FAREWELL: Duration = Duration::from_millis(600);

/// Ready: a dim, slow breath of warm white.
pub(super) fn ready() -> LightPattern {
    LightPattern::new(Rgb::new(0.06, 0.05, 0.035), Motion::Breathe, Duration::from_secs(5))
}

/// Looking: a bright white pulse.
pub(super) fn looking() -> LightPattern {
    LightPattern::new(Rgb::new(0.9, 0.9, 1.0), Motion::Pulse, Duration::from_millis(700))
}

/// Camera or network failed: red, two blinks and a rest. Anger is red too, but breathes.
pub(super) fn trouble() -> LightPattern {
    LightPattern::new(Rgb::new(1.0, 0.0, 0.0), Motion::Double, Duration::from_millis(2_400))
}

/// No sound: violet, two blinks and a rest.
pub(super) fn silent() -> LightPattern {
    LightPattern::new(Rgb::new(0.6, 0.0, 0.8), Motion::Double, Duration::from_millis(2_400))
}

/// Dark.
pub(super) fn dark() -> LightPattern {
    LightPattern::new(Rgb::OFF, Motion::Steady, Duration::from_secs(1))
}
