//! The recipes this build knows by name: the files of `trainer/recipes`, word for word.

use super::Recipe;

/// The recipe of a run for which none was named.
pub const DEFAULT: &str = "classic";

/// Name and text of each.
const RECIPES: [(&str, &str); 11] = [
    (DEFAULT, include_str!("../../recipes/classic.toml")),
    ("mood", include_str!("../../recipes/mood.toml")),
    ("mood-box", include_str!("../../recipes/mood-box.toml")),
    ("residual", include_str!("../../recipes/residual.toml")),
    ("mood-long", include_str!("../../recipes/mood-long.toml")),
    ("mood-wide", include_str!("../../recipes/mood-wide.toml")),
    ("mood-taught", include_str!("../../recipes/mood-taught.toml")),
    ("scratch", include_str!("../../recipes/scratch.toml")),
    ("teacher", include_str!("../../recipes/teacher.toml")),
    ("student", include_str!("../../recipes/student.toml")),
    ("synthetic", include_str!("../../recipes/synthetic.toml")),
];

/// The names, in the order they are told.
pub fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|(name, _)| *name)
}

/// The text of the recipe named `name`.
pub(super) fn text(name: &str) -> Option<&'static str> {
    RECIPES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[expect(clippy::expect_used, reason = "the text is part of this program, and a test reads it")]
pub(super) fn default_recipe() -> Recipe {
    let text = text(DEFAULT).unwrap_or_default();
    toml::from_str(text).expect("the default recipe is complete")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_is_complete_and_commented() {
        for (name, text) in RECIPES {
            let recipe: Recipe = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let resolved: toml::Table = toml::to_string(&recipe).unwrap().parse().unwrap();
            assert_eq!(text.parse::<toml::Table>().unwrap(), resolved, "{name} leaves something out");
            for line in text.lines().filter(|line| line.contains(" = ")) {
                assert!(line.contains('#'), "{name}: `{line}` is not explained");
            }
        }
    }
}
