//! The Wi-Fi network: its name, its password, that an open one has to be wished for, and its file for iwd.

use super::fields::Field;
use super::problems::{File, Wrong};
use data_encoding::HEXLOWER;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) secret: Secret,
    /// Whether it doesn't tell its name by itself.
    pub(super) hidden: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// Nothing: the owner wants an open network.
    Open,
    Passphrase(String),
    /// The key itself, 64 hexadecimal digits in small letters.
    Key(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wishes {
    pub(super) name: Field<String>,
    pub(super) secret: Field<Secret>,
    pub(super) open: Field<bool>,
    pub(super) hidden: Field<bool>,
}

/// Where a network's name, or what is wrong with it, stands.
pub(super) type Place = (File, usize);

/// A network and where its name stands, or none; else what is wrong, and what to do.
type Settled = Result<Option<(Network, Place)>, (Place, &'static str, &'static str)>;

/// The network of the two files; what the owner's says goes before what Imager's says, which has no word about open ones.
///
/// `whole` says that nothing had to be taken out of either file; only then an open network is believed.
///
/// # Errors
/// When they can't be one network: what is wrong, and what to do.
pub(super) fn settled(preseed: Wishes, owner: Wishes, whole: bool) -> Settled {
    // A name of its own is a network of its own: the other file's password belongs to another one.
    let alone = !owner.name.is_absent();
    let (name, from, lower) = if alone {
        (owner.name, File::Owner, (Field::Absent, Field::Absent))
    } else {
        (preseed.name, File::Preseed, (preseed.secret, preseed.hidden))
    };
    let (secret, secret_from) =
        if owner.secret.is_absent() { (lower.0, File::Preseed) } else { (owner.secret, File::Owner) };
    let hidden = if owner.hidden.is_absent() { lower.1 } else { owner.hidden };
    let (name, place) = match (name, &secret, &owner.open) {
        (Field::Given(name, line), ..) => (name, (from, line)),
        (Field::Absent, Field::Given(_, line), _) => return Err(((secret_from, *line), NAMELESS.0, NAMELESS.1)),
        (Field::Absent, _, Field::Given(true, line)) => return Err(((File::Owner, *line), NAMELESS.0, NAMELESS.1)),
        (Field::Bad | Field::Absent, ..) => return Ok(None),
    };
    let secret = match (secret, owner.open) {
        (Field::Given(..), Field::Given(true, line)) => {
            let what = "`wifi_open` is true, but there is a password: the network is left out";
            return Err(((File::Owner, line), what, "take out the one that is wrong"));
        }
        (Field::Given(secret, _), _) => secret,
        (Field::Absent, Field::Given(true, line)) if !whole => {
            let what = "an open network is joined only when the whole file can be read";
            return Err(((File::Owner, line), what, "mend the other lines first"));
        }
        (Field::Absent, Field::Given(true, _)) => Secret::Open,
        (Field::Bad, _) | (Field::Absent, Field::Bad) => return Ok(None),
        (Field::Absent, _) => {
            let what = "the Wi-Fi network has no password: it is left out";
            let hint = "add wifi_password = \"...\"; for a network that is open to everybody add wifi_open = true to moodbox.toml";
            return Err((place, what, hint));
        }
    };
    Ok(Some((Network { name, secret, hidden: hidden.given().unwrap_or(false) }, place)))
}

const NAMELESS: (&str, &str) =
    ("there is a Wi-Fi password, or an open network, without a name", "add wifi_name = \"your network\"");

/// A network's name as it can be: 1 to 32 bytes of letters that can be seen.
pub(super) fn checked_name(name: String) -> Result<String, Wrong> {
    let hint = "write the name as your router shows it";
    if name.len() > 32 {
        let what = format!("the Wi-Fi name has {} bytes, there are at most 32", name.len());
        return Err((what, format!("{hint} (ä, é and the like take 2 bytes or more)")));
    }
    // 0xFFFE and 0xFFFF end each plane, and U+FEFF can't be seen: no file format carries all of them.
    let odd = |letter: char| letter.is_control() || u32::from(letter) & 0xFFFE == 0xFFFE || letter == '\u{FEFF}';
    if name.contains(odd) {
        return Err(("the Wi-Fi name has a line end, a tab or another control character".to_owned(), hint.to_owned()));
    }
    Ok(name)
}

/// A password as WPA has them: 8 to 63 characters of ASCII, or the key as 64 hexadecimal digits.
pub(super) fn checked_secret(password: String) -> Result<Secret, Wrong> {
    let hint = "write it as your router shows it".to_owned();
    let length = password.chars().count();
    if length == 64 && password.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(Secret::Key(password.to_ascii_lowercase()));
    }
    if let Some(at) = password.chars().position(|letter| !matches!(letter, ' '..='~')) {
        let what = format!("character {} of the Wi-Fi password is none that WPA knows", at + 1);
        return Err((what, format!("{hint}: letters a to z, digits, and the signs of an English keyboard")));
    }
    if !(8..=63).contains(&length) {
        return Err((format!("the Wi-Fi password has {length} characters, it must have 8 to 63"), hint));
    }
    Ok(Secret::Passphrase(password))
}

impl Network {
    /// The key of 64 hexadecimal digits that the password stands for; `None` for an open network.
    pub(super) fn key(&self) -> Option<String> {
        match &self.secret {
            Secret::Open => None,
            Secret::Key(key) => Some(key.clone()),
            // IEEE 802.11, annex J.4.1.
            Secret::Passphrase(password) => {
                let mut key = [0; 32];
                pbkdf2_hmac::<Sha1>(password.as_bytes(), self.name.as_bytes(), 4096, &mut key);
                Some(HEXLOWER.encode(&key))
            }
        }
    }
}

/// `main.conf`: who asks for the address, and where the box stands.
pub(super) fn main(country: Option<&str>) -> String {
    let country = country.map(|country| format!("Country={country}\n")).unwrap_or_default();
    format!("[General]\n# systemd-networkd asks for the address.\nEnableNetworkConfiguration=false\n{country}")
}

/// A network's file: its name, which iwd finds it by, and what stands in it.
pub(super) fn network(network: &Network) -> (String, String) {
    let (kind, security) = match &network.secret {
        Secret::Open => ("open", String::new()),
        Secret::Passphrase(password) => ("psk", format!("[Security]\nPassphrase={}\n\n", escaped(password))),
        Secret::Key(key) => ("psk", format!("[Security]\nPreSharedKey={key}\n\n")),
    };
    let hidden = if network.hidden { "Hidden=true\n" } else { "" };
    (format!("{}.{kind}", encoded(&network.name)), format!("{security}[Settings]\nAutoConnect=true\n{hidden}"))
}

/// Letters, digits, blanks, `_` and `-` as they are; any other name in hexadecimal.
fn encoded(name: &str) -> String {
    if name.chars().all(|letter| letter.is_ascii_alphanumeric() || " _-".contains(letter)) {
        name.to_owned()
    } else {
        format!("={}", HEXLOWER.encode(name.as_bytes()))
    }
}

/// A value: iwd skips blanks before it, and reads a backslash as the beginning of an escape.
fn escaped(password: &str) -> String {
    let rest = password.trim_start_matches(' ');
    let blanks = password.len() - rest.len();
    format!("{}{}", "\\s".repeat(blanks), rest.replace('\\', "\\\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_standards() {
        let key = |name: &str, password: &str| {
            Network { name: name.into(), secret: Secret::Passphrase(password.into()), hidden: false }.key().unwrap()
        };
        assert_eq!(key("IEEE", "password"), "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e");
        assert_eq!(
            key("ThisIsASSID", "ThisIsAPassword"),
            "0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af"
        );
    }

    #[test]
    fn names_and_passwords_are_those_that_wpa_knows() {
        for name in ["a", " ", "Café", "a\"b\\c", "日本語のネットワーク", &"x".repeat(32)] {
            assert!(checked_name(name.to_owned()).is_ok(), "{name}");
        }
        for name in ["a\nb", "a\0", "tab\t", "\u{FFFF}", &"x".repeat(33), &"ä".repeat(17)] {
            assert!(checked_name(name.to_owned()).is_err(), "{name:?}");
        }
        for (password, expected) in [
            ("12345678".to_owned(), Some(Secret::Passphrase("12345678".into()))),
            ("a".repeat(63), Some(Secret::Passphrase("a".repeat(63)))),
            ("A".repeat(64), Some(Secret::Key("a".repeat(64)))),
            (" !\"\\$`~x".to_owned(), Some(Secret::Passphrase(" !\"\\$`~x".into()))),
            ("1234567".to_owned(), None),
            ("g".repeat(64), None),
            ("a".repeat(65), None),
            ("pässword".to_owned(), None),
            ("line\nline".to_owned(), None),
        ] {
            assert_eq!(checked_secret(password.clone()).ok(), expected, "{password:?}");
        }
    }

    fn file(name: &str, secret: Secret) -> (String, String) {
        network(&Network { name: name.into(), secret, hidden: false })
    }

    #[test]
    fn files_have_the_names_and_the_escapes_that_iwd_reads() {
        let password = |password: &str| Secret::Passphrase(password.into());
        let (name, text) = file("My Home_2-4", password("  a\\b  c "));
        assert_eq!(name, "My Home_2-4.psk");
        assert_eq!(text, "[Security]\nPassphrase=\\s\\sa\\\\b  c \n\n[Settings]\nAutoConnect=true\n");
        assert_eq!(file("Café", password("12345678")).0, "=436166c3a9.psk");
        assert_eq!(file("a.b", Secret::Open), ("=612e62.open".into(), "[Settings]\nAutoConnect=true\n".into()));
        let key = "0f".repeat(32);
        assert!(file("a", Secret::Key(key.clone())).1.contains(&format!("PreSharedKey={key}\n")));
        let hidden = network(&Network { name: "a".into(), secret: password("12345678"), hidden: true }).1;
        assert!(hidden.ends_with("AutoConnect=true\nHidden=true\n"), "{hidden}");
    }

    #[test]
    fn the_country_is_in_the_general_group() {
        assert!(main(Some("DE")).starts_with("[General]\n") && main(Some("DE")).contains("\nCountry=DE\n"));
        assert!(!main(None).contains("Country"));
    }
}
