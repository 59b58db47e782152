//! The files of iwd, which joins the network on the image: `iwd.network(5)` and `iwd.config(5)`.

use super::wifi::{Network, Secret};
use data_encoding::HEXLOWER;

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
