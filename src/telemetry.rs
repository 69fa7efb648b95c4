//! The log, on standard error: sentences and fields; addresses masked, never a subject or a body.

use std::panic::{self, PanicHookInfo};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Begins logging. `CURBSIDE_LOG` says how much (`debug`, `curbside::daemon=trace`); else `-v` and `-vv` do. In a service
/// the journal adds the time.
pub fn init(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    let wanted = std::env::var("CURBSIDE_LOG").ok().map(|wanted| only_ours(&wanted)).filter(|wanted| wanted.iter().next().is_some());
    let filter = wanted.unwrap_or_else(|| Targets::new().with_target(OURS, level));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).without_time();
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
    panic::set_hook(Box::new(|fault| eprintln!("{}", of_a_fault(fault))));
}

/// The name under which the program itself logs.
const OURS: &str = "curbside";

/// Libraries that speak protocols could log what they say, passwords and all: only our own words are let through.
fn only_ours(wanted: &str) -> Targets {
    let ours = wanted.split(',').filter_map(|directive| {
        let (target, level) = directive.trim().split_once('=').unwrap_or((OURS, directive.trim()));
        let level: LevelFilter = level.parse().ok()?;
        (target == OURS || target.starts_with("curbside::")).then(|| (target.to_owned(), level))
    });
    ours.collect()
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
        let told = |wanted: &str| only_ours(wanted).iter().map(|(target, level)| format!("{target}={level}")).collect::<Vec<_>>();
        assert_eq!(told("trace"), ["curbside=trace"]);
        assert_eq!(told("lettre=trace, curbside::daemon=debug,rustls,curbsidelike=info"), ["curbside::daemon=debug"]);
        assert_eq!(told("curbside=info"), ["curbside=info"]);
        assert!(told("nonsense").is_empty());
    }
}
