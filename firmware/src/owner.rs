//! What the owner wrote onto the card, read in one place for everybody who acts on it: `scripts/card` on a laptop, and the
//! image at each start.
//!
//! `rpi-preseed.toml` of Raspberry Pi Imager is read first where it is there, `moodbox.toml` on top. Its table `[system]` is
//! the system's, everything else the box's own configuration. What can't be used is told with its line and left out, and
//! everything else holds. Two things are never guessed: what can't be read never becomes an open network, and no setting is
//! half of what the owner wrote.
//!
//! [`resolve`] is pure but for the folder of time zones; [`write()`] puts its answer into a folder.

mod cloud_init;
mod dac;
mod fields;
mod folder;
mod names;
mod places;
mod problems;
mod recover;
mod system;
#[cfg(test)]
mod tests;
mod text;
mod wifi;

pub use folder::write;
pub use problems::{File, Problems};

use crate::config::{Config, ConfigError, Problem};
use crate::gpio::wiring::LightKind;
use problems::problem;
use recover::Recovered;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wifi::{Network, Wishes};

/// Who acts on the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// The image's first start: iwd, systemd-networkd.
    Image,
    /// A card of Raspberry Pi OS: cloud-init, netplan, `config.txt`.
    Card,
}

/// How the files are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Who acts on the answer.
    pub target: Target,
    /// tzdata's zoneinfo; the built-in list is taken without it.
    pub zones: Option<PathBuf>,
    /// The Debian package that lies beside the seed of a card.
    pub package: Option<String>,
}

/// One of the owner's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What messages call it.
    pub name: String,
    /// What is in it, or why it can't be read.
    pub content: Result<Vec<u8>, String>,
}

/// What became of the owner's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The files to write, by their path in the folder. Those without content are left out.
    pub files: BTreeMap<String, String>,
    /// What can't be used.
    pub problems: Problems,
}

#[derive(Debug, Clone, PartialEq)]
struct Layer {
    hostname: Option<String>,
    timezone: Option<String>,
    country: Option<String>,
    keys: Vec<String>,
    user: Option<String>,
    dac: Option<String>,
    wifi: Wishes,
}

#[derive(Debug, Clone, PartialEq)]
struct Settings {
    hostname: Option<String>,
    timezone: Option<String>,
    country: Option<String>,
    keys: Vec<String>,
    user: Option<String>,
    dac: Option<String>,
    wifi: Option<Network>,
    spi: bool,
}

/// Reads the files.
///
/// # Errors
/// None that an input can cause: the embedded configuration must hold, and text must become JSON.
pub fn resolve(owner: &Source, preseed: Option<&Source>, rules: &Rules) -> Result<Answer, Box<dyn std::error::Error>> {
    let mut problems = Problems::new(&owner.name, preseed.map_or("rpi-preseed.toml", |file| &file.name));
    let zones = rules.zones.as_deref();
    let mut layer =
        |file: File, source: Option<&Source>, read: fn(&Recovered, Option<&Path>, &mut Vec<Problem>) -> Layer| {
            let recovered = recovered(source);
            let mut told = recovered.problems.clone();
            let layer = read(&recovered, zones, &mut told);
            problems.add(file, told);
            (recovered, layer)
        };
    let (base_text, base) = layer(File::Preseed, preseed, system::read_preseed);
    let (text, top) = layer(File::Owner, Some(owner), system::read);
    let whole = base_text.problems.is_empty() && text.problems.is_empty();
    let country = top.country.or(base.country);
    let wifi = match wifi::settled(base.wifi, top.wifi, whole) {
        Ok(Some((network, (file, line)))) => {
            if rules.target == Target::Card && country.is_none() {
                let what = "Raspberry Pi OS keeps Wi-Fi switched off until it knows the country";
                problems.add(file, [problem(line, what, "add your country's two letters: wifi_country = \"DE\"")]);
            }
            Some(network)
        }
        Ok(None) => None,
        Err(((file, line), what, hint)) => {
            problems.add(file, [problem(line, what, hint)]);
            None
        }
    };
    let (boxes_part, strays) = text::boxes_part(&text.text);
    problems.add(
        File::Owner,
        strays.into_iter().map(|stray| {
            let place = stray.table.map_or_else(|| "before any table".to_owned(), |table| format!("in `[{table}]`"));
            problem(
                stray.line,
                format!("`{}` stands {place}, it isn't used", stray.key),
                "write it below a line `[system]`",
            )
        }),
    );
    let (config, boxes_part) = match Config::of_text(&boxes_part, Path::new(&owner.name)) {
        Ok(config) => (config, boxes_part),
        Err(ConfigError::Mistakes { problems: mistakes, .. }) => {
            let first = mistakes.first().map_or(1, |mistake| mistake.line);
            let all = "the box runs with its default configuration, as its own has mistakes";
            // Tables that are there twice have been told.
            let told: Vec<usize> = text.problems.iter().map(|problem| problem.line).collect();
            let new = mistakes.into_iter().filter(|mistake| !told.contains(&mistake.line));
            problems.add(File::Owner, new.chain([problem(first, all, "mend the lines named here")]));
            (Config::embedded()?, String::new())
        }
        Err(error) => return Err(error.into()),
    };
    let settings = Settings {
        hostname: top.hostname.or(base.hostname),
        timezone: top.timezone.or(base.timezone),
        country,
        keys: if top.keys.is_empty() { base.keys } else { top.keys },
        user: top.user.or(base.user),
        dac: top.dac,
        wifi,
        spi: config.wiring.light != LightKind::Rgb,
    };
    Ok(Answer { files: files(&settings, rules, boxes_part, &problems)?, problems })
}

fn recovered(source: Option<&Source>) -> Recovered {
    let Some(source) = source else { return Recovered::default() };
    let text = match &source.content {
        Ok(bytes) => text::decode(bytes),
        Err(detail) => Err(problem(1, format!("the file can't be read: {detail}"), "write it anew from the form")),
    };
    match text {
        Ok(text) => recover::recover(&text),
        Err(problem) => Recovered { problems: vec![problem], ..Recovered::default() },
    }
}

fn files(
    settings: &Settings,
    rules: &Rules,
    boxes_part: String,
    problems: &Problems,
) -> serde_json::Result<BTreeMap<String, String>> {
    let line = |text: &Option<String>| text.as_ref().map(|text| format!("{text}\n")).unwrap_or_default();
    let told = if problems.is_empty() { String::new() } else { problems.for_people() };
    let mut files = BTreeMap::from([
        ("hostname".to_owned(), line(&settings.hostname)),
        ("timezone".to_owned(), line(&settings.timezone)),
        ("country".to_owned(), line(&settings.country)),
        ("dac".to_owned(), line(&settings.dac)),
        ("spi".to_owned(), if settings.spi { "on\n".to_owned() } else { String::new() }),
        ("authorized_keys".to_owned(), settings.keys.iter().map(|key| format!("{key}\n")).collect()),
    ]);
    match rules.target {
        Target::Image => {
            if let Some(network) = &settings.wifi {
                let (name, text) = wifi::network(network);
                files.insert(format!("iwd/{name}"), text);
            }
            if settings.wifi.is_some() || settings.country.is_some() {
                files.insert("iwd/main.conf".to_owned(), wifi::main(settings.country.as_deref()));
            }
        }
        Target::Card => {
            let seed = cloud_init::files(settings, rules.package.as_deref(), &boxes_part, &told)?;
            files.extend(seed.into_iter().map(|(name, text)| (name.to_owned(), text)));
        }
    }
    files.insert("problems.txt".to_owned(), told);
    files.retain(|_, text| !text.is_empty());
    // Also when it is empty: the service reads it.
    files.insert("moodbox.toml".to_owned(), boxes_part);
    Ok(files)
}
