//! Light, lamp, button and speaker.

use super::Finding;
use crate::ports::{Button, Level, Lights, LightsError, SpeakerError};
use crate::sound::card::{Holder, Tone};
use mood::Rgb;
use std::thread;
use std::time::{Duration, Instant};

/// What is shown, one after the other.
const COLOURS: [(&str, Rgb); 4] = [
    ("red", Rgb::new(1.0, 0.0, 0.0)),
    ("green", Rgb::new(0.0, 1.0, 0.0)),
    ("blue", Rgb::new(0.0, 0.0, 1.0)),
    ("white", Rgb::new(1.0, 1.0, 1.0)),
];

/// Shows each colour and the privacy lamp, `each` long.
pub fn light(lights: &mut dyn Lights, each: Duration) -> Finding {
    let shown = show_all(lights, each);
    // Dark afterwards, whatever failed.
    let dark = lights.show(Rgb::OFF).and(lights.privacy(false));
    match shown.and(dark) {
        Ok(()) => Finding::fine(
            "shown in turn: red, green, blue, white, privacy lamp. Another order: swap `light.red_pin`, `green_pin`, \
             `blue_pin`. All reversed: `light.common`",
        ),
        Err(error) => Finding::broken(
            error.to_string(),
            "check the light's wires (firmware/README.md has the table), or see what \
             else uses the pins: `gpioinfo`",
        ),
    }
}

fn show_all(lights: &mut dyn Lights, each: Duration) -> Result<(), LightsError> {
    for (_, colour) in COLOURS {
        lights.show(colour)?;
        thread::sleep(each);
    }
    lights.show(Rgb::OFF)?;
    lights.privacy(true)?;
    thread::sleep(each);
    Ok(())
}

/// Waits for a press.
pub fn button(button: &mut dyn Button, limit: Duration) -> Finding {
    const REMEDY: &str = "check the wire from the button's pin to ground (firmware/README.md has the table); for a button \
                          to 3.3 V set `button.active = \"high\"`; if it is a board without edges, `button.hearing = \"poll\"`";
    let began = Instant::now();
    while began.elapsed() < limit {
        match button.wait(limit.saturating_sub(began.elapsed())) {
            Ok(Some(Level::Down)) => {
                let after = began.elapsed().as_secs_f64();
                return Finding::fine(format!("{}: pressed after {after:.1} s", button.describe()));
            }
            Ok(_) => {}
            Err(error) => return Finding::broken(error.to_string(), REMEDY),
        }
    }
    Finding::broken(format!("{}: no press within {} s", button.describe(), limit.as_secs()), REMEDY)
}

/// Judges a tone that was played; `held` are the better cards that others play on.
#[must_use]
pub fn speaker(played: Result<Tone, SpeakerError>, held: &[Holder]) -> Finding {
    let others = held.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let end = "end that program, or name another card as `speaker.card` (`moodbox devices` lists them)";
    match played {
        Ok(Tone { card, rate_hz, missed }) => {
            let lost = f64::from(u32::try_from(missed).unwrap_or(u32::MAX)) * 1e3 / f64::from(rate_hz.max(1));
            let what = format!("{card}, {rate_hz} Hz: a tone of one second, {lost:.0} ms of it were late");
            let finding = if !held.is_empty() {
                Finding::doubtful(format!("{what}; {others}"), end)
            } else if missed == 0 {
                Finding::fine(what)
            } else {
                Finding::doubtful(what, "end what else keeps this board busy; `moodbox bench` shows how busy it is")
            };
            finding.with("card", card).with("rate_hz", rate_hz).with("missed_frames", missed)
        }
        Err(error) if !held.is_empty() => Finding::broken(format!("{error}; {others}"), end),
        Err(error) => Finding::broken(
            error.to_string(),
            "see `moodbox devices` for the cards, name one as `speaker.card`, and add the user to the group: \
             `sudo usermod -aG audio $USER`",
        ),
    }
}
