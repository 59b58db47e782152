//! The table of keys: name, what it holds, and where it goes.

use super::Config;
use crate::camera::Flicker;
use crate::gpio::Pin;
use crate::gpio::colour::{ColourOrder, Common};
use crate::gpio::wiring::{Active, Backend, Hearing, LightKind, PwmKind};
use crate::home;
use mood::{Brightness, Flip};
use music::library::policy::Policy;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A number with or without a fraction, in a closed range.
    Number { low: f64, high: f64, unit: &'static str },
    /// A whole number in a closed range.
    Whole { low: u64, high: u64, unit: &'static str },
    /// A text; empty means not given.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// A value that fits its key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(f32),
    Whole(u64),
    Text(String),
    /// Which word of the choice, from 0.
    Choice(usize),
}

/// One key of the configuration.
pub(super) struct Key {
    pub(super) table: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Puts the value into its place; the path is the folder of the file it stands in.
    pub(super) set: fn(&mut Config, &Value, &Path),
}

const SHARE: Kind = Kind::Number { low: 0.0, high: 1.0, unit: "a share" };
/// Pins by BCM number. What no header has is refused here, what can't be had on a board when it is taken.
const PIN: Kind = Kind::Whole { low: 0, high: 27, unit: "a BCM number, not that of the header" };
const ACTIVE: Kind = Kind::Choice(&["low", "high"]);
const FADE: Kind = Kind::Whole { low: 0, high: 20_000, unit: "milliseconds" };
const VOLUME: Kind = Kind::Number { low: -60.0, high: 0.0, unit: "dB" };
const HOLD: Kind = Kind::Whole { low: 500, high: 60_000, unit: "milliseconds" };

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    Key { table: "look", name: "unsure_below", kind: SHARE,
        set: |c, v, _| c.look.unsure_below = v.number() },
    Key { table: "look", name: "frames", kind: Kind::Whole { low: 1, high: 12, unit: "frames" },
        set: |c, v, _| c.look.limits.frames = u32::try_from(v.whole()).unwrap_or(1) },
    Key { table: "look", name: "burst_ms", kind: Kind::Whole { low: 0, high: 10_000, unit: "milliseconds" },
        set: |c, v, _| c.look.limits.time = v.millis() },
    Key { table: "look", name: "memory", kind: Kind::Text,
        set: |c, v, folder| c.look.memory = v.path(folder) },
    Key { table: "look", name: "time_limit_ms", kind: Kind::Whole { low: 200, high: 60_000, unit: "milliseconds" },
        set: |c, v, _| c.look.time_limit = v.millis() },
    Key { table: "camera", name: "device", kind: Kind::Text, set: |c, v, _| c.camera.device = v.text() },
    Key { table: "camera", name: "width", kind: Kind::Whole { low: 160, high: 1_920, unit: "pixels" },
        set: |c, v, _| c.camera.size.0 = v.number_of() },
    Key { table: "camera", name: "height", kind: Kind::Whole { low: 120, high: 1_080, unit: "pixels" },
        set: |c, v, _| c.camera.size.1 = v.number_of() },
    Key { table: "camera", name: "format",
        kind: Kind::Choice(&["auto", "mjpg", "yuyv", "uyvy", "yvyu", "grey", "nv12", "nv21", "yu12", "rgb3", "bgr3"]),
        set: |c, v, _| c.camera.format = v.choice([
            None, Some("MJPG"), Some("YUYV"), Some("UYVY"), Some("YVYU"), Some("GREY"), Some("NV12"), Some("NV21"),
            Some("YU12"), Some("RGB3"), Some("BGR3"),
        ]) },
    Key { table: "camera", name: "warm_up_ms", kind: Kind::Whole { low: 0, high: 5_000, unit: "milliseconds" },
        set: |c, v, _| c.camera.warm_up = v.millis() },
    Key { table: "camera", name: "keep_warm_s", kind: Kind::Whole { low: 0, high: 3_600, unit: "seconds" },
        set: |c, v, _| c.camera.keep_warm = Duration::from_secs(v.whole()) },
    Key { table: "camera", name: "exposure_us", kind: Kind::Whole { low: 0, high: 1_000_000, unit: "microseconds" },
        set: |c, v, _| c.camera.exposure = (v.whole() > 0).then(|| Duration::from_micros(v.whole())) },
    Key { table: "camera", name: "gain", kind: Kind::Whole { low: 0, high: 1_000, unit: "the camera's own steps" },
        set: |c, v, _| c.camera.gain = (v.whole() > 0).then(|| v.number_of()) },
    Key { table: "camera", name: "flicker", kind: Kind::Choice(&["auto", "50", "60", "off"]),
        set: |c, v, _| c.camera.flicker = v.choice([Flicker::Auto, Flicker::Hz50, Flicker::Hz60, Flicker::Off]) },
    Key { table: "camera", name: "flip", kind: Kind::Choice(&["none", "horizontal", "vertical", "both"]),
        set: |c, v, _| c.camera.flip = v.choice([
            Flip { horizontal: false, vertical: false }, Flip { horizontal: true, vertical: false },
            Flip { horizontal: false, vertical: true }, Flip { horizontal: true, vertical: true },
        ]) },
    Key { table: "button", name: "debounce_ms", kind: Kind::Whole { low: 1, high: 500, unit: "milliseconds" },
        set: |c, v, _| c.debounce = v.millis() },
    Key { table: "button", name: "pin", kind: PIN, set: |c, v, _| c.wiring.button = v.pin() },
    Key { table: "button", name: "active", kind: ACTIVE,
        set: |c, v, _| c.wiring.button_active = v.choice([Active::Low, Active::High]) },
    Key { table: "button", name: "hearing", kind: Kind::Choice(&["auto", "interrupt", "poll"]),
        set: |c, v, _| c.wiring.hearing = v.choice([Hearing::Auto, Hearing::Interrupt, Hearing::Poll]) },
    Key { table: "button", name: "again_ms", kind: Kind::Whole { low: 0, high: 1_000, unit: "milliseconds" },
        set: |c, v, _| c.gestures.again = v.millis() },
    Key { table: "button", name: "choose_ms", kind: HOLD, set: |c, v, _| c.gestures.choose = v.millis() },
    Key { table: "button", name: "stop_ms", kind: HOLD, set: |c, v, _| c.gestures.stop = v.millis() },
    Key { table: "button", name: "shut_down_ms", kind: HOLD, set: |c, v, _| c.gestures.shut_down = v.millis() },
    Key { table: "button", name: "skip_pin", kind: PIN, set: |c, v, _| c.wiring.skip = v.pin_if_any() },
    Key { table: "button", name: "volume_pin", kind: PIN, set: |c, v, _| c.wiring.volume = v.pin_if_any() },
    Key { table: "light", name: "brightness", kind: SHARE,
        set: |c, v, _| c.brightness = Brightness::new(v.number()) },
    Key { table: "light", name: "kind", kind: Kind::Choice(&["rgb", "ws2812", "apa102"]),
        set: |c, v, _| c.wiring.light = v.choice([LightKind::Rgb, LightKind::Ws2812, LightKind::Apa102]) },
    Key { table: "light", name: "gamma", kind: Kind::Number { low: 0.5, high: 4.0, unit: "an exponent" },
        set: |c, v, _| c.wiring.gamma = v.number() },
    Key { table: "light", name: "red_pin", kind: PIN, set: |c, v, _| c.wiring.colours[0] = v.pin() },
    Key { table: "light", name: "green_pin", kind: PIN, set: |c, v, _| c.wiring.colours[1] = v.pin() },
    Key { table: "light", name: "blue_pin", kind: PIN, set: |c, v, _| c.wiring.colours[2] = v.pin() },
    Key { table: "light", name: "common", kind: Kind::Choice(&["cathode", "anode"]),
        set: |c, v, _| c.wiring.common = v.choice([Common::Cathode, Common::Anode]) },
    Key { table: "light", name: "pwm", kind: Kind::Choice(&["auto", "hardware", "software"]),
        set: |c, v, _| c.wiring.pwm = v.choice([PwmKind::Auto, PwmKind::Hardware, PwmKind::Software]) },
    Key { table: "light", name: "pwm_hz", kind: Kind::Whole { low: 50, high: 2_000, unit: "pulses a second" },
        set: |c, v, _| c.wiring.pwm_hz = v.number_of() },
    Key { table: "light", name: "leds", kind: Kind::Whole { low: 1, high: 400, unit: "LEDs" },
        set: |c, v, _| c.wiring.leds = usize::try_from(v.whole()).unwrap_or(1) },
    Key { table: "light", name: "order", kind: Kind::Choice(&["auto", "grb", "rgb", "bgr", "grbw", "rgbw"]),
        set: |c, v, _| c.wiring.order = v.choice([
            None, Some(ColourOrder::Grb), Some(ColourOrder::Rgb), Some(ColourOrder::Bgr), Some(ColourOrder::Grbw),
            Some(ColourOrder::Rgbw),
        ]) },
    Key { table: "light", name: "white_k", kind: Kind::Number { low: 2_000.0, high: 10_000.0, unit: "kelvin" },
        set: |c, v, _| c.wiring.white_k = v.number() },
    Key { table: "light", name: "privacy_pin", kind: PIN, set: |c, v, _| c.wiring.lamp = v.pin() },
    Key { table: "light", name: "privacy_active", kind: ACTIVE,
        set: |c, v, _| c.wiring.lamp_active = v.choice([Active::Low, Active::High]) },
    Key { table: "gpio", name: "backend", kind: Kind::Choice(&["auto", "registers", "chip"]),
        set: |c, v, _| c.wiring.backend = v.choice([Backend::Auto, Backend::Registers, Backend::Chip]) },
    Key { table: "gpio", name: "chip", kind: Kind::Text, set: |c, v, _| c.wiring.chip = v.text() },
    Key { table: "music", name: "folder", kind: Kind::Text,
        set: |c, v, folder| c.music.folder = v.path(folder) },
    Key { table: "music", name: "index", kind: Kind::Text,
        set: |c, v, folder| if let Some(path) = v.path(folder) { c.library().index = path } },
    Key { table: "music", name: "taste", kind: Kind::Text,
        set: |c, v, folder| if let Some(path) = v.path(folder) { c.library().taste = path } },
    Key { table: "music", name: "policy", kind: Kind::Choice(&["match", "lift", "calm"]),
        set: |c, v, _| c.library().policy = v.choice(Policy::ALL) },
    Key { table: "music", name: "variety", kind: SHARE,
        set: |c, v, _| c.library().variety = v.number() },
    Key { table: "music", name: "soundfont", kind: Kind::Text,
        set: |c, v, folder| c.music.soundfont = v.path(folder) },
    Key { table: "music", name: "volume_db", kind: VOLUME, set: |c, v, _| c.volume.start_db = v.number() },
    Key { table: "music", name: "volume_min_db", kind: VOLUME, set: |c, v, _| c.volume.min_db = v.number() },
    Key { table: "music", name: "volume_max_db", kind: VOLUME, set: |c, v, _| c.volume.max_db = v.number() },
    Key { table: "music", name: "fade_in_ms", kind: FADE, set: |c, v, _| c.fades.fade_in = v.millis() },
    Key { table: "music", name: "crossfade_ms", kind: FADE, set: |c, v, _| c.fades.crossfade = v.millis() },
    Key { table: "music", name: "fade_out_ms", kind: FADE, set: |c, v, _| c.fades.fade_out = v.millis() },
    Key { table: "music", name: "track_fade_ms", kind: FADE, set: |c, v, _| c.music.track_fade = v.millis() },
    Key { table: "music", name: "play_for_min", kind: Kind::Whole { low: 0, high: 1_440, unit: "minutes" },
        set: |c, v, _| c.fades.play_for = v.minutes() },
    Key { table: "music", name: "sleep_fade_s", kind: Kind::Whole { low: 0, high: 1_800, unit: "seconds" },
        set: |c, v, _| c.fades.sleep_fade = Duration::from_secs(v.whole()) },
    Key { table: "speaker", name: "card", kind: Kind::Text,
        set: |c, v, _| c.card = v.text() },
    Key { table: "speaker", name: "wav_fallback", kind: Kind::Text,
        set: |c, v, folder| if let Some(path) = v.path(folder) { c.music.wav_fallback = path } },
    Key { table: "model", name: "path", kind: Kind::Text,
        set: |c, v, folder| c.model = v.path(folder) },
];

impl Value {
    /// The number; `Kind` has seen to it that it is one.
    const fn number(&self) -> f32 {
        match self {
            Self::Number(value) => *value,
            _ => 0.0,
        }
    }

    const fn whole(&self) -> u64 {
        match self {
            Self::Whole(value) => *value,
            _ => 0,
        }
    }

    /// The whole number; every such key's range fits.
    fn number_of(&self) -> u32 {
        u32::try_from(self.whole()).unwrap_or(u32::MAX)
    }

    /// Pin 0 is reserved, and stands for none.
    fn pin_if_any(&self) -> Option<Pin> {
        Some(self.pin()).filter(|pin| pin.0 > 0)
    }

    fn pin(&self) -> Pin {
        Pin(u8::try_from(self.whole()).unwrap_or(u8::MAX))
    }

    /// What the chosen word stands for; `of` is in the order of the words.
    fn choice<T: Copy, const N: usize>(&self, of: [T; N]) -> T {
        match self {
            Self::Choice(at) => of[(*at).min(N - 1)],
            _ => of[0],
        }
    }

    const fn millis(&self) -> Duration {
        Duration::from_millis(self.whole())
    }

    /// Zero minutes mean "no end".
    fn minutes(&self) -> Option<Duration> {
        (self.whole() > 0).then(|| Duration::from_secs(60 * self.whole()))
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    }

    fn path(&self, folder: &Path) -> Option<PathBuf> {
        self.text().map(|text| folder.join(home::expanded(&text)))
    }
}

impl Kind {
    /// What the key wants, to finish "it must be ...".
    pub(super) fn wanted(self) -> String {
        match self {
            Self::Number { low, high, unit } => format!("a number from {low} to {high} ({unit})"),
            Self::Whole { low, high, unit } => format!("a whole number from {low} to {high} ({unit})"),
            Self::Text => "a text in quotes".into(),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("one of {}", words.join(", "))
            }
        }
    }
}
