//! Ctrl-C and SIGTERM in every state of the real program, in a pipe and in a terminal.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

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

/// Runs the box in a terminal of util-linux's `script`, signals it, and gives what the terminal received.
fn in_a_terminal(stop: impl FnOnce(&mut Child, u32)) -> Option<(Option<i32>, String)> {
    let there = Command::new("script").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("skipped: util-linux's `script` is not here");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let run = format!(
        "stty rows 30 columns 100; echo $$ > '{}'; exec '{}' run --simulate --silent --interactive --seconds 60",
        pid.display(),
        moodbox().display()
    );
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &run, "/dev/null"])
        .env_remove("RUST_LOG")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .env("COLORTERM", "truecolor")
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

fn assert_restored(case: &str, code: Option<i32>, seen: &str) {
    assert_eq!(code, Some(0), "{case}");
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
        let Some((code, seen)) = in_a_terminal(|_, pid| {
            assert!(Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap().success());
        }) else {
            return;
        };
        assert_restored(name, code, &seen);
    }
    for (case, keys) in [("q", "q"), ("Ctrl-C", "\u{3}"), ("a press, then Esc", " q")] {
        let Some((code, seen)) = in_a_terminal(|child, _| {
            child.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
        }) else {
            return;
        };
        assert_restored(case, code, &seen);
    }
}
