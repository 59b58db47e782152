//! Damaged, odd and hostile pictures, made here so that each is what it says.

use super::*;
use image::{ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let byte = |value: u32| u8::try_from(value % 256).unwrap();
        image::Rgb([byte(x * 7), byte(y * 5), byte(x * y)])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&picture).unwrap();
    bytes
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
fn whole_pictures_of_any_shape_are_read() {
    for (width, height) in [(1, 1), (10_000, 1), (1, 10_000), (10_000, 40), (97, 31)] {
        let picture = decode(&jpeg(width, height), "x").unwrap();
        let frame = frame(picture.clone(), "x", Duration::ZERO).unwrap();
        assert_eq!((frame.width(), frame.height()), (width, height));
        let seen = camera_frame(&picture, "x", Duration::ZERO).unwrap();
        assert_eq!((seen.width(), seen.height()), CAMERA_SIZE);
    }
}

#[test]
fn a_truncated_jpeg_is_refused_wherever_it_ends() {
    let whole = jpeg(200, 150);
    for length in (0..whole.len()).step_by(97).chain([whole.len() - 1, whole.len() - 2]) {
        assert!(decode(&whole[..length], "cut.jpg").is_err(), "{length} of {} bytes", whole.len());
    }
    // Telephones append a video, in which any two bytes may stand, and put a whole JPEG in front as the thumbnail.
    let followed = [whole.as_slice(), b"ftypmp42\xFF\xDA and no end"].concat();
    decode(&followed, "x").unwrap();
    let length = u16::try_from(whole.len() + 2).unwrap().to_be_bytes();
    let thumbnail = [&whole[..2], b"\xFF\xE1", &length, &whole, &whole[2..]].concat();
    decode(&thumbnail, "x").unwrap();
    assert!(decode(&thumbnail[..thumbnail.len() - 2], "x").is_err(), "the thumbnail's end is not the picture's");
}

#[test]
fn a_truncated_png_is_refused() {
    let whole = png(&RgbImage::new(40, 30));
    decode(&whole, "x").unwrap();
    assert!(decode(&whole[..whole.len() / 2], "cut.png").is_err());
}

#[test]
fn a_text_is_no_picture_whatever_its_name() {
    let error = decode(b"dear diary", "diary.png").unwrap_err();
    assert_eq!(
        error.to_string(),
        "diary.png is not a picture this box can read (The image format could not be determined)"
    );
    let empty = decode(b"", "empty.jpg").unwrap_err().to_string();
    assert_eq!(empty, "empty.jpg is not a picture this box can read (the file is empty)");
}

#[test]
fn the_bytes_say_what_a_picture_is_not_its_name() {
    assert!(decode(&png(&RgbImage::new(3, 2)), "a.jpg").is_ok());
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    // A PNG header that promises 60000x60000 pixels, and one of 16000x16000 (768 MB) with hardly any data.
    for side in [60_000_u32, 16_000] {
        let mut bomb = png(&RgbImage::new(1, 1));
        bomb[16..20].copy_from_slice(&side.to_be_bytes());
        bomb[20..24].copy_from_slice(&side.to_be_bytes());
        let sum = crc(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&sum);
        let error = decode(&bomb, "bomb.png").unwrap_err().to_string();
        assert!(error.contains("limit") || error.contains("MiB"), "{error}");
    }
}

/// CRC-32 of a PNG chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn exif_orientation_is_applied() {
    let lying = jpeg(80, 40);
    for (orientation, size) in [(1, (80, 40)), (3, (80, 40)), (6, (40, 80)), (8, (40, 80))] {
        let picture = decode(&with_orientation(&lying, orientation), "x").unwrap();
        assert_eq!((picture.width(), picture.height()), size, "orientation {orientation}");
    }
    let upright = decode(&lying, "x").unwrap().into_rgb8();
    let turned = decode(&with_orientation(&lying, 3), "x").unwrap().into_rgb8();
    assert_eq!(upright.get_pixel(0, 0), turned.get_pixel(79, 39));
}

#[test]
fn a_frame_of_the_camera_keeps_the_pictures_shape() {
    let white = DynamicImage::ImageRgb8(RgbImage::from_pixel(100, 400, image::Rgb([255; 3])));
    let frame = camera_frame(&white, "x", Duration::ZERO).unwrap();
    let line = frame.line(240);
    let lit = line.iter().filter(|&&byte| byte == 255).count() / 3;
    assert_eq!((lit, line[0], line[3 * 320]), (120, 0, 255));
}

#[test]
fn a_folder_gives_its_pictures_by_name_and_an_empty_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(in_folder(folder.path()).unwrap_err(), PictureError::EmptyFolder { path: folder.path().to_path_buf() });
    for name in ["b.PNG", "a.jpeg", "notes.txt", ".hidden", "c.webp"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    std::fs::create_dir(folder.path().join("d.png")).unwrap();
    let names: Vec<_> = in_folder(folder.path()).unwrap().iter().map(|p| p.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["a.jpeg", "b.PNG", "c.webp"]);
    assert!(matches!(in_folder(&folder.path().join("gone")), Err(PictureError::Unreadable { .. })));
}
