//! Reads a file against the table of keys and collects everything that is wrong.

use super::keys::{KEYS, Key, Kind, Value};
use super::{Config, ConfigError, Problem};
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Puts the values of `text` into `config`. Nothing is changed when there is a mistake.
pub(super) fn apply(config: &mut Config, text: &str, path: &Path) -> Result<(), ConfigError> {
    let (document, broken) = DeTable::parse_recoverable(text);
    let mut problems: Vec<Problem> = broken
        .iter()
        .map(|error| Problem {
            line: line_of(text, &error.span().unwrap_or_default()),
            what: error.message().replace('\n', " "),
            hint: "write `key = value` below a [table], texts in quotes; `moodbox config` prints an example".into(),
        })
        .collect();
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut layered = config.clone();
    for (name, value) in document.get_ref() {
        let line = line_of(text, &name.span());
        let table_name = name.get_ref();
        let known = KEYS.iter().any(|key| key.table == table_name.as_ref());
        match (known, value.get_ref()) {
            (false, _) => problems.push(unknown("table", table_name, KEYS.iter().map(|key| key.table), line)),
            (true, DeValue::Table(table)) => {
                apply_table(&mut layered, table_name, table, text, folder, &mut problems);
            }
            (true, other) => problems.push(Problem {
                line,
                what: format!("`{table_name}` is a table, found {} {}", article(other), other.type_str()),
                hint: format!("write `[{table_name}]` on a line of its own, and its keys below"),
            }),
        }
    }
    // What can't hold together is only looked for among values that can each hold.
    if problems.is_empty() {
        problems.extend(layered.conflicts().into_iter().map(|conflict| Problem {
            line: line_of_key(text, document.get_ref(), conflict.key),
            what: conflict.what,
            hint: conflict.hint,
        }));
    }
    if problems.is_empty() {
        *config = layered;
        return Ok(());
    }
    problems.sort_by_key(|problem| problem.line);
    problems.dedup();
    Err(ConfigError::Mistakes { path: path.to_path_buf(), problems })
}

fn apply_table(
    config: &mut Config,
    table_name: &str,
    table: &DeTable<'_>,
    text: &str,
    folder: &Path,
    problems: &mut Vec<Problem>,
) {
    let keys = || KEYS.iter().filter(|key| key.table == table_name);
    for (name, value) in table {
        let line = line_of(text, &name.span());
        match keys().find(|key| key.name == name.get_ref().as_ref()) {
            None => problems.push(unknown(
                "key",
                &format!("{table_name}.{}", name.get_ref()),
                keys().map(|key| key.name),
                line,
            )),
            Some(key) => match checked(key.kind, value) {
                Some(value) => (key.set)(config, &value, folder),
                None => problems.push(bad_value(key, &text[value.span()], line)),
            },
        }
    }
}

/// The value if it is of the kind wanted and in range.
fn checked(kind: Kind, value: &Spanned<DeValue<'_>>) -> Option<Value> {
    match (kind, value.get_ref()) {
        (Kind::Number { low, high, .. }, DeValue::Integer(_) | DeValue::Float(_)) => {
            let number: f64 = match value.get_ref() {
                DeValue::Float(float) => float.as_str().parse().ok()?,
                DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok()?,
                _ => return None,
            };
            #[expect(
                clippy::as_conversions,
                clippy::cast_possible_truncation,
                reason = "settings need no more than f32 holds; the range has been checked"
            )]
            (low..=high).contains(&number).then_some(Value::Number(number as f32))
        }
        (Kind::Whole { low, high, .. }, DeValue::Integer(integer)) => {
            let whole = u64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            (low..=high).contains(&whole).then_some(Value::Whole(whole))
        }
        (Kind::Text, DeValue::String(text)) => Some(Value::Text(text.to_string())),
        (Kind::Choice(words), DeValue::String(text)) => {
            words.iter().position(|word| *word == text.as_ref()).map(Value::Choice)
        }
        _ => None,
    }
}

fn bad_value(key: &Key, found: &str, line: usize) -> Problem {
    let found: String = found.chars().take(60).collect();
    Problem {
        line,
        what: format!("`{}.{}` is {found}, it must be {}", key.table, key.name, key.kind.wanted()),
        hint: match key.kind {
            Kind::Number { low, .. } if low < 0.0 => format!("for example `{} = -6.0`", key.name),
            Kind::Number { .. } => format!("for example `{} = 0.5`", key.name),
            Kind::Whole { low, .. } => format!("for example `{} = {}`", key.name, low.max(1)),
            Kind::Text => format!("for example `{} = \"name\"`, or \"\" for none", key.name),
            Kind::Choice(words) => format!("for example `{} = \"{}\"`", key.name, words[0]),
        },
    }
}

fn unknown(what: &str, name: &str, known: impl Iterator<Item = &'static str>, line: usize) -> Problem {
    let short = name.rsplit('.').next().unwrap_or(name);
    let mut known: Vec<&str> = known.collect();
    known.dedup();
    let hint = match nearest(short, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    };
    Problem { line, what: format!("unknown {what} `{name}`"), hint }
}

/// The known name that was meant, if one is near enough to be a misspelling.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.min_by_key(|candidate| strsim::levenshtein(name, candidate));
    near.filter(|near| strsim::levenshtein(name, near) <= 1 + name.len() / 4)
}

fn article(value: &DeValue<'_>) -> &'static str {
    if matches!(value, DeValue::Integer(_) | DeValue::Array(_)) { "an" } else { "a" }
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|&byte| byte == b'\n').count() + 1
}

/// Where the owner gave a key; else where he gave its table; else the first line, as the default stands in no line.
fn line_of_key(text: &str, document: &DeTable<'_>, (table, key): (&str, &str)) -> usize {
    let Some((name, values)) = document.get_key_value(table) else { return 1 };
    let given = values.get_ref().as_table().and_then(|values| values.get_key_value(key));
    line_of(text, &given.map_or_else(|| name.span(), |(name, _)| name.span()))
}

/// `template` with the values of `owner` in place of its own, comments kept.
pub(super) fn overlay(template: &str, owner: &str) -> String {
    let (base, _) = DeTable::parse_recoverable(template);
    let (top, _) = DeTable::parse_recoverable(owner);
    let mut replacements: Vec<(Range<usize>, &str)> = Vec::new();
    for (name, value) in base.get_ref() {
        let Some(table) = value.get_ref().as_table() else { continue };
        for (key, value) in table {
            let owners =
                top.get_ref().get(name.get_ref().as_ref()).and_then(|t| t.get_ref().get(key.get_ref().as_ref()));
            if let Some(owners) = owners {
                replacements.push((value.span(), &owner[owners.span()]));
            }
        }
    }
    replacements.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = template.to_owned();
    for (span, value) in replacements {
        text.replace_range(span, value);
    }
    text
}
