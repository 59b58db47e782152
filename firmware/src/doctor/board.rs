//! The board's temperature, and whether it was slowed down for heat or want of power.

use super::Finding;
use std::path::{Path, PathBuf};

/// Degrees Celsius from which a Raspberry Pi slows down.
const HOT: f64 = 80.0;

/// What is known about the power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    /// The kernel watches the voltage (driver raspberrypi-hwmon): whether it was too low in the last seconds.
    Watched(bool),
    /// What older firmware had to do, as flags.
    Flags(u32),
    /// Nothing.
    Unknown,
}

/// Reads what the kernel says below `root` (`/` on a board).
#[must_use]
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
    if let Some(alarm) = below(&root.join("sys/class/hwmon"), "hwmon").into_iter().find(watches) {
        return number(&alarm.join("in0_lcrit_alarm"), 10).map_or(Power::Unknown, |alarm| Power::Watched(alarm != 0));
    }
    // `soc/soc:firmware`, on a Raspberry Pi 5 `soc@107c000000/soc@107c000000:firmware`.
    let socs = below(&root.join("sys/devices/platform"), "soc");
    let flags = socs.iter().flat_map(|soc| below(soc, "soc")).find_map(|it| number(&it.join("get_throttled"), 16));
    flags.map_or(Power::Unknown, Power::Flags)
}

/// The entries of a folder whose names begin so, in order.
fn below(folder: &Path, start: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start));
    let mut found: Vec<PathBuf> = named.map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// The number in a file of the kernel's.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

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

    /// A tree with a temperature, and these files.
    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files.iter().chain([&("sys/class/thermal/thermal_zone0/temp", "48312\n")]) {
            std::fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(root.path().join(path), text).unwrap();
        }
        root
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
            assert_eq!(board(machine(files).path()).what, what, "{files:?}");
        }
        assert_eq!(board(Path::new("/nowhere")).verdict, Verdict::Skipped);
    }
}
