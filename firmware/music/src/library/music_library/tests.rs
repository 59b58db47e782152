//! What the box learns while it plays, and what it goes on with.

use super::*;
use crate::library::index::{Entry, Tags};
use crate::library::{Broken, Source};
use crate::listen::features::{Features, NAMES};
use crate::track::{Stereo, Track};
use crate::wav;
use mood::Expression;
use std::fs;
use std::sync::Arc;
use tempfile::TempDir;

const RATE: u32 = 48_000;

/// An owner with some tracks of four seconds in an index.
fn owner(tracks: usize) -> (TempDir, LibrarySettings) {
    let folder = TempDir::new().unwrap();
    let mut index = Index::new(folder.path().join("index.jsonl"));
    for n in 0..tracks {
        let path = folder.path().join(format!("{n}.wav"));
        wav::write(&path, 1, RATE, 16, wav::square(60, 5_000, 4 * RATE));
        index.put(Entry {
            stamp: Stamp::of(&path),
            path,
            tags: Tags::default(),
            duration: Some(Duration::from_secs(4)),
            sound: Ok(Features::from_values(vec![0.0; NAMES.len()]).unwrap()),
        });
    }
    index.store().unwrap();
    let (index, taste) = (folder.path().join("index.jsonl"), folder.path().join("taste.jsonl"));
    (folder, LibrarySettings { index, taste, policy: Policy::Match, variety: 0.5 })
}

fn play(settings: &LibrarySettings) -> (Arc<MusicLibrary>, impl Track) {
    let library = Arc::new(MusicLibrary::new(settings.clone()));
    let source = Source {
        folders: None,
        library: Some(Arc::clone(&library)),
        soundfont: None,
        broken: Broken::default(),
        fade: Duration::ZERO,
    };
    (library, source.programme(Expression::Neutral, Affect::default(), 3, RATE))
}

fn seconds(track: &mut impl Track, seconds: f32) -> Vec<Stereo> {
    let mut out = vec![[0.0; 2]; Duration::from_secs_f32(seconds).as_millis().try_into().unwrap_or(0) * 48];
    track.render(&mut out);
    out
}

#[test]
fn a_completion_a_like_an_early_and_a_late_skip_are_learnt() {
    let (_folder, settings) = owner(4);
    let (_library, mut playlist) = play(&settings);
    seconds(&mut playlist, 5.0);
    assert!(playlist.is_likeable());
    playlist.like();
    // The second track after one of its four seconds, the third after three.
    playlist.skip();
    seconds(&mut playlist, 3.0);
    playlist.skip();
    let text = fs::read_to_string(&settings.taste).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().skip(1).filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect();
    let what: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["completed", "liked", "skipped", "skipped"]);
    assert_eq!(lines[1]["path"], lines[2]["path"]);
    let share = |line: &serde_json::Value| line["share"].as_f64().unwrap();
    assert!((share(&lines[2]) - 0.25).abs() < 0.02 && (share(&lines[3]) - 0.75).abs() < 0.02, "{text}");
}

#[test]
fn what_is_said_on_the_command_line_counts_while_the_box_runs() {
    let (folder, settings) = owner(3);
    let (library, _playlist) = play(&settings);
    let track = folder.path().join("1.wav");
    let sad = Affect { valence: -0.8, arousal: -0.6 };
    Taste::default().learn(&settings.taste, &track, Event::Rated(sad), None, 1).unwrap();
    let rated = |library: &MusicLibrary| library.lock().catalogue.as_ref().unwrap().piece(&track).unwrap().affect;
    assert_eq!(rated(&library), sad);
    // What the box itself learns is not read again, and adds to it.
    library.learn(&track, Event::Liked, None);
    assert_eq!(library.lock().taste.rating(&track), Some(sad));
    fs::remove_file(&settings.taste).unwrap();
    assert_ne!(rated(&library), sad, "forgotten");
}

#[test]
fn after_a_restart_the_interrupted_track_goes_on_where_it_was_and_only_once() {
    let (_folder, settings) = owner(5);
    let (library, mut playlist) = play(&settings);
    // All of them sound alike, so they lie in one place, near the middle.
    let here = library.lock().catalogue.as_ref().unwrap().pieces()[0].affect;
    let elsewhere = Affect { valence: -1.0_f32.copysign(here.valence), arousal: -1.0_f32.copysign(here.arousal) };
    seconds(&mut playlist, 1.5);
    assert!(noted(&settings.taste).is_some_and(|note| note.position_s < 0.01), "noted at its start");
    drop(playlist);
    assert_eq!(library.interrupted(here), None, "only what was interrupted by an end of the program");
    let library = MusicLibrary::new(settings.clone());
    let (path, position) = library.interrupted(here).unwrap();
    assert!((position.as_secs_f32() - 1.5).abs() < 0.05, "{position:?}");
    assert_eq!(last_played(&settings.taste), Some(path.clone()));
    assert_eq!(library.interrupted(here), None, "once");
    // A file that is gone, and a mood it doesn't fit, begin anew.
    assert_eq!(MusicLibrary::new(settings.clone()).interrupted(elsewhere), None);
    fs::remove_file(path).unwrap();
    assert_eq!(MusicLibrary::new(settings).interrupted(here), None);
}

#[test]
fn what_can_not_be_read_is_set_aside_and_nothing_is_appended_to_it() {
    let (folder, settings) = owner(3);
    let (track, taste, index) = (folder.path().join("0.wav"), &settings.taste, &settings.index);
    let (newer, damaged) = ("{\"moodbox_taste\":9}\n{\"what\":\"hummed\"}\n", "milk, eggs\n");
    fs::write(taste, newer).unwrap();
    fs::write(index, damaged).unwrap();
    // A box that runs already learns for now only.
    let running = MusicLibrary::new(settings.clone());
    running.learn(&track, Event::Liked, None);
    assert!(running.lock().taste.record(&track).good > 0.0);
    assert_eq!(fs::read_to_string(taste).unwrap(), newer);
    // One that starts begins anew.
    let told = begin_anew(&settings);
    assert!(told[0].contains("index.jsonl.damaged") && told[1].contains("taste.jsonl.newer"), "{told:?}");
    assert_eq!(fs::read_to_string(format!("{}.damaged", index.display())).unwrap(), damaged);
    assert_eq!(fs::read_to_string(format!("{}.newer", taste.display())).unwrap(), newer);
    assert_eq!(begin_anew(&settings), [""; 0], "once");
    MusicLibrary::new(settings.clone()).learn(&track, Event::Liked, None);
    assert!(Taste::load(taste).unwrap().record(&track).good > 0.0);
    // A list of shopping that was named by mistake is not renamed.
    let shopping = folder.path().join("shopping.txt");
    fs::write(&shopping, damaged).unwrap();
    let told = begin_anew(&LibrarySettings { taste: shopping.clone(), ..settings.clone() });
    assert!(told[0].contains("is left as it is"), "{told:?}");
    let mistaken = MusicLibrary::new(LibrarySettings { taste: shopping.clone(), ..settings });
    mistaken.learn(&track, Event::Liked, None);
    assert_eq!(fs::read_to_string(shopping).unwrap(), damaged);
}

#[test]
fn a_stick_that_is_pulled_out_costs_its_tracks_until_it_is_back() {
    let (folder, settings) = owner(3);
    let (stick, pocket) = (folder.path().join("stick"), folder.path().join("pocket"));
    fs::create_dir(&stick).unwrap();
    // One track stays on the box, two are on the stick.
    let all = Index::load(&settings.index).unwrap();
    let mut index = Index::new(settings.index.clone());
    for (entry, on_stick) in all.entries().zip([false, true, true]) {
        let name = entry.path.file_name().unwrap();
        let path = if on_stick { stick.join(name) } else { entry.path.clone() };
        fs::rename(&entry.path, &path).unwrap();
        index.put(Entry { path, ..entry.clone() });
    }
    index.store().unwrap();
    let (library, mut playlist) = play(&settings);
    assert_eq!(library.chooser().unwrap().len(), 3);
    fs::rename(&stick, &pocket).unwrap();
    assert_eq!(library.chooser().unwrap().len(), 1);
    // What is open may play to its end; then the track that is left comes, again and again, and not the composer.
    seconds(&mut playlist, 14.0);
    assert!(playlist.is_likeable());
    drop(playlist);
    assert_eq!(last_played(&settings.taste), Some(folder.path().join("0.wav")));
    fs::rename(&pocket, &stick).unwrap();
    assert_eq!(library.chooser().unwrap().len(), 3);
}
