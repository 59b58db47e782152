//! `moodbox run`: chooses the ports, puts the box together and runs it.

mod desk;

use crate::config::Config;
use crate::device::Ending;
use crate::error::Failure;
use crate::eyes::Eyes;
use crate::report::Transcript;
use crate::rig::{Opened, Rig};
use crate::runner::{Inbox, Message, Observer, threads};
use crate::service::{ServiceObserver, WatchedInbox};
use crate::sound::SpeakerChoice;
use crate::{home, hw};
use music::library::music_library;
use std::io::stdout;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// Where the threads report to, and the other end of it.
type Channel = (threads::Outbox, threads::ChannelInbox);

/// Runs the box.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct RunArgs {
    /// A configuration; `moodbox config` prints the template
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The whole box on a desk: pictures of FOLDER (or bundled ones, or /dev/video0) as the camera, light in the terminal,
    /// keyboard
    #[arg(long, value_name = "FOLDER", num_args = 0..=1)]
    pub simulate: Option<Option<PathBuf>>,
    /// Presses by itself, each picture once, then sums up; the default without a terminal
    #[arg(long, requires = "simulate")]
    pub demo: bool,
    /// You press: space is the button, q ends; the default in a terminal
    #[arg(long, requires = "simulate", conflicts_with_all = ["demo", "press_at"])]
    pub interactive: bool,
    /// Presses by itself at these seconds
    #[arg(long, value_name = "SECONDS", value_delimiter = ',', requires = "simulate", conflicts_with = "demo",
          value_parser = seconds)]
    pub press_at: Vec<Duration>,
    /// Writes the sound to a WAV file instead of playing it
    #[arg(long, value_name = "FILE", conflicts_with = "silent")]
    pub wav: Option<PathBuf>,
    /// No sound at all
    #[arg(long)]
    pub silent: bool,
    /// Ends by itself after this many seconds
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<Duration>,
    /// Prints a line for each event instead of drawing the box
    #[arg(long, requires = "simulate", conflicts_with = "interactive")]
    pub plain: bool,
    /// An expression network instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Equal seeds give equal music
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Seconds up to a day, with a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| (0.0..=86_400.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "give seconds from 0 to 86400".into())
}

/// Runs the box until it is stopped, and says what its owner wants then. `began` is when the program started; `logs` says whether a log goes to stderr.
///
/// # Errors
/// When a part the box can't do without is missing.
pub fn run(args: &RunArgs, began: Instant, logs: bool) -> Result<Ending, Failure> {
    // Before anything that takes time: who is stopped while starting ends as well as later.
    let channel = threads::inbox(began);
    stop_on_signals(&channel.0)?;
    let config = Config::load(args.config.as_deref())?;
    match &args.simulate {
        Some(folder) => desk::run(args, &config, folder.as_deref(), channel, began, logs).map(|()| Ending::Stopped),
        None => real(args, &config, channel, began),
    }
}

/// Runs the box on this board. Each event is a line on stdout, which a service manager keeps as its journal.
fn real(args: &RunArgs, config: &Config, (outbox, inbox): Channel, began: Instant) -> Result<Ending, Failure> {
    let mut rig = Rig::real(config);
    rig.pins()?;
    let mut eyes = Eyes::open(args.model.as_deref().or(config.model.as_deref()), config.look.unsure_below)?;
    let forgot = eyes.remember_in(&config.look.memory.clone().unwrap_or_else(home::faces));
    let forgot = forgot.into_iter().chain(config.music.library.iter().flat_map(music_library::begin_anew));
    let (lights, button, extras) = (rig.lights()?, rig.button()?, rig.extras()?);
    let (camera, _) = rig.camera()?;
    let speaker = rig.speaker(speaker_choice(args, config))?;
    let mut observer: Vec<Box<dyn Observer>> =
        vec![Box::new(Transcript(Box::new(stdout()))), Box::new(ServiceObserver(hw::manager()))];
    rig.tell(&mut observer, began.elapsed());
    tell(&outbox, forgot);
    let inbox: Box<dyn Inbox> = match hw::watchdog() {
        Some(limit) => Box::new(WatchedInbox::new(Box::new(inbox), hw::manager(), limit)),
        None => Box::new(inbox),
    };
    let (sight, observer, channel) = (Box::new(eyes), Box::new(observer), (outbox, inbox));
    let opened = Opened { camera, sight, lights, button, extras, speaker, observer, channel };
    let stop_at = args.seconds.map(|seconds| began.elapsed().saturating_add(seconds));
    opened.run(config, args.seed.unwrap_or_else(seed_of_the_day), began, stop_at)
}

fn speaker_choice(args: &RunArgs, config: &Config) -> SpeakerChoice {
    match (&args.wav, args.silent) {
        (Some(file), _) => SpeakerChoice::Wav(file.clone()),
        (None, true) => SpeakerChoice::Silent,
        // A box on a library writes no file that nobody asked for; its card may be plugged in later.
        (None, false) if args.simulate.is_none() => SpeakerChoice::CardToCome(config.card.clone()),
        (None, false) => SpeakerChoice::Card(config.card.clone()),
    }
}

/// A seed that differs from day to day, so that the box doesn't always begin with the same piece.
fn seed_of_the_day() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn tell(outbox: &threads::Outbox, forgot: impl Iterator<Item = String>) {
    for what in forgot {
        // Fails only when the loop has ended already.
        let _ = outbox.send(Message::Forgot(what));
    }
}

fn stop_on_signals(outbox: &threads::Outbox) -> Result<(), Failure> {
    let outbox = outbox.clone();
    ctrlc::set_handler(move || {
        // Fails only when the loop has ended already.
        let _ = outbox.send(Message::Stop);
    })
    .map_err(|error| Failure::bug(format_args!("signals can't be listened for: {error}")))
}
