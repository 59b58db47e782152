//! What the kernel says about this machine and this process.

use std::time::Duration;

/// The board's model, or this machine's processor.
pub(super) fn board() -> String {
    let model = std::fs::read_to_string("/proc/device-tree/model").map(|text| text.trim_end_matches('\0').to_owned());
    model.unwrap_or_else(|_| {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name =
            info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
        name.unwrap_or("unknown").to_owned()
    })
}

/// Processor time of this process so far, as proc_pid_stat(5) has it: fields 14 and 15, in hundredths of a second.
pub(super) fn cpu_time() -> Option<Duration> {
    ticks(&std::fs::read_to_string("/proc/self/stat").ok()?).map(|ticks| Duration::from_millis(10 * ticks))
}

fn ticks(stat: &str) -> Option<u64> {
    // The name of the program, in brackets, may hold spaces.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

/// The most memory this process had, in MiB.
pub(super) fn peak_memory_mib() -> Option<f64> {
    peak_mib(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn peak_mib(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some((kib / 102.4).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_are_read() {
        let stat = "7 (a name) with) S 1 7 7 0 -1 4194560 100 0 0 0 25 5 0 0 20 0 1 0 100 1 1";
        assert_eq!(ticks(stat), Some(30));
        assert_eq!(peak_mib("Name:\tx\nVmHWM:\t   20480 kB\n"), Some(20.0));
        assert_eq!((ticks(""), peak_mib("")), (None, None));
    }
}
