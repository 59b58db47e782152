//! The box itself: the adapters for a real board.

use super::{RunArgs, seed_of_the_day, speaker_choice, tell};
use crate::board::{self, Board};
use crate::config::Config;
use crate::device::Ending;
use crate::error::Failure;
use crate::eyes::Eyes;
use crate::home;
use crate::hw::{self, systemd, systemd::Systemd};
use crate::music::shelf;
use crate::report::Transcript;
use crate::runner::{Inbox, threads};
use crate::service::{ServiceWitness, WatchedInbox};
use crate::sound;
use std::io::stdout;
use std::time::Instant;

/// Runs the box on this board. Each event is a line on stdout, which a service manager keeps as its journal.
pub(super) fn run(
    args: &RunArgs,
    config: &Config,
    (outbox, inbox): (threads::Outbox, threads::ChannelInbox),
    began: Instant,
) -> Result<Ending, Failure> {
    let mut eyes = Eyes::open(args.model.as_deref().or(config.model.as_deref()), config.look.unsure_below)?;
    let forgot = eyes.remember_in(&config.look.memory.clone().unwrap_or_else(home::faces));
    let sound = config.sound();
    let forgot = forgot.into_iter().chain(sound.shelf.iter().flat_map(shelf::begin_anew));
    let gpio = hw::open_gpio(&config.wiring)?;
    let speaker = sound::open(speaker_choice(args, config), &sound)?;
    tell(&outbox, forgot);
    let inbox: Box<dyn Inbox> = match systemd::watchdog() {
        Some(limit) => Box::new(WatchedInbox::new(Box::new(inbox), Box::new(Systemd), limit)),
        None => Box::new(inbox),
    };
    let board = Board {
        gpio,
        cameras: hw::find_camera(&config.camera),
        speaker,
        eyes: Box::new(eyes),
        witness: Box::new(ServiceWitness::new(Box::new(Transcript::new(Box::new(stdout()))), Box::new(Systemd))),
        outbox,
        inbox,
    };
    let stop_at = args.seconds.map(|seconds| began.elapsed().saturating_add(seconds));
    board::run(board, config, args.seed.unwrap_or_else(seed_of_the_day), began, stop_at)
}
