//! What Raspberry Pi Imager wrote, and the owner's file on top of it.

use super::*;

/// As Imager writes it, with every page of its wizard filled in.
const IMAGER: &str = r#"config_version = "1.0"

[system]
hostname = "kitchen"

[user]
name = "anna"
password = "$y$j9T$abc"
password_encrypted = true
groups = ["sudo"]

[ssh]
enabled = true
password_authentication = false
authorized_keys = [
  "KEY",
]

[wlan]
ssid = "Home \"2\""
password = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
password_encrypted = true
hidden = false
country = "GB"

[locale]
keymap = "gb"
timezone = "Europe/London"

[connect]
enabled = true
"#;

fn both(preseed: &str, owner: &str, target: Target) -> Answer {
    let preseed = source("rpi-preseed.toml", preseed.replace("KEY", KEY).as_bytes());
    let answer = resolve(&source("moodbox.toml", owner.as_bytes()), Some(&preseed), &rules(target)).unwrap();
    closed(owner, &answer);
    answer
}

fn told(answer: &Answer) -> Vec<(&str, usize)> {
    answer.problems.iter().map(|(file, problem)| (file, problem.line)).collect()
}

#[test]
fn imagers_wizard_is_enough() {
    let answer = both(IMAGER, "", Target::Image);
    assert!(answer.problems.is_empty(), "{}", answer.problems);
    assert_eq!(answer.files["hostname"], "kitchen\n");
    assert_eq!(answer.files["timezone"], "Europe/London\n");
    assert_eq!(answer.files["country"], "GB\n");
    assert_eq!(answer.files["authorized_keys"], format!("{KEY}\n"));
    assert!(
        answer.files["iwd/=486f6d652022 32 22.psk".replace(' ', "").as_str()].contains("PreSharedKey=01234567"),
        "{answer:?}"
    );
    assert!(both(IMAGER, "", Target::Card).files["user-data"].contains("\"name\": \"anna\""));
}

#[test]
fn the_owners_file_goes_before_it_key_by_key() {
    let answer = both(IMAGER, "[system]\nhostname = 'bath'\nwifi_country = 'DE'\n[look]\nframes = 3\n", Target::Image);
    assert!(answer.problems.is_empty(), "{}", answer.problems);
    assert_eq!((answer.files["hostname"].as_str(), answer.files["country"].as_str()), ("bath\n", "DE\n"));
    assert_eq!(answer.files["timezone"], "Europe/London\n");
    assert!(answer.files.contains_key("iwd/=486f6d6520223222.psk"), "{answer:?}");
    // A problem above leaves what is below.
    let answer = both(IMAGER, "[system]\nhostname = 'b a t h'\n", Target::Image);
    assert_eq!((answer.files["hostname"].as_str(), told(&answer)), ("kitchen\n", vec![("moodbox.toml", 2)]));
}

#[test]
fn a_password_belongs_to_the_network_it_was_given_with() {
    let psk = |answer: &Answer| answer.files.keys().filter(|name| name.ends_with(".psk")).cloned().collect::<Vec<_>>();
    // Another network: Imager's key doesn't fit it.
    let answer = both(IMAGER, "[system]\nwifi_name = 'Other'\n", Target::Image);
    assert_eq!((psk(&answer), told(&answer)), (vec![], vec![("moodbox.toml", 2)]));
    let answer = both(IMAGER, "[system]\nwifi_name = 'Other'\nwifi_password = 'secretpass'\n", Target::Image);
    assert_eq!((psk(&answer), told(&answer)), (vec!["iwd/Other.psk".to_owned()], vec![]));
    // The same network, another password.
    let answer = both(IMAGER, "[system]\nwifi_password = 'secretpass'\n", Target::Image);
    assert!(answer.files["iwd/=486f6d6520223222.psk"].contains("Passphrase=secretpass"), "{answer:?}");
    // A password that is none doesn't bring the older one back.
    let answer = both(IMAGER, "[system]\nwifi_password = 'short'\n", Target::Image);
    assert_eq!((psk(&answer), told(&answer)), (vec![], vec![("moodbox.toml", 2)]));
    let answer = both(IMAGER, "[system]\nwifi_name = 5\n", Target::Image);
    assert_eq!((psk(&answer), told(&answer)), (vec![], vec![("moodbox.toml", 2)]));
}

#[test]
fn an_open_network_of_the_wizard_needs_the_owners_word_too() {
    let open = "[wlan]\nssid = \"Cafe\"\nhidden = true\n";
    let answer = both(open, "[look]\nframes = 3\n", Target::Image);
    assert_eq!(told(&answer), [("rpi-preseed.toml", 2)]);
    assert!(!answer.files.keys().any(|name| name.starts_with("iwd/Cafe")), "{answer:?}");
    let answer = both(open, "[system]\nwifi_open = true\n", Target::Image);
    assert!(answer.files["iwd/Cafe.open"].contains("Hidden=true"), "{answer:?}");
    // Not while a part of either file is unread.
    for (preseed, owner) in [
        (open, "[system]\nwifi_open = true\nx y\n"),
        ("[wlan]\nssid = \"Cafe\"\npassword = \"a\"b\"\n", "[system]\nwifi_open = true\n"),
    ] {
        let answer = both(preseed, owner, Target::Image);
        assert!(!answer.files.keys().any(|name| name.ends_with(".open")), "{answer:?}");
        assert!(!answer.problems.is_empty());
    }
}

#[test]
fn what_the_wizard_can_choose_and_the_box_not_is_told() {
    let password = "[ssh]\nenabled = true\npassword_authentication = true\n";
    assert_eq!(told(&both(password, "", Target::Image)), [("rpi-preseed.toml", 3)]);
    assert_eq!(told(&both(&password.replace("enabled = true", "enabled = false"), "", Target::Image)), []);
    let off = IMAGER.replace("[ssh]\nenabled = true", "[ssh]\nenabled = false");
    assert!(!both(&off, "", Target::Image).files.contains_key("authorized_keys"));
    assert_eq!(
        told(&both("[wlan]\nssid_hex = \"ff00\"\npassword = \"secretpass\"\n", "", Target::Image)),
        [("rpi-preseed.toml", 2)]
    );
    assert_eq!(
        told(&both("[wlan\nssid = \"a\"\npassword = \"secretpass\"\n", "", Target::Image)),
        [("rpi-preseed.toml", 1)]
    );
}
