//! The box's name in its network, and that of the user who may log in.

use super::problems::Wrong;

/// A host name: letters, digits and hyphens (RFC 1123), of one part.
pub(super) fn host(name: &str) -> Result<String, Wrong> {
    let name = name.trim();
    if is_host(name) {
        return Ok(name.to_owned());
    }
    let plain: String = name.split('.').next().unwrap_or_default().chars().flat_map(plain).collect();
    let plain = plain.trim_matches('-');
    let example = if is_host(plain) { plain } else { "livingroom" };
    let what = format!("`{name}` is no host name: it has letters a to z, digits and hyphens only, 1 to 63 of them");
    Err((what, format!("write hostname = \"{example}\"; in your network it is then {example}.local")))
}

fn is_host(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.eq_ignore_ascii_case("localhost")
}

/// A letter as a host name can have it.
fn plain(letter: char) -> Vec<char> {
    match letter.to_lowercase().next().unwrap_or(letter) {
        'ä' => vec!['a', 'e'],
        'ö' => vec!['o', 'e'],
        'ü' => vec!['u', 'e'],
        'ß' => vec!['s', 's'],
        'é' | 'è' | 'ê' => vec!['e'],
        'á' | 'à' | 'â' | 'å' => vec!['a'],
        letter if letter.is_ascii_alphanumeric() => vec![letter],
        ' ' | '_' | '-' => vec!['-'],
        _ => vec![],
    }
}

/// A user's name that is no part of the system.
pub(super) fn user(name: &str) -> Result<String, Wrong> {
    // Those that Debian and this package bring.
    const TAKEN: &[&str] = &[
        "root",
        "daemon",
        "bin",
        "sys",
        "sync",
        "games",
        "man",
        "lp",
        "mail",
        "news",
        "uucp",
        "proxy",
        "backup",
        "list",
        "irc",
        "nobody",
        "messagebus",
        "avahi",
        "sshd",
        "polkitd",
        "moodbox",
        "systemd-network",
        "systemd-resolve",
        "systemd-timesync",
        "www-data",
    ];
    let name = name.trim();
    let hint = "write user = \"pi\"".to_owned();
    if TAKEN.contains(&name) {
        return Err((format!("`{name}` is a user of the system"), hint));
    }
    let first = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let sound = (1..=32).contains(&name.len())
        && name.starts_with(first)
        && name.chars().all(|letter| first(letter) || letter.is_ascii_digit() || letter == '-');
    if sound {
        Ok(name.to_owned())
    } else {
        Err((format!("`{name}` is no user's name: small letters, digits, - and _, at most 32 of them"), hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_is_told_with_one_that_is() {
        for name in ["a", "box-1", "LivingRoom", "1", " box ", &"x".repeat(63)] {
            assert_eq!(host(name), Ok(name.trim().to_owned()));
        }
        for (name, example) in [
            ("Wohn zimmer", "wohn-zimmer"),
            ("küche", "kueche"),
            ("box.local", "box"),
            ("-box-", "box"),
            ("box_1", "box-1"),
            ("日本", "livingroom"),
            ("localhost", "livingroom"),
            (&"x".repeat(64), "livingroom"),
        ] {
            let (_, hint) = host(name).unwrap_err();
            assert!(hint.contains(&format!("\"{example}\"")), "{name}: {hint}");
        }
        for name in ["pi", "_a", "anna-2"] {
            assert_eq!(user(name), Ok(name.to_owned()));
        }
        for name in ["root", "moodbox", "Anna", "a b", "1a", "a:b", &"a".repeat(33), "ä"] {
            assert!(user(name).is_err(), "{name}");
        }
    }
}
