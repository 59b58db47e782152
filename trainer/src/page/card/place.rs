//! Puts the section between its two marks in a file, and leaves the rest of the file alone.

/// The line before the section.
pub const BEGIN: &str = "<!-- begin: written by `trainer report --card`, edit nothing here -->";
/// The line after it.
pub const END: &str = "<!-- end: written by `trainer report --card` -->";

/// `text` with `section` between the marks, in place of what was there. An empty text becomes marks and section.
///
/// # Errors
/// When the text doesn't hold both marks once, in order; says what is wrong.
pub fn put(text: &str, section: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Ok(format!("{BEGIN}\n{section}{END}\n"));
    }
    let count = |mark: &str| text.matches(mark).count();
    match (count(BEGIN), count(END)) {
        (1, 1) => {}
        (0, 0) => return Err("has no marks for the card's section"),
        _ => return Err("should hold each mark of the card's section once"),
    }
    let (before, rest) = text.split_once(BEGIN).unwrap_or_default();
    let (_, after) = rest.split_once(END).ok_or("has the marks of the card's section the wrong way round")?;
    Ok(format!("{before}{BEGIN}\n{section}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_stays_and_twice_is_as_once() {
        let text = format!("# Models\n\nmine\n\n{BEGIN}\nold\n{END}\n\nmine too\n");
        let once = put(&text, "new\n").unwrap();
        assert_eq!(once, format!("# Models\n\nmine\n\n{BEGIN}\nnew\n{END}\n\nmine too\n"));
        assert_eq!(put(&once, "new\n").unwrap(), once);
        assert_eq!(put(&put("", "new\n").unwrap(), "new\n").unwrap(), put("\n", "new\n").unwrap());
    }

    #[test]
    fn marks_that_are_missing_doubled_or_turned_are_refused() {
        assert_eq!(put("# Models\n", "new\n"), Err("has no marks for the card's section"));
        let once = Err("should hold each mark of the card's section once");
        assert_eq!(put(BEGIN, "new\n"), once);
        assert_eq!(put(&format!("{BEGIN}{BEGIN}{END}"), "new\n"), once);
        assert_eq!(
            put(&format!("{END}\n{BEGIN}"), "new\n"),
            Err("has the marks of the card's section the wrong way round")
        );
    }
}
