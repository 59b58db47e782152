//! 3x3 convolutions by Winograd's F(2x2, 3x3): 16 products for 4 outputs in the place of 36 (Lavin and Gray, *Fast
//! Algorithms for Convolutional Neural Networks*, 2015, <https://arxiv.org/abs/1509.09308>). The weights' transform is
//! doubled along each axis, so that all numbers are integers: the sums come out four times too large, and exact.

use crate::Geometry;
use crate::lanes::{Lanes16, NARROW, Sums};
use crate::layer::{Layer, Run, room};
use crate::machine::{Instructions, Machine, Out, Rows, multiply, padded_depth, panels, slices};
use crate::requantise::Requantise;

/// Products of a tile of 2x2 outputs.
const PRODUCTS: usize = 16;

/// Fewest input channels for which the transforms pay.
const FEWEST_CHANNELS: usize = 1;

/// Room for the transformed tiles and their sums, in bytes: about what a first cache holds.
const CHUNK: usize = 32 << 10;

/// Whether a convolution whose sums are at most `largest` can be computed so.
pub(crate) fn suits(geometry: &Geometry, largest: i64) -> bool {
    let Geometry { kernel, strides, dilations, groups, input_channels, .. } = geometry;
    let plain = *kernel == [3, 3] && *strides == [1, 1] && *dilations == [1, 1] && *groups == 1;
    plain && *input_channels >= FEWEST_CHANNELS && largest <= i64::from(i32::MAX) / 4
}

/// The transformed weights: for each product the panels of all output channels.
pub(crate) fn weights(geometry: &Geometry, weights: &[i16], instructions: Instructions) -> Vec<i16> {
    let (outputs, inputs) = (geometry.output_channels, geometry.input_channels);
    let transformed: Vec<[i16; PRODUCTS]> = weights.as_chunks::<9>().0.iter().map(transform_weights).collect();
    let product =
        |at: usize| panels(instructions, outputs, inputs, |output, input| transformed[output * inputs + input][at]);
    (0..PRODUCTS).flat_map(product).collect()
}

/// `2G g (2G)'` of a 3x3 kernel: at most nine times 255.
fn transform_weights(kernel: &[i16; 9]) -> [i16; PRODUCTS] {
    let line = |[a, b, c]: [i16; 3]| [2 * a, a + b + c, a - b + c, 2 * c];
    let [a, b, c] = [0, 3, 6].map(|row| line([kernel[row], kernel[row + 1], kernel[row + 2]]));
    let mut transformed = [0; PRODUCTS];
    for column in 0..4 {
        for (row, value) in line([a[column], b[column], c[column]]).into_iter().enumerate() {
            transformed[row * 4 + column] = value;
        }
    }
    transformed
}

/// Where the tiles lie.
struct Tiles {
    /// Tiles down and across.
    across: [usize; 2],
    /// Bytes of a padded pixel, row and picture.
    pixel: usize,
    row: usize,
    picture: usize,
}

impl Tiles {
    fn new(out: [usize; 2], channels: usize) -> Self {
        let across = out.map(|side| side.div_ceil(2));
        let pixel = padded_depth(channels);
        let row = (2 * across[1] + 2) * pixel;
        Self { across, pixel, row, picture: (2 * across[0] + 2) * row }
    }

    /// Picture, and row and column of its tiles.
    #[inline(always)]
    const fn place(&self, tile: usize) -> [usize; 3] {
        let [down, across] = self.across;
        [tile / (down * across), tile / across % down, tile % across]
    }
}

#[inline(always)]
pub(crate) fn run<M: Machine>(machine: M, run: Run<'_>, weights: &[i16]) {
    let Run { layer, input, size, out, output, scratch } = run;
    let tiles = Tiles::new(out, layer.geometry.input_channels);
    let padded = room(&mut scratch.padded, size[0] * tiles.picture);
    pad(layer, input, size, &tiles, padded);
    let (depth, width) = (tiles.pixel, weights.len() / PRODUCTS / tiles.pixel);
    let all = size[0] * tiles.across[0] * tiles.across[1];
    let chunk = (CHUNK / (PRODUCTS * (2 * depth + 4 * width))).next_multiple_of(9).min(all);
    let rows = room(&mut scratch.rows, PRODUCTS * chunk * depth);
    let sums = room(&mut scratch.sums, PRODUCTS * chunk * width);
    for first in (0..all).step_by(chunk.max(1)) {
        let count = chunk.min(all - first);
        for (tile, rows) in rows.chunks_exact_mut(PRODUCTS * depth).take(count).enumerate() {
            let [picture, down, across] = tiles.place(first + tile);
            let at = picture * tiles.picture + 2 * down * tiles.row + 2 * across * tiles.pixel;
            transform_input(&padded[at..], &tiles, layer.input_zero, rows);
        }
        for (product, weights) in weights.chunks_exact(depth * width).enumerate() {
            let rows = Rows { numbers: &rows[product * depth..], depth, stride: PRODUCTS * depth };
            let out = Out { sums: &mut sums[product * width..], stride: PRODUCTS * width };
            multiply(machine, rows, count, weights, out);
        }
        for (tile, sums) in sums.chunks_exact(PRODUCTS * width).take(count).enumerate() {
            let place = Place { at: tiles.place(first + tile), out, channels: layer.geometry.output_channels };
            transform_output::<M::Sums>(sums, &place, &layer.requantise, output);
        }
    }
}

/// Copies the input into a frame of its zero point, each pixel padded to a whole step of depth.
fn pad(layer: &Layer, input: &[u8], [batch, height, width]: [usize; 3], tiles: &Tiles, padded: &mut [u8]) {
    let channels = layer.geometry.input_channels;
    let [top, left, ..] = layer.geometry.pads;
    padded.fill(layer.input_zero);
    // A last row or column that no output needs is left out.
    let rows = height.min((tiles.picture / tiles.row).saturating_sub(top));
    let columns = width.min((tiles.row / tiles.pixel).saturating_sub(left));
    for picture in 0..batch {
        for row in 0..rows {
            let from = &input[(picture * height + row) * width * channels..][..columns * channels];
            let to = &mut padded[picture * tiles.picture + (row + top) * tiles.row + left * tiles.pixel..];
            for (to, from) in to.chunks_exact_mut(tiles.pixel).zip(from.chunks_exact(channels)) {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = from ^ layer.input_flip;
                }
            }
        }
    }
}

/// `B' d` of four numbers.
#[inline(always)]
fn transform_input_line([a, b, c, d]: [Lanes16; 4]) -> [Lanes16; 4] {
    [a.minus(c), b.plus(c), c.minus(b), b.minus(d)]
}

/// `B' d B` of the 4x4 pixels at the beginning of `pixels`; `out` has a row of channels for each product.
#[inline(always)]
fn transform_input(pixels: &[u8], tiles: &Tiles, zero: u8, out: &mut [i16]) {
    // The zero point cancels out in all products but one, in which all four numbers are added.
    let zero = Lanes16::splat(4 * i16::from(zero));
    let depth = tiles.pixel;
    let mut lines = [[[].as_slice(); 4]; 4];
    for (row, line) in lines.iter_mut().enumerate() {
        *line = slices::<u8, NARROW, 4>(&pixels[row * tiles.row..], depth, depth);
    }
    let count = depth / NARROW;
    let mut out = out.as_chunks_mut::<NARROW>().0.chunks_exact_mut(count.max(1));
    let mut planes: [&mut [[i16; NARROW]]; PRODUCTS] = Default::default();
    for plane in &mut planes {
        *plane = &mut out.next().unwrap_or_default()[..count];
    }
    for channel in 0..count {
        let mut columns = [[zero; 4]; 4];
        for (at, column) in columns.iter_mut().enumerate() {
            let [a, b, c, d] = lines;
            *column = transform_input_line([
                Lanes16::widen(a[at][channel]),
                Lanes16::widen(b[at][channel]),
                Lanes16::widen(c[at][channel]),
                Lanes16::widen(d[at][channel]),
            ]);
        }
        let [a, b, c, d] = columns;
        for row in 0..4 {
            let mut line = transform_input_line([a[row], b[row], c[row], d[row]]);
            if row == 1 {
                line[1] = line[1].minus(zero);
            }
            for (at, lanes) in line.into_iter().enumerate() {
                planes[4 * row + at][channel] = lanes.numbers();
            }
        }
    }
}

/// Where the outputs of one tile belong.
struct Place {
    /// Picture, and row and column among its tiles.
    at: [usize; 3],
    /// Height and width of the output.
    out: [usize; 2],
    channels: usize,
}

/// `A' m` of four numbers.
#[inline(always)]
fn transform_output_line<S: Sums>([a, b, c, d]: [S; 4]) -> [S; 2] {
    [a.plus(b).plus(c), b.minus(c).minus(d)]
}

/// `A' M A` of a tile's sums, then bytes.
#[inline(always)]
fn transform_output<S: Sums>(sums: &[i32], place: &Place, requantise: &Requantise, output: &mut [u8]) {
    let &Place { at: [picture, down, across], out: [height, width], channels } = place;
    let count = channels.div_ceil(S::WIDE);
    let mut products = S::pieces(sums).chunks_exact(S::pieces(sums).len() / PRODUCTS);
    let mut planes = [[].as_slice(); PRODUCTS];
    for plane in &mut planes {
        *plane = &products.next().unwrap_or_default()[..count];
    }
    let requantise = requantise.from::<S>(0);
    for channel in 0..count {
        // No closures here: they wouldn't be compiled for the machine.
        let mut half = [[S::new(planes[0][channel]); 2]; 4];
        for (column, half) in half.iter_mut().enumerate() {
            *half = transform_output_line([
                S::new(planes[column][channel]),
                S::new(planes[4 + column][channel]),
                S::new(planes[8 + column][channel]),
                S::new(planes[12 + column][channel]),
            ]);
        }
        let [[a, e], [b, f], [c, g], [d, h]] = half;
        let rows = [transform_output_line([a, b, c, d]), transform_output_line([e, f, g, h])];
        for (below, lanes) in rows.into_iter().enumerate() {
            for (right, lanes) in lanes.into_iter().enumerate() {
                let (y, x) = (2 * down + below, 2 * across + right);
                if y < height && x < width {
                    let at = ((picture * height + y) * width + x) * channels;
                    // The weights were doubled twice.
                    requantise.write(channel, lanes.quarter(), &mut output[at + channel * S::WIDE..at + channels]);
                }
            }
        }
    }
}
