//! A burst: the frames of one look, combined. Decides what to search for in the next frame and what the burst shows.
//!
//! Owns the evidence and the rules, runs no network: glimpses go in, the next [`Step`] and at the end a [`Verdict`] come
//! out. So a burst can be tested without pictures.
//!
//! - A face counts when two of three frames in a row show it in one place, and one frame clearly: a false alarm rarely
//!   comes twice, and hardly ever looks like a face from near.
//! - The whole frame is searched four times at most, as that is what costs; a known face is looked for around its place.
//! - Of one face, the readings are averaged, each with the weight of its frame's [`Quality`].
//! - It ends as soon as the answer is certain.

mod track;

use crate::{
    Answer, DecisionRule, FaceBox, Faces, Mood, NoFaceReason, Probabilities, Quality, Reading, Search, UnsureReason,
    quality,
};
use track::Track;

/// Searches of a whole frame in one burst at most.
pub const MOST_SEARCHES: u32 = 4;

/// The score that a face has in one frame at least.
///
/// Measured with `--example seeing` on moving sequences: of 176 without a person seven showed something face-like, at
/// 0.81 at most, a dog's face among them that stayed; of the sequences with a person none stayed below 0.86.
const CLEAR: f32 = 0.83;

/// Readings before an answer can be certain.
const FEWEST_READINGS: usize = 3;
/// The confidence of a certain answer, however low the threshold of its expression is.
const CERTAIN: f32 = 0.75;
/// What the readings of a certain answer weigh together.
const CERTAIN_WEIGHT: f32 = 1.5;

/// Mean luminance of a face, or of a frame without one, below which the camera is asked for more light.
const DIM: u8 = 60;
/// The mean luminance that is asked for.
const WELL_LIT: f32 = 100.0;
/// The camera is asked for so much more at a time at most.
const MOST_AT_ONCE: f32 = 8.0;
/// How often the camera is asked, and how many frames lie between: what it does shows only some frames later.
const MOST_ASKED: u32 = 2;
const BETWEEN_ASKED: u32 = 3;
/// A frame of this mean luminance is too dark to find anybody in.
const DARK: u8 = 24;

/// What to do with the next frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Look for a face in it.
    Look(Search),
    /// Nothing: searching again is worth more when the person has had time to look up.
    LetPass,
    /// There is no next frame; the burst has seen enough.
    Done,
}

/// What one frame showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Glimpse {
    /// Mean luminance of the primary face, or of the frame when it has none.
    pub luminance: u8,
    /// Who was found.
    pub faces: Faces,
    /// The primary face's reading and quality; `None` without a face.
    pub reading: Option<(Reading, Quality)>,
}

/// What the frames say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The judgement.
    pub answer: Answer,
    /// The faces where they were seen last, the primary one first; empty when nobody was.
    pub faces: Vec<FaceBox>,
    /// Another face is nearly as large as the primary one.
    pub several: bool,
    /// Of the primary face; `None` without one.
    pub probabilities: Option<Probabilities>,
    /// The mean reading they come from; `None` without a face.
    pub reading: Option<Reading>,
}

/// The frames of one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Burst {
    most_frames: u32,
    frames: u32,
    searches: u32,
    /// Frames let pass since the last search.
    passed: u32,
    track: Option<Track>,
    /// The other faces of the last search that found any.
    others: Vec<FaceBox>,
    several: bool,
    /// The best reason for seeing nobody so far.
    nobody: NoFaceReason,
    luminance: Option<u8>,
    asked: u32,
    /// Frames taken when the camera was asked for light last.
    asked_at: u32,
}

impl Burst {
    /// A burst of at most `most_frames` frames, at least 1.
    #[must_use]
    pub fn new(most_frames: u32) -> Self {
        Self {
            most_frames: most_frames.max(1),
            frames: 0,
            searches: 0,
            passed: 0,
            track: None,
            others: Vec::new(),
            several: false,
            nobody: NoFaceReason::NothingFound,
            luminance: None,
            asked: 0,
            asked_at: 0,
        }
    }

    /// Frames so far, with those let pass.
    #[must_use]
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Whole frames searched so far.
    #[must_use]
    pub const fn searches(&self) -> u32 {
        self.searches
    }

    /// What to do with the next frame.
    #[must_use]
    pub fn next(&self, rule: &DecisionRule) -> Step {
        if self.frames >= self.most_frames || self.is_certain(rule) {
            return Step::Done;
        }
        let may_search = self.searches < MOST_SEARCHES;
        match &self.track {
            // Missed once it may only have been blurred; looking there again costs little.
            Some(track) if track.missed() < 2 => Step::Look(Search::Near(track.face)),
            // The person has left, and was seen well enough before.
            Some(track) if self.counts(track) => Step::Done,
            Some(_) if may_search => Step::Look(Search::Whole),
            Some(track) if track.missed() < 3 => Step::Look(Search::Near(track.face)),
            None if may_search && self.searches > 0 && self.passed < self.pause() => Step::LetPass,
            None if may_search => Step::Look(self.search()),
            _ => Step::Done,
        }
    }

    /// Takes what a frame showed that was looked at as `search` says.
    pub fn add(&mut self, search: Search, glimpse: Glimpse) {
        self.frames += 1;
        self.passed = 0;
        self.luminance = Some(glimpse.luminance);
        let Glimpse { faces, reading, .. } = glimpse;
        if !matches!(search, Search::Near(_)) {
            self.searches += 1;
            if !faces.faces.is_empty() {
                self.several = faces.several();
                self.others = faces.faces.iter().skip(1).copied().collect();
            }
        }
        let Some((face, (reading, quality))) = faces.faces.first().copied().zip(reading) else {
            self.nobody = self.nobody.or_more_telling(faces.reason);
            self.track.iter_mut().for_each(Track::miss);
            return;
        };
        let stands = self.track.as_ref().is_some_and(|track| self.counts(track));
        match &mut self.track {
            Some(track) if track.is_same(&face) => track.hit(face, reading, quality),
            // Somebody else: what is known of the first person stands, if it is enough to stand on.
            Some(track) if stands => track.miss(),
            _ => self.track = Some(Track::new(face, reading, quality)),
        }
    }

    /// Takes note that a frame was let pass.
    pub const fn let_pass(&mut self) {
        self.frames += 1;
        self.passed += 1;
    }

    /// How many times as much light would help; `None` when it is light enough, or was asked for a moment ago.
    #[must_use]
    pub fn wants_light(&self) -> Option<f32> {
        let luminance = self.luminance.filter(|&luminance| luminance < DIM)?;
        let waits = self.asked > 0 && self.frames < self.asked_at + BETWEEN_ASKED;
        (self.asked < MOST_ASKED && !waits).then(|| (WELL_LIT / f32::from(luminance.max(1))).min(MOST_AT_ONCE))
    }

    /// Takes note that the camera was asked, and whether it could; it isn't asked again if not.
    pub const fn asked_for_light(&mut self, could: bool) {
        self.asked = if could { self.asked + 1 } else { MOST_ASKED };
        self.asked_at = self.frames;
    }

    /// What the frames say together.
    #[must_use]
    pub fn verdict(&self, rule: &DecisionRule) -> Verdict {
        let seen = self.track.as_ref().filter(|track| self.counts(track));
        let Some((track, reading)) = seen.and_then(|track| Some((track, track.mean()?))) else {
            let dark = self.luminance.is_some_and(|luminance| luminance < DARK);
            let answer = Answer::NoFace { reason: if dark { NoFaceReason::TooDark } else { self.nobody() } };
            return Verdict { answer, faces: Vec::new(), several: false, probabilities: None, reading: None };
        };
        let probabilities = rule.probabilities(&reading);
        let faces = std::iter::once(track.face).chain(self.others.iter().copied()).collect();
        let answer = answer(&probabilities, rule, track).unwrap_or(Answer::NoFace { reason: self.nobody() });
        let (probabilities, reading) = (Some(probabilities), Some(reading));
        Verdict { answer, faces, several: self.several, probabilities, reading }
    }

    /// Whether more frames would hardly change the answer: the last readings agree, and their mean is confident.
    fn is_certain(&self, rule: &DecisionRule) -> bool {
        let Some(track) = self.track.as_ref().filter(|track| self.counts(track)) else { return false };
        let last = track.readings.len().saturating_sub(FEWEST_READINGS);
        if track.readings.len() < FEWEST_READINGS || track.weight() < CERTAIN_WEIGHT {
            return false;
        }
        let Some(mood) = track.mean().and_then(|mean| Mood::of(&rule.probabilities(&mean))) else { return false };
        let agree = track.readings[last..].iter().all(|(reading, _)| {
            rule.probabilities(reading).winner().is_some_and(|(expression, _)| expression == mood.expression)
        });
        agree && mood.confidence >= rule.thresholds.least(mood.expression).max(CERTAIN)
    }

    /// No track yet: a fast search (in the dark a fine one), a fine one, one for a face that fills the frame, a fine one.
    fn search(&self) -> Search {
        let dark = self.luminance.is_some_and(|luminance| luminance < DIM);
        match self.searches {
            0 if !dark => Search::Whole,
            2 => Search::Shrunk,
            _ => Search::Closer,
        }
    }

    /// Frames to let pass between two searches for somebody, so that four spread over the whole burst.
    const fn pause(&self) -> u32 {
        (self.most_frames / MOST_SEARCHES).saturating_sub(1)
    }

    /// Whether a face is one for certain; a burst of one frame has no other to ask.
    fn counts(&self, track: &Track) -> bool {
        self.most_frames < 2 || (track.is_agreed() && track.best_score() >= CLEAR)
    }

    /// Why nobody was seen. What was there again and again, but never clearly, may be somebody who looks elsewhere.
    fn nobody(&self) -> NoFaceReason {
        let vague = self.track.as_ref().is_some_and(Track::is_agreed);
        self.nobody.or_more_telling(if vague { NoFaceReason::NotPlausible } else { NoFaceReason::NothingFound })
    }
}

/// A mood if it is certain enough and was seen well enough, else the doubt and what would help.
fn answer(probabilities: &Probabilities, rule: &DecisionRule, track: &Track) -> Option<Answer> {
    let best = track.best();
    let flaw = best.and_then(Quality::flaw);
    if best.is_some_and(|quality| quality.weight() >= quality::READABLE) {
        return Answer::decide(probabilities, &rule.thresholds, flaw);
    }
    let reason = flaw.unwrap_or(UnsureReason::LowConfidence);
    Some(Answer::Unsure { best: Mood::of(probabilities)?, reason })
}

#[cfg(test)]
mod tests;
