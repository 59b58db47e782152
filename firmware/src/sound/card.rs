//! The sound card, through rodio.
//!
//! The sound thread renders the mixer in blocks of 10 ms into a short queue; rodio pulls from it in the card's own thread and
//! never waits: what isn't there in time is counted silence. From a request to the ear it takes 70 to 90 ms.

mod choose;
mod device;
mod pull;

pub use choose::Card;
pub use device::Holder;

use super::engine::{AudioEngine, Remote};
use super::{MusicSettings, SpeakerError};
use crate::ports::Sound;
use device::{Line, Selection};
use music::Stereo;
use std::f32::consts::TAU;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long the thread waits for a request while the queue is full: half a block.
const NAP: Duration = Duration::from_millis(5);

/// Naps in a row with a full queue after which the card is taken for lost: two seconds.
const STALLED_NAPS: u32 = 400;

/// Between two notes about frames that were not there in time.
const TELL_MISSED: Duration = Duration::from_secs(60);

/// Frames a second when the card is not there to be asked; rodio converts where it must.
const USUAL_RATE_HZ: u32 = 48_000;

/// How often a lost card is looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// The cards of this machine, and the place among them of the one that a name stands for, with why; an error in words.
pub fn list(name: Option<&str>) -> (Vec<Card>, Result<(usize, &'static str), String>) {
    let cards = device::cards();
    let chosen = choose::candidates(&cards, name, device::has_server()).and_then(|(found, why)| match found.first() {
        Some(first) => Ok((*first, why)),
        None => Err("there is no sound card".into()),
    });
    (cards, chosen)
}

/// Which of the cards that would be taken before `played`, or at all where nothing was, somebody else plays on.
pub fn held(name: Option<&str>, played: Option<&str>) -> Vec<Holder> {
    let cards = device::cards();
    let Ok((found, _)) = choose::candidates(&cards, name, device::has_server()) else { return Vec::new() };
    let before = found.iter().map(|at| &cards[*at]).take_while(|card| played.is_none_or(|it| !it.contains(&card.id)));
    let wanted: Vec<&str> = before.filter_map(Card::card).collect();
    let mut holders = device::holders(Path::new("/"));
    holders.retain(|holder| wanted.contains(&holder.card.as_str()));
    holders
}

/// Plays a tone of 440 Hz for `length` on a card, and counts what was not there in time.
///
/// # Errors
/// When no card can be opened, or it is lost meanwhile.
pub fn tone(name: Option<&str>, length: Duration) -> Result<Tone, SpeakerError> {
    play(Line::open(&Selection::new(name), None)?, length)
}

pub(super) fn open(name: Option<&str>, music: &MusicSettings) -> Result<Remote, SpeakerError> {
    let selection = Selection::new(name);
    let (ready, opened) = sync_channel(1);
    let music = music.clone();
    // The card is opened on the thread that keeps it, as streams may not move between threads.
    let remote = Remote::start(String::new(), move |inbox, outbox| match Line::open(&selection, None) {
        Ok(line) => {
            drop(ready.send(Ok(line.name.clone())));
            run(&Cards::of(selection), Some(line), &music, inbox, outbox);
        }
        Err(error) => drop(ready.send(Err(error))),
    })?;
    let gave_up = || Err(SpeakerError::NoDevice("the sound system gave up".to_owned()));
    Ok(remote.named(opened.recv().unwrap_or_else(|_| gave_up())?))
}

/// Starts the sound thread without a card: it plays as soon as there is one.
pub(super) fn wait_for(name: Option<&str>, music: &MusicSettings) -> Result<Remote, SpeakerError> {
    let (cards, music) = (Cards::of(Selection::new(name)), music.clone());
    let name = name.unwrap_or("the first card there is").to_owned();
    Remote::start(name, move |inbox, outbox| run(&cards, None, &music, inbox, outbox))
}

struct Cards {
    /// Opens it, at a rate or at its own.
    open: Box<dyn Fn(Option<u32>) -> Result<Line, SpeakerError> + Send>,
    look_again: Duration,
}

impl Cards {
    fn of(selection: Selection) -> Self {
        Self { open: Box::new(move |rate_hz| Line::open(&selection, rate_hz)), look_again: LOOK_AGAIN }
    }
}

/// Feeds the card until the box lets go; when it is lost, or not there yet, looks for it again. A loss is told once.
fn run(
    cards: &Cards,
    mut line: Option<Line>,
    music: &MusicSettings,
    inbox: &Receiver<Sound>,
    outbox: &SyncSender<SpeakerError>,
) {
    let rate_hz = line.as_ref().map_or(USUAL_RATE_HZ, |line| line.rate_hz);
    let mut engine = AudioEngine::new(music, rate_hz);
    loop {
        let end = match line.take() {
            Some(line) => feed(line, &mut engine, inbox, outbox),
            None => wait(&mut engine, inbox, cards.look_again),
        };
        match end {
            End::Done => return,
            End::Lost(detail) => {
                tracing::warn!(detail, "sound card lost");
                drop(outbox.try_send(SpeakerError::NoDevice(detail)));
            }
            End::LookAgain => {
                line = (cards.open)(Some(rate_hz)).ok();
                if let Some(line) = &line {
                    tracing::info!(card = line.name, "sound card is back");
                }
            }
        }
    }
}

enum End {
    Done,
    Lost(String),
    LookAgain,
}

fn feed(mut line: Line, engine: &mut AudioEngine, inbox: &Receiver<Sound>, outbox: &SyncSender<SpeakerError>) -> End {
    let mut naps = 0;
    let mut missed = (line.queue.missed() + engine.missed(), Instant::now());
    loop {
        let sound = if line.queue.has_room() {
            naps = 0;
            let mut block = line.queue.empty_block();
            engine.render(&mut block);
            line.queue.put(block);
            inbox.recv_timeout(Duration::ZERO)
        } else {
            naps += 1;
            inbox.recv_timeout(NAP)
        };
        match sound {
            Ok(sound) => engine.handle(sound),
            Err(RecvTimeoutError::Disconnected) => return End::Done,
            Err(RecvTimeoutError::Timeout) => {}
        }
        for fault in engine.faults() {
            drop(outbox.try_send(fault));
        }
        let now = line.queue.missed() + engine.missed();
        if now > missed.0 && missed.1.elapsed() >= TELL_MISSED {
            tracing::info!(frames = now - missed.0, "not there in time, so silent");
            missed = (now, Instant::now());
        }
        if let Some(detail) = line.lost() {
            return End::Lost(detail);
        }
        if naps > STALLED_NAPS {
            return End::Lost(format!("{} takes no sound any more", line.name));
        }
    }
}

/// Without a card: requests are still followed, so that the right music is there when the card comes back.
fn wait(engine: &mut AudioEngine, inbox: &Receiver<Sound>, look_again: Duration) -> End {
    match inbox.recv_timeout(look_again) {
        Ok(sound) => {
            engine.handle(sound);
            End::LookAgain
        }
        Err(RecvTimeoutError::Disconnected) => End::Done,
        Err(RecvTimeoutError::Timeout) => End::LookAgain,
    }
}

/// Its pitch: the a of a tuning fork.
const HZ: f32 = 440.0;
/// Its level, as an amplitude: quiet enough for a sleeping house.
const LEVEL: f32 = 0.2;
/// At its ends it swells and fades, so that it does not click.
const RAMP: Duration = Duration::from_millis(50);

/// What came of a tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tone {
    /// The card.
    pub card: String,
    /// Frames a second.
    pub rate_hz: u32,
    /// Frames that were not there in time, of all that the card asked for after the first.
    pub missed: u64,
}

fn play(mut line: Line, length: Duration) -> Result<Tone, SpeakerError> {
    let total = frames(length, line.rate_hz);
    let (mut played, mut before) = (0, None);
    // A card that takes nothing must not hold us up.
    let end = Instant::now() + length * 3 + Duration::from_secs(1);
    while played < total {
        if let Some(detail) = line.lost() {
            return Err(SpeakerError::NoDevice(detail));
        }
        if Instant::now() > end {
            return Err(SpeakerError::NoDevice(format!("{} takes no sound", line.name)));
        }
        if !line.queue.has_room() {
            thread::sleep(Duration::from_millis(2));
            continue;
        }
        let mut block = line.queue.empty_block();
        for (frame, at) in block.iter_mut().zip(played..) {
            *frame = sample(at, total, line.rate_hz);
        }
        played = played.saturating_add(u32::try_from(block.len()).unwrap_or(u32::MAX));
        line.queue.put(block);
        // What the card asked for before the first block was there is no fault.
        before.get_or_insert_with(|| line.queue.missed());
    }
    let missed = line.queue.missed().saturating_sub(before.unwrap_or(0));
    // The queue and the card's buffer are still to be heard.
    thread::sleep(Duration::from_millis(150));
    Ok(Tone { card: line.name.clone(), rate_hz: line.rate_hz, missed })
}

fn frames(length: Duration, rate_hz: u32) -> u32 {
    u32::try_from(u128::from(rate_hz) * length.as_millis() / 1_000).unwrap_or(u32::MAX)
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "some seconds of frames are exact below 2^24")]
fn sample(at: u32, total: u32, rate_hz: u32) -> Stereo {
    let ramp = frames(RAMP, rate_hz).max(1);
    let envelope = (at.min(total.saturating_sub(at)) as f32 / ramp as f32).min(1.0);
    let turns = (at as f32 * HZ / rate_hz as f32).fract();
    [LEVEL * envelope * (TAU * turns).sin(); 2]
}

#[cfg(test)]
mod tests;
