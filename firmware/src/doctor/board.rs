//! The board's temperature, and whether it was slowed down for heat or want of power.

use super::Finding;
use std::path::Path;

/// Degrees Celsius from which a Raspberry Pi slows down.
const HOT: f64 = 80.0;

/// Where the firmware of a Raspberry Pi tells what it had to do.
const THROTTLED: &str = "sys/devices/platform/soc/soc:firmware/get_throttled";

/// Reads what the kernel says below `root` (`/` on a board).
#[must_use]
pub fn board(root: &Path) -> Finding {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let millidegrees = read("sys/class/thermal/thermal_zone0/temp").and_then(|text| text.trim().parse::<f64>().ok());
    let flags = read(THROTTLED).and_then(|text| u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok());
    let Some(degrees) = millidegrees.map(|value| value / 1e3) else {
        return Finding::skipped("this machine does not tell its temperature");
    };
    judge(degrees, flags).with("celsius", degrees).with("throttled", flags)
}

/// `flags` as the firmware gives them: bits 0 to 3 are now, 16 to 19 since the start; the first of each four is too
/// little voltage (<https://www.raspberrypi.com/documentation/computers/os.html#get_throttled>).
fn judge(degrees: f64, flags: Option<u32>) -> Finding {
    let flags = flags.unwrap_or(0);
    let what = format!("{degrees:.0} °C");
    if flags & 0x1_0001 != 0 {
        let when = if flags & 1 == 0 { "since it was switched on" } else { "now" };
        return Finding::doubtful(
            format!("{what}; too little voltage {when}"),
            "use the power supply made for this board, and a short thick cable",
        );
    }
    if degrees >= HOT || flags & 0xe_000e != 0 {
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
            (45.0, None, Verdict::Fine, "45 °C"),
            (45.2, Some(0), Verdict::Fine, "45 °C"),
            (82.0, None, Verdict::Doubtful, "82 °C; the board slows itself down"),
            (60.0, Some(0x8_0000), Verdict::Doubtful, "60 °C; the board slows itself down"),
            (50.0, Some(0x5_0005), Verdict::Doubtful, "50 °C; too little voltage now"),
            (50.0, Some(0x1_0000), Verdict::Doubtful, "50 °C; too little voltage since it was switched on"),
        ];
        for (degrees, flags, verdict, what) in cases {
            let found = judge(degrees, flags);
            assert_eq!((found.verdict, found.what.as_str()), (verdict, what));
            assert_eq!(found.remedy.is_some(), verdict != Verdict::Fine);
        }
    }

    #[test]
    fn the_kernels_files_are_read() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(board(root.path()).verdict, Verdict::Skipped);
        for (path, text) in [("sys/class/thermal/thermal_zone0/temp", "48312\n"), (THROTTLED, "50000\n")] {
            std::fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(root.path().join(path), text).unwrap();
        }
        assert_eq!(board(root.path()).what, "48 °C; too little voltage since it was switched on");
    }
}
