//! A run's `metrics.csv`, read by the names of its columns: `epoch`, `learning_rate`, any `..._loss` and `..._accuracy`.

use crate::error::Error;
use crate::recipe::ChooseBy;
use serde::Serialize;
use std::path::Path;

const HINT: &str = "name the folder of a run that has finished an epoch";
/// How the columns of one head of several end.
const ONE_HEAD: &str = " validation";
/// The mean of all heads.
const ALL_HEADS: &str = "validation";

/// How training went, epoch by epoch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    /// The epochs' numbers, from 1.
    pub epochs: Vec<f64>,
    /// At each epoch's end.
    pub learning_rate: Vec<f64>,
    /// The columns `..._loss`.
    pub loss: Vec<Series>,
    /// The columns `..._accuracy`, 0..=1.
    pub accuracy: Vec<Series>,
    /// The epoch whose weights were kept.
    pub best: f64,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// What it is of: `training`, `validation`, or one head of several.
    pub name: String,
    /// A value an epoch.
    pub values: Vec<f64>,
}

/// Reads the history of the run in `folder`.
pub(super) fn read(folder: &Path, choose_by: ChooseBy) -> Result<History, Error> {
    let path = folder.join("metrics.csv");
    let wrong = |error: &csv::Error| Error::data(&path, format_args!("can't be read: {error}"), HINT);
    if !path.exists() {
        return Err(Error::data(folder, "holds no metrics.csv: no epoch was finished here", HINT));
    }
    let mut reader = csv::Reader::from_path(&path).map_err(|error| wrong(&error))?;
    let mut columns: Vec<Series> = reader
        .headers()
        .map_err(|error| wrong(&error))?
        .iter()
        .map(|name| Series { name: name.trim().to_owned(), values: Vec::new() })
        .collect();
    for (row, line) in reader.records().zip(2..) {
        let row = row.map_err(|error| wrong(&error))?;
        for (column, field) in columns.iter_mut().zip(&row) {
            let number = field.trim().parse();
            column.values.push(number.map_err(|_| {
                Error::data(&path, format_args!("line {line}: `{field}` for {}, that is no number", column.name), HINT)
            })?);
        }
    }
    sort(columns, choose_by)
        .ok_or_else(|| Error::data(&path, "has no finished epoch, or lacks a column of validation", HINT))
}

fn sort(columns: Vec<Series>, choose_by: ChooseBy) -> Option<History> {
    let named = |name: &str| columns.iter().find(|column| column.name == name).map(|column| column.values.clone());
    let ending = |ending: &str| -> Vec<Series> {
        let of = |column: &Series| {
            let name = column.name.strip_suffix(ending)?.replace('_', " ");
            Some(Series { name, values: column.values.clone() })
        };
        columns.iter().filter_map(of).collect()
    };
    let (epochs, mut accuracy, loss) = (named("epoch")?, ending("_accuracy"), ending("_loss"));
    let mean = accuracy.iter().find(|series| series.name == ALL_HEADS)?.values.clone();
    // The sum of the heads' losses chooses as their mean does.
    let heads = loss.iter().filter(|series| series.name.ends_with(ONE_HEAD));
    let losses = heads.fold(vec![0.0; epochs.len()], |sum, head| {
        sum.iter().zip(&head.values).map(|(sum, loss)| sum + loss).collect()
    });
    let merits = mean.iter().zip(losses).map(|(&accuracy, loss)| choose_by.merit(accuracy, loss));
    let better = |best: (f64, f64), next: (f64, f64)| if next.1 > best.1 { next } else { best };
    let (best, _) = epochs.iter().copied().zip(merits).reduce(better)?;
    // With one head the mean of the heads is that head.
    accuracy.retain(|series| !series.name.ends_with(ONE_HEAD) || series.values != mean);
    Some(History { best, learning_rate: named("learning_rate").unwrap_or_default(), loss, accuracy, epochs })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(text: &str) -> Result<History, Error> {
        chosen_by(ChooseBy::Accuracy, text)
    }

    fn chosen_by(choose_by: ChooseBy, text: &str) -> Result<History, Error> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("metrics.csv"), text).unwrap();
        read(folder.path(), choose_by)
    }

    #[test]
    fn the_best_epoch_is_the_one_the_run_kept() {
        let text = "epoch,validation_accuracy,ferplus_validation_loss,fer2013_validation_loss\n\
                    1,0.7,0.5,0.9\n2,0.6,0.4,0.8\n3,0.6,0.3,1.0\n";
        for (by, best) in [(ChooseBy::Accuracy, 1.0), (ChooseBy::Loss, 2.0)] {
            let found = chosen_by(by, text).unwrap().best;
            assert!((found - best).abs() < f64::EPSILON, "{by:?}: {found}");
        }
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let text = "seconds,validation_accuracy,epoch,training_loss,fer2013_validation_accuracy,learning_rate\n\
                    1.0,0.4,1,1.9,0.3,0.002\n1.0,0.6,2,1.7,0.5,0.001\n1.0,0.6,3,1.6,0.4,0.0\n";
        let found = history(text).unwrap();
        assert_eq!(found.epochs, [1.0, 2.0, 3.0]);
        assert!((found.best - 2.0).abs() < f64::EPSILON, "the first of equals is kept, as in training");
        let names = |series: &[Series]| series.iter().map(|series| series.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&found.accuracy), ["validation", "fer2013 validation"]);
        assert_eq!(names(&found.loss), ["training"]);
        assert_eq!(found.learning_rate, [0.002, 0.001, 0.0]);
    }

    #[test]
    fn one_head_is_drawn_once() {
        let text = "epoch,training_accuracy,validation_accuracy,fer2013_validation_accuracy\n1,0.4,0.4,0.4\n";
        let found = history(text).unwrap();
        let names: Vec<&str> = found.accuracy.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["training", "validation"]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let missing = read(tempfile::tempdir().unwrap().path(), ChooseBy::Accuracy).unwrap_err().to_string();
        assert!(missing.ends_with("holds no metrics.csv: no epoch was finished here"), "{missing}");
        let empty = history("epoch,validation_accuracy\n").unwrap_err().to_string();
        assert!(empty.ends_with("has no finished epoch, or lacks a column of validation"), "{empty}");
        let word = history("epoch,validation_accuracy\n1,high\n").unwrap_err().to_string();
        assert!(word.ends_with("line 2: `high` for validation_accuracy, that is no number"), "{word}");
    }
}
