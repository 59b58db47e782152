//! What the box remembers never keeps it from starting, and writing it never leaves less than there was.

use crate::command_line::moodbox;
use mood::Classifier;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A configuration whose faces, taste and index lie in its folder.
fn owner() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("moodbox.toml");
    let text = "[look]\nmemory = \"faces\"\n[music]\ntaste = \"taste.jsonl\"\nindex = \"music.jsonl\"\n";
    fs::write(&config, text).unwrap();
    fs::create_dir(folder.path().join("faces")).unwrap();
    (folder, config)
}

/// The file of what was learnt about the built-in network.
fn faces() -> String {
    let network = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/mood.onnx")).unwrap();
    format!("faces/{:016x}.faces.json", Classifier::from_onnx(&network).unwrap().fingerprint())
}

/// What a box on a desk says that runs until it has been pressed once.
fn story(config: &Path) -> String {
    let arguments = ["run", "--simulate", "--silent", "--press-at", "0.1", "--seconds", "1", "--config"];
    let output = moodbox().args(arguments).arg(config).assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

#[test]
fn the_box_starts_with_whatever_it_finds_and_tells_it_by_light_and_journal() {
    let faces = faces();
    let damaged = "\u{0}\u{0}\u{0}";
    let cases = [
        (faces.as_str(), damaged, ".damaged"),
        (faces.as_str(), r#"{"version":7,"examples":[]}"#, ".newer"),
        ("taste.jsonl", damaged, ".damaged"),
        ("taste.jsonl", "{\"moodbox_taste\":7}\n", ".newer"),
        ("music.jsonl", "{\"moodbox_music\":1", ".damaged"),
        ("music.jsonl", "{\"moodbox_music\":7}\n", ".newer"),
    ];
    for (file, text, ending) in cases {
        let (folder, config) = owner();
        let path = folder.path().join(file);
        fs::write(&path, text).unwrap();
        let said = story(&config);
        assert!(said.contains(&format!("it is kept as {}{ending}", path.display())), "{file}: {said}");
        assert!(said.contains("blinking every 2.0 s"), "{file}: {said}");
        assert_eq!(fs::read_to_string(format!("{}{ending}", path.display())).unwrap(), text);
        let again = story(&config);
        assert!(!again.contains("can't be read"), "{file}: {again}");
    }
}

#[test]
fn a_full_disk_leaves_no_empty_file() {
    let (folder, _) = owner();
    let [taste, index] = ["taste.jsonl", "music.jsonl"].map(|name| folder.path().join(name));
    let track = folder.path().join("interrupted.json");
    fs::write(&track, r#"{"path":"/music/a.mp3","position_s":1,"at_s":1}"#).unwrap();
    let program = env!("CARGO_BIN_EXE_moodbox");
    let music = format!("--index '{}' --taste '{}'", index.display(), taste.display());
    for what in ["rate --like".to_owned(), format!("scan '{}'", folder.path().join("faces").display())] {
        let limited = format!("trap '' XFSZ; ulimit -f 0; exec '{program}' music {what} {music}");
        let output = std::process::Command::new("sh").args(["-c", &limited]).output().unwrap();
        assert_eq!(output.status.code(), Some(8), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!taste.exists() && !index.exists());
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["faces", "interrupted.json", "moodbox.toml"]);
}
