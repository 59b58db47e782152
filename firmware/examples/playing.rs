//! Plays for hours as fast as the machine can, through everything but the card: choosing, decoding, levelling, cross-fades,
//! queue, mixer, limiter; with a new mood every ten minutes, skips and likes. Prints for each hour of music what the program
//! holds: memory, files, threads. `cargo run --release -p moodbox --example playing -- MUSIC_FOLDER [HOURS [INDEX]]`
//!
//! MUSIC_FOLDER holds files of any kind; of the moods every third is the composer's, the others have its files by turns. With
//! an INDEX (`moodbox music scan`) those are chosen from it.
#![expect(clippy::unwrap_used, reason = "a measuring tool; a failure ends it")]
#![expect(clippy::print_stdout, reason = "an example prints its table")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "frames and kilobytes of some hours")]

use ebur128::{EbuR128, Mode};
use mood::{Affect, Expression};
use moodbox::ports::{Programme, Sound};
use moodbox::sound::MusicSettings;
use moodbox::sound::engine::AudioEngine;
use music::library::LibrarySettings;
use music::library::policy::Policy;
use std::path::Path;
use std::time::{Duration, Instant};

const RATE: u32 = 48_000;
/// A mood's time, and between two skips, in blocks of 10 ms.
const MOOD: u64 = 60_000;
const SKIP: u64 = 17_000;
const HOUR: u64 = 360_000;
/// One minute of ten is measured for its loudness and its peaks.
const MINUTE: u64 = 6_000;

/// The kilobytes behind a name of `/proc/self/status`.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|value| value.parse().ok()).unwrap_or(0)
}

fn entries(folder: &str) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// Links to the files, in a folder a mood; without an index the box plays those.
fn moods(music: &Path, into: &Path) {
    let files: Vec<_> = std::fs::read_dir(music).unwrap().map(|entry| entry.unwrap().path()).collect();
    for (at, file) in files.iter().filter(|file| file.is_file()).enumerate() {
        let mood = into.join(if at % 2 == 0 { "happy" } else { "sad" });
        std::fs::create_dir_all(&mood).unwrap();
        std::os::unix::fs::symlink(file.canonicalize().unwrap(), mood.join(file.file_name().unwrap())).unwrap();
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let music = arguments.next().expect("name a folder with music");
    let hours: u64 = arguments.next().map_or(5, |hours| hours.parse().unwrap());
    let index = arguments.next();
    let scratch = std::env::temp_dir().join(format!("moodbox-playing-{}", std::process::id()));
    moods(Path::new(&music), &scratch);
    let taste = scratch.join("taste.jsonl");
    let library = index.map(|index| LibrarySettings { index: index.into(), taste, policy: Policy::Lift, variety: 0.5 });
    let folder = library.is_none().then(|| scratch.clone());
    let mut engine = AudioEngine::new(&MusicSettings { folder, library, ..MusicSettings::default() }, RATE);
    // The composer alone, as with a mood that has no folder.
    let mut composed = AudioEngine::new(&MusicSettings::default(), RATE);
    println!("hour  resident MiB  peak MiB  files  threads  LUFS  dBTP  composed  found broken  times real time");
    let mut block = [[0.0; 2]; 480];
    let (mut composing, mut blocks_composed, mut missed, mut waited, mut broken) = (false, 0_u64, 0, 0_u64, 0);
    let mut began = Instant::now();
    let mut meter = EbuR128::new(2, RATE, Mode::I | Mode::HISTOGRAM | Mode::TRUE_PEAK).unwrap();
    let mut at = 0;
    while at < hours * HOUR {
        if at % MOOD == 0 {
            let turn = at / MOOD % 3;
            composing = turn == 2;
            let expression = if turn == 0 { Expression::Happy } else { Expression::Sad };
            let programme = Programme { expression, affect: Affect::of(expression), seed: at };
            engine.handle(Sound::Stop(Duration::from_secs(1)));
            composed.handle(Sound::Stop(Duration::from_secs(1)));
            let next = if composing { &mut composed } else { &mut engine };
            next.handle(Sound::Play(programme, Duration::from_millis(1_500)));
        }
        let now = if composing { &mut composed } else { &mut engine };
        if at % SKIP == SKIP - 1 {
            now.handle(Sound::Like);
            now.handle(Sound::Skip(Duration::from_millis(1_500)));
        }
        now.render(&mut block);
        broken += now.faults().count();
        if now.missed() > missed {
            // The card here is faster than the decoder: what was missing is not counted as music.
            (missed, waited) = (now.missed(), waited + 1);
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        at += 1;
        blocks_composed += u64::from(composing);
        if at / MINUTE % 10 == 3 {
            meter.add_frames_f32(block.as_flattened()).unwrap();
        }
        if at % HOUR == 0 {
            let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
            println!(
                "{:>4} {:>13.1} {:>9.1} {:>6} {:>8} {:>5.1} {:>5.1} {:>8.0}% {broken:>13} {:>16.0}",
                at / HOUR,
                status("VmRSS:") as f64 / 1024.0,
                status("VmHWM:") as f64 / 1024.0,
                entries("/proc/self/fd"),
                entries("/proc/self/task"),
                meter.loudness_global().unwrap(),
                20.0 * peak.log10(),
                100.0 * blocks_composed as f64 / at as f64,
                3_600.0 / began.elapsed().as_secs_f64(),
            );
            began = Instant::now();
        }
    }
    println!("waited {waited} times for the decoder");
    std::fs::remove_dir_all(&scratch).unwrap();
}
