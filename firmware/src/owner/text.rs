//! From the bytes of a file to its text, whatever editor wrote it.
//!
//! UTF-8 with or without a byte order mark, and UTF-16 with one, are read. In what is neither, each letter that can't be
//! read becomes [`UNREADABLE`]: in a comment it does no harm, a setting that has one isn't used.

use super::problems::problem;
use crate::config::Problem;
use std::char::REPLACEMENT_CHARACTER;

/// Stands where a letter could not be read.
pub(super) const UNREADABLE: char = REPLACEMENT_CHARACTER;

/// How to mend it.
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
