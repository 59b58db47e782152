//! A key that takes one path or a list of them, and is written as it would be by hand.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a path or a list of paths")]
enum OneOrMany {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(path) => vec![path],
        OneOrMany::Many(paths) => paths,
    })
}

pub(super) fn serialize<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    match paths {
        [one] => one.serialize(to),
        many => many.serialize(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Table {
        #[serde(with = "super")]
        key: Vec<PathBuf>,
    }

    #[test]
    fn one_and_many_are_written_as_they_were_read_and_anything_else_is_told() {
        for text in ["key = \"runs/a\"\n", "key = [\"runs/a\", \"runs/b\"]\n"] {
            assert_eq!(toml::to_string(&toml::from_str::<Table>(text).unwrap()).unwrap(), text);
        }
        let error = toml::from_str::<Table>("key = 3").unwrap_err().to_string();
        assert!(error.contains("a path or a list of paths"), "{error}");
    }
}
