//! Puts a section between its two marks in a file, and leaves the rest of the file alone. A file may hold the sections of
//! several networks, told apart by their label sets.

/// The lines before and after the section of the network that answers with `labels`.
#[must_use]
pub fn marks(labels: &str) -> (String, String) {
    let by = "written by `trainer report --card`";
    (format!("<!-- begin {labels}: {by}, edit nothing here -->"), format!("<!-- end {labels}: {by} -->"))
}

/// `text` with `section` between the marks of `labels`, in place of what was there. An empty text becomes marks and
/// section.
///
/// # Errors
/// When the text doesn't hold both marks once, in order; says what is wrong.
pub fn put(text: &str, labels: &str, section: &str) -> Result<String, &'static str> {
    let (begin, end) = marks(labels);
    if text.trim().is_empty() {
        return Ok(format!("{begin}\n{section}{end}\n"));
    }
    let count = |mark: &str| text.matches(mark).count();
    match (count(&begin), count(&end)) {
        (1, 1) => {}
        (0, 0) => return Err("has no marks for the card's section"),
        _ => return Err("should hold each mark of the card's section once"),
    }
    let (before, rest) = text.split_once(&begin).unwrap_or_default();
    let (_, after) = rest.split_once(&end).ok_or("has the marks of the card's section the wrong way round")?;
    Ok(format!("{before}{begin}\n{section}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str, section: &str) -> Result<String, &'static str> {
        super::put(text, "ferplus", section)
    }

    #[test]
    fn the_rest_stays_and_twice_is_as_once() {
        let ((begin, end), (other, other_end)) = (marks("ferplus"), marks("fer2013"));
        let mine = format!("# Models\n\nmine\n\n{other}\ntheirs\n{other_end}\n\n");
        let text = format!("{mine}{begin}\nold\n{end}\n\nmine too\n");
        let once = put(&text, "new\n").unwrap();
        assert_eq!(once, format!("{mine}{begin}\nnew\n{end}\n\nmine too\n"));
        assert_eq!(put(&once, "new\n").unwrap(), once);
        assert_eq!(put(&put("", "new\n").unwrap(), "new\n").unwrap(), put("\n", "new\n").unwrap());
    }

    #[test]
    fn marks_that_are_missing_doubled_or_turned_are_refused() {
        let (begin, end) = marks("ferplus");
        assert_eq!(put("# Models\n", "new\n"), Err("has no marks for the card's section"));
        let once = Err("should hold each mark of the card's section once");
        assert_eq!(put(&begin, "new\n"), once);
        assert_eq!(put(&format!("{begin}{begin}{end}"), "new\n"), once);
        assert_eq!(
            put(&format!("{end}\n{begin}"), "new\n"),
            Err("has the marks of the card's section the wrong way round")
        );
    }
}
