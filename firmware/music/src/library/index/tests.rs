//! What a scan finds, keeps and survives.

use super::*;
use crate::wav;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

const RATE: u32 = 22_050;

/// A few seconds of two tones, as a WAV file.
fn song(path: &Path, hz: u32, seconds: u32) {
    spec_song(path, hz, seconds, 1, RATE, 16);
}

fn spec_song(path: &Path, hz: u32, seconds: u32, channels: u16, rate_hz: u32, bits: u16) {
    let level = i32::MAX >> (34 - bits);
    // Square waves need no arithmetic; the gaps are onsets.
    let sample = |n: u32| match (n * 2 / rate_hz % 4 == 3, (n * hz * 2 / rate_hz).is_multiple_of(2)) {
        (true, _) => 0,
        (false, true) => level,
        (false, false) => -level,
    };
    let samples = (0..rate_hz * seconds).flat_map(|n| std::iter::repeat_n(sample(n), channels.into()));
    wav::write(path, channels, rate_hz, bits, samples);
}

fn scan_in(folder: &TempDir) -> (Index, Scanned) {
    scan(&[folder.path().join("music")], &folder.path().join("index.jsonl"), 2, |_| {}).unwrap()
}

fn library() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("music/more")).unwrap();
    song(&folder.path().join("music/a.wav"), 220, 3);
    song(&folder.path().join("music/more/b.wav"), 330, 3);
    folder
}

#[test]
fn only_what_is_new_or_changed_is_listened_to_and_what_is_gone_is_dropped() {
    let folder = library();
    let counts = |scanned: &Scanned| (scanned.tracks, scanned.analysed, scanned.unchanged, scanned.gone);
    assert_eq!(counts(&scan_in(&folder).1), (2, 2, 0, 0));
    let (index, again) = scan_in(&folder);
    assert_eq!(counts(&again), (2, 0, 2, 0));
    song(&folder.path().join("music/a.wav"), 440, 4);
    song(&folder.path().join("music/c.wav"), 110, 3);
    fs::remove_file(folder.path().join("music/more/b.wav")).unwrap();
    let (changed, scanned) = scan_in(&folder);
    assert_eq!(counts(&scanned), (2, 2, 0, 1));
    let a = folder.path().join("music/a.wav");
    assert_ne!(index.get(&a).unwrap().sound, changed.get(&a).unwrap().sound);
    // What is in memory is what is in the file.
    assert_eq!(Index::load(&folder.path().join("index.jsonl")).unwrap(), changed);
}

#[test]
fn a_scan_that_was_killed_goes_on_where_it_was() {
    let folder = library();
    let file = folder.path().join("index.jsonl");
    scan_in(&folder);
    // As it would be in the middle of the second line: head, a line, a part of a line.
    let text = fs::read_to_string(&file).unwrap();
    let second = text.match_indices('\n').nth(1).unwrap().0;
    fs::write(&file, &text[..second + 60]).unwrap();
    let (index, scanned) = scan_in(&folder);
    assert_eq!((scanned.analysed, scanned.unchanged, index.len()), (1, 1, 2));
    // A scan that was killed before its first line.
    fs::write(&file, "").unwrap();
    assert_eq!(scan_in(&folder).1.analysed, 2);
}

#[test]
fn an_index_beside_its_music_can_travel() {
    let folder = library();
    scan_in(&folder);
    let elsewhere = TempDir::new().unwrap();
    let moved = elsewhere.path().join("disk");
    fs::rename(folder.path(), &moved).unwrap();
    let index = Index::load(&moved.join("index.jsonl")).unwrap();
    assert!(index.entries().all(|entry| entry.path.starts_with(&moved) && entry.path.is_file()));
    fs::create_dir(folder.path()).unwrap();
}

#[test]
fn damaged_files_are_listed_and_not_tried_again() {
    let folder = TempDir::new().unwrap();
    let music = folder.path().join("music");
    fs::create_dir(&music).unwrap();
    let tone = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tracks/tone.mp3")).unwrap();
    song(&music.join("good.wav"), 220, 3);
    fs::copy(music.join("good.wav"), music.join("really-a-wav.mp3")).unwrap();
    let good = fs::read(music.join("good.wav")).unwrap();
    fs::write(music.join("truncated.wav"), &good[..good.len() / 2]).unwrap();
    fs::write(music.join("empty.mp3"), b"").unwrap();
    fs::write(music.join("text.ogg"), b"this is a shopping list, not music; milk, eggs, flour, sugar, butter").unwrap();
    fs::write(music.join("zeros.flac"), [0; 5_000]).unwrap();
    fs::write(music.join("short.mp3"), &tone[..tone.len() / 3]).unwrap();
    fs::write(music.join("cover.jpg"), b"not even looked at").unwrap();
    spec_song(&music.join("silent.wav"), 0, 2, 1, 8_000, 16);
    let (_, scanned) = scan_in(&folder);
    let mut names: Vec<_> =
        scanned.damaged.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["empty.mp3", "short.mp3", "text.ogg", "zeros.flac"], "{:?}", scanned.damaged);
    assert!(scanned.damaged.iter().all(|(_, why)| !why.is_empty()));
    assert_eq!(scanned.tracks, 4);
    assert_eq!(scan_in(&folder).1.analysed, 0);
}

#[test]
fn odd_rates_widths_and_channels_are_listened_to() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("music")).unwrap();
    for (name, channels, rate_hz, bits) in
        [("fast", 2, 192_000, 24), ("eight-bit", 1, 8_000, 8), ("seven", 7, 44_100, 16), ("thirty-two", 2, 48_000, 32)]
    {
        spec_song(&folder.path().join("music").join(name).with_extension("wav"), 220, 3, channels, rate_hz, bits);
    }
    let (index, scanned) = scan_in(&folder);
    assert_eq!((scanned.tracks, scanned.damaged.len()), (4, 0), "{:?}", scanned.damaged);
    for entry in index.entries() {
        let features = entry.sound.as_ref().unwrap();
        assert!(features.get("loudness").unwrap() > -30.0, "{}", entry.path.display());
        assert!((entry.duration.unwrap().as_secs_f64() - 3.0).abs() < 0.1);
    }
}

#[test]
fn what_computers_leave_between_the_music_is_passed_over() {
    let folder = library();
    let music = folder.path().join("music");
    for hidden in [".Trashes/1", ".AppleDouble", "more/.hidden", "@eaDir/a.wav", "__MACOSX"] {
        fs::create_dir_all(music.join(hidden)).unwrap();
        fs::copy(music.join("a.wav"), music.join(hidden).join("b.wav")).unwrap();
    }
    fs::write(music.join("._a.wav"), b"\0\x05\x16\x07 what a Mac knows about a.wav").unwrap();
    let (_, scanned) = scan_in(&folder);
    assert_eq!((scanned.tracks, scanned.damaged.len(), scanned.skipped.len()), (2, 0, 0), "{:?}", scanned.damaged);
    // A hidden folder that is named is meant.
    let named = [music.join("more/.hidden")];
    assert_eq!(scan(&named, &folder.path().join("other.jsonl"), 1, |_| {}).unwrap().1.tracks, 1);
}

#[test]
fn names_in_any_encoding_are_kept() {
    let folder = library();
    let name = Path::new(OsStr::from_bytes(b"caf\xe9.wav"));
    fs::rename(folder.path().join("music/a.wav"), folder.path().join("music").join(name)).unwrap();
    let (index, scanned) = scan_in(&folder);
    assert_eq!((scanned.tracks, scanned.skipped.len()), (2, 0), "{:?}", scanned.skipped);
    assert!(index.get(&folder.path().join("music").join(name)).unwrap().sound.is_ok());
    assert_eq!(Index::load(&folder.path().join("index.jsonl")).unwrap(), index);
    assert_eq!(scan_in(&folder).1.unchanged, 2);
}

#[test]
fn what_an_older_decoder_could_not_play_is_tried_again() {
    let folder = library();
    scan_in(&folder);
    let file = folder.path().join("index.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &mut lines[1..] {
        let line = line.as_object_mut().unwrap();
        line.remove("decoder");
        if line["path"] == "music/a.wav" {
            line.remove("values");
            line.insert("error".into(), "unsupported codec".into());
        }
    }
    fs::write(&file, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let (_, scanned) = scan_in(&folder);
    assert_eq!((scanned.analysed, scanned.unchanged, scanned.damaged.len()), (1, 1, 0));
}

#[test]
fn links_in_circles_and_twice_named_files_are_walked_once() {
    let folder = library();
    symlink(folder.path().join("music"), folder.path().join("music/more/round")).unwrap();
    symlink(folder.path().join("music/a.wav"), folder.path().join("music/z.wav")).unwrap();
    let (_, scanned) = scan_in(&folder);
    assert_eq!((scanned.tracks, scanned.skipped.len()), (2, 0), "{:?}", scanned.skipped);
}

#[test]
fn a_folder_that_is_not_there_is_an_error_and_nothing_is_lost() {
    let folder = library();
    scan_in(&folder);
    let file = folder.path().join("index.jsonl");
    let error = scan(&[folder.path().join("no/such")], &file, 1, |_| {}).unwrap_err();
    assert!(matches!(error, ScanError::Folder { .. }), "{error}");
    assert_eq!(Index::load(&file).unwrap().len(), 2);
}

#[test]
fn an_index_from_the_future_a_foreign_file_and_a_missing_one_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("index.jsonl");
    assert!(matches!(Index::load(&file), Err(IndexError::Missing(_))));
    fs::write(&file, "{\"moodbox_music\":2,\"something\":\"new\"}\n{}\n").unwrap();
    let error = Index::load(&file).unwrap_err();
    assert!(error.to_string().ends_with("has version 2, this program reads up to 1"), "{error}");
    // It is not overwritten either.
    assert!(scan(&[folder.path().to_owned()], &file, 1, |_| {}).is_err());
    assert!(fs::read_to_string(&file).unwrap().contains("something"));
    for text in ["milk, eggs", "{}", "{\"moodbox_music\":-1}\n", "[1]\n", ""] {
        fs::write(&file, text).unwrap();
        assert!(matches!(Index::load(&file), Err(IndexError::Foreign { .. })), "{text:?}");
    }
    assert!(matches!(Index::load(folder.path()), Err(IndexError::Unreadable { .. })));
}

#[test]
fn a_scan_sets_a_damaged_index_aside_and_leaves_what_is_named_otherwise() {
    let folder = library();
    let scan_into = |name: &str| {
        let file = folder.path().join(name);
        fs::write(&file, "milk, eggs\n").unwrap();
        (scan(&[folder.path().join("music")], &file, 1, |_| {}), file)
    };
    let (scanned, file) = scan_into("index.jsonl");
    let (index, scanned) = scanned.unwrap();
    assert!(scanned.begun_anew.unwrap().contains("index.jsonl.damaged"));
    assert_eq!((index.len(), Index::load(&file).unwrap().len()), (2, 2));
    assert_eq!(fs::read_to_string(folder.path().join("index.jsonl.damaged")).unwrap(), "milk, eggs\n");
    let (refused, file) = scan_into("shopping.txt");
    assert!(matches!(refused, Err(ScanError::Index(IndexError::Foreign { .. }))));
    assert_eq!(fs::read_to_string(file).unwrap(), "milk, eggs\n");
}

#[test]
fn a_full_disk_is_told_at_once() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: /dev/full is not here");
        return;
    }
    let folder = library();
    let file = folder.path().join("index.jsonl");
    symlink("/dev/full", &file).unwrap();
    let error = scan(&[folder.path().join("music")], &file, 1, |_| {}).unwrap_err();
    assert!(matches!(error, ScanError::Index(_)), "{error}");
}

#[test]
fn tracks_are_found_by_a_part_of_their_name() {
    let folder = library();
    let (index, _) = scan_in(&folder);
    assert_eq!(index.find("A.WAV").unwrap().path, folder.path().join("music/a.wav"));
    assert_eq!(index.find("more/").unwrap().path, folder.path().join("music/more/b.wav"));
    assert_eq!(index.find("wav").unwrap_err().len(), 2);
    assert!(index.find("polka").unwrap_err().is_empty());
}

#[test]
fn a_file_that_the_disk_does_not_give_is_not_damaged() {
    let folder = library();
    let pulled = folder.path().join("music/c.wav");
    // Reading it fails as on a stick that was pulled out.
    symlink("/proc/self/mem", &pulled).unwrap();
    let (index, scanned) = scan_in(&folder);
    assert_eq!((index.len(), scanned.tracks, scanned.analysed, scanned.damaged.len()), (2, 2, 2, 0));
    assert_eq!(scanned.skipped.iter().map(|(path, _)| path).collect::<Vec<_>>(), [&pulled]);
    fs::remove_file(&pulled).unwrap();
    song(&pulled, 110, 3);
    assert_eq!(scan_in(&folder).1.tracks, 3);
}
