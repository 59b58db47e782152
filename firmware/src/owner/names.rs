//! The box's name in its network, the user who may log in, and the key that lets them.

use super::problems::Wrong;
use data_encoding::BASE64;

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
    const TAKEN: &str = "root daemon bin sys sync games man lp mail news uucp proxy backup list irc nobody messagebus avahi sshd \
        polkitd moodbox systemd-network systemd-resolve systemd-timesync www-data";
    let name = name.trim();
    let hint = "write user = \"pi\"".to_owned();
    if TAKEN.split(' ').any(|taken| taken == name) {
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

const HINT: &str = "paste the one line of ~/.ssh/id_ed25519.pub, as `cat ~/.ssh/id_ed25519.pub` shows it";

/// A line of `authorized_keys`: the kind, the key and its comment.
///
/// # Errors
/// When it is no public key: what it is, and what to do.
pub(super) fn checked_key(line: &str) -> Result<String, Wrong> {
    let wrong = |what: &str, hint: &str| Err((what.to_owned(), hint.to_owned()));
    if line.contains("PRIVATE KEY") || line.starts_with("PuTTY-User-Key-File") {
        return wrong(
            "this is a private key, which must stay on your computer",
            "take it off this card, make a new pair with `ssh-keygen -t ed25519`, and paste the line of its .pub file",
        );
    }
    if line.starts_with("---- BEGIN SSH2") {
        return wrong(
            "this is a public key in PuTTY's own form",
            "open it in PuTTYgen and paste what stands below `Public key for pasting into OpenSSH authorized_keys file`",
        );
    }
    if line.contains(char::is_control) {
        return wrong("the ssh key has a control character", HINT);
    }
    let mut words = line.split_whitespace();
    let kind = words.next().unwrap_or_default();
    let Some(shape) = Shape::of(kind) else {
        let what = match kind {
            "ssh-dss" => "a key of the kind ssh-dss, which ssh no longer takes",
            _ if kind.contains("-cert-v01@") => "a certificate, not a key",
            _ if kind.starts_with("SHA256:") || kind.starts_with("MD5:") => "the fingerprint of a key, not the key",
            _ if line.ends_with(".pub") || kind.starts_with(['~', '/']) => "the name of a file, not what is in it",
            _ if line.contains("ssh-") || line.contains("ecdsa-") => "a key with something before it",
            _ => "no public key",
        };
        return wrong(&format!("`ssh_key` is {what}"), HINT);
    };
    let Some(blob) = words.next().and_then(|word| BASE64.decode(word.as_bytes()).ok()) else {
        return wrong("`ssh_key` is no public key: its second word is damaged or cut off", HINT);
    };
    match shape.fits(kind, &blob) {
        Some(Fit::Sound) => Ok(line.split_whitespace().collect::<Vec<_>>().join(" ")),
        Some(Fit::TooShort(bits)) => wrong(
            &format!("`ssh_key` has {bits} bits, ssh takes RSA keys from 1024 on"),
            "make a new one with `ssh-keygen -t ed25519`, and paste the line of its .pub file",
        ),
        None => wrong("`ssh_key` is no public key: it is damaged or cut off", HINT),
    }
}

/// What the bytes of a kind of key hold, after the kind itself.
enum Shape {
    Ed25519,
    Rsa,
    /// The curve, and the bytes of a point on it.
    Ecdsa(&'static str, usize),
}

/// What became of a look at the bytes.
enum Fit {
    Sound,
    TooShort(usize),
}

impl Shape {
    fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "ssh-ed25519" | "sk-ssh-ed25519@openssh.com" => Self::Ed25519,
            "ssh-rsa" => Self::Rsa,
            "ecdsa-sha2-nistp256" | "sk-ecdsa-sha2-nistp256@openssh.com" => Self::Ecdsa("nistp256", 65),
            "ecdsa-sha2-nistp384" => Self::Ecdsa("nistp384", 97),
            "ecdsa-sha2-nistp521" => Self::Ecdsa("nistp521", 133),
            _ => return None,
        })
    }

    /// `None` when the bytes are no key of this kind.
    fn fits(&self, kind: &str, blob: &[u8]) -> Option<Fit> {
        let mut rest = blob;
        let mut next = || field(&mut rest);
        let mut fit = Fit::Sound;
        let sound = next()? == kind.as_bytes()
            && match self {
                Self::Ed25519 => next()?.len() == 32,
                Self::Ecdsa(curve, length) => {
                    let (name, point) = (next()?, next()?);
                    name == curve.as_bytes() && point.len() == *length && point.first() == Some(&4)
                }
                Self::Rsa => {
                    let (exponent, modulus) = (next()?, next()?);
                    let bits = bits(modulus);
                    if bits < 1024 {
                        fit = Fit::TooShort(bits);
                    }
                    !exponent.is_empty() && !modulus.is_empty()
                }
            };
        // A key that lives in a token has its application, such as `ssh:`.
        let sound = sound && (!kind.starts_with("sk-") || !next()?.is_empty());
        (sound && rest.is_empty()).then_some(fit)
    }
}

/// The next field: four bytes of length, most significant first, and the bytes.
fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (field, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(field)
}

/// How many bits a number has that is written as SSH writes them.
fn bits(number: &[u8]) -> usize {
    let zeros: usize = number.iter().position(|&byte| byte != 0).unwrap_or(number.len());
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros());
    ((number.len() - zeros) * 8).saturating_sub(usize::try_from(first).unwrap_or(0))
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
