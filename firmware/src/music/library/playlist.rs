//! One mood's tracks one after the other, in a seeded order, for ever.

use super::decode::FileTrack;
use super::{Broken, Library};
use crate::music::composer::Composer;
use crate::music::fader::Fader;
use crate::music::track::{Status, Stereo, Track};
use mood::{Affect, Expression};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Frames rendered at once, so that a track's end is noticed within 5 ms.
const BLOCK: usize = 256;

/// A mood's tracks, fading into each other. Broken ones are skipped and remembered; when none is left, the composer
/// takes over.
pub struct Playlist {
    tracks: Vec<PathBuf>,
    next: usize,
    fader: Fader,
    fade: Duration,
    /// The fade out of the present track: `fade`, or less for a short one.
    crossing: Duration,
    rate_hz: u32,
    broken: Broken,
    /// Frames until the next track begins to fade in, where the present one has said how long it is.
    left: Option<u64>,
    composer: Option<Composer>,
}

impl Playlist {
    /// The tracks of `library` for an expression, in an order drawn from `seed`, or composed music.
    #[must_use]
    pub fn new(
        library: &Library,
        expression: Expression,
        affect: Affect,
        seed: u64,
        fade: Duration,
        rate_hz: u32,
    ) -> Self {
        let mut tracks = library.tracks(expression);
        tracks.shuffle(&mut Pcg32::seed_from_u64(seed));
        let mut new = Self {
            tracks,
            next: 0,
            fader: Fader::new(rate_hz),
            fade,
            crossing: fade,
            rate_hz,
            broken: library.broken.clone(),
            left: None,
            composer: Some(Composer::new(expression, affect, seed, rate_hz)),
        };
        // The deck fades the whole in; the first track starts at once.
        new.advance(Duration::ZERO);
        new
    }

    /// Begins the next track that can be opened, or the composer.
    fn advance(&mut self, fade: Duration) {
        while !self.tracks.is_empty() {
            let index = self.next % self.tracks.len();
            match open(&self.tracks[index], self.rate_hz) {
                Ok(track) => {
                    self.next = index + 1;
                    // A track shorter than two fades would be all fade.
                    self.crossing = track.duration().map_or(self.fade, |all| self.fade.min(all / 2));
                    self.left = track.duration().map(|all| frames(all - self.crossing, self.rate_hz));
                    let path = self.tracks[index].clone();
                    tracing::info!(track = %path.display(), "plays");
                    let broken = self.broken.clone();
                    let least_frames = u64::from(self.rate_hz / 4);
                    self.fader.play(Box::new(Watched { track, path, broken, least_frames }), fade);
                    return;
                }
                Err(detail) => {
                    self.broken.remember(&self.tracks[index], detail);
                    self.tracks.remove(index);
                    self.next = index;
                }
            }
        }
        if let Some(composer) = self.composer.take() {
            self.left = None;
            self.fader.play(Box::new(composer), fade);
        }
    }
}

impl Track for Playlist {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        for block in out.chunks_mut(BLOCK) {
            if self.left.is_some_and(|left| left == 0) {
                self.advance(self.crossing);
            }
            self.fader.render(block);
            if self.fader.is_idle() {
                // Ended earlier than it said, or broke off: forget it if it is broken, go on at once.
                let broken = &self.broken;
                self.tracks.retain(|path| !broken.knows(path));
                self.advance(Duration::ZERO);
            }
            let rendered = u64::try_from(block.len()).unwrap_or(u64::MAX);
            self.left = self.left.map(|left| left.saturating_sub(rendered));
        }
        Status::Playing
    }
}

/// A file that is remembered as broken when it ends within a quarter of a second or when its decoder gives up.
struct Watched {
    track: FileTrack,
    path: PathBuf,
    broken: Broken,
    /// Shorter than this it is a scrap, and would be opened again and again.
    least_frames: u64,
}

impl Track for Watched {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        // Decoders have been seen to panic on damaged files; one bad file must not silence the box.
        let status = catch_unwind(AssertUnwindSafe(|| self.track.render(out))).unwrap_or_else(|_| {
            self.broken.remember(&self.path, "the decoder gave up".to_owned());
            out.fill([0.0; 2]);
            Status::Ended
        });
        if status == Status::Ended && self.track.frames() < self.least_frames {
            self.broken.remember(&self.path, "there is hardly any sound in it".to_owned());
        }
        status
    }
}

fn open(path: &Path, rate_hz: u32) -> Result<FileTrack, String> {
    catch_unwind(|| FileTrack::open(path, rate_hz)).unwrap_or_else(|_| Err("the decoder gave up".to_owned()))
}

fn frames(duration: Duration, rate_hz: u32) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).saturating_mul(u64::from(rate_hz)) / 1_000
}
