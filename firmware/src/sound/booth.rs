//! The booth: turns what the box asks for into tracks on the deck. One for every kind of output.

use super::deck::Deck;
use super::{MusicSettings, SpeakerError};
use crate::music::library::{Broken, Jukebox, Prefetch, Skipper};
use crate::music::policy;
use crate::music::shelf::Shelf;
use crate::music::soundfont::SoundFont;
use crate::music::{Composer, Library, Stereo, Track};
use crate::ports::{Chime, Programme};
use mood::Affect;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between the seeds of a piece and the one it is skipped for: far from the box's own seeds, which grow by one.
const SKIPPED: u64 = 1 << 32;

/// What the box asks the sound thread for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Request {
    Play(Programme, Duration),
    Skip(Duration),
    Volume(f32),
    Chime(Chime),
    Stop(Duration),
}

/// A deck, and where its tracks come from.
pub(super) struct Booth {
    deck: Deck,
    jukebox: Jukebox,
    /// What was asked for last, until it is stopped.
    programme: Option<Programme>,
    /// Makes the owner's tracks go on to the next one, while they play.
    skipper: Option<Skipper>,
    /// Where the listener was last, and when.
    listener: Option<(Affect, Instant)>,
}

impl Booth {
    pub(super) fn new(music: &MusicSettings, rate_hz: u32) -> Self {
        let broken = Broken::default();
        let library = music.folder.clone().map(|folder| Library::new(folder, broken.clone()));
        let shelf = music.shelf.clone().map(|settings| Arc::new(Shelf::new(settings)));
        let soundfont = music.soundfont.as_ref().and_then(|path| {
            SoundFont::open(path).map_err(|detail| broken.remember(path, format!("no SoundFont: {detail}"))).ok()
        });
        Self {
            deck: Deck::new(rate_hz, music.gain_db),
            jukebox: Jukebox { library, shelf, soundfont, broken, fade: music.track_fade },
            programme: None,
            skipper: None,
            listener: None,
        }
    }

    pub(super) fn rate_hz(&self) -> u32 {
        self.deck.rate_hz()
    }

    pub(super) fn is_idle(&self) -> bool {
        self.deck.is_idle()
    }

    pub(super) fn handle(&mut self, request: Request) {
        match request {
            Request::Play(programme, fade) => self.play(programme, fade),
            Request::Skip(fade) => self.skip(fade),
            Request::Volume(gain_db) => self.deck.volume(gain_db),
            Request::Chime(chime) => self.deck.chime(chime),
            Request::Stop(fade) => {
                self.programme = None;
                self.skipper = None;
                self.deck.stop(fade);
            }
        }
    }

    fn play(&mut self, programme: Programme, fade: Duration) {
        self.programme = Some(programme);
        let track = self.track(programme);
        self.deck.play(track, fade);
    }

    /// The owner's tracks go on by themselves, without a fade, as what was rendered ahead is thrown away; the composer
    /// begins another piece.
    fn skip(&mut self, fade: Duration) {
        match (&self.skipper, self.programme) {
            (Some(skipper), _) => skipper.skip(),
            (None, Some(programme)) => {
                self.play(Programme { seed: programme.seed.wrapping_add(SKIPPED), ..programme }, fade);
            }
            (None, None) => {}
        }
    }

    pub(super) fn render(&mut self, out: &mut [Stereo]) {
        self.deck.render(out);
    }

    /// The owner's tracks found broken since the last call, as faults.
    pub(super) fn faults(&self) -> impl Iterator<Item = SpeakerError> {
        let news = self.jukebox.broken.news();
        news.into_iter()
            .map(|track| SpeakerError::Track { path: track.path.display().to_string(), detail: track.detail })
    }

    /// The owner's tracks for the mood where there are any, else a composer.
    fn track(&mut self, Programme { expression, affect, seed }: Programme) -> Box<dyn Track> {
        let rate_hz = self.rate_hz();
        let now = Instant::now();
        let smooth = self.listener.map(|(before, at)| policy::smoothed(before, now.duration_since(at), affect));
        let listener = smooth.unwrap_or(affect);
        self.listener = Some((listener, now));
        self.skipper = None;
        if !self.jukebox.is_empty() {
            let jukebox = self.jukebox.clone();
            // Reading folders and opening files takes as long as the disk wants: not on this thread.
            match Prefetch::new(move || jukebox.programme(expression, listener, seed, rate_hz)) {
                Ok(playlist) => {
                    self.skipper = Some(playlist.skipper());
                    return Box::new(playlist);
                }
                Err(error) => tracing::error!(%error, "no thread for the tracks; composing instead"),
            }
        }
        let composer = Composer::new(expression, affect, seed, rate_hz);
        Box::new(composer.with_instruments(self.jukebox.soundfont.as_ref()))
    }
}
