//! The official CSV: `emotion,pixels,Usage`, one row a picture, pixels as 2,304 numbers with spaces between.

use super::{PIXELS, Picture, Split};
use crate::error::Error;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

const HEADER: [&str; 3] = ["emotion", "pixels", "Usage"];
const HINT: &str = "download fer2013.csv again, or check that nothing has edited it";
/// FER-2013 has seven labels, 0..=6.
const LABELS: u8 = 7;

pub(super) fn read(path: &Path) -> Result<Vec<Picture>, Error> {
    let unreadable = |error: std::io::Error| Error::data(path, format_args!("can't be read: {error}"), HINT);
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let gzipped = file.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
    if gzipped { rows(path, MultiGzDecoder::new(file)) } else { rows(path, file) }
}

fn rows(path: &Path, source: impl Read) -> Result<Vec<Picture>, Error> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
    let header = reader.headers().map_err(|error| broken(path, &error))?;
    if !header.iter().map(str::trim).eq(HEADER) {
        let found = header.iter().take(4).collect::<Vec<_>>().join(",");
        let found: String = found.chars().take(60).collect();
        return Err(Error::data(
            path,
            format_args!("starts with `{found}`, a FER-2013 file with `{}`", HEADER.join(",")),
            "give `--data` the file fer2013.csv of the FER-2013 challenge, or a folder of classes",
        ));
    }
    let mut pictures = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| broken(path, &error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let picture = parse(&record).map_err(|what| Error::data(path, format_args!("line {line}: {what}"), HINT))?;
        pictures.push(picture);
    }
    Ok(pictures)
}

fn parse(record: &csv::StringRecord) -> Result<Picture, String> {
    let [label, pixels, usage] = [record.get(0), record.get(1), record.get(2)];
    let (Some(label), Some(pixels), Some(usage)) = (label, pixels, usage) else {
        return Err(format!("{} fields, a row has {}", record.len(), HEADER.len()));
    };
    let label = match label.trim().parse::<u8>() {
        Ok(label) if label < LABELS => label,
        _ => return Err(format!("label `{}`, FER-2013 has 0 to {}", label.trim(), LABELS - 1)),
    };
    let pixels = pixels
        .split_ascii_whitespace()
        .map(|pixel| pixel.parse::<u8>().map_err(|_| format!("pixel `{pixel}`, a luminance is 0 to 255")))
        .collect::<Result<Box<[u8]>, String>>()?;
    if pixels.len() != PIXELS {
        return Err(format!("{} pixels, a picture has {PIXELS}", pixels.len()));
    }
    let split = Split::from_usage(usage)?;
    Ok(Picture { pixels, label, split })
}

fn broken(path: &Path, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::data(path, "ends in the middle of its compressed data", "download it again, the file is cut short")
        }
        _ => Error::data(path, format_args!("is no CSV: {error}"), HINT),
    }
}
