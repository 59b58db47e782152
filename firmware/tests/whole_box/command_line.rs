//! What the command line says, word by word, and how it ends.

use snapbox::cmd::{Command, OutputAssert};
use snapbox::str;
use std::path::Path;

/// No home: the music of whoever runs the tests is not for them.
const NOWHERE: &str = "/no/such/home";

pub(crate) fn moodbox() -> Command {
    Command::new(snapbox::cmd::cargo_bin!("moodbox"))
        .env_remove("RUST_LOG")
        .env("NO_COLOR", "1")
        .env("XDG_DATA_HOME", NOWHERE)
}

/// The output as text, for what a snapshot can't hold.
pub(crate) fn said(output: &OutputAssert) -> (String, String) {
    let output = output.get_output();
    (String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

#[test]
fn help_shows_verbs_examples_and_exit_codes() {
    moodbox().arg("--help").assert().success().stdout_eq(str![[r#"
The box: press the button; it looks, reads the expression, and answers with light and music

Usage: moodbox [OPTIONS] <COMMAND>

Commands:
  look     Reads the expression in photographs
  run      Runs the box
  check    Tries each part of the box, and says what to do about trouble
  devices  Lists cameras, GPIO chips and sound cards, and what would be chosen
  bench    Times each stage of a look on this board
  config   Prints the configuration: the commented template, or what would hold with FILE
  compose  Renders a mood's music to a WAV file
  music    Your own music: scan folders, see where each track lies, choose
  forget   Erases what the box has learnt about you
  help     Print this message or the help of the given subcommand(s)

Options:
      --log <FILTER>  Log to stderr: error, warn, info, debug, trace, or a filter such as `moodbox=debug` (default: RUST_LOG)
  -h, --help          Print help
  -V, --version       Print version

Exit codes:
  0  done (also: stopped by Ctrl-C or SIGTERM)
  1  a bug in Moodbox
  2  the command line can't be understood
  3  the configuration has mistakes (all are told)
  4  a device is missing
  5  a picture, music, or a folder of them, can't be read
  6  a network is missing, damaged or not made for this box
  8  a file can't be written
 10  done, and the computer shall be switched off (the button was held for long)

"#]]);
    let (look, _) = said(&moodbox().args(["look", "--help"]).assert().success());
    assert!(look.contains("Example:\n  moodbox look"), "{look}");
    moodbox().arg("sing").assert().code(2);
    moodbox().assert().code(2);
    moodbox().arg("look").assert().code(2);
}

/// INVARIANT 4 of the house, as far as the source can show it: nothing speaks to a network or to other programs, and
/// no file is written but text, logs and sound.
#[test]
fn no_frame_leaves_the_box_and_none_is_written() {
    let forbidden = [
        "std::net",
        "os::unix::net",
        "TcpStream",
        "UdpSocket",
        "process::Command",
        "process::{",
        "ImageEncoder",
        ".save(",
        "fs::write",
    ];
    let mut folders: Vec<_> = ["src", "music/src"].map(|it| Path::new(env!("CARGO_MANIFEST_DIR")).join(it)).into();
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let shipped = source.split("#[cfg(test)]").next().unwrap_or_default();
                // Two programs are run: a camera, which is read from and nothing is written to it, and this program itself,
                // which decodes music. Whoever starts none may hold the ends of a process.
                let started = shipped.matches("Command::new(").count();
                let is_camera = path.ends_with("camera/rpicam.rs") && shipped.contains("stdin(Stdio::null())");
                let is_itself = started == 1 && shipped.contains("Command::new(\"/proc/self/exe\")");
                let allowed = |word: &str| word == "process::{" && (is_camera || is_itself || started == 0);
                let found: Vec<_> = forbidden.iter().filter(|word| shipped.contains(*word) && !allowed(word)).collect();
                assert!(found.is_empty(), "{}: {found:?}", path.display());
                read += 1;
            }
        }
    }
    assert!(read > 50, "{read} files");
}

#[test]
fn config_prints_the_template_and_what_holds_and_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let template = include_str!("../../config/default.toml");
    assert_eq!(said(&moodbox().arg("config").assert().success()).0, template);
    std::fs::write(folder.path().join("mine.toml"), "[light]\nbrightness = 0.25\n").unwrap();
    let held = said(&moodbox().current_dir(folder.path()).args(["config", "mine.toml"]).assert().success()).0;
    assert_eq!(held, template.replace("\nbrightness = 1.0\n", "\nbrightness = 0.25\n"));

    let three = "[look]\nunsure_bellow = 0.5\n[button]\ndebounce_ms = \"30\"\n[light]\nbrightness = 7\n";
    std::fs::write(folder.path().join("wrong.toml"), three).unwrap();
    for arguments in [["config", "wrong.toml"].as_slice(), &["run", "--simulate", "--config", "wrong.toml"]] {
        moodbox().current_dir(folder.path()).args(arguments).assert().code(3).stdout_eq("").stderr_eq(str![[r#"
error: configuration wrong.toml has 3 mistakes
  wrong.toml:2: unknown key `look.unsure_bellow`
    hint: did you mean `unsure_below`?
  wrong.toml:4: `button.debounce_ms` is "30", it must be a whole number from 1 to 500 (milliseconds)
    hint: for example `debounce_ms = 1`
  wrong.toml:6: `light.brightness` is 7, it must be a number from 0 to 1 (a share)
    hint: for example `brightness = 0.5`

"#]]);
    }
    moodbox().current_dir(folder.path()).args(["config", "gone.toml"]).assert().code(3).stderr_eq(str![[r#"
error: configuration gone.toml can't be read: No such file or directory (os error 2)
  hint: write one with `moodbox config > moodbox.toml`, or leave out `--config`

"#]]);
}

#[test]
fn run_without_hardware_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("box.toml");
    std::fs::write(&config, "[gpio]\nbackend = \"chip\"\nchip = \"no such chip\"\n").unwrap();
    let refused = said(&moodbox().args(["run", "--config"]).arg(config).assert().code(4).stdout_eq("")).1;
    let start = if cfg!(feature = "hardware") {
        "error: this machine's GPIO can't be used: no chip is called `no such chip`; "
    } else {
        "error: the box's own camera, light and button are not in this build\n  hint: "
    };
    assert!(refused.starts_with(start) && refused.contains("`moodbox run --simulate`"), "{refused}");
    moodbox().args(["run", "--simulate", "--interactive", "--silent"]).assert().code(4).stderr_eq(str![[r#"
error: the box can't be driven by hand here: the output is no terminal
  hint: change that, or use `--demo` or `--press-at 1,8`, which need no terminal

"#]]);
    let empty = tempfile::tempdir().unwrap();
    moodbox().args(["run", "--simulate"]).arg(empty.path()).assert().code(5);
}

#[test]
fn the_doctor_tries_each_part_and_tells_what_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let parts = ["model", "camera", "face", "light", "button", "disk"];
    let fine = moodbox().current_dir(folder.path()).args(["check", "--simulate"]).args(parts).assert().success();
    let (out, err) = said(&fine);
    let found: Vec<(&str, &str)> = out
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .filter(|(verdict, _)| *verdict == "fine")
        .collect();
    assert_eq!(found, ["disk", "model", "camera", "face", "light", "button"].map(|part| ("fine", part)), "{out}");
    assert!(err.contains("check: button: press the button now (10 s)"), "{err}");

    std::fs::write(folder.path().join("box.toml"), "[model]\npath = \"gone.onnx\"\n").unwrap();
    let arguments = ["check", "--simulate", "--json", "--config", "box.toml", "model", "disk"];
    let broken = moodbox().current_dir(folder.path()).env("HOME", folder.path()).args(arguments).assert().code(6);
    let (out, err) = said(&broken);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["about"]["moodbox"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["fine"], false);
    assert_eq!((&report["parts"][0]["verdict"], &report["parts"][1]["verdict"]), (&"fine".into(), &"broken".into()));
    assert!(report["parts"][1]["remedy"].is_string() && report["parts"][0]["figures"]["free_mib"].is_number(), "{out}");
    assert_eq!(err, "error: broken: model\n");
}

#[test]
fn the_doctors_report_names_no_home_folder() {
    let home = tempfile::tempdir().unwrap();
    let configuration = home.path().join("box.toml");
    std::fs::write(&configuration, "[model]\npath = \"gone.onnx\"\n").unwrap();
    let arguments = ["check", "--simulate", "--json", "model", "disk", "--config"];
    let broken = moodbox().current_dir(home.path()).env("HOME", home.path()).args(arguments).arg(&configuration);
    let (out, _) = said(&broken.assert().code(6));
    assert!(out.contains("~/gone.onnx"), "{out}");
    assert!(!out.contains(home.path().to_str().unwrap()), "{out}");
}

#[test]
fn devices_are_listed_for_people_and_for_machines() {
    let (out, _) = said(&moodbox().arg("devices").assert().success());
    for kind in ["cameras: ", "gpio chips: ", "sound cards: "] {
        assert!(out.contains(kind), "{out}");
    }
    let (out, _) = said(&moodbox().args(["devices", "--json"]).assert().success());
    let kinds: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(
        kinds.as_array().unwrap().iter().all(|kind| kind["why"].is_string() && kind["devices"].is_array()),
        "{out}"
    );
}

#[test]
fn bench_gives_a_row_for_each_stage() {
    let arguments = ["bench", "--simulate", "--runs", "2"];
    let (out, _) = said(&moodbox().args(arguments).arg("--json").assert().success());
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let stages: Vec<&str> =
        report["stages"].as_array().unwrap().iter().map(|it| it["stage"].as_str().unwrap()).collect();
    let f32 = "classify, f32 (the same network, not rounded)";
    for stage in ["decode (MJPG 640x480)", "find", "crop", "classify, int8", f32, "light"] {
        assert!(stages.contains(&stage), "{stages:?}");
    }
    let (out, _) = said(&moodbox().args(arguments).assert().success());
    assert!(out.contains("median") && out.contains("most memory: "), "{out}");
}

#[test]
fn a_story_in_plain_lines() {
    let output = moodbox()
        .args(["run", "--simulate", "--silent", "--press-at", "0.1,0.11", "--seconds", "5", "--seed", "7"])
        .assert()
        .success();
    let (out, _) = said(&output);
    let lines: Vec<&str> = out.lines().filter_map(|line| line.split_once(" s  ").map(|(_, what)| what)).collect();
    let position = |start: &str| {
        lines.iter().position(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no `{start}` in {out}"))
    };
    let order = [
        "ready in ",
        "button: pressed",
        "lamp: on",
        "camera: looking",
        "astronaut: your expression looks happy",
        "lamp: off",
        "music: happy",
        "stopping",
        "light: dark",
        "ended",
    ];
    assert!(order.windows(2).all(|pair| position(pair[0]) < position(pair[1])), "{out}");
    assert!(out.contains("What the box saw and did:\n  astronaut  your expression looks happy"), "{out}");
}

#[test]
fn a_missing_sound_card_is_told_the_sound_goes_to_a_file_and_no_frame_is_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("box.toml"),
        "[speaker]\ncard = \"no such card\"\nwav_fallback = \"heard.wav\"\n",
    )
    .unwrap();
    let output = moodbox()
        .current_dir(folder.path())
        .args(["run", "--simulate", "--config", "box.toml", "--press-at", "0.1", "--seconds", "5"])
        .assert()
        .success();
    let (out, _) = said(&output);
    assert!(out.contains("note: speaker: ") && out.contains("writing what would play to heard.wav"), "{out}");
    let mut files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["box.toml", "heard.wav"]);
    let written = std::fs::metadata(folder.path().join("heard.wav")).unwrap().len();
    assert!(written > 44, "{written} bytes");
}

#[test]
fn a_full_disk_for_the_sound_file_is_told_and_leaves_the_light_working() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: /dev/full is not here");
        return;
    }
    let story = ["run", "--simulate", "--press-at", "0.1", "--seconds", "5"];
    let asked = moodbox().args(story).args(["--wav", "/dev/full"]).assert().code(8);
    assert!(said(&asked).1.contains("error: sound can't be written to /dev/full"), "{:?}", said(&asked));

    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("box.toml");
    std::fs::write(&config, "[speaker]\ncard = \"no such card\"\nwav_fallback = \"/dev/full\"\n").unwrap();
    let (out, _) = said(&moodbox().args(story).arg("--config").arg(config).assert().success());
    let told = out.contains("sound can't be written to /dev/full") && out.contains("the box stays silent");
    assert!(told && out.contains("your expression looks happy"), "{out}");
}
