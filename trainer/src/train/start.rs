//! Where a run begins: with random weights, or with those of a finished run.

use super::checkpoint::RunFolder;
use crate::error::Error;
use crate::net::Net;
use crate::recipe::Recipe;
use std::path::Path;

/// `net` with the best weights of `run`.
///
/// # Errors
/// When the run can't be read, has another network or other heads than `recipe`, or has learnt from pictures by which
/// this one is to choose.
pub(super) fn weights(run: &Path, recipe: &Recipe, net: Net) -> Result<Net, Error> {
    let folder = RunFolder::new(run);
    let theirs = folder.recipe()?;
    let refused = |what: String, hint: &str| Err(Error::Configuration { what, hint: hint.into() });
    if shape(&theirs) != shape(recipe) {
        return refused(
            format!(
                "`{}`, which this run starts from, is {}; this run is {}",
                run.display(),
                shape(&theirs),
                shape(recipe)
            ),
            "give both runs the same network, width, depth and heads, or leave `start_from` out",
        );
    }
    if (theirs.seed, theirs.data.validation_share.to_bits()) != (recipe.seed, recipe.data.validation_share.to_bits()) {
        return refused(
            format!(
                "`{}` kept other pictures for validation than this run, and has learnt from some of this run's",
                run.display()
            ),
            "give both runs the same `seed` and `data.validation_share`",
        );
    }
    folder.load_best(net)
}

/// What must agree for weights to fit, in words.
fn shape(recipe: &Recipe) -> String {
    let size = recipe.network.size();
    let heads: Vec<&str> = recipe.data.heads.iter().map(|head| head.name()).collect();
    format!("{} {}/{} with {}", recipe.network.name.name(), size.width, size.depth, heads.join(" and "))
}
