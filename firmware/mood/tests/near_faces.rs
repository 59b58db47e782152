//! Faces that fill the frame, cut from the bundled photographs, and what fills a frame without being one.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use image::{RgbImage, imageops};
use mood::{FaceBox, FaceFinder, Faces, Frame, NoFaceReason, PixelFormat, Search};
use std::sync::LazyLock;
use std::time::Duration;
use support::finder;
use support::photos::workspace;

static FINDER: LazyLock<FaceFinder> = LazyLock::new(finder);

fn bundled(name: &str) -> RgbImage {
    image::open(workspace("firmware/assets/frames").join(name)).unwrap().into_rgb8()
}

fn frame(picture: &RgbImage) -> Frame {
    let (width, height) = picture.dimensions();
    Frame::packed(width, height, PixelFormat::Rgb, Duration::ZERO, picture.as_raw().clone()).unwrap()
}

/// The face of a photograph in a frame of 640x480, `share` times as high as it.
fn from_near(photo: &RgbImage, face: &FaceBox, share: f32) -> Frame {
    let height = face.side() / share;
    let width = height * 4.0 / 3.0;
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let [x, y, width, height] =
        [face.centre().x - width / 2.0, face.centre().y - height / 2.0, width, height].map(|at| at.round() as u32);
    let part = imageops::crop_imm(photo, x, y, width, height).to_image();
    frame(&imageops::resize(&part, 640, 480, imageops::FilterType::Triangle))
}

#[test]
fn a_face_that_fills_the_frame_is_found_and_kept() {
    let mut finder = FINDER.clone();
    for name in ["1-astronaut.jpg", "3-admiral.jpg"] {
        let photo = bundled(name);
        let face = FINDER.find(&frame(&photo)).unwrap().faces[0];
        for share in [0.8, 0.9, 0.95, 1.0, 1.1, 1.25] {
            let near = from_near(&photo, &face, share);
            let found = FINDER.find(&near).unwrap();
            let [found] = found.faces.as_slice() else { panic!("{name} at {share}: {found:?}") };
            assert!((0.8..1.25).contains(&(found.side() / (share * 480.0))), "{name} at {share}: {found:?}");
            let shrunk = finder.glance(&near, Search::Shrunk).unwrap().faces;
            assert!(shrunk.first().is_some_and(|face| face.overlap(found) > 0.5), "{name} at {share}: {shrunk:?}");
            let kept = finder.glance(&near, Search::Near(*found)).unwrap().faces;
            assert_eq!(kept.len(), 1, "{name} at {share}");
        }
    }
}

#[test]
fn a_face_of_which_too_little_is_seen_is_too_close_and_a_cheek_is_nothing() {
    let photo = bundled("1-astronaut.jpg");
    let face = FINDER.find(&frame(&photo)).unwrap().faces[0];
    for (share, reason) in
        [(1.7, NoFaceReason::TooClose), (1.8, NoFaceReason::TooClose), (4.0, NoFaceReason::NothingFound)]
    {
        assert_eq!(FINDER.find(&from_near(&photo, &face, share)).unwrap(), Faces { faces: vec![], reason }, "{share}");
    }
}

#[test]
fn a_wall_a_texture_and_a_desk_are_nobody_from_near_too() {
    let wall = RgbImage::from_fn(640, 480, |x, y| {
        let shade = u8::try_from(90 + x / 16 + y / 24).unwrap();
        image::Rgb([shade, shade, shade - 20])
    });
    let bricks = RgbImage::from_fn(640, 480, |x, y| {
        let row = y / 40;
        let joint = y % 40 < 4 || (x + row % 2 * 50) % 100 < 4;
        image::Rgb(if joint { [190, 185, 180] } else { [150, 70, 50] })
    });
    let (desk, cat) = (bundled("2-desk.jpg"), bundled("4-cat.jpg"));
    let desk_from_near = imageops::crop_imm(&desk, 100, 100, 320, 240).to_image();
    for picture in [&wall, &bricks, &desk, &desk_from_near, &cat] {
        let mut finder = FINDER.clone();
        let nobody = Faces { faces: vec![], reason: NoFaceReason::NothingFound };
        assert_eq!(finder.find(&frame(picture)).unwrap(), nobody);
        assert_eq!(finder.glance(&frame(picture), Search::Shrunk).unwrap().faces, []);
    }
}
