//! Paths as JSON text and back: as they are where they are UTF-8; else NUL, which no path holds, and their bytes in hexadecimal.

use serde::{Deserialize, Deserializer, Serializer};
use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The text of a path.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().map_or_else(
        || {
            path.as_os_str().as_bytes().iter().fold("\0".to_owned(), |mut text, byte| {
                // Writing to a string can't fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
        },
        str::to_owned,
    )
}

/// The path of a text.
pub(crate) fn path(text: &str) -> PathBuf {
    let Some(digits) = text.strip_prefix('\0') else { return PathBuf::from(text) };
    let digits: Vec<u8> =
        digits.chars().filter_map(|digit| digit.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    PathBuf::from(OsStr::from_bytes(&bytes))
}

/// For `#[serde(with = "path_text")]`.
pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(path))
}

/// As above.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    String::deserialize(deserializer).map(|text| path(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_comes_back() {
        for bytes in [&b"a b/\xc3\xb6.mp3"[..], b"caf\xe9.mp3", b"\xff", b""] {
            let original = Path::new(OsStr::from_bytes(bytes));
            assert_eq!(path(&text(original)), original);
        }
        assert_eq!(text(Path::new("plain.mp3")), "plain.mp3");
    }
}
