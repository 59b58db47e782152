//! Names of files for people: what would move the cursor, hide or turn text is shown as an escape.

use std::fmt::{self, Display, Formatter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A path that can be printed on a terminal or into a journal.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(pub &'a Path);

impl Display for Shown<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.as_os_str().as_bytes().utf8_chunks() {
            for letter in chunk.valid().chars() {
                if is_printable(letter) { out.write_char(letter)? } else { write!(out, "{}", letter.escape_unicode())? }
            }
            for byte in chunk.invalid() {
                write!(out, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Neither a control character nor one that changes the direction or the lines of text.
fn is_printable(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn what_is_no_plain_text_is_escaped() {
        for (name, expected) in [
            (&b"music/Bj\xc3\xb6rk.mp3"[..], "music/Björk.mp3"),
            (b"caf\xe9.mp3", "caf\\xe9.mp3"),
            (b"red\x1b[31m\n.mp3", "red\\u{1b}[31m\\u{a}.mp3"),
            (b"\xe2\x80\xae3pm.txt", "\\u{202e}3pm.txt"),
        ] {
            assert_eq!(Shown(Path::new(OsStr::from_bytes(name))).to_string(), expected);
        }
    }
}
