//! The table of the photographs: which file, what it shows, and in which groups it counts.

use crate::error::Error;
use crate::file;
use csv::StringRecord;
use mood::Expression;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::str::FromStr;

/// Largest table that is read, in MiB.
const MOST_MIB: u64 = 64;

/// Which columns of the table to read.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The name of a file in the folder.
    pub file: String,
    /// What the photograph shows.
    pub label: String,
    /// Labels that are no names of expressions, and what they mean.
    pub meanings: HashMap<String, Expression>,
    /// What to group by.
    pub groups: Vec<GroupColumn>,
}

/// A column to group by: `sex`, or `age:25:35` for the bands below 25, from 25 to below 35, and from 35 on.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupColumn {
    name: String,
    cuts: Vec<f64>,
}

impl FromStr for GroupColumn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default().trim().to_owned();
        let cuts: Vec<f64> =
            parts.map(str::parse).collect::<Result<_, _>>().map_err(|_| "give numbers after the column: age:25:35")?;
        if name.is_empty() || cuts.iter().any(|cut| !cut.is_finite()) || !cuts.is_sorted() {
            return Err("name a column, then numbers in rising order: age:25:35".into());
        }
        Ok(Self { name, cuts })
    }
}

impl GroupColumn {
    /// The group of a value; the error says what is wrong with it.
    pub(super) fn group(&self, value: &str) -> Result<GroupName, String> {
        if ["", "-", "?", "na", "n/a", "nan", "unknown"].contains(&value.to_ascii_lowercase().as_str()) {
            return Ok(GroupName { band: self.cuts.len() + 1, name: "unknown".into() });
        }
        if self.cuts.is_empty() {
            return Ok(GroupName { band: 0, name: value.to_owned() });
        }
        let number: f64 = value.parse().map_err(|_| format!("`{value}` in column `{}` is no number", self.name))?;
        let band = self.cuts.partition_point(|cut| *cut <= number);
        let low = band.checked_sub(1).and_then(|below| self.cuts.get(below));
        let name = match (low, self.cuts.get(band)) {
            (Some(low), Some(high)) => format!("{low} to {high}"),
            (None, Some(high)) => format!("below {high}"),
            (Some(low), None) => format!("{low} and more"),
            (None, None) => String::new(),
        };
        Ok(GroupName { band, name })
    }
}

/// A group of a column. Bands of numbers in rising order, words by name, what isn't known last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupName {
    band: usize,
    /// As it is printed.
    pub name: String,
}

/// A photograph of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Photograph {
    /// Its file, as the table names it.
    pub file: String,
    /// What it shows.
    pub expression: Expression,
    /// Its group in each column that was asked for.
    pub groups: Vec<GroupName>,
}

/// The photographs of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// The columns they are grouped by.
    pub columns: Vec<String>,
    /// In the table's order.
    pub photographs: Vec<Photograph>,
}

impl Labels {
    /// Reads a table whose first line names its columns.
    ///
    /// # Errors
    /// When it can't be read, misses a column, or a line of it can't be understood; the first one is named.
    pub fn read(path: &Path, columns: &Columns) -> Result<Self, Error> {
        let unreadable = |error: &dyn std::fmt::Display| {
            Error::data(path, format_args!("can't be read: {error}"), "name a CSV table")
        };
        let bytes = file::read(path, MOST_MIB).map_err(|error| unreadable(&error))?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
        let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
        let place = |name: &str, flag: &str| place(path, &header, name, flag);
        let (file, label) = (place(&columns.file, "--file")?, place(&columns.label, "--label")?);
        let groups: Vec<usize> =
            columns.groups.iter().map(|column| place(&column.name, "--by")).collect::<Result<_, _>>()?;
        let (mut photographs, mut seen) = (Vec::new(), BTreeSet::new());
        for record in reader.records() {
            let record = record.map_err(|error| unreadable(&error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let wrong = |(what, hint): Fault| Error::data(path, format_args!("line {line}: {what}"), hint);
            let photograph = photograph(&record, columns, (file, label, &groups)).map_err(wrong)?;
            if !seen.insert(photograph.file.clone()) {
                let what = format!("`{}` stands there twice", photograph.file);
                return Err(wrong((what, "leave one of the lines out")));
            }
            photographs.push(photograph);
        }
        if photographs.is_empty() {
            return Err(Error::data(path, "names no photographs", "give it a line for each photograph"));
        }
        Ok(Self { columns: columns.groups.iter().map(|column| column.name.clone()).collect(), photographs })
    }
}

fn place(path: &Path, header: &StringRecord, name: &str, flag: &str) -> Result<usize, Error> {
    header.iter().position(|column| column.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let there = header.iter().take(12).collect::<Vec<_>>().join(", ");
        Error::data(path, format_args!("has no column `{name}`"), format!("choose with `{flag}` among {there}"))
    })
}

/// What is wrong with a line, and what to do about it.
type Fault = (String, &'static str);

fn photograph(
    record: &StringRecord,
    columns: &Columns,
    (file, label, groups): (usize, usize, &[usize]),
) -> Result<Photograph, Fault> {
    let value = |at: usize| record.get(at).unwrap_or_default();
    let (file, label) = (value(file), value(label));
    if file.is_empty() {
        return Err(("it names no file".into(), "give each line a file of the folder"));
    }
    let expression =
        columns.meanings.get(label).copied().or_else(|| Expression::from_label(label)).ok_or_else(|| {
            (format!("`{label}` is no expression"), "`--means LABEL=EXPRESSION` says what a label means")
        })?;
    let groups = columns.groups.iter().zip(groups).map(|(column, &at)| column.group(value(at)));
    let groups =
        groups.collect::<Result<_, _>>().map_err(|what| (what, "name the column in `--by` without numbers"))?;
    Ok(Photograph { file: file.to_owned(), expression, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fall_into_bands_and_words_into_their_own() {
        let ages: GroupColumn = "age:25:35".parse().unwrap();
        let bands = ["18", "24.9", "25", "34", "35", "99"].map(|age| ages.group(age).unwrap().name);
        assert_eq!(bands, ["below 25", "below 25", "25 to 35", "25 to 35", "35 and more", "35 and more"]);
        assert_eq!(ages.group("old").unwrap_err(), "`old` in column `age` is no number");
        let sexes: GroupColumn = "sex".parse().unwrap();
        assert_eq!(["female", "", "NA"].map(|sex| sexes.group(sex).unwrap().name), ["female", "unknown", "unknown"]);
        let in_order = ["18", "30", "40", "NA"].map(|age| ages.group(age).unwrap());
        assert!(in_order.is_sorted(), "{in_order:?}");
        for wrong in ["", ":3", "age:x", "age:35:25", "age:nan"] {
            assert!(wrong.parse::<GroupColumn>().is_err(), "{wrong}");
        }
    }
}
