//! TIFFs that the decoder can't take, told from their tags.

use std::io::Cursor;
use tiff::decoder::{ChunkType, Decoder};
use tiff::tags::{PlanarConfiguration, Tag};

/// Refuses tiles with their samples in planes: the decoder panics on them (tiff 0.11.3).
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    // What it can't read at all is told by whoever decodes it.
    let Ok(mut decoder) = Decoder::new(Cursor::new(bytes)) else { return Ok(()) };
    let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten();
    let planar = planar.and_then(PlanarConfiguration::from_u16) == Some(PlanarConfiguration::Planar);
    if planar && decoder.get_chunk_type() == ChunkType::Tile {
        return Err("it is a TIFF of tiles with each colour apart, which is not supported".into());
    }
    Ok(())
}
