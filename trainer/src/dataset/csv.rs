//! The official CSV: `emotion,pixels,Usage`, one row a picture, pixels as 2,304 numbers with spaces between. Kaggle also
//! hands it out as `icml_face_data.csv`, with the columns in another order.

use super::source;
use super::tree::Harvest;
use super::{PIXELS, Split};
use crate::error::Error;
use mood::{Expression, LabelSet};
use std::io::Read;
use std::path::Path;

const COLUMNS: [&str; 3] = ["emotion", "pixels", "Usage"];
const HINT: &str = "download fer2013.csv again, or check that nothing has edited it";
/// Most bytes between one row and the next: a row has 10,000, what the reader takes ahead comes on top.
const ROW: u64 = 1 << 20;

/// The rows of `source`; `path` names it in errors.
pub(super) fn read(path: &Path, source: impl Read, harvest: &mut Harvest) -> Result<(), Error> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(Rows { source, left: ROW });
    let header = reader.headers().map_err(|error| broken(path, &error))?;
    let columns = COLUMNS.map(|wanted| header.iter().position(|name| name.trim() == wanted));
    let (3, [Some(label), Some(pixels), Some(usage)]) = (header.len(), columns) else {
        let found = header.iter().take(4).collect::<Vec<_>>().join(",");
        let found: String = found.chars().filter(|letter| !letter.is_control()).take(60).collect();
        return Err(Error::data(
            path,
            format_args!("starts with `{found}`, a FER-2013 file with `{}`", COLUMNS.join(",")),
            "give `--data` the file fer2013.csv of the FER-2013 challenge, or a folder of classes",
        ));
    };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| broken(path, &error))? {
        reader.get_mut().left = ROW;
        let line = record.position().map_or(0, csv::Position::line);
        match parse(&record, [label, pixels, usage]) {
            Ok((expression, pixels, split)) => harvest.add(Some(split), expression, pixels),
            Err(what) => harvest.refuse(Error::data(path, format_args!("line {line}: {what}"), HINT))?,
        }
    }
    Ok(())
}

fn parse(record: &csv::StringRecord, columns: [usize; 3]) -> Result<(Expression, Box<[u8]>, Split), String> {
    let [Some(label), Some(pixels), Some(usage)] = columns.map(|column| record.get(column)) else {
        return Err(format!("{} fields, a row has {}", record.len(), COLUMNS.len()));
    };
    let names = LabelSet::Fer2013.label_names();
    let name = label.trim().parse().ok().and_then(|label: usize| names.get(label));
    let expression = name
        .and_then(|name| Expression::from_label(name))
        .ok_or_else(|| format!("label `{}`, FER-2013 has 0 to {}", label.trim(), names.len() - 1))?;
    let pixels = pixels
        .split_ascii_whitespace()
        .map(|pixel| pixel.parse::<u8>().map_err(|_| format!("pixel `{pixel}`, a luminance is 0 to 255")))
        .collect::<Result<Box<[u8]>, String>>()?;
    if pixels.len() != PIXELS {
        return Err(format!("{} pixels, a picture has {PIXELS}", pixels.len()));
    }
    Ok((expression, pixels, Split::from_usage(usage)?))
}

fn broken(path: &Path, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(error) => source::unreadable(path, error),
        _ => Error::data(path, format_args!("is no CSV: {error}"), HINT),
    }
}

/// A source that may not go on for ever without a row's end.
struct Rows<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        let left = self.left.checked_sub(u64::try_from(count).unwrap_or(u64::MAX));
        self.left = left.ok_or_else(|| std::io::Error::other("a row is longer than 1 MiB"))?;
        Ok(count)
    }
}
