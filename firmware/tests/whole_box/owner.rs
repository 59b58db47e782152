//! `moodbox owner`: what it writes, says and ends with.

use crate::command_line::{moodbox, said};
use snapbox::str;
use std::fs::{read_to_string, write};
use std::path::Path;

fn owner(folder: &Path, arguments: &[&str]) -> snapbox::cmd::OutputAssert {
    moodbox().current_dir(folder).args(["owner", "moodbox.toml"]).args(arguments).assert()
}

#[test]
fn a_good_file_ends_with_0_and_a_bad_one_with_3_and_what_holds() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at.join("moodbox.toml"), "[system]\nhostname = 'box'\n[look]\nframes = 3\n").unwrap();
    owner(at, &["--for", "image", "--into", "out"]).success().stdout_eq("").stderr_eq("");
    assert_eq!(read_to_string(at.join("out/hostname")).unwrap(), "box\n");
    write(at.join("moodbox.toml"), "[system]\nhostnam = 'box'\ntimezone = 'UTC'\n[look]\nframes = 99\n").unwrap();
    owner(at, &["--for", "card", "--into", "out"]).code(3).stdout_eq("").stderr_eq(str![[r#"
error: 3 problems in what the owner wrote
  moodbox.toml:2: unknown key `system.hostnam`
    hint: did you mean `hostname`?
  moodbox.toml:5: `look.frames` is 99, it must be a whole number from 1 to 12 (frames)
    hint: for example `frames = 1`
  moodbox.toml:5: the box runs with its default configuration, as its own has mistakes
    hint: mend the lines named here

"#]]);
    assert_eq!(read_to_string(at.join("out/timezone")).unwrap(), "UTC\n");
    assert_eq!(read_to_string(at.join("out/moodbox.toml")).unwrap(), "");
    assert!(!at.join("out/hostname").exists() && at.join("out/user-data").exists());
}

#[test]
fn a_file_that_is_none_ends_with_5_and_the_box_starts_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (_, told) = said(&owner(at, &["--for", "image", "--into", "out"]).code(5));
    assert!(told.starts_with("error: the owner's file moodbox.toml can't be read: No such file"), "{told}");
    assert!(told.contains("\n  hint: "), "{told}");
    assert_eq!(read_to_string(at.join("out/moodbox.toml")).unwrap(), "");
    assert!(read_to_string(at.join("out/problems.txt")).unwrap().contains("line 1: the file can't be read"));
    // Imager's file is enough, and none of Imager is no fault.
    write(at.join("rpi-preseed.toml"), "[system]\nhostname = \"kitchen\"\n").unwrap();
    owner(at, &["--for", "image", "--into", "out", "--preseed", "rpi-preseed.toml"]).success();
    assert_eq!(read_to_string(at.join("out/hostname")).unwrap(), "kitchen\n");
    write(at.join("moodbox.toml"), "").unwrap();
    owner(at, &["--for", "image", "--into", "out", "--preseed", "none.toml"]).success();
    assert!(!at.join("out/hostname").exists() && !at.join("out/problems.txt").exists());
    write(at.join("moodbox.toml"), "#".repeat((1 << 20) + 1)).unwrap();
    owner(at, &["--for", "image", "--into", "out"]).code(5);
    write(at.join("file"), "").unwrap();
    write(at.join("moodbox.toml"), "").unwrap();
    let (_, told) = said(&owner(at, &["--for", "image", "--into", "file/out"]).code(8));
    assert!(told.contains("can't be written"), "{told}");
    for package in ["a b.deb", "../moodbox.deb", "moodbox", "$(x).deb"] {
        owner(at, &["--for", "card", "--into", "out", "--package", package]).code(2);
    }
    owner(at, &["--for", "toaster", "--into", "out"]).code(2);
}
