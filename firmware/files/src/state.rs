//! What the box remembers must never keep it from starting: a file that can't be read is set aside, and told.

use crate::{Aside, Shown, set_aside};
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Why a file of what the box remembers can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It can't be understood.
    Damaged(String),
    /// A newer program wrote it.
    Newer(String),
    /// The system doesn't let us; perhaps it does later.
    Unreadable(String),
}

impl Fault {
    /// What an attempt at [`crate::read`] came to; `None` when there is no such file.
    pub fn of(error: &Error) -> Option<Self> {
        match error.kind() {
            ErrorKind::NotFound => None,
            // The system's own words have a number; ours are about what is in the file.
            _ if error.raw_os_error().is_some() => Some(Self::Unreadable(error.to_string())),
            _ => Some(Self::Damaged(error.to_string())),
        }
    }

    /// In words.
    pub fn words(&self) -> &str {
        let (Self::Damaged(words) | Self::Newer(words) | Self::Unreadable(words)) = self;
        words
    }
}

/// Sets a file aside that can't be read. Gives a sentence for the owner, and whether its place may be written.
pub fn begin_anew(what: &str, path: &Path, fault: &Fault) -> (String, bool) {
    let aside = match fault {
        Fault::Damaged(_) => Aside::Damaged,
        Fault::Newer(_) => Aside::Newer,
        Fault::Unreadable(detail) => return (left(what, path, detail), false),
    };
    match set_aside(path, aside) {
        Ok(kept) => {
            let (detail, path, kept) = (fault.words(), Shown(path), Shown(&kept));
            (format!("{what} in {path} can't be read ({detail}): it is kept as {kept}, and the box begins anew"), true)
        }
        Err(error) => (left(what, path, &format!("{}; it can't be set aside: {error}", fault.words())), false),
    }
}

fn left(what: &str, path: &Path, detail: &str) -> String {
    format!("{what} in {} can't be read ({detail}): it is left as it is, and the box goes on without it", Shown(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_or_newer_is_set_aside_and_what_the_system_refuses_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taste.jsonl");
        std::fs::write(&path, "?").unwrap();
        let (told, free) = begin_anew("taste", &path, &Fault::Unreadable("permission denied".into()));
        assert!(!free && path.exists() && told.contains("is left as it is"), "{told}");
        for (fault, ending) in
            [(Fault::Damaged("it is cut".into()), "damaged"), (Fault::Newer("version 2".into()), "newer")]
        {
            std::fs::write(&path, ending).unwrap();
            let (told, free) = begin_anew("taste", &path, &fault);
            let kept = folder.path().join(format!("taste.jsonl.{ending}"));
            assert!(free && !path.exists() && told.contains(&kept.display().to_string()), "{told}");
            assert_eq!(std::fs::read_to_string(kept).unwrap(), ending);
        }
        let (told, free) = begin_anew("taste", &path, &Fault::Damaged("it is cut".into()));
        assert!(!free && told.contains("can't be set aside: No such file"), "{told}");
        assert_eq!(
            Fault::of(&Error::other("it is larger than 1 MiB")),
            Some(Fault::Damaged("it is larger than 1 MiB".into()))
        );
        assert!(matches!(Fault::of(&Error::from_raw_os_error(13)), Some(Fault::Unreadable(_))));
        assert_eq!(Fault::of(&ErrorKind::NotFound.into()), None);
    }
}
