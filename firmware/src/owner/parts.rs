//! Parts the owner's file in two: what is the system's, and what is the box's own configuration.
//!
//! Both keep their lines. The box's part is what a service reads, so nothing of the other may be left in it, not even a
//! comment: an old password stands in one easily.

use std::collections::BTreeSet;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

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

/// Hands over the path of each key that has a value, with its place in the text: from the key to the end of the value.
pub(super) fn statements(table: &DeTable<'_>, text: &str, found: &mut dyn FnMut(&[&str], Range<usize>)) {
    walk(table, text, &mut Vec::new(), found);
}

fn walk<'t>(table: &'t DeTable<'_>, text: &str, path: &mut Vec<&'t str>, found: &mut dyn FnMut(&[&str], Range<usize>)) {
    for (name, value) in table {
        path.push(name.get_ref());
        let written = &text[value.span()];
        match value.get_ref() {
            // Its span is the header, or the dotted key's part; an inline table is one statement.
            DeValue::Table(inner) if !written.starts_with('{') => walk(inner, text, path, found),
            DeValue::Array(array)
                if written.starts_with("[[") && array.iter().all(|entry| entry.get_ref().is_table()) =>
            {
                for inner in array.iter().filter_map(|entry| entry.get_ref().as_table()) {
                    walk(inner, text, path, found);
                }
            }
            _ => found(path, name.span().start..value.span().end),
        }
        path.pop();
    }
}

/// The lines, from 0, that a place takes.
pub(super) fn lines_of(text: &str, place: &Range<usize>) -> Range<usize> {
    line_of(text, place.start) - 1..line_of(text, place.end)
}

/// The line, from 1, of a place in a text.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1
}
