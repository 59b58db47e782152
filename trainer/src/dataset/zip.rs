//! A reader of zip archives, as far as pictures and tables are packed with it: stored and deflated members, no encryption,
//! no zip64. By the layout in PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
//!
//! The crate of that name would switch on features in crates that tract shares, and so have tract built twice.

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom};

const END: [u8; 4] = *b"PK\x05\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// The end record, and the longest comment after it.
const LONGEST_END: u64 = 22 + 65_535;

/// A member, as the directory at the end describes it.
#[derive(Debug)]
pub(super) struct Member {
    /// With slashes, also where Windows wrote backslashes; a folder's name ends with one.
    pub name: String,
    flags: u16,
    method: u16,
    checksum: u32,
    packed: u32,
    size: u32,
    offset: u32,
}

/// The members of an archive, in the order of its directory.
pub(super) fn members(file: &mut File) -> Result<Vec<Member>> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(LONGEST_END);
    let tail = bytes_at(file, start, length - start)?;
    let Some(end) = tail.windows(4).rposition(|bytes| bytes == END).map(|at| &tail[at..]) else {
        return Err(cut("it has no directory at its end"));
    };
    let (count, size, offset) = (half(end, 10)?, word(end, 12)?, word(end, 16)?);
    if count == u16::MAX || offset == u32::MAX {
        return Err(Error::other("it is of the kind zip64"));
    }
    if u64::from(offset) + u64::from(size) > length {
        return Err(cut("its directory lies outside of it"));
    }
    let directory = bytes_at(file, offset.into(), size.into())?;
    let mut members = Vec::new();
    let mut rest = directory.as_slice();
    for _ in 0..count {
        if !rest.starts_with(&ENTRY) {
            return Err(cut("its directory is damaged"));
        }
        let lengths = [half(rest, 28)?, half(rest, 30)?, half(rest, 32)?].map(usize::from);
        let name = rest.get(46..46 + lengths[0]).ok_or_else(|| cut("its directory is damaged"))?;
        members.push(Member {
            name: String::from_utf8_lossy(name).replace('\\', "/"),
            flags: half(rest, 8)?,
            method: half(rest, 10)?,
            checksum: word(rest, 16)?,
            packed: word(rest, 20)?,
            size: word(rest, 24)?,
            offset: word(rest, 42)?,
        });
        rest = rest.get(46 + lengths.iter().sum::<usize>()..).ok_or_else(|| cut("its directory is damaged"))?;
    }
    Ok(members)
}

/// The unpacked bytes of a member; its length and checksum are checked when its end is reached.
pub(super) fn open(file: &mut File, member: &Member) -> Result<impl Read + use<>> {
    if member.flags & 1 == 1 {
        return Err(Error::other("it is encrypted"));
    }
    let local = bytes_at(file, member.offset.into(), 30)?;
    if !local.starts_with(&LOCAL) {
        return Err(cut("a member is not where the directory says"));
    }
    let start = u64::from(member.offset) + 30 + u64::from(half(&local, 26)?) + u64::from(half(&local, 28)?);
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(start))?;
    let packed = BufReader::new(file.take(member.packed.into()));
    let source: Box<dyn Read> = match member.method {
        0 => Box::new(packed),
        8 => Box::new(DeflateDecoder::new(packed)),
        other => return Err(Error::other(format!("it is packed by method {other}, neither stored nor deflated"))),
    };
    Ok(Checked { source, crc: Crc::new(), checksum: member.checksum, size: member.size })
}

struct Checked<R> {
    source: R,
    crc: Crc,
    checksum: u32,
    size: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.source.read(buffer)?;
        self.crc.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && (self.crc.amount(), self.crc.sum()) != (self.size, self.checksum) {
            return Err(cut("a member's checksum differs"));
        }
        Ok(count)
    }
}

fn bytes_at(file: &mut File, start: u64, length: u64) -> Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn half(bytes: &[u8], at: usize) -> Result<u16> {
    let field = bytes.get(at..at + 2).and_then(|field| field.try_into().ok());
    field.map(u16::from_le_bytes).ok_or_else(|| cut("its directory is damaged"))
}

fn word(bytes: &[u8], at: usize) -> Result<u32> {
    let field = bytes.get(at..at + 4).and_then(|field| field.try_into().ok());
    field.map(u32::from_le_bytes).ok_or_else(|| cut("its directory is damaged"))
}

/// What a download that was cut short, or a damaged disk, leaves behind.
fn cut(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}
