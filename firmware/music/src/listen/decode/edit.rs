//! What is to be heard of a track of MP4: its encoder fills up with silence in front of the music and behind it.

use std::ops::Range;

/// Bytes of an edit list and of a tag that are read.
pub(super) const MOST_LIST: usize = 1 << 10;
pub(super) const MOST_TAG: usize = 1 << 10;

/// By how many ticks a tag may be wrong about the length of the track: a packet and a half.
const SLACK: u64 = 3_072;

/// What is to be heard, in ticks of the track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) track: u32,
    /// Ticks a second.
    track_hz: u32,
    pub(super) start: u64,
    /// `None` at the end of the track.
    end: Option<u64>,
    /// How long the track has to be for this to be believed.
    all: Option<u64>,
}

impl Edit {
    /// Whether it can be meant for a track of this length, which is 0 where that isn't known.
    pub(super) fn fits(&self, length: u64) -> bool {
        let is_long_enough = length == 0 || self.start < length;
        is_long_enough && self.all.is_none_or(|all| all.abs_diff(length) <= SLACK)
    }

    pub(super) fn length(&self, length: u64) -> u64 {
        self.end.map_or(length, |end| end.min(length)).saturating_sub(self.start)
    }

    pub(super) fn is_over(&self, at: u64) -> bool {
        self.end.is_some_and(|end| at >= end)
    }

    /// How many ticks are to be heard of a packet that lasts `ticks` from `at` on.
    pub(super) fn heard_ticks(&self, at: u64, ticks: u64) -> u64 {
        let end = self.end.unwrap_or(u64::MAX).min(at.saturating_add(ticks));
        end.saturating_sub(self.start.max(at))
    }

    /// Which of `frames` are to be heard that begin at `at`, at `rate_hz`. A last packet may have more than it is said to last.
    pub(super) fn heard(&self, at: u64, frames: usize, rate_hz: u32) -> Range<usize> {
        let place = |tick: u64| {
            let frame = u128::from(tick.saturating_sub(at)) * u128::from(rate_hz) / u128::from(self.track_hz.max(1));
            usize::try_from(frame).unwrap_or(frames).min(frames)
        };
        let start = place(self.start);
        let end = self.end.map_or(frames, place);
        start..end.max(start)
    }
}

/// An edit list of one piece (ISO/IEC 14496-12, 8.6.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct List {
    start: u64,
    /// In ticks of the movie; 0 for all.
    length: u64,
}

impl List {
    /// From the body of the atom. `None` for what puts several pieces together or changes the speed.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        let (version, count) = (*body.first()?, u32::from_be_bytes(*body.get(4..)?.first_chunk()?));
        let width = if version == 1 { 20 } else { 12 };
        let entries = body[8..].chunks_exact(width).take(usize::try_from(count).ok()?);
        let mut found = None;
        for entry in entries {
            let number = |at: usize| match version {
                1 => Some(u64::from_be_bytes(*entry.get(8 * at..)?.first_chunk()?)),
                _ => Some(u64::from(u32::from_be_bytes(*entry.get(4 * at..)?.first_chunk()?))),
            };
            let (length, start) = (number(0)?, number(1)?);
            let is_pause = start == if version == 1 { u64::MAX } else { u64::from(u32::MAX) };
            if is_pause {
                continue;
            }
            if found.is_some() || entry[width - 4..] != [0, 1, 0, 0] {
                return None;
            }
            found = Some(Self { start, length });
        }
        found
    }

    pub(super) fn edit(self, track: u32, movie_hz: u32, track_hz: u32) -> Edit {
        let movie_hz = u128::from(movie_hz);
        let ticks = (u128::from(self.length) * u128::from(track_hz) + movie_hz / 2).checked_div(movie_hz);
        let length = ticks.and_then(|ticks| u64::try_from(ticks).ok()).filter(|ticks| *ticks > 0);
        let end = length.and_then(|length| self.start.checked_add(length));
        Edit { track, track_hz, start: self.start, end, all: None }
    }
}

/// What iTunes and its like write as `iTunSMPB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    delay: u64,
    padding: u64,
    frames: u64,
}

impl Tag {
    /// From the body of an atom `----`.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        let name = b"iTunSMPB";
        let named = body.windows(name.len()).position(|bytes| bytes == name)?;
        let data = body[named..].windows(4).position(|bytes| bytes == b"data")?;
        let text = std::str::from_utf8(body.get(named + data + 12..)?).ok()?;
        let mut words = text.split_ascii_whitespace().map(|word| u64::from_str_radix(word, 16).ok());
        let (_, delay, padding, frames) = (words.next()??, words.next()??, words.next()??, words.next()??);
        (frames > 0).then_some(Self { delay, padding, frames })
    }

    pub(super) fn edit(self, track: u32, track_hz: u32) -> Edit {
        let end = self.delay.saturating_add(self.frames);
        Edit { track, track_hz, start: self.delay, end: Some(end), all: Some(end.saturating_add(self.padding)) }
    }
}
