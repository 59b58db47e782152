//! One whole picture out of the bytes of a JPEG as cameras, files and copies have it. Decoders fill up what is missing with
//! grey, and a face half of grey would be read as one; so box and trainer come here first. What can be mended is: a missing
//! end marker, missing Huffman tables (Motion JPEG leaves them out), bytes before and behind. A picture that ends early is
//! refused, also with an end marker.

mod bits;
mod read;
mod scan;
#[cfg(test)]
mod tests;

use bits::USUAL;
use read::{Picture, Stop};
use std::borrow::Cow;
use std::fmt;
use thiserror::Error;

/// Bytes before the picture at most, as a driver's header or padding.
const MOST_BEFORE: usize = 512;

const START: &[u8] = &[0xFF, 0xD8, 0xFF];
const END: [u8; 2] = [0xFF, 0xD9];
const DEFINE_HUFFMAN_TABLES: u8 = 0xC4;

/// Zeros at the end that may be data; more of them are padding.
const ZEROS_OF_DATA: usize = 4;

/// What was not as it should be, and is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mended {
    /// Other bytes came first.
    Before,
    /// A part of a picture came first.
    Broken,
    /// It has no Huffman tables.
    Tables,
    /// It has no end marker.
    End,
    /// Other bytes followed.
    Behind,
}

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "bytes before the JPEG",
            Self::Broken => "a broken JPEG before a whole one",
            Self::Tables => "a JPEG without Huffman tables",
            Self::End => "a JPEG without end marker",
            Self::Behind => "bytes behind the JPEG",
        })
    }
}

/// Why there is no whole picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JpegError {
    /// There is no start of one.
    #[error("it holds no JPEG")]
    None,
    /// Its end is missing.
    #[error("the JPEG ends in the middle of the picture")]
    Cut,
    /// Its data make no sense.
    #[error("the JPEG is damaged in the middle of the picture")]
    Damaged,
}

/// A whole picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Whole<'a> {
    /// From its start marker to its end marker, as any decoder takes it.
    pub bytes: Cow<'a, [u8]>,
    /// What was mended, in the order of the bytes.
    pub mended: Vec<Mended>,
}

impl fmt::Debug for Whole<'_> {
    /// Never prints pixels.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole({} bytes, {:?})", self.bytes.len(), self.mended)
    }
}

/// The first whole picture in `bytes`.
///
/// Forms that decoders don't know either (arithmetic coding, lossless) are given as they are, for the decoder to name.
///
/// # Errors
/// When there is none.
pub fn mend(bytes: &[u8]) -> Result<Whole<'_>, JpegError> {
    let start_in = |bytes: &[u8]| bytes.windows(START.len()).position(|it| it == START);
    let next = |from: usize| Some(from + start_in(bytes.get(from..)?)?);
    let first = start_in(&bytes[..bytes.len().min(MOST_BEFORE + START.len())]).ok_or(JpegError::None)?;
    let data = &bytes[..bytes.len() - padding(&bytes[first..])];
    let (mut start, mut why) = (first, None);
    loop {
        match read::picture(data, start) {
            Ok(picture) => return Ok(whole(bytes, start, &picture, first)),
            Err(Stop { error, at }) => {
                let why = *why.get_or_insert(error);
                start = at.and_then(next).ok_or(why)?;
            }
        }
    }
}

/// Bytes at the end that only fill the buffer.
fn padding(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|byte| **byte == 0).count().saturating_sub(ZEROS_OF_DATA)
}

fn whole<'a>(bytes: &'a [u8], start: usize, picture: &Picture, first: usize) -> Whole<'a> {
    let mut mended = Vec::new();
    mended.extend((first > 0).then_some(Mended::Before));
    mended.extend((start > first).then_some(Mended::Broken));
    mended.extend((!picture.lacking.is_empty()).then_some(Mended::Tables));
    mended.extend((!picture.has_end).then_some(Mended::End));
    mended.extend((picture.end < bytes.len()).then_some(Mended::Behind));
    let body = &bytes[start..picture.end];
    if picture.has_end && picture.lacking.is_empty() {
        return Whole { bytes: Cow::Borrowed(body), mended };
    }
    let (head, rest) = body.split_at(picture.scan - start);
    let mut made = head.to_vec();
    for usual in USUAL.iter().filter(|it| picture.lacking.contains(&(it.class, it.slot))) {
        let length = u16::try_from(2 + 1 + usual.counts.len() + usual.symbols.len()).unwrap_or(u16::MAX);
        made.extend([0xFF, DEFINE_HUFFMAN_TABLES]);
        made.extend(length.to_be_bytes());
        made.push((usual.class << 4) | usual.slot);
        made.extend(usual.counts);
        made.extend(usual.symbols);
    }
    made.extend(rest);
    if !picture.has_end {
        made.extend(END);
    }
    Whole { bytes: Cow::Owned(made), mended }
}
