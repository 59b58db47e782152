//! Known patterns through each format, against values computed in floating point and by hand.

use super::*;

/// BT.601's own formula, in floating point.
fn expected(range: Range, [luminance, blue, red]: [u8; 3]) -> [u8; 3] {
    let (black, luminance_span, colour_span) = match range {
        Range::Limited => (16.0, 219.0, 224.0),
        Range::Full => (0.0, 255.0, 255.0),
    };
    let y = (f64::from(luminance) - black) / luminance_span;
    let (cb, cr) = ((f64::from(blue) - 128.0) / colour_span, (f64::from(red) - 128.0) / colour_span);
    let parts = [
        y + 2.0 * (1.0 - 0.299) * cr,
        y - 2.0 * (1.0 - 0.114) * 0.114 / 0.587 * cb - 2.0 * (1.0 - 0.299) * 0.299 / 0.587 * cr,
        y + 2.0 * (1.0 - 0.114) * cb,
    ];
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    parts.map(|part| (part * 255.0).round().clamp(0.0, 255.0) as u8)
}

#[test]
fn every_colour_is_within_one_of_the_formula_and_the_ends_are_exact() {
    for range in [Range::Limited, Range::Full] {
        for luminance in (0..=255).step_by(5) {
            for blue in (0..=255).step_by(5) {
                for red in (0..=255).step_by(5) {
                    let found = range.rgb(luminance, blue, red);
                    let wanted = expected(range, [luminance, blue, red]);
                    let far = found.iter().zip(wanted).any(|(a, b)| a.abs_diff(b) > 1);
                    assert!(!far, "{range:?} {luminance} {blue} {red}: {found:?}, wanted {wanted:?}");
                }
            }
        }
    }
    assert_eq!([Range::Limited.rgb(16, 128, 128), Range::Limited.rgb(235, 128, 128)], [[0; 3], [255; 3]]);
    assert_eq!([Range::Full.rgb(0, 128, 128), Range::Full.rgb(255, 128, 128)], [[0; 3], [255; 3]]);
    // 75 % colour bars of a test generator, from the BT.601 tables (16-235).
    let bars = [
        ([180, 128, 128], [191, 191, 191]),
        ([162, 44, 142], [191, 191, 0]),
        ([131, 156, 44], [0, 191, 191]),
        ([112, 72, 58], [0, 191, 0]),
        ([84, 184, 198], [191, 0, 191]),
        ([65, 100, 212], [191, 0, 0]),
        ([35, 212, 114], [0, 0, 191]),
    ];
    for ([luminance, blue, red], wanted) in bars {
        let found = Range::Limited.rgb(luminance, blue, red);
        assert!(found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 1), "{wanted:?}: {found:?}");
    }
}

/// A 4x4 picture whose squares of four pixels have one colour each: luminance by pixel, colours by square.
const LUMINANCE: [[u8; 4]; 4] = [[16, 40, 80, 120], [50, 60, 70, 90], [200, 210, 220, 235], [100, 110, 130, 140]];
const BLUES: [[u8; 2]; 2] = [[100, 128], [140, 212]];
const REDS: [[u8; 2]; 2] = [[212, 128], [60, 114]];

fn colour(row: usize, at: usize) -> [u8; 3] {
    Range::Limited.rgb(LUMINANCE[row][at], BLUES[row / 2][at / 2], REDS[row / 2][at / 2])
}

/// The picture in a format, with `padding` bytes after each line that must not be read.
fn picture(format: RawFormat, padding: usize) -> (usize, Vec<u8>) {
    const JUNK: u8 = 77;
    let pad = |line: Vec<u8>, padding: usize| [line, vec![JUNK; padding]].concat();
    let plane = |lines: Vec<Vec<u8>>, padding: usize| lines.into_iter().flat_map(|line| pad(line, padding)).collect();
    let luminance: Vec<u8> = plane(LUMINANCE.map(|line| line.to_vec()).into(), padding);
    match format {
        RawFormat::Yuyv | RawFormat::Yvyu | RawFormat::Uyvy | RawFormat::Vyuy => {
            let line = |row: usize| {
                let pair = |at: usize| {
                    let [y0, y1] = [LUMINANCE[row][2 * at], LUMINANCE[row][2 * at + 1]];
                    let (u, v) = (BLUES[row / 2][at], REDS[row / 2][at]);
                    match format {
                        RawFormat::Yuyv => [y0, u, y1, v],
                        RawFormat::Yvyu => [y0, v, y1, u],
                        RawFormat::Uyvy => [u, y0, v, y1],
                        _ => [v, y0, u, y1],
                    }
                };
                [pair(0), pair(1)].concat()
            };
            (8 + padding, plane((0..4).map(line).collect(), padding))
        }
        RawFormat::Nv12 | RawFormat::Nv21 => {
            let (first, second) = if format == RawFormat::Nv12 { (BLUES, REDS) } else { (REDS, BLUES) };
            let colours = |row: usize| (0..2).flat_map(|at| [first[row][at], second[row][at]]).collect();
            (4 + padding, [luminance, plane((0..2).map(colours).collect(), padding)].concat())
        }
        RawFormat::I420 | RawFormat::Yv12 => {
            let (first, second) = if format == RawFormat::I420 { (BLUES, REDS) } else { (REDS, BLUES) };
            let half = |values: [[u8; 2]; 2]| plane(values.map(|line| line.to_vec()).into(), padding / 2);
            (4 + padding, [luminance, half(first), half(second)].concat())
        }
        RawFormat::Rgb | RawFormat::Bgr => {
            let order = |[red, green, blue]: [u8; 3]| {
                if format == RawFormat::Rgb { [red, green, blue] } else { [blue, green, red] }
            };
            let line = |row: usize| (0..4).flat_map(|at| order(colour(row, at))).collect();
            (12 + padding, plane((0..4).map(line).collect(), padding))
        }
        RawFormat::Grey => (4 + padding, luminance),
    }
}

fn pixels(frame: &Frame) -> Vec<Vec<u8>> {
    (0..frame.height()).map(|y| frame.line(y).to_vec()).collect()
}

#[test]
fn one_picture_is_the_same_in_every_layout_with_and_without_padding() {
    let wanted: Vec<Vec<u8>> = (0..4).map(|y| (0..4).flat_map(|x| colour(y, x)).collect()).collect();
    for format in RawFormat::ALL.into_iter().filter(|it| *it != RawFormat::Grey) {
        for padding in [0, 6] {
            let (stride, bytes) = picture(format, padding);
            let raw = Raw { width: 4, height: 4, stride, format, range: Range::Limited, bytes: &bytes };
            let frame = raw.to_frame(Flip::default(), Duration::from_millis(5)).unwrap();
            assert_eq!(pixels(&frame), wanted, "{format} with {padding} bytes of padding");
            assert_eq!((frame.format(), frame.timestamp()), (PixelFormat::Rgb, Duration::from_millis(5)));
        }
    }
    let (stride, bytes) = picture(RawFormat::Grey, 6);
    let raw = Raw { width: 4, height: 4, stride, format: RawFormat::Grey, range: Range::Limited, bytes: &bytes };
    assert_eq!(pixels(&raw.to_frame(Flip::default(), Duration::ZERO).unwrap()), LUMINANCE.map(|line| line.to_vec()));
}

#[test]
fn a_frame_is_turned_round_pixel_by_pixel() {
    let bytes: Vec<u8> = (1..=12).collect();
    let turned = |horizontal, vertical| {
        let raw = Raw { width: 2, height: 2, stride: 6, format: RawFormat::Rgb, range: Range::Full, bytes: &bytes };
        pixels(&raw.to_frame(Flip { horizontal, vertical }, Duration::ZERO).unwrap()).concat()
    };
    assert_eq!(turned(false, false), bytes);
    assert_eq!(turned(true, false), [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
    assert_eq!(turned(false, true), [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]);
    assert_eq!(turned(true, true), [10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3]);
}

#[test]
fn odd_sides_take_the_last_colour_they_share() {
    for format in RawFormat::ALL.into_iter().filter(|it| *it != RawFormat::Grey) {
        let stride = format.least_stride(3).next_multiple_of(4);
        let size = format.size(3, 3, stride);
        let bytes = vec![128; size];
        let raw = |bytes| Raw { width: 3, height: 3, stride, format, range: Range::Full, bytes };
        let frame = raw(&bytes).to_frame(Flip::default(), Duration::ZERO).unwrap();
        assert_eq!(pixels(&frame), vec![vec![128; 9]; 3], "{format}");
        assert!(matches!(
            raw(&bytes[1..]).to_frame(Flip::default(), Duration::ZERO),
            Err(FrameError::Short { found, needed, .. }) if needed == size && found == size - 1
        ));
    }
}

#[test]
fn buffers_of_a_wrong_size_are_refused_by_name() {
    let raw = |width, height, stride, bytes| Raw {
        width,
        height,
        stride,
        format: RawFormat::Nv12,
        range: Range::Full,
        bytes,
    };
    let told = |raw: Raw<'_>| raw.to_frame(Flip::default(), Duration::ZERO).unwrap_err().to_string();
    assert_eq!(told(raw(0, 4, 4, &[])), "frame is 0x4 pixels, both sides must be at least 1");
    assert_eq!(told(raw(8, 4, 4, &[0; 99])), "stride is 4 bytes, 8 pixels of NV12 need 8");
    assert_eq!(told(raw(4, 4, 4, &[0; 23])), "frame holds 23 bytes, 4x4 NV12 needs 24");
    assert!(told(raw(u32::MAX, u32::MAX, usize::MAX, &[0; 23])).starts_with("frame holds 23 bytes"));
    assert_eq!(format!("{:?}", raw(4, 4, 4, &[0; 24])), "Raw(4x4 NV12, 24 bytes)", "no pixels in a log");
    assert_eq!(RawFormat::from_fourcc("YUYV"), Some(RawFormat::Yuyv));
    assert_eq!(RawFormat::from_fourcc("BA81"), None);
}
