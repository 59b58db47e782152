//! What `trainer data` prints.

use crate::dataset::survey::Survey;
use crate::dataset::{Dataset, Split};
use crate::error::Error;
use std::io::Write;
use std::path::Path;

/// Problems and conflicts named one by one in the text; `--json` names them all.
const NAMED: usize = 5;

/// Prints the facts of a data set.
pub fn surveyed(path: &Path, dataset: &Dataset, survey: &Survey, problems: &[Error], json: bool) {
    if json {
        say!("{}", facts(path, dataset, survey, problems));
        return;
    }
    let names = dataset.label_set.label_names();
    let total = dataset.pictures.len();
    say!("{}: {total} pictures, labels of {}", path.display(), dataset.label_set.name());
    say!("{:>13}{}{:>9}", "", names.iter().map(|name| format!("{name:>9}")).collect::<String>(), "all");
    for (split, counts) in &survey.counts {
        let cells: String = counts.iter().map(|count| format!("{count:>9}")).collect();
        say!("{:>13}{cells}{:>9}", split.name(), counts.iter().sum::<usize>());
    }
    for class in survey.missing(dataset) {
        say!("no picture shows {class}");
    }
    say!("copies, byte for byte: {} groups of equal pictures", survey.groups);
    for (split, count) in survey.repeated.iter().filter(|(_, count)| *count > 0) {
        say!("  {count} of {} repeat an earlier one there", split.name());
    }
    for (here, there, count) in &survey.shared {
        let note = if *here == Split::Training { "; training leaves them out" } else { "" };
        say!("  {count} of {} are also in {}{note}", here.name(), there.name());
    }
    say!("blank: {}", survey.blank.len());
    let conflicting: usize = survey.conflicts.iter().map(Vec::len).sum();
    say!(
        "label conflicts: {} groups of equal pictures with different labels, {conflicting} pictures",
        survey.conflicts.len()
    );
    for group in survey.conflicts.iter().take(NAMED) {
        let each = group.iter().map(|&at| format!("picture {at} {}", label(dataset, at)));
        say!("  {}", each.collect::<Vec<_>>().join(", "));
    }
    more(survey.conflicts.len());
    say!("can't be read: {}", problems.len());
    for problem in problems.iter().take(NAMED) {
        say!("  {problem}");
    }
    more(problems.len());
    say!("sha256 of pictures, labels and parts: {}", dataset.sha256());
}

/// Says that a sheet was written.
pub fn sheet_written(path: &Path) {
    tell!("wrote {}", path.display());
}

fn more(count: usize) {
    if count > NAMED {
        say!("  and {} more, named by --json", count - NAMED);
    }
}

fn label(dataset: &Dataset, at: usize) -> &'static str {
    dataset.label_set.label_names()[usize::from(dataset.pictures[at].label)]
}

fn facts(path: &Path, dataset: &Dataset, survey: &Survey, problems: &[Error]) -> serde_json::Value {
    let names = dataset.label_set.label_names();
    let part = |((split, counts), (_, repeated)): (&(Split, Vec<usize>), &(Split, usize))| {
        let per_class: serde_json::Map<_, _> =
            names.iter().zip(counts).map(|(name, count)| ((*name).to_owned(), (*count).into())).collect();
        let n: usize = counts.iter().sum();
        serde_json::json!({ "split": split.name(), "n": n, "per_class": per_class, "repeated": repeated })
    };
    let shared = |(here, there, n): &(Split, Split, usize)| serde_json::json!({ "split": here.name(), "also_in": there.name(), "n": n });
    serde_json::json!({
        "data": path.display().to_string(),
        "label_set": dataset.label_set.name(),
        "n": dataset.pictures.len(),
        "splits": survey.counts.iter().zip(&survey.repeated).map(part).collect::<Vec<_>>(),
        "missing": survey.missing(dataset),
        "groups_of_copies": survey.groups,
        "shared": survey.shared.iter().map(shared).collect::<Vec<_>>(),
        "blank": survey.blank,
        "conflicts": survey.conflicts,
        "unreadable": problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "sha256": dataset.sha256(),
    })
}
