//! `moodbox devices`: the cameras, GPIO chips and sound cards of this machine, what the box would choose, and why.

use crate::camera::{Choice, choose};
use crate::config::Config;
use crate::error::Failure;
use crate::gpio::pins;
use crate::hw;
use crate::image::Image;
use crate::sound::card;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Lists the devices.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct DevicesArgs {
    /// A configuration; what it names is chosen
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Serialize)]
struct Kind {
    kind: &'static str,
    devices: Vec<Device>,
    /// Why this one, or why none.
    why: String,
}

#[derive(Debug, Serialize)]
struct Device {
    /// What to call it in the configuration.
    id: String,
    what: String,
    /// Why it can't be chosen; `null` when it can.
    obstacle: Option<String>,
    chosen: bool,
}

/// Lists them on `out`.
///
/// # Errors
/// When the configuration has mistakes, or the list can't be written.
pub fn devices(args: &DevicesArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let config = Config::load(args.config.as_deref())?;
    let mut kinds = hardware(&config);
    kinds.push(sound_cards(&config));
    if let Some(image) = Image::here(Path::new("/")) {
        kinds.push(Kind { kind: "this card", devices: Vec::new(), why: image.limits().to_owned() });
    }
    let written = if args.json { json(&kinds, out) } else { text(&kinds, out) };
    written.map_err(Failure::write("the list"))
}

fn json(kinds: &[Kind], out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, kinds)?;
    writeln!(out)
}

fn text(kinds: &[Kind], out: &mut dyn Write) -> io::Result<()> {
    for Kind { kind, devices, why } in kinds {
        writeln!(out, "{kind}: {why}")?;
        for Device { id, what, obstacle, chosen } in devices {
            let mark = if *chosen { "*" } else { " " };
            let obstacle = obstacle.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            writeln!(out, "  {mark} {id}  {what}{obstacle}")?;
        }
    }
    Ok(())
}

fn sound_cards(config: &Config) -> Kind {
    let (cards, chosen) = card::list(config.card.as_deref());
    let place = chosen.as_ref().ok().map(|(place, _)| *place);
    let shown = cards.iter().enumerate().filter(|(at, card)| card.is_plug() || Some(*at) == place);
    let devices = shown
        .map(|(at, card)| Device {
            id: card.id.clone(),
            what: card.name.clone(),
            obstacle: None,
            chosen: Some(at) == place,
        })
        .collect();
    let why = chosen.map_or_else(|error| error, |(_, why)| why.to_owned());
    Kind { kind: "sound cards", devices, why }
}

fn hardware(config: &Config) -> Vec<Kind> {
    if let Some(why) = hw::ABSENT {
        return ["cameras", "gpio chips"].map(|kind| Kind { kind, devices: Vec::new(), why: why.into() }).into();
    }
    let (found, rpicam) = hw::list_cameras();
    let choice = choose::choose(&found, rpicam.clone(), config.camera.device.as_deref());
    let chosen = choice.as_ref().ok().map(|(choice, _)| choice);
    let mut devices: Vec<Device> = found
        .iter()
        .map(|camera| Device {
            id: camera.path.display().to_string(),
            what: format!("{}, {}: {}", camera.name, camera.driver, camera.formats.join(" ")),
            obstacle: camera.obstacle(),
            chosen: matches!(chosen, Some(Choice::Video(it)) if it.path == camera.path),
        })
        .collect();
    devices.extend(rpicam.map(|program| Device {
        id: "rpicam".into(),
        what: format!("{}, for a camera at the ribbon cable", program.display()),
        obstacle: None,
        chosen: matches!(chosen, Some(Choice::Rpicam(_))),
    }));
    let why = choice.map_or_else(|error| error, |(_, why)| why.to_owned());
    let cameras = Kind { kind: "cameras", devices, why };

    let found = hw::list_chips();
    let choice = pins::choose(&found, config.wiring.chip.as_deref());
    let devices = found
        .iter()
        .map(|chip| Device {
            id: chip.path.display().to_string(),
            what: format!("{}, {} lines", chip.label, chip.lines),
            obstacle: chip.trouble.clone(),
            chosen: choice.as_ref().is_ok_and(|(it, _)| *it == chip),
        })
        .collect();
    let by = match hw::raspberry_pi() {
        Some(model) => format!("; {model}: by its registers where they may be used (`gpio.backend`)"),
        None => String::new(),
    };
    let why = choice.map_or_else(|error| error.to_string(), |(_, why)| format!("{why}{by}"));
    vec![cameras, Kind { kind: "gpio chips", devices, why }]
}
