//! A part of a test in a process of its own, so that its memory can be told from that of the others.

use std::process::Command;

/// What an ignored test of this binary, run alone with one more variable, took of memory at its peak, in KiB; it ends
/// with [`tell_peak`].
pub fn peak_of(test: &str, variable: &str, value: &str) -> u64 {
    let ran = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .env(variable, value)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&ran.stdout);
    let peak = said.split("peak ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
    peak.unwrap_or_else(|| panic!("{said}"))
}

/// Tells the peak of this process.
pub fn tell_peak() {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the peak");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number");
    println!("peak {kib} KiB");
}
