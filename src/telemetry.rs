//! The log, on standard error: sentences and fields; addresses masked, never a subject or a body.

use tracing_subscriber::EnvFilter;

/// Begins logging. `CURBSIDE_LOG` names what is logged; else `-v` and `-vv` do. In a service the journal adds the time.
pub fn init(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "info",
        (false, _) => "debug",
    };
    // Libraries that speak protocols could log what they say: only our own words are let through.
    let filter = EnvFilter::try_from_env("CURBSIDE_LOG").unwrap_or_else(|_| EnvFilter::new(format!("off,curbside={level}")));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).without_time().try_init();
}
