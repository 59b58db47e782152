//! Files that are as TOML has them: what it says holds.

use super::*;

const CASES: &[Case] = &[
    ("", &[], &[]),
    ("\n\n# nothing\n", &[("moodbox.toml", "# nothing")], &[]),
    // The files that people had, which awk and sed misread.
    (
        "[system]\nwifi_name = \"Home\"\nwifi_password = \"se\\\"cret12\"\n",
        &[("iwd/Home.psk", "Passphrase=se\"cret12\n")],
        &[],
    ),
    ("[system]\nwifi_name = \"Home\"\nwifi_password = 'secret12'\n", &[("iwd/Home.psk", "Passphrase=secret12\n")], &[]),
    (
        "[system]\nhostname = \"livingroom\"\nwifi_name = \"Home\"\nwifi_password = \"secretpass\"\nwifi_country = \"DE\"\nssh_key = \"ssh-ed25519 AAAA me@host\"\n\n[look]\nunsure_below = 0.55\n",
        &[
            ("hostname", "livingroom\n"),
            ("country", "DE\n"),
            ("iwd/Home.psk", "Passphrase=secretpass\n"),
            ("iwd/main.conf", "Country=DE\n"),
            ("moodbox.toml", "[look]\nunsure_below = 0.55\n"),
        ],
        &[6],
    ),
    // Ways to write a table.
    ("[ system ] # mine\nhostname = \"a\"\n", &[("hostname", "a\n")], &[]),
    ("\t[system]\n\t hostname\t=\t'a'\n", &[("hostname", "a\n")], &[]),
    ("[\"system\"]\n\"hostname\" = 'a'\n", &[("hostname", "a\n")], &[]),
    ("system.hostname = 'a'\nlook.frames = 3\n", &[("hostname", "a\n"), ("moodbox.toml", "\nlook.frames = 3\n")], &[]),
    ("system . 'hostname' = 'a'\n", &[("hostname", "a\n")], &[]),
    (
        "system = { hostname = 'a', timezone = 'UTC' }\n[look]\nframes = 3\n",
        &[("hostname", "a\n"), ("timezone", "UTC\n"), ("moodbox.toml", "frames = 3")],
        &[],
    ),
    (
        "system = {\n  hostname = 'a', # here\n  wifi_name = 'b',\n  wifi_password = 'secretpass',\n}\n",
        &[("hostname", "a\n"), ("iwd/b.psk", "secretpass")],
        &[],
    ),
    (
        "[look]\nframes = 3\n[system]\nhostname = 'a'\n[light]\nbrightness = 0.5",
        &[("hostname", "a\n"), ("moodbox.toml", "[look]\nframes = 3\n\n\n[light]\nbrightness = 0.5")],
        &[],
    ),
    // Ways to write a text.
    (
        "[system]\nwifi_name = \"\"\"\nHome\"\"\"\nwifi_password = '''secret'12'''\n",
        &[("iwd/Home.psk", "Passphrase=secret'12\n")],
        &[],
    ),
    ("[system]\nwifi_name = \"a\\tb\"\nwifi_password = \"secretpass\"\n", &[], &[2]),
    (
        "[system]\nwifi_name = \"Caf\\u00e9\"\nwifi_password = \"\\U00000073ecretpass\"\n",
        &[("iwd/=436166c3a9.psk", "Passphrase=secretpass\n")],
        &[],
    ),
    (
        "[system]\nwifi_name = 'C:\\new'\nwifi_password = 'back\\slash'\n",
        &[("iwd/=433a5c6e6577.psk", "Passphrase=back\\\\slash\n")],
        &[],
    ),
    (
        "[system]\nwifi_name = '# no comment'\nwifi_password = ' # = [x]'# a comment\n",
        &[("iwd/=23206e6f20636f6d6d656e74.psk", "Passphrase=\\s# = [x]\n")],
        &[],
    ),
    (
        "[system]\nwifi_name = \"Zuhause Müller\"\nwifi_password = \"secretpass\"\n",
        &[("iwd/=5a756861757365204dc3bc6c6c6572.psk", "")],
        &[],
    ),
    (
        "[system]\nwifi_name = '日本'\nwifi_password = '0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCDEF0123'\n",
        &[],
        &[3],
    ),
    (
        "[system]\nwifi_name = 'h'\nwifi_password = '0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef'\n",
        &[("iwd/h.psk", "PreSharedKey=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n")],
        &[],
    ),
    // Empty is not given.
    (
        "[system]\nhostname = ''\ntimezone = \"\"\nwifi_name = ''\nwifi_password = ''\nwifi_country = ''\nssh_key = ''\ndac = ''\nuser = ''\n",
        &[],
        &[],
    ),
    ("[system]\nssh_key = []\n", &[], &[]),
    // Open networks: wished for, or not at all.
    ("[system]\nwifi_name = 'Cafe'\nwifi_open = true\n", &[("iwd/Cafe.open", "AutoConnect=true\n")], &[]),
    (
        "[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = ''\nwifi_hidden = true\n",
        &[("iwd/Cafe.open", "Hidden=true\n")],
        &[],
    ),
    ("[system]\nwifi_name = 'Cafe'\n", &[], &[2]),
    ("[system]\nwifi_name = 'Cafe'\nwifi_open = false\n", &[], &[2]),
    ("[system]\nwifi_name = 'Cafe'\nwifi_open = 'true'\n", &[], &[3]),
    ("[system]\nwifi_name = 'Cafe'\nwifi_open = 1\n", &[], &[3]),
    ("[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = 'secretpass'\n", &[], &[3]),
    ("[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = 'short'\n", &[], &[4]),
    ("[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = 12345678\n", &[], &[4]),
    ("[system]\nwifi_open = true\n", &[], &[2]),
    ("[system]\nwifi_password = 'secretpass'\n", &[], &[2]),
    ("[system]\nwifi_name = ''\nwifi_password = 'secretpass'\n", &[], &[3]),
    // Values that are none.
    (
        "[system]\nhostname = 'my box'\ntimezone = 'Berlin'\nwifi_country = 'UK'\ndac = 'hifibery-dac'\nuser = 'root'\n",
        &[],
        &[2, 3, 4, 5, 6],
    ),
    (
        "[system]\nhostname = 1\ntimezone = true\nwifi_country = ['DE']\nwifi_name = 1979-05-27\nssh_key = 5\n",
        &[],
        &[2, 3, 4, 5, 6],
    ),
    (
        "[system]\nwifi_name = '012345678901234567890123456789012'\nwifi_password = 'secretpass'\nhostname = 'a'\n",
        &[("hostname", "a\n")],
        &[2],
    ),
    // Keys and tables that are none, or stand elsewhere.
    ("[system]\nhostnam = 'a'\nssid = 'b'\ncolour = 'c'\n", &[], &[2, 3, 4]),
    ("[sytem]\nhostname = 'a'\n[look]\nframes = 3\n", &[("moodbox.toml", "[look]\nframes = 3")], &[1, 2]),
    ("[System]\nhostname = 'a'\n", &[], &[1, 2]),
    (
        "hostname = 'a'\nwifi_name = 'b'\nwifi_password = 'secretpass'\n[look]\nframes = 3\n",
        &[("moodbox.toml", "[look]\nframes = 3")],
        &[1, 2, 3],
    ),
    ("[look]\nframes = 3\nwifi_password = 'secretpass'\n", &[("moodbox.toml", "[look]\nframes = 3\n\n")], &[3]),
    ("system = 'a'\n", &[], &[1]),
    ("[[system]]\nhostname = 'a'\n", &[], &[1]),
    ("[system.wifi]\nname = 'a'\n[system]\nhostname = 'b'\n", &[("hostname", "b\n")], &[1]),
    // The box's own mistakes take nothing of the system's down.
    (
        "[system]\nhostname = 'a'\n[look]\nframes = 99\n",
        &[("hostname", "a\n"), ("problems.txt", "moodbox.toml, line 4: the box runs with its default configuration")],
        &[4, 4],
    ),
    ("[light]\nkind = 'ws2812'\n", &[("spi", "on\n"), ("moodbox.toml", "ws2812")], &[]),
    ("[light]\nkind = 'ws2812'\n[look]\nx = 1\n", &[], &[4, 4]),
];

#[test]
fn what_toml_says_holds() {
    hold(CASES);
}

#[test]
fn the_same_text_in_every_encoding_and_with_every_line_end_gives_the_same() {
    let texts: Vec<&str> = CASES.iter().map(|(text, ..)| *text).filter(|text| !text.is_empty()).collect();
    assert!(texts.len() > 40);
    for text in texts {
        let expected = image(text.as_bytes());
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in
            [marked, little, big, text.replace('\n', "\r\n").into_bytes(), text.replace('\n', "\r").into_bytes()]
        {
            assert_eq!(image(&bytes), expected, "{text}");
        }
    }
}
