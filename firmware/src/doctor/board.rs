//! The machine: temperature and power, the clock of its SPI bus, room on its disk, and the groups of this user.

use super::{Finding, Verdict};
use crate::gpio::wiring::LightKind;
use rustix::fs::{Access, access};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Degrees Celsius from which a Raspberry Pi slows down.
const HOT: f64 = 80.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    /// The kernel watches the voltage (driver raspberrypi-hwmon): whether it was too low in the last seconds.
    Watched(bool),
    /// What older firmware had to do, as flags.
    Flags(u32),
    Unknown,
}

/// Reads what the kernel says below `root` (`/` on a board).
pub fn board(root: &Path) -> Finding {
    let text = std::fs::read_to_string(root.join("sys/class/thermal/thermal_zone0/temp")).unwrap_or_default();
    let Ok(degrees) = text.trim().parse::<f64>().map(|millidegrees| millidegrees / 1e3) else {
        return Finding::skipped("this machine does not tell its temperature");
    };
    let power = power(root);
    let finding = judge(degrees, power).with("celsius", degrees);
    match power {
        Power::Watched(low) => finding.with("low_voltage", low),
        Power::Flags(flags) => finding.with("low_voltage", flags & 0x1_0001 != 0).with("throttled", flags),
        Power::Unknown => finding.with("low_voltage", serde_json::Value::Null),
    }
}

/// The voltage by hwmon where the kernel has that; only else by the firmware's flags, whose reading newer kernels warn about.
fn power(root: &Path) -> Power {
    let watches =
        |folder: &PathBuf| std::fs::read_to_string(folder.join("name")).is_ok_and(|name| name.trim() == "rpi_volt");
    if let Some(alarm) = files::below(&root.join("sys/class/hwmon"), "hwmon").into_iter().find(watches) {
        return number(&alarm.join("in0_lcrit_alarm"), 10).map_or(Power::Unknown, |alarm| Power::Watched(alarm != 0));
    }
    // `soc/soc:firmware`, on a Raspberry Pi 5 `soc@107c000000/soc@107c000000:firmware`.
    let socs = files::below(&root.join("sys/devices/platform"), "soc");
    let flags =
        socs.iter().flat_map(|soc| files::below(soc, "soc")).find_map(|it| number(&it.join("get_throttled"), 16));
    flags.map_or(Power::Unknown, Power::Flags)
}

fn number(path: &Path, radix: u32) -> Option<u32> {
    u32::from_str_radix(std::fs::read_to_string(path).ok()?.trim().trim_start_matches("0x"), radix).ok()
}

/// The firmware's flags: bits 0 to 3 are now, 16 to 19 since the start; the first of each four is too little voltage
/// (<https://www.raspberrypi.com/documentation/computers/os.html#get_throttled>).
fn judge(degrees: f64, power: Power) -> Finding {
    let what = format!("{degrees:.0} °C");
    let low = match power {
        Power::Watched(true) => Some("now"),
        Power::Flags(flags) if flags & 1 != 0 => Some("now"),
        Power::Flags(flags) if flags & 0x1_0000 != 0 => Some("since it was switched on"),
        _ => None,
    };
    if let Some(when) = low {
        return Finding::doubtful(
            format!("{what}; too little voltage {when}"),
            "use the power supply made for this board, and a short thick cable",
        );
    }
    if degrees >= HOT || matches!(power, Power::Flags(flags) if flags & 0xe_000e != 0) {
        return Finding::doubtful(format!("{what}; the board slows itself down"), "give it air, or a heat sink");
    }
    Finding::fine(what)
}

/// Processors with such a clock: what the device tree calls them, the boards, and the line that holds it.
const CLOCKS: [(&str, &str, &str); 2] = [
    ("brcm,bcm2837", "a Raspberry Pi 3 or Zero 2 W", "core_freq=250"),
    ("brcm,bcm2711", "a Raspberry Pi 4", "core_freq_min=500"),
];

/// `light`, with a word about a core clock that is not held, by device tree and config.txt below `root`.
pub fn with_clock(light: Finding, kind: LightKind, root: &Path) -> Finding {
    let tree = std::fs::read(root.join("proc/device-tree/compatible")).unwrap_or_default();
    let tree = String::from_utf8_lossy(&tree);
    let clock = CLOCKS.iter().find(|(processor, ..)| tree.split('\0').any(|it| it == *processor));
    let Some((_, board, line)) = clock.filter(|_| kind == LightKind::Ws2812 && light.verdict == Verdict::Fine) else {
        return light;
    };
    let files = ["boot/firmware/config.txt", "boot/config.txt"];
    let Some(text) = files.iter().find_map(|file| std::fs::read_to_string(root.join(file)).ok()) else { return light };
    let holds = |it: &str| it == *line || it == "force_turbo=1";
    if text.lines().any(|it| holds(&it.split('#').next().unwrap_or_default().replace(' ', ""))) {
        return light;
    }
    let what = format!("{}; on {board} the core's clock changes with the load, and colours may flicker", light.what);
    let remedy = format!("if they do: `{line}` in /boot/firmware/config.txt, then start the board again");
    Finding { figures: light.figures, ..Finding::doubtful(what, &remedy) }
}

/// The least room, in MiB.
const LEAST_MIB: u64 = 50;

/// Writes a file into `folder`, removes it, and asks for the room that is left.
pub fn disk(folder: &Path) -> Finding {
    const REMEDY: &str = "let the box run in a folder that its user may write to, on a disk with room";
    let name = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let probe = name.join(format!(".moodbox-check-{}", std::process::id()));
    let written = File::create(&probe).and_then(|mut file| file.write_all(&[0; 4096]).and_then(|()| file.sync_all()));
    // It may not be there, when it could not be made.
    let _ = std::fs::remove_file(&probe);
    match written.and_then(|()| Ok(rustix::fs::statvfs(name)?)) {
        Ok(about) => judge_room(name, about.f_bavail.saturating_mul(about.f_frsize) >> 20),
        Err(error) => Finding::broken(format!("{}: {error}", name.display()), REMEDY),
    }
}

fn judge_room(folder: &Path, free_mib: u64) -> Finding {
    let what = format!("{}: it can be written to, {free_mib} MiB are free", folder.display());
    let finding = if free_mib < LEAST_MIB {
        Finding::doubtful(what, "make room: `sudo apt clean`, `journalctl --vacuum-size=50M`, old recordings")
    } else {
        Finding::fine(what)
    };
    finding.with("free_mib", free_mib)
}

/// A kind of device: its group, the folder of its files, and how their names begin.
const KINDS: [(&str, &str, &[&str]); 4] = [
    ("gpio", "dev", &["gpiochip", "gpiomem"]),
    ("video", "dev", &["video", "media"]),
    ("audio", "dev/snd", &["pcm", "control"]),
    ("spi", "dev", &["spidev"]),
];

/// Asks for each device file below `root` (`/` on a board).
pub fn permissions(root: &Path) -> Finding {
    let mut may = Vec::new();
    let mut may_not = Vec::new();
    for (group, folder, starts) in KINDS {
        let files: Vec<_> = starts.iter().flat_map(|start| files::below(&root.join(folder), start)).collect();
        if files.is_empty() {
            continue;
        }
        let open = files.iter().all(|file| access(file, Access::READ_OK | Access::WRITE_OK).is_ok());
        if open { may.push(group) } else { may_not.push(group) }
    }
    judge_groups(&may, &may_not)
}

fn judge_groups(may: &[&str], may_not: &[&str]) -> Finding {
    if !may_not.is_empty() {
        let remedy = format!("`sudo usermod -aG {} $USER`, then log in again", may_not.join(","));
        return Finding::broken(format!("not for this user: the devices of {}", may_not.join(", ")), &remedy);
    }
    if may.is_empty() {
        return Finding::skipped("there are no devices here");
    }
    Finding::fine(format!("this user may use the devices of {}", may.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::tree;

    #[test]
    fn heat_and_want_of_power_are_told_apart() {
        let cases = [
            (45.0, Power::Unknown, Verdict::Fine, "45 °C"),
            (45.2, Power::Flags(0), Verdict::Fine, "45 °C"),
            (45.2, Power::Watched(false), Verdict::Fine, "45 °C"),
            (82.0, Power::Unknown, Verdict::Doubtful, "82 °C; the board slows itself down"),
            (82.0, Power::Watched(false), Verdict::Doubtful, "82 °C; the board slows itself down"),
            (60.0, Power::Flags(0x8_0000), Verdict::Doubtful, "60 °C; the board slows itself down"),
            (50.0, Power::Flags(0x5_0005), Verdict::Doubtful, "50 °C; too little voltage now"),
            (50.0, Power::Watched(true), Verdict::Doubtful, "50 °C; too little voltage now"),
            (50.0, Power::Flags(0x1_0000), Verdict::Doubtful, "50 °C; too little voltage since it was switched on"),
        ];
        for (degrees, power, verdict, what) in cases {
            let found = judge(degrees, power);
            assert_eq!((found.verdict, found.what.as_str()), (verdict, what));
            assert_eq!(found.remedy.is_some(), verdict != Verdict::Fine);
        }
    }

    #[test]
    fn the_kernels_files_are_read() {
        const OLD: (&str, &str) = ("sys/devices/platform/soc/soc:firmware/get_throttled", "50000\n");
        const FIVE: (&str, &str) =
            ("sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled", "50005\n");
        const HEAT: (&str, &str) = ("sys/class/hwmon/hwmon0/name", "cpu_thermal\n");
        const VOLTS: (&str, &str) = ("sys/class/hwmon/hwmon2/name", "rpi_volt\n");
        const LOW: (&str, &str) = ("sys/class/hwmon/hwmon2/in0_lcrit_alarm", "1\n");
        const WELL: (&str, &str) = ("sys/class/hwmon/hwmon2/in0_lcrit_alarm", "0\n");
        let cases: [(&[(&str, &str)], &str); 7] = [
            (&[], "48 °C"),
            (&[OLD], "48 °C; too little voltage since it was switched on"),
            (&[FIVE], "48 °C; too little voltage now"),
            (&[HEAT, VOLTS, LOW], "48 °C; too little voltage now"),
            (&[HEAT, VOLTS, WELL], "48 °C"),
            // Where the kernel watches, the flags are not asked for.
            (&[OLD, VOLTS, WELL], "48 °C"),
            (&[HEAT, OLD], "48 °C; too little voltage since it was switched on"),
        ];
        for (files, what) in cases {
            let root = tree(&[files, &[("sys/class/thermal/thermal_zone0/temp", "48312\n")]].concat());
            assert_eq!(board(root.path()).what, what, "{files:?}");
        }
        assert_eq!(board(Path::new("/nowhere")).verdict, Verdict::Skipped);
    }

    #[test]
    fn a_clock_that_changes_is_told_where_it_matters_and_can_be_seen() {
        const THREE: &str = "raspberrypi,3-model-b\0brcm,bcm2837\0";
        const FOUR: &str = "raspberrypi,4-model-b\0brcm,bcm2711\0";
        const FIVE: &str = "raspberrypi,5-model-b\0brcm,bcm2712\0";
        let told = |machine: &str, config: Option<&str>, kind| {
            let mut files = vec![("proc/device-tree/compatible", machine)];
            files.extend(config.map(|config| ("boot/firmware/config.txt", config)));
            let root = tree(&files);
            with_clock(Finding::fine("shown"), kind, root.path()).remedy
        };
        let strip = LightKind::Ws2812;
        let remedy = told(THREE, Some("dtparam=spi=on\n#core_freq=250\n"), strip).unwrap();
        assert!(remedy.contains("`core_freq=250`"), "{remedy}");
        assert!(told(FOUR, Some("core_freq=500\n"), strip).unwrap().contains("`core_freq_min=500`"));
        for (machine, config, kind) in [
            (THREE, Some("core_freq = 250 # for the ring\n"), strip),
            (FOUR, Some("core_freq_min=500\n"), strip),
            (FOUR, Some("force_turbo=1\n"), strip),
            (FIVE, Some(""), strip),
            (THREE, Some(""), LightKind::Rgb),
            (THREE, Some(""), LightKind::Apa102),
            (THREE, None, strip),
        ] {
            assert_eq!(told(machine, config, kind), None, "{machine:?} {config:?} {kind:?}");
        }
        let broken = with_clock(Finding::broken("dark", "wire it"), strip, Path::new("/nowhere"));
        assert_eq!(broken.verdict, Verdict::Broken);
    }

    #[test]
    fn a_folder_is_tried_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert_ne!(disk(folder.path()).verdict, Verdict::Broken);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(disk(&folder.path().join("gone")).verdict, Verdict::Broken);
        assert_eq!(
            (judge_room(folder.path(), 49).verdict, judge_room(folder.path(), 50).verdict),
            (Verdict::Doubtful, Verdict::Fine)
        );
    }

    #[test]
    fn the_group_that_is_lacking_is_named() {
        assert_eq!(judge_groups(&[], &[]).verdict, Verdict::Skipped);
        assert_eq!(judge_groups(&["gpio"], &[]).what, "this user may use the devices of gpio");
        let lacking = judge_groups(&["audio"], &["gpio", "video"]);
        assert_eq!(lacking.verdict, Verdict::Broken);
        assert_eq!(lacking.remedy.as_deref(), Some("`sudo usermod -aG gpio,video $USER`, then log in again"));
    }

    #[test]
    fn device_files_are_found_by_kind() {
        assert_eq!(permissions(tree(&[]).path()).verdict, Verdict::Skipped);
        let root = tree(&["dev/gpiochip0", "dev/snd/pcmC0D0p", "dev/tty0"].map(|file| (file, "")));
        assert_eq!(permissions(root.path()).what, "this user may use the devices of gpio, audio");
    }
}
