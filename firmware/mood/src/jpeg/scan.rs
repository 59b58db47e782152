//! Walks through a scan of Huffman codes to see whether all blocks are there (ITU-T T.81, F.2 and G.2).

use super::bits::{Bits, Fault, Table};
use crate::frame::index;

/// A component of the picture: luminance, or a colour difference.
#[derive(Debug, Clone)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks of a unit, across and down.
    pub(super) across: u32,
    pub(super) down: u32,
    /// Whether a scan has had its DC coefficients.
    pub(super) seen: bool,
    /// Which coefficients a scan has had to the last bit, a bit each.
    pub(super) exact: u64,
    /// Of a progressive picture: for each block which coefficients are not zero so far, a bit each.
    pub(super) history: Vec<u64>,
}

#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
}

impl Header {
    /// Units across and down; a unit holds the blocks of all components for one square.
    pub(super) fn units(&self) -> (u32, u32) {
        let (across, down) = self.most();
        (self.width.div_ceil(8 * across), self.height.div_ceil(8 * down))
    }

    /// Blocks of a component across and down, where it has a scan of its own.
    fn blocks(&self, component: &Component) -> (u32, u32) {
        let side = |pixels: u32, share: u32, most: u32| (pixels * share).div_ceil(most).div_ceil(8);
        let (across, down) = self.most();
        (side(self.width, component.across, across), side(self.height, component.down, down))
    }

    /// The blocks of a unit across and down, of the component that has most.
    fn most(&self) -> (u32, u32) {
        let most = |of: fn(&Component) -> u32| self.components.iter().map(of).max().unwrap_or(1);
        (most(|it| it.across), most(|it| it.down))
    }
}

pub(super) struct Scan<'a> {
    /// Which components, each with its tables for DC and AC.
    pub(super) parts: Vec<(usize, Option<&'a Table>, Option<&'a Table>)>,
    /// First and last coefficient.
    pub(super) from: u32,
    pub(super) to: u32,
    /// Whether it only adds a bit to what came before.
    pub(super) refines: bool,
    /// Units between two restart markers; 0 for none.
    pub(super) interval: u32,
}

impl Scan<'_> {
    /// Goes through all blocks. Of the last one a part may be missing, as some cameras stop a few bits early.
    pub(super) fn walk(&self, header: &mut Header, bits: &mut Bits<'_>) -> Result<(), Fault> {
        let no_end = |(_, _, ac): &(usize, Option<&Table>, Option<&Table>)| {
            ac.and_then(Table::of_zeros).is_some_and(|symbol| split(symbol).1 > 0)
        };
        if !header.progressive && self.parts.iter().any(no_end) {
            bits.refuse_holes();
        }
        let alone = if let [(part, ..)] = self.parts.as_slice() { Some(*part) } else { None };
        let (columns, rows) = match alone {
            Some(part) => header.blocks(&header.components[part]),
            None => header.units(),
        };
        let (units_across, progressive) = (header.units().0, header.progressive);
        let (mut run, mut until_restart, mut restarts) = (0, self.interval, 0_u8);
        for row in 0..rows {
            for column in 0..columns {
                if self.interval > 0 && until_restart == 0 {
                    match bits.restart(restarts % 8) {
                        Some(Err(fault)) => return Err(fault),
                        Some(Ok(())) => run = 0,
                        None => {}
                    }
                    (until_restart, restarts) = (self.interval, restarts.wrapping_add(1));
                }
                until_restart = until_restart.saturating_sub(1);
                let is_last_unit = row + 1 == rows && column + 1 == columns;
                for (place, (part, dc, ac)) in self.parts.iter().enumerate() {
                    let component = &mut header.components[*part];
                    let (across, down) = if alone.is_some() { (1, 1) } else { (component.across, component.down) };
                    let line = index(units_across * component.across);
                    for block in 0..across * down {
                        let (x, y) = (column * across + block % across, row * down + block / across);
                        let mut none = 0;
                        let known = component.history.get_mut(index(y) * line + index(x)).unwrap_or(&mut none);
                        let walked = if progressive {
                            self.progressive(bits, *dc, *ac, known, &mut run)
                        } else {
                            sequential(bits, *dc, *ac)
                        };
                        let is_last = is_last_unit && place + 1 == self.parts.len() && block + 1 == across * down;
                        match walked {
                            Err(Fault::Short) if is_last => {}
                            walked => walked?,
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn progressive(
        &self,
        bits: &mut Bits<'_>,
        dc: Option<&Table>,
        ac: Option<&Table>,
        known: &mut u64,
        run: &mut u32,
    ) -> Result<(), Fault> {
        if self.from == 0 {
            let length = if self.refines { 1 } else { bits.symbol(dc.ok_or(Fault::Code)?)?.min(16).into() };
            return bits.take(length).map(drop);
        }
        let ac = ac.ok_or(Fault::Code)?;
        let mut at = self.from;
        while *run == 0 && at <= self.to {
            let (zeros, length) = split(bits.symbol(ac)?);
            if length == 0 && zeros < 15 {
                // The block ends, and so do the next ones.
                *run = (1 << zeros) + bits.take(zeros)?;
                break;
            }
            if self.refines {
                if length > 0 {
                    bits.take(1)?;
                }
                at = pass(bits, *known, at, self.to, zeros)?;
            } else {
                bits.take(length)?;
                at += zeros;
            }
            if length > 0 {
                *known |= 1_u64.checked_shl(at).unwrap_or(0);
            }
            at += 1;
        }
        if *run > 0 {
            *run -= 1;
            if self.refines {
                pass(bits, *known, at, self.to, u32::MAX)?;
            }
        }
        Ok(())
    }
}

/// Goes over `zeros` coefficients that are zero so far, taking a bit for each that isn't, to the next that is.
fn pass(bits: &mut Bits<'_>, known: u64, mut at: u32, to: u32, mut zeros: u32) -> Result<u32, Fault> {
    while at <= to {
        if (known >> at) & 1 == 1 {
            bits.take(1)?;
        } else if zeros == 0 {
            break;
        } else {
            zeros -= 1;
        }
        at += 1;
    }
    Ok(at)
}

fn sequential(bits: &mut Bits<'_>, dc: Option<&Table>, ac: Option<&Table>) -> Result<(), Fault> {
    let (Some(dc), Some(ac)) = (dc, ac) else { return Err(Fault::Code) };
    let length = bits.symbol(dc)?;
    bits.take(length.min(16).into())?;
    let mut at = 1;
    while at < 64 {
        let (zeros, length) = split(bits.symbol(ac)?);
        if length == 0 && zeros < 15 {
            break;
        }
        bits.take(length)?;
        at += zeros + 1;
    }
    Ok(())
}

/// The two halves of a symbol: how many zeros come first, and bits of the value after them.
const fn split(symbol: u8) -> (u32, u32) {
    #[expect(clippy::as_conversions, reason = "`From` is not const; u8 fits u32")]
    let symbol = symbol as u32;
    (symbol >> 4, symbol & 15)
}
