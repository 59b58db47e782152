//! FER+'s votes: files that don't fit the rows, and what the real one says.

use crate::{fer2013, file, inspect, table};
use mood::LabelSet;
use snapbox::str;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use trainer::dataset::votes::{self, Verdict, Votes};
use trainer::dataset::{Dataset, Split};

const HEADER: &str = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";

/// Lines for the 21 rows of [`table`]; the third names no picture, the last two the same one.
fn lines() -> Vec<String> {
    let line = |row: usize| {
        let usage = if row < 14 { "Training" } else { "PublicTest" };
        let counts = ["6,0,0,1,3,0,0,0,0,0", "0,10,0,0,0,0,0,0,0,0", "0,0,0,0,0,0,0,0,0,10", "5,5,0,0,0,0,0,0,0,0"];
        let name = if row == 2 { String::new() } else { format!("fer{:07}.png", row.min(19)) };
        format!("{usage},{name},{}\n", counts[row % 4])
    };
    (0..21).map(line).collect()
}

/// A folder with [`table`] and these votes.
fn with(lines: &[String]) -> TempDir {
    let folder = file("faces.csv", table(false));
    fs::write(folder.path().join("votes.csv"), format!("{HEADER}{}", lines.concat())).unwrap();
    folder
}

fn joined(lines: &[String]) -> snapbox::cmd::OutputAssert {
    inspect(with(lines).path(), &["faces.csv", "--votes", "votes.csv"])
}

#[test]
fn what_trainer_data_says_of_votes() {
    let report = joined(&lines()).success().get_output().stdout.clone();
    let report = String::from_utf8(report).unwrap();
    for line in [
        "  training: 8 of 14 show an expression, 0 of these the one of their label\n",
        "    3 without a majority, 0 unknown, 3 without a face\n",
        "    11 have shares to train on; 1 may have the votes of another picture\n",
        "  public-test: 3 of 7 show an expression, 2 of these the one of their label\n",
        "    5 have shares to train on; 2 may have the votes of another picture\n",
    ] {
        assert!(report.contains(line), "{line} in {report}");
    }
    let folder = with(&lines());
    let json = inspect(folder.path(), &["faces.csv", "--votes", "votes.csv", "--json"]).success();
    let facts: serde_json::Value = serde_json::from_slice(&json.get_output().stdout).unwrap();
    assert_eq!(facts["votes"][0]["majority"], 8);
    assert_eq!(facts["votes"][0]["per_class"]["happiness"], 4);
    assert_eq!(facts["votes"][1]["doubtful"], 2);
}

#[test]
fn too_few_lines() {
    joined(&lines()[..20]).code(5).stdout_eq("").stderr_eq(str![[r#"
error: `votes.csv` has votes for 20 pictures, the data has 21
  hint: give `--votes` the file fer2013new.csv of FER+, cut to the rows of `--data` if they are a part

"#]]);
}

#[test]
fn shuffled_lines() {
    let mut lines = lines();
    lines[..14].reverse();
    joined(&lines).code(5).stdout_eq("").stderr_eq(str![[r#"
error: `votes.csv` line 3: `fer0000012.png` after `fer0000013.png`, the lines are not in order
  hint: give `--votes` the file fer2013new.csv of FER+, cut to the rows of `--data` if they are a part

"#]]);
}

#[test]
fn lines_of_another_split() {
    let mut lines = lines();
    lines.rotate_left(7);
    joined(&lines).code(5).stdout_eq("").stderr_eq(str![[r#"
error: `votes.csv` line 9 is of PublicTest, that row of the data is of Training
  hint: give `--votes` the file fer2013new.csv of FER+, cut to the rows of `--data` if they are a part

"#]]);
}

#[test]
fn votes_without_an_end() {
    if !Path::new("/dev/zero").exists() {
        eprintln!("skipped: /dev/zero is not here");
        return;
    }
    let folder = with(&lines());
    inspect(folder.path(), &["faces.csv", "--votes", "/dev/zero"]).code(5).stdout_eq("").stderr_eq(str![[r#"
error: `/dev/zero` can't be read: it is no ordinary file
  hint: give `--votes` the file fer2013new.csv of FER+, cut to the rows of `--data` if they are a part

"#]]);
}

/// Expected figures by an implementation of the rule in Python, from the same file.
#[test]
fn what_fer_plus_keeps_of_fer_2013() {
    let (Some(data), Some(path)) = (fer2013("fer2013.csv.gz"), fer2013("fer2013new.csv")) else { return };
    let dataset = Dataset::load(&data).unwrap();
    let votes = votes::read(&path, &dataset.samples).unwrap();
    let of = |split: Split| -> Vec<Votes> { dataset.indices(split).into_iter().map(|index| votes[index]).collect() };
    let cases = [
        (
            Split::Training,
            25_060,
            27_956,
            154,
            [9444.622, 7521.337, 3474.603, 3814.576, 2427.51, 236.592, 789.076, 247.685],
        ),
        (Split::PublicTest, 3_199, 3_505, 10, [1245.969, 903.581, 450.582, 420.95, 317.025, 37.975, 91.281, 37.636]),
    ];
    for (split, majorities, distributions, doubtful, together) in cases {
        let votes = of(split);
        let shown = votes.iter().filter(|votes| matches!(votes.majority(), Verdict::Shows(_)));
        assert_eq!(shown.clone().count(), majorities, "{split:?}");
        assert!(shown.clone().all(|votes| votes.distribution().is_some()), "{split:?}");
        let shares: Vec<_> = votes.iter().filter_map(Votes::distribution).collect();
        assert_eq!(shares.len(), distributions, "{split:?}");
        for (class, expected) in together.into_iter().enumerate() {
            let found: f64 = shares.iter().map(|shares| f64::from(shares[class])).sum();
            assert!((found - expected).abs() < 0.001, "{split:?} {}: {found}", LabelSet::FerPlus.label_names()[class]);
        }
        assert_eq!(votes.iter().filter(|votes| votes.is_doubtful()).count(), doubtful, "{split:?}");
    }
    // All without a name show no face; three names stand twice.
    let doubtful = || votes.iter().filter(|votes| votes.is_doubtful());
    assert_eq!(doubtful().filter(|votes| votes.majority() == Verdict::NoFace).count(), 158);
    assert_eq!(doubtful().count(), 164);
}
