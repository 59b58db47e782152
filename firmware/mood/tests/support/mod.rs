//! What the tests share: small models made on the spot, and the photographs beside the clone.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod photos;
pub(crate) mod tiny_model;

/// The face finder with the project's networks.
pub(crate) fn finder() -> mood::FaceFinder {
    let model = |name| std::fs::read(photos::workspace("models").join(name)).unwrap();
    let (narrow, wide) = (model("blazeface_short_192x144.onnx"), model("blazeface_short_256x192.onnx"));
    mood::FaceFinder::from_onnx(&narrow, &wide).unwrap()
}
