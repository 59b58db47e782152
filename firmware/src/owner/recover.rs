//! Reads on where a file is no TOML: the broken statement is taken out and told, and everything else is read.
//!
//! The parser itself recovers too, but with guesses: from `"se"cret12"` it makes the text `se`. A guess is no password, so
//! nothing of a broken statement is kept. The same holds for a statement with a letter that could not be read.

use super::problems::problem;
use super::text::{self, UNREADABLE};
use super::text::{line_of, lines_of, statements};
use crate::config::Problem;
use std::ops::Range;
use toml::de::{DeTable, DeValue, Error};

/// More broken places than this are no file with mistakes but something else.
const MOST: usize = 20;

#[derive(Debug, Default)]
pub(super) struct Recovered {
    /// The text with the same number of lines, without what is broken. It is TOML but for tables that are there twice.
    pub(super) text: String,
    /// What was taken out, as it stood there.
    pub(super) removed: String,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn recover(text: &str) -> Recovered {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let mut recovered = Recovered::default();
    loop {
        let whole = lines.join("\n");
        let (document, errors) = DeTable::parse_recoverable(&whole);
        let mut errors: Vec<&Error> = errors.iter().collect();
        errors.sort_by_key(|error| start(error));
        let new = errors.into_iter().find(|error| !recovered.problems.contains(&mistake(&whole, error, None)));
        let Some(error) = new else {
            statements(document.get_ref(), &whole, &mut |_, place| {
                if whole[place.clone()].contains(UNREADABLE) {
                    let broken = lines_of(&whole, &place);
                    let line = broken.start + 1;
                    recovered.problems.push(problem(
                        line,
                        "a letter here is not UTF-8, the setting isn't used",
                        text::HINT,
                    ));
                    recovered.take_out(&mut lines[broken]);
                }
            });
            return Recovered { text: lines.join("\n"), ..recovered };
        };
        if recovered.problems.len() == MOST {
            let line = line_of(&whole, start(error));
            let hint = "begin again with the form, `moodbox.toml` as it came with the box";
            recovered.problems.push(problem(line, "too much of this file is no TOML, nothing of it is used", hint));
            return Recovered { text: "\n".repeat(lines.len() - 1), removed: text.to_owned(), ..recovered };
        }
        let broken = statement(&lines, &whole, document.get_ref(), error);
        let told = mistake(&whole, error, Some(&broken));
        if is_twice(error) && is_header(&lines[broken.start]) {
            // The parser puts both into one table.
            recovered.problems.push(mistake(&whole, error, None));
            continue;
        }
        recovered.problems.push(told);
        recovered.take_out(&mut lines[broken]);
    }
}

impl Recovered {
    /// Empties lines; of a header its name is kept.
    fn take_out(&mut self, lines: &mut [String]) {
        for line in lines {
            let kept = if is_header(line) { repaired(line) } else { String::new() };
            let was = std::mem::replace(line, kept);
            if *line == was {
                line.clear();
            }
            self.removed += &was;
            self.removed.push('\n');
        }
    }
}

/// The lines, from 0, of the statement that an error breaks.
fn statement(lines: &[String], whole: &str, document: &DeTable<'_>, error: &Error) -> Range<usize> {
    let at = start(error);
    let found = line_of(whole, at) - 1;
    let first = beginning(document, at).map_or(found, |key| line_of(whole, key) - 1);
    let goes_on = |line: usize| {
        let text = lines[line].trim();
        !begins_statement(text) && (line <= found || !(text.is_empty() || text.starts_with('#')))
    };
    // Nobody knows whose the keys are below a header without a name.
    let nameless = is_header(&lines[first]) && repaired(&lines[first]).is_empty();
    let ends = |&line: &usize| if nameless { is_header(&lines[line]) } else { !goes_on(line) };
    first..(first + 1..lines.len()).find(ends).unwrap_or(lines.len())
}

/// Where the key stands whose value holds the place `at`.
fn beginning(table: &DeTable<'_>, at: usize) -> Option<usize> {
    table.iter().find_map(|(key, value)| {
        let held = key.span().start <= at && at <= value.span().end;
        match value.get_ref() {
            DeValue::Table(inner) => beginning(inner, at).or_else(|| held.then(|| key.span().start)),
            DeValue::Array(array) if !held => {
                array.iter().filter_map(|entry| entry.get_ref().as_table()).find_map(|inner| beginning(inner, at))
            }
            _ => held.then(|| key.span().start),
        }
    })
}

/// Whether a line looks like a header, or like `key = ...` (or `key: ...`, as other files have it).
fn begins_statement(line: &str) -> bool {
    let name = line.split(['=', ':']).next().unwrap_or_default();
    let key = |letter: char| letter.is_alphanumeric() || "_-. \t\"'".contains(letter);
    is_header(line) || (name.len() < line.len() && !name.is_empty() && name.chars().all(key))
}

fn is_header(line: &str) -> bool {
    let line = line.trim_start();
    let name = line.trim_start_matches('[').trim_start();
    // An entry of a list may begin with a bracket too, but not with a name.
    line.starts_with('[') && !name.starts_with(['"', '\'', '#', ','])
}

/// The header that was meant, so that the keys below it don't fall to another table; empty when none can be made out.
fn repaired(line: &str) -> String {
    let name = line.trim_start().trim_start_matches('[').trim_start();
    let end =
        name.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_-.".contains(letter))).unwrap_or(name.len());
    let name = name[..end].trim_matches('.');
    if name.is_empty() { String::new() } else { format!("[{name}]") }
}

fn mistake(whole: &str, error: &Error, broken: Option<&Range<usize>>) -> Problem {
    let found = line_of(whole, start(error));
    // What is never closed is noticed far below.
    let line = broken.filter(|lines| !lines.contains(&(found - 1))).map_or(found, |lines| lines.start + 1);
    let text = whole.split('\n').nth(line - 1).unwrap_or_default();
    let value = text.split_once('=').map(|(_, value)| value.trim().to_lowercase()).unwrap_or_default();
    let message = error.message().replace('\n', " ");
    let has = |letters: &str| text.contains(|letter| letters.contains(letter));
    let hint = if is_twice(error) {
        "keep one of the two"
    } else if has("\u{FFFD}") {
        text::HINT
    } else if has("\u{A0}\u{FEFF}\u{200B}") {
        "there is a blank here that is none; write the line anew"
    } else if has("“”„‚‘’«»") {
        "write straight quotes, \" or ', not those of a word processor"
    } else if is_header(text) {
        "write `[table]` on a line of its own"
    } else if ["true", "false", "yes", "no", "on", "off"].contains(&value.as_str()) {
        "write true or false, in small letters and without quotes"
    } else if message.contains("escape") || has("\\") {
        "a text that has a \\ in it goes between single quotes: key = 'a\\b'"
    } else if text.matches('"').count() > 2 {
        "a text that has a \" in it goes between single quotes: key = 'a\"b'"
    } else if text.matches(['"', '\'']).count() == 1 {
        "a text begins and ends with the same quote: key = \"text\""
    } else {
        "write `key = \"text\"`, the text in quotes, below a line `[table]`"
    };
    let what = if is_twice(error) { "this is there twice".to_owned() } else { format!("this is no TOML: {message}") };
    problem(line, what, hint)
}

fn is_twice(error: &Error) -> bool {
    error.message().starts_with("duplicate key")
}

fn start(error: &Error) -> usize {
    error.span().unwrap_or_default().start
}
