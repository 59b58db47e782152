//! What is learnt counts, fades, and survives.

use super::*;
use std::fs;
use tempfile::TempDir;

const DAY: u64 = 86_400;
const SAD: Affect = Affect { valence: -0.6, arousal: -0.3 };

#[test]
fn events_count_as_they_should_and_fade() {
    let mut taste = Taste::default();
    let path = Path::new("/music/a.mp3");
    taste.note(path, Event::Completed, Some(SAD), 0);
    taste.note(path, Event::Skipped(0.25), Some(SAD), 0);
    taste.note(path, Event::Liked, None, 0);
    let record = taste.record(path);
    assert!((record.good - 3.0).abs() < 1e-6 && (record.bad - 0.75).abs() < 1e-6, "{record:?}");
    assert!((record.fit[quadrant(SAD)] - 0.25).abs() < 1e-6);
    assert_eq!((record.last_play, taste.plays()), (2, 2), "a like is no play");
    let later = record.faded(138 * DAY);
    assert!((later.good - 1.5).abs() < 0.02, "half is left after 138 days: {later:?}");
    assert_eq!(record.faded(0), record, "time that runs backwards changes nothing");
}

#[test]
fn what_was_learnt_is_read_back_and_a_torn_line_costs_one_event() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("new/folder/taste.jsonl");
    let (a, b) = (PathBuf::from("/music/a.mp3"), PathBuf::from("/music/b \"quoted\"\n.mp3"));
    let mut taste = Taste::default();
    taste.learn(&file, &a, Event::Completed, Some(SAD), 10).unwrap();
    taste.learn(&file, &b, Event::Skipped(0.1), None, 20).unwrap();
    taste.learn(&file, &b, Event::Rated(SAD), None, 30).unwrap();
    assert_eq!(Taste::load(&file).unwrap(), taste);
    assert_eq!(taste.rating(&b), Some(SAD));
    let mut text = fs::read_to_string(&file).unwrap();
    text.truncate(text.len() - 20);
    fs::write(&file, &text).unwrap();
    let mut torn = Taste::load(&file).unwrap();
    assert_eq!((torn.rating(&b), torn.plays()), (None, 2));
    // The next event is not swallowed by the torn line.
    torn.learn(&file, &a, Event::Liked, None, 40).unwrap();
    assert!((Taste::load(&file).unwrap().record(&a).good - torn.record(&a).good).abs() < 1e-6);
}

#[test]
fn a_long_history_is_summed_up_without_changing_what_is_known() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("taste.jsonl");
    let mut text = "{\"moodbox_taste\":1}\n".to_owned();
    for n in 0..6_000_u32 {
        let line = serde_json::json!({
            "what": "completed", "path": format!("/music/{}.mp3", n % 50), "at_s": n, "target": [0.5, 0.5],
        });
        text.push_str(&format!("{line}\n"));
    }
    fs::write(&file, &text).unwrap();
    let taste = Taste::load(&file).unwrap();
    assert!(fs::metadata(&file).unwrap().len() < u64::try_from(text.len()).unwrap() / 10);
    let again = Taste::load(&file).unwrap();
    assert_eq!(again.plays(), 6_000);
    for (path, record) in taste.records() {
        assert!((again.record(path).good - record.good).abs() < 1e-3);
    }
}

#[test]
fn a_missing_file_is_no_taste_and_a_foreign_or_newer_one_is_an_error() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("taste.jsonl");
    assert_eq!(Taste::load(&file).unwrap(), Taste::default());
    assert_eq!(Taste::fault(&file), None);
    for (text, newer) in
        [("milk, eggs\n", false), ("\n{\"moodbox_taste\":1}", false), ("{\"moodbox_taste\":9}\n", true)]
    {
        fs::write(&file, text).unwrap();
        assert!(matches!(Taste::load(&file), Err(TasteError::Unreadable { .. })), "{text}");
        assert_eq!(matches!(Taste::fault(&file), Some(files::Fault::Newer(_))), newer, "{text}");
    }
}

#[test]
fn numbers_that_are_none_cost_their_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("taste.jsonl");
    let lines = [
        r#"{"moodbox_taste":1}"#,
        r#"{"what":"skipped","path":"a","at_s":1,"share":1e39,"target":null}"#,
        r#"{"what":"completed","path":"a","at_s":1,"target":[0,-1e39]}"#,
        r#"{"what":"rated","path":"a","at_s":1,"valence":1e39,"arousal":0}"#,
        r#"{"what":"sum","path":"a","at_s":1,"good":1,"bad":0,"fit":[0,0,1e39,0],"last_play":1,"rating":null}"#,
        r#"{"what":"sum","path":"a","at_s":1,"good":1e39,"bad":0,"fit":[0,0,0,0],"last_play":1,"rating":null}"#,
        r#"{"what":"liked","path":"b","at_s":1}"#,
    ];
    fs::write(&file, lines.join("\n")).unwrap();
    let taste = Taste::load(&file).unwrap();
    assert_eq!(taste.records().len(), 1);
    assert!(taste.record(Path::new("b")).good > 0.0);
}

#[test]
fn a_full_disk_is_told_and_the_lesson_is_kept_in_memory() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        eprintln!("skipped: /dev/full is not here");
        return;
    }
    let mut taste = Taste::default();
    let path = Path::new("/music/a.mp3");
    assert!(matches!(taste.learn(full, path, Event::Liked, None, 0), Err(TasteError::Write { .. })));
    assert!(taste.record(path).good > 0.0);
}
