//! What was measured, as a table or as JSON; and what the kernel says of this machine.

use crate::report::ms;
use serde::Serialize;
use std::io::{self, Write};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Stage {
    stage: &'static str,
    /// Milliseconds: half of the runs took no longer.
    median_ms: f64,
    /// Milliseconds: 95 of 100 runs took no longer.
    p95_ms: f64,
    runs: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Report {
    board: String,
    /// What it is and its format; empty where none was measured.
    pub(super) camera: String,
    stages: Vec<Stage>,
    /// Stages that were not measured, and why.
    left_out: Vec<(&'static str, String)>,
    /// Processor time of all threads for one look: find, crop and classify.
    pub(super) cpu_ms_per_look: Option<f64>,
    /// The most memory the program had, in MiB.
    pub(super) peak_memory_mib: Option<f64>,
}

impl Report {
    /// Of `board`, with nothing measured yet.
    pub(super) const fn of(board: String) -> Self {
        Self {
            board,
            camera: String::new(),
            stages: Vec::new(),
            left_out: Vec::new(),
            cpu_ms_per_look: None,
            peak_memory_mib: None,
        }
    }

    /// Adds a stage; one without times is left out silently.
    pub(super) fn add(&mut self, stage: &'static str, times: Vec<Duration>) {
        self.stages.extend(Stage::of(stage, times));
    }

    pub(super) fn leave_out(&mut self, stage: &'static str, why: impl Into<String>) {
        self.left_out.push((stage, why.into()));
    }

    pub(super) fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }

    pub(super) fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.board)?;
        if !self.camera.is_empty() {
            writeln!(out, "camera: {}", self.camera)?;
        }
        writeln!(out, "\n{:48} {:>9} {:>9} {:>5}", "stage, milliseconds", "median", "95 %", "runs")?;
        for Stage { stage, median_ms, p95_ms, runs } in &self.stages {
            writeln!(out, "{stage:48} {median_ms:>9.2} {p95_ms:>9.2} {runs:>5}")?;
        }
        for (stage, why) in &self.left_out {
            writeln!(out, "{stage:48} left out: {why}")?;
        }
        if let Some(cpu) = self.cpu_ms_per_look {
            writeln!(out, "\nprocessor time for find, crop and classify: {cpu:.1} ms")?;
        }
        self.peak_memory_mib.map_or(Ok(()), |peak| writeln!(out, "most memory: {peak:.1} MiB"))
    }
}

impl Stage {
    /// `None` without times.
    fn of(stage: &'static str, mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        // The nearest rank: the smallest time that at least this share of the runs stayed within.
        let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { stage, median_ms: ms(at(50)?), p95_ms: ms(at(95)?), runs: times.len() })
    }
}

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
    fn median_and_95th_percentile_are_nearest_ranks() {
        let times = |count: u64| (1..=count).rev().map(Duration::from_millis).collect();
        let of = |count| Stage::of("x", times(count)).map(|stage| (stage.median_ms, stage.p95_ms, stage.runs));
        assert_eq!(of(0), None);
        assert_eq!(of(1), Some((1.0, 1.0, 1)));
        assert_eq!(of(20), Some((10.0, 19.0, 20)));
        assert_eq!(of(100), Some((50.0, 95.0, 100)));
    }

    #[test]
    fn the_kernels_figures_are_read() {
        let stat = "7 (a name) with) S 1 7 7 0 -1 4194560 100 0 0 0 25 5 0 0 20 0 1 0 100 1 1";
        assert_eq!(ticks(stat), Some(30));
        assert_eq!(peak_mib("Name:\tx\nVmHWM:\t   20480 kB\n"), Some(20.0));
        assert_eq!((ticks(""), peak_mib("")), (None, None));
    }
}
