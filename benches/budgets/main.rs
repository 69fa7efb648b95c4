//! The budgets, measured: ratios in one run, never absolute times. `cargo bench` needs what `tests/run` installs.
//!
//! `CURBSIDE_BENCH_MESSAGES` (100000) sets the size of the mailbox (0: none is read), `CURBSIDE_BENCH_RUNS` (5) how often each is timed.

#[path = "../../tests/support/authority.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod authority;
#[path = "../../tests/support/servers.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod servers;

mod bare;
mod decade;
mod generator;
mod home;
mod many;
mod watch;

use std::time::Duration;

fn main() {
    let messages = number("CURBSIDE_BENCH_MESSAGES", 100_000);
    let runs = number("CURBSIDE_BENCH_RUNS", 5);
    println!("budgets: {messages} messages, 2 of 100 from or to 500 contacts, over TLS; median of {runs}");
    many::run(runs);
    decade::run(runs);
    if messages == 0 {
        return;
    }
    let town = generator::build(messages);
    first_sync(&town, runs);
    watch::run(&town, 100);
}

/// The first sync against a bare fetch of the same header fields and bodies through the same `imap` crate.
fn first_sync(town: &generator::Town, runs: usize) {
    let _warm = bare::fetch(town);
    let bare = median((0..runs).map(|_| bare::fetch(town)).collect());
    let template = home::template(town);
    let mut peak = 0;
    let mut times = Vec::new();
    for run in 0..runs {
        let home = home::copy(&template, run);
        let done = home::timed(&home, &["sync"]);
        peak = peak.max(done.peak_kib);
        times.push(done.took);
        if run + 1 == runs {
            home::check_kept(&home, town.kept);
            let again = median((0..runs).map(|_| home::timed(&home, &["sync"]).took).collect());
            println!("sync with nothing new: {again:.1?} ({:.3} of the bare fetch)", ratio(again, bare));
        }
    }
    let ours = median(times);
    println!(
        "first sync: {ours:.2?}, bare fetch: {bare:.2?}, ratio {:.2} (budget 1.50); peak memory {} MiB (budget 64)",
        ratio(ours, bare),
        peak / 1024
    );
}

/// The middle one.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(ours: Duration, theirs: Duration) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
