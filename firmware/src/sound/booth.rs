//! The booth: turns what the box asks for into tracks on the deck. One for every kind of output.

use super::deck::Deck;
use super::{MusicSettings, SpeakerError};
use crate::music::library::{Playlist, Prefetch};
use crate::music::{Composer, Library, Stereo, Track};
use crate::ports::{Chime, Programme};
use std::time::Duration;

/// What the box asks the sound thread for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Request {
    Play(Programme, Duration),
    Chime(Chime),
    Stop(Duration),
}

/// A deck, and where its tracks come from.
pub(super) struct Booth {
    deck: Deck,
    library: Option<Library>,
    track_fade: Duration,
}

impl Booth {
    pub(super) fn new(music: &MusicSettings, rate_hz: u32) -> Self {
        Self {
            deck: Deck::new(rate_hz, music.gain_db),
            library: music.folder.clone().map(Library::new),
            track_fade: music.track_fade,
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
            Request::Play(programme, fade) => self.deck.play(self.track(programme), fade),
            Request::Chime(chime) => self.deck.chime(chime),
            Request::Stop(fade) => self.deck.stop(fade),
        }
    }

    pub(super) fn render(&mut self, out: &mut [Stereo]) {
        self.deck.render(out);
    }

    /// The owner's tracks found broken since the last call, as faults.
    pub(super) fn faults(&self) -> impl Iterator<Item = SpeakerError> {
        let news = self.library.as_ref().map(|library| library.broken.news()).unwrap_or_default();
        news.into_iter()
            .map(|track| SpeakerError::Track { path: track.path.display().to_string(), detail: track.detail })
    }

    /// The owner's tracks for the mood where there are any, else a composer.
    fn track(&self, Programme { expression, affect, seed }: Programme) -> Box<dyn Track> {
        let rate_hz = self.rate_hz();
        if let Some(library) = self.library.clone() {
            let fade = self.track_fade;
            // Reading folders and opening files takes as long as the disk wants: not on this thread.
            match Prefetch::new(move || Playlist::new(&library, expression, affect, seed, fade, rate_hz)) {
                Ok(playlist) => return Box::new(playlist),
                Err(error) => tracing::error!(%error, "no thread for the tracks; composing instead"),
            }
        }
        Box::new(Composer::new(expression, affect, seed, rate_hz))
    }
}
