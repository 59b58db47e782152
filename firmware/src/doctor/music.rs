//! The owner's music: how many tracks each mood has, from which index and folder, and what is wrong with them.

use super::Finding;
use crate::config::Config;
use mood::{Affect, Expression};
use music::MoodFolders;
use music::library::Broken;
use music::library::catalogue::{Catalogue, Present};
use music::library::index::{Index, IndexError};
use music::library::taste::Taste;
use std::path::{Path, PathBuf};

/// Where the box's music is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The folder with one folder a mood.
    pub folder: Option<PathBuf>,
    /// Whether the owner named it; the service's own may be empty.
    pub named: bool,
    /// The index of everything else.
    pub index: PathBuf,
    /// What was learnt about it.
    pub taste: PathBuf,
}

impl Places {
    /// Those of the configuration; those of `service` where the asking user has no index and the box's service has.
    pub fn of(config: &Config, service: &Path) -> Self {
        let settings = config.sound();
        let library = settings.library.unwrap_or_default();
        let of_service = !library.index.exists() && service.join("music.jsonl").exists();
        let (index, taste) = if of_service {
            (service.join("music.jsonl"), service.join("taste.jsonl"))
        } else {
            (library.index, library.taste)
        };
        let folder = settings.folder.or_else(|| of_service.then(|| service.join("music")));
        Self { folder, named: config.music.folder.is_some(), index, taste }
    }
}

type Trouble = (String, &'static str);

/// Counts the tracks of each mood.
pub fn music(places: &Places) -> Finding {
    let mut told = Vec::new();
    let mut troubles: Vec<Trouble> = Vec::new();
    let mut figures = serde_json::Map::new();
    if let Some(folder) = &places.folder {
        let counts = in_folders(folder, places.named, &mut troubles);
        if !counts.is_empty() {
            told.push(format!("mood folders of {}: {}", folder.display(), words(&counts)));
            figures.insert("in_mood_folders".to_owned(), by_name(&counts));
        }
    }
    match Index::load(&places.index) {
        Ok(index) => {
            let found = Indexed::of(index, &Taste::load(&places.taste).unwrap_or_default());
            told.push(format!("by index {}: {}", places.index.display(), found.words()));
            troubles.extend(found.troubles());
            figures.insert("by_index".to_owned(), by_name(&found.counts));
            figures.insert("absent".to_owned(), found.absent.into());
            figures.insert("damaged".to_owned(), found.damaged.into());
        }
        Err(IndexError::Missing(_)) => {}
        Err(error) => troubles.push((
            format!("{error}; nothing is chosen by it"),
            "put it away and scan again: `moodbox music scan FOLDER`, on the box `systemctl start moodbox-scan`",
        )),
    }
    if told.is_empty() {
        told.push("none of your own, all is composed".to_owned());
    }
    told.extend(troubles.iter().map(|(what, _)| what.clone()));
    let told = told.join("; ");
    let finding = match troubles.first() {
        Some((_, remedy)) => Finding::doubtful(told, remedy),
        None => Finding::fine(told),
    };
    Finding { figures, ..finding }
}

/// How many tracks lie in each mood's folder, for the moods that have some. The service's own folder may have no moods.
fn in_folders(folder: &Path, named: bool, troubles: &mut Vec<Trouble>) -> Vec<(Expression, usize)> {
    const REMEDY: &str =
        "set `music.folder` to a folder that is there, with folders named happy, sad and so on and music in each";
    let library = MoodFolders::new(folder.to_owned(), Broken::default());
    let counts = Expression::ALL.into_iter().map(|expression| (expression, library.tracks(expression).len()));
    let counts: Vec<_> = counts.filter(|(_, tracks)| *tracks > 0).collect();
    if named || !counts.is_empty() {
        troubles.extend(library.troubles().into_iter().map(|what| (what, REMEDY)));
    }
    counts
}

#[derive(Debug, Default)]
struct Indexed {
    /// Tracks that are there, by the mood they lie nearest to.
    counts: Vec<(Expression, usize)>,
    /// Tracks whose folder is not there now.
    absent: usize,
    /// Files that can't be played.
    damaged: usize,
}

impl Indexed {
    fn of(index: Index, taste: &Taste) -> Self {
        let damaged = index.entries().filter(|entry| entry.sound.is_err()).count();
        let catalogue = Catalogue::new(index, taste);
        let mut present = Present::default();
        let (there, absent): (Vec<_>, Vec<_>) = catalogue.pieces().iter().partition(|piece| present.has(&piece.path));
        let moods: Vec<Expression> = there.iter().map(|piece| nearest(piece.affect)).collect();
        let count = |expression| moods.iter().filter(|mood| **mood == expression).count();
        let counts = Expression::ALL.into_iter().map(|expression| (expression, count(expression))).collect();
        Self { counts, absent: absent.len(), damaged }
    }

    fn words(&self) -> String {
        let all: usize = self.counts.iter().map(|(_, count)| count).sum();
        let nearest = if all > 0 { format!(", nearest to {}", words(&self.counts)) } else { String::new() };
        format!("{all} tracks{nearest}")
    }

    fn troubles(&self) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        if self.counts.iter().all(|(_, count)| *count == 0) && self.absent == 0 {
            troubles.push(("no track in it can be played".to_owned(), "scan a folder with music"));
        }
        if self.absent > 0 {
            let what = format!("{} more are not there now", self.absent);
            troubles.push((what, "plug in the stick or disk that they are on; until then the box does without"));
        }
        if self.damaged > 0 {
            let what = format!("{} files can't be played", self.damaged);
            troubles.push((what, "`moodbox music list --json` names them, with the reason"));
        }
        troubles
    }
}

fn nearest(affect: Affect) -> Expression {
    let distance = |mood: &Expression| {
        let of_mood = Affect::of(*mood);
        (of_mood.valence - affect.valence).hypot(of_mood.arousal - affect.arousal)
    };
    Expression::ALL.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(Expression::Neutral)
}

/// As in `3 happy, 4 sad`, without the moods that have none.
fn words(counts: &[(Expression, usize)]) -> String {
    let some = counts.iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> = some.map(|(mood, count)| format!("{count} {}", mood.name())).collect();
    if words.is_empty() { "no track".to_owned() } else { words.join(", ") }
}

fn by_name(counts: &[(Expression, usize)]) -> serde_json::Value {
    counts.iter().map(|(mood, count)| (mood.name().to_owned(), serde_json::Value::from(*count))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use music::library::index::{Entry, Stamp, Tags};
    use music::library::taste::Event;
    use music::listen::features::{Features, NAMES};
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
            assert!(
                found.what.contains(what) && found.remedy.as_ref().unwrap().contains(remedy),
                "{tracks:?}: {found:?}"
            );
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
        let library = config.music.library.as_mut().unwrap();
        (library.index, library.taste) = (places.index.clone(), places.taste.clone());
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
}
