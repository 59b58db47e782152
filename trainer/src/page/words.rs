//! How numbers, places and commands are written, on the page and in the card alike.

use super::figures::Measured;
pub(super) use crate::measure::percent;
use mood::LabelSet;
use std::path::Path;

/// `63.2 to 66.7 %`, a dash where there is none.
pub(super) fn interval(ends: Option<[f64; 2]>) -> String {
    ends.map_or_else(|| "-".to_owned(), |[low, high]| format!("{:.1} to {:.1} %", 100.0 * low, 100.0 * high))
}

/// A row of a table of accuracies: name, pictures, accuracy, its interval, macro-F1.
pub(super) fn accuracy_row(name: &str, of: &Measured) -> Vec<String> {
    let (share, interval) = (percent(of.figures.accuracy), interval(of.figures.accuracy_interval));
    vec![name.to_owned(), grouped(of.figures.n), share, interval, format!("{:.3}", of.figures.macro_f1)]
}

/// `35,887`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Percentage points with their sign: `+0.21`.
pub(super) fn points(difference: f64) -> String {
    // Rounded first, so that nothing is called "-0.00".
    let rounded = (1e4 * difference).round() / 1e2;
    if rounded == 0.0 { "0.00".to_owned() } else { format!("{rounded:+.2}") }
}

/// What counts as the truth, by the name of its label set.
pub(super) fn truth(labels: &str) -> String {
    if labels == LabelSet::FerPlus.name() { "the majority of FER+ votes".into() } else { format!("labels of {labels}") }
}

/// What measuring by votes leaves out, and what it counts as wrong; none where neither is any.
pub(super) fn left_out(found: &Measured) -> Option<String> {
    let (left_out, beyond) = (grouped(found.left_out), grouped(found.beyond));
    let left_out = (found.left_out > 0).then(|| {
        format!("{left_out} pictures are left out, as no expression got more than half of the votes that count")
    });
    let beyond =
        (found.beyond > 0).then(|| format!("{beyond} show what the network has no label for, and count as wrong"));
    let parts: Vec<String> = left_out.into_iter().chain(beyond).collect();
    (!parts.is_empty()).then(|| format!("By {} {}.", truth(found.labels), parts.join("; ")))
}

/// A path as it may be shown to others: relative ones as they are, of absolute ones the last name, as the rest tells of
/// the machine and of who uses it.
#[must_use]
pub fn place(path: &Path) -> String {
    match path.file_name() {
        Some(name) if path.is_absolute() => name.to_string_lossy().into_owned(),
        _ => path.display().to_string(),
    }
}

/// A word of a command, quoted for a shell when it must be.
pub(super) fn shell(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "._-/:=+,@".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The version of a library in the lock file this program was built with.
pub(super) fn locked(library: &str) -> Option<String> {
    const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"));
    let entry = LOCK.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{library}\"\n")))?;
    let version = entry.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').to_owned())
}

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

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 35_887, 1_234_567].map(grouped), ["0", "999", "1,000", "35,887", "1,234,567"]);
        assert_eq!([-0.000_01, 0.0123, -0.2].map(points), ["0.00", "+1.23", "-20.00"]);
        assert_eq!(percent(0.649_36), "64.94 %");
        assert_eq!(interval(Some([0.632, 0.6668])), "63.2 to 66.7 %");
    }

    #[test]
    fn no_machine_is_told_and_shells_understand() {
        assert_eq!(place(Path::new("runs/classic")), "runs/classic");
        assert_eq!(place(&std::env::temp_dir().join("fer2013.csv")), "fer2013.csv");
        assert_eq!(shell("runs/classic"), "runs/classic");
        assert_eq!(shell("my run"), "'my run'");
        assert_eq!(shell("it's"), r"'it'\''s'");
    }

    #[test]
    fn libraries_are_named_as_they_were_built() {
        assert!(locked("tract-onnx").is_some_and(|version| version.starts_with("0.")));
        assert_eq!(locked("no such library"), None);
    }

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
