//! `moodbox check`: the doctor. Tries each part, tells what it found, and one remedy for each trouble. Needs no root.

use crate::camera::Found;
use crate::config::Config;
use crate::doctor::{About, Finding, Verdict, board, devices, hide_home, music};
use crate::error::{ExitCode, Failure};
use crate::eyes::Eyes;
use crate::home;
use crate::hw;
use crate::image::{self, Image};
use crate::ports::Camera;
use crate::rig::Rig;
use crate::sound;
use clap::ValueEnum;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long each colour is shown, and the tone sounds.
const COLOUR: Duration = Duration::from_millis(700);
const TONE: Duration = Duration::from_secs(1);

/// Tries each part of the box.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct CheckArgs {
    /// Only these parts (default: all)
    #[arg(value_enum, value_name = "PART")]
    pub parts: Vec<Part>,
    /// A configuration; `moodbox config` prints the template
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How long to wait for a press of the button, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub button_within: u64,
    /// With simulated camera, light and button, as `moodbox run --simulate` has them
    #[arg(long)]
    pub simulate: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

/// A part of the box, in the order they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Groups that own the devices.
    Permissions,
    /// Temperature and power.
    Board,
    /// Room, and whether it can be written to.
    Disk,
    /// The networks.
    Model,
    /// Your own: how many tracks of each mood.
    Music,
    /// Formats, one frame's brightness and sharpness.
    Camera,
    /// Whether one is found.
    Face,
    /// Each colour, and the privacy lamp.
    Light,
    /// A press.
    Button,
    /// A tone.
    Speaker,
}

impl Part {
    /// As on the command line.
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What a broken one means to a script.
    const fn exit_code(self) -> ExitCode {
        match self {
            Self::Model => ExitCode::Model,
            Self::Disk => ExitCode::Write,
            _ => ExitCode::Device,
        }
    }

    /// What the owner is asked to do meanwhile.
    fn request(self, args: &CheckArgs) -> Option<String> {
        match self {
            Self::Face => Some("hold still, and look at the camera".into()),
            Self::Light => Some("watch the light: red, green, blue, white, privacy lamp".into()),
            Self::Button => Some(format!("press the button now ({} s)", args.button_within)),
            Self::Speaker => Some("listen: a tone of one second".into()),
            _ => None,
        }
    }
}

#[derive(Debug, Serialize)]
struct Line {
    part: Part,
    #[serde(flatten)]
    finding: Finding,
}

/// Tries the parts; the report goes to `out`, what the owner is to do meanwhile to `err`.
///
/// # Errors
/// When the configuration has mistakes, something is broken, or the report can't be written.
pub fn check(args: &CheckArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let config = Config::load(args.config.as_deref())?;
    let here = Image::here(Path::new("/"));
    let rig = if args.simulate { Rig::desk(&config, None) } else { Rig::real(&config) };
    let mut bench = Bench { args, config: &config, rig };
    let mut lines = Vec::new();
    for &part in Part::value_variants().iter().filter(|part| args.parts.is_empty() || args.parts.contains(part)) {
        if let Some(request) = part.request(args) {
            // Without stderr there is nobody to ask.
            let _ = writeln!(err, "check: {}: {request}", part.name());
        }
        let mut line = Line { part, finding: bench.examine(part).unwrap_or_else(|finding| finding) };
        line.finding.remedy = line.finding.remedy.map(|remedy| image::remedy(here, &remedy));
        if let (Part::Board, Some(here)) = (part, here) {
            line.finding.what = format!("{}; {}", line.finding.what, here.limits());
        }
        if !args.json {
            text(&line, out).map_err(Failure::write("the report"))?;
        }
        lines.push(line);
    }
    let worst = lines.iter().filter(|line| line.finding.verdict == Verdict::Broken).map(|line| line.part);
    let broken: Vec<Part> = worst.collect();
    if args.json {
        json(&lines, broken.is_empty(), out).map_err(Failure::write("the report"))?;
    }
    match broken.first() {
        None => Ok(()),
        Some(first) => {
            let names: Vec<_> = broken.iter().map(|part| part.name()).collect();
            Err(Failure::explained(first.exit_code(), format_args!("broken: {}", names.join(", "))))
        }
    }
}

fn text(Line { part, finding }: &Line, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{:8}  {:11}  {}", finding.verdict.name(), part.name(), finding.what)?;
    for offer in finding.figures.get("offered").and_then(|offers| offers.as_array()).into_iter().flatten() {
        writeln!(out, "{:23}{}", "", offer.as_str().unwrap_or_default())?;
    }
    finding.remedy.as_ref().map_or(Ok(()), |remedy| writeln!(out, "{:23}remedy: {remedy}", ""))
}

fn json(lines: &[Line], fine: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut report = serde_json::json!({ "about": About::read(Path::new("/")), "fine": fine, "parts": lines });
    // Owners send this report to the project: it holds nothing personal.
    let home = std::env::home_dir().filter(|home| home.components().count() > 1);
    if let Some(home) = home.as_deref().and_then(Path::to_str) {
        hide_home(&mut report, home);
    }
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

struct Bench<'a> {
    args: &'a CheckArgs,
    config: &'a Config,
    rig: Rig<'a>,
}

impl Bench<'_> {
    fn examine(&mut self, part: Part) -> Result<Finding, Finding> {
        Ok(match part {
            Part::Permissions => board::permissions(Path::new("/")),
            Part::Board => board::board(Path::new("/")),
            Part::Disk => board::disk(self.config.music.wav_fallback.parent().unwrap_or(Path::new("."))),
            Part::Model => devices::model(&mut self.open_eyes()?),
            Part::Music => music::music(&music::Places::of(self.config, Path::new(home::SERVICE))),
            Part::Camera => {
                let found = self.open_camera().map_or_else(|finding| finding, |mut it| devices::camera(it.as_mut()));
                if self.args.simulate { found } else { found.with("offered", offered()) }
            }
            Part::Face => devices::face(self.open_camera()?.as_mut(), &mut self.open_eyes()?),
            Part::Light => {
                let each = if self.args.simulate { Duration::ZERO } else { COLOUR };
                let lights = self.rig.lights();
                let shown =
                    lights.map_or_else(|error| self.missing(&error), |mut it| devices::light(it.as_mut(), each));
                board::with_clock(shown, self.config.wiring.light, Path::new("/"))
            }
            Part::Button => {
                let mut button = self.rig.button().map_err(|error| self.missing(&error))?;
                devices::button(button.as_mut(), Duration::from_secs(self.args.button_within))
            }
            Part::Speaker => {
                let name = self.config.card.as_deref();
                let played = sound::card::tone(name, TONE);
                let held = sound::card::held(name, played.as_ref().ok().map(|tone| tone.card.as_str()));
                devices::speaker(played, &held)
            }
        })
    }

    fn open_eyes(&self) -> Result<Eyes, Finding> {
        Eyes::open(self.config.model.as_deref(), self.config.look.unsure_below).map_err(|error| of(&error))
    }

    fn open_camera(&mut self) -> Result<Box<dyn Camera>, Finding> {
        self.rig.camera().map(|(camera, _)| camera).map_err(|error| self.missing(&error))
    }

    /// A device that can't be had; one that no build of this kind has is not broken.
    fn missing(&self, error: &Failure) -> Finding {
        if hw::ABSENT.is_some() && !self.args.simulate {
            return Finding::skipped("this build has no adapters for it (`cargo build --features hardware`)");
        }
        of(error)
    }
}

/// The cameras of this machine with their pixel formats, or why one is no use.
fn offered() -> Vec<String> {
    let formats = |camera: &Found| camera.obstacle().unwrap_or_else(|| camera.formats.join(" "));
    let one = |camera: Found| format!("{}: {}", camera.path.display(), formats(&camera));
    hw::list_cameras().0.into_iter().map(one).collect()
}

fn of(error: &Failure) -> Finding {
    Finding::broken(error.to_string(), error.hint.unwrap_or("start it again with `--log debug`"))
}
