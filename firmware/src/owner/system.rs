//! `[system]` of the owner's file: its keys, and what each may hold. And `rpi-preseed.toml`, which Raspberry Pi Imager (2.0.11
//! and newer) writes from its wizard: read are name, zone, country, Wi-Fi, user and keys; its other tables are passed over.

use super::fields::{Field, Fields};
use super::problems::{Wrong, problem};
use super::recover::Recovered;
use super::wifi::{self, Wishes};
use super::{Layer, dac, names, places, text};
use crate::config::{Problem, nearest};
use std::path::Path;
use toml::de::DeTable;

const CALLED: &[(&str, &str)] = &[
    ("ssid", "wifi_name"),
    ("wifi_ssid", "wifi_name"),
    ("psk", "wifi_password"),
    ("wifi_psk", "wifi_password"),
    ("password", "wifi_password"),
    ("passphrase", "wifi_password"),
    ("country", "wifi_country"),
    ("authorized_keys", "ssh_key"),
    ("public_key", "ssh_key"),
    ("name", "hostname"),
    ("overlay", "dac"),
    ("dtoverlay", "dac"),
];

/// Reads the table; what is wrong in it is told.
pub(super) fn read(read: &Recovered, zones: Option<&Path>, problems: &mut Vec<Problem>) -> Layer {
    let (document, _) = DeTable::parse_recoverable(&read.text);
    let document = document.get_ref();
    let fields = Fields::new(document, text::SYSTEM, read, problems);
    for (name, line) in fields.keys() {
        if !text::KEYS.contains(&name) {
            problems.push(problem(line, format!("unknown key `system.{name}`"), meant(name)));
        }
    }
    for (name, _) in document.iter().filter(|(name, _)| name.get_ref() != text::SYSTEM) {
        if text::is_systems(name.get_ref()) {
            let line = text::line_of(&read.text, name.span().start);
            problems.push(problem(line, format!("unknown table `{}`", name.get_ref()), "did you mean `[system]`?"));
        }
    }
    let mut text = |key: &str, check: fn(&str) -> Result<String, Wrong>| {
        fields.text(key, problems).checked(problems, |text| check(&text)).given()
    };
    let (hostname, country) = (text("hostname", names::host), text("wifi_country", places::country));
    let (user, dac) = (text("user", names::user), text("dac", dac::checked));
    let timezone = fields.text("timezone", problems).checked(problems, |name| places::zone(&name, zones)).given();
    let keys = public_keys(fields.texts("ssh_key", problems), problems);
    let wifi = Wishes {
        name: fields.text("wifi_name", problems).checked(problems, wifi::checked_name),
        secret: fields.text("wifi_password", problems).checked(problems, wifi::checked_secret),
        open: fields.flag("wifi_open", problems),
        hidden: fields.flag("wifi_hidden", problems),
    };
    Layer { hostname, timezone, country, keys, user, dac, wifi }
}

fn meant(name: &str) -> String {
    let small = name.to_lowercase().replace('-', "_");
    let called = CALLED.iter().find(|(other, _)| *other == small).map(|(_, key)| *key);
    match called.or_else(|| nearest(&small, text::KEYS.iter().copied())) {
        Some(key) => format!("did you mean `{key}`?"),
        None => format!("known here: {}", text::KEYS.join(", ")),
    }
}

/// The keys that are sound; of each other one is told what it is.
pub(super) fn public_keys(lines: Vec<(String, usize)>, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut sound: Vec<String> = Vec::new();
    // A private key has many lines; one word about it is enough.
    let mut inside = false;
    for (text, line) in lines {
        if inside || text.starts_with('#') {
            inside &= !text.contains("-----END");
            continue;
        }
        inside = text.contains("-----BEGIN");
        match names::checked_key(&text) {
            Ok(key) if sound.contains(&key) => {}
            Ok(key) => sound.push(key),
            Err((what, hint)) => problems.push(problem(line, what, hint)),
        }
    }
    sound
}

/// What makes a sound value of a text.
type Check<'a> = &'a dyn Fn(&str) -> Result<String, Wrong>;

/// Reads the file; what is wrong in it is told.
pub(super) fn read_preseed(read: &Recovered, zones: Option<&Path>, problems: &mut Vec<Problem>) -> Layer {
    let (document, _) = DeTable::parse_recoverable(&read.text);
    let mut table = |name| Fields::new(document.get_ref(), name, read, problems);
    let (system, user, ssh) = (table("system"), table("user"), table("ssh"));
    let (wlan, locale) = (table("wlan"), table("locale"));

    let asked_ssh = ssh.flag("enabled", problems).given().unwrap_or(true);
    let keys = if asked_ssh { public_keys(ssh.texts("authorized_keys", problems), problems) } else { Vec::new() };
    if let (true, true, Field::Given(true, line)) =
        (asked_ssh, keys.is_empty(), ssh.flag("password_authentication", problems))
    {
        problems.push(problem(
            line,
            "ssh with a password was chosen, this box takes keys only",
            "choose `Use public key authentication` in Imager, or write ssh_key in moodbox.toml",
        ));
    }
    let hex = wlan.text("ssid_hex", problems).checked(problems, |_| {
        let what = "the Wi-Fi name is no text in UTF-8, which this box can't join";
        Err::<String, _>((what.to_owned(), "give your network a name of plain letters".to_owned()))
    });
    let name = if hex.is_absent() { wlan.text("ssid", problems) } else { hex };
    let wifi = Wishes {
        name: name.checked(problems, wifi::checked_name),
        secret: wlan.text("password", problems).checked(problems, wifi::checked_secret),
        // An open network is what a wizard leaves behind that was clicked through: moodbox.toml has to say so.
        open: Field::Absent,
        hidden: wlan.flag("hidden", problems),
    };
    let mut text = |table: &Fields<'_>, key: &str, check: Check<'_>| {
        table.text(key, problems).checked(problems, |text| check(&text)).given()
    };
    Layer {
        hostname: text(&system, "hostname", &names::host),
        timezone: text(&locale, "timezone", &|name| places::zone(name, zones)),
        country: text(&wlan, "country", &places::country),
        user: text(&user, "name", &names::user),
        dac: None,
        keys,
        wifi,
    }
}
