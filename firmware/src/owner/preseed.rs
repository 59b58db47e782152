//! `rpi-preseed.toml`, which Raspberry Pi Imager (2.0.11 and newer) writes from what was chosen in its wizard.
//!
//! Read are the box's name, zone, country, Wi-Fi, user and keys. Its other tables are for Raspberry Pi OS, and none of
//! the owner's mistakes: they are passed over.

use super::fields::{Field, Fields};
use super::problems::{Wrong, problem};
use super::recover::Recovered;
use super::system::public_keys;
use super::wifi::{self, Wishes};
use super::{Layer, names, places};
use crate::config::Problem;
use std::path::Path;
use toml::de::DeTable;

/// What makes a sound value of a text.
type Check<'a> = &'a dyn Fn(&str) -> Result<String, Wrong>;

/// Reads the file; what is wrong in it is told.
pub(super) fn read(read: &Recovered, zones: Option<&Path>, problems: &mut Vec<Problem>) -> Layer {
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
