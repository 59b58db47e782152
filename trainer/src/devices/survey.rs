//! What works here: every device of every back end, each tried in a process of its own.
//!
//! A driver may end the process that loads it, or never answer. So the program starts itself again for each device, with
//! a hidden command that says what it does line by line (see [`Line`]), and a limit on the time it may take.

use super::{Backend, Choice};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// The hidden command.
pub const COMMAND: &str = "try-device";

/// What a device turned out to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// As `--device` takes it; without a number where none was found.
    pub device: String,
    /// What the driver calls it, where Burn tells.
    pub driver: Option<String>,
    /// Whether it works.
    #[serde(flatten)]
    pub state: State,
    /// Wall time of the trial, with the start of the process.
    pub seconds: Option<f64>,
}

/// Whether a device works.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It computes what the CPU computes.
    Ok {
        /// The largest difference met, see [`super::trial::MOST`].
        difference: f64,
    },
    /// It is there, or its driver is, and it doesn't work.
    Failed {
        /// What happened.
        reason: String,
    },
    /// This build speaks to such devices, and there is none.
    Absent,
    /// This build doesn't speak to such devices.
    NotBuiltIn {
        /// The command that builds one that does.
        build: String,
    },
}

/// What the process that tries a device says, one JSON value a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// So many devices of this back end.
    Count(usize),
    /// What the driver calls the device.
    Driver(String),
    /// The step begun.
    Step(String),
    /// All steps are right, to this difference.
    Difference(f64),
    /// Why not.
    Failed(String),
}

/// Tries every device with `program`, which is this one, and hands each finding on as it comes.
pub fn run(program: &Path, limit: Duration, mut hear: impl FnMut(Finding)) {
    for backend in Backend::ALL {
        let bare = |state, seconds| Finding { device: backend.name().into(), driver: None, state, seconds };
        if !backend.built_in() {
            hear(bare(State::NotBuiltIn { build: backend.build_command() }, None));
            continue;
        }
        let answer = Answer::of(program, &[COMMAND, "--count", backend.name()], limit);
        let count =
            answer.lines.iter().find_map(|line| if let Line::Count(count) = line { Some(*count) } else { None });
        match count {
            None => hear(bare(State::Failed { reason: answer.reason(limit) }, Some(answer.seconds))),
            Some(0) => hear(bare(State::Absent, None)),
            Some(count) => (0..count).for_each(|index| hear(one(program, Choice { backend, index }, limit))),
        }
    }
}

fn one(program: &Path, choice: Choice, limit: Duration) -> Finding {
    let answer = Answer::of(program, &[COMMAND, &choice.to_string()], limit);
    let driver =
        answer.lines.iter().find_map(|line| if let Line::Driver(name) = line { Some(name.clone()) } else { None });
    let state = match (&answer.end, answer.lines.last()) {
        (End::Exit(status), Some(&Line::Difference(difference))) if status.success() => State::Ok { difference },
        _ => State::Failed { reason: answer.reason(limit) },
    };
    Finding { device: choice.to_string(), driver, state, seconds: Some(answer.seconds) }
}

/// How a process ended.
#[derive(Debug)]
enum End {
    Exit(ExitStatus),
    /// It was ended, the time was up.
    Late,
    /// It couldn't be started, or its end not be seen.
    Lost(std::io::Error),
}

/// What a process said until it ended.
#[derive(Debug)]
struct Answer {
    lines: Vec<Line>,
    /// What else it said, on either output: a driver may print to both.
    complaints: Vec<String>,
    end: End,
    seconds: f64,
}

impl Answer {
    fn of(program: &Path, words: &[&str], limit: Duration) -> Self {
        let began = Instant::now();
        let (said, end) = listen(program, words, limit).unwrap_or_else(|error| (String::new(), End::Lost(error)));
        let (mut lines, mut complaints) = (Vec::new(), Vec::new());
        for line in said.lines() {
            match serde_json::from_str(line) {
                Ok(line) => lines.push(line),
                Err(_) => complaints.push(line.trim().to_owned()),
            }
        }
        Self { lines, complaints, end, seconds: began.elapsed().as_secs_f64() }
    }

    /// Why it failed, in one line.
    fn reason(&self, limit: Duration) -> String {
        if let Some(Line::Failed(reason)) = self.lines.last() {
            return reason.clone();
        }
        let step = self.lines.iter().rev().find_map(|line| if let Line::Step(step) = line { Some(step) } else { None });
        let place = step.map_or_else(|| " while opening it".to_owned(), |step| format!(" in step `{step}`"));
        match &self.end {
            End::Late => format!("no answer within {} s{place}", limit.as_secs()),
            End::Lost(error) => format!("can't be tried: {error}"),
            // A panic is told by its words, a crash by its signal.
            End::Exit(status) if status.code().is_some() => {
                format!("{}{place}", complaint(&self.complaints).unwrap_or("it ended without a word"))
            }
            End::Exit(status) => format!("the driver crashed{place} ({status})"),
        }
    }
}

/// Reads both outputs until the process closes them, or the time is up.
fn listen(program: &Path, words: &[&str], limit: Duration) -> std::io::Result<(String, End)> {
    let (mut reader, writer) = std::io::pipe()?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // It holds the pipe's other end, too.
    drop(command);
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before a failure is still worth showing.
        let _ = reader.read_to_end(&mut bytes);
        let _ = send.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    let in_time = receive.recv_timeout(limit);
    let late = in_time.is_err();
    if late {
        // An error here means it ended by itself in this moment.
        let _ = child.kill();
    }
    let said = in_time.or_else(|_| receive.recv()).unwrap_or_default();
    let status = child.wait()?;
    Ok((said, if late { End::Late } else { End::Exit(status) }))
}

/// The words of the first panic, else the last line.
fn complaint(said: &[String]) -> Option<&str> {
    let mut lines = said.iter().map(String::as_str).filter(|line| !line.is_empty());
    let panic = lines.clone().skip_while(|line| !line.contains("panicked at")).nth(1);
    panic.or_else(|| lines.next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    /// What a shell that stands in for the program answers.
    fn answer(script: &str, limit: Duration) -> Answer {
        Answer::of(Path::new("/bin/sh"), &["-c", script], limit)
    }

    #[test]
    #[cfg(unix)]
    fn a_driver_that_crashes_is_told_with_its_step() {
        let answer = answer(r#"echo '{"driver":"A card"}'; echo '{"step":"conv3x3"}'; kill -SEGV $$"#, SOON);
        assert_eq!(answer.lines, [Line::Driver("A card".into()), Line::Step("conv3x3".into())]);
        let reason = answer.reason(SOON);
        assert!(reason.starts_with("the driver crashed in step `conv3x3` (signal: 11"), "{reason}");
    }

    #[test]
    #[cfg(unix)]
    fn a_driver_that_hangs_is_ended() {
        let limit = Duration::from_millis(300);
        let answer = answer("echo noise; exec sleep 1000", limit);
        assert!(matches!(answer.end, End::Late), "{answer:?}");
        assert_eq!(answer.reason(Duration::from_secs(120)), "no answer within 120 s while opening it");
    }

    #[test]
    #[cfg(unix)]
    fn a_panic_is_told_by_its_words() {
        let script =
            "printf \"\\nthread 'main' (7) panicked at src/x.rs:1:2:\\nno adapter\\nnote: backtrace\\n\" >&2; exit 101";
        assert_eq!(answer(script, SOON).reason(SOON), "no adapter while opening it");
        assert_eq!(answer("exit 101", SOON).reason(SOON), "it ended without a word while opening it");
        assert_eq!(answer(r#"echo '{"failed":"matmul is off"}'"#, SOON).reason(SOON), "matmul is off");
    }

    #[test]
    fn a_program_that_is_not_there_is_no_panic() {
        let answer = Answer::of(Path::new("no/such/program"), &[], SOON);
        assert!(answer.reason(SOON).starts_with("can't be tried: "), "{answer:?}");
    }
}
