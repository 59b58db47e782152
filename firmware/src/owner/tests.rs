//! What owners write, and what becomes of it. The files here are whole: as an editor saves them.

mod broken;
mod card;
mod keys;
mod layers;
mod read;

use super::*;

/// A public key that is one.
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAxD5zQTavB77jjYxTrdp8RoJKxfWQ8MZ5Nl2h0bsMsJ me@host";

fn source(name: &str, bytes: &[u8]) -> Source {
    Source { name: name.to_owned(), content: Ok(bytes.to_vec()) }
}

fn rules(target: Target) -> Rules {
    Rules { target, zones: None, package: Some("moodbox_0.1.0_arm64.deb".to_owned()) }
}

fn image(bytes: &[u8]) -> Answer {
    resolve(&source("moodbox.toml", bytes), None, &rules(Target::Image)).unwrap()
}

/// A file; the files of the answer, each with what must stand in it, without any others; and the lines that are told.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [usize]);

fn hold(cases: &[Case]) {
    for (text, files, told) in cases {
        let answer = image(text.as_bytes());
        let lines: Vec<usize> = answer.problems.iter().map(|(_, problem)| problem.line).collect();
        assert_eq!(lines, *told, "{text}\n{}", answer.problems);
        let always = ["moodbox.toml", "problems.txt", "iwd/main.conf"];
        let found: Vec<&str> = answer.files.keys().map(String::as_str).filter(|name| !always.contains(name)).collect();
        let mut wanted: Vec<&str> = files.iter().map(|(name, _)| *name).filter(|name| !always.contains(name)).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{text}\n{}", answer.problems);
        for (name, part) in *files {
            assert!(answer.files[*name].contains(part), "{text}\n{name}: {}", answer.files[*name]);
        }
        assert_eq!(answer.problems.is_empty(), !answer.files.contains_key("problems.txt"));
        closed(text, &answer);
    }
}

/// INVARIANT: nothing becomes an open network that doesn't say `wifi_open = true`.
fn closed(text: &str, answer: &Answer) {
    let open = answer.files.keys().any(|name| name.ends_with(".open"))
        || answer.files.get("network-config").is_some_and(|text| text.contains("\"key-management\": \"none\""));
    let plain: String = text.split_whitespace().collect();
    assert!(!open || plain.contains("wifi_open=true"), "{text}");
}

#[test]
fn the_form_itself_has_no_problems_and_sets_nothing_but_what_it_says() {
    let form = include_str!("../../../scripts/pi/boot/moodbox.toml");
    for target in [Target::Image, Target::Card] {
        let answer = resolve(&source("moodbox.toml", form.as_bytes()), None, &rules(target)).unwrap();
        assert!(answer.problems.is_empty(), "{}", answer.problems);
        assert!(answer.files.keys().all(|name| !name.starts_with("iwd/") && name != "authorized_keys"), "{answer:?}");
        assert_eq!(answer.files["hostname"], "moodbox\n");
    }
    for key in text::KEYS {
        assert!(form.contains(&format!("\n{key} = ")), "the form has no {key}");
    }
}

#[test]
fn problems_are_told_to_a_person_and_never_show_a_password() {
    let text = "[system]\nwifi_name = \"Home\"\nwifi_password = \"short\"\n[look]\nframes = 99\n";
    let answer = image(text.as_bytes());
    let told = &answer.files["problems.txt"];
    assert!(
        told.contains("\r\nmoodbox.toml, line 3: the Wi-Fi password has 5 characters, it must have 8 to 63\r\n"),
        "{told}"
    );
    assert!(told.contains("\r\n    To do: ") && !told.replace("\r\n", "").contains('\n'), "{told}");
    let secrets = [
        "wifi_password = \"topsecr\"",
        "wifi_password = topsecr",
        "wifi_password = \"topsecr\"x\"",
        "wifi_password = [\"topsecr\"]",
        "wifi_password = 12345678topsecr",
        "wifi_pasword = \"topsecr\"",
        "wifi_password = \"\"\"\ntopsecr",
        "wifi_password = 'topsecr ä'",
        "# topsecr\nx = 1",
        "[sytem]\nwifi_password = \"topsecr\"",
        "[look]\nwifi_password = \"topsecr\"",
        "[System]\n# topsecr",
    ];
    for secret in secrets {
        let answer = image(format!("[system]\nwifi_name = \"Home\"\n{secret}\n").as_bytes());
        assert!(!answer.files["moodbox.toml"].contains("topsecr"), "{secret}: {answer:?}");
        assert!(!answer.files["problems.txt"].contains("topsecr"), "{secret}: {answer:?}");
    }
}

#[test]
fn the_same_files_give_the_same_answer_in_a_folder_of_ones_own() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("made/here");
    let text = "[system]\nwifi_name = \"Café\"\nwifi_password = \"secretpass\"\ndac = \"max98357a\"\n";
    write(&into, &image(text.as_bytes())).unwrap();
    std::fs::File::create(into.join("kept.by.others")).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&into), mode(&into.join("iwd"))), (0o700, 0o700));
    assert_eq!(mode(&into.join("iwd/=436166c3a9.psk")), 0o600);
    // What isn't wished for any more is gone, what is of others stays.
    let later = image(b"[system]\nwifi_name = \"Other\"\nwifi_open = true\n[look\n");
    write(&into, &later).unwrap();
    let names = |folder: &Path| {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(&into), ["iwd", "kept.by.others", "moodbox.toml", "problems.txt"]);
    assert_eq!(names(&into.join("iwd")), [""; 0]);
    assert_eq!(later, image(b"[system]\nwifi_name = \"Other\"\nwifi_open = true\n[look\n"));
}
