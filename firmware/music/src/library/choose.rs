//! Chooses the next track: near the place that is wanted, liked as far as is known, and not heard just now.
//!
//! `score = fit x draw x freshness`. The fit falls with the distance to the target, less for tracks whose place is
//! doubtful, and learns from what was skipped when such music was wanted. The draw is Thompson's (1933): what the track's
//! success might be, given what happened to it, to its artist and to the whole library; so little-known tracks are tried,
//! and disliked ones are not tried again and again. Pure and seeded: equal history and seed give equal choices.
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "tracks and plays are counted in f32")]

mod explain;

pub use explain::{Choice, Passed};

use crate::library::catalogue::{Piece, Present};
use crate::library::taste::{Event, Record, Taste, quadrant};
use mood::Affect;
use rand_distr::{Beta, Distribution};
use rand_pcg::Pcg32;
use std::path::Path;

/// How wide the circle of tracks that fit is, before doubt and variety widen it.
const NEAR: f32 = 0.42;

/// At least so many tracks must fit well, or the circle is widened.
const FEWEST_FITTING: usize = 5;
const FITS: f32 = 0.3;

/// As many events the artist's and the library's record weigh in a track's.
const PRIOR: f32 = 2.0;

/// Multiplier on the evidence of the Beta posterior: above 1 explores less than Thompson sampling (`examples/owners`).
const SURE: f32 = 3.0;

/// A track that has rested comes back to its full chance over this share of the library, in plays, at full variety; and over
/// at most so many, or else a favourite among thousands would hardly come again.
const PATIENCE: f32 = 0.1;
const MOST_PATIENCE: f32 = 16.0;

/// Artists heard last that are not heard again at once.
const ARTISTS: u64 = 2;

/// How much a completion or an early skip under a mood changes how well a track fits that mood.
const LESSON: f32 = 1.3;

/// A track's numbers while one is chosen.
#[derive(Debug, Clone, Copy, Default)]
struct Weighed {
    /// Square of the distance.
    square: f32,
    fit: f32,
    /// 0 where it wasn't drawn, as no draw could have made the track win.
    draw: f32,
    freshness: f32,
    score: f32,
}

/// Chooses from a catalogue. Knows what was heard since.
#[derive(Debug, Clone)]
pub struct Chooser {
    pieces: Vec<Piece>,
    records: Vec<Record>,
    /// What speaks for and against each artist, and when they were last played.
    artists: Vec<(f32, f32, u64)>,
    /// The same for everything.
    library: (f32, f32),
    plays: u64,
    variety: f32,
    /// Scratch buffer, reused between picks: allocating it for 10,000 tracks each time is slow.
    weighed: Vec<Weighed>,
}

impl Chooser {
    /// A chooser among pieces by path at `now_s`, seconds since 1970. `variety` 0..=1: how wide and how new.
    pub fn new(pieces: Vec<Piece>, taste: &Taste, variety: f32, now_s: u64) -> Self {
        let records: Vec<Record> = pieces.iter().map(|piece| taste.record(&piece.path).faded(now_s)).collect();
        let count = pieces.iter().filter_map(|piece| piece.artist).max().map_or(0, |most| most as usize + 1);
        let mut new = Self {
            pieces,
            records: Vec::new(),
            artists: vec![(0.0, 0.0, 0); count],
            library: (0.0, 0.0),
            plays: taste.plays(),
            variety: if variety.is_nan() { 0.5 } else { variety.clamp(0.0, 1.0) },
            weighed: Vec::new(),
        };
        for (at, record) in records.iter().enumerate() {
            new.add(at, record.good, record.bad, record.last_play);
        }
        new.records = records;
        new
    }

    /// How many tracks there are to choose from.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn add(&mut self, at: usize, good: f32, bad: f32, play: u64) {
        self.library.0 += good;
        self.library.1 += bad;
        let artist = self.pieces.get(at).and_then(|piece| piece.artist);
        if let Some(record) = artist.and_then(|artist| self.artists.get_mut(artist as usize)) {
            record.0 += good;
            record.1 += bad;
            record.2 = record.2.max(play);
        }
    }

    /// Takes note of what happened to a track, when `target` was wanted.
    pub fn note(&mut self, path: &Path, event: Event, target: Option<Affect>, now_s: u64) {
        if let Some(at) = self.place(path) {
            self.note_at(at, event, target, now_s);
        }
    }

    fn place(&self, path: &Path) -> Option<usize> {
        self.pieces.binary_search_by(|piece| piece.path.as_path().cmp(path)).ok()
    }

    /// As [`Chooser::note`], for the track with this number.
    pub fn note_at(&mut self, at: usize, event: Event, target: Option<Affect>, now_s: u64) {
        let Some(record) = self.records.get_mut(at) else { return };
        if matches!(event, Event::Skipped(_) | Event::Completed) {
            self.plays += 1;
        }
        let before = record.faded(now_s);
        let after = before.with(event, target, now_s, self.plays);
        *record = after;
        self.add(at, after.good - before.good, after.bad - before.bad, after.last_play);
    }

    /// A track begins: it and its artist rest from now on.
    pub fn start(&mut self, path: &Path) {
        let Some(at) = self.place(path) else { return };
        let play = self.plays + 1;
        if let Some(record) = self.records.get_mut(at) {
            record.last_play = play;
        }
        self.add(at, 0.0, 0.0, play);
    }

    /// Takes a track out, because it can't be played.
    pub fn drop_broken(&mut self, path: &Path) {
        if let Some(at) = self.place(path) {
            self.pieces.remove(at);
            self.records.remove(at);
        }
    }

    /// Takes out the tracks that can't be reached now.
    pub fn drop_absent(&mut self) {
        let mut present = Present::default();
        let there: Vec<bool> = self.pieces.iter().map(|piece| present.has(&piece.path)).collect();
        let kept = |at: &mut std::slice::Iter<'_, bool>| at.next().is_some_and(|there| *there);
        let (mut pieces, mut records) = (there.iter(), there.iter());
        self.pieces.retain(|_| kept(&mut pieces));
        self.records.retain(|_| kept(&mut records));
    }

    /// The next track for a target; `None` when there is none at all.
    pub fn pick(&mut self, target: Affect, rng: &mut Pcg32) -> Option<Choice> {
        let best = self.pick_at(target, rng)?;
        self.explained(best, target)
    }

    /// The number of the next track for a target.
    pub fn pick_at(&mut self, target: Affect, rng: &mut Pcg32) -> Option<usize> {
        self.weigh(target);
        let mut best = None;
        let mut most = f32::MIN;
        for at in 0..self.weighed.len() {
            let chance = self.weighed[at].fit * self.weighed[at].freshness;
            // A draw is at most 1, so that what has less chance than the best score can't win: most need no draw.
            if chance > most {
                let draw = self.draw(at, rng);
                let score = chance * draw;
                (self.weighed[at].draw, self.weighed[at].score) = (draw, score);
                if score > most {
                    (best, most) = (Some(at), score);
                }
            }
        }
        best
    }

    /// Fills in how well each track fits and how fresh it is.
    fn weigh(&mut self, target: Affect) {
        let mut weighed = std::mem::take(&mut self.weighed);
        weighed.clear();
        weighed.extend(
            self.pieces.iter().map(|piece| Weighed { square: squared(piece.affect, target), ..Weighed::default() }),
        );
        let (wanted, width, resting) = (quadrant(target), self.width(&weighed), self.resting());
        let mut any = false;
        for (at, this) in weighed.iter_mut().enumerate() {
            this.freshness = self.freshness(at, resting);
            this.fit = self.fit(at, this.square, width, wanted);
            any |= this.freshness > 0.0;
        }
        // All were heard just now: the one that was heard longest ago.
        if !any {
            let first = self.records.iter().map(|record| record.last_play).min().unwrap_or(0);
            for (this, record) in weighed.iter_mut().zip(&self.records) {
                this.freshness = if record.last_play == first { 1.0 } else { 0.0 };
            }
        }
        self.weighed = weighed;
    }

    fn fit(&self, at: usize, square: f32, width: f32, wanted: usize) -> f32 {
        let doubt = self.pieces[at].uncertainty;
        let near = (-square / (2.0 * (width * width + doubt * doubt * DOUBT_SHARE))).exp();
        let lesson = self.records[at].fit[wanted];
        if lesson.abs() < f32::EPSILON {
            return near;
        }
        // A lesson moves the odds that it fits.
        let odds = near / (1.0 - near).max(1e-4) * (LESSON * lesson).clamp(-3.0, 3.0).exp();
        odds / (1.0 + odds)
    }

    /// How wide the circle must be.
    fn width(&self, weighed: &[Weighed]) -> f32 {
        let fewest = FEWEST_FITTING.min(weighed.len());
        let mut width = NEAR * (0.6 + 0.8 * self.variety);
        let fitting = |width: f32| {
            let most = -2.0 * width * width * FITS.ln();
            weighed.iter().filter(|this| this.square < most).take(fewest).count()
        };
        while width < 4.0 && fitting(width) < fewest {
            width *= 1.25;
        }
        width
    }

    /// Plays for which a track is not heard again.
    fn resting(&self) -> u64 {
        let most = (30.0 * self.variety).round();
        let share = (self.pieces.len() as f32 * 0.5 * self.variety).floor();
        let most = most.min(share).max(if self.pieces.len() > 1 { 1.0 } else { 0.0 });
        // A whole number within 0..=30.
        (0..=30_u64).rev().find(|plays| *plays as f32 <= most).unwrap_or(0)
    }

    /// 0 while a track or its artist rests, then rising to 1.
    fn freshness(&self, at: usize, resting: u64) -> f32 {
        let age = |last: u64| if last == 0 { u64::MAX } else { self.plays + 1 - last };
        let own = age(self.records[at].last_play);
        let artist = self.pieces[at].artist.and_then(|artist| self.artists.get(artist as usize));
        let crowd = self.artists.len() as u64 > 2 * ARTISTS && self.pieces.len() as u64 > 4 * ARTISTS;
        if own <= resting || (crowd && artist.is_some_and(|artist| age(artist.2) <= ARTISTS)) {
            return 0.0;
        }
        if own == u64::MAX {
            return 1.0;
        }
        let patience = (self.variety * (PATIENCE * self.pieces.len() as f32).min(MOST_PATIENCE)).max(1e-3);
        1.0 - (-(own as f32 - resting as f32) / patience).exp()
    }

    /// What its success might be.
    fn draw(&self, at: usize, rng: &mut Pcg32) -> f32 {
        let (good, bad) = self.library;
        let library = (good + 1.0) / (good + bad + 2.0);
        let artist = self.pieces[at].artist.and_then(|artist| self.artists.get(artist as usize));
        let (good, bad, _) = artist.copied().unwrap_or_default();
        let prior = (good + PRIOR * library) / (good + bad + PRIOR);
        let record = &self.records[at];
        // What happened to the artist's other tracks counts as if it had happened to this one.
        let a = SURE * (record.good + PRIOR * prior + good);
        let b = SURE * (record.bad + PRIOR * (1.0 - prior) + bad);
        Beta::new(a.max(0.05), b.max(0.05)).map_or(prior, |beta| beta.sample(rng))
    }
}

/// How much of a track's doubt widens its circle.
const DOUBT_SHARE: f32 = 0.25;

fn squared(a: Affect, b: Affect) -> f32 {
    (a.valence - b.valence).powi(2) + (a.arousal - b.arousal).powi(2)
}

#[cfg(test)]
mod tests;
