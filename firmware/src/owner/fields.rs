//! Reads the keys of one table, each by its type, and tells what is of another.

use super::problems::{Wrong, problem};
use super::recover::Recovered;
use super::text::line_of;
use crate::config::Problem;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field<T> {
    /// Nothing: it isn't there, or is a text of "".
    Absent,
    /// Something that can't be used, which has been told.
    Bad,
    Given(T, usize),
}

impl<T> Field<T> {
    pub(super) fn given(self) -> Option<T> {
        match self {
            Self::Given(value, _) => Some(value),
            Self::Absent | Self::Bad => None,
        }
    }

    pub(super) const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value as `check` makes it of this one; what it says of it is told in the value's line.
    pub(super) fn checked<U>(self, problems: &mut Vec<Problem>, check: impl FnOnce(T) -> Result<U, Wrong>) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Bad => Field::Bad,
            Self::Given(value, line) => match check(value) {
                Ok(value) => Field::Given(value, line),
                Err((what, hint)) => {
                    problems.push(problem(line, what, hint));
                    Field::Bad
                }
            },
        }
    }
}

/// One table of a file.
pub(super) struct Fields<'a> {
    name: &'a str,
    table: Option<&'a DeTable<'a>>,
    text: &'a str,
    /// What was taken out of the file, as it stood there.
    removed: &'a str,
}

impl<'a> Fields<'a> {
    /// The table `name` of a document; one that isn't there has no keys.
    pub(super) fn new(
        document: &'a DeTable<'a>,
        name: &'a str,
        read: &'a Recovered,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let found = document.get_key_value(name);
        let table = found.and_then(|(_, value)| value.get_ref().as_table());
        if let (Some((key, value)), None) = (found, table) {
            let line = line_of(&read.text, key.span().start);
            let hint = format!("write `[{name}]` on a line of its own, and its keys below");
            problems.push(problem(line, format!("`{name}` is a table, found {}", kind(value.get_ref())), hint));
        }
        Self { name, table, text: &read.text, removed: &read.removed }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, usize)> {
        let keys = self.table.into_iter().flat_map(DeTable::keys);
        keys.map(|key| (key.get_ref().as_ref(), line_of(self.text, key.span().start)))
    }

    pub(super) fn text(&self, key: &str, problems: &mut Vec<Problem>) -> Field<String> {
        self.typed(key, "a text in quotes", &format!("{key} = \"text\""), problems, |value| {
            value.as_str().map(str::to_owned)
        })
        .unless(String::is_empty)
    }

    pub(super) fn flag(&self, key: &str, problems: &mut Vec<Problem>) -> Field<bool> {
        self.typed(key, "true or false, without quotes", &format!("{key} = true"), problems, |value| value.as_bool())
    }

    /// A text, or a list of them: each line of each that isn't empty, with its own line.
    pub(super) fn texts(&self, key: &str, problems: &mut Vec<Problem>) -> Vec<(String, usize)> {
        let Some((_, value)) = self.find(key) else { return Vec::new() };
        let entries: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(array) => array.iter().collect(),
            _ => vec![value],
        };
        let mut found = Vec::new();
        for entry in entries {
            let line = line_of(self.text, entry.span().start);
            let Some(text) = entry.get_ref().as_str() else {
                let what =
                    format!("`{key}` is {}, it must be a text in quotes or a list of texts", kind(entry.get_ref()));
                problems.push(problem(line, what, format!("write {key} = [\"one\", \"two\"]")));
                continue;
            };
            found.extend(
                text.lines().map(str::trim).filter(|text| !text.is_empty()).map(|text| (text.to_owned(), line)),
            );
        }
        found
    }

    fn find(&self, key: &str) -> Option<(usize, &'a Spanned<DeValue<'a>>)> {
        let (name, value) = self.table?.get_key_value(key)?;
        Some((line_of(self.text, name.span().start), value))
    }

    fn typed<T>(
        &self,
        key: &str,
        wanted: &str,
        example: &str,
        problems: &mut Vec<Problem>,
        read: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Field<T> {
        match self.find(key) {
            // What was meant is in a statement that could not be read.
            None if self.removed.contains(key) => Field::Bad,
            None => Field::Absent,
            Some((line, value)) => match read(value.get_ref()) {
                Some(value) => Field::Given(value, line),
                None => {
                    let found = kind(value.get_ref());
                    let what = format!("`{}.{key}` is {found}, it must be {wanted}", self.name);
                    problems.push(problem(line, what, format!("write {example}")));
                    Field::Bad
                }
            },
        }
    }
}

impl<T> Field<T> {
    fn unless(self, empty: impl Fn(&T) -> bool) -> Self {
        match self {
            Self::Given(value, _) if empty(&value) => Self::Absent,
            other => other,
        }
    }
}

/// What a value is; never the value itself, which may be a password.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number without quotes",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
