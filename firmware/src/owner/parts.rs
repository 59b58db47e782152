//! Parts the owner's file in two: what is the system's, and what is the box's own configuration.
//!
//! Both keep their lines. The box's part is what a service reads, so nothing of the other may be left in it, not even a
//! comment: an old password stands in one easily.

use super::statements::{lines_of, statements};
use std::collections::BTreeSet;
use toml::de::DeTable;

/// The table that is the system's.
pub(super) const SYSTEM: &str = "system";

/// Its keys.
pub(super) const KEYS: &[&str] = &[
    "hostname",
    "timezone",
    "wifi_name",
    "wifi_password",
    "wifi_open",
    "wifi_hidden",
    "wifi_country",
    "ssh_key",
    "user",
    "dac",
];

/// A key of [`SYSTEM`] that stands somewhere else.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stray {
    pub(super) line: usize,
    pub(super) key: String,
    /// The table it stands in; `None` before the first.
    pub(super) table: Option<String>,
}

/// The box's part, and the system's keys that were found in it (and taken out).
pub(super) fn boxes_part(text: &str) -> (String, Vec<Stray>) {
    let (document, _) = DeTable::parse_recoverable(text);
    let document = document.get_ref();
    let mut inside = BTreeSet::new();
    statements(document, text, &mut |_, place| inside.extend(lines_of(text, &place).skip(1)));

    let mut strays = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    statements(document, text, &mut |path, place| match path {
        [SYSTEM, ..] => taken.extend(lines_of(text, &place)),
        [table @ .., key] if KEYS.contains(key) => {
            let lines = lines_of(text, &place);
            let table = table.first().map(|&table| table.to_owned());
            strays.push(Stray { line: lines.start + 1, key: (*key).to_owned(), table });
            taken.extend(lines);
        }
        _ => {}
    });
    strays.sort_by_key(|stray| stray.line);

    let mut system = false;
    let mut kept = Vec::new();
    for (at, line) in text.split('\n').enumerate() {
        if !inside.contains(&at) && line.trim_start().starts_with('[') {
            system = header(line).is_some_and(|name| is_systems(&name));
        }
        kept.push(if system || taken.contains(&at) { "" } else { line });
    }
    (kept.join("\n"), strays)
}

/// Whether a table was meant to be the system's, also when its name is misspelt.
pub(super) fn is_systems(name: &str) -> bool {
    crate::config::nearest(&name.to_lowercase(), [SYSTEM].into_iter()).is_some()
}

/// The first name in a header's line.
fn header(line: &str) -> Option<String> {
    let (document, _) = DeTable::parse_recoverable(line);
    document.get_ref().keys().next().map(|name| name.get_ref().to_string())
}
