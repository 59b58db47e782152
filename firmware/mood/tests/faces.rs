//! The face finder on real photographs and on frames no camera would send.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use mood::{FaceBox, FaceFinder, Faces, Frame, NoFaceReason, PixelFormat};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;
use support::finder;
use support::photos::{frame, pictures, shared, workspace};

static FINDER: LazyLock<FaceFinder> = LazyLock::new(finder);

fn faces_of(path: &Path) -> Vec<FaceBox> {
    FINDER.find(&frame(path)).unwrap().faces
}

#[test]
fn where_nobody_is_nobody_is_seen() {
    let (Some(folder), Some(boxes)) = (shared("photos/no_face"), shared("photos/boxes")) else { return };
    let mut paths = pictures(&folder);
    paths.push(boxes.join("dogs.jpg"));
    let seen: Vec<_> = paths.iter().filter(|path| !faces_of(path).is_empty()).collect();
    assert!(seen.is_empty(), "{} of {}: {seen:?}", seen.len(), paths.len());
}

#[test]
fn every_expression_has_one_face() {
    let Some(folder) = shared("photos/expressions") else { return };
    for path in pictures(&folder) {
        let faces = faces_of(&path);
        assert!(!faces.is_empty(), "{}", path.display());
    }
}

/// A labelled face of `boxes.csv`.
struct Labelled {
    file: String,
    face: FaceBox,
}

fn labelled(folder: &Path) -> Vec<Labelled> {
    let csv = std::fs::read_to_string(folder.join("boxes.csv")).unwrap();
    let line = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |at: usize| fields[at].parse().unwrap();
        let (x, y, width, height) = (number(1), number(2), number(3), number(4));
        let landmarks = mood::Landmarks::default();
        Labelled { file: fields[0].into(), face: FaceBox { x, y, width, height, score: 1.0, landmarks } }
    };
    csv.lines().skip(1).map(line).collect()
}

/// Same face: their centres lie close, and neither is more than twice as large.
fn same(found: &FaceBox, truth: &FaceBox) -> bool {
    let ratio = found.side() / truth.side();
    found.centre().distance(truth.centre()) < 0.35 * truth.side() && (0.5..2.0).contains(&ratio)
}

#[test]
fn the_largest_face_of_every_photograph_is_found() {
    let Some(folder) = shared("photos/boxes") else { return };
    let labelled = labelled(&folder);
    let mut missed = Vec::new();
    for path in pictures(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let faces = faces_of(&path);
        let truths: Vec<_> = labelled.iter().filter(|it| it.file == name).map(|it| it.face).collect();
        let largest = truths.iter().map(|face| face.side()).fold(0.0, f32::max);
        // Three have no labels: one man fills the picture, one is a collage of men, one shows dogs.
        let wanted = name != "dogs.jpg";
        let right = match truths.is_empty() {
            true => faces.is_empty() != wanted,
            false => truths.iter().filter(|t| t.side() >= 0.99 * largest).any(|t| faces.iter().any(|f| same(f, t))),
        };
        missed.extend((!right).then_some(name.to_owned()));
    }
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn a_frame_without_anything_holds_nobody() {
    for (width, height) in [(1, 1), (2, 3), (640, 480), (10_007, 3), (3, 10_007), (12_000, 40)] {
        for format in [PixelFormat::Grey, PixelFormat::Rgb] {
            let bytes = vec![127; width * height * format.bytes_per_pixel()];
            let (width, height) = (width.try_into().unwrap(), height.try_into().unwrap());
            let frame = Frame::packed(width, height, format, Duration::ZERO, bytes).unwrap();
            assert_eq!(FINDER.find(&frame).unwrap(), Faces { faces: vec![], reason: NoFaceReason::NothingFound });
        }
    }
}

#[test]
fn a_network_that_is_not_the_finders_is_refused() {
    let model = |name| std::fs::read(workspace("models").join(name)).unwrap();
    let (narrow, wide) = (model("blazeface_short_192x144.onnx"), model("blazeface_short_256x192.onnx"));
    let error = FaceFinder::from_onnx(&wide, &narrow).unwrap_err().to_string();
    assert_eq!(error, "model has input `f32 1x3x192x256`, this build expects f32 1x3x144x192");
    assert!(FaceFinder::from_onnx(&narrow[..narrow.len() / 2], &wide).is_err());
    let error = mood::Classifier::from_onnx(&narrow).unwrap_err().to_string();
    assert_eq!(error, "no `moodbox.contract_version` in the metadata; the model was not made for this box");
}

/// A step through 415,000 bytes that is no multiple of anything in them.
const STEP: usize = 7_919;

#[test]
fn a_damaged_network_never_panics() {
    let model = |name| std::fs::read(workspace("models").join(name)).unwrap();
    let (narrow, wide) = (model("blazeface_short_192x144.onnx"), model("blazeface_short_256x192.onnx"));
    let astronaut = frame(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/astronaut.png"));
    let look = |bytes: &[u8]| FaceFinder::from_onnx(bytes, &wide).and_then(|finder| finder.find(&astronaut));
    for end in (0..narrow.len()).step_by(STEP) {
        assert!(look(&narrow[..end]).is_err(), "cut at {end}");
    }
    for at in (0..narrow.len()).step_by(STEP).chain(0..40) {
        let mut damaged = narrow.clone();
        damaged[at] ^= 0x80;
        // A flipped bit inside a weight is still a network.
        let _ = look(&damaged);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_finder_takes_frames_of_any_size(width in 1..700_u32, height in 1..700_u32, seed in any::<u32>(), rgb in any::<bool>()) {
        let format = if rgb { PixelFormat::Rgb } else { PixelFormat::Grey };
        let length = usize::try_from(width * height).unwrap() * format.bytes_per_pixel();
        let noise = (0_u32..).map(|at| at.wrapping_mul(2_654_435_761).wrapping_add(seed).to_be_bytes()[0]);
        let frame = Frame::packed(width, height, format, Duration::ZERO, noise.take(length).collect()).unwrap();
        for face in FINDER.find(&frame).unwrap().faces {
            prop_assert!(face.score <= 1.0 && face.width > 0.0 && face.x.is_finite());
        }
    }
}
