//! From the bytes of a file to its text, whatever editor wrote it, and from the text to the system's part and the box's own.
//!
//! UTF-8 with or without a byte order mark, and UTF-16 with one, are read. In what is neither, each letter that can't be
//! read becomes [`UNREADABLE`]: in a comment it does no harm, a setting that has one isn't used.

use super::problems::problem;
use crate::config::Problem;
use std::char::REPLACEMENT_CHARACTER;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Stands where a letter could not be read.
pub(super) const UNREADABLE: char = REPLACEMENT_CHARACTER;

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

pub(super) const SYSTEM: &str = "system";

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
