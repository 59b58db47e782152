//! Light as values: colour and motion over time. Pure, so that a terminal, an LED and a test show the same thing.

use serde::Serialize;
use std::time::Duration;

/// A brightness or duty cycle in 0..=1.
///
/// INVARIANT: the value lies in 0..=1 and is not NaN.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
pub struct Brightness(f32);

impl Brightness {
    /// Fully on.
    pub const FULL: Self = Self(1.0);
    /// Dark.
    pub const OFF: Self = Self(0.0);

    /// Clamps into 0..=1; NaN becomes dark.
    pub const fn new(value: f32) -> Self {
        if value.is_nan() { Self::OFF } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The value, 0..=1.
    pub const fn get(self) -> f32 {
        self.0
    }
}

/// Linear-light red, green and blue, each 0..=1. Gamma and polarity are the adapter's business.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Rgb {
    /// Red.
    pub red: Brightness,
    /// Green.
    pub green: Brightness,
    /// Blue.
    pub blue: Brightness,
}

impl Rgb {
    /// All dark.
    pub const OFF: Self = Self { red: Brightness::OFF, green: Brightness::OFF, blue: Brightness::OFF };

    /// A colour from three values, each clamped into 0..=1.
    pub const fn new(red: f32, green: f32, blue: f32) -> Self {
        Self { red: Brightness::new(red), green: Brightness::new(green), blue: Brightness::new(blue) }
    }

    /// The same colour, `by` times as bright.
    #[must_use]
    pub const fn dimmed(self, by: Brightness) -> Self {
        Self::new(self.red.get() * by.get(), self.green.get() * by.get(), self.blue.get() * by.get())
    }

    /// Between `self` (at 0) and `other` (at 1).
    #[must_use]
    pub fn mixed(self, other: Self, share: Brightness) -> Self {
        let mix = |a: Brightness, b: Brightness| a.get() + (b.get() - a.get()) * share.get();
        Self::new(mix(self.red, other.red), mix(self.green, other.green), mix(self.blue, other.blue))
    }
}

/// How a light moves, so that moods can be told apart without seeing colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// No change.
    Steady,
    /// A slow sine between a third and full.
    Breathe,
    /// A quick rise and a slow fall, like a heartbeat.
    Pulse,
    /// Two short rises, then a rest.
    Double,
    /// On for half the period, off for the other half.
    Blink,
    /// A slow, uneven drift, like a candle.
    Drift,
    /// Once from dark to full, which then stays.
    Rise,
    /// Once from full to dark, which then stays.
    Fall,
}

impl Motion {
    /// How long one repeat takes at least, so that no two flashes come faster than [`SHORTEST_PERIOD`]: a double beat's
    /// second comes three tenths of the period after its first, a drift's fast part runs three times as fast.
    const fn shortest_period(self) -> Duration {
        match self {
            Self::Double => Duration::from_millis(1_114),
            Self::Drift => Duration::from_millis(1_002),
            _ => SHORTEST_PERIOD,
        }
    }
}

/// The fastest a light may repeat: 3 Hz, WCAG 2.2 success criterion 2.3.1.
pub const SHORTEST_PERIOD: Duration = Duration::from_millis(334);

/// A colour in motion: what the light shows is a function of the time since the pattern began.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LightPattern {
    /// The colour at full.
    pub colour: Rgb,
    /// How it moves.
    pub motion: Motion,
    /// One repeat; never below [`SHORTEST_PERIOD`].
    pub period: Duration,
    /// How long it takes to come up from what showed before; a smooth step.
    pub ease: Duration,
    /// How long it shows, before the light of the box's state returns; `None` for as long as that state lasts.
    pub lasts: Option<Duration>,
}

impl LightPattern {
    /// A pattern that begins at once and lasts; a `period` that would flash faster than 3 Hz is stretched.
    pub fn new(colour: Rgb, motion: Motion, period: Duration) -> Self {
        Self { colour, motion, period: period.max(motion.shortest_period()), ease: Duration::ZERO, lasts: None }
    }

    /// The same, coming up from what showed before over `ease`.
    #[must_use]
    pub const fn eased(self, ease: Duration) -> Self {
        Self { ease, ..self }
    }

    /// The same, for a while only.
    #[must_use]
    pub const fn lasting(self, time: Duration) -> Self {
        Self { lasts: Some(time), ..self }
    }

    /// The colour `elapsed` after the pattern began, where `before` showed until then.
    pub fn over(&self, before: Rgb, elapsed: Duration) -> Rgb {
        if elapsed >= self.ease {
            return self.at(elapsed);
        }
        before.mixed(self.at(elapsed), Brightness::new(smooth(share(elapsed, self.ease))))
    }

    /// Whether the light still changes `elapsed` after the pattern began.
    pub fn moves(&self, elapsed: Duration) -> bool {
        let still = match self.motion {
            Motion::Steady => Duration::ZERO,
            Motion::Rise | Motion::Fall => self.period,
            _ => return true,
        };
        elapsed < still.max(self.ease)
    }

    /// The colour `elapsed` after the pattern began.
    pub fn at(&self, elapsed: Duration) -> Rgb {
        use std::f32::consts::TAU;
        let turns = elapsed.as_secs_f64() / self.period.as_secs_f64();
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a phase in 0..1 fits f32")]
        let phase = turns.fract() as f32;
        let level = match self.motion {
            Motion::Steady => 1.0,
            Motion::Breathe => 0.65 - 0.35 * (TAU * phase).cos(),
            Motion::Pulse if phase < 0.15 => 0.25 + 0.75 * phase / 0.15,
            Motion::Pulse => 0.25 + 0.75 * (1.0 - (phase - 0.15) / 0.85).powi(2),
            Motion::Double => {
                let rise = |centre: f32| (1.0 - ((phase - centre) / 0.12).abs()).max(0.0);
                0.2 + 0.8 * rise(0.15).max(rise(0.45))
            }
            Motion::Blink if phase < 0.5 => 1.0,
            Motion::Blink => 0.0,
            Motion::Drift => 0.7 + 0.2 * (TAU * phase).sin() + 0.1 * (TAU * 3.0 * phase).sin(),
            Motion::Rise => smooth(share(elapsed, self.period)),
            Motion::Fall => smooth(1.0 - share(elapsed, self.period)),
        };
        self.colour.dimmed(Brightness::new(level))
    }
}

/// How much of `whole` has passed, 0..=1.
fn share(elapsed: Duration, whole: Duration) -> f32 {
    if elapsed >= whole { 1.0 } else { elapsed.div_duration_f32(whole) }
}

/// From 0 to 1 without a kink at either end.
fn smooth(share: f32) -> f32 {
    share * share * (3.0 - 2.0 * share)
}
