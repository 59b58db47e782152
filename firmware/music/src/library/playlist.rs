//! One track after the other for ever: gapless to the frame, or fading into each other.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "fades and lengths are counted in frames that fit f32 for the purpose of a gain or a share"
)]

use super::file_track::FileTrack;
use super::{Broken, ComposerSettings, Next, Queue};
use crate::compose::Composer;
use crate::library::taste::Event;
use crate::track::{Status, Stereo, Track};
use files::Shown;
use std::time::Duration;

const BLOCK: usize = 256;

/// How a skipped-to track begins: at once, but without a click.
const ENTRY: Duration = Duration::from_millis(20);

/// Between two notes of how far a track is, in seconds.
const NOTE_S: u32 = 15;

/// What is opened ahead must be wanted soon; an open file of each is all that is kept.
struct Opened {
    next: Next,
    track: FileTrack,
}

enum Player {
    File(Box<Opened>),
    Composer(Box<Composer>),
}

/// The owner's tracks in the order of a queue. Broken ones are skipped; without any left the composer goes on.
pub struct Playlist {
    queue: Box<dyn Queue>,
    composers: ComposerSettings,
    now: Option<Player>,
    /// The next track, opened while the present one plays, so that neither its end nor a skip waits for the disk.
    ahead: Option<Opened>,
    leaving: Option<Player>,
    fade: Duration,
    /// Frames of the running fade done, and of all of it.
    fading: (u32, u32),
    rate_hz: u32,
    broken: Broken,
    unnoted: u32,
}

impl Playlist {
    /// The tracks of a queue at `rate_hz`, crossfaded over `fade`; composed music where none can be played.
    pub(super) fn over(
        queue: Box<dyn Queue>,
        composers: ComposerSettings,
        broken: Broken,
        fade: Duration,
        rate_hz: u32,
    ) -> Self {
        let mut new = Self {
            queue,
            composers,
            now: None,
            ahead: None,
            leaving: None,
            fade,
            fading: (0, 0),
            rate_hz,
            broken,
            unnoted: 0,
        };
        new.advance(Duration::ZERO);
        new
    }

    fn open_next(&mut self) -> Option<Opened> {
        while let Some(next) = self.queue.next() {
            match FileTrack::open_at(&next.path, self.rate_hz, next.loudness_lufs, next.from) {
                Ok(track) => {
                    let reach = usize::try_from(frames(self.fade, self.rate_hz)).unwrap_or(0);
                    return Some(Opened { next, track: track.reaching(reach) });
                }
                Err(detail) => {
                    self.broken.remember(&next.path, detail);
                    if next.path.exists() {
                        self.queue.broken(&next.path);
                    } else {
                        self.queue.gone(&next.path);
                    }
                }
            }
        }
        None
    }

    /// Begins the next track, or the composer; what played fades out over `fade`.
    fn advance(&mut self, fade: Duration) {
        let opened = self.ahead.take().or_else(|| self.open_next());
        let next = match opened {
            Some(opened) => {
                tracing::info!(track = %Shown(&opened.next.path), "plays");
                self.queue.at(&opened.next, opened.next.from);
                self.unnoted = 0;
                Player::File(Box::new(opened))
            }
            None => Player::Composer(Box::new(self.composers.next(self.rate_hz))),
        };
        let before = self.now.replace(next);
        self.leaving = before.filter(|_| !fade.is_zero());
        self.fading = (0, u32::try_from(frames(fade, self.rate_hz)).unwrap_or(u32::MAX));
    }

    /// How long the present track takes to fade into the next one, when that has to begin within the next frames.
    fn crossing(&self, within: usize) -> Option<Duration> {
        let Some(Player::File(opened)) = &self.now else { return None };
        let remaining = opened.track.remaining().filter(|_| !self.fade.is_zero())?;
        // A track shorter than two fades would be all fade.
        let crossing = frames(self.fade, self.rate_hz).min((opened.track.frames() + remaining) / 2);
        let begins = remaining.saturating_sub(crossing) < u64::try_from(within).unwrap_or(u64::MAX);
        begins.then(|| Duration::from_millis(crossing.saturating_mul(1_000) / u64::from(self.rate_hz.max(1))))
    }

    /// The rest of a block after its first frames were filled: the next track begins where the last one ended.
    fn fill(&mut self, block: &mut [Stereo]) {
        let mut filled = 0;
        let mut tries = 0;
        while filled < block.len() && tries < 64 {
            tries += 1;
            let Some(player) = &mut self.now else { break };
            let count = player.fill(&mut block[filled..], &self.broken);
            filled += count;
            if filled < block.len() {
                self.end();
                self.advance(Duration::ZERO);
            }
        }
        block[filled..].fill([0.0; 2]);
    }

    fn end(&mut self) {
        if let Some(Player::File(opened)) = &self.now {
            if opened.track.frames() < u64::from(self.rate_hz / 4) {
                // It would be opened again and again.
                self.broken.remember(&opened.next.path, "there is hardly any sound in it".to_owned());
            }
            if self.broken.knows(&opened.next.path) {
                self.queue.broken(&opened.next.path);
            } else {
                self.queue.heard(&opened.next, Event::Completed);
            }
        }
    }

    /// Adds what fades out, and lets what comes rise; powers add up to one.
    fn cross(&mut self, block: &mut [Stereo]) {
        let (done, all) = self.fading;
        if done >= all {
            return;
        }
        let mut out = [[0.0; 2]; BLOCK];
        let out = &mut out[..block.len()];
        let going = self.leaving.as_mut().map_or(0, |player| player.fill(out, &self.broken));
        out[going..].fill([0.0; 2]);
        for (number, (frame, old)) in (done..).zip(block.iter_mut().zip(&*out)) {
            let share = (number as f32 / all as f32).min(1.0) * std::f32::consts::FRAC_PI_2;
            let (rise, fall) = share.sin_cos();
            *frame = [frame[0] * rise + old[0] * fall, frame[1] * rise + old[1] * fall];
        }
        self.fading.0 = done.saturating_add(u32::try_from(block.len()).unwrap_or(u32::MAX));
        if self.fading.0 >= all {
            self.leaving = None;
        }
    }

    /// Now and then tells the queue how far it is, and opens the next track.
    fn keep_house(&mut self, frames: usize) {
        self.unnoted = self.unnoted.saturating_add(u32::try_from(frames).unwrap_or(u32::MAX));
        let Some(Player::File(opened)) = &self.now else { return };
        if self.ahead.is_none() && opened.track.frames() > u64::from(self.rate_hz) {
            self.ahead = self.open_next();
        }
        if let Some(Player::File(opened)) = &self.now
            && self.unnoted >= NOTE_S.saturating_mul(self.rate_hz)
        {
            self.unnoted = 0;
            self.queue.at(&opened.next, opened.position(self.rate_hz));
        }
    }
}

impl Track for Playlist {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        for block in out.chunks_mut(BLOCK) {
            if let Some(crossing) = self.crossing(block.len()) {
                self.end();
                self.advance(crossing);
            }
            self.fill(block);
            self.cross(block);
            self.keep_house(block.len());
        }
        Status::Playing
    }

    fn skip(&mut self) {
        if let Some(Player::File(opened)) = &self.now {
            let share = opened.share(self.rate_hz);
            self.queue.heard(&opened.next, Event::Skipped(share));
        }
        self.now = None;
        self.leaving = None;
        self.advance(ENTRY);
    }

    fn like(&mut self) {
        if let Some(Player::File(opened)) = &self.now {
            self.queue.heard(&opened.next, Event::Liked);
        }
    }

    fn is_likeable(&self) -> bool {
        matches!(self.now, Some(Player::File(_)))
    }
}

impl Drop for Playlist {
    fn drop(&mut self) {
        if let Some(Player::File(opened)) = &self.now {
            self.queue.at(&opened.next, opened.position(self.rate_hz));
        }
    }
}

impl Opened {
    fn position(&self, rate_hz: u32) -> Duration {
        let seconds = self.track.frames() as f64 / f64::from(rate_hz.max(1));
        self.next.from.saturating_add(Duration::try_from_secs_f64(seconds).unwrap_or_default())
    }

    /// Which share of it was heard; of one that doesn't say how long it is, of four minutes.
    fn share(&self, rate_hz: u32) -> f32 {
        let all = self.track.duration().unwrap_or(Duration::from_secs(240)).max(Duration::from_secs(1));
        (self.position(rate_hz).as_secs_f32() / all.as_secs_f32()).clamp(0.0, 1.0)
    }
}

impl Player {
    /// Overwrites the beginning of `out`, up to the end of the track, and says how much.
    fn fill(&mut self, out: &mut [Stereo], broken: &Broken) -> usize {
        match self {
            Self::Composer(composer) => {
                composer.render(out);
                out.len()
            }
            Self::File(opened) => {
                let filled = opened.track.fill(out);
                if let Some(fault) = opened.track.fault().filter(|_| filled < out.len()) {
                    broken.remember(&opened.next.path, fault.to_owned());
                }
                filled
            }
        }
    }
}

fn frames(duration: Duration, rate_hz: u32) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).saturating_mul(u64::from(rate_hz)) / 1_000
}
