//! A disk that is full, and networks that never end.

use snapbox::cmd::{Command, OutputAssert, cargo_bin};
use snapbox::str;
use std::fs::{self, File};
use std::path::Path;
use tempfile::TempDir;

fn trainer(folder: &TempDir) -> Command {
    Command::new(cargo_bin!("trainer")).current_dir(folder.path())
}

fn training(command: Command, more: &[&str]) -> OutputAssert {
    command.args(["train", "--data", "synthetic:70", "--run", "run"]).args(more).assert()
}

/// The shell's limit on the size of a file stands for the full disk: writing fails in the middle of a file. That of the
/// settings and the metrics still fits.
#[test]
fn a_disk_that_is_full_costs_no_checkpoint() {
    let limits = Command::new("sh").args(["-c", "trap '' XFSZ && ulimit -f 64"]).output();
    if !limits.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a shell that limits the size of files is not here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    training(trainer(&folder), &["--epochs", "1"]).success();
    let checkpoints = || -> Vec<String> {
        let entries = fs::read_dir(folder.path().join("run")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut found: Vec<String> = names.filter(|name| name.starts_with("checkpoint-")).collect();
        found.sort();
        found
    };
    let before = checkpoints();
    let limited = Command::new("sh")
        .current_dir(folder.path())
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(cargo_bin!("trainer"));
    let failed = training(limited, &["--resume", "--epochs", "2"]).code(8);
    let complaint = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
    assert!(complaint.contains("error: `run/"), "{complaint}");
    assert!(complaint.contains("can't be written: "), "{complaint}");
    assert!(complaint.ends_with("  hint: check that the folder exists, may be written and has space\n"), "{complaint}");
    assert_eq!(checkpoints(), before);
    training(trainer(&folder), &["--resume", "--epochs", "2"]).success();
    assert!(checkpoints().last() > before.last());
}

#[test]
fn networks_that_never_end_or_are_too_large() {
    let folder = tempfile::tempdir().unwrap();
    // Takes no room on the disk.
    File::create(folder.path().join("huge.onnx")).and_then(|file| file.set_len(200 << 20)).unwrap();
    let commands = [&["verify"][..], &["evaluate", "--split", "PublicTest", "--labels", "fer2013"]];
    for command in commands {
        let run = |model: &str| {
            trainer(&folder).args(command).args(["--data", "synthetic:70", "--model", model]).assert().code(5)
        };
        run("huge.onnx").stdout_eq("").stderr_eq(str![[r#"
error: `huge.onnx` can't be read: it is larger than 128 MiB
  hint: write it with `trainer quantise` first

"#]]);
        if Path::new("/dev/zero").exists() {
            run("/dev/zero").stdout_eq("").stderr_eq(str![[r#"
error: `/dev/zero` can't be read: it is no ordinary file
  hint: write it with `trainer quantise` first

"#]]);
        }
    }
}
