//! The audio engine: turns a [`Sound`] into tracks on the mixer, the same for every output; and the box's end of its thread.
//!
//! It opens no device. It reads the clock for one thing: how long ago the listener's mood was another.

use super::MusicSettings;
use crate::ports::{Chime, Programme, Sound, Speaker, SpeakerError};
use files::Shown;
use mood::Affect;
use music::compose::soundfont::SoundFont;
use music::library::{Broken, ComposerSettings, Control, MusicLibrary, Prefetch, Source, policy};
use music::{Mixer, MoodFolders, Stereo, Track};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A mixer, and where its tracks come from.
pub struct AudioEngine {
    mixer: Mixer,
    source: Source,
    /// What is composed for the programme that plays, where nothing but the composer can play.
    composers: Option<ComposerSettings>,
    /// Reaches the owner's tracks while they play.
    control: Option<Control>,
    /// Frames of earlier tracks that were not there in time.
    missed: u64,
    /// Where the listener was last, and when.
    listener: Option<(Affect, Instant)>,
}

/// Looks through the owner's folder, as long as its disk takes, and tells the journal what is missing.
fn tell_troubles(folders: Option<MoodFolders>) {
    let Some(folders) = folders else { return };
    let tell = move || folders.troubles().iter().for_each(|trouble| tracing::warn!("{trouble}"));
    if let Err(error) = thread::Builder::new().name("music folder".to_owned()).spawn(tell) {
        tracing::debug!(%error, "no thread to look through the music folder");
    }
}

impl AudioEngine {
    /// A silent engine that renders `rate_hz` frames a second.
    pub fn new(music: &MusicSettings, rate_hz: u32) -> Self {
        let broken = Broken::default();
        let folders = music.folder.clone().map(|folder| MoodFolders::new(folder, broken.clone()));
        tell_troubles(folders.clone());
        let library = music.library.clone().map(|settings| Arc::new(MusicLibrary::new(settings)));
        let soundfont = music.soundfont.as_ref().and_then(|path| {
            SoundFont::open(path).map_err(|detail| broken.remember(path, format!("no SoundFont: {detail}"))).ok()
        });
        Self {
            mixer: Mixer::new(rate_hz, music.gain_db),
            source: Source { folders, library, soundfont, broken, fade: music.track_fade },
            composers: None,
            control: None,
            missed: 0,
            listener: None,
        }
    }

    fn rate_hz(&self) -> u32 {
        self.mixer.rate_hz()
    }

    /// Whether only silence would come out.
    pub fn is_idle(&self) -> bool {
        self.mixer.is_idle()
    }

    /// Frames of tracks that were not there in time, so that silence was heard instead.
    pub fn missed(&self) -> u64 {
        self.missed + self.control.as_ref().map_or(0, Control::missed)
    }

    /// Does what it is told.
    pub fn handle(&mut self, sound: Sound) {
        match sound {
            Sound::Play(programme, _) if self.turn(programme) => {}
            Sound::Play(programme, fade) => {
                self.let_go();
                let track = self.track(programme);
                self.mixer.play(track, fade);
            }
            Sound::Skip(fade) => self.skip(fade),
            Sound::Like => {
                let learnt = self.control.as_ref().is_some_and(Control::like);
                self.mixer.chime(if learnt { Chime::Taken } else { Chime::Nothing });
            }
            Sound::Volume(gain_db) => self.mixer.volume(gain_db),
            Sound::Chime(chime) => self.mixer.chime(chime),
            Sound::Stop(fade) => {
                self.let_go();
                self.mixer.stop(fade);
            }
        }
    }

    /// A composed piece leads over to a composed one by itself; whether it does.
    fn turn(&mut self, programme: Programme) -> bool {
        let Some(composers) = self.composers.as_mut().filter(|_| self.mixer.turn(&programme)) else { return false };
        composers.turn(programme);
        true
    }

    /// What plays can't be reached any more; it fades.
    fn let_go(&mut self) {
        self.missed = self.missed();
        self.control = None;
        self.composers = None;
    }

    /// The new output begins without a fade, as what was rendered ahead is dropped; the composer begins another piece.
    fn skip(&mut self, fade: Duration) {
        let rate_hz = self.rate_hz();
        if let Some(control) = &self.control {
            control.skip();
        } else if let Some(composers) = &mut self.composers {
            self.mixer.play(Box::new(composers.next(rate_hz)), fade);
        }
    }

    /// Overwrites the whole of `out` with the next frames.
    pub fn render(&mut self, out: &mut [Stereo]) {
        self.mixer.render(out);
    }

    /// The owner's tracks found broken since the last call, as faults.
    pub fn faults(&self) -> impl Iterator<Item = SpeakerError> {
        let news = self.source.broken.news();
        news.into_iter().map(|track| SpeakerError::Track { path: Shown(&track.path).to_string(), detail: track.detail })
    }

    /// The owner's tracks for the mood where there are any, else a composer.
    fn track(&mut self, Programme { expression, affect, seed }: Programme) -> Box<dyn Track> {
        let rate_hz = self.rate_hz();
        let now = Instant::now();
        let smooth = self.listener.map(|(before, at)| policy::smoothed(before, now.duration_since(at), affect));
        let listener = smooth.unwrap_or(affect);
        self.listener = Some((listener, now));
        if !self.source.is_empty() {
            let source = self.source.clone();
            // Reading folders and opening files takes as long as the disk wants: not on this thread.
            match Prefetch::new(move || source.programme(expression, listener, seed, rate_hz)) {
                Ok(playlist) => {
                    self.control = Some(playlist.control());
                    return Box::new(playlist);
                }
                Err(error) => tracing::error!(%error, "no thread for the tracks; composing instead"),
            }
        }
        let soundfont = self.source.soundfont.clone();
        Box::new(self.composers.insert(ComposerSettings { expression, affect, seed, soundfont }).next(rate_hz))
    }
}

/// Sounds that may wait to be played. The sound thread takes them every few milliseconds; more means that it hangs.
const MOST_SOUNDS: usize = 16;

/// A speaker whose sound is made on a thread of its own. Dropping it ends the thread.
pub(super) struct Remote {
    sounds: Option<SyncSender<Sound>>,
    faults: Receiver<SpeakerError>,
    thread: Option<JoinHandle<()>>,
    name: String,
    told_dead: bool,
}

impl Remote {
    /// Starts a thread that does `work` with what is to sound, and where faults go.
    pub(super) fn start(
        name: String,
        work: impl FnOnce(&Receiver<Sound>, &SyncSender<SpeakerError>) + Send + 'static,
    ) -> Result<Self, SpeakerError> {
        let (sounds, inbox) = sync_channel(MOST_SOUNDS);
        let (outbox, faults) = sync_channel(MOST_SOUNDS);
        let started = thread::Builder::new().name("sound".to_owned()).spawn(move || work(&inbox, &outbox));
        let thread = started.map_err(|error| SpeakerError::NoDevice(error.to_string()))?;
        Ok(Self { sounds: Some(sounds), faults, thread: Some(thread), name, told_dead: false })
    }

    pub(super) fn named(mut self, name: String) -> Self {
        self.name = name;
        self
    }
}

impl Speaker for Remote {
    fn send(&mut self, sound: Sound) -> Result<(), SpeakerError> {
        let Some(sounds) = &self.sounds else { return Ok(()) };
        sounds.try_send(sound).map_err(|error| match error {
            TrySendError::Full(_) => SpeakerError::NoDevice("the sound thread does not answer".to_owned()),
            TrySendError::Disconnected(_) => SpeakerError::NoDevice("the sound thread has ended".to_owned()),
        })
    }

    fn check(&mut self) -> Result<(), SpeakerError> {
        match self.faults.try_recv() {
            Ok(fault) => Err(fault),
            Err(TryRecvError::Disconnected) if !self.told_dead => {
                self.told_dead = true;
                Err(SpeakerError::NoDevice("the sound thread has ended".to_owned()))
            }
            Err(_) => Ok(()),
        }
    }

    fn describe(&self) -> String {
        self.name.clone()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // Without sounds to come the thread ends by itself within a block.
        self.sounds = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sound thread had panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_sound_thread_is_told_once_and_requests_fail() {
        let mut remote = Remote::start("card".to_owned(), |_, _| {}).unwrap();
        while remote.send(Sound::Stop(Duration::ZERO)).is_ok() {
            thread::yield_now();
        }
        // The thread drops the inbox first; the other end follows.
        let mut told = remote.check();
        while told.is_ok() {
            told = remote.check();
        }
        assert!(matches!(told, Err(SpeakerError::NoDevice(_))));
        assert_eq!(remote.check(), Ok(()));
    }

    #[test]
    fn a_hanging_sound_thread_never_blocks_the_box() {
        let (let_go, hangs) = sync_channel::<()>(0);
        let mut remote = Remote::start("card".to_owned(), move |_, _| hangs.recv().unwrap_or_default()).unwrap();
        assert!((0..MOST_SOUNDS).all(|_| remote.send(Sound::Chime(Chime::Ready)).is_ok()));
        assert!(matches!(remote.send(Sound::Chime(Chime::Ready)), Err(SpeakerError::NoDevice(_))));
        drop(let_go);
    }
}
