//! Faces drawn by rule, as a data set.

use crate::inspect;
use snapbox::str;
use std::path::Path;
use trainer::dataset::{Dataset, Split};

#[test]
fn synthetic_faces_come_in_three_parts_with_people_of_their_own() {
    let dataset = Dataset::load(Path::new("synthetic:140")).unwrap();
    let parts = [Split::Training, Split::Validation, Split::PublicTest].map(|split| dataset.indices(split));
    assert_eq!(parts.each_ref().map(Vec::len), [98, 21, 21]);
    for part in parts {
        let per_class = part.len() / 7;
        for class in 0..7 {
            let shown = part.iter().filter(|&&at| dataset.samples[at].label == class).count();
            assert_eq!(shown, per_class, "class {class}");
        }
    }
    assert_eq!(dataset.sha256(), Dataset::load(Path::new("synthetic:140")).unwrap().sha256());
}

#[test]
fn too_few_synthetic_faces() {
    for asked in ["synthetic:5", "synthetic:many", "synthetic:9000000"] {
        let folder = tempfile::tempdir().unwrap();
        inspect(folder.path(), &[asked]).code(2).stderr_eq(str![[r#"
error: `synthetic:[..]`: 70 to 1000000 faces can be drawn
  hint: for instance `--data synthetic:14000`, which is what `synthetic` alone means

"#]]);
    }
}
