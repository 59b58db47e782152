//! What `trainer devices` prints.

use crate::devices::survey::{Finding, Line, State};
use std::io::Write;

/// Prints a device as it was found, in one line.
pub fn device(finding: &Finding) {
    let verdict = match &finding.state {
        State::Ok { difference } => format!("ok      as the CPU to {difference:.0e}"),
        State::Failed { reason } => format!("failed  {reason}"),
        State::Absent => "-       none here".into(),
        State::NotBuiltIn { build } => format!("-       not in this build: {build}"),
    };
    let seconds = finding.seconds.map_or_else(String::new, |seconds| format!(", {seconds:.1} s"));
    let driver = finding.driver.as_ref().map_or_else(String::new, |driver| format!(" ({driver})"));
    say!("{:<10}{verdict}{seconds}{driver}", finding.device);
}

/// Prints all of them as one JSON object.
pub fn devices(findings: &[Finding]) {
    say!("{}", serde_json::json!({ "devices": findings }));
}

/// A line of the process that tries one device.
pub fn trial(line: &Line) {
    say!("{}", serde_json::json!(line));
}
