//! The box on a desk: pictures as the camera, the terminal as its light, the keyboard or a script as its button.

use super::{Channel, RunArgs, seed_of_the_day, speaker_choice, tell};
use crate::config::Config;
use crate::error::{ExitCode, Failure};
use crate::eyes::Eyes;
use crate::ports::{Button, Lights};
use crate::report::{Summary, Transcript};
use crate::rig::{Opened, Rig};
use crate::runner::Observer;
use crate::sim::parts::ScriptedButton;
use crate::sim::terminal::{self, Terminal, keyboard::Keyboard};
use music::library::music_library;
use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

/// Before the first press of the demo, and between two of them: time to hear what plays.
const DEMO_FIRST: Duration = Duration::from_millis(1_200);
const DEMO_STEP: Duration = Duration::from_secs(7);
/// After the last press of `--press-at`.
const AFTER_SCRIPT: Duration = Duration::from_secs(5);
/// The seed of a scripted story's music, so that every demo sounds the same.
const STORY_SEED: u64 = 1;

enum Presses {
    Keyboard,
    Script { at: Vec<Duration>, end: Duration },
}

/// Runs the box on the pictures of `folder`, or on the bundled ones.
pub(super) fn run(
    args: &RunArgs,
    config: &Config,
    folder: Option<&Path>,
    (outbox, inbox): Channel,
    began: Instant,
    logs: bool,
) -> Result<(), Failure> {
    let mut rig = Rig::desk(config, folder);
    let (camera, pictures) = rig.camera()?;
    let presses = presses(args, pictures);
    let seed = seed(args, &presses);
    let obstacle = obstacle(logs);
    let drawn = obstacle.is_none() && !args.plain;
    if matches!(presses, Presses::Keyboard) {
        let no_keys = || (!stdin().is_terminal()).then(|| "the input is no terminal".into());
        if let Some(why) = obstacle.or_else(no_keys) {
            let hint = "change that, or use `--demo` or `--press-at 1,8`, which need no terminal";
            let what = format!("the box can't be driven by hand here: {why}");
            return Err(Failure::new(ExitCode::Device, what, hint));
        }
    }
    let mut eyes = Eyes::open(args.model.as_deref().or(config.model.as_deref()), config.look.unsure_below)?;
    // On a desk it only learns where it is told to: a story should go the same way every time.
    let forgot = config.look.memory.as_ref().and_then(|folder| eyes.remember_in(folder));
    let forgot = forgot.into_iter().chain(config.music.library.iter().flat_map(music_library::begin_anew));
    let speaker = rig.speaker(speaker_choice(args, config))?;
    tell(&outbox, forgot);

    // From here on the terminal is ours; `Terminal` gives it back however this ends.
    let summary = Summary::default();
    let (lights, mut observer): (Box<dyn Lights>, Box<dyn Observer>) = if drawn {
        let terminal = Terminal::enter()?;
        (Box::new(terminal.clone()), Box::new(terminal))
    } else {
        (Box::new(terminal::NoLights), Box::new(Transcript(Box::new(stdout()))))
    };
    rig.tell(observer.as_mut(), began.elapsed());

    let scripted_end = match &presses {
        Presses::Keyboard => None,
        Presses::Script { end, .. } => Some(began.elapsed().saturating_add(*end)),
    };
    let button: Box<dyn Button> = match presses {
        Presses::Keyboard => Box::new(Keyboard::new(outbox.clone())),
        Presses::Script { at, .. } => Box::new(ScriptedButton::new(&at)),
    };
    let stop_at = args.seconds.map(|seconds| began.elapsed().saturating_add(seconds)).or(scripted_end);
    let opened = Opened {
        camera,
        sight: Box::new(eyes),
        lights,
        button,
        extras: Vec::new(),
        speaker,
        observer: Box::new(vec![observer, Box::new(summary.clone())]),
        channel: (outbox, Box::new(inbox)),
    };
    // Here nothing is switched off but the box itself.
    opened.run(config, seed, began, stop_at)?;
    sum_up(&summary)
}

fn obstacle(logs: bool) -> Option<String> {
    if !stdout().is_terminal() {
        return Some("the output is no terminal".into());
    }
    if logs && stderr().is_terminal() {
        return Some("the log would be written across the picture; send it to a file with `2> box.log`".into());
    }
    terminal::obstacle()
}

fn presses(args: &RunArgs, pictures: usize) -> Presses {
    if !args.press_at.is_empty() {
        let mut at = args.press_at.clone();
        at.sort_unstable();
        let end = at.last().copied().unwrap_or_default().saturating_add(AFTER_SCRIPT);
        return Presses::Script { at, end };
    }
    let by_hand = args.interactive || (!args.demo && stdin().is_terminal() && stdout().is_terminal() && !args.plain);
    if by_hand {
        return Presses::Keyboard;
    }
    let steps = u32::try_from(pictures).unwrap_or(u32::MAX);
    let at = (0..steps).map(|step| DEMO_FIRST.saturating_add(DEMO_STEP.saturating_mul(step))).collect();
    Presses::Script { at, end: DEMO_FIRST.saturating_add(DEMO_STEP.saturating_mul(steps)) }
}

/// Equal for every scripted story; else different from day to day.
fn seed(args: &RunArgs, presses: &Presses) -> u64 {
    args.seed.unwrap_or_else(|| match presses {
        Presses::Script { .. } => STORY_SEED,
        Presses::Keyboard => seed_of_the_day(),
    })
}

fn sum_up(summary: &Summary) -> Result<(), Failure> {
    let table = summary.table();
    if table.is_empty() {
        return Ok(());
    }
    write!(stdout(), "\nWhat the box saw and did:\n{table}").map_err(Failure::write("the summary"))
}
