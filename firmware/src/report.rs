//! The box's words. It says what an expression looks like, never what somebody feels.

mod observers;

pub use observers::{Summary, Transcript};

use crate::device::Fault;
use crate::ports::{Chime, Sound};
use mood::{Answer, LightPattern, Motion, NoFaceReason, Rgb, UnsureReason, Verdict};
use std::time::Duration;

/// The answer as a sentence.
pub fn sentence(verdict: &Verdict) -> String {
    let answer = match verdict.answer {
        Answer::Mood(mood) => {
            format!("your expression looks {} ({})", mood.expression.adjective(), percent(mood.confidence))
        }
        Answer::Unsure { best, reason: UnsureReason::LowConfidence } => {
            format!("I am not sure; perhaps {} ({})", best.expression.adjective(), percent(best.confidence))
        }
        Answer::Unsure { reason: UnsureReason::TooDark, .. } => "I am not sure; it is too dark".into(),
        Answer::Unsure { reason: UnsureReason::TooSmall, .. } => "I am not sure; come closer".into(),
        Answer::Unsure { reason: UnsureReason::TurnedAway, .. } => "I am not sure; look at me".into(),
        Answer::Unsure { reason: UnsureReason::Blurred, .. } => "I am not sure; hold still".into(),
        Answer::NoFace { reason: NoFaceReason::NothingFound } => "I can't see anybody".into(),
        Answer::NoFace { reason: NoFaceReason::TooSmall } => "I can't see you well; come closer".into(),
        Answer::NoFace { reason: NoFaceReason::TooClose } => {
            "I can't see you well; you are too close, move back".into()
        }
        Answer::NoFace { reason: NoFaceReason::NotPlausible } => "I can't see your face; look at me".into(),
        Answer::NoFace { reason: NoFaceReason::TooDark } => "I can't see anybody; it is too dark".into(),
    };
    match verdict.faces.len() {
        0 | 1 => answer,
        faces => format!("{answer}, the main one of {faces} faces"),
    }
}

/// What a failed look means to the owner.
pub const fn trouble(fault: Fault) -> &'static str {
    match fault {
        Fault::CameraLost => "the camera gives no usable frame; check its cable, then press again",
        Fault::CameraStalled => "the camera does not answer; press again, or unplug and replug it",
        Fault::ModelRejected => "the network can't be run; start the box again with `--log debug`",
    }
}

/// A light in words: `#ffcd3f, pulsing every 1.4 s`.
pub fn light(pattern: &LightPattern) -> String {
    if pattern.colour == Rgb::OFF {
        return "dark".into();
    }
    let motion = match pattern.motion {
        Motion::Steady => return format!("{}, steady", hex(pattern.colour)),
        Motion::Breathe => "breathing",
        Motion::Pulse => "pulsing",
        Motion::Double => "twice",
        Motion::Blink => "blinking",
        Motion::Drift => "drifting",
        Motion::Rise => return format!("{}, rising over {}", hex(pattern.colour), seconds(pattern.period)),
        Motion::Fall => return format!("{}, falling over {}", hex(pattern.colour), seconds(pattern.period)),
    };
    format!("{}, {motion} every {}", hex(pattern.colour), seconds(pattern.period))
}

/// What the speaker is told, in words: `music: happy, fading in over 0.8 s`.
pub fn sound(sound: Sound) -> String {
    match sound {
        Sound::Play(programme, fade) => {
            format!("music: {}, fading in over {}", programme.expression, seconds(fade))
        }
        Sound::Skip(fade) => format!("music: next piece, fading over {}", seconds(fade)),
        Sound::Volume(gain_db) => format!("volume: {gain_db:.0} dB"),
        Sound::Like => "music: liked".into(),
        Sound::Chime(it) => format!("chime: {}", chime(it)),
        Sound::Stop(fade) => format!("music: fading out over {}", seconds(fade)),
    }
}

/// A signal in words.
pub const fn chime(chime: Chime) -> &'static str {
    match chime {
        Chime::Ready => "ready",
        Chime::NoFace => "two notes down, nobody seen",
        Chime::Trouble => "two low notes, trouble",
        Chime::Unsure => "two notes up, not sure",
        Chime::Taken => "one bright note, taken",
        Chime::Nothing => "one dull note, nothing to do",
        Chime::Farewell => "three notes down, shutting down",
    }
}

/// `93 %`.
pub fn percent(share: f32) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// `1.4 s`.
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Milliseconds, to hundredths.
pub fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 1e2
}

/// A bar of `width` columns for a share of 0..=1, in eighths of a column.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a width of some dozen columns; negative and NaN become 0"
)]
pub fn bar(share: f32, width: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (width * 8) as f32).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

/// A linear-light part of 0..=1 as an sRGB byte (IEC 61966-2-1).
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0..=255 after clamping; NaN becomes 0"
)]
pub fn srgb(linear: f32) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let encoded = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

fn hex(colour: Rgb) -> String {
    let [red, green, blue] = [colour.red, colour.green, colour.blue].map(|part| srgb(part.get()));
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mood::{Affect, Expression, FaceBox, Mood};

    #[test]
    fn it_never_says_what_somebody_feels() {
        let mood = Mood { expression: Expression::Sad, confidence: 0.934, affect: Affect::default() };
        let face = FaceBox {
            x: 0.0,
            y: 0.0,
            width: 9.0,
            height: 9.0,
            score: 1.0,
            landmarks: mood::face::Landmarks::default(),
        };
        let said = |answer, faces| {
            sentence(&Verdict { answer, faces: vec![face; faces], several: false, probabilities: None, reading: None })
        };
        let cases = [
            (said(Answer::Mood(mood), 1), "your expression looks sad (93 %)"),
            (said(Answer::Mood(mood), 3), "your expression looks sad (93 %), the main one of 3 faces"),
            (
                said(Answer::Unsure { best: mood, reason: UnsureReason::LowConfidence }, 1),
                "I am not sure; perhaps sad (93 %)",
            ),
            (said(Answer::Unsure { best: mood, reason: UnsureReason::TooDark }, 1), "I am not sure; it is too dark"),
            (said(Answer::NoFace { reason: NoFaceReason::NothingFound }, 0), "I can't see anybody"),
            (said(Answer::NoFace { reason: NoFaceReason::TooSmall }, 0), "I can't see you well; come closer"),
            (
                said(Answer::NoFace { reason: NoFaceReason::TooClose }, 0),
                "I can't see you well; you are too close, move back",
            ),
            (said(Answer::NoFace { reason: NoFaceReason::NotPlausible }, 0), "I can't see your face; look at me"),
        ];
        for (said, expected) in cases {
            assert_eq!(said, expected);
            assert!(!said.contains("feel"));
        }
    }

    #[test]
    fn bars_and_colours_keep_their_ends() {
        assert_eq!(
            (bar(0.0, 8), bar(1.0, 3), bar(0.5, 3), bar(f32::NAN, 3)),
            (String::new(), "███".into(), "█▌".into(), String::new())
        );
        assert_eq!([srgb(0.0), srgb(1.0), srgb(-1.0), srgb(0.214)], [0, 255, 0, 127]);
    }
}
