//! Finding and opening the card, the only file that names cpal's devices; and what ALSA tells of cards and who holds them.

use super::SpeakerError;
use super::choose::{self, Card};
use super::pull::{self, Queue};
use rodio::cpal::traits::HostTrait;
use rodio::cpal::{self, BufferSize};
use rodio::{CpalErrorKind, Device, DeviceSinkBuilder, DeviceTrait, MixerDeviceSink};
use std::fmt;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

/// Frames that the card is asked to take at once: 21 ms at 48 kHz, of which it keeps two.
pub(super) const PERIOD: u32 = 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection(Option<String>);

impl Selection {
    pub(super) fn new(name: Option<&str>) -> Self {
        Self(name.map(str::to_owned))
    }

    /// The cards to try, the best first, each with its name.
    fn find(&self) -> Result<Vec<(String, Device)>, SpeakerError> {
        let no_device = |detail: String| SpeakerError::NoDevice(detail);
        let (cards, mut devices) = listed().map_err(no_device)?;
        let mut chosen = Vec::new();
        let found = match choose::candidates(&cards, self.0.as_deref(), has_server()) {
            Ok((found, _)) => found,
            Err(detail) if self.0.is_some() => return Err(no_device(detail)),
            // What the system has as its default need not be listed.
            Err(detail) => {
                let default = cpal::default_host().default_output_device().ok_or_else(|| no_device(detail))?;
                chosen.push((name_of(&default), default));
                Vec::new()
            }
        };
        for at in found {
            if let (Some(card), Some(device)) = (cards.get(at), devices.get_mut(at).and_then(Option::take)) {
                chosen.push((format!("{} ({})", card.name, card.id), device));
            }
        }
        Ok(chosen)
    }
}

/// Every way to play that ALSA lists, for people to choose from.
pub(super) fn cards() -> Vec<Card> {
    listed().map(|(cards, _)| cards).unwrap_or_default()
}

/// ALSA writes to stderr where there is no card; so on Linux it is asked only with a device file or a sound server.
fn listed() -> Result<(Vec<Card>, Vec<Option<Device>>), String> {
    if cfg!(target_os = "linux") && !linux_has_sound() {
        return Err("no sound card and no sound server found".to_owned());
    }
    let devices = cpal::default_host().output_devices().map_err(|error| error.to_string())?;
    let known = known_cards(Path::new("/"));
    Ok(devices
        .map(|device| {
            let id = device.id().map_or_else(|_| String::new(), |id| id.id().to_owned());
            let mut card = Card { id, name: name_of(&device), driver: None };
            card.driver = known.iter().find(|it| Some(it.id.as_str()) == card.card()).map(|it| it.driver.clone());
            (card, Some(device))
        })
        .unzip())
}

pub(super) struct Line {
    pub(super) queue: Queue,
    pub(super) name: String,
    /// Frames a second that the queue is fed with.
    pub(super) rate_hz: u32,
    errors: Receiver<String>,
    /// Sound ends when it is dropped. A test's line has none.
    _sink: Option<MixerDeviceSink>,
}

impl Line {
    /// Opens a card; the queue runs at `rate_hz`, or at the card's own rate.
    pub(super) fn open(selection: &Selection, rate_hz: Option<u32>) -> Result<Self, SpeakerError> {
        let mut refused = Vec::new();
        for (name, device) in selection.find()? {
            match Self::open_device(name, device, rate_hz) {
                Ok(line) => return Ok(line),
                Err(detail) => refused.push(detail),
            }
        }
        Err(SpeakerError::NoDevice(refused.join("; ")))
    }

    fn open_device(name: String, device: Device, rate_hz: Option<u32>) -> Result<Self, String> {
        let no_device = |error: rodio::DeviceSinkError| format!("{name}: {}", all(&error));
        let (report, errors) = sync_channel(1);
        let on_error = move |error: cpal::Error| match error.kind() {
            CpalErrorKind::DeviceNotAvailable | CpalErrorKind::StreamInvalidated | CpalErrorKind::HostUnavailable => {
                drop(report.try_send(error.to_string()));
            }
            _ => tracing::debug!(%error, "sound card"),
        };
        let mut sink = DeviceSinkBuilder::from_device(device)
            .map_err(no_device)?
            .with_buffer_size(BufferSize::Fixed(PERIOD))
            .with_error_callback(on_error)
            .open_sink_or_fallback()
            .map_err(no_device)?;
        sink.log_on_drop(false);
        let rate_hz = rate_hz.unwrap_or(sink.config().sample_rate().get());
        let (queue, pull) = pull::queue(rate_hz);
        sink.mixer().add(pull);
        Ok(Self { queue, name, rate_hz, errors, _sink: Some(sink) })
    }

    /// A card that a test pulls samples from, and takes away by an error.
    #[cfg(test)]
    pub(super) fn simulated(rate_hz: u32) -> (Self, pull::Pull, std::sync::mpsc::SyncSender<String>) {
        let (queue, pull) = pull::queue(rate_hz);
        let (report, errors) = sync_channel(1);
        (Self { queue, name: "simulated".to_owned(), rate_hz, errors, _sink: None }, pull, report)
    }

    pub(super) fn lost(&mut self) -> Option<String> {
        self.errors.try_recv().ok().map(|error| format!("{}: {error}", self.name))
    }
}

fn name_of(device: &Device) -> String {
    device.description().map_or_else(|_| "a card without a name".to_owned(), |it| it.name().to_owned())
}

/// An error and what caused it, in one line.
fn all(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| cause.to_string())
}

/// A playback device file, or the socket or setting of a sound server.
fn linux_has_sound() -> bool {
    let card = std::fs::read_dir("/dev/snd").into_iter().flatten().flatten().any(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.starts_with("pcm") && name.ends_with('p'))
    });
    card || has_server() || Path::new("/etc/asound.conf").exists()
}

/// Whether this user has a sound server, as on a desktop: what it plays on is his choice already.
pub(super) fn has_server() -> bool {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR");
    let socket = runtime.is_some_and(|folder| {
        ["pulse/native", "pipewire-0"].iter().any(|socket| Path::new(&folder).join(socket).exists())
    });
    socket || std::env::var_os("PULSE_SERVER").is_some()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// Its number, which changes with what is plugged in.
    pub(super) number: u32,
    /// Its name after `CARD=`.
    pub(super) id: String,
    pub(super) driver: String,
}

fn known_cards(root: &Path) -> Vec<Known> {
    let text = std::fs::read_to_string(root.join("proc/asound/cards")).unwrap_or_default();
    text.lines().filter_map(known).collect()
}

/// ` 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones`; the line below it is the long name.
fn known(line: &str) -> Option<Known> {
    let (number, rest) = line.split_once('[')?;
    let (id, rest) = rest.split_once("]:")?;
    let (driver, _) = rest.split_once(" - ")?;
    Some(Known { number: number.trim().parse().ok()?, id: id.trim().to_owned(), driver: driver.trim().to_owned() })
}

/// A program that plays on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The card's name after `CARD=`.
    pub card: String,
    /// The program's number.
    pub process: u32,
    /// Its name; empty where this user may not know it.
    pub program: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.program.as_str() {
            "" => write!(f, "{} is held by process {}", self.card, self.process),
            program => write!(f, "{} is held by `{program}` (process {})", self.card, self.process),
        }
    }
}

/// Who plays on the cards below `root`, but for this process.
pub(super) fn holders(root: &Path) -> Vec<Holder> {
    let mut found = Vec::new();
    for card in known_cards(root) {
        for pcm in files::below(&root.join(format!("proc/asound/card{}", card.number)), "pcm") {
            // `pcm0p` plays, `pcm0c` records.
            if !pcm.to_string_lossy().ends_with('p') {
                continue;
            }
            for sub in files::below(&pcm, "sub") {
                let status = std::fs::read_to_string(sub.join("status")).unwrap_or_default();
                let owner = status.lines().find_map(|line| line.strip_prefix("owner_pid")?.split(':').next_back());
                let Some(thread) = owner.and_then(|owner| owner.trim().parse().ok()) else { continue };
                let process = process_of(root, thread);
                let program = std::fs::read_to_string(root.join(format!("proc/{process}/comm"))).unwrap_or_default();
                let holder = Holder { card: card.id.clone(), process, program: program.trim().to_owned() };
                if process != std::process::id() && !found.contains(&holder) {
                    found.push(holder);
                }
            }
        }
    }
    found
}

/// The process that a thread belongs to; the kernel names the thread that opened the card.
fn process_of(root: &Path, thread: u32) -> u32 {
    let status = std::fs::read_to_string(root.join(format!("proc/{thread}/status"))).unwrap_or_default();
    let group = status.lines().find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok());
    group.unwrap_or(thread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::tree;

    const CARDS: &str = " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones
                      bcm2835 Headphones
 1 [vc4hdmi        ]: vc4-hdmi - vc4-hdmi
                      vc4-hdmi
 2 [Device         ]: USB-Audio - USB Audio Device
                      C-Media Electronics Inc. USB Audio Device at usb-0000:01:00.0-1.3, full speed
";

    #[test]
    fn cards_have_their_drivers() {
        let root = tree(&[("proc/asound/cards", CARDS)]);
        let told: Vec<_> = known_cards(root.path()).into_iter().map(|it| (it.number, it.id, it.driver)).collect();
        let wanted = [(0, "Headphones", "bcm2835_headpho"), (1, "vc4hdmi", "vc4-hdmi"), (2, "Device", "USB-Audio")];
        assert_eq!(told, wanted.map(|(number, id, driver)| (number, id.to_owned(), driver.to_owned())));
        let none = tree(&[("proc/asound/cards", "--- no soundcards ---\n")]);
        assert_eq!(known_cards(none.path()), []);
        assert_eq!(known_cards(Path::new("/nowhere")), []);
    }

    #[test]
    fn who_plays_is_named_and_who_records_is_not() {
        const RUNNING: &str = "state: RUNNING\nowner_pid   : 812\ntrigger_time: 1.0\n";
        let root = tree(&[
            ("proc/asound/cards", CARDS),
            ("proc/asound/card0/pcm0p/sub0/status", "closed\n"),
            ("proc/asound/card1/pcm0p/sub0/status", "state: OPEN\nowner_pid   : 99\n"),
            ("proc/asound/card2/pcm0p/sub0/status", RUNNING),
            ("proc/asound/card2/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 7\n"),
            ("proc/812/status", "Name:\tdata-loop.0\nTgid:\t810\n"),
            ("proc/810/comm", "mpd\n"),
        ]);
        let told: Vec<String> = holders(root.path()).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["vc4hdmi is held by process 99", "Device is held by `mpd` (process 810)"]);
        let ours = format!("owner_pid   : {}\n", std::process::id());
        let ours = tree(&[("proc/asound/cards", CARDS), ("proc/asound/card2/pcm0p/sub0/status", &ours)]);
        assert_eq!(holders(ours.path()), []);
    }
}
