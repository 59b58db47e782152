//! The file of FER+, where it is here: what is counted and what is trained on.

use mood::LabelSet;
use std::path::{Path, PathBuf};
use trainer::dataset::votes::{self, Verdict, Votes};
use trainer::dataset::{Dataset, Split};

/// A file of FER-2013, beside the clone.
#[expect(clippy::print_stderr, reason = "names what is skipped")]
pub(crate) fn fer2013(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/fer2013").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

/// Expected figures by an implementation of the rule in Python, from the same file.
#[test]
fn what_fer_plus_keeps_of_fer_2013() {
    let (Some(data), Some(path)) = (fer2013("fer2013.csv.gz"), fer2013("fer2013new.csv")) else { return };
    let dataset = Dataset::load(&data).unwrap();
    let votes = votes::read(&path, &dataset.pictures).unwrap();
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
