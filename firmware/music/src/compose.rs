//! The composer: endless music for a mood, from nothing but a seed.
//!
//! Writes four bars, plays them, writes the next. Asked for another mood it goes over to it from the next bar on, within four.
//! INVARIANT: equal plan, seed and rate give equal samples, whatever the sizes of the blocks asked for: inside, everything
//! happens in blocks of 64 frames.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times are positive and become sample numbers; a rate in Hz fits f32"
)]

pub mod character;
mod effects;
mod mix;
pub mod plan;
mod score;
pub mod soundfont;
pub mod theory;
mod voices;

use crate::compose::effects::BLOCK;
use crate::compose::mix::{Desk, Sends, Stage, panned, stage};
use crate::compose::plan::Plan;
use crate::compose::score::{BARS, Note, Part, Piece, Player};
use crate::compose::voices::{Touch, Voice, voice};
use crate::loudness::{LoudnessNormaliser, USUAL_LUFS};
use crate::track::{Programme, Status, Stereo, Track};
use mood::{Affect, Expression};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use soundfont::{Orchestra, SoundFont};
use std::collections::VecDeque;

/// Notes sounding at once, so that a slow machine is never asked for more. Scores stay far below.
const MOST_VOICES: usize = 64;

/// How many seconds of measured loudness weigh as much as what is known of the mood's mix, and how far it may be off, in dB.
const EXPECTATION_S: f32 = 3.0;
const MOST_DB: f32 = 12.0;

/// How loud a SoundFont is expected to come out, for how many seconds that is believed, and how far it may be off.
const STRANGE_LUFS: f32 = -22.0;
const STRANGE_TRUST_S: f32 = 2.0;
const STRANGE_MOST_DB: f32 = 15.0;

/// Share of a SoundFont's sound that the room hears.
const STRANGE_SEND: f32 = 0.5;

/// Endless music.
pub struct Composer {
    /// What the piece is made to.
    plan: Plan,
    /// What it was made to before, while the next phrase has to lead away from that.
    before: Option<Plan>,
    rate_hz: f32,
    rng: Pcg32,
    piece: Piece,
    player: Player,
    coming: VecDeque<Played>,
    /// The bars written and not yet begun: their first frames and their plans.
    bars: VecDeque<(u64, Plan)>,
    /// The plan of the bar that sounds.
    here: Plan,
    sounding: Vec<Sounding>,
    /// Frames rendered so far.
    now: u64,
    /// The frame at which the next phrase begins.
    next_phrase: f64,
    desk: Desk,
    loudness: LoudnessNormaliser,
    /// The owner's instruments instead of the composer's own.
    orchestra: Option<Orchestra>,
    block: [Stereo; BLOCK],
    /// Frames of `block` already handed out.
    used: usize,
}

/// A note with its moment and touch.
#[derive(Debug, Clone, Copy)]
struct Played {
    at: u64,
    /// The first frame of its bar.
    bar: u64,
    note: Note,
    velocity: f32,
    held_s: f32,
    brightness: f32,
}

/// A voice in its place on the stage.
struct Sounding {
    voice: Box<dyn Voice>,
    stage: Stage,
    pan: [f32; 2],
}

impl Composer {
    /// A piece for an expression at a point of the plane, at `rate_hz` frames a second.
    #[must_use]
    pub fn new(expression: Expression, affect: Affect, seed: u64, rate_hz: u32) -> Self {
        let plan = Plan::of(expression, affect);
        let mut rng = stream(seed);
        let piece = Piece::new(&plan, None, &mut rng);
        let rate = rate_hz as f32;
        let target_lufs = USUAL_LUFS + plan.loudness_lu;
        Self {
            before: None,
            rate_hz: rate,
            rng,
            piece,
            player: Player::default(),
            coming: VecDeque::new(),
            bars: VecDeque::new(),
            here: plan,
            sounding: Vec::with_capacity(MOST_VOICES),
            now: 0,
            next_phrase: 0.0,
            desk: Desk::new(&plan, rate),
            loudness: LoudnessNormaliser::new(plan.character.mix_lufs, EXPECTATION_S, target_lufs, MOST_DB, rate),
            orchestra: None,
            block: [[0.0; 2]; BLOCK],
            used: BLOCK,
            plan,
        }
    }

    /// With the instruments of a SoundFont, if there is one that can be played at this rate.
    #[must_use]
    pub fn with_instruments(mut self, font: Option<&SoundFont>) -> Self {
        let Some(font) = font else { return self };
        let rate_hz = self.rate_hz as u32;
        match Orchestra::new(font, rate_hz) {
            Ok(orchestra) => self.orchestra = Some(orchestra),
            Err(error) => tracing::warn!(error, "the composer keeps its own instruments"),
        }
        // How loud a strange instrument comes out is not known; it is measured soon.
        let target_lufs = USUAL_LUFS + self.plan.loudness_lu;
        self.loudness =
            LoudnessNormaliser::new(STRANGE_LUFS, STRANGE_TRUST_S, target_lufs, STRANGE_MOST_DB, self.rate_hz);
        self
    }

    /// What the piece is made to.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Writes the next phrase when its first notes could fall into this block.
    fn write_ahead(&mut self) {
        while self.next_phrase <= (self.now + BLOCK as u64) as f64 {
            let plans = match self.before.take() {
                Some(before) => [0.25, 0.5, 0.75, 1.0].map(|share| before.towards(&self.plan, share)),
                None => [self.plan; BARS],
            };
            let notes = self.piece.phrase(&plans, &mut self.rng);
            let beats = self.plan.character.beats;
            let rate = f64::from(self.rate_hz);
            // Nobody keeps a tempo exactly.
            let beat_s = plans.map(|plan| {
                let sway = 1.0 + plan.character.looseness_s * self.rng.random_range(-1.0..1.0);
                60.0 / f64::from(plan.tempo_bpm * sway)
            });
            let starts = beat_s.map(|beat_s| {
                let start = self.next_phrase;
                self.next_phrase += f64::from(beats) * beat_s * rate;
                start
            });
            for (start, mut plan) in starts.into_iter().zip(plans) {
                // The mix moves, as under a hand.
                plan.production.tilt_db += self.rng.random_range(-2.0..2.0);
                self.bars.push_back((start as u64, plan));
            }
            let first = self.coming.len();
            for note in notes {
                let bar = ((note.at / f32::from(beats)) as usize).min(BARS - 1);
                let plan = &plans[bar];
                let (late_s, velocity) = self.player.play(plan, &note, &mut self.rng);
                let beat = f64::from(note.at) - bar as f64 * f64::from(beats);
                let at = starts[bar] + (beat * beat_s[bar] + f64::from(late_s)) * rate;
                self.coming.push_back(Played {
                    at: at.max(starts[0]) as u64,
                    bar: starts[bar] as u64,
                    note,
                    velocity,
                    held_s: note.length * beat_s[bar] as f32,
                    brightness: (plan.brightness + self.rng.random_range(-0.25..0.25)).clamp(0.0, 1.0),
                });
            }
            self.coming.make_contiguous()[first..].sort_by_key(|played| played.at);
        }
    }

    /// Begins a note: one voice, or two for what is recorded twice.
    fn start(&mut self, played: &Played, sends: &mut Sends) {
        let stage = stage(played.note.part);
        // Low notes to the left, high ones to the right, as at a keyboard; bass and drums in the middle.
        let wide = match played.note.part {
            Part::Chords(_) | Part::Pad(_) => f32::from(played.note.pitch - 60) * 0.05,
            _ => 0.0,
        };
        let takes = match stage.doubled {
            Some(width) => [Some((-width, -4.0)), Some((width, 4.0))],
            None => [Some((stage.pan + wide, 0.0)), None],
        };
        for (pan, cents) in takes.into_iter().flatten() {
            let touch = Touch {
                pitch: played.note.pitch,
                cents,
                velocity: played.velocity,
                held_s: played.held_s,
                brightness: played.brightness,
                rate_hz: self.rate_hz,
                seed: self.rng.random(),
            };
            if self.sounding.len() < MOST_VOICES
                && let Some(voice) = voice(played.note.part, touch)
            {
                let mut sounding =
                    Sounding { voice, stage, pan: panned(pan, stage.gain_db + 8.0 * (played.velocity - 0.6)) };
                let offset = played.at.saturating_sub(self.now) as usize;
                let mut mono = [0.0; BLOCK];
                if sounding.voice.render(&mut mono[offset..]) {
                    sends.add(&mono, &sounding.stage, sounding.pan);
                    self.sounding.push(sounding);
                }
            }
        }
    }

    fn render_block(&mut self) {
        self.write_ahead();
        while let Some(&(_, plan)) = self.bars.front().filter(|(first, _)| *first <= self.now) {
            self.bars.pop_front();
            self.here = plan;
            self.desk.enter(&plan);
        }
        let mut sends = Sends::SILENT;
        self.sounding.retain_mut(|sounding| {
            let mut mono = [0.0; BLOCK];
            let alive = sounding.voice.render(&mut mono);
            sends.add(&mono, &sounding.stage, sounding.pan);
            alive
        });
        while let Some(&played) = self.coming.front()
            && played.at < self.now + BLOCK as u64
        {
            self.coming.pop_front();
            match &mut self.orchestra {
                Some(orchestra) => {
                    let until = played.at + (played.held_s * self.rate_hz) as u64;
                    orchestra.start(&played.note, played.velocity, until);
                }
                None => self.start(&played, &mut sends),
            }
        }
        if let Some(orchestra) = &mut self.orchestra {
            sends.add_block(&orchestra.render(self.now), STRANGE_SEND);
        }
        let mixed = self.desk.process(&mut sends, &self.here);
        for ((frame, left), right) in self.block.iter_mut().zip(mixed.left).zip(mixed.right) {
            *frame = [left, right];
        }
        self.loudness.process(&mut self.block);
        self.now += BLOCK as u64;
        self.used = 0;
    }
}

/// Neighbouring seeds must not give neighbouring streams.
fn stream(seed: u64) -> Pcg32 {
    Pcg32::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl Track for Composer {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        let mut done = 0;
        while done < out.len() {
            if self.used == BLOCK {
                self.render_block();
            }
            let count = (BLOCK - self.used).min(out.len() - done);
            out[done..done + count].copy_from_slice(&self.block[self.used..self.used + count]);
            self.used += count;
            done += count;
        }
        Status::Playing
    }

    /// From the next bar on, within four: the key stays, harmony is the new one at once, tempo and touch glide, and the players
    /// change one after the other.
    fn turn(&mut self, programme: &Programme) -> bool {
        let bar = self.bars.front().map_or(self.next_phrase, |(first, _)| *first as f64);
        self.coming.retain(|played| played.bar < bar as u64);
        self.bars.clear();
        self.next_phrase = bar;
        self.plan = Plan::of(programme.expression, programme.affect);
        self.before = Some(self.here);
        self.rng = stream(programme.seed);
        self.piece = Piece::new(&self.plan, Some(self.piece.tonic), &mut self.rng);
        let mix_lufs = if self.orchestra.is_some() { STRANGE_LUFS } else { self.plan.character.mix_lufs };
        self.loudness.aim(mix_lufs, USUAL_LUFS + self.plan.loudness_lu);
        true
    }
}

#[cfg(test)]
mod tests;
