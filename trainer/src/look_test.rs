//! Photographs of people through the whole path of the box: finder, crop, network, decision. What `trainer look-test` does.
//!
//! A photograph is a burst of one frame, as `moodbox look` reads it, by the same functions of `mood`.

mod counts;
mod labels;
mod page;
mod words;

pub use counts::{Counts, Difference, Figures, Group, Share};
pub use labels::{Columns, GroupColumn, GroupName, Labels, Photograph};
pub use page::page;
pub use words::{json, text};

use crate::dataset::picture;
use crate::error::Error;
use crate::verify;
use image::DynamicImage;
use mood::{Answer, Burst, Classifier, DecisionRule, FaceFinder, Search};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The box's face finder.
const NARROW: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/blazeface_short_192x144.onnx"));
const WIDE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/blazeface_short_256x192.onnx"));

/// The networks of a look.
pub struct Networks {
    finder: FaceFinder,
    classifier: Classifier,
    rule: DecisionRule,
    model: PathBuf,
}

impl Networks {
    /// The box's face finder and an exported expression network.
    ///
    /// # Errors
    /// When the network can't be read, or the box would refuse it.
    pub fn load(model: &Path) -> Result<Self, Error> {
        let classifier = verify::load(model)?;
        let finder = FaceFinder::from_onnx(NARROW, WIDE).map_err(|error| verify::refused(model, &error))?;
        let rule = DecisionRule::new(classifier.contract().clone());
        Ok(Self { finder, classifier, rule, model: model.to_path_buf() })
    }

    /// Looks at the photographs of `labels`, which lie in `folder`, on all cores; answers in their order.
    ///
    /// # Errors
    /// When a photograph can't be read, or a network can't be run.
    pub fn look_at(&self, folder: &Path, labels: &Labels) -> Result<Vec<Answer>, Error> {
        labels.photographs.par_iter().map(|photograph| self.answer(&folder.join(&photograph.file))).collect()
    }

    fn answer(&self, path: &Path) -> Result<Answer, Error> {
        let frame = picture::frame(open(path)?).map_err(|what| unreadable(path, what))?;
        let refused = |error| verify::refused(&self.model, &error);
        let faces = self.finder.find(&frame).map_err(refused)?;
        let mut burst = Burst::new(1);
        burst.add(Search::All, self.classifier.glimpse(&frame, faces).map_err(refused)?);
        Ok(burst.verdict(&self.rule).answer)
    }
}

/// A photograph, upright.
fn open(path: &Path) -> Result<DynamicImage, Error> {
    picture::open(path).map_err(|what| unreadable(path, what))
}

fn unreadable(path: &Path, what: impl std::fmt::Display) -> Error {
    Error::data(
        path,
        format_args!("can't be read: {what}"),
        "name the folder the files of the table lie in, whole pictures",
    )
}
