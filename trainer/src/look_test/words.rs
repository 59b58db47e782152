//! The figures in words for a person, and as JSON for a machine.

use super::{Counts, Difference, Figures, Share};
use std::fmt::Write;

/// The figures as one JSON object on one line.
#[must_use]
pub fn json(figures: &Figures) -> String {
    serde_json::to_string(figures).unwrap_or_default()
}

/// The figures as tables. Ends with a line break.
#[must_use]
pub fn text(figures: &Figures) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = write_text(&mut text, figures);
    text
}

fn write_text(to: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(to, "{} photographs, in brackets 95 % Wilson intervals", figures.n)?;
    writeln!(to, "\n{:<10}{:>5}  {:<28}{:<28}{:<28}{:<28}", "", "n", "found", "not sure", "correct", "opposite")?;
    for counts in &figures.expressions {
        let Counts { found, not_sure, correct, opposite, .. } = counts;
        let cells: String =
            [found, not_sure, correct, opposite].map(|share| format!("{:<28}", self::share(share))).concat();
        writeln!(to, "{:<10}{:>5}  {}", name(counts), found.of, cells.trim_end())?;
    }
    if figures.groups.is_empty() {
        return Ok(());
    }
    writeln!(to, "\nby group; the difference is to all others of the column, in points")?;
    writeln!(to, "{:<34}{:>5}  {:<28}{:<26}{:<28}{:<26}", "", "n", "found", "difference", "correct", "difference")?;
    for group in &figures.groups {
        let counts = &group.counts;
        let who = format!("{} {}, {}", group.column, group.group, name(counts));
        let cells = [
            format!("{:<28}", share(&counts.found)),
            format!("{:<26}", difference(group.found_difference)),
            format!("{:<28}", share(&counts.correct)),
            difference(group.correct_difference),
        ];
        writeln!(to, "{who:<34}{:>5}  {}", counts.found.of, cells.concat().trim_end())?;
    }
    Ok(())
}

/// The expression, or `all`.
pub(super) fn name(counts: &Counts) -> &'static str {
    counts.expression.unwrap_or("all")
}

/// `62 of 102, 61 % [51-70]`.
pub(super) fn share(share: &Share) -> String {
    match (share.share, share.interval) {
        (Some(part), Some([low, high])) => {
            let percent = |share: f64| format!("{:.0}", 100.0 * share);
            format!("{} of {}, {} % [{}-{}]", share.count, share.of, percent(part), percent(low), percent(high))
        }
        _ => "-".into(),
    }
}

/// `-5.8 [-9.1 to -2.4]`, a dash where there is nothing to compare with.
pub(super) fn difference(difference: Option<Difference>) -> String {
    difference.map_or_else(
        || "-".into(),
        |Difference { difference, interval: [low, high] }| {
            format!("{:+.1} [{:+.1} to {:+.1}]", 100.0 * difference, 100.0 * low, 100.0 * high)
        },
    )
}
