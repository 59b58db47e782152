//! The owner's tracks: good ones sound, bad ones are skipped, and there is always music.

use super::{Broken, FileTrack, MoodFolders, Playlist, Prefetch, Source};
use crate::track::{Status, Stereo, Track};
use crate::wav;
use mood::{Affect, Expression};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};

const RATE: u32 = 48_000;

/// Half a second of 440 Hz at -12 dBFS in every format, at 44.1 kHz.
fn sample(extension: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tracks/tone").with_extension(extension)
}

/// A library whose happy folder holds copies of the named samples.
fn folders(mood_folder: &str, files: &[(&str, &[u8])]) -> (TempDir, MoodFolders) {
    let folder = TempDir::new().unwrap();
    let mood = folder.path().join(mood_folder);
    fs::create_dir(&mood).unwrap();
    for (name, bytes) in files {
        fs::write(mood.join(name), bytes).unwrap();
    }
    let folders = MoodFolders::new(folder.path().to_owned(), Broken::default());
    (folder, folders)
}

fn seeded(folders: &MoodFolders, fade: Duration, seed: u64) -> Playlist {
    let source =
        Source { folders: Some(folders.clone()), library: None, soundfont: None, broken: folders.broken.clone(), fade };
    source.programme(Expression::Happy, Affect::of(Expression::Happy), seed, RATE)
}

fn happy(folders: &MoodFolders, fade: Duration) -> Playlist {
    seeded(folders, fade, 1)
}

fn render(track: &mut dyn Track, frames: usize) -> Vec<Stereo> {
    let mut out = vec![[0.0; 2]; frames];
    track.render(&mut out);
    out
}

fn level(frames: &[Stereo]) -> f32 {
    let power: f32 = frames.iter().map(|frame| frame[0].powi(2)).sum();
    (power / f32::from(u16::try_from(frames.len().min(60_000)).unwrap())).sqrt()
}

/// Upward zero crossings in a second.
fn pitch_hz(frames: &[Stereo]) -> usize {
    frames.windows(2).filter(|pair| pair[0][0] < 0.0 && pair[1][0] >= 0.0).count() * 48_000 / frames.len()
}

#[test]
fn all_four_formats_sound_at_the_right_pitch_and_length() {
    for extension in ["wav", "flac", "ogg", "mp3"] {
        let mut track = FileTrack::open(&sample(extension), RATE).unwrap();
        let out = render(&mut track, 48_000);
        let heard = &out[4_800..19_200];
        assert!(pitch_hz(heard).abs_diff(440) <= 6, "{extension}: {} Hz", pitch_hz(heard));
        assert!(level(heard) > 0.05, "{extension}: level {}", level(heard));
        assert!(track.frames().abs_diff(24_000) < 3_000, "{extension}: {} frames", track.frames());
        assert_eq!(track.render(&mut [[1.0; 2]; 8]), Status::Ended);
    }
}

#[test]
fn mood_folders_are_found_under_every_name_people_give_them() {
    for name in ["happy", "Happiness", "HAPPY"] {
        let (_folder, folders) = folders(name, &[("b.mp3", b"x"), ("A.WAV", b"x"), ("notes.txt", b"x")]);
        let names: Vec<_> =
            folders.tracks(Expression::Happy).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["A.WAV", "b.mp3"]);
        assert!(folders.tracks(Expression::Sad).is_empty());
    }
}

#[test]
fn tracks_are_found_at_any_depth_and_hidden_files_are_none() {
    let (folder, folders) = folders("happy", &[("b.mp3", b"x"), ("._b.mp3", b"x")]);
    let album = folder.path().join("happy/Artist/Album/CD 1");
    fs::create_dir_all(&album).unwrap();
    fs::create_dir_all(folder.path().join("happy/.Trashes")).unwrap();
    for path in [album.join("01 song.flac"), album.join(".DS_Store.mp3"), folder.path().join("happy/.Trashes/old.mp3")]
    {
        fs::write(path, b"x").unwrap();
    }
    assert_eq!(folders.tracks(Expression::Happy), [album.join("01 song.flac"), folder.path().join("happy/b.mp3")]);
}

#[test]
fn a_fade_begins_when_the_end_is_in_sight_however_long_the_header_says() {
    // Two MP3s in one file, whose header knows of the first; then another pitch.
    let joined = fs::read(sample("mp3")).unwrap().repeat(2);
    let scratch = NamedTempFile::new().unwrap();
    wav::write(scratch.path(), 1, RATE, 16, wav::square(24, 8_000, RATE));
    let other = fs::read(scratch.path()).unwrap();
    for seed in 0..2 {
        let (_folder, folders) = folders("happy", &[("a.mp3", &joined), ("b.wav", &other)]);
        let mut playlist = seeded(&folders, Duration::from_millis(200), seed);
        let out: Vec<Stereo> = (0..500).flat_map(|_| render(&mut playlist, 480)).collect();
        let first = pitch_hz(&out[4_800..14_400]);
        let second = if first > 700 { 440 } else { 1_000 };
        let change = out.chunks_exact(2_400).position(|piece| pitch_hz(piece).abs_diff(second) < 100).unwrap() * 2_400;
        // The joined file is 1.06 s long, the other one 1 s; either fades over its last 0.2 s.
        assert!((36_000..52_000).contains(&change), "the other track is heard after {change} frames");
    }
}

#[test]
fn broken_files_are_skipped_reported_once_and_not_tried_again() {
    let tone = fs::read(sample("wav")).unwrap();
    let files: [(&str, &[u8]); 6] = [
        ("empty.mp3", b""),
        ("header.flac", &fs::read(sample("flac")).unwrap()[..20]),
        ("text.ogg", b"this is a shopping list, not music; milk, eggs, flour, sugar, butter"),
        ("zeros.mp3", &[0; 5_000]),
        ("header.wav", &tone[..44]),
        ("tone.wav", &tone),
    ];
    let (folder, folders) = folders("happy", &files);
    let mut playlist = happy(&folders, Duration::ZERO);
    let out = render(&mut playlist, 10 * 48_000);
    assert!(level(&out[5 * 48_000..6 * 48_000]) > 0.05, "the good track goes on");
    let mut broken: Vec<_> = folders.broken.news().into_iter().map(|track| track.path).collect();
    broken.sort();
    let named = |name: &str| folder.path().join("happy").join(name);
    assert_eq!(broken, ["empty.mp3", "header.flac", "header.wav", "text.ogg", "zeros.mp3"].map(named));
    assert!(folders.broken.news().is_empty());
    assert_eq!(folders.tracks(Expression::Happy), [named("tone.wav")]);
}

#[test]
fn truncated_files_play_as_far_as_they_go_and_scraps_are_skipped() {
    for extension in ["wav", "flac", "ogg", "mp3"] {
        let bytes = fs::read(sample(extension)).unwrap();
        for share in [3, 2] {
            let (_folder, folders) = folders("happy", &[("cut.wav", &bytes[..bytes.len() / share])]);
            let mut playlist = happy(&folders, Duration::ZERO);
            let out = render(&mut playlist, 96_000);
            assert!(level(&out[..48_000]) > 0.01, "1/{share} of {extension} is silent");
        }
    }
}

#[test]
fn a_wrong_extension_does_not_matter() {
    let (_folder, folders) = folders("happy", &[("really-a-wav.mp3", &fs::read(sample("wav")).unwrap())]);
    let out = render(&mut happy(&folders, Duration::ZERO), 9_600);
    assert!(pitch_hz(&out[2_400..]).abs_diff(440) <= 12);
    assert!(folders.broken.news().is_empty());
}

#[test]
fn without_a_playable_track_the_composer_plays() {
    let (_folder, broken) = folders("happy", &[("empty.mp3", b"")]);
    let missing = MoodFolders::new(PathBuf::from("there/is/no/such/folder"), Broken::default());
    let (_other, only_sad) = folders("sad", &[("empty.mp3", b"")]);
    for folders in [broken, missing, only_sad] {
        assert!(level(&render(&mut happy(&folders, Duration::ZERO), 48_000)) > 0.01);
    }
}

#[test]
fn tracks_follow_each_other_for_ever_and_a_fade_leaves_no_gap() {
    let tone = fs::read(sample("wav")).unwrap();
    for fade in [Duration::ZERO, Duration::from_millis(100), Duration::from_secs(9)] {
        let (_folder, folders) = folders("happy", &[("one.wav", &tone), ("two.wav", &tone)]);
        let mut playlist = happy(&folders, fade);
        let out: Vec<Stereo> = (0..1_000).flat_map(|_| render(&mut playlist, 480)).collect();
        let quietest = out[2_400..].chunks_exact(4_800).map(level).fold(9.0, f32::min);
        assert!(quietest > 0.02, "{fade:?}: {quietest}");
    }
}

#[test]
fn odd_wav_files_are_folded_to_stereo_at_the_boxs_rate() {
    for (channels, rate_hz, bits) in [(1, 8_000, 8), (2, 192_000, 24), (7, 44_100, 16), (6, 48_000, 32)] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("odd.wav");
        // 100 Hz.
        let samples = wav::square(rate_hz / 200, i32::MAX >> (34 - bits), rate_hz);
        let samples = samples.flat_map(|sample| std::iter::repeat_n(sample, channels.into()));
        wav::write(&path, channels, rate_hz, bits, samples);
        let mut track = FileTrack::open(&path, RATE).unwrap();
        let out = render(&mut track, 40_000);
        assert!(pitch_hz(&out[4_800..]).abs_diff(100) <= 3, "{channels} channels, {rate_hz} Hz, {bits} bit");
        assert!(level(&out[4_800..]) > 0.05);
    }
}

struct Short(u8);

impl Track for Short {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        out.fill([1.0; 2]);
        self.0 -= 1;
        if self.0 == 0 { Status::Ended } else { Status::Playing }
    }
}

#[test]
fn a_prefetched_track_arrives_whole_and_ends() {
    let mut track = Prefetch::new(|| Short(40)).unwrap();
    let mut ones = 0;
    let mut block = [[0.0; 2]; 100];
    loop {
        let status = track.render(&mut block);
        ones += block.iter().filter(|frame| frame[0] > 0.5).count();
        if status == Status::Ended {
            break;
        }
        std::thread::yield_now();
    }
    assert_eq!(ones, 40 * 1_024);
}

#[test]
fn without_a_fade_tracks_join_without_losing_or_adding_a_frame() {
    let (folder, folders) = folders("happy", &[]);
    // Samples that rise and never repeat, so that every frame can be told.
    for (name, start) in [("a.wav", 100), ("b.wav", 15_100)] {
        wav::write(&folder.path().join("happy").join(name), 1, RATE, 16, start..start + 15_000);
    }
    let mut playlist = happy(&folders, Duration::ZERO);
    let out = render(&mut playlist, 60_000);
    // The gain moves slowly, so from frame to frame the ramp goes on; only from b to a it falls.
    let falls = out.windows(2).filter(|pair| pair[1][0] < 0.9 * pair[0][0]).count();
    let silent = out.iter().filter(|frame| frame[0].abs() < 1e-6).count();
    assert_eq!(silent, 0, "a gap");
    assert!((1..=2).contains(&falls), "{falls} falls in four tracks");
}

#[test]
fn a_skip_is_heard_at_once_although_much_is_rendered_ahead() {
    let (folder, folders) = folders("happy", &[]);
    // Twenty seconds of a low or of a high square wave.
    for (name, half) in [("a.wav", 240), ("b.wav", 24)] {
        let path = folder.path().join("happy").join(name);
        wav::write(&path, 1, RATE, 16, wav::square(half, 8_000, 20 * RATE));
    }
    let mut track = Prefetch::new(move || happy(&folders, Duration::ZERO)).unwrap();
    let control = track.control();
    let mut out = vec![[0.0; 2]; 2 * 48_000];
    let mut block = [[0.0; 2]; 480];
    let mut done = 0;
    // As a card would ask, but without waiting: until two seconds have come.
    while done < out.len() {
        if track.render(&mut block) == Status::Playing && block[479][0] != 0.0 {
            out[done..done + 480].copy_from_slice(&block);
            done += 480;
        }
    }
    let before = pitch_hz(&out[48_000..]);
    // All that could be rendered ahead now waits in the queue.
    std::thread::sleep(Duration::from_millis(300));
    control.skip();
    let mut heard: Vec<Stereo> = Vec::new();
    let began = std::time::Instant::now();
    while heard.len() < 48_000 && began.elapsed() < Duration::from_secs(20) {
        if track.render(&mut block) == Status::Playing && block[479][0] != 0.0 {
            heard.extend(block);
        }
    }
    // What was rendered ahead, two thirds of a second, is not heard any more: after 5 ms it is the other track.
    let after = pitch_hz(&heard[960..24_000]);
    assert!(before.abs_diff(after) > 400, "{before} Hz before, {after} Hz after");
    let jump = heard.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
    assert!(jump < 1.2, "{jump}");
}

#[test]
fn a_file_that_vanishes_or_becomes_unreadable_is_skipped_and_the_music_goes_on() {
    let tone = fs::read(sample("wav")).unwrap();
    let (folder, folders) = folders("happy", &[("one.wav", &tone), ("two.wav", &tone)]);
    let mut playlist = happy(&folders, Duration::ZERO);
    render(&mut playlist, 4_800);
    for name in ["one.wav", "two.wav"] {
        fs::remove_file(folder.path().join("happy").join(name)).unwrap();
    }
    // What is open plays to its end, then the composer takes over.
    let out = render(&mut playlist, 4 * 48_000);
    let quietest = out.chunks_exact(48_000).map(level).fold(9.0, f32::min);
    assert!(quietest > 0.002, "{quietest}");
    assert_eq!(folders.broken.all().len(), 2, "{:?}", folders.broken.all());
}

#[test]
fn a_skip_of_composed_music_is_another_piece() {
    let nothing = MoodFolders::new(PathBuf::from("there/is/no/such/folder"), Broken::default());
    let play = |skip: bool| {
        let mut playlist = happy(&nothing, Duration::ZERO);
        render(&mut playlist, 48_000);
        assert!(!playlist.is_likeable());
        if skip {
            playlist.skip();
        }
        render(&mut playlist, 2 * 48_000)
    };
    let (on, skipped) = (play(false), play(true));
    assert!(on != skipped && level(&skipped) > 0.01);
}
