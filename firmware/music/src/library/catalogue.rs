//! The owner's music as it is chosen from: the index, each playable track with its place in the plane; and whether its disk is there.

use crate::library::index::Index;
use crate::library::taste::Taste;
use crate::listen::estimate::{self, FeatureNormalisation};
use mood::Affect;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A track that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The file.
    pub path: PathBuf,
    /// Who plays it: the number of the artist in the catalogue; `None` when nobody is named.
    pub artist: Option<u32>,
    /// Where it lies.
    pub affect: Affect,
    /// How far it may lie from there, 0..=1.
    pub uncertainty: f32,
    /// Whether the owner has said where it lies.
    pub rated: bool,
}

/// The owner's music.
#[derive(Debug, Clone)]
pub struct Catalogue {
    index: Index,
    pieces: Vec<Piece>,
    places: HashMap<PathBuf, usize>,
}

impl Catalogue {
    /// Places the tracks of an index; the owner's ratings override what they sound like.
    pub fn new(index: Index, taste: &Taste) -> Self {
        let normalisation = FeatureNormalisation::among(index.entries().filter_map(|entry| entry.sound.as_ref().ok()));
        let mut artists: HashMap<String, u32> = HashMap::new();
        let mut pieces = Vec::with_capacity(index.len());
        for entry in index.entries() {
            let Ok(features) = &entry.sound else { continue };
            let next = u32::try_from(artists.len()).unwrap_or(u32::MAX);
            let artist = entry.tags.artist.as_ref().map(|artist| *artists.entry(artist.to_lowercase()).or_insert(next));
            let estimate = estimate::estimate_affect(features, &entry.tags, &normalisation);
            let rating = taste.rating(&entry.path);
            pieces.push(Piece {
                path: entry.path.clone(),
                artist,
                affect: rating.unwrap_or(estimate.affect),
                uncertainty: if rating.is_some() { RATED } else { estimate.uncertainty },
                rated: rating.is_some(),
            });
        }
        let places = pieces.iter().enumerate().map(|(at, piece)| (piece.path.clone(), at)).collect();
        Self { index, pieces, places }
    }

    /// The index behind it.
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// The tracks that can be chosen, in order of path.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The piece of a path.
    pub fn piece(&self, path: &Path) -> Option<&Piece> {
        self.places.get(path).and_then(|&at| self.pieces.get(at))
    }
}

/// The uncertainty of what the owner said.
const RATED: f32 = 0.1;

/// The folders that were asked for, each once: a library has fewer folders than tracks.
#[derive(Debug, Default)]
pub struct Present(HashMap<PathBuf, bool>);

impl Present {
    /// Whether the folder of a track is there.
    pub fn has(&mut self, track: &Path) -> bool {
        let folder = track.parent().unwrap_or(track);
        match self.0.get(folder) {
            Some(&there) => there,
            None => *self.0.entry(folder.to_owned()).or_insert(folder.is_dir()),
        }
    }
}
