//! Matrix products on the instructions this machine has, found when the program runs.
//!
//! Rows of 16-bit numbers times panels of 16-bit weights give 32-bit sums. A panel holds the weights of [`Machine::PANEL`]
//! output channels; of each [`DEPTH`] of its rows, [`Machine::PAIRED`] ones stand side by side, as the machine's multiply
//! and add reads them.

#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
mod cast;
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
pub(crate) use cast::cast;
#[cfg(target_arch = "aarch64")]
mod neon;
mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::lanes::Sums;

/// Rows and panels are read in steps of this depth, and padded to a multiple of it.
pub(crate) const DEPTH: usize = 8;

/// A set of instructions to multiply with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instructions(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain(plain::Plain),
    #[cfg(target_arch = "aarch64")]
    Neon(neon::Neon),
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    #[cfg(target_arch = "x86_64")]
    Vnni(x86::Vnni),
}

impl Instructions {
    /// Those of this machine, the fastest first; plain Rust is always the last.
    #[must_use]
    pub fn found() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        found.extend(x86::Vnni::find().map(Kind::Vnni).into_iter().chain(x86::Avx2::find().map(Kind::Avx2)));
        #[cfg(target_arch = "aarch64")]
        found.extend(neon::Neon::find().map(Kind::Neon));
        found.push(Kind::Plain(plain::Plain));
        found.into_iter().map(Self).collect()
    }

    /// The fastest of this machine.
    #[must_use]
    pub fn best() -> Self {
        Self::found().first().copied().unwrap_or(Self(Kind::Plain(plain::Plain)))
    }

    /// Their name: `avx512vnni`, `avx2`, `neon`, `plain`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Kind::Plain(_) => "plain",
            #[cfg(target_arch = "aarch64")]
            Kind::Neon(_) => "neon",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Vnni(_) => "avx512vnni",
        }
    }

    pub(crate) fn run(self, work: impl Work) {
        match self.0 {
            Kind::Plain(machine) => machine.run(work),
            #[cfg(target_arch = "aarch64")]
            Kind::Neon(machine) => machine.run(work),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(machine) => machine.run(work),
            #[cfg(target_arch = "x86_64")]
            Kind::Vnni(machine) => machine.run(work),
        }
    }
}

/// Something to do on a machine.
pub(crate) trait Work {
    fn run<M: Machine>(self, machine: M);
}

/// A machine's way to multiply. A value of a type exists only where the machine has its instructions.
pub(crate) trait Machine: Copy {
    /// Output channels of a panel.
    const PANEL: usize;
    /// Depths whose weights stand side by side for each output channel.
    const PAIRED: usize;
    /// Most rows that are multiplied at once: 9, 8 or 4, as many as the registers hold.
    const ROWS: usize;
    /// Panels that are multiplied at once: 1 or 2.
    const PANELS: usize;
    /// The register sums are read into.
    type Sums: Sums;

    /// Does `work` compiled for the machine's instructions.
    fn run<W: Work>(self, work: W);

    /// The sums of `ROWS` rows and `PANELS` panels.
    fn tile<const ROWS: usize, const PANELS: usize>(self, rows: Rows<'_>, panels: &[i16], out: Out<'_>);
}

/// Rows of `depth` numbers, one every `stride`.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) numbers: &'a [i16],
    pub(crate) depth: usize,
    pub(crate) stride: usize,
}

/// Where the sums of rows go: those of a row every `stride`.
pub(crate) struct Out<'a> {
    pub(crate) sums: &'a mut [i32],
    pub(crate) stride: usize,
}

/// `count` rows times `panels`; `out` has for each row the sums of all panels.
#[inline(always)]
pub(crate) fn multiply<M: Machine>(machine: M, rows: Rows<'_>, count: usize, panels: &[i16], out: Out<'_>) {
    let panel = rows.depth * M::PANEL;
    let mut at = 0;
    while at < panels.len() {
        let out = Out { sums: &mut out.sums[at / rows.depth..], stride: out.stride };
        if M::PANELS == 2 && panels.len() - at >= 2 * panel {
            multiply_panels::<M, 2>(machine, rows, count, &panels[at..][..2 * panel], out);
            at += 2 * panel;
        } else {
            multiply_panels::<M, 1>(machine, rows, count, &panels[at..][..panel], out);
            at += panel;
        }
    }
}

#[inline(always)]
fn multiply_panels<M: Machine, const PANELS: usize>(
    machine: M,
    rows: Rows<'_>,
    count: usize,
    panels: &[i16],
    out: Out<'_>,
) {
    let mut done = 0;
    while done < count {
        let rows = Rows { numbers: &rows.numbers[done * rows.stride..], ..rows };
        let out = Out { sums: &mut out.sums[done * out.stride..], stride: out.stride };
        let left = count - done;
        done += if M::ROWS >= 9 && left >= 9 {
            machine.tile::<9, PANELS>(rows, panels, out);
            9
        } else if M::ROWS >= 8 && left >= 8 {
            machine.tile::<8, PANELS>(rows, panels, out);
            8
        } else if left >= 4 {
            machine.tile::<4, PANELS>(rows, panels, out);
            4
        } else {
            machine.tile::<1, PANELS>(rows, panels, out);
            1
        };
    }
}

/// `COUNT` slices of `len` numbers, one every `stride`, in pieces of `PIECE`. Inlined, the compiler knows how long they are.
#[inline(always)]
pub(crate) fn slices<T, const PIECE: usize, const COUNT: usize>(
    numbers: &[T],
    len: usize,
    stride: usize,
) -> [&[[T; PIECE]]; COUNT] {
    let mut slices = [[].as_slice(); COUNT];
    for (at, slice) in slices.iter_mut().enumerate() {
        *slice = &numbers[at * stride..][..len].as_chunks().0[..len / PIECE];
    }
    slices
}

/// A depth rounded up to whole steps.
pub(crate) const fn padded_depth(depth: usize) -> usize {
    depth.next_multiple_of(DEPTH)
}

struct Panels<'a, F> {
    outputs: usize,
    depth: usize,
    weight: F,
    laid_out: &'a mut Vec<i16>,
}

impl<F: Fn(usize, usize) -> i16> Work for Panels<'_, F> {
    fn run<M: Machine>(self, _: M) {
        let depth = padded_depth(self.depth);
        for first in (0..self.outputs).step_by(M::PANEL) {
            for step in (0..depth).step_by(M::PAIRED) {
                for output in first..first + M::PANEL {
                    for at in step..step + M::PAIRED {
                        let inside = output < self.outputs && at < self.depth;
                        self.laid_out.push(if inside { (self.weight)(output, at) } else { 0 });
                    }
                }
            }
        }
    }
}

/// A matrix of weights in panels, padded with zeros.
pub(crate) fn panels(
    instructions: Instructions,
    outputs: usize,
    depth: usize,
    weight: impl Fn(usize, usize) -> i16,
) -> Vec<i16> {
    let mut laid_out = Vec::new();
    instructions.run(Panels { outputs, depth, weight, laid_out: &mut laid_out });
    laid_out
}
