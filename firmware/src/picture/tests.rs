//! Pictures as frames; what decoders refuse is tested where they are.

use super::*;
use image::{GrayImage, RgbImage};

#[test]
fn pictures_of_any_shape_are_frames_and_seen_by_the_camera() {
    for (width, height) in [(1, 1), (10_000, 1), (1, 10_000), (10_000, 40), (97, 31), (3_000, 2_000)] {
        let picture = DynamicImage::from(RgbImage::from_pixel(width, height, image::Rgb([9, 80, 200])));
        let seen = camera_frame(&picture, "x", Duration::ZERO).unwrap();
        assert_eq!((seen.width(), seen.height()), CAMERA_SIZE);
        let shows = |y| seen.line(y).chunks_exact(3).any(|pixel| pixel == [9, 80, 200]);
        assert!((0..480).any(shows), "{width}x{height}");
        let frame = frame(picture, "x", Duration::ZERO).unwrap();
        assert_eq!((frame.width(), frame.height(), frame.format()), (width, height, PixelFormat::Rgb));
    }
    let grey = frame(GrayImage::from_pixel(3, 2, image::Luma([7])).into(), "x", Duration::ZERO).unwrap();
    assert_eq!((grey.format(), grey.line(1)), (PixelFormat::Grey, [7; 3].as_slice()));
}

#[test]
fn what_is_no_picture_is_named() {
    let error = decode(b"dear diary", "diary.png").unwrap_err();
    assert_eq!(
        error.to_string(),
        "diary.png is not a picture this box can read (The image format could not be determined)"
    );
    assert!(error.hint().contains(&files::picture::LONGEST_SIDE.to_string()));
    let empty = decode(b"", "empty.jpg").unwrap_err().to_string();
    assert_eq!(empty, "empty.jpg is not a picture this box can read (the file is empty)");
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
    for name in ["b.PNG", "a.jpeg", "notes.txt", ".hidden", "c.webp", "._a.jpeg", ".thumbnail.png", ".jpg"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    std::fs::create_dir(folder.path().join("d.png")).unwrap();
    let names: Vec<_> = in_folder(folder.path()).unwrap().iter().map(|p| p.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["a.jpeg", "b.PNG", "c.webp"]);
    assert!(matches!(in_folder(&folder.path().join("gone")), Err(PictureError::Unreadable { .. })));
}
