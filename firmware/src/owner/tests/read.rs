//! Files that are as TOML has them: what it says holds.

use super::*;

const CASES: &[Case] = &[
    Case { text: "", files: &[], lines: &[] },
    Case { text: "\n\n# nothing\n", files: &[("moodbox.toml", "# nothing")], lines: &[] },
    // The files that people had, which awk and sed misread.
    Case {
        text: "[system]\nwifi_name = \"Home\"\nwifi_password = \"se\\\"cret12\"\n",
        files: &[("iwd/Home.psk", "Passphrase=se\"cret12\n")],
        lines: &[],
    },
    Case {
        text: "[system]\nwifi_name = \"Home\"\nwifi_password = 'secret12'\n",
        files: &[("iwd/Home.psk", "Passphrase=secret12\n")],
        lines: &[],
    },
    Case {
        text: "[system]\nhostname = \"livingroom\"\nwifi_name = \"Home\"\nwifi_password = \"secretpass\"\nwifi_country = \"DE\"\nssh_key = \"ssh-ed25519 AAAA me@host\"\n\n[look]\nunsure_below = 0.55\n",
        files: &[
            ("hostname", "livingroom\n"),
            ("country", "DE\n"),
            ("iwd/Home.psk", "Passphrase=secretpass\n"),
            ("iwd/main.conf", "Country=DE\n"),
            ("moodbox.toml", "[look]\nunsure_below = 0.55\n"),
        ],
        lines: &[6],
    },
    // Ways to write a table.
    Case { text: "[ system ] # mine\nhostname = \"a\"\n", files: &[("hostname", "a\n")], lines: &[] },
    Case { text: "\t[system]\n\t hostname\t=\t'a'\n", files: &[("hostname", "a\n")], lines: &[] },
    Case { text: "[\"system\"]\n\"hostname\" = 'a'\n", files: &[("hostname", "a\n")], lines: &[] },
    Case {
        text: "system.hostname = 'a'\nlook.frames = 3\n",
        files: &[("hostname", "a\n"), ("moodbox.toml", "\nlook.frames = 3\n")],
        lines: &[],
    },
    Case { text: "system . 'hostname' = 'a'\n", files: &[("hostname", "a\n")], lines: &[] },
    Case {
        text: "system = { hostname = 'a', timezone = 'UTC' }\n[look]\nframes = 3\n",
        files: &[("hostname", "a\n"), ("timezone", "UTC\n"), ("moodbox.toml", "frames = 3")],
        lines: &[],
    },
    Case {
        text: "system = {\n  hostname = 'a', # here\n  wifi_name = 'b',\n  wifi_password = 'secretpass',\n}\n",
        files: &[("hostname", "a\n"), ("iwd/b.psk", "secretpass")],
        lines: &[],
    },
    Case {
        text: "[look]\nframes = 3\n[system]\nhostname = 'a'\n[light]\nbrightness = 0.5",
        files: &[("hostname", "a\n"), ("moodbox.toml", "[look]\nframes = 3\n\n\n[light]\nbrightness = 0.5")],
        lines: &[],
    },
    // Ways to write a text.
    Case {
        text: "[system]\nwifi_name = \"\"\"\nHome\"\"\"\nwifi_password = '''secret'12'''\n",
        files: &[("iwd/Home.psk", "Passphrase=secret'12\n")],
        lines: &[],
    },
    Case { text: "[system]\nwifi_name = \"a\\tb\"\nwifi_password = \"secretpass\"\n", files: &[], lines: &[2] },
    Case {
        text: "[system]\nwifi_name = \"Caf\\u00e9\"\nwifi_password = \"\\U00000073ecretpass\"\n",
        files: &[("iwd/=436166c3a9.psk", "Passphrase=secretpass\n")],
        lines: &[],
    },
    Case {
        text: "[system]\nwifi_name = 'C:\\new'\nwifi_password = 'back\\slash'\n",
        files: &[("iwd/=433a5c6e6577.psk", "Passphrase=back\\\\slash\n")],
        lines: &[],
    },
    Case {
        text: "[system]\nwifi_name = '# no comment'\nwifi_password = ' # = [x]'# a comment\n",
        files: &[("iwd/=23206e6f20636f6d6d656e74.psk", "Passphrase=\\s# = [x]\n")],
        lines: &[],
    },
    Case {
        text: "[system]\nwifi_name = \"Zuhause Müller\"\nwifi_password = \"secretpass\"\n",
        files: &[("iwd/=5a756861757365204dc3bc6c6c6572.psk", "")],
        lines: &[],
    },
    Case {
        text: "[system]\nwifi_name = '日本'\nwifi_password = '0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCDEF0123'\n",
        files: &[],
        lines: &[3],
    },
    Case {
        text: "[system]\nwifi_name = 'h'\nwifi_password = '0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef'\n",
        files: &[("iwd/h.psk", "PreSharedKey=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n")],
        lines: &[],
    },
    // Empty is not given.
    Case {
        text: "[system]\nhostname = ''\ntimezone = \"\"\nwifi_name = ''\nwifi_password = ''\nwifi_country = ''\nssh_key = ''\ndac = ''\nuser = ''\n",
        files: &[],
        lines: &[],
    },
    Case { text: "[system]\nssh_key = []\n", files: &[], lines: &[] },
    // Open networks: wished for, or not at all.
    Case {
        text: "[system]\nwifi_name = 'Cafe'\nwifi_open = true\n",
        files: &[("iwd/Cafe.open", "AutoConnect=true\n")],
        lines: &[],
    },
    Case {
        text: "[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = ''\nwifi_hidden = true\n",
        files: &[("iwd/Cafe.open", "Hidden=true\n")],
        lines: &[],
    },
    Case { text: "[system]\nwifi_name = 'Cafe'\n", files: &[], lines: &[2] },
    Case { text: "[system]\nwifi_name = 'Cafe'\nwifi_open = false\n", files: &[], lines: &[2] },
    Case { text: "[system]\nwifi_name = 'Cafe'\nwifi_open = 'true'\n", files: &[], lines: &[3] },
    Case { text: "[system]\nwifi_name = 'Cafe'\nwifi_open = 1\n", files: &[], lines: &[3] },
    Case {
        text: "[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = 'secretpass'\n",
        files: &[],
        lines: &[3],
    },
    Case { text: "[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = 'short'\n", files: &[], lines: &[4] },
    Case {
        text: "[system]\nwifi_name = 'Cafe'\nwifi_open = true\nwifi_password = 12345678\n",
        files: &[],
        lines: &[4],
    },
    Case { text: "[system]\nwifi_open = true\n", files: &[], lines: &[2] },
    Case { text: "[system]\nwifi_password = 'secretpass'\n", files: &[], lines: &[2] },
    Case { text: "[system]\nwifi_name = ''\nwifi_password = 'secretpass'\n", files: &[], lines: &[3] },
    // Values that are none.
    Case {
        text: "[system]\nhostname = 'my box'\ntimezone = 'Berlin'\nwifi_country = 'UK'\ndac = 'hifibery-dac'\nuser = 'root'\n",
        files: &[],
        lines: &[2, 3, 4, 5, 6],
    },
    Case {
        text: "[system]\nhostname = 1\ntimezone = true\nwifi_country = ['DE']\nwifi_name = 1979-05-27\nssh_key = 5\n",
        files: &[],
        lines: &[2, 3, 4, 5, 6],
    },
    Case {
        text: "[system]\nwifi_name = '012345678901234567890123456789012'\nwifi_password = 'secretpass'\nhostname = 'a'\n",
        files: &[("hostname", "a\n")],
        lines: &[2],
    },
    // Keys and tables that are none, or stand elsewhere.
    Case { text: "[system]\nhostnam = 'a'\nssid = 'b'\ncolour = 'c'\n", files: &[], lines: &[2, 3, 4] },
    Case {
        text: "[sytem]\nhostname = 'a'\n[look]\nframes = 3\n",
        files: &[("moodbox.toml", "[look]\nframes = 3")],
        lines: &[1, 2],
    },
    Case { text: "[System]\nhostname = 'a'\n", files: &[], lines: &[1, 2] },
    Case {
        text: "hostname = 'a'\nwifi_name = 'b'\nwifi_password = 'secretpass'\n[look]\nframes = 3\n",
        files: &[("moodbox.toml", "[look]\nframes = 3")],
        lines: &[1, 2, 3],
    },
    Case {
        text: "[look]\nframes = 3\nwifi_password = 'secretpass'\n",
        files: &[("moodbox.toml", "[look]\nframes = 3\n\n")],
        lines: &[3],
    },
    Case { text: "system = 'a'\n", files: &[], lines: &[1] },
    Case { text: "[[system]]\nhostname = 'a'\n", files: &[], lines: &[1] },
    Case { text: "[system.wifi]\nname = 'a'\n[system]\nhostname = 'b'\n", files: &[("hostname", "b\n")], lines: &[1] },
    // The box's own mistakes take nothing of the system's down.
    Case {
        text: "[system]\nhostname = 'a'\n[look]\nframes = 99\n",
        files: &[
            ("hostname", "a\n"),
            ("problems.txt", "moodbox.toml, line 4: the box runs with its default configuration"),
        ],
        lines: &[4, 4],
    },
    Case { text: "[light]\nkind = 'ws2812'\n", files: &[("spi", "on\n"), ("moodbox.toml", "ws2812")], lines: &[] },
    Case { text: "[light]\nkind = 'ws2812'\n[look]\nx = 1\n", files: &[], lines: &[4, 4] },
];

#[test]
fn what_toml_says_holds() {
    for case in CASES {
        case.holds();
    }
}

#[test]
fn the_same_text_in_every_encoding_and_with_every_line_end_gives_the_same() {
    let all: Vec<&Case> = CASES.iter().filter(|case| !case.text.is_empty()).collect();
    assert!(all.len() > 40);
    for Case { text, .. } in all {
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
