//! The statements of a TOML text, `key = value`, each with the lines it takes.

use std::ops::Range;
use toml::de::{DeTable, DeValue};

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
