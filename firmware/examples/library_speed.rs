//! How fast a large library is: writes an index of made-up tracks, reads it, places the tracks and chooses.
//! `cargo run --release -p moodbox --example library_speed [TRACKS]`
//!
//! Wall time and processor time: on a busy machine only the second is the program's own.
#![expect(clippy::unwrap_used, reason = "a measuring tool; a failure ends it")]
#![expect(clippy::print_stdout, reason = "an example prints its figures")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "bytes of a file")]

#[path = "support/cpu.rs"]
mod cpu;

use mood::Affect;
use music::library::catalogue::Catalogue;
use music::library::choose::Chooser;
use music::library::index::{Entry, Index, Stamp, Tags};
use music::library::taste::{Event, Taste};
use music::listen::features::{Features, NAMES};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Milliseconds of some runs: median and 95th percentile by the clock, and the mean of the processor's time.
fn timed(runs: u32, mut run: impl FnMut()) -> [f64; 3] {
    let before = cpu::time();
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let began = Instant::now();
            run();
            began.elapsed()
        })
        .collect();
    // Counted for all runs together, as the system counts in steps of some milliseconds.
    let processor = cpu::time().saturating_sub(before) / runs;
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    [at(50), at(95), processor].map(|time| time.as_secs_f64() * 1e3)
}

fn main() {
    let tracks: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let folder = std::env::temp_dir().join(format!("moodbox-library-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("index.jsonl");
    let mut rng = Pcg32::seed_from_u64(1);
    let mut index = Index::new(file.clone());
    for number in 0..tracks {
        let values = NAMES.iter().map(|_| (rng.random_range(-20.0..20.0_f32) * 1e3).round() / 1e3).collect();
        index.put(Entry {
            path: PathBuf::from(format!(
                "/media/music/Artist {}/An album of theirs/{number:05} A title.flac",
                number / 12
            )),
            stamp: Stamp { size: 1, modified_ms: 1 },
            tags: Tags {
                title: Some(format!("A title {number}")),
                artist: Some(format!("Artist {}", number / 12)),
                genre: Some("Rock".into()),
                ..Tags::default()
            },
            duration: Some(Duration::from_secs(200)),
            sound: Ok(Features::from_values(values).unwrap()),
        });
    }
    index.store().unwrap();
    let bytes = file.metadata().unwrap().len();
    println!("{tracks} tracks, {:.1} MB", bytes as f64 / 1e6);
    println!("{:<28} {:>10} {:>10} {:>10}", "ms", "median", "95 %", "CPU");
    let row = |name: &str, [median, most, processor]: [f64; 3]| {
        println!("{name:<28} {median:>10.2} {most:>10.2} {processor:>10.2}");
    };
    row("read the index", timed(15, || drop(Index::load(&file).unwrap())));
    let taste = Taste::default();
    row("place the tracks", timed(9, || drop(Catalogue::new(index.clone(), &taste))));
    let catalogue = Catalogue::new(index, &taste);
    row("make a chooser", timed(50, || drop(Chooser::new(catalogue.pieces().to_vec(), &taste, 0.5, 0))));
    let mut chooser = Chooser::new(catalogue.pieces().to_vec(), &taste, 0.5, 0);
    let target = Affect { valence: 0.6, arousal: 0.4 };
    row(
        "choose the next track",
        timed(1_000, || {
            let choice = chooser.pick(target, &mut rng).unwrap();
            chooser.note(&choice.path, Event::Completed, Some(target), 0);
        }),
    );
    std::fs::remove_dir_all(&folder).unwrap();
}
