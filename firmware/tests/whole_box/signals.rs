//! Ctrl-C and SIGTERM in every state of the real program, in a pipe and in a terminal.

use moodbox::ports::Lights;
use moodbox::sim::terminal::Terminal;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Set for the programs that [`in_a_terminal`] runs.
const IN_A_TERMINAL: &str = "MOODBOX_TEST_IN_A_TERMINAL";

fn moodbox() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_moodbox"))
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// Starts the box in a pipe, signals when `line` has been printed, and gives all it printed.
fn stopped_at(line: &str, name: &str) -> (Option<i32>, String) {
    let mut child = Command::new(moodbox())
        .args(["run", "--simulate", "--silent", "--press-at", "0.2", "--seconds", "60"])
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut out = String::new();
    let mut sent = false;
    while let Some(Ok(text)) = lines.next() {
        out += &(text + "\n");
        if !sent && out.contains(line) {
            signal(&child, name);
            sent = true;
        }
    }
    (child.wait().unwrap().code(), out)
}

#[test]
fn signals_in_every_state_end_dark_and_with_success() {
    for (state, line) in
        [("idle", "chime: ready"), ("looking", "camera: looking"), ("playing", "music: happy, fading in")]
    {
        for name in ["INT", "TERM"] {
            let (code, out) = stopped_at(line, name);
            assert_eq!(code, Some(0), "{state}, SIG{name}: {out}");
            assert!(out.contains("light: dark") && out.contains("ended, lights dark"), "{state}, SIG{name}: {out}");
        }
    }
}

/// Whether a program handles SIGTERM by now.
fn handles_sigterm(child: &Child) -> bool {
    const SIGTERM: u32 = 15;
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
    u64::from_str_radix(caught, 16).unwrap() & (1 << (SIGTERM - 1)) != 0
}

#[test]
fn a_signal_while_it_starts_ends_it_with_success() {
    // It can't get further than its network, which is not handed over before the signal.
    let mut child = Command::new(moodbox())
        .args(["run", "--simulate", "--silent", "--press-at", "0.2", "--seconds", "60", "--model", "/dev/stdin"])
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let given_up = Instant::now() + Duration::from_secs(20);
    while !handles_sigterm(&child) {
        assert!(Instant::now() < given_up, "it does not handle the signal while it starts");
    }
    signal(&child, "TERM");
    let network = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/mood.onnx")).unwrap();
    child.stdin.take().unwrap().write_all(&network).unwrap();
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(out.contains("ended, lights dark") && !out.contains("button: pressed"), "{out}");
}

/// The box, driven by hand, without sound.
const BY_HAND: &str = "run --simulate --silent --interactive --seconds 60";

/// Runs a program in a terminal of util-linux's `script`, calls `stop` once the box is drawn, and gives what the
/// terminal received.
fn in_a_terminal(program: &Path, arguments: &str, stop: impl FnOnce(&mut Child, u32)) -> Option<(Option<i32>, String)> {
    let there = Command::new("script").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("skipped: util-linux's `script` is not here");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let run =
        format!("stty rows 30 columns 100; echo $$ > '{}'; exec '{}' {arguments}", pid.display(), program.display());
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &run, "/dev/null"])
        .env_remove("RUST_LOG")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .env("COLORTERM", "truecolor")
        .env(IN_A_TERMINAL, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    let mut stop = Some(stop);
    while let Ok(length @ 1..) = out.read(&mut chunk) {
        seen.extend_from_slice(&chunk[..length]);
        let drawn = String::from_utf8_lossy(&seen).contains("press me");
        if let Some(stop) = stop.take_if(|_| drawn) {
            let number = std::fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
            stop(&mut child, number);
        }
    }
    Some((child.wait().unwrap().code(), String::from_utf8_lossy(&seen).into_owned()))
}

fn assert_restored(case: &str, seen: &str) {
    let (enter, leave) = (seen.find("\u{1b}[?1049h"), seen.rfind("\u{1b}[?1049l"));
    assert!(enter.is_some() && leave > enter, "{case}: the alternate screen is left");
    let (hide, show) = (seen.find("\u{1b}[?25l"), seen.rfind("\u{1b}[?25h"));
    assert!(hide.is_some() && show > hide, "{case}: the cursor is back");
    assert!(seen.contains("\u{1b}[48;2;"), "{case}: drawn in true colour");
}

#[test]
fn a_terminal_is_restored_after_signals_and_keys() {
    use std::io::Write;
    for name in ["INT", "TERM"] {
        let Some((code, seen)) = in_a_terminal(moodbox(), BY_HAND, |_, pid| {
            assert!(Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap().success());
        }) else {
            return;
        };
        assert_eq!(code, Some(0), "{name}");
        assert_restored(name, &seen);
    }
    for (case, keys) in [("q", "q"), ("Ctrl-C", "\u{3}"), ("a press, then Esc", " q")] {
        let Some((code, seen)) = in_a_terminal(moodbox(), BY_HAND, |child, _| {
            child.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
        }) else {
            return;
        };
        assert_eq!(code, Some(0), "{case}");
        assert_restored(case, &seen);
    }
}

/// Panics while the box is drawn; only inside the terminal of the test below.
#[test]
fn panics_in_a_terminal() {
    if std::env::var_os(IN_A_TERMINAL).is_none() {
        return;
    }
    let mut terminal = Terminal::enter().unwrap();
    terminal.show(mood::Rgb::new(1.0, 0.5, 0.1)).unwrap();
    panic!("this panic is part of the test");
}

#[test]
fn a_terminal_is_restored_before_a_panic_speaks() {
    let itself = std::env::current_exe().unwrap();
    let only = "--exact signals::panics_in_a_terminal --nocapture";
    let Some((code, seen)) = in_a_terminal(&itself, only, |_, _| {}) else { return };
    assert_ne!(code, Some(0));
    assert_restored("panic", &seen);
    let message = seen.find("this panic is part of the test").unwrap();
    assert!(seen.find("\u{1b}[?1049l").is_some_and(|left| left < message), "the message stays on the owner's screen");
}
