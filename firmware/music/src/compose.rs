//! The composer: endless music for a mood, from nothing but a seed.
//!
//! Writes sixteen bars, plays them, writes the next. INVARIANT: equal plan, seed and rate give equal samples, whatever
//! the sizes of the blocks asked for: inside, everything happens in blocks of 64 frames.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times are positive and become sample numbers; a rate in Hz fits f32"
)]

pub mod character;
mod effects;
pub mod plan;
mod score;
pub mod soundfont;
pub mod theory;
mod voices;

use crate::compose::character::Instrument;
use crate::compose::effects::HighPass;
use crate::compose::effects::Reverb;
use crate::compose::plan::Plan;
use crate::compose::score::Player;
use crate::compose::voices::{Touch, Voice, voice};
use crate::loudness::{LoudnessNormaliser, USUAL_LUFS, gain_factor};
use crate::track::{Status, Stereo, Track};
use mood::{Affect, Expression};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use score::{Note, Part, Piece};
use soundfont::{Orchestra, SoundFont};
use std::collections::VecDeque;

/// Frames rendered at once.
const BLOCK: usize = soundfont::BLOCK;

/// Notes sounding at once, so that a slow machine is never asked for more. Scores stay far below.
const MOST_VOICES: usize = 64;

/// How many seconds of measured loudness weigh as much as what is known of the mood's mix.
const EXPECTATION_S: f32 = 6.0;

/// How loud a SoundFont is expected to come out, and for how many seconds that is believed.
const STRANGE_LUFS: f32 = -22.0;
const STRANGE_TRUST_S: f32 = 2.0;

/// Share of a SoundFont's sound that the room hears.
const STRANGE_SEND: f32 = 0.5;

/// Endless music.
pub struct Composer {
    plan: Plan,
    rate_hz: f32,
    rng: Pcg32,
    piece: Piece,
    player: Player,
    coming: VecDeque<Played>,
    sounding: Vec<Sounding>,
    /// Frames rendered so far.
    now: u64,
    /// The frame at which the next section begins.
    next_section: f64,
    room: Reverb,
    low_cut: [HighPass; 2],
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
    note: Note,
    velocity: f32,
}

/// A voice in its place on the stage.
struct Sounding {
    voice: Box<dyn Voice>,
    pan: Stereo,
    send: f32,
}

impl Composer {
    /// A piece for an expression at a point of the plane, at `rate_hz` frames a second.
    #[must_use]
    pub fn new(expression: Expression, affect: Affect, seed: u64, rate_hz: u32) -> Self {
        let plan = Plan::of(expression, affect);
        // Neighbouring seeds must not give neighbouring streams.
        let mut rng = Pcg32::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let piece = Piece::new(&plan, &mut rng);
        let rate = rate_hz as f32;
        let room = plan.character.room;
        Self {
            rate_hz: rate,
            rng,
            piece,
            player: Player::new(&plan.character),
            coming: VecDeque::new(),
            sounding: Vec::with_capacity(MOST_VOICES),
            now: 0,
            next_section: 0.0,
            room: Reverb::new(0.9 + 2.2 * room, 2_500.0 + 4_500.0 * plan.brightness, rate),
            low_cut: [HighPass::new(28.0, rate); 2],
            loudness: LoudnessNormaliser::new(
                plan.character.mix_lufs,
                EXPECTATION_S,
                USUAL_LUFS + plan.loudness_lu,
                9.0,
                rate,
            ),
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
        self.loudness = LoudnessNormaliser::new(STRANGE_LUFS, STRANGE_TRUST_S, target_lufs, 15.0, self.rate_hz);
        self
    }

    /// What the piece is made to.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Writes the next section when its first notes could fall into this block.
    fn write_ahead(&mut self) {
        while self.next_section <= (self.now + BLOCK as u64) as f64 {
            let section = self.piece.section(&self.plan, &mut self.rng);
            let beat_s = 60.0 / f64::from(self.plan.tempo_bpm);
            let rate = f64::from(self.rate_hz);
            let start = self.coming.len();
            for note in section.notes {
                let gesture = self.player.play(&note, beat_s, &mut self.rng);
                let at = (self.next_section + gesture.at_s * rate) as u64;
                self.coming.push_back(Played { at, note, velocity: gesture.velocity });
            }
            self.coming.make_contiguous()[start..].sort_by_key(|played| played.at);
            self.next_section += f64::from(section.beats) * beat_s * rate;
        }
    }

    fn start(&mut self, played: &Played) -> Option<Sounding> {
        let beat_s = 60.0 / self.plan.tempo_bpm;
        let stage = stage(played.note.part);
        let touch = Touch {
            pitch: played.note.pitch,
            velocity: played.velocity,
            held_s: played.note.length * beat_s,
            brightness: self.plan.brightness,
            rate_hz: self.rate_hz,
            seed: self.rng.random(),
        };
        // Low notes to the left, high ones to the right, as at a keyboard; bass and drums in the middle.
        let wide = match played.note.part {
            Part::Chords(_) | Part::Pad(_) => f32::from(played.note.pitch - self.plan.character.chord_centre) * 0.05,
            _ => 0.0,
        };
        let pan = (stage.pan + wide).clamp(-0.8, 0.8);
        let gain = gain_factor(stage.gain_db);
        let angle = (pan + 1.0) * std::f32::consts::FRAC_PI_4;
        Some(Sounding {
            voice: voice(played.note.part, touch)?,
            pan: [gain * angle.cos(), gain * angle.sin()],
            send: stage.send * self.plan.character.room,
        })
    }

    fn render_block(&mut self) {
        self.write_ahead();
        let mut wet = [[0.0_f32; 2]; BLOCK];
        self.block = [[0.0; 2]; BLOCK];
        let mut mono = [0.0_f32; BLOCK];
        let (block, wet_block) = (&mut self.block, &mut wet);
        self.sounding.retain_mut(|sounding| {
            mono.fill(0.0);
            let alive = sounding.voice.render(&mut mono);
            mix(&mono, sounding, block, wet_block);
            alive
        });
        while let Some(&played) = self.coming.front()
            && played.at < self.now + BLOCK as u64
        {
            self.coming.pop_front();
            let held = f64::from(played.note.length) * 60.0 / f64::from(self.plan.tempo_bpm);
            let until = played.at + (held * f64::from(self.rate_hz)) as u64;
            if let Some(orchestra) = &mut self.orchestra {
                orchestra.start(&played.note, played.velocity, until);
                continue;
            }
            if self.sounding.len() < MOST_VOICES
                && let Some(mut sounding) = self.start(&played)
            {
                let offset = played.at.saturating_sub(self.now) as usize;
                mono.fill(0.0);
                if sounding.voice.render(&mut mono[offset..]) {
                    mix(&mono, &sounding, &mut self.block, &mut wet);
                    self.sounding.push(sounding);
                }
            }
        }
        if let Some(orchestra) = &mut self.orchestra {
            let mut played = [[0.0; 2]; BLOCK];
            orchestra.render(self.now, &mut played);
            let send = STRANGE_SEND * self.plan.character.room;
            for ((frame, wet), played) in self.block.iter_mut().zip(&mut wet).zip(played) {
                for side in 0..2 {
                    frame[side] += played[side];
                    wet[side] += send * played[side];
                }
            }
        }
        for (frame, wet) in self.block.iter_mut().zip(wet) {
            let room = self.room.next(wet);
            for side in 0..2 {
                frame[side] = self.low_cut[side].next(frame[side] + room[side]);
            }
        }
        self.loudness.process(&mut self.block);
        self.now += BLOCK as u64;
        self.used = 0;
    }
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
}

fn mix(mono: &[f32; BLOCK], from: &Sounding, dry: &mut [Stereo; BLOCK], wet: &mut [Stereo; BLOCK]) {
    for ((sample, dry), wet) in mono.iter().zip(dry).zip(wet) {
        for side in 0..2 {
            let placed = sample * from.pan[side];
            dry[side] += placed;
            wet[side] += placed * from.send;
        }
    }
}

/// Where a part stands: gain, place between left -1 and right 1, and how much of it the room hears.
struct Stage {
    gain_db: f32,
    pan: f32,
    send: f32,
}

const fn stage(part: Part) -> Stage {
    let (gain_db, pan, send) = match part {
        Part::Melody(Instrument::Strings | Instrument::DrivenBass) => (-7.0, 0.1, 1.0),
        Part::Melody(Instrument::Marimba) => (-3.0, 0.1, 0.9),
        Part::Melody(_) => (-5.0, 0.1, 1.0),
        Part::Chords(Instrument::Strings) => (-13.0, -0.1, 0.9),
        Part::Chords(_) => (-10.5, -0.1, 0.9),
        Part::Pad(_) => (-13.0, 0.0, 1.0),
        Part::Bass(Instrument::DrivenBass) => (-9.0, 0.0, 0.1),
        Part::Bass(_) => (-7.0, 0.0, 0.1),
        Part::Drums(score::Drum::Hat | score::Drum::Shaker) => (-14.0, 0.3, 0.4),
        Part::Drums(_) => (-11.0, 0.0, 0.35),
    };
    Stage { gain_db, pan, send }
}

#[cfg(test)]
mod tests;
