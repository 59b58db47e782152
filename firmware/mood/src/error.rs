//! What can be wrong with the bytes handed in. The binaries add which file they came from and what to do next.

use thiserror::Error;

/// A frame whose bytes don't fit its description.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Width or height is zero.
    #[error("frame is {width}x{height} pixels, both sides must be at least 1")]
    Empty {
        /// Pixels per line.
        width: u32,
        /// Lines.
        height: u32,
    },
    /// A line is shorter than its pixels.
    #[error("stride is {stride} bytes, {width} pixels of {format} need {needed}")]
    Stride {
        /// Bytes per line as given.
        stride: usize,
        /// Pixels per line.
        width: u32,
        /// The pixels' format, as its V4L2 four-character code.
        format: &'static str,
        /// Bytes per line at least.
        needed: usize,
    },
    /// The buffer ends before the last line.
    #[error("frame holds {found} bytes, {width}x{height} {format} needs {needed}")]
    Short {
        /// Bytes handed in.
        found: usize,
        /// Bytes needed.
        needed: usize,
        /// Pixels per line.
        width: u32,
        /// Lines.
        height: u32,
        /// The pixels' format, as its V4L2 four-character code.
        format: &'static str,
    },
}

/// A network that can't be used, naming what it has and what this build expects.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes are not an ONNX model, in the parser's words.
    #[error("not an ONNX model ({0})")]
    NotOnnx(String),
    /// A contract key is missing from `metadata_props`.
    #[error("no `{0}` in the metadata; the model was not made for this box")]
    MissingKey(&'static str),
    /// A contract key is given twice, so it can't be told which one holds.
    #[error("model has `{key}` twice, `{first}` and `{second}`; this build expects it once")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Its value where it comes first.
        first: String,
        /// Its value where it comes again.
        second: String,
    },
    /// A contract key's value is not one this build knows.
    #[error("model has {key} `{found}`, this build expects {expected}")]
    Mismatch {
        /// What was compared.
        key: &'static str,
        /// The model's side.
        found: String,
        /// This build's side.
        expected: String,
    },
    /// The file asks for more than any network of the box needs.
    #[error("model has {found} {what}, this build allows at most {limit}")]
    TooLarge {
        /// What there is too much of, in the plural.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// tract can't load or optimise the graph.
    #[error("network can't be prepared: {detail}")]
    Graph {
        /// tract's words, with the node.
        detail: String,
    },
    /// A run failed or gave another shape than the contract promises.
    #[error("network can't be run: {detail}")]
    Run {
        /// What went wrong.
        detail: String,
    },
}
