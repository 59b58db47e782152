//! Damaged, odd and hostile pictures, made here so that each is what it says.

use super::*;
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{GrayImage, ImageEncoder, RgbImage};

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let byte = |value: u32| u8::try_from(value % 256).unwrap();
        image::Rgb([byte(x * 7), byte(y * 5), byte(x * y)])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&picture).unwrap();
    bytes
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(picture, picture.width(), picture.height(), image::ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

/// A JPEG with an EXIF block that holds nothing but an orientation (1..=8).
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [
        b"\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"
            .as_slice(),
        &[orientation, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

#[test]
fn whole_pictures_of_any_shape_and_format_are_read() {
    for (width, height) in [(1, 1), (10_000, 1), (1, 10_000), (10_000, 40), (97, 31)] {
        let picture = decode(&jpeg(width, height)).unwrap();
        assert_eq!((picture.width(), picture.height()), (width, height));
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff] {
            assert_eq!(decode(&written(&picture, format)).unwrap(), picture, "{format:?} {width}x{height}");
        }
        let with_alpha = DynamicImage::from(picture.to_rgba8());
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
            assert_eq!(decode(&written(&with_alpha, format)).unwrap(), picture, "{format:?} {width}x{height} RGBA");
        }
        let grey = DynamicImage::from(picture.to_luma8());
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            assert_eq!(decode(&written(&grey, format)).unwrap(), grey, "{format:?} {width}x{height} grey");
        }
    }
}

#[test]
fn a_truncated_jpeg_is_refused_wherever_it_ends() {
    let whole = jpeg(200, 150);
    for length in (0..whole.len()).step_by(97) {
        assert!(decode(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
        // Also where an end marker stands behind it, as when a camera lost a part.
        assert!(decode(&[&whole[..length], b"\xFF\xD9"].concat()).is_err(), "{length} of {} bytes, ended", whole.len());
    }
    // Only its end marker is missing, as some cameras leave it out, or there is a driver's header.
    for length in [whole.len() - 1, whole.len() - 2] {
        assert_eq!(decode(&whole[..length]).unwrap(), decode(&whole).unwrap());
        assert_eq!(decode(&[&[0; 12], &whole[..length]].concat()).unwrap(), decode(&whole).unwrap());
    }
    // Telephones append a video, in which any two bytes may stand, and put a whole JPEG in front as the thumbnail.
    let followed = [whole.as_slice(), b"ftypmp42\xFF\xDA and no end"].concat();
    decode(&followed).unwrap();
    let length = u16::try_from(whole.len() + 2).unwrap().to_be_bytes();
    let thumbnail = [&whole[..2], b"\xFF\xE1", &length, &whole, &whole[2..]].concat();
    decode(&thumbnail).unwrap();
    assert!(decode(&thumbnail[..thumbnail.len() - 300]).is_err(), "the thumbnail's end is not the picture's");
}

#[test]
fn a_truncated_picture_of_another_format_is_refused() {
    let picture = DynamicImage::from(RgbImage::from_pixel(40, 30, image::Rgb([7, 8, 9])));
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff] {
        let whole = written(&picture, format);
        decode(&whole).unwrap();
        assert!(decode(&whole[..whole.len() / 2]).is_err(), "{format:?}");
    }
}

#[test]
fn what_is_no_picture_is_told() {
    assert_eq!(decode(b"dear diary").unwrap_err(), "The image format could not be determined");
    assert_eq!(decode(b"").unwrap_err(), "the file is empty");
}

/// CRC-32 of a PNG chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A PNG whose header promises another size than it has.
fn promising(side: u32) -> Vec<u8> {
    let mut bomb = png(&RgbImage::new(1, 1));
    bomb[16..20].copy_from_slice(&side.to_be_bytes());
    bomb[20..24].copy_from_slice(&side.to_be_bytes());
    let sum = crc(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&sum);
    bomb
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    assert_eq!(decode(&promising(60_000)).unwrap_err(), "it is over the limit of 16384 pixels a side");
    assert_eq!(
        decode_within(&promising(16_000), 192 << 20).unwrap_err(),
        "decoding it takes 740 MiB, 192 MiB are allowed here"
    );
}

#[test]
fn what_is_counted_is_what_is_allowed() {
    // 300 kB of pixels and hardly any file; a TIFF's decoder holds them twice, a turned JPEG a page for each line.
    let picture = DynamicImage::from(RgbImage::new(400, 250));
    let jpeg = written(&picture, ImageFormat::Jpeg);
    let cases = [
        ("png", written(&picture, ImageFormat::Png), memory::METADATA + 300_000),
        ("tiff", written(&picture, ImageFormat::Tiff), 900_000),
        ("bmp", written(&picture, ImageFormat::Bmp), memory::METADATA + 600_000),
        ("webp", written(&picture, ImageFormat::WebP), 1_000_000),
        ("jpeg", jpeg.clone(), 300_000),
        ("jpeg, turned", with_orientation(&jpeg, 6), 300_000 + 400 * 8_192),
    ];
    for (name, bytes, needed) in cases {
        let files = 3 * u64::try_from(bytes.len()).unwrap();
        decode_within(&bytes, needed + files).unwrap();
        let error = decode_within(&bytes, needed - 1_000).unwrap_err();
        assert!(error.starts_with("decoding it takes "), "{name}: {error}");
    }
}

#[test]
fn exif_orientation_is_applied() {
    let lying = jpeg(80, 40);
    for (orientation, size) in [(1, (80, 40)), (3, (80, 40)), (6, (40, 80)), (8, (40, 80))] {
        let picture = decode(&with_orientation(&lying, orientation)).unwrap();
        assert_eq!((picture.width(), picture.height()), size, "orientation {orientation}");
    }
    let upright = decode(&lying).unwrap().into_rgb8();
    let turned = decode(&with_orientation(&lying, 6)).unwrap().into_rgb8();
    assert_eq!(upright.get_pixel(0, 0), turned.get_pixel(39, 0), "a quarter, clockwise");
}

/// A TIFF of 16x16 pixels in one tile for each of three colours.
fn tiled_in_planes() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut entry = [tag.to_le_bytes(), kind.to_le_bytes()].concat();
        entry.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
        entry
    };
    let entries = [
        entry(256, 3, 1, 16),
        entry(257, 3, 1, 16),
        entry(258, 3, 3, 200),
        entry(259, 3, 1, 1),
        entry(262, 3, 1, 2),
        entry(277, 3, 1, 3),
        entry(284, 3, 1, 2),
        entry(322, 3, 1, 16),
        entry(323, 3, 1, 16),
        entry(324, 4, 3, 208),
        entry(325, 4, 3, 220),
    ];
    let mut tiff = b"II\x2A\0\x08\0\0\0".to_vec();
    tiff.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
    tiff.extend(entries.concat());
    tiff.resize(200, 0);
    for value in [8_u16, 8, 8, 0] {
        tiff.extend(value.to_le_bytes());
    }
    for value in [232_u32, 488, 744, 256, 256, 256] {
        tiff.extend(value.to_le_bytes());
    }
    tiff.resize(1_000, 90);
    tiff
}

#[test]
fn a_tiff_on_which_its_decoder_panics_is_refused() {
    let tiff = tiled_in_planes();
    assert_eq!(decode(&tiff).unwrap_err(), "it is a TIFF of tiles with each colour apart, which is not supported");
    // The same with its colours side by side is no such one.
    let mut chunky = tiff;
    chunky[8 + 2 + 6 * 12 + 8] = 1;
    assert_ne!(
        decode(&chunky).err().as_deref(),
        Some("it is a TIFF of tiles with each colour apart, which is not supported")
    );
}

#[test]
fn a_mutated_picture_costs_itself_only() {
    let picture =
        DynamicImage::from(GrayImage::from_fn(33, 21, |x, y| image::Luma([u8::try_from(x * y % 256).unwrap()])));
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::Jpeg] {
        let whole = written(&picture, format);
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xA5;
            // Whatever it is, it comes back.
            let _ = decode_within(&bytes, 32 << 20);
        }
    }
    let tiff = tiled_in_planes();
    for at in 0..210 {
        let mut bytes = tiff.clone();
        bytes[at] ^= 3;
        let _ = decode_within(&bytes, 32 << 20);
    }
}
