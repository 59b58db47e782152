//! The default is whole, the owner's file is layered, and all its mistakes are told at once.

use super::keys::{KEYS, Kind};
use super::*;
use crate::gpio::colour::{ColourOrder, Common};
use crate::gpio::wiring::{Backend, LightKind};

fn apply(text: &str) -> Result<Config, ConfigError> {
    Config::of_text(text, Path::new("box/moodbox.toml"))
}

fn mistakes(text: &str) -> Vec<(usize, String)> {
    match apply(text) {
        Err(ConfigError::Mistakes { problems, .. }) => problems.into_iter().map(|p| (p.line, p.what)).collect(),
        other => panic!("{text:?} gave {other:?}"),
    }
}

#[test]
fn the_template_has_every_key_below_a_comment_and_no_other() {
    let lines: Vec<&str> = TEMPLATE.lines().collect();
    for key in KEYS {
        let at = lines.iter().position(|line| line.starts_with(&format!("{} = ", key.name)));
        let at = at.unwrap_or_else(|| panic!("{}.{} is not in the template", key.table, key.name));
        assert!(lines[at - 1].starts_with("# "), "{}.{} has no comment", key.table, key.name);
    }
    let assigned = lines.iter().filter(|line| line.contains(" = ") && !line.starts_with('#')).count();
    assert_eq!(assigned, KEYS.len());
    assert!(KEYS.iter().all(|key| match key.kind {
        Kind::Number { low, high, .. } => low < high,
        Kind::Whole { low, high, .. } => low < high,
        Kind::Text => true,
        Kind::Choice(words) => words.len() > 1,
    }));
}

#[test]
fn the_embedded_default_holds() {
    let config = Config::embedded().unwrap();
    let limits = Limits { frames: 12, time: Duration::from_millis(1_500) };
    let time_limit = Duration::from_secs(5);
    assert_eq!(config.look, Look { unsure_below: 0.0, limits, memory: None, time_limit });
    assert!(config.gestures.choose < config.gestures.stop && config.gestures.stop < config.gestures.shut_down);
    assert_eq!(config.debounce, Duration::from_millis(30));
    assert_eq!((config.music.folder.clone(), config.card.clone(), config.model.clone()), (None, None, None));
    assert_eq!(config.fades.play_for, Some(Duration::from_secs(3_600)));
}

#[test]
fn the_owners_file_is_layered_and_its_paths_are_relative_to_it() {
    let config =
        apply("[look]\nunsure_below = 0.5\n[music]\nfolder = \"tunes\"\nvolume_db = -6\nplay_for_min = 0\n").unwrap();
    assert_eq!((config.look.unsure_below, config.look.limits.frames), (0.5, 12));
    assert_eq!(config.music.folder, Some(PathBuf::from("box/tunes")));
    assert_eq!((config.volume.start_db, config.fades.play_for), (-6.0, None));
    assert_eq!(apply("").unwrap(), Config::embedded().unwrap());
}

#[test]
fn a_path_may_begin_with_the_users_own_folder() {
    let folder = |text: &str| apply(&format!("[music]\nfolder = \"{text}\"\n")).unwrap().music.folder;
    if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
        assert_eq!((folder("~/Music"), folder("~")), (Some(home.join("Music")), Some(home.join(""))));
    }
    assert_eq!(folder("~other/Music"), Some(PathBuf::from("box/~other/Music")));
}

#[test]
fn a_music_folder_that_gives_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let troubles = || {
        let text = format!("[music]\nfolder = \"{}\"\n", folder.path().display());
        apply(&text).unwrap().troubles().join("; ")
    };
    assert!(troubles().contains("has no folder that is named after a mood"), "{}", troubles());
    std::fs::create_dir_all(folder.path().join("happy/Album")).unwrap();
    assert!(troubles().ends_with("has no track in its folder for happy"), "{}", troubles());
    std::fs::write(folder.path().join("happy/Album/01 song.mp3"), "x").unwrap();
    assert_eq!(troubles(), "");
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(troubles().contains("can't be read (No such file"), "{}", troubles());
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text =
        "[look]\nunsure_bellow = 0.5\n\n[button]\ndebounce_ms = \"30\"\n[light]\nbrightness = 7\n[lamp]\nx = 1\n";
    let error = apply(text).unwrap_err();
    snapbox::assert_data_eq!(
        error.to_string(),
        snapbox::str![[r#"
configuration box/moodbox.toml has 4 mistakes
  box/moodbox.toml:2: unknown key `look.unsure_bellow`
    hint: did you mean `unsure_below`?
  box/moodbox.toml:5: `button.debounce_ms` is "30", it must be a whole number from 1 to 500 (milliseconds)
    hint: for example `debounce_ms = 1`
  box/moodbox.toml:7: `light.brightness` is 7, it must be a number from 0 to 1 (a share)
    hint: for example `brightness = 0.5`
  box/moodbox.toml:8: unknown table `lamp`
    hint: known here: look, camera, button, light, gpio, music, speaker, model
"#]]
    );
}

#[test]
fn what_is_no_toml_is_told_too_and_does_not_hide_the_rest() {
    let found = mistakes("[look]\nframes = = 3\n[button]\ndebounce_ms = 9999\n");
    assert_eq!(found.first().map(|p| p.0), Some(2), "{found:?}");
    assert!(found.iter().any(|(line, what)| *line == 4 && what.contains("debounce_ms")), "{found:?}");
    for text in ["look = 3", "[[look]]\nframes = 1", "frames = 1", "[look]\nframes = 1\nframes = 2", "\u{0}", "[look\n"]
    {
        assert!(!mistakes(text).is_empty(), "{text:?}");
    }
}

#[test]
fn numbers_outside_their_range_are_refused() {
    for value in ["-0.1", "1.1", "nan", "inf", "true", "\"x\"", "[0.5]", "1979-05-27", "0x1"] {
        assert_eq!(mistakes(&format!("[light]\nbrightness = {value}")).len(), 1, "{value}");
    }
    for value in ["0", "1", "0.5", "1e-1", "0_1.0"] {
        let text = format!("[light]\nbrightness = {value}");
        assert_eq!(apply(&text).is_ok(), value != "0_1.0", "{value}");
    }
    for value in ["0", "13", "-1", "1.0", "99999999999999999999"] {
        assert_eq!(mistakes(&format!("[look]\nframes = {value}")).len(), 1, "{value}");
    }
}

#[test]
fn pins_and_choices_are_checked_alone_and_together() {
    let config = Config::embedded().unwrap();
    let pins: Vec<u8> = config.wiring.roles().iter().map(|(_, _, pin)| pin.0).collect();
    assert_eq!(pins, [17, 12, 13, 16, 24], "as in the README's table");
    assert_eq!(
        mistakes("[button]\npin = 40\nhearing = \"eyes\"\n"),
        [
            (
                2,
                "`button.pin` is 40, it must be a whole number from 0 to 27 (a BCM number, not that of the header)"
                    .into()
            ),
            (3, "`button.hearing` is \"eyes\", it must be one of \"auto\", \"interrupt\", \"poll\"".into()),
        ]
    );
    let twice = |text| mistakes(text);
    assert_eq!(
        twice("[look]\n\n[light]\nprivacy_pin = 17\n"),
        [(4, "GPIO 17 is for the button and for the privacy lamp".to_owned())]
    );
    assert_eq!(twice("[button]\npin = 24\n"), [(1, "GPIO 24 is for the button and for the privacy lamp".to_owned())]);
    let anode = apply("[light]\ncommon = \"anode\"\nkind = \"ws2812\"\n[gpio]\nbackend = \"chip\"\n").unwrap().wiring;
    assert_eq!((anode.common, anode.light, anode.backend), (Common::Anode, LightKind::Ws2812, Backend::Chip));
    let apa = apply("[light]\nkind = \"apa102\"\n").unwrap().wiring;
    assert_eq!((apa.light, apa.order, apa.colour_order()), (LightKind::Apa102, None, ColourOrder::Bgr));
    let sk = apply("[light]\nkind = \"ws2812\"\norder = \"grbw\"\nwhite_k = 3000\n").unwrap().wiring;
    assert_eq!((sk.colour_order(), sk.white_k.to_bits()), (ColourOrder::Grbw, 3_000.0_f32.to_bits()));
    assert_eq!(
        twice("[light]\nkind = \"apa102\"\n\norder = \"grbw\"\n"),
        [(4, "an APA102 light has no white, `light.order` names one".to_owned())]
    );
    assert_eq!(
        twice("[button]\npin = 11\n[light]\nkind = \"apa102\"\n"),
        [(2, "GPIO 11, for the button, is SCLK of the SPI bus, which the APA102 light takes (7 to 11)".to_owned())]
    );
}

#[test]
fn the_resolved_text_keeps_comments_and_reads_back_the_same() {
    let owner = "music.volume_db = -12\n[look]\nframes = 0x2 # two\n[model]\npath = 'a \"b\".onnx'\n";
    let resolved = read::overlay(TEMPLATE, owner);
    assert_eq!(resolved.lines().count(), TEMPLATE.lines().count());
    assert!(resolved.contains("\nframes = 0x2\n") && resolved.contains("\nvolume_db = -12\n"));
    let read = |text: &str| Config::of_text(text, Path::new("moodbox.toml"));
    assert_eq!(read(&resolved), read(owner));
}

#[test]
fn the_start_volume_lies_between_the_quietest_and_the_loudest() {
    let config = apply("[music]\nvolume_db = -12\nvolume_min_db = -30\nvolume_max_db = -3\n").unwrap();
    assert!((config.sound().gain_db + 12.0).abs() < 1e-6);
    assert!((config.device(0).volume.max_db + 3.0).abs() < 1e-6);
    let ConfigError::Mistakes { problems, .. } = apply("[music]\nvolume_max_db = -9\n").unwrap_err() else { panic!() };
    assert!(problems[0].what.contains("`music.volume_db` is 0, it must lie between"), "{problems:?}");
}

#[test]
fn the_sleep_timer_fades_over_half_of_a_short_time_at_most() {
    let fade = |text: &str| apply(text).unwrap().device(0).fades.sleep_fade;
    assert_eq!(fade(""), Duration::from_secs(30));
    assert_eq!(fade("[music]\nplay_for_min = 1\nsleep_fade_s = 600\n"), Duration::from_secs(30));
}
