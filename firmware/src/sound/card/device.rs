//! Finding and opening the card. The only file that names cpal's devices.

use super::SpeakerError;
use super::pull::{self, Queue};
use rodio::cpal::BufferSize;
use rodio::cpal::traits::HostTrait;
use rodio::{CpalErrorKind, Device, DeviceSinkBuilder, DeviceTrait, MixerDeviceSink, cpal};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

/// The card's buffer in frames: 21 ms at 48 kHz, of which cards keep two.
const BUFFER: u32 = 1024;

/// Which card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection(Option<String>);

impl Selection {
    /// The card of this name, or the default one.
    ///
    /// ALSA writes to stderr when it is asked for a card on a machine without one, across the terminal light; so on
    /// Linux it is only asked when there is a device file or a sound server.
    pub(super) fn new(name: Option<&str>) -> Result<Self, SpeakerError> {
        if cfg!(target_os = "linux") && !linux_has_sound() {
            return Err(SpeakerError::NoDevice { detail: "no sound card and no sound server found".to_owned() });
        }
        Ok(Self(name.map(str::to_owned)))
    }

    fn find(&self) -> Result<Device, SpeakerError> {
        let no_device = |detail: String| SpeakerError::NoDevice { detail };
        let host = cpal::default_host();
        let Some(wanted) = &self.0 else {
            return host.default_output_device().ok_or_else(|| no_device("the system has no default card".to_owned()));
        };
        let devices = host.output_devices().map_err(|error| no_device(error.to_string()))?;
        let mut named: Vec<(String, Device)> = devices.map(|device| (name_of(&device), device)).collect();
        let wanted_lower = wanted.to_lowercase();
        let exact = named.iter().position(|(name, _)| name.to_lowercase() == wanted_lower);
        let part = || named.iter().position(|(name, _)| name.to_lowercase().contains(&wanted_lower));
        match exact.or_else(part) {
            Some(at) => Ok(named.swap_remove(at).1),
            None => {
                let names: Vec<String> = named.into_iter().map(|(name, _)| format!("`{name}`")).collect();
                Err(no_device(format!("no card is called `{wanted}`; there are {}", names.join(", "))))
            }
        }
    }
}

/// An open card.
pub(super) struct Line {
    pub(super) queue: Queue,
    pub(super) name: String,
    /// Frames a second that the queue is fed with.
    pub(super) rate_hz: u32,
    errors: Receiver<String>,
    /// Sound ends when it is dropped.
    _sink: MixerDeviceSink,
}

impl Line {
    /// Opens a card; the queue runs at `rate_hz`, or at the card's own rate.
    pub(super) fn open(selection: &Selection, rate_hz: Option<u32>) -> Result<Self, SpeakerError> {
        let device = selection.find()?;
        let name = name_of(&device);
        let no_device =
            |error: rodio::DeviceSinkError| SpeakerError::NoDevice { detail: format!("{name}: {}", all(&error)) };
        let (report, errors) = sync_channel(1);
        let on_error = move |error: cpal::Error| match error.kind() {
            CpalErrorKind::DeviceNotAvailable | CpalErrorKind::StreamInvalidated | CpalErrorKind::HostUnavailable => {
                drop(report.try_send(error.to_string()));
            }
            _ => tracing::debug!(%error, "sound card"),
        };
        let mut sink = DeviceSinkBuilder::from_device(device)
            .map_err(no_device)?
            .with_buffer_size(BufferSize::Fixed(BUFFER))
            .with_error_callback(on_error)
            .open_sink_or_fallback()
            .map_err(no_device)?;
        sink.log_on_drop(false);
        let rate_hz = rate_hz.unwrap_or(sink.config().sample_rate().get());
        let (queue, pull) = pull::queue(rate_hz);
        sink.mixer().add(pull);
        Ok(Self { queue, name, rate_hz, errors, _sink: sink })
    }

    /// What the card said if it is gone.
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
    let runtime = std::env::var_os("XDG_RUNTIME_DIR");
    let socket = runtime.is_some_and(|folder| {
        ["pulse/native", "pipewire-0"].iter().any(|socket| Path::new(&folder).join(socket).exists())
    });
    card || socket || std::env::var_os("PULSE_SERVER").is_some() || Path::new("/etc/asound.conf").exists()
}
