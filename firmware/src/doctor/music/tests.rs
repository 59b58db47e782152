//! What is counted, and what is told to be wrong.

use super::*;
use crate::doctor::Verdict;
use crate::music::analysis::{Features, NAMES};
use crate::music::index::{Entry, Stamp, Tags};
use crate::music::taste::Event;
use std::fs;
use tempfile::TempDir;

/// Places in a folder of its own, with nothing there yet.
fn places() -> (TempDir, Places) {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let places = Places { folder: None, named: false, index: at("music.jsonl"), taste: at("taste.jsonl") };
    (folder, places)
}

/// An index of tracks; one whose name begins with `bad` can't be played. Folders are made for `here/`.
fn index(folder: &TempDir, places: &Places, tracks: &[&str]) {
    fs::create_dir_all(folder.path().join("here")).unwrap();
    let mut index = Index::new(places.index.clone());
    for track in tracks {
        let sound = match track.contains("bad") {
            true => Err("it is no music".to_owned()),
            false => Ok(Features::from_values(vec![0.0; NAMES.len()]).unwrap()),
        };
        let path = folder.path().join(track);
        index.put(Entry { path, stamp: Stamp::default(), tags: Tags::default(), duration: None, sound });
    }
    index.store().unwrap();
}

#[test]
fn without_music_of_ones_own_all_is_composed_and_nothing_is_wrong() {
    let (_folder, places) = places();
    let found = music(&places);
    assert_eq!((found.verdict, found.what.as_str()), (Verdict::Fine, "none of your own, all is composed"));
}

#[test]
fn tracks_are_counted_by_the_mood_that_they_lie_nearest_to() {
    let (folder, places) = places();
    index(&folder, &places, &["here/a.mp3", "here/b.mp3", "here/c.mp3"]);
    let mut taste = Taste::default();
    for (track, mood) in
        [("here/a.mp3", Expression::Sad), ("here/b.mp3", Expression::Sad), ("here/c.mp3", Expression::Happy)]
    {
        taste.learn(&places.taste, &folder.path().join(track), Event::Rated(Affect::of(mood)), None, 1).unwrap();
    }
    let found = music(&places);
    assert_eq!(found.verdict, Verdict::Fine, "{found:?}");
    assert!(found.what.ends_with("music.jsonl: 3 tracks, nearest to 1 happy, 2 sad"), "{}", found.what);
    assert_eq!(found.figures["by_index"]["sad"], 2);
}

#[test]
fn what_is_wrong_is_told_with_one_remedy() {
    let cases: [(&[&str], &str, &str); 4] = [
        (&["here/a.mp3", "stick/b.mp3", "stick/c.mp3"], "2 more are not there now", "plug in"),
        (&["here/a.mp3", "here/bad.mp3"], "1 files can't be played", "music list"),
        (&["here/bad.mp3"], "no track in it can be played", "scan a folder"),
        (&["stick/b.mp3"], "0 tracks; 1 more are not there now", "plug in"),
    ];
    for (tracks, what, remedy) in cases {
        let (folder, places) = places();
        index(&folder, &places, tracks);
        let found = music(&places);
        assert_eq!(found.verdict, Verdict::Doubtful, "{tracks:?}");
        assert!(found.what.contains(what) && found.remedy.as_ref().unwrap().contains(remedy), "{tracks:?}: {found:?}");
    }
    let (_folder, places) = places();
    fs::write(&places.index, "{\"moodbox_music\": 99}\n").unwrap();
    assert!(music(&places).what.contains("has version 99"));
}

#[test]
fn mood_folders_are_counted_and_missing_or_empty_ones_told() {
    let (folder, mut places) = places();
    let own = folder.path().join("own");
    places.folder = Some(own.clone());
    places.named = true;
    assert!(music(&places).what.contains("can't be read"));
    fs::create_dir_all(own.join("jazz")).unwrap();
    assert!(music(&places).what.contains("no folder that is named after a mood"));
    places.named = false;
    assert_eq!(music(&places).verdict, Verdict::Fine, "the service's own folder may have no moods");
    fs::create_dir_all(own.join("Happy")).unwrap();
    fs::create_dir_all(own.join("sadness")).unwrap();
    for track in ["Happy/a.mp3", "Happy/b.flac", "Happy/cover.jpg"] {
        fs::write(own.join(track), "x").unwrap();
    }
    let found = music(&places);
    assert_eq!(found.verdict, Verdict::Doubtful);
    assert!(
        found.what.contains("own: 2 happy") && found.what.ends_with("has no track in its folder for sad"),
        "{}",
        found.what
    );
    assert_eq!(found.figures["in_mood_folders"]["happy"], 2);
}

#[test]
fn the_owner_of_a_box_asks_from_a_shell_of_his_own() {
    let (folder, places) = places();
    let mut config = Config::embedded().unwrap();
    let shelf = config.music.shelf.as_mut().unwrap();
    (shelf.index, shelf.taste) = (places.index.clone(), places.taste.clone());
    config.music.folder = None;
    let service = folder.path().join("service");
    assert_eq!(Places::of(&config, &service).index, places.index, "there is no service");
    fs::create_dir(&service).unwrap();
    fs::write(service.join("music.jsonl"), "").unwrap();
    let found = Places::of(&config, &service);
    assert_eq!((found.index, found.folder), (service.join("music.jsonl"), Some(service.join("music"))));
    fs::write(&places.index, "").unwrap();
    assert_eq!(Places::of(&config, &service).index, places.index, "one of his own goes first");
}
