//! What `trainer data` prints.

use crate::dataset::photographs::Repeats;
use crate::dataset::survey::{Survey, Tally};
use crate::dataset::{Dataset, Split};
use crate::error::Error;
use mood::LabelSet;
use std::io::Write;
use std::path::Path;

/// Problems and conflicts named one by one in the text; `--json` names them all.
const NAMED: usize = 5;

/// Prints the facts of a data set, with what the votes say where some were given.
pub fn surveyed(path: &Path, dataset: &Dataset, tallies: &[Tally], problems: &[Error], json: bool) {
    let (survey, repeats) = (Survey::of(dataset), Repeats::of(dataset));
    if json {
        let mut facts = facts(path, dataset, (&survey, &repeats), problems);
        if !tallies.is_empty() {
            facts["votes"] = tallies.iter().map(tally_facts).collect();
        }
        say!("{facts}");
        return;
    }
    let names = dataset.label_set.label_names();
    let total = dataset.samples.len();
    say!("{}: {total} pictures, labels of {}", path.display(), dataset.label_set.name());
    table(names, survey.counts.iter().map(|(split, counts)| (*split, counts.as_slice())));
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
    let Repeats { photographs, pictures, largest, conflicts, .. } = repeats;
    say!(
        "near copies, the same photograph in any crop: {pictures} pictures of {photographs} photographs, of one {largest}"
    );
    say!("  {conflicts} of these photographs have different labels");
    for (split, count) in &repeats.shared {
        say!("  {count} of {} show a photograph that is also in training, or may well do", split.name());
    }
    say!("blank: {}", survey.blank.len());
    let conflicting: usize = survey.conflicts.iter().map(Vec::len).sum();
    say!(
        "label conflicts: {} groups of equal pictures with different labels, {conflicting} pictures",
        survey.conflicts.len()
    );
    for group in survey.conflicts.iter().take(NAMED) {
        let each = group.iter().map(|&at| format!("picture {at} {}", names[usize::from(dataset.samples[at].label)]));
        say!("  {}", each.collect::<Vec<_>>().join(", "));
    }
    more(survey.conflicts.len());
    tallied(tallies);
    say!("can't be read: {}", problems.len());
    for problem in problems.iter().take(NAMED) {
        say!("  {problem}");
    }
    more(problems.len());
    say!("sha256 of pictures, labels and parts: {}", dataset.sha256());
}

/// Prints what the votes say.
fn tallied(tallies: &[Tally]) {
    if tallies.is_empty() {
        return;
    }
    say!("votes of FER+, what more than half of the people saw:");
    table(LabelSet::FerPlus.label_names(), tallies.iter().map(|tally| (tally.split, tally.shown.as_slice())));
    for tally in tallies {
        let Tally { pictures, agreed, unknown, no_face, no_majority, distributions, doubtful, .. } = tally;
        let shown: usize = tally.shown.iter().sum();
        say!(
            "  {}: {shown} of {pictures} show an expression, {agreed} of these the one of their label",
            tally.split.name()
        );
        say!("    {no_majority} without a majority, {unknown} unknown, {no_face} without a face");
        say!("    {distributions} have shares to train on; {doubtful} may have the votes of another picture");
    }
}

/// Prints counts per class, a line a part.
fn table<'a>(names: &[&str], parts: impl Iterator<Item = (Split, &'a [usize])>) {
    say!("{:>13}{}{:>10}", "", names.iter().map(|name| format!("{name:>10}")).collect::<String>(), "all");
    for (split, counts) in parts {
        let cells: String = counts.iter().map(|count| format!("{count:>10}")).collect();
        say!("{:>13}{cells}{:>10}", split.name(), counts.iter().sum::<usize>());
    }
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

fn tally_facts(tally: &Tally) -> serde_json::Value {
    serde_json::json!({
        "split": tally.split.name(),
        "n": tally.pictures,
        "majority": tally.shown.iter().sum::<usize>(),
        "per_class": by_name(LabelSet::FerPlus.label_names(), &tally.shown),
        "agreed": tally.agreed,
        "no_majority": tally.no_majority,
        "unknown": tally.unknown,
        "no_face": tally.no_face,
        "distributions": tally.distributions,
        "doubtful": tally.doubtful,
    })
}

fn by_name(names: &[&str], counts: &[usize]) -> serde_json::Map<String, serde_json::Value> {
    names.iter().zip(counts).map(|(name, count)| ((*name).to_owned(), (*count).into())).collect()
}

fn facts(
    path: &Path,
    dataset: &Dataset,
    (survey, repeats): (&Survey, &Repeats),
    problems: &[Error],
) -> serde_json::Value {
    let names = dataset.label_set.label_names();
    let part = |((split, counts), (_, repeated)): (&(Split, Vec<usize>), &(Split, usize))| {
        let per_class = by_name(names, counts);
        let n: usize = counts.iter().sum();
        serde_json::json!({ "split": split.name(), "n": n, "per_class": per_class, "repeated": repeated })
    };
    let shared = |(here, there, n): &(Split, Split, usize)| serde_json::json!({ "split": here.name(), "also_in": there.name(), "n": n });
    serde_json::json!({
        "data": path.display().to_string(),
        "label_set": dataset.label_set.name(),
        "n": dataset.samples.len(),
        "splits": survey.counts.iter().zip(&survey.repeated).map(part).collect::<Vec<_>>(),
        "missing": survey.missing(dataset),
        "groups_of_copies": survey.groups,
        "shared": survey.shared.iter().map(shared).collect::<Vec<_>>(),
        "near_copies": {
            "photographs": repeats.photographs,
            "n": repeats.pictures,
            "largest": repeats.largest,
            "conflicts": repeats.conflicts,
            "also_in_training": repeats.shared.iter().map(|(split, n)| serde_json::json!({ "split": split.name(), "n": n })).collect::<Vec<_>>(),
        },
        "blank": survey.blank,
        "conflicts": survey.conflicts,
        "unreadable": problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "sha256": dataset.sha256(),
    })
}
