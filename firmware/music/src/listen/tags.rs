//! What a file says about itself. A file without tags, or with damaged ones, says nothing.

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::TaggedFileExt;
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey, Tag};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The longest text kept of a tag, in characters.
const LONGEST: usize = 200;

/// Tags of a track; what isn't there is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tags {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Artist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// Album.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Genre, as the tag has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// Mood, as the tag has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<String>,
    /// Beats a minute, 20..=400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpm: Option<f32>,
    /// Key, as the tag has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// ReplayGain of the track in dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_gain_db: Option<f32>,
}

impl Tags {
    pub(crate) fn read(path: &Path) -> Self {
        let options =
            ParseOptions::new().read_properties(false).read_cover_art(false).parsing_mode(ParsingMode::Relaxed);
        let file = Probe::open(path).ok().and_then(|probe| probe.options(options).guess_file_type().ok()?.read().ok());
        let Some(file) = file else { return Self::default() };
        // Several kinds of tags may be in one file: the first that has an item wins, the file's own kind first.
        let mut tags: Vec<&Tag> = file.primary_tag().into_iter().collect();
        tags.extend(file.tags());
        let text = |key: ItemKey| tags.iter().find_map(|tag| tag.get_string(key)).and_then(cleaned);
        let of = |get: fn(&Tag) -> Option<String>| tags.iter().find_map(|tag| get(tag)).as_deref().and_then(cleaned);
        Self {
            title: of(|tag| tag.title().map(Into::into)),
            artist: of(|tag| tag.artist().map(Into::into)),
            album: of(|tag| tag.album().map(Into::into)),
            genre: of(|tag| tag.genre().map(Into::into)),
            mood: text(ItemKey::Mood),
            bpm: text(ItemKey::Bpm).or_else(|| text(ItemKey::IntegerBpm)).and_then(|text| number(&text, 20.0, 400.0)),
            key: text(ItemKey::InitialKey),
            replay_gain_db: text(ItemKey::ReplayGainTrackGain).and_then(|text| number(&text, -40.0, 40.0)),
        }
    }
}

/// Without control characters and of bearable length; `None` when nothing is left.
fn cleaned(text: &str) -> Option<String> {
    let cleaned: String = text.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!cleaned.is_empty()).then_some(cleaned)
}

/// The number a text begins with, as in `-7.31 dB`, if it lies in the range.
fn number(text: &str, low: f32, high: f32) -> Option<f32> {
    let number = text.split_whitespace().next()?.trim_end_matches(|c: char| c.is_alphabetic());
    number.replace(',', ".").parse().ok().filter(|value| (low..=high).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [("-7.31 dB", Some(-7.31)), ("+2,5dB", Some(2.5)), ("128", None), ("loud", None), ("", None)];
        for (text, expected) in cases {
            assert_eq!(number(text, -40.0, 40.0), expected, "{text:?}");
        }
    }

    #[test]
    fn texts_are_cut_and_cleaned() {
        assert_eq!(cleaned(" a\u{7}b\n"), Some("ab".into()));
        assert_eq!(cleaned(" \u{0}"), None);
        assert_eq!(cleaned(&"x".repeat(5_000)).map(|text| text.len()), Some(LONGEST));
    }
}
