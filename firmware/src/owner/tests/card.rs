//! The seed of a card: what cloud-init, netplan and the firmware read.

use super::*;
use data_encoding::BASE64;
use serde_json::Value;

fn card(text: &str) -> BTreeMap<String, String> {
    let answer = resolve(&source("moodbox.toml", text.as_bytes()), None, &rules(Target::Card)).unwrap();
    closed(text, &answer);
    answer.files
}

/// What stands in a file below its comments.
fn json(text: &str) -> Value {
    serde_json::from_str(&text[text.find('{').unwrap()..]).unwrap()
}

#[test]
fn the_seed_says_what_the_owner_wrote() {
    let files = card(&format!(
        "[system]\nhostname = 'kitchen'\ntimezone = 'Europe/Berlin'\nwifi_name = 'IEEE'\nwifi_password = 'password'\nwifi_country = 'de'\nssh_key = '{KEY}'\nuser = 'anna'\n"
    ));
    let user = json(&files["user-data"]);
    assert!(files["user-data"].starts_with("#cloud-config\n"));
    assert_eq!(user["hostname"], "kitchen");
    assert_eq!(user["timezone"], "Europe/Berlin");
    assert_eq!(user["user"]["name"], "anna");
    assert_eq!(user["user"]["ssh_authorized_keys"], serde_json::json!([KEY]));
    assert_eq!(user["ssh_pwauth"], false);
    assert_eq!(user["runcmd"][0], serde_json::json!(["systemctl", "enable", "--now", "ssh"]));
    assert!(user["runcmd"].to_string().contains("-i /boot/firmware/moodbox_0.1.0_arm64.deb >"));
    assert!(user["runcmd"].to_string().contains("|| cancel-rename anna"));
    assert_eq!(user["ssh_deletekeys"], false);
    assert!(user["runcmd"].to_string().contains("rfkill unblock wifi"));
    let wlan = &json(&files["network-config"])["network"]["wifis"]["wlan0"];
    assert_eq!(wlan["regulatory-domain"], "DE");
    let key = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e";
    assert_eq!(wlan["access-points"], serde_json::json!({ "IEEE": { "password": key } }));
    // No password in plain, in no file.
    assert!(
        files.values().all(|text| !text.contains("\"password\"\n") && !text.contains(": \"password\"")),
        "{files:?}"
    );
    let id = files["meta-data"].strip_prefix("instance-id: ").unwrap().trim_end();
    assert!(id.strip_prefix("moodbox-").unwrap().len() == 12, "{id}");
    assert_eq!(files["cmdline"], format!(" ds=nocloud;i={id}"));
    assert!(!files.contains_key("config") && !files.contains_key("iwd/main.conf"), "{files:?}");
}

#[test]
fn the_boxes_part_is_there_before_the_package_whatever_letters_are_in_it() {
    let text = "[look]\n# \u{80} \u{2028} \u{FEFF} ä\nframes = 3\n";
    let user = json(&card(&format!("[system]\nhostname = 'kitchen'\n{text}"))["user-data"]);
    let file = &user["write_files"][0];
    assert_eq!((file["path"].as_str(), file["encoding"].as_str()), (Some("/etc/moodbox/moodbox.toml"), Some("b64")));
    let content = BASE64.decode(file["content"].as_str().unwrap().as_bytes()).unwrap();
    assert!(String::from_utf8(content).unwrap().ends_with(text));
}

#[test]
fn without_wishes_the_card_is_a_box_nobody_can_log_in_to() {
    let files = card("");
    let user = json(&files["user-data"]);
    assert_eq!((user["hostname"].as_str(), user["user"]["name"].as_str()), (Some("moodbox"), Some("pi")));
    assert_eq!(user["user"]["lock_passwd"], true);
    assert!(user["user"].get("ssh_authorized_keys").is_none() && !files["user-data"].contains("ssh\"]"));
    assert!(!files["user-data"].contains("systemctl\",\n      \"enable\""), "no ssh without a key");
    assert!(json(&files["network-config"])["network"].get("wifis").is_none());
}

#[test]
fn the_firmware_gets_the_lines_of_the_sound_card_and_of_the_bus() {
    let files = card("[system]\ndac = 'hifiberry-dac'\nwifi_country = 'DE'\n[light]\nkind = 'ws2812'\n");
    assert!(files["config"].starts_with("dtoverlay=hifiberry-dac\ndtparam=spi=on\n"), "{}", files["config"]);
    assert!(files["config"].ends_with("[all]\n"), "what comes after it is for every board");
    assert!(files["cmdline"].ends_with(" cfg80211.ieee80211_regdom=DE") && !files["cmdline"].contains('\n'));
}

#[test]
fn the_instance_is_another_one_for_every_change_and_the_same_for_none() {
    let base = "[system]\nwifi_name = 'Home'\nwifi_password = 'secretpass'\nwifi_country = 'DE'\n[look]\nframes = 3\n";
    let id = |text: &str| card(text)["meta-data"].clone();
    assert_eq!(card(base), card(base));
    let mut ids = vec![id(base)];
    for (from, to) in [
        ("Home", "Hom"),
        ("secretpass", "secretpasS"),
        ("'DE'", "'AT'"),
        ("frames = 3", "frames = 4"),
        ("[look]", "dac = 'max98357a'\n[look]"),
        ("[look]", "hostname = 'a'\n[look]"),
        ("[look]", "user = 'a'\n[look]"),
        ("[look]", "x = 'a'\n[look]"),
        ("wifi_password = 'secretpass'", "wifi_open = true"),
    ] {
        ids.push(id(&base.replace(from, to)));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10);
}

#[test]
fn wifi_without_a_country_is_told_as_raspberry_pi_os_keeps_it_off() {
    let text = b"[system]\nwifi_name = 'Home'\nwifi_password = 'secretpass'\n";
    let answer = resolve(&source("moodbox.toml", text), None, &rules(Target::Card)).unwrap();
    assert_eq!(answer.problems.iter().map(|(_, problem)| problem.line).collect::<Vec<_>>(), [2]);
    assert!(answer.files["network-config"].contains("\"Home\"") && !answer.files["user-data"].contains("rfkill"));
    assert!(image(text).problems.is_empty(), "iwd joins it without");
}

#[test]
fn no_name_breaks_out_of_its_place() {
    for name in "a\"b,a: b,{x},- a,# a,a\\,',null,~,日本\u{1F600},\u{A0},%TAG,&a *b !c,*".split(',') {
        let files = card(&format!("[system]\nwifi_name = '''{name}'''\nwifi_password = 'secretpass'\n"));
        let points = &json(&files["network-config"])["network"]["wifis"]["wlan0"]["access-points"];
        assert_eq!(points.as_object().unwrap().keys().collect::<Vec<_>>(), [name]);
    }
    let open = card("[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_hidden = true\n");
    assert!(
        open["network-config"].contains("\"key-management\": \"none\"")
            && open["network-config"].contains("\"hidden\": true")
    );
}
