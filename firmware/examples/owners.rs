//! Simulated owners: how well does the box choose, against chance, against the nearest track, and against the best rule of
//! the first experiments? `cargo run --release -p moodbox --example owners`
//!
//! An owner likes each artist to some degree, hears a track that fits the mood to its end as often as the artist is liked,
//! and one that doesn't fit 0.4 times as often. Where a track truly lies the box doesn't know: it has an estimate that is
//! right about valence for three tracks of four and about arousal for nearly nine of ten, as measured by `trainer
//! music-fit`. The mood changes every ten tracks.
#![expect(clippy::unwrap_used, reason = "a measuring tool; a failure ends it")]
#![expect(clippy::print_stdout, reason = "an example prints its table")]
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of some hundreds"
)]

use mood::Affect;
use moodbox::music::choose::Chooser;
use moodbox::music::collection::Piece;
use moodbox::music::taste::{Event, Taste, quadrant};
use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, Normal};
use rand_pcg::Pcg32;
use std::path::PathBuf;

const PLAYS: usize = 600;
const RUNS: u64 = 16;
/// Tracks of one mood in a row.
const MOOD: usize = 10;
/// How often a track of the wrong mood is heard to its end, against one of the right mood.
const WRONG_MOOD: f32 = 0.4;
const CORNERS: [(f32, f32); 4] = [(0.6, 0.5), (-0.6, 0.5), (-0.6, -0.4), (0.6, -0.4)];

/// A library and its owner.
struct World {
    pieces: Vec<Piece>,
    truth: Vec<usize>,
    liking: Vec<f32>,
}

impl World {
    fn new(tracks: usize, rng: &mut Pcg32) -> Self {
        let artists = (tracks * 3 / 4).max(1) as u32;
        let liked = Beta::new(1.0_f32, 1.25).unwrap();
        let likings: Vec<f32> = (0..artists).map(|_| liked.sample(rng)).collect();
        let mut world = Self { pieces: Vec::new(), truth: Vec::new(), liking: Vec::new() };
        for number in 0..tracks {
            let truth = rng.random_range(0..4);
            let (valence, arousal) = CORNERS[truth];
            // Log-odds of a calibrated estimate that is right in 75 % and 88.5 %.
            let mut guess = |side: f32, spread: f32| {
                let log_odds = Normal::new(side.signum() * spread * spread / 2.0, spread).unwrap().sample(rng);
                let value = (log_odds / 2.0).tanh();
                (value, 0.25 + 0.5 * (1.0 - value * value).sqrt())
            };
            let ((v, v_doubt), (a, a_doubt)) = (guess(valence, 1.35), guess(arousal, 2.4));
            let artist = rng.random_range(0..artists);
            world.pieces.push(Piece {
                path: PathBuf::from(format!("{number:06}")),
                artist: Some(artist),
                affect: Affect { valence: v, arousal: a },
                uncertainty: v_doubt.max(a_doubt),
                rated: false,
            });
            world.truth.push(truth);
            world.liking.push(likings[artist as usize]);
        }
        world
    }
}

/// What is counted.
#[derive(Default, Clone, Copy)]
struct Tally {
    complete: f32,
    later: f32,
    fits: f32,
    repeats: f32,
    coverage: f32,
}

/// A way to choose.
trait Rule {
    fn pick(&mut self, target: Affect, rng: &mut Pcg32) -> usize;
    fn heard(&mut self, track: usize, target: Affect, event: Event);
}

fn live(world: &World, rule: &mut dyn Rule, rng: &mut Pcg32) -> Tally {
    let mut tally = Tally::default();
    let mut history: Vec<usize> = Vec::new();
    let mut mood = 0;
    for play in 0..PLAYS {
        if play % MOOD == 0 {
            mood = rng.random_range(0..4);
        }
        let (valence, arousal) = CORNERS[mood];
        let target = Affect { valence, arousal };
        let track = rule.pick(target, rng);
        let fits = world.truth[track] == mood;
        let chance = world.liking[track] * if fits { 1.0 } else { WRONG_MOOD };
        let complete = rng.random_range(0.0..1.0) < chance;
        let share = rng.random_range(0.0..0.6);
        rule.heard(track, target, if complete { Event::Completed } else { Event::Skipped(share) });
        let one = 1.0 / PLAYS as f32;
        tally.complete += if complete { one } else { 0.0 };
        tally.later += if complete && play >= PLAYS / 2 { 2.0 * one } else { 0.0 };
        tally.fits += if fits { one } else { 0.0 };
        let lately = &history[history.len().saturating_sub(20)..];
        tally.repeats += if lately.contains(&track) { one } else { 0.0 };
        history.push(track);
    }
    history.sort_unstable();
    history.dedup();
    tally.coverage = history.len() as f32 / world.pieces.len() as f32;
    tally
}

struct Random(usize);

impl Rule for Random {
    fn pick(&mut self, _target: Affect, rng: &mut Pcg32) -> usize {
        rng.random_range(0..self.0)
    }
    fn heard(&mut self, _track: usize, _target: Affect, _event: Event) {}
}

struct Nearest<'a>(&'a World);

impl Rule for Nearest<'_> {
    fn pick(&mut self, target: Affect, _rng: &mut Pcg32) -> usize {
        let distance = |at: &usize| square(self.0.pieces[*at].affect, target);
        (0..self.0.pieces.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
    }
    fn heard(&mut self, _track: usize, _target: Affect, _event: Event) {}
}

fn square(a: Affect, b: Affect) -> f32 {
    (a.valence - b.valence).powi(2) + (a.arousal - b.arousal).powi(2)
}

/// The best rule of the first experiments: kernel x Thompson, no repeat within 15, prior of the artist.
struct Before<'a> {
    world: &'a World,
    records: Vec<(f32, f32)>,
    last: Vec<usize>,
    plays: usize,
    window: usize,
}

impl<'a> Before<'a> {
    fn new(world: &'a World, window: usize) -> Self {
        let count = world.pieces.len();
        Self { world, records: vec![(0.0, 0.0); count], last: vec![0; count], plays: 0, window: window.min(count / 4) }
    }
}

impl Rule for Before<'_> {
    fn pick(&mut self, target: Affect, rng: &mut Pcg32) -> usize {
        let pieces = &self.world.pieces;
        let (good, bad) = self.records.iter().fold((0.0, 0.0), |sum, record| (sum.0 + record.0, sum.1 + record.1));
        let library = (good + 1.0) / (good + bad + 2.0);
        let mut artists = vec![(0.0, 0.0); pieces.len()];
        for (piece, record) in pieces.iter().zip(&self.records) {
            let artist = &mut artists[piece.artist.unwrap() as usize];
            *artist = (artist.0 + record.0, artist.1 + record.1);
        }
        let score = |at: usize, rng: &mut Pcg32| {
            let piece = &pieces[at];
            let resting = self.last[at] > 0 && self.plays + 1 - self.last[at] <= self.window;
            if resting {
                return -1.0;
            }
            let spread = 0.35_f32.powi(2) + piece.uncertainty * piece.uncertainty;
            let kernel = (-square(piece.affect, target) / (2.0 * spread)).exp();
            let (good, bad) = artists[piece.artist.unwrap() as usize];
            let prior = (good + 2.0 * library) / (good + bad + 2.0);
            let (a, b) = self.records[at];
            kernel * Beta::new(a + 2.0 * prior, b + 2.0 * (1.0 - prior)).unwrap().sample(rng)
        };
        let scores: Vec<f32> = (0..pieces.len()).map(|at| score(at, rng)).collect();
        (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0)
    }

    fn heard(&mut self, track: usize, _target: Affect, event: Event) {
        self.plays += 1;
        self.last[track] = self.plays;
        match event {
            Event::Skipped(share) => self.records[track].1 += 1.0 - share,
            _ => self.records[track].0 += 1.0,
        }
    }
}

struct Now(Chooser);

impl Rule for Now {
    fn pick(&mut self, target: Affect, rng: &mut Pcg32) -> usize {
        self.0.pick_at(target, rng).unwrap_or(0)
    }
    fn heard(&mut self, track: usize, target: Affect, event: Event) {
        self.0.note_at(track, event, Some(target), 0);
    }
}

fn main() {
    println!("{PLAYS} tracks, mean of {RUNS} owners; the mood changes every {MOOD} tracks");
    for tracks in [5, 60, 300, 5_000] {
        println!("\n{tracks} tracks                complete  2nd half  mood fits  product  repeats<20  coverage");
        let row = |name: &str, make: &dyn Fn(&World) -> Box<dyn Rule + '_>| {
            let mut sum = Tally::default();
            for run in 0..RUNS {
                let mut rng = Pcg32::seed_from_u64(1_000 + run);
                let world = World::new(tracks, &mut rng);
                let tally = live(&world, &mut *make(&world), &mut rng);
                let share = 1.0 / RUNS as f32;
                sum.complete += share * tally.complete;
                sum.later += share * tally.later;
                sum.fits += share * tally.fits;
                sum.repeats += share * tally.repeats;
                sum.coverage += share * tally.coverage;
            }
            println!(
                "  {name:<26} {:>5.2} {:>9.2} {:>10.2} {:>8.3} {:>11.2} {:>9.2}",
                sum.complete,
                sum.later,
                sum.fits,
                sum.fits * sum.complete,
                sum.repeats,
                sum.coverage
            );
        };
        row("random", &|world| Box::new(Random(world.pieces.len())));
        row("nearest", &|world| Box::new(Nearest(world)));
        for window in [15, 20] {
            row(&format!("before, window {window}"), &|world| Box::new(Before::new(world, window)));
        }
        for variety in [0.0, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0] {
            row(&format!("now, variety {variety}"), &|world| {
                Box::new(Now(Chooser::among(world.pieces.clone(), &Taste::default(), variety, 0)))
            });
        }
    }
    assert_eq!(quadrant(Affect { valence: 0.6, arousal: 0.5 }), 0);
}
