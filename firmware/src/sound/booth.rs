//! The booth: turns what the box asks for into tracks on the deck. One for every kind of output; no clock and no device.

use super::{MusicSettings, SpeakerError};
use crate::ports::{Chime, Programme, Sound};
use files::Shown;
use mood::Affect;
use music::Deck;
use music::compose::soundfont::SoundFont;
use music::library::policy;
use music::library::shelf::Shelf;
use music::library::{Broken, Control, Jukebox, Prefetch, Recipe};
use music::{Library, Stereo, Track};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// A deck, and where its tracks come from.
pub struct Booth {
    deck: Deck,
    jukebox: Jukebox,
    /// What is composed for the programme that plays, where nothing but the composer can play.
    recipe: Option<Recipe>,
    /// Reaches the owner's tracks while they play.
    control: Option<Control>,
    /// Frames of earlier tracks that were not there in time.
    missed: u64,
    /// Where the listener was last, and when.
    listener: Option<(Affect, Instant)>,
}

/// Looks through the owner's folder, as long as its disk takes, and tells the journal what is missing.
fn tell_troubles(library: Option<Library>) {
    let Some(library) = library else { return };
    let tell = move || library.troubles().iter().for_each(|trouble| tracing::warn!("{trouble}"));
    if let Err(error) = thread::Builder::new().name("music folder".to_owned()).spawn(tell) {
        tracing::debug!(%error, "no thread to look through the music folder");
    }
}

impl Booth {
    /// A silent booth that renders `rate_hz` frames a second.
    #[must_use]
    pub fn new(music: &MusicSettings, rate_hz: u32) -> Self {
        let broken = Broken::default();
        let library = music.folder.clone().map(|folder| Library::new(folder, broken.clone()));
        tell_troubles(library.clone());
        let shelf = music.shelf.clone().map(|settings| Arc::new(Shelf::new(settings)));
        let soundfont = music.soundfont.as_ref().and_then(|path| {
            SoundFont::open(path).map_err(|detail| broken.remember(path, format!("no SoundFont: {detail}"))).ok()
        });
        Self {
            deck: Deck::new(rate_hz, music.gain_db),
            jukebox: Jukebox { library, shelf, soundfont, broken, fade: music.track_fade },
            recipe: None,
            control: None,
            missed: 0,
            listener: None,
        }
    }

    fn rate_hz(&self) -> u32 {
        self.deck.rate_hz()
    }

    /// Whether only silence would come out.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.deck.is_idle()
    }

    /// Frames of tracks that were not there in time, so that silence was heard instead.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed + self.control.as_ref().map_or(0, Control::missed)
    }

    /// Does what it is told.
    pub fn handle(&mut self, sound: Sound) {
        match sound {
            Sound::Play(programme, fade) => {
                self.let_go();
                let track = self.track(programme);
                self.deck.play(track, fade);
            }
            Sound::Skip(fade) => self.skip(fade),
            Sound::Like => {
                let learnt = self.control.as_ref().is_some_and(Control::like);
                self.deck.chime(if learnt { Chime::Taken } else { Chime::Nothing });
            }
            Sound::Volume(gain_db) => self.deck.volume(gain_db),
            Sound::Chime(chime) => self.deck.chime(chime),
            Sound::Stop(fade) => {
                self.let_go();
                self.deck.stop(fade);
            }
        }
    }

    /// What plays can't be reached any more; it fades.
    fn let_go(&mut self) {
        self.missed = self.missed();
        self.control = None;
        self.recipe = None;
    }

    /// What is rendered elsewhere goes on by itself, without a fade, as what was rendered ahead is thrown away; the composer
    /// begins another piece.
    fn skip(&mut self, fade: Duration) {
        let rate_hz = self.rate_hz();
        if let Some(control) = &self.control {
            control.skip();
        } else if let Some(recipe) = &mut self.recipe {
            self.deck.play(Box::new(recipe.next(rate_hz)), fade);
        }
    }

    /// Overwrites the whole of `out` with the next frames.
    pub fn render(&mut self, out: &mut [Stereo]) {
        self.deck.render(out);
    }

    /// The owner's tracks found broken since the last call, as faults.
    pub fn faults(&self) -> impl Iterator<Item = SpeakerError> {
        let news = self.jukebox.broken.news();
        news.into_iter().map(|track| SpeakerError::Track { path: Shown(&track.path).to_string(), detail: track.detail })
    }

    /// The owner's tracks for the mood where there are any, else a composer.
    fn track(&mut self, Programme { expression, affect, seed }: Programme) -> Box<dyn Track> {
        let rate_hz = self.rate_hz();
        let now = Instant::now();
        let smooth = self.listener.map(|(before, at)| policy::smoothed(before, now.duration_since(at), affect));
        let listener = smooth.unwrap_or(affect);
        self.listener = Some((listener, now));
        if !self.jukebox.is_empty() {
            let jukebox = self.jukebox.clone();
            // Reading folders and opening files takes as long as the disk wants: not on this thread.
            match Prefetch::new(move || jukebox.programme(expression, listener, seed, rate_hz)) {
                Ok(playlist) => {
                    self.control = Some(playlist.control());
                    return Box::new(playlist);
                }
                Err(error) => tracing::error!(%error, "no thread for the tracks; composing instead"),
            }
        }
        let soundfont = self.jukebox.soundfont.clone();
        Box::new(self.recipe.insert(Recipe { expression, affect, seed, soundfont }).next(rate_hz))
    }
}
