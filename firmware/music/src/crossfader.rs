//! Fades between tracks with equal power: whatever is on its way out sinks as fast in power as the new one rises.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "fades are some million frames at most"
)]

use crate::track::{Programme, Status, Stereo, Track};
use std::time::Duration;

/// The shortest fade: a cut would click.
pub const SHORTEST_FADE: Duration = Duration::from_millis(5);

/// Tracks sounding at once. Beyond that the quietest one is dropped.
const MOST_TRACKS: usize = 4;

const BLOCK: usize = 256;

/// A cross-fader for any number of tracks, of which one is coming or here and the others are going.
pub struct Crossfader {
    lanes: Vec<Lane>,
    rate_hz: f32,
    /// Frames of the running fade already done, and of all of it.
    done: u32,
    length: u32,
}

/// A track between two levels, both powers (gain squared).
struct Lane {
    track: Box<dyn Track>,
    from: f32,
    to: f32,
    ended: bool,
}

impl Lane {
    /// The power at `share` of the fade: a straight line of sin², which is what makes two lanes add up to one.
    fn power(&self, share: f32) -> f32 {
        let rise = (share * std::f32::consts::FRAC_PI_2).sin().powi(2);
        self.from + (self.to - self.from) * rise
    }
}

impl Crossfader {
    /// Silence, at `rate_hz` frames a second.
    pub fn new(rate_hz: u32) -> Self {
        Self { lanes: Vec::with_capacity(MOST_TRACKS + 1), rate_hz: rate_hz as f32, done: 0, length: 1 }
    }

    /// Brings in `track`, made for the same rate, while everything else fades away.
    pub fn play(&mut self, track: Box<dyn Track>, fade: Duration) {
        self.stop(fade);
        if self.lanes.len() == MOST_TRACKS
            && let Some(quietest) =
                (0..self.lanes.len()).min_by(|&a, &b| self.lanes[a].from.total_cmp(&self.lanes[b].from))
        {
            self.lanes.remove(quietest);
        }
        self.lanes.push(Lane { track, from: 0.0, to: 1.0, ended: false });
    }

    /// Fades to silence.
    pub fn stop(&mut self, fade: Duration) {
        let share = self.share();
        for lane in &mut self.lanes {
            (lane.from, lane.to) = (lane.power(share), 0.0);
        }
        self.done = 0;
        self.length = (fade.max(SHORTEST_FADE).as_secs_f32() * self.rate_hz) as u32;
    }

    /// Whether nothing plays or will.
    pub fn is_idle(&self) -> bool {
        self.lanes.is_empty()
    }

    /// How far the running fade is, 0..=1.
    fn share(&self) -> f32 {
        (self.done as f32 / self.length as f32).min(1.0)
    }

    fn render_block(&mut self, out: &mut [Stereo], scratch: &mut [Stereo]) {
        let (done, length) = (self.done, self.length as f32);
        let mut waiting = false;
        // The newest first: while it isn't there yet, the fade doesn't move.
        for (age, lane) in self.lanes.iter_mut().rev().enumerate() {
            match lane.track.render(scratch) {
                Status::Playing => {}
                Status::Waiting => waiting |= age == 0 && lane.to > 0.0,
                Status::Ended => lane.ended = true,
            }
            for (number, (sum, frame)) in (0_u32..).zip(out.iter_mut().zip(&*scratch)) {
                let frames = if waiting { done } else { done + number };
                let gain = lane.power((frames as f32 / length).min(1.0)).max(0.0).sqrt();
                sum[0] += gain * frame[0];
                sum[1] += gain * frame[1];
            }
        }
        if !waiting {
            self.done = self.done.saturating_add(out.len() as u32);
        }
        let over = self.done >= self.length;
        self.lanes.retain(|lane| !(lane.ended || over && lane.to <= 0.0));
    }
}

impl Track for Crossfader {
    /// `Ended` only says that nothing plays now.
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        let mut scratch = [[0.0; 2]; BLOCK];
        for block in out.chunks_mut(BLOCK) {
            block.fill([0.0; 2]);
            self.render_block(block, &mut scratch[..block.len()]);
        }
        if self.is_idle() { Status::Ended } else { Status::Playing }
    }

    fn turn(&mut self, programme: &Programme) -> bool {
        let here = self.lanes.last_mut().filter(|lane| lane.to > 0.0 && !lane.ended);
        here.is_some_and(|lane| lane.track.turn(programme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same value for ever, or for some frames.
    struct Level(Stereo, Option<usize>);

    impl Track for Level {
        fn render(&mut self, out: &mut [Stereo]) -> Status {
            out.fill(self.0);
            let Some(left) = &mut self.1 else { return Status::Playing };
            *left = left.saturating_sub(out.len());
            if *left == 0 { Status::Ended } else { Status::Playing }
        }
    }

    struct Late(u8);

    impl Track for Late {
        fn render(&mut self, out: &mut [Stereo]) -> Status {
            let here = self.0 == 0;
            self.0 = self.0.saturating_sub(1);
            out.fill(if here { [0.0, 1.0] } else { [0.0; 2] });
            if here { Status::Playing } else { Status::Waiting }
        }
    }

    fn second(crossfader: &mut Crossfader) -> Vec<Stereo> {
        let mut out = vec![[9.0; 2]; 48_000];
        crossfader.render(&mut out);
        out
    }

    const LEFT: Stereo = [1.0, 0.0];
    const RIGHT: Stereo = [0.0, 1.0];

    #[test]
    fn a_fade_in_and_a_fade_out_are_monotone_and_end_where_they_should() {
        let mut crossfader = Crossfader::new(48_000);
        crossfader.play(Box::new(Level(LEFT, None)), Duration::from_millis(500));
        let rise = second(&mut crossfader);
        assert!(rise.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        assert!(rise[0][0].abs() < 1e-6 && (rise[47_999][0] - 1.0).abs() < 1e-6);
        crossfader.stop(Duration::from_millis(500));
        let fall = second(&mut crossfader);
        assert!(fall.windows(2).all(|pair| pair[0][0] >= pair[1][0]));
        assert!((fall[0][0] - 1.0).abs() < 1e-3 && fall[47_999][0].abs() < 1e-6);
        assert!(crossfader.is_idle());
    }

    #[test]
    fn a_cross_fade_keeps_the_power() {
        let mut crossfader = Crossfader::new(48_000);
        crossfader.play(Box::new(Level(LEFT, None)), Duration::ZERO);
        second(&mut crossfader);
        crossfader.play(Box::new(Level(RIGHT, None)), Duration::from_millis(700));
        for [left, right] in second(&mut crossfader) {
            let power_db = 10.0 * (left * left + right * right).log10();
            assert!(power_db.abs() < 0.01, "{power_db} dB");
        }
    }

    #[test]
    fn a_press_within_a_fade_goes_on_from_where_the_levels_are() {
        let mut crossfader = Crossfader::new(48_000);
        crossfader.play(Box::new(Level(LEFT, None)), Duration::from_secs(2));
        let before = second(&mut crossfader)[47_999][0];
        crossfader.play(Box::new(Level(RIGHT, None)), Duration::from_secs(2));
        let after = second(&mut crossfader);
        assert!((after[0][0] - before).abs() < 1e-3, "{before} jumps to {}", after[0][0]);
        let jump = after.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
        assert!(jump < 1e-3, "{jump}");
    }

    #[test]
    fn the_old_track_plays_on_until_the_new_one_is_there() {
        let mut crossfader = Crossfader::new(48_000);
        crossfader.play(Box::new(Level(LEFT, None)), Duration::ZERO);
        second(&mut crossfader);
        crossfader.play(Box::new(Late(20)), Duration::from_millis(20));
        let out = second(&mut crossfader);
        assert!((out[19 * BLOCK][0] - 1.0).abs() < 1e-6);
        assert!(out[47_999][0].abs() < 1e-6 && (out[47_999][1] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn an_ended_track_leaves_silence_and_many_presses_stay_bounded() {
        let mut crossfader = Crossfader::new(48_000);
        crossfader.play(Box::new(Level(LEFT, Some(1_000))), Duration::ZERO);
        second(&mut crossfader);
        assert!(crossfader.is_idle());
        for _ in 0..50 {
            crossfader.play(Box::new(Level(LEFT, None)), Duration::from_secs(1));
            crossfader.render(&mut [[0.0; 2]; 64]);
        }
        assert_eq!(crossfader.lanes.len(), MOST_TRACKS);
    }
}
