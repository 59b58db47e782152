//! How numbers, places and commands are written, on the page and in the card alike.

use super::figures::Measured;
use mood::LabelSet;
use std::path::Path;

/// `64.94 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// `63.2 to 66.7 %`.
pub(super) fn interval([low, high]: [f64; 2]) -> String {
    format!("{:.1} to {:.1} %", 100.0 * low, 100.0 * high)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 35_887, 1_234_567].map(grouped), ["0", "999", "1,000", "35,887", "1,234,567"]);
        assert_eq!([-0.000_01, 0.0123, -0.2].map(points), ["0.00", "+1.23", "-20.00"]);
        assert_eq!(percent(0.649_36), "64.94 %");
        assert_eq!(interval([0.632, 0.6668]), "63.2 to 66.7 %");
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
}
