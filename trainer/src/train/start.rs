//! Where a run begins: with random weights, or with those of a finished run of its width or narrower.

use super::TrainingSet;
use super::checkpoint::RunFolder;
use crate::error::Error;
use crate::net::{Net, widen};
use crate::recipe::Recipe;
use burn::module::Module;
use burn::tensor::Device;
use std::collections::HashSet;
use std::path::Path;

/// The network of `set`'s recipe with the best weights of `run`, widened where it is wider.
pub(super) fn weights(run: &Path, set: &TrainingSet<'_>, device: &Device) -> Result<Net, Error> {
    let TrainingSet { dataset, parts, recipe, .. } = *set;
    let folder = RunFolder::new(run);
    let theirs = folder.recipe()?;
    let run_name = run.display();
    let (width, narrower) = (recipe.network.width, theirs.network.width);
    let mut same_width = theirs.clone();
    same_width.network.width = width;
    if shape(&same_width) != shape(recipe) || narrower > width {
        let (theirs, ours) = (shape(&theirs), shape(recipe));
        return Err(Error::configuration(
            format!("`{run_name}`, which this run starts from, is {theirs}; this run is {ours}"),
            "give both runs the same network, depth and heads and this one no smaller width, or leave `start_from` out",
        ));
    }
    let learnt: HashSet<usize> = theirs.parts(dataset).training.into_iter().collect();
    let seen = parts.validation.iter().filter(|index| learnt.contains(index)).count();
    if seen > 0 {
        let all = parts.validation.len();
        return Err(Error::configuration(
            format!(
                "`{run_name}`, which this run starts from, has learnt from {seen} of the {all} pictures by which this \
                 run chooses"
            ),
            "give both runs the same `seed` and `data.keep_copies`, and this one no larger `data.validation_share`",
        ));
    }
    let net = folder.load_best(theirs.new_net(device))?;
    Ok(if narrower < width { widen(&net.valid(), recipe.new_net(device), recipe.seed) } else { net })
}

/// What must agree for weights to fit, in words.
fn shape(recipe: &Recipe) -> String {
    let size = recipe.network.size();
    let heads: Vec<&str> = recipe.data.heads.iter().map(|head| head.name()).collect();
    format!("{} {}/{} with {}", recipe.network.name.name(), size.width, size.depth, heads.join(" and "))
}
