//! Simulated owners: how well does the box choose, against chance, against the nearest track, and against the best rule of
//! the first experiments? `cargo run --release -p moodbox --example owners [OWNERS [FIRST_SEED]]`; the rule's constants were
//! tuned on the owners from seed 50,000 on, so don't judge it by those.
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
use music::library::catalogue::Piece;
use music::library::choose::Chooser;
use music::library::taste::{Event, Taste, quadrant};
use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, Normal};
use rand_pcg::Pcg32;
use std::path::PathBuf;

const PLAYS: usize = 600;
const OWNERS: u64 = 200;
/// Of large libraries, which take long, fewer owners.
const MOST_TRACKS: u64 = 200_000;
/// Draws for an interval.
const DRAWS: usize = 2_000;
const VARIETIES: [f32; 12] = [0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.52, 0.55, 0.6, 0.8, 1.0];
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
    /// The same track twice in a row.
    stuck: f32,
    coverage: f32,
}

impl Tally {
    fn product(&self) -> f32 {
        self.complete * self.fits
    }
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
        tally.stuck += if lately.last() == Some(&track) { one } else { 0.0 };
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

struct Nearest<'a> {
    world: &'a World,
    /// The track that was heard just now, where the same is not to be heard twice in a row.
    last: Option<usize>,
    again: bool,
}

impl Rule for Nearest<'_> {
    fn pick(&mut self, target: Affect, _rng: &mut Pcg32) -> usize {
        let distance = |at: &usize| square(self.world.pieces[*at].affect, target);
        let all = (0..self.world.pieces.len()).filter(|at| self.again || Some(*at) != self.last);
        all.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
    }
    fn heard(&mut self, track: usize, _target: Affect, _event: Event) {
        self.last = Some(track);
    }
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

/// What each owner lived through.
struct Row {
    name: String,
    tallies: Vec<Tally>,
}

impl Row {
    fn mean(&self, of: impl Fn(&Tally) -> f32) -> f32 {
        self.tallies.iter().map(of).sum::<f32>() / self.tallies.len() as f32
    }

    fn print(&self) {
        let [complete, later, fits, product, repeats, stuck, coverage] = [
            self.mean(|t| t.complete),
            self.mean(|t| t.later),
            self.mean(|t| t.fits),
            self.mean(Tally::product),
            self.mean(|t| t.repeats),
            self.mean(|t| t.stuck),
            self.mean(|t| t.coverage),
        ];
        println!(
            "  {:<26} {complete:>8.3} {later:>9.3} {fits:>9.3} {product:>8.3} {repeats:>10.3} {stuck:>6.3} {coverage:>8.2}",
            self.name
        );
    }

    /// By how many per cent its product lies above another's, with the 95 % interval over the owners (bootstrap, in pairs).
    fn gain(&self, other: &Row) -> [f32; 3] {
        let pairs: Vec<(f32, f32)> =
            self.tallies.iter().zip(&other.tallies).map(|(a, b)| (a.product(), b.product())).collect();
        let per_cent = |sum: (f32, f32)| 100.0 * (sum.0 / sum.1 - 1.0);
        let add = |sum: (f32, f32), pair: &(f32, f32)| (sum.0 + pair.0, sum.1 + pair.1);
        let mut rng = Pcg32::seed_from_u64(7);
        let mut draws: Vec<f32> = (0..DRAWS)
            .map(|_| {
                let drawn = (0..pairs.len()).map(|_| &pairs[rng.random_range(0..pairs.len())]);
                per_cent(drawn.fold((0.0, 0.0), add))
            })
            .collect();
        draws.sort_by(f32::total_cmp);
        [per_cent(pairs.iter().fold((0.0, 0.0), add)), draws[DRAWS * 25 / 1_000], draws[DRAWS * 975 / 1_000]]
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().unwrap());
    let (most, first) = (arguments.next().unwrap_or(OWNERS), arguments.next().unwrap_or(1_000));
    println!("{PLAYS} tracks each; the mood changes every {MOOD} tracks");
    for tracks in [5, 60, 300, 5_000] {
        let owners = most.min(MOST_TRACKS / tracks as u64);
        println!(
            "\n{tracks} tracks, {owners} owners        complete  2nd half mood fits  product repeats<20  stuck coverage"
        );
        let row = |name: String, make: &dyn Fn(&World) -> Box<dyn Rule + '_>| {
            let live_one = |owner| {
                let mut rng = Pcg32::seed_from_u64(first + owner);
                let world = World::new(tracks, &mut rng);
                live(&world, &mut *make(&world), &mut rng)
            };
            let row = Row { name, tallies: (0..owners).map(live_one).collect() };
            row.print();
            row
        };
        row("random".to_owned(), &|world| Box::new(Random(world.pieces.len())));
        for (name, again) in [("nearest", true), ("nearest, not twice", false)] {
            row(name.to_owned(), &move |world| Box::new(Nearest { world, last: None, again }));
        }
        let before = [10, 15, 20]
            .map(|window| row(format!("before, window {window}"), &move |w| Box::new(Before::new(w, window))));
        let now = VARIETIES.map(|variety| {
            row(format!("now, variety {variety}"), &move |world| {
                Box::new(Now(Chooser::new(world.pieces.clone(), &Taste::default(), variety, 0)))
            })
        });
        // At the same repeat rate: the first variety that repeats no more.
        for old in &before {
            let repeats = |row: &Row| row.mean(|tally| tally.repeats);
            let Some(new) = now.iter().find(|new| repeats(new) <= repeats(old) + 5e-4) else { continue };
            let [gain, low, high] = new.gain(old);
            println!("  {} against {}: {gain:+.1} % [{low:+.1}, {high:+.1}]", new.name, old.name);
        }
    }
    assert_eq!(quadrant(Affect { valence: 0.6, arousal: 0.5 }), 0);
}
