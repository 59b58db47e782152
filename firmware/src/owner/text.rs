//! From the bytes of a file to its text, whatever editor wrote it; and from what Raspberry Pi Imager wrote to the same keys.
//!
//! UTF-8 with or without a byte order mark, and UTF-16 with one, are read. In what is neither, each letter that can't be
//! read becomes [`UNREADABLE`]: in a comment it does no harm, a setting that has one isn't used.

use super::fields::{Field, Fields};
use super::problems::{Wrong, problem};
use super::recover::Recovered;
use super::system::public_keys;
use super::wifi::{self, Wishes};
use super::{Layer, names, places};
use crate::config::Problem;
use std::char::REPLACEMENT_CHARACTER;
use std::path::Path;
use toml::de::DeTable;

/// Stands where a letter could not be read.
pub(super) const UNREADABLE: char = REPLACEMENT_CHARACTER;

/// How to mend it.
pub(super) const HINT: &str = "save the file as UTF-8 (in Notepad: File, Save as, Encoding: UTF-8)";

/// The text, with `\n` between its lines.
///
/// # Errors
/// When it is no text at all.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Problem> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    // UTF-16 without a mark could only be guessed, and a password must not be.
    if text.contains('\0') {
        return Err(problem(1, "the file is no text: it has bytes of value 0", HINT));
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text: String = char::decode_utf16(units).map(|letter| letter.unwrap_or(UNREADABLE)).collect();
    if !rest.is_empty() {
        text.push(UNREADABLE);
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_editors_encoding_is_read_or_told_by_its_line() {
        let text = "[system]\nwifi_name = \"Café\"\n";
        let utf16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
        };
        let windows = text.replace('\n', "\r\n");
        let old_mac = text.replace('\n', "\r");
        let marked = format!("\u{FEFF}{text}");
        for bytes in [
            text.as_bytes(),
            windows.as_bytes(),
            old_mac.as_bytes(),
            marked.as_bytes(),
            &utf16([0xFF, 0xFE], u16::to_le_bytes),
            &utf16([0xFE, 0xFF], u16::to_be_bytes),
        ] {
            assert_eq!(decode(bytes), Ok(text.to_owned()));
        }
        let latin1: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        assert_eq!(decode(&latin1), Ok(text.replace('é', "\u{FFFD}")));
        assert_eq!(decode(&utf16([0xFF, 0xFE], u16::to_le_bytes)[2..]).map_err(|problem| problem.line), Err(1));
        // Cut off in the middle of a letter.
        let cut = utf16([0xFF, 0xFE], u16::to_le_bytes);
        assert_eq!(decode(&cut[..cut.len() - 1]), Ok(text.replace("\"\n", "\"\u{FFFD}")));
        assert_eq!(decode(b""), Ok(String::new()));
    }
}
