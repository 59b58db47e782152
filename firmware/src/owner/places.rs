//! Where the box stands: its time zone, and the country whose rules its Wi-Fi keeps.

use super::problems::Wrong;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The zones of Debian's package tzdata (trixie), for where there is no folder to look into.
const ZONES: &str = include_str!("zones.txt");

/// The countries that the kernel's regulatory.db knows, by ISO 3166.
#[rustfmt::skip]
const COUNTRIES: &str = "\
AD AE AF AI AL AM AN AR AS AT AU AW AZ BA BB BD BE BF BG BH BL BM BN BO BR BS BT BW BY BZ CA CF CH CI CL CN CO \
CR CU CX CY CZ DE DK DM DO DZ EC EE EG ES ET FI FM FO FR GB GD GE GF GH GI GL GP GR GT GU GY HK HN HR HT HU ID \
IE IL IM IN IR IS IT JM JO JP KE KH KN KP KR KW KY KZ LB LC LI LK LS LT LU LV MA MC MD ME MF MH MK MN MO MP MQ \
MR MT MU MV MW MX MY NA NG NI NL NO NP NZ OM PA PE PF PG PH PK PL PM PR PT PW PY QA RE RO RS RU RW SA SE SG SI \
SK SM SN SR SV SX SY TC TD TG TH TN TR TT TW TZ UA UG US UY UZ VA VC VE VI VN VU WF WS YE YT ZA ZW";

/// A time zone of `folder` (zoneinfo of tzdata); of the built-in list without one.
///
/// # Errors
/// When it is none: what, and what to write.
pub(super) fn zone(name: &str, folder: Option<&Path>) -> Result<String, Wrong> {
    let name = name.trim();
    let known = match folder.filter(|folder| folder.is_dir()) {
        Some(folder) => is_zone(name, folder),
        None => ZONES.lines().any(|zone| zone == name),
    };
    if known {
        return Ok(name.to_owned());
    }
    let what = format!("`{name}` is no time zone");
    let same = |a: &str, b: &str| a.replace(' ', "_").eq_ignore_ascii_case(b);
    let city =
        |zone: &str| zone.rsplit('/').next().is_some_and(|city| same(name.rsplit('/').next().unwrap_or(name), city));
    let near = ZONES
        .lines()
        .find(|zone| same(name, zone))
        .or_else(|| ZONES.lines().find(|zone| city(zone)))
        .or_else(|| crate::config::nearest(name, ZONES.lines()));
    Err((
        what,
        match near {
            Some(zone) => format!("did you mean timezone = \"{zone}\"?"),
            None => "write a region and a city, such as timezone = \"Europe/Berlin\"".to_owned(),
        },
    ))
}

fn is_zone(name: &str, folder: &Path) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "_+-".contains(letter))
    };
    let mut start = [0; 4];
    name.split('/').all(plain)
        && File::open(folder.join(name)).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start == *b"TZif"
}

/// A country's two letters, in capitals.
///
/// # Errors
/// When it is none that has rules for Wi-Fi.
pub(super) fn country(name: &str) -> Result<String, Wrong> {
    let letters = name.trim().to_ascii_uppercase();
    if COUNTRIES.split(' ').any(|country| country == letters) {
        return Ok(letters);
    }
    let hint = match letters.as_str() {
        "UK" | "EN" => "write wifi_country = \"GB\" for the United Kingdom",
        "EU" => "write your country, such as wifi_country = \"DE\"",
        _ => "write the two letters of ISO 3166, such as wifi_country = \"DE\"",
    };
    Err((format!("`{}` is no country with rules for Wi-Fi", name.trim()), hint.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_those_of_the_folder_or_of_the_list() {
        for name in ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+1"] {
            assert_eq!(zone(name, None), Ok(name.to_owned()));
        }
        for (name, near) in [
            ("europe/berlin", "Europe/Berlin"),
            ("Berlin", "Europe/Berlin"),
            ("America/New York", "America/New_York"),
            ("Europe/Berln", "Europe/Berlin"),
            ("Europa/Berlin", "Europe/Berlin"),
        ] {
            assert_eq!(zone(name, None).unwrap_err().1, format!("did you mean timezone = \"{near}\"?"));
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("Moon")).unwrap();
        std::fs::write(folder.path().join("Moon/Base"), "TZif2").unwrap();
        std::fs::write(folder.path().join("tzdata.zi"), "# version").unwrap();
        assert_eq!(zone("Moon/Base", Some(folder.path())), Ok("Moon/Base".to_owned()));
        for name in [
            "Europe/Berlin",
            "Moon",
            "tzdata.zi",
            "../Moon/Base",
            "/etc/passwd",
            "",
            "Moon//Base",
            "./Moon/Base",
            "a\nb",
        ] {
            assert!(zone(name, Some(folder.path())).is_err(), "{name:?}");
        }
        assert!(zone("Europe/Berlin", Some(&folder.path().join("none"))).is_ok(), "no folder, then the list");
    }

    #[test]
    fn countries_are_those_of_the_kernels_rules() {
        assert_eq!((country("DE"), country(" gb ")), (Ok("DE".to_owned()), Ok("GB".to_owned())));
        for name in ["UK", "EU", "00", "XX", "Germany", "D", "DE AT", "", "ÄÖ"] {
            assert!(country(name).is_err(), "{name}");
        }
    }
}
