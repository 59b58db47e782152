//! From the start of a picture to its end, segment by segment (ITU-T T.81, annex B).

use super::bits::{Bits, Fault, Table, USUAL};
use super::scan::{Component, Header, Scan};
use super::{DEFINE_HUFFMAN_TABLES, JpegError};
use crate::frame::index;

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const DEFINE_RESTART_INTERVAL: u8 = 0xDD;

/// Scans of a progressive picture at most; encoders make some ten.
const MOST_SCANS: u32 = 100;
/// Blocks of a progressive picture at most, as each is remembered: 80 million pixels without subsampling.
const MOST_BLOCKS: u64 = 4 << 20;

pub(super) struct Picture {
    pub(super) scan: usize,
    /// Where it ends, behind its end marker if it has one.
    pub(super) end: usize,
    pub(super) has_end: bool,
    /// Class and slot of each Huffman table that it uses and does not bring.
    pub(super) lacking: Vec<(u8, u8)>,
}

/// A picture that is not.
pub(super) struct Stop {
    pub(super) error: JpegError,
    /// From where another may be looked for; `None` when all there is belongs to this one.
    pub(super) at: Option<usize>,
}

#[derive(Default)]
struct Reader {
    header: Option<Header>,
    /// By class and slot.
    tables: [[Option<Table>; 4]; 2],
    lacking: Vec<(u8, u8)>,
    interval: u32,
    scan: Option<usize>,
    scans: u32,
}

pub(super) fn picture(bytes: &[u8], start: usize) -> Result<Picture, Stop> {
    let mut reader = Reader::default();
    let mut at = start + 2;
    loop {
        let (marker, behind) = match next_marker(bytes, at) {
            Some((END_OF_IMAGE, behind)) if reader.is_complete() => return Ok(reader.ending(behind, true)),
            Some((START_OF_IMAGE, _)) | None if reader.is_final() => return Ok(reader.ending(at, false)),
            Some((END_OF_IMAGE | START_OF_IMAGE, behind)) => {
                return Err(Stop { error: JpegError::Cut, at: Some(behind - 2) });
            }
            None => return Err(Stop { error: JpegError::Cut, at: None }),
            Some(found) => found,
        };
        let length = bytes.get(behind..behind + 2).map_or(0, |it| u16::from_be_bytes([it[0], it[1]]).into());
        let Some(segment) = (length >= 2).then(|| bytes.get(behind + 2..behind + length)).flatten() else {
            // A segment that is longer than all there is holds what follows: a thumbnail is not the picture.
            return if reader.is_final() {
                Ok(reader.ending(at, false))
            } else {
                Err(Stop { error: JpegError::Cut, at: None })
            };
        };
        at = behind + length;
        let understood = match marker {
            0xC0..=0xC2 => reader.frame(segment, marker == 0xC2),
            DEFINE_HUFFMAN_TABLES => reader.huffman(segment),
            0xC3 | 0xC5..=0xCF => Err(Odd::Unknown),
            DEFINE_RESTART_INTERVAL => {
                reader.interval = segment.first_chunk().map_or(0, |it| u16::from_be_bytes(*it).into());
                Ok(())
            }
            START_OF_SCAN => {
                reader.scan.get_or_insert(behind - 2);
                let mut bits = Bits::new(bytes, at);
                let walked = reader.scan(segment, &mut bits);
                at = bits.position();
                walked
            }
            _ => Ok(()),
        };
        match understood {
            Ok(()) if reader.is_final() && !reader.is_progressive() => {
                let end = next_marker(bytes, at).filter(|(marker, _)| *marker == END_OF_IMAGE);
                return Ok(reader.ending(end.map_or(at, |(_, behind)| behind), end.is_some()));
            }
            Ok(()) => {}
            Err(Odd::Unknown) => return as_it_is(bytes, start),
            Err(Odd::Fault(fault)) => {
                let error = if fault == Fault::Short { JpegError::Cut } else { JpegError::Damaged };
                return Err(Stop { error, at: Some(at) });
            }
        }
    }
}

/// Why a segment is not gone through.
enum Odd {
    Fault(Fault),
    /// A form that is not walked through here.
    Unknown,
}

/// What only a decoder can judge, with an end marker at least.
fn as_it_is(bytes: &[u8], start: usize) -> Result<Picture, Stop> {
    let ends = bytes[start..].windows(2).any(|pair| pair == [0xFF, END_OF_IMAGE]);
    let picture = Picture { scan: start, end: bytes.len(), has_end: true, lacking: Vec::new() };
    if ends { Ok(picture) } else { Err(Stop { error: JpegError::Cut, at: None }) }
}

/// The next marker that stands for a segment, a start or an end, and where it is over; bytes before it are passed over.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF);
    let at = from + bytes.get(from..)?.windows(2).position(is_marker)?;
    Some((bytes[at + 1], at + 2))
}

impl Reader {
    fn is_progressive(&self) -> bool {
        self.header.as_ref().is_some_and(|header| header.progressive)
    }

    /// Whether there is something to see of each component.
    fn is_complete(&self) -> bool {
        self.header.as_ref().is_some_and(|header| header.components.iter().all(|it| it.seen))
    }

    /// Whether nothing can follow but the end.
    fn is_final(&self) -> bool {
        self.header.as_ref().is_some_and(|header| header.components.iter().all(|it| it.exact == u64::MAX))
    }

    fn ending(self, end: usize, has_end: bool) -> Picture {
        Picture { scan: self.scan.unwrap_or(end), end, has_end, lacking: self.lacking }
    }

    fn frame(&mut self, segment: &[u8], progressive: bool) -> Result<(), Odd> {
        const DAMAGED: Odd = Odd::Fault(Fault::Code);
        let [precision, high, low, wide, narrow, count, rest @ ..] = segment else { return Err(DAMAGED) };
        let (height, width) = (u16::from_be_bytes([*high, *low]).into(), u16::from_be_bytes([*wide, *narrow]).into());
        let parts = rest.as_chunks::<3>().0;
        let fits = |[_, sides, _]: &[u8; 3]| matches!((sides >> 4, sides & 15), (1..=4, 1..=4));
        let sound = parts.len() == usize::from(*count) && (1..=4).contains(&parts.len()) && parts.iter().all(fits);
        if !sound || width == 0 || self.header.is_some() {
            return Err(DAMAGED);
        }
        if *precision != 8 || height == 0 {
            return Err(Odd::Unknown);
        }
        let component = |[id, sides, _]: &[u8; 3]| Component {
            id: *id,
            across: u32::from(sides >> 4),
            down: u32::from(sides & 15),
            seen: false,
            exact: 0,
            history: Vec::new(),
        };
        let mut header = Header { width, height, progressive, components: parts.iter().map(component).collect() };
        if let [grey] = header.components.as_mut_slice() {
            // With one component there are no units of more than one block.
            (grey.across, grey.down) = (1, 1);
        }
        if progressive {
            let (columns, rows) = header.units();
            let blocks = |it: &Component| u64::from(columns * it.across) * u64::from(rows * it.down);
            if header.components.iter().map(blocks).sum::<u64>() > MOST_BLOCKS {
                return Err(Odd::Unknown);
            }
            for component in &mut header.components {
                component.history = vec![0; index(columns * component.across) * index(rows * component.down)];
            }
        }
        self.header = Some(header);
        Ok(())
    }

    fn huffman(&mut self, mut segment: &[u8]) -> Result<(), Odd> {
        const DAMAGED: Odd = Odd::Fault(Fault::Code);
        while let [kind, rest @ ..] = segment {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(DAMAGED)?;
            let symbols: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols).ok_or(DAMAGED)?;
            let (class, slot) = (usize::from(kind >> 4), usize::from(kind & 15));
            let place = self.tables.get_mut(class).and_then(|slots| slots.get_mut(slot)).ok_or(DAMAGED)?;
            *place = Some(Table::new(*counts, symbols).ok_or(DAMAGED)?);
            segment = rest;
        }
        Ok(())
    }

    /// Fills in the usual table where a scan uses one that the picture does not bring.
    fn need(&mut self, class: u8, slot: u8) -> Result<(), Odd> {
        let known = self.tables.get_mut(usize::from(class)).and_then(|slots| slots.get_mut(usize::from(slot)));
        let place = known.ok_or(Odd::Fault(Fault::Code))?;
        if place.is_none() {
            let usual = USUAL.iter().find(|it| (it.class, it.slot) == (class, slot));
            *place = usual.and_then(|it| Table::new(it.counts, it.symbols));
            self.lacking.push((class, slot));
        }
        Ok(())
    }

    fn scan(&mut self, segment: &[u8], data: &mut Bits<'_>) -> Result<(), Odd> {
        const DAMAGED: Odd = Odd::Fault(Fault::Code);
        self.scans += 1;
        let progressive = self.is_progressive();
        let [count, rest @ ..] = segment else { return Err(DAMAGED) };
        let (parts, rest) = rest.split_at_checked(2 * usize::from(*count)).ok_or(DAMAGED)?;
        let (&[from, to, bits], _) = rest.split_first_chunk().ok_or(DAMAGED)?;
        let (bits_before, bits_after) = (bits >> 4, bits & 15);
        let (from, to) = if progressive { (u32::from(from), u32::from(to).min(63)) } else { (0, 63) };
        let refines = progressive && bits_before > 0;
        if self.scans > MOST_SCANS || parts.is_empty() {
            return Err(DAMAGED);
        }
        for [_, slots] in parts.as_chunks::<2>().0 {
            if !progressive || (from == 0 && !refines) {
                self.need(0, slots >> 4)?;
            }
            if from > 0 || !progressive {
                self.need(1, slots & 15)?;
            }
        }
        let Self { header, tables: [dc, ac], interval, .. } = self;
        let header = header.as_mut().ok_or(DAMAGED)?;
        let part = |[id, slots]: &[u8; 2]| {
            let place = header.components.iter().position(|it| it.id == *id)?;
            Some((place, at(dc, slots >> 4), at(ac, slots & 15)))
        };
        let parts: Option<Vec<_>> = parts.as_chunks::<2>().0.iter().map(part).collect();
        let scan = Scan { parts: parts.ok_or(DAMAGED)?, from, to, refines, interval: *interval };
        scan.walk(header, data).map_err(Odd::Fault)?;
        for (place, ..) in &scan.parts {
            let component = &mut header.components[*place];
            component.seen |= from == 0;
            // Its lowest bits may come in a later scan.
            if bits_after == 0 || !progressive {
                component.exact |= (from..=to).fold(0, |all, at| all | 1 << at);
            }
        }
        Ok(())
    }
}

fn at(tables: &[Option<Table>; 4], slot: u8) -> Option<&Table> {
    tables.get(usize::from(slot))?.as_ref()
}
