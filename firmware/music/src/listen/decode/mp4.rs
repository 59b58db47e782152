//! MP4 files before a decoder sees them: the tree of atoms held against the file's length, and only the sound left in it.
//!
//! What is no sound (tags, covers, video, chapters) is renamed to `free`, which decoders pass over. A size that leads out of
//! its parent is cut there; a table that says it has more entries than it has room for is told as many as there are.

use super::edit::{self, Edit};
use super::source::{Patch, Source};

/// Atoms that are looked at; a file has some dozens, and some for each minute when it is fragmented.
const MOST_ATOMS: usize = 200_000;

/// Atoms inside each other.
const DEEPEST: usize = 12;

#[derive(Debug, Clone, Copy)]
struct Atom {
    name: [u8; 4],
    at: u64,
    body: u64,
    end: u64,
}

/// What a decoder has to read instead, and what is to be heard of each track where not all of it is.
///
/// # Errors
/// Why there is no sound to decode.
pub(super) fn mend(source: &mut Source) -> Result<(Vec<Patch>, Vec<Edit>), String> {
    let whole = Atom { name: *b"file", at: 0, body: 0, end: source.len() };
    let mut walk = Walk::new(source);
    let top = walk.children(whole);
    let Some(movie) = top.iter().find(|atom| atom.name == *b"moov") else {
        return Err("its table of contents is missing; the recording or the copy was cut off".to_owned());
    };
    top.iter().filter(|atom| matches!(&atom.name, b"meta" | b"uuid" | b"udta")).for_each(|atom| walk.free(*atom));
    walk.movie(*movie);
    if walk.sounds == 0 {
        return Err(walk.strange.unwrap_or("there is no sound in it, only pictures or text").to_owned());
    }
    Ok((walk.patches, walk.edits))
}

/// The places where another such file begins, behind the table of contents of the one before it.
pub(super) fn joints(source: &mut Source) -> Vec<u64> {
    let whole = Atom { name: *b"file", at: 0, body: 0, end: source.len() };
    let mut walk = Walk::new(source);
    let mut joints = Vec::new();
    let (mut has_movie, mut start) = (false, None);
    for atom in walk.children(whole) {
        match &atom.name {
            b"ftyp" if has_movie => (has_movie, start) = (false, Some(atom.at)),
            b"moov" => {
                has_movie = true;
                joints.extend(start.take());
            }
            _ => {}
        }
    }
    joints
}

struct Walk<'a> {
    source: &'a mut Source,
    patches: Vec<Patch>,
    atoms: usize,
    /// Tracks of sound that may be decoded.
    sounds: usize,
    /// Why a track of sound can't be.
    strange: Option<&'static str>,
    /// Ticks a second of the movie, and what its tags say that is no sound.
    movie_hz: u32,
    tagged: Option<edit::Tag>,
    edits: Vec<Edit>,
}

impl<'a> Walk<'a> {
    fn new(source: &'a mut Source) -> Self {
        Self {
            source,
            patches: Vec::new(),
            atoms: 0,
            sounds: 0,
            strange: None,
            movie_hz: 0,
            tagged: None,
            edits: Vec::new(),
        }
    }

    fn free(&mut self, atom: Atom) {
        self.patches.push(Patch { at: atom.at + 4, bytes: b"free".to_vec() });
    }

    fn u32_at(&mut self, at: u64) -> Option<u32> {
        let bytes = self.source.peek(at, 4);
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// The atoms in another, with sizes that don't lead out of it.
    fn children(&mut self, parent: Atom) -> Vec<Atom> {
        let mut found = Vec::new();
        let mut at = parent.body;
        while at + 8 <= parent.end && self.atoms < MOST_ATOMS {
            self.atoms += 1;
            let head = self.source.peek(at, 16);
            let [a, b, c, d, name @ ..] = &head[..] else { break };
            let Some(name) = name.first_chunk::<4>() else { break };
            let size = u64::from(u32::from_be_bytes([*a, *b, *c, *d]));
            let (long, size) = match (size, head.get(8..16).and_then(|long| <[u8; 8]>::try_from(long).ok())) {
                (1, Some(long)) => (true, u64::from_be_bytes(long)),
                (0, _) => (false, parent.end - at),
                (size, _) => (false, size),
            };
            let body = at + if long { 16 } else { 8 };
            let end = at.saturating_add(size);
            if end < body {
                // Zeros fill up some atoms; whatever it is, nothing behind it can be found.
                break;
            }
            let atom = Atom { name: *name, at, body, end: end.min(parent.end) };
            if end > parent.end {
                self.patches.push(resized(atom, long));
            }
            found.push(atom);
            at = end;
        }
        found
    }

    /// The tracks of a movie: those with sound stay.
    fn movie(&mut self, movie: Atom) {
        let mut freed = Vec::new();
        let mut extends = Vec::new();
        let atoms = self.children(movie);
        for atom in &atoms {
            match &atom.name {
                b"mvhd" => self.movie_hz = self.behind_times(*atom).unwrap_or(0),
                b"udta" => self.tags(*atom),
                _ => {}
            }
        }
        for atom in atoms {
            match &atom.name {
                b"trak" if self.track(atom) => self.sounds += 1,
                b"trak" => {
                    freed.extend(self.track_number(atom));
                    self.free(atom);
                }
                b"udta" | b"meta" | b"uuid" | b"iods" => self.free(atom),
                b"mvex" => extends.push(atom),
                _ => {}
            }
        }
        for extend in extends {
            for atom in self.children(extend) {
                if atom.name == *b"trex" && self.u32_at(atom.body + 4).is_some_and(|number| freed.contains(&number)) {
                    self.free(atom);
                }
            }
        }
    }

    fn track_number(&mut self, track: Atom) -> Option<u32> {
        let head = self.children(track).into_iter().find(|atom| atom.name == *b"tkhd")?;
        self.behind_times(head)
    }

    /// What follows the times in a head: the number of a track, or the ticks a second of a movie or of a track.
    fn behind_times(&mut self, head: Atom) -> Option<u32> {
        let long = self.source.peek(head.body, 1).first() == Some(&1);
        self.u32_at(head.body + if long { 20 } else { 12 })
    }

    /// Looks in the tags for how much of the sound is only its encoder's.
    fn tags(&mut self, tags: Atom) {
        let mut todo = vec![tags];
        while let Some(parent) = todo.pop() {
            for mut atom in self.children(parent) {
                match &atom.name {
                    b"meta" => {
                        // With version and flags, or as QuickTime writes it.
                        let is_full = self.source.peek(atom.body + 4, 4) != b"hdlr";
                        atom.body += if is_full { 4 } else { 0 };
                        todo.push(atom);
                    }
                    b"ilst" => todo.push(atom),
                    b"----" => {
                        let bytes = self.source.peek(atom.body, edit::MOST_TAG);
                        self.tagged = self.tagged.or_else(|| edit::Tag::of(&bytes));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Whether a track has sound that may be decoded. Corrects its tables.
    fn track(&mut self, track: Atom) -> bool {
        let mut is_sound = false;
        let mut track_hz = 0;
        let mut listed = None;
        let mut todo = vec![(track, 0)];
        while let Some((parent, depth)) = todo.pop() {
            for atom in self.children(parent) {
                match &atom.name {
                    b"mdia" | b"minf" | b"stbl" | b"edts" if depth < DEEPEST => todo.push((atom, depth + 1)),
                    b"mdhd" => track_hz = self.behind_times(atom).unwrap_or(0),
                    b"elst" => listed = edit::List::of(&self.source.peek(atom.body, edit::MOST_LIST)),
                    b"hdlr" => is_sound |= self.source.peek(atom.body + 8, 4) == b"soun",
                    b"udta" | b"meta" | b"uuid" | b"tref" => self.free(atom),
                    b"stsd" => self.description(atom),
                    b"stsz" if self.u32_at(atom.body + 4) != Some(0) => {}
                    b"stsz" => self.table(atom, 8, 4),
                    b"stco" | b"stss" => self.table(atom, 4, 4),
                    b"stts" | b"ctts" | b"co64" => self.table(atom, 4, 8),
                    b"stsc" => self.table(atom, 4, 12),
                    _ => {}
                }
            }
        }
        let plays = is_sound && self.strange.is_none();
        if plays && let Some(number) = self.track_number(track) {
            let listed = listed.map(|list| list.edit(number, self.movie_hz, track_hz));
            let tagged = self.tagged.map(|tag| tag.edit(number, track_hz));
            self.edits.extend(tagged.into_iter().chain(listed));
        }
        plays
    }

    /// What the sound is encoded as, where that is known not to be played.
    fn description(&mut self, atom: Atom) {
        self.strange = match self.source.peek(atom.body + 12, 4).first_chunk::<4>() {
            Some(b"drms") => Some("it is protected against copying; only Apple's own players may play it"),
            Some(b"ac-3" | b"ec-3" | b"ac-4") => Some("Dolby Digital can't be played here"),
            Some(b"samr" | b"sawb") => Some("AMR, a format of telephones, can't be played here"),
            Some(b"enca") => Some("it is encrypted"),
            _ => None,
        };
    }

    /// Holds the count of a table, which lies `count` bytes into it, against the room for its entries.
    fn table(&mut self, atom: Atom, count: u64, width: u64) {
        let room = (atom.end - atom.body).saturating_sub(count + 4) / width;
        if let (Some(told), Ok(room)) = (self.u32_at(atom.body + count), u32::try_from(room))
            && told > room
        {
            self.patches.push(Patch { at: atom.body + count, bytes: room.to_be_bytes().to_vec() });
        }
    }
}

/// The size of an atom whose own leads out of its parent.
fn resized(atom: Atom, long: bool) -> Patch {
    let size = atom.end - atom.at;
    if long {
        return Patch { at: atom.at + 8, bytes: size.to_be_bytes().to_vec() };
    }
    let bytes = u32::try_from(size).unwrap_or(0).to_be_bytes().to_vec();
    Patch { at: atom.at, bytes }
}
