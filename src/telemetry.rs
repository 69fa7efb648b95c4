//! The log, on standard error: sentences and fields; addresses masked, never a subject or a body.

use std::panic::{self, PanicHookInfo};

use tracing_subscriber::EnvFilter;

/// Begins logging. `CURBSIDE_LOG` says how much (`debug`, `curbside::daemon=trace`); else `-v` and `-vv` do. In a service
/// the journal adds the time.
pub fn init(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "info",
        (false, _) => "debug",
    };
    let wanted = std::env::var("CURBSIDE_LOG").ok().and_then(|wanted| EnvFilter::try_new(only_ours(&wanted)).ok());
    let filter = wanted.unwrap_or_else(|| EnvFilter::new(only_ours(level)));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).without_time().try_init();
    panic::set_hook(Box::new(|fault| eprintln!("{}", of_a_fault(fault))));
}

/// How much may be said.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Libraries that speak protocols could log what they say, passwords and all: only our own words are let through.
fn only_ours(wanted: &str) -> String {
    let ours = wanted.split(',').map(str::trim).filter_map(|directive| match directive {
        level if LEVELS.contains(&level.to_ascii_lowercase().as_str()) => Some(format!("curbside={level}")),
        ours if ours.starts_with("curbside") => Some(ours.to_owned()),
        _ => None,
    });
    std::iter::once("off".to_owned()).chain(ours).collect::<Vec<_>>().join(",")
}

/// Where a fault of the program is, and what it says when that is a fixed sentence: any other may quote a mail.
fn of_a_fault(fault: &PanicHookInfo<'_>) -> String {
    let place = fault.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let words = fault.payload().downcast_ref::<&'static str>().map(|words| format!(": {words}")).unwrap_or_default();
    format!("curbside: a fault of the program{place}{words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_library_speaks_in_the_log_whatever_is_asked_for() {
        assert_eq!(only_ours("trace"), "off,curbside=trace");
        assert_eq!(only_ours("lettre=trace, curbside::daemon=debug,rustls"), "off,curbside::daemon=debug");
        assert_eq!(only_ours("curbside=info"), "off,curbside=info");
    }
}
