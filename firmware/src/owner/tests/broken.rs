//! Files that are no TOML: what is broken is told with its line, the rest is read, and nothing is guessed.

use super::*;

const CASES: &[Case] = &[
    (
        "[system]\nhostname = 'a'\nwifi_name = 'Home'\nwifi_password = \"se\"cret12\"\n[look]\nframes = 3\n",
        &[("hostname", "a\n"), ("moodbox.toml", "[look]\nframes = 3\n")],
        &[4],
    ),
    ("[system]\nwifi_name = 'Home'\nwifi_password = 'it's secret'\nhostname = 'a'\n", &[("hostname", "a\n")], &[3]),
    ("[system]\nwifi_name = 'Home'\nwifi_password = \"secretpass\nhostname = 'a'\n", &[("hostname", "a\n")], &[3]),
    ("[system]\nwifi_name = 'Home'\nwifi_password = \"back\\slash1\"\nhostname = 'a'\n", &[("hostname", "a\n")], &[3]),
    ("[system]\nwifi_name = 'Home'\nwifi_password = secretpass\nwifi_open = true\n", &[], &[3]),
    ("[system]\nwifi_name = 'Home'\nwifi_password = “secretpass”\nwifi_open = true\n", &[], &[3]),
    ("[system]\nwifi_name = 'Home'\nwifi_open = true\nhostname = a\n", &[], &[3, 4]),
    ("[system]\nwifi_name = Home\nwifi_password = 'secretpass'\n", &[], &[2]),
    ("[system]\nwifi_name: 'Home'\nwifi_password: 'secretpass'\nhostname = 'a'\n", &[("hostname", "a\n")], &[2, 3]),
    ("[system]\nwifi_name 'Home'\nhostname = 'a'\n", &[("hostname", "a\n")], &[2]),
    ("[system]\n= 'Home'\nhostname = 'a'\n", &[("hostname", "a\n")], &[2]),
    ("[system]\nhostname =\ntimezone = 'UTC'\n", &[("timezone", "UTC\n")], &[2]),
    ("[system]\nhostname = = 'a'\ntimezone = 'UTC'\n", &[("timezone", "UTC\n")], &[2]),
    ("[system]\nhostname = 'a' timezone = 'UTC'\nwifi_country = 'DE'\n", &[("country", "DE\n")], &[2]),
    // Headers.
    (
        "[system\nhostname = 'a'\n[look]\nframes = 3\n",
        &[("hostname", "a\n"), ("moodbox.toml", "[look]\nframes = 3")],
        &[1],
    ),
    (
        "[look]\nframes = 3\n[system] hostname = 'a'\ntimezone = 'UTC'\n",
        &[("timezone", "UTC\n"), ("moodbox.toml", "[look]\nframes = 3")],
        &[3],
    ),
    ("[look]\nframes = 3\n[]\nhostname = 'a'\n", &[("moodbox.toml", "[look]\nframes = 3\n")], &[3]),
    ("system]\nhostname = 'a'\n[look]\nframes = 3\n", &[("moodbox.toml", "frames = 3")], &[1, 2]),
    // Twice.
    (
        "[system]\nhostname = 'a'\nhostname = 'b'\ntimezone = 'UTC'\n",
        &[("hostname", "a\n"), ("timezone", "UTC\n")],
        &[3],
    ),
    (
        "[system]\nhostname = 'a'\n[look]\nframes = 3\n[system]\nwifi_name = 'b'\nwifi_open = true\n",
        &[("hostname", "a\n"), ("moodbox.toml", "\n\n[look]\nframes = 3\n\n")],
        &[5, 7],
    ),
    ("[look]\nframes = 3\n[look]\nunsure_below = 0.5\n[system]\nhostname = 'a'\n", &[("hostname", "a\n")], &[3, 3]),
    ("system.hostname = 'a'\n[system]\ntimezone = 'UTC'\n", &[("hostname", "a\n"), ("timezone", "UTC\n")], &[2]),
    // Over several lines.
    (
        "[system]\nssh_key = [\"a\",\n \"b\"\nhostname = 'a'\n[look]\nframes = 3\n",
        &[("hostname", "a\n"), ("moodbox.toml", "[look]\nframes = 3")],
        &[2],
    ),
    ("[system]\nssh_key = [\n# one\n\"a\" \"b\",\n\"c\",\n]\nhostname = 'a'\n", &[("hostname", "a\n")], &[4]),
    (
        "[system]\nwifi_name = 'Home'\nwifi_password = \"\"\"secret\nhostname = 'a'\n[look]\nframes = 3\n",
        &[("hostname", "a\n"), ("moodbox.toml", "[look]\nframes = 3")],
        &[3],
    ),
    (
        "[system]\nwifi_name = 'Home'\nwifi_password = '''secret\n\n[look]\nframes = 3",
        &[("moodbox.toml", "[look]\nframes = 3")],
        &[3],
    ),
    (
        "system = { hostname = 'a',\nwifi_name = 'b'\n[look]\nframes = 3\n",
        &[("moodbox.toml", "[look]\nframes = 3")],
        &[1, 2],
    ),
    // The box's part.
    (
        "[system]\nhostname = 'a'\n[look]\nframes = = 3\nunsure_below = 0.5\n",
        &[("hostname", "a\n"), ("moodbox.toml", "[look]\n\nunsure_below = 0.5\n")],
        &[4],
    ),
];

#[test]
fn what_is_broken_is_told_and_the_rest_holds() {
    hold(CASES);
}

#[test]
fn letters_that_no_encoding_has_are_told_where_they_matter() {
    let latin1 = |text: &str| text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect::<Vec<u8>>();
    let answer =
        image(&latin1("[system]\nhostname = 'a' # für mich\nwifi_name = 'Müller'\nwifi_password = 'secretpass'\n"));
    assert_eq!(answer.problems.iter().map(|(_, problem)| problem.line).collect::<Vec<_>>(), [3]);
    assert_eq!(answer.files["hostname"], "a\n");
    assert!(!answer.files.keys().any(|name| name.starts_with("iwd/=") || name.ends_with(".psk")), "{answer:?}");
    let open = image(&latin1("[system]\nwifi_name = 'Home'\nwifi_password = 'gehöim12'\nwifi_open = true\n"));
    assert!(!open.files.keys().any(|name| name.ends_with(".open")), "{open:?}");
    let song = image(&latin1("[music]\nfolder = 'Müsik'\n[look]\nframes = 3\n"));
    assert_eq!(song.files["moodbox.toml"], "[music]\n\n[look]\nframes = 3\n");
    for bytes in [b"\0\0\0".as_slice(), b"[\0s\0y\0s\0", b"PK\x03\x04\0\0", &[0xFF; 300]] {
        assert!(!image(bytes).problems.is_empty(), "{bytes:?}");
    }
}

#[test]
fn nonsense_ends_soon_and_says_so() {
    let deep = format!("[system]\nhostname = {}'a'{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let wide = format!("{}\n", "[".repeat(100_000));
    let many = "a b c\n".repeat(20_000);
    let tables = (0..3_000).map(|at| format!("[t{at}]\nx = 1\n")).collect::<String>();
    let quotes = "\"\"\"'".repeat(30_000);
    let long = format!("[system]\nwifi_name = '{}'\nwifi_open = true\n", "x".repeat(900_000));
    for text in [deep, wide, many, tables, quotes, long] {
        let answer = image(text.as_bytes());
        assert!(!answer.problems.is_empty());
        closed(&text, &answer);
    }
}

/// Every file of these tests, cut off at every place and with every one letter taken out or doubled, or a quote put in,
/// never gives an open network: what is damaged is no wish.
#[test]
fn no_damage_opens_a_network() {
    let texts = [
        "[system]\nwifi_name = 'Home'\nwifi_password = 'secretpass'\n[look]\nframes = 3\n",
        "system = { wifi_name = \"Home\", wifi_password = \"secretpass\" }\n",
        "[system]\nwifi_open = false\nwifi_name = \"\"\"\nHome\"\"\"\nwifi_password = '''secretpass'''\n",
        "system.wifi_name = 'Home' # wifi_password\nsystem.wifi_password = \"\\u0073ecretpass\"\n",
    ];
    let mut tried = 0;
    for text in texts {
        for at in 0..text.len() {
            let (before, after) = text.split_at(at);
            let damaged = [
                before.to_owned(),
                format!("{before}{}", &after[1..]),
                format!("{before}{}{after}", &after[..1]),
                format!("{before}\"{after}"),
                format!("{before}'{after}"),
                format!("{before}\n{after}"),
                format!("{before}#{after}"),
            ];
            for text in damaged {
                let answer = image(text.as_bytes());
                assert!(!answer.files.keys().any(|name| name.ends_with(".open")), "{text}");
                tried += 1;
            }
        }
    }
    assert!(tried > 1_500, "{tried}");
}
