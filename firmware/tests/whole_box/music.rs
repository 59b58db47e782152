//! The owner's music on the command line: scanned, listed, drawn, chosen from, rated, forgotten.

use crate::command_line::{moodbox, said};
use snapbox::cmd::OutputAssert;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with some pieces, and an index of it.
struct Owner {
    folder: TempDir,
}

impl Owner {
    fn new() -> Self {
        let owner = Self { folder: TempDir::new().unwrap() };
        let music = owner.music();
        fs::create_dir(&music).unwrap();
        for (name, hz, on) in [("fast.wav", 900, 3), ("slow.wav", 110, 40), ("middle.wav", 330, 12)] {
            piece(&music.join(name), hz, on);
        }
        fs::write(music.join("broken.mp3"), b"no music at all, only words").unwrap();
        owner
    }

    fn music(&self) -> PathBuf {
        self.folder.path().join("music")
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("index.jsonl")
    }

    /// `moodbox music ...` with this owner's index.
    fn run(&self, arguments: &[&str], code: i32) -> OutputAssert {
        moodbox().arg("music").args(arguments).arg("--index").arg(self.index()).assert().code(code)
    }

    fn scan(&self) -> OutputAssert {
        self.run(&["scan", self.music().to_str().unwrap()], 0)
    }

    fn json(&self, arguments: &[&str]) -> Vec<serde_json::Value> {
        let output = self.run(&[arguments, &["--json"]].concat(), 0);
        said(&output).0.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Four seconds of square waves that go on and off.
fn piece(path: &Path, hz: u32, tenths: u32) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 22_050,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).unwrap();
    for n in 0..4 * 22_050_u32 {
        let on = (n * 10 / 22_050 / tenths).is_multiple_of(2);
        let high = (n * hz * 2 / 22_050).is_multiple_of(2);
        file.write_sample(if !on {
            0_i16
        } else if high {
            6_000
        } else {
            -6_000
        })
        .unwrap();
    }
    file.finalize().unwrap();
}

#[test]
fn a_scan_says_what_it_found_and_a_second_one_has_nothing_to_do() {
    let owner = Owner::new();
    let (out, err) = said(&owner.scan());
    assert!(out.contains("3 tracks; 4 listened to, 0 as they were, 0 gone, 1 damaged"), "{out}");
    assert!(err.contains("can't be played: ") && err.contains("broken.mp3: it is no music"), "{err}");
    let (out, _) = said(&owner.scan());
    assert!(out.contains("3 tracks; 0 listened to, 4 as they were"), "{out}");
}

/// `moodbox` bound by file permissions, as root is not: without capabilities; `None` where that can't be had.
fn moodbox_without_privileges() -> Option<snapbox::cmd::Command> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|about| std::os::unix::fs::MetadataExt::uid(&about) == 0);
    if !is_root {
        return Some(moodbox());
    }
    let drop = ["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];
    let works =
        std::process::Command::new("setpriv").args(drop).arg("true").status().is_ok_and(|status| status.success());
    works.then(|| {
        snapbox::cmd::Command::new("setpriv")
            .args(drop)
            .arg(snapbox::cmd::cargo_bin!("moodbox"))
            .env("XDG_DATA_HOME", "/no/such/home")
    })
}

#[test]
fn an_unreadable_folder_or_file_is_told_and_costs_only_itself() {
    let Some(_) = moodbox_without_privileges() else {
        eprintln!("skipped: root without setpriv (util-linux) may read everything");
        return;
    };
    let owner = Owner::new();
    let more = owner.music().join("more");
    fs::create_dir(&more).unwrap();
    for name in ["more/deep.wav", "closed.wav"] {
        piece(&owner.music().join(name), 220, 8);
    }
    let (out, _) = said(&owner.scan());
    assert!(out.contains("5 tracks"), "{out}");
    let close = |path: &Path, mode: u32| {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    // Changed, so that it would be listened to again.
    piece(&owner.music().join("closed.wav"), 440, 8);
    close(&owner.music().join("closed.wav"), 0o000);
    close(&more, 0o000);
    let scan = moodbox_without_privileges().unwrap().args(["music", "scan"]).arg(owner.music());
    let scanned = scan.arg("--index").arg(owner.index()).assert().code(0);
    close(&more, 0o755);
    let (out, err) = said(&scanned);
    // What is in the folder is not taken for gone.
    assert!(out.contains("4 tracks; 1 listened to") && out.contains("0 gone, 2 damaged"), "{out}");
    for what in ["music/more: ", "closed.wav: "] {
        assert!(err.lines().any(|line| line.contains(what) && line.contains("ermission denied")), "{err}");
    }
    // Opened again, though no stamp of it changes by that, it is listened to.
    close(&owner.music().join("closed.wav"), 0o644);
    let (out, _) = said(&owner.scan());
    assert!(out.contains("5 tracks; 1 listened to"), "{out}");
}

#[test]
fn what_plays_is_liked_without_naming_it() {
    let owner = Owner::new();
    owner.scan();
    let (_, err) = said(&owner.run(&["rate", "--like"], 5));
    assert!(err.contains("has played no track of yours yet") && err.contains("hint:"), "{err}");
    let track = owner.music().join("slow.wav");
    let note = serde_json::json!({"path": track, "position_s": 3.0, "at_s": 1});
    fs::write(owner.folder.path().join("interrupted.json"), note.to_string()).unwrap();
    let (out, _) = said(&owner.run(&["rate", "--like"], 0));
    assert!(out.contains("slow.wav: noted"), "{out}");
    assert_eq!(owner.json(&["taste"])[0]["good"], 2.0);
}

#[test]
fn each_line_of_the_list_has_the_keys_of_its_contract() {
    let owner = Owner::new();
    owner.scan();
    let lines = owner.json(&["list"]);
    assert_eq!(lines.len(), 4);
    for line in &lines {
        for key in ["path", "valence", "arousal", "uncertainty", "features", "error", "tags", "seconds", "rated"] {
            assert!(line.get(key).is_some(), "{key} is missing in {line}");
        }
        let broken = line["path"].as_str().unwrap().ends_with("broken.mp3");
        assert_eq!((line["error"].is_string(), line["valence"].is_null()), (broken, broken), "{line}");
        if !broken {
            assert!(line["features"].as_object().unwrap().len() > 80);
            assert!(["valence", "arousal"].iter().all(|axis| line[axis].as_f64().unwrap().abs() <= 1.0));
        }
    }
    let (out, _) = said(&owner.run(&["list"], 0));
    assert!(out.contains("fast.wav") && out.contains("can't be played"), "{out}");
    let (out, _) = said(&owner.run(&["show", "fast"], 0));
    assert!(out.contains("arousal") && out.contains("onsets"), "{out}");
    let (_, err) = said(&owner.run(&["show", "wav"], 5));
    assert!(err.contains("3 tracks fit `wav`") && err.contains("hint:"), "{err}");
}

#[test]
fn the_plane_is_a_picture() {
    let owner = Owner::new();
    owner.scan();
    let svg = owner.folder.path().join("plane.svg");
    let output = owner.run(&["plot", svg.to_str().unwrap()], 0);
    let picture = fs::read_to_string(&svg).unwrap();
    let tracks = picture.matches("<circle ").count();
    assert!(tracks > 0 && said(&output).0.ends_with(&format!(": {tracks} tracks\n")), "{picture}");
    assert_eq!(picture.matches("fill=\"#1e5ab4\"").count(), tracks, "none is rated");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{picture}");
    owner.run(&["plot", "/no/such/folder/plane.svg"], 8);
    owner.run(&["plot", "plane.png"], 2);
}

#[test]
fn choices_are_explained_and_equal_for_equal_seeds() {
    let owner = Owner::new();
    owner.scan();
    let pick = || owner.json(&["pick", "--mood", "sad", "--policy", "lift", "-n", "4", "--seed", "3"]);
    let choices = pick();
    assert_eq!(choices, pick());
    assert_eq!(choices.len(), 4);
    for choice in &choices {
        for key in ["path", "target", "distance", "fit", "draw", "freshness", "score", "passed"] {
            assert!(choice.get(key).is_some(), "{key} is missing in {choice}");
        }
        assert!(!choice["path"].as_str().unwrap().ends_with("broken.mp3"));
    }
    assert_ne!(choices[0]["target"], choices[3]["target"], "lifting moves");
    let (_, err) = said(&owner.run(&["pick", "--mood", "jolly"], 2));
    assert!(err.contains("the moods are"), "{err}");
}

#[test]
fn the_owners_word_overrides_the_sound_until_it_is_forgotten() {
    let owner = Owner::new();
    owner.scan();
    let valence = || {
        let lines = owner.json(&["list"]);
        lines.iter().find(|line| line["path"].as_str().unwrap().ends_with("slow.wav")).unwrap()["valence"].as_f64()
    };
    let before = valence();
    owner.run(&["rate", "slow.wav", "--at", "-0.9,-0.8"], 0);
    owner.run(&["rate", "fast.wav", "--like"], 0);
    assert!((valence().unwrap() + 0.9).abs() < 1e-6);
    let known = owner.json(&["taste"]);
    assert_eq!(known.len(), 2, "{known:?}");
    let taste = owner.folder.path().join("taste.jsonl");
    let forget = || said(&moodbox().arg("forget").arg("--taste").arg(&taste).assert().success()).0;
    assert!(forget().contains("taste in music: forgotten"));
    assert!(forget().contains("taste in music: nothing was known"));
    assert_eq!(valence(), before);
    owner.run(&["rate", "slow.wav"], 2);
}

#[test]
fn what_is_missing_or_foreign_is_told_with_the_next_thing_to_do() {
    let owner = Owner::new();
    let (_, err) = said(&owner.run(&["list"], 5));
    assert!(err.contains("there is no index") && err.contains("hint: make one with `moodbox music scan"), "{err}");
    let (_, err) = said(&owner.run(&["scan", "/no/such/folder"], 5));
    assert!(err.contains("music folder /no/such/folder can't be read"), "{err}");
    fs::write(owner.index(), "{\"moodbox_music\":99}\n").unwrap();
    let (_, err) = said(&owner.run(&["list"], 5));
    assert!(err.contains("version 99") && err.contains("hint: update this program"), "{err}");
}

#[test]
fn files_of_other_formats_and_odd_names_are_named_and_names_in_any_encoding_play() {
    let owner = Owner::new();
    let name = |bytes: &[u8]| owner.music().join(Path::new(OsStr::from_bytes(bytes)));
    fs::rename(owner.music().join("fast.wav"), name(b"caf\xe9.wav")).unwrap();
    fs::write(name(b"red\x1b[31m.wma"), b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9").unwrap();
    fs::write(name(b"._slow.wav"), b"\0\x05\x16\x07").unwrap();
    let (out, err) = said(&owner.scan());
    assert!(out.contains("3 tracks; 5 listened to") && out.contains("2 damaged, silent or not playable"), "{out}");
    assert!(err.contains("red\\u{1b}[31m.wma: Windows Media (WMA) can't be played here"), "{err}");
    assert!(!err.contains("._slow"), "{err}");
    let listed = said(&owner.run(&["list"], 0)).0;
    assert!(listed.contains("caf\\xe9.wav") && !listed.contains('\x1b'), "{listed}");
    assert_eq!(owner.json(&["list"]).len(), 5);
    assert_eq!(owner.json(&["pick", "--mood", "happy", "-n", "8"]).len(), 8);
}

#[test]
fn a_worker_sends_what_a_file_says_of_itself_and_then_its_frames() {
    let track = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracks").join(name);
    let decode =
        |path: PathBuf| moodbox().args(["worker", "decode", "--rate", "48000", "--"]).arg(path).assert().code(0);
    let output = decode(track("tone.wav")).get_output().stdout.clone();
    let end = output.iter().position(|byte| *byte == b'\n').unwrap();
    let opening: serde_json::Value = serde_json::from_slice(&output[..end]).unwrap();
    assert_eq!(opening["seconds"], 0.5);
    // Two floats a frame, half a second of them.
    let frames = (output.len() - end - 1) / 8;
    assert!(frames.abs_diff(24_000) < 64, "{frames}");
    let (refused, _) = said(&decode(track("there-is-none.mp3")));
    assert!(refused.contains("No such file"), "{refused}");
    // It is no command for people.
    assert!(!said(&moodbox().arg("--help").assert().success()).0.contains("worker"));
}

#[test]
fn a_music_folder_that_is_not_there_is_told_by_config() {
    let owner = Owner::new();
    let file = owner.folder.path().join("box.toml");
    fs::write(&file, "[music]\nfolder = \"tunes\"\n").unwrap();
    let (out, err) = said(&moodbox().arg("config").arg(&file).assert().success());
    assert!(out.contains("folder = \"tunes\""), "{out}");
    assert!(err.contains("note: music folder ") && err.contains("tunes can't be read"), "{err}");
}
