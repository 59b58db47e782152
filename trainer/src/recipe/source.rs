//! Reads a recipe from its name or file, with what the command line changes in it.

use super::{Head, Recipe};
use crate::error::Error;
use crate::file::write_whole;
use std::collections::HashSet;
use std::path::Path;
use toml::{Table, Value};

/// Keys that made no difference and went, with the month they went in.
const RETIRED: [&str; 2] = ["sharpness", "vote_smoothing"];
const UNTIL: &str = "November 2026";

/// Reads the recipe called `name`, or that of the file `name`. Each of `changes` is `table.key=value`, the value as in
/// TOML; quotes around words may be left out.
///
/// # Errors
/// When there is no such recipe, or it can't be understood; the message has the line.
pub fn read(name: &str, changes: &[String]) -> Result<Recipe, Error> {
    let text = match text(name) {
        Some(text) => text.to_owned(),
        None => std::fs::read_to_string(name).map_err(|error| {
            let hint = format!("name a file, or one of {}", names().collect::<Vec<_>>().join(", "));
            Error::configuration(format!("recipe `{name}` can't be read: {error}"), hint)
        })?,
    };
    let wrong = |error: &dyn std::fmt::Display| {
        let what = format!("recipe `{name}`: {}", error.to_string().trim_end());
        let retired = RETIRED.iter().find(|key| what.contains(&format!("unknown field `{key}`")));
        let hint = match retired {
            Some(key) => {
                format!("`{key}` was a key of trainer 0.1.0 until {UNTIL}; trainer/EXPERIMENTS.md says what it did")
            }
            None => "compare it with trainer/recipes/classic.toml, which has every key a run needs".into(),
        };
        Error::configuration(what, hint)
    };
    // Read once as it is: an error in the file is told with its line.
    let recipe: Recipe = toml::from_str(&text).map_err(|error| wrong(&error))?;
    let mut table: Table = text.parse().map_err(|error| wrong(&error))?;
    for change in changes {
        set(&mut table, change)?;
    }
    let recipe = if changes.is_empty() { recipe } else { table.try_into().map_err(|error| wrong(&error))? };
    check(&recipe)?;
    Ok(recipe)
}

/// Writes `recipe` to `path`, whole or not at all.
///
/// # Errors
/// When the file can't be written.
pub fn write(recipe: &Recipe, path: &Path) -> Result<(), Error> {
    let text = toml::to_string(recipe).map_err(|error| Error::write(path, error))?;
    write_whole(path, text.as_bytes())
}

fn set(table: &mut Table, change: &str) -> Result<(), Error> {
    let misread =
        |what: String| Error::usage(what, "write `--set table.key=value`, for instance `--set schedule.epochs=60`");
    let (path, value) = change.split_once('=').ok_or_else(|| misread(format!("`{change}` sets nothing")))?;
    let (path, value) = (path.trim(), value.trim());
    let value = format!("value = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let (tables, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut here = table;
    for name in tables.split('.').filter(|name| !name.is_empty()) {
        here = here
            .entry(name)
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .ok_or_else(|| misread(format!("`{name}` in `{path}` is no table of the recipe")))?;
    }
    here.insert(key.to_owned(), value);
    Ok(())
}

/// Refuses numbers that lead nowhere.
fn check(recipe: &Recipe) -> Result<(), Error> {
    let Recipe { network, data, schedule, optimiser, loss, .. } = recipe;
    let share = 0.0..1.0;
    let distinct: HashSet<Head> = data.heads.iter().copied().collect();
    let rules = [
        ("network.width", (2..=256).contains(&network.width), "2 to 256"),
        ("network.depth", (1..=8).contains(&network.depth), "1 to 8"),
        ("network.dropout", share.contains(&network.dropout), "at least 0 and below 1"),
        (
            "data.heads",
            !data.heads.is_empty() && distinct.len() == data.heads.len(),
            "one or more label sets, each once",
        ),
        ("data.validation_share", (0.01..0.9).contains(&data.validation_share), "0.01 to 0.9"),
        ("schedule.epochs", schedule.epochs > 0, "1 or more"),
        ("schedule.batch", (2..=4096).contains(&schedule.batch), "2 to 4096"),
        (
            "schedule.learning_rate",
            schedule.learning_rate.is_finite() && schedule.learning_rate > 0.0,
            "a number above 0",
        ),
        ("schedule.warm_up", share.contains(&schedule.warm_up), "at least 0 and below 1"),
        ("optimiser.momentum", share.contains(&optimiser.momentum), "at least 0 and below 1"),
        ("optimiser.weight_decay", (0.0..10.0).contains(&optimiser.weight_decay), "at least 0"),
        ("optimiser.average_decay", (0.0..1.0).contains(&optimiser.average_decay), "at least 0 and below 1"),
        ("loss.label_smoothing", (0.0..1.0).contains(&loss.label_smoothing), "at least 0 and below 1"),
        ("loss.class_balance", (0.0..=1.0).contains(&loss.class_balance), "0 to 1"),
        (
            "distillation",
            recipe.distillation.as_ref().is_none_or(sound),
            "one or more teachers, weight 0 to 1, temperature 1 or more",
        ),
    ];
    match rules.iter().find(|(_, holds, _)| !holds) {
        None => {
            recipe.augmentation.picture.strengths().check()?;
            recipe.augmentation.mixing.check()
        }
        Some((key, _, range)) => {
            let what = format!("`{key}` of the recipe is out of its range");
            Err(Error::configuration(what, format!("it must be {range}")))
        }
    }
}

fn sound(distillation: &super::Distillation) -> bool {
    let super::Distillation { teachers, weight, temperature, .. } = distillation;
    !teachers.is_empty() && (0.0..=1.0).contains(weight) && (1.0..=100.0).contains(temperature)
}

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

    fn changed(changes: &[&str]) -> Result<Recipe, Error> {
        read(DEFAULT, &changes.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn flags_override_the_file() {
        let recipe = changed(&["schedule.epochs=7", "data.heads = [\"ferplus\"]", "network.name=vgg"]).unwrap();
        assert_eq!((recipe.schedule.epochs, recipe.network.name.name()), (7, "vgg"));
        assert_eq!(recipe.data.heads, [Head::Ferplus]);
        assert_eq!(recipe.optimiser, Recipe::default().optimiser);
    }

    #[test]
    fn what_can_not_be_is_refused_with_its_key() {
        let cases = [
            ("schedule.learning_rate=0", 3, "schedule.learning_rate"),
            ("schedule.learning_rate=nan", 3, "schedule.learning_rate"),
            ("data.heads=[]", 3, "data.heads"),
            ("data.heads=[\"ferplus\", \"ferplus\"]", 3, "data.heads"),
            ("schedule.epoch=3", 3, "epoch"),
            ("network.name=transformer", 3, "transformer"),
            ("optimiser.sharpness=0.1", 3, "unknown field `sharpness`"),
            ("loss.vote_smoothing=0.4", 3, "unknown field `vote_smoothing`"),
            ("start_from=[\"runs/a\", \"runs/b\"]", 3, "start_from"),
            ("schedule", 2, "schedule"),
            ("seed.of.all=1", 2, "seed"),
        ];
        for (change, code, named) in cases {
            let error = changed(&[change]).unwrap_err();
            assert_eq!(error.exit_code(), code, "{change}: {error}");
            assert!(error.to_string().contains(named), "{change}: {error}");
        }
    }

    #[test]
    fn a_recipe_survives_being_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recipe.toml");
        let mut recipe = Recipe::default();
        recipe.data.limit = Some(12);
        write(&recipe, &path).unwrap();
        assert_eq!(read(&path.display().to_string(), &[]).unwrap(), recipe);
    }

    #[test]
    fn every_recipe_is_complete_and_commented() {
        for (name, text) in RECIPES {
            let recipe: Recipe = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let resolved: Table = toml::to_string(&recipe).unwrap().parse().unwrap();
            assert_eq!(text.parse::<Table>().unwrap(), resolved, "{name} leaves something out");
            for line in text.lines().filter(|line| line.contains(" = ")) {
                assert!(line.contains('#'), "{name}: `{line}` is not explained");
            }
        }
    }
}
