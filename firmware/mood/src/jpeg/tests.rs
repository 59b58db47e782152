//! JPEGs as cameras, copies and telephones leave them, made here from whole ones.

use super::*;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage};

/// A picture whose every part differs.
fn picture(width: u32, height: u32) -> RgbImage {
    let byte = |value: u32| u8::try_from(value % 256).unwrap();
    RgbImage::from_fn(width, height, |x, y| image::Rgb([byte(x * 7), byte(y * 5 + x), byte(x * y / 16)]))
}

/// With the tables of annex K.3, as webcams use them.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&picture(width, height)).unwrap();
    bytes
}

/// Progressive, in ten scans, 97x61 pixels with subsampled colours; made by `cjpeg -progressive`.
const PROGRESSIVE: &[u8] = include_bytes!("../../tests/jpeg/progressive.jpg");
/// With a restart marker after each row of units; made by `cjpeg -restart 1`.
const RESTARTS: &[u8] = include_bytes!("../../tests/jpeg/restarts.jpg");
/// Each component in a scan of its own; made by `cjpeg -scans`.
const APART: &[u8] = include_bytes!("../../tests/jpeg/apart.jpg");
const GREY: &[u8] = include_bytes!("../../tests/jpeg/grey.jpg");

fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("usual", jpeg(200, 150)),
        ("progressive", PROGRESSIVE.to_vec()),
        ("restarts", RESTARTS.to_vec()),
        ("apart", APART.to_vec()),
        ("grey", GREY.to_vec()),
    ]
}

fn decoded(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()
}

/// The JPEG as a thrifty webcam sends it.
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let (mut bare, mut rest) = (jpeg[..2].to_vec(), &jpeg[2..]);
    while rest[1] != 0xDA {
        let (segment, next) = rest.split_at(2 + usize::from(u16::from_be_bytes([rest[2], rest[3]])));
        if segment[1] != DEFINE_HUFFMAN_TABLES {
            bare.extend(segment);
        }
        rest = next;
    }
    [&bare, rest].concat()
}

#[test]
fn a_whole_picture_is_left_as_it_is() {
    for (name, jpeg) in all() {
        let whole = mend(&jpeg).unwrap();
        assert_eq!((whole.bytes.as_ref(), whole.mended.as_slice()), (jpeg.as_slice(), [].as_slice()), "{name}");
    }
}

#[test]
fn what_a_camera_leaves_out_or_adds_changes_no_pixel() {
    use Mended::{Before, Behind, Broken, End, Tables};
    for (name, jpeg) in all() {
        let wanted = decoded(&jpeg);
        let bare = &jpeg[..jpeg.len() - 2];
        let scan = jpeg.windows(2).position(|it| it == [0xFF, 0xDA]).unwrap();
        let half = &jpeg[..scan + 50];
        let cases: [(Vec<u8>, &[Mended]); 12] = [
            (bare.to_vec(), &[End]),
            (bare[..bare.len()].iter().copied().chain([0xFF]).collect(), &[End, Behind]),
            ([bare, &[0; 5_000]].concat(), &[End, Behind]),
            ([bare, &[0xFF; 99]].concat(), &[End, Behind]),
            ([bare, &jpeg].concat(), &[End, Behind]),
            ([&jpeg[..], &[0; 5_000]].concat(), &[Behind]),
            ([&jpeg[..], &jpeg].concat(), &[Behind]),
            ([&jpeg[..], b"ftypmp42\xFF\xDA and no end"].concat(), &[Behind]),
            ([&[0; 12], &jpeg[..]].concat(), &[Before]),
            ([b"\x0C\x8D\x01", bare].concat(), &[Before, End]),
            ([half, &jpeg].concat(), &[Broken]),
            ([half, bare, half].concat(), &[Broken, End, Behind]),
        ];
        for (at, (bytes, mended)) in cases.iter().enumerate() {
            let whole = mend(bytes).unwrap_or_else(|error| panic!("{name} {at}: {error}"));
            assert!(decoded(&whole.bytes) == wanted, "{name} {at}");
            // Some bytes behind a missing end marker may be taken for the end of the data.
            let sure: &[Mended] = if mended.contains(&End) { &[Behind] } else { &[] };
            let told = |list: &[Mended]| list.iter().copied().filter(|it| !sure.contains(it)).collect::<Vec<_>>();
            assert_eq!(told(&whole.mended), told(mended), "{name} {at}");
        }
    }
    let pixel = jpeg(1, 1);
    assert!(decoded(&mend(&pixel[..pixel.len() - 2]).unwrap().bytes) == decoded(&pixel));
    let jpeg = jpeg(200, 150);
    let bare = without_tables(&jpeg);
    let whole = mend(&bare).unwrap();
    assert_eq!(whole.mended, [Tables]);
    assert!(decoded(&whole.bytes) == decoded(&jpeg));
    let whole = mend(&bare[..bare.len() - 2]).unwrap();
    assert_eq!((decoded(&whole.bytes) == decoded(&jpeg), whole.mended), (true, vec![Tables, End]));
}

#[test]
fn a_picture_that_ends_early_is_refused_wherever_it_ends_and_whatever_is_put_behind_it() {
    for (name, jpeg) in all() {
        for length in (0..jpeg.len() - 2).rev().skip(40).step_by(29) {
            let cut = &jpeg[..length];
            let refused = [
                cut.to_vec(),
                [cut, &END].concat(),
                [cut, &[0; 5_000]].concat(),
                [cut, &[0; 5_000], &END].concat(),
                [cut, &[0xFF; 50]].concat(),
            ];
            for (at, bytes) in refused.iter().enumerate() {
                // Of what is progressive and has an end marker, a coarser picture is a picture.
                // Where colours have scans of their own, zeros are a colour without detail.
                if matches!((name, at), ("progressive", 1 | 3) | ("apart", 2 | 3)) {
                    continue;
                }
                assert!(mend(bytes).is_err(), "{name}: {length} of {} bytes, {at}", jpeg.len());
            }
        }
    }
}

#[test]
fn what_is_lost_in_the_middle_is_seen() {
    let missing = |jpeg: &[u8]| [&jpeg[..jpeg.len() / 2], &jpeg[jpeg.len() / 2 + 300..]].concat();
    assert_eq!(mend(&missing(&jpeg(200, 150))).unwrap_err(), JpegError::Cut);
    assert!(mend(&missing(RESTARTS)).is_err());
}

#[test]
fn a_thumbnail_and_a_text_are_no_picture() {
    let whole = jpeg(40, 30);
    let length = u16::try_from(whole.len() + 2).unwrap().to_be_bytes();
    let thumbnail = [&whole[..2], b"\xFF\xE1", &length, &whole, &whole[2..]].concat();
    assert_eq!(mend(&thumbnail).unwrap().bytes.len(), thumbnail.len());
    assert!(mend(&thumbnail[..thumbnail.len() - 60]).is_err(), "the thumbnail's end is not the picture's");
    assert!(mend(&thumbnail[..whole.len()]).is_err(), "cut inside of the thumbnail");
    assert_eq!(mend(b"dear diary").unwrap_err(), JpegError::None);
    assert_eq!(mend(b"").unwrap_err(), JpegError::None);
    assert_eq!(mend(&[0; 9_000]).unwrap_err(), JpegError::None);
    assert_eq!(mend(&[&[0; 600], &whole[..]].concat()).unwrap_err(), JpegError::None, "too far behind the start");
    assert_eq!(mend(b"\xFF\xD8\xFF\xD9").unwrap_err(), JpegError::Cut);
}

#[test]
fn a_form_that_only_a_decoder_can_judge_is_left_to_it() {
    let mut arithmetic = jpeg(16, 16);
    let at = arithmetic.windows(2).position(|it| it == [0xFF, 0xC0]).unwrap();
    arithmetic[at + 1] = 0xC9;
    assert_eq!(mend(&arithmetic).unwrap().bytes.as_ref(), arithmetic);
    assert_eq!(mend(&arithmetic[..arithmetic.len() - 2]).unwrap_err(), JpegError::Cut);
}

#[test]
fn nothing_panics_whatever_is_changed_or_cut() {
    for (name, jpeg) in all() {
        // A walk with a step that no length divides: many positions, a value each.
        let (mut at, mut value) = (0, 1_u8);
        for _ in 0..2_000 {
            at = (at + 7_919) % jpeg.len();
            value = value.wrapping_mul(73).wrapping_add(41);
            let mut changed = jpeg.clone();
            changed[at] = value;
            let _ = mend(&changed);
            let _ = mend(&changed[..at]);
        }
        assert!(mend(&jpeg).is_ok(), "{name}");
    }
}
