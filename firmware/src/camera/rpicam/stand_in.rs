//! A program that behaves as `rpicam-vid` does: a shell script that takes the options that rpicam-apps knows, refuses all
//! others as that does, writes what a test wants to stdout, and tells how it ended.

#[cfg(test)]
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What an option takes, as a pattern of a whole word (extended regular expression).
const FLAG: &str = "";
const WHOLE: &str = "[0-9]+";
const NUMBER: &str = "-?[0-9]+(\\.[0-9]+)?";
const TEXT: &str = ".+";
const TIME: &str = "[0-9]+(\\.[0-9]+)?(min|sec|s|ms|us|ns)?";
/// W:H, W:H:bits, or W:H:bits:packing.
const MODE: &str = "[1-9][0-9]*:[1-9][0-9]*(:[0-9]+(:[PU])?)?";
const FOCUS: &str = "default|manual|auto|continuous";

/// The options of core/options.cpp and core/video_options.hpp of rpicam-apps 1.13 that are about one camera and a stream of
/// frames. None of them may be missing in 1.4, of Raspberry Pi OS bookworm, but those that a test names.
const OPTIONS: [(&str, &str); 30] = [
    ("analoggain", NUMBER),
    ("autofocus-mode", FOCUS),
    ("autofocus-range", "normal|macro|full"),
    ("autofocus-speed", "normal|fast"),
    ("awb", "auto|incandescent|tungsten|fluorescent|indoor|daylight|cloudy|custom"),
    ("brightness", NUMBER),
    ("buffer-count", WHOLE),
    ("camera", WHOLE),
    ("codec", "h264|libav|mjpeg|yuv420"),
    ("contrast", NUMBER),
    ("denoise", "auto|off|cdn_off|cdn_fast|cdn_hq"),
    ("ev", NUMBER),
    ("exposure", "normal|sport|short|long|custom"),
    ("flicker-period", TIME),
    ("flush", FLAG),
    ("framerate", NUMBER),
    ("gain", NUMBER),
    ("height", WHOLE),
    ("hflip", FLAG),
    ("lens-position", TEXT),
    ("metering", "centre|spot|average|matrix|custom"),
    ("mode", MODE),
    ("nopreview", FLAG),
    ("output", TEXT),
    ("rotation", "0|180"),
    ("shutter", TIME),
    ("timeout", TIME),
    ("verbose", "[0-2]"),
    ("vflip", FLAG),
    ("width", WHOLE),
];

/// The program in a folder of its own.
pub(super) struct StandIn {
    folder: tempfile::TempDir,
    pub(super) program: PathBuf,
}

impl StandIn {
    /// It runs `script` once it has understood its arguments. From `listen` on that ends at SIGINT, as the real program does
    /// when its camera is on; `until_asked COMMAND` listens, and runs a command again and again.
    pub(super) fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("rpicam-vid");
        // A shell that was started with SIGINT ignored can't trap it: so it is made anew.
        let mut text = String::from("#!/usr/bin/env -S --default-signal=INT sh\n");
        let here = folder.path().display();
        writeln!(text, "echo \"$@\" > {here}/arguments").unwrap();
        text.push_str("refuse() { echo \"ERROR: *** $1 ***\" >&2; exit 255; }\n");
        text.push_str("fits() { printf '%s\\n' \"$2\" | grep -Exq -- \"$1\"; }\n");
        text.push_str("while [ $# -gt 0 ]; do case \"$1\" in\n");
        for (name, takes) in OPTIONS {
            if takes == FLAG {
                writeln!(text, "--{name}) shift ;;").unwrap();
            } else {
                let refuse = format!("refuse \"the argument ('$2') for option '--{name}' is invalid\"");
                writeln!(text, "--{name}) fits '{takes}' \"$2\" || {refuse}; shift 2 ;;").unwrap();
            }
        }
        text.push_str("*) refuse \"unrecognised option '$1'\" ;;\nesac; done\n");
        writeln!(text, "listen() {{ trap 'echo asked > {here}/ended; exit 0' INT; }}").unwrap();
        text.push_str("until_asked() { listen; while :; do \"$@\"; done; }\n");
        writeln!(text, "{script}").unwrap();
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, program }
    }

    pub(super) fn arguments(&self) -> String {
        read(&self.folder.path().join("arguments"))
    }

    pub(super) fn was_asked(&self) -> bool {
        read(&self.folder.path().join("ended")) == "asked\n"
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Shell that writes one frame of 128x8 pixels: this luminance, and these differences of blue and red.
pub(super) fn frame(luminance: u8, [blue, red]: [u8; 2]) -> String {
    let plane = |value: u8, bytes: u32| format!("head -c {bytes} /dev/zero | tr '\\0' '\\{value:03o}'");
    format!("{{ {}; {}; {}; }}", plane(luminance, 1_024), plane(blue, 256), plane(red, 256))
}
