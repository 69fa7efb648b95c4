//! Lives many simulated years, or one seed again, and prints courtesy in numbers.
//!
//! ```text
//! cargo bench --bench simulator -- --years 10000
//! cargo bench --bench simulator -- --seed 17 --weeks 26 --without restored,clock-wild
//! ```

#[path = "../../tests/simulator/mod.rs"]
mod simulator;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use simulator::run::{self, Outcome};
use simulator::{Breach, Fault, Plan, Sort, Switches};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let value = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1));
    let number = |name: &str, otherwise: u64| value(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let off = value("--without").cloned().unwrap_or_default();
    let is_off = |fault: &&Fault| off.split(',').any(|word| word == fault.word());
    let switches = Fault::ALL.iter().filter(is_off).fold(Switches::ALL, |switches, fault| switches.without(*fault));
    let weeks = i64::try_from(number("--weeks", 49)).unwrap_or(49);
    let plan = Plan { seed: number("--seed", 0), contacts: usize::try_from(number("--contacts", 0)).unwrap_or(0), weeks, switches };
    if value("--seed").is_some() {
        one(plan, words.iter().any(|word| word == "--shrink"));
        return ExitCode::SUCCESS;
    }
    let first = number("--from", 1);
    let seeds = number("--seeds", (number("--years", 100) * 52).div_ceil(u64::try_from(weeks + 3).unwrap_or(52)));
    let threads = usize::try_from(number("--threads", 2)).unwrap_or(2);
    let until_found = words.iter().any(|word| word == "--until-found");
    let (begun, found) = (Instant::now(), AtomicBool::new(false));
    let goes_on = |index: u64| index < seeds && !(until_found && found.load(Ordering::Relaxed));
    let plans = |index: u64| goes_on(index).then_some(Plan { seed: first + index, ..plan });
    let outcome = run::live_many(&plans, threads, &|plan, outcome: &Outcome| {
        found.store(true, Ordering::Relaxed);
        let breach = &outcome.courtesy.breaches[0];
        println!("seed {}: {}\n  {}", plan.seed, said(breach), run::command(plan));
    });
    if !until_found {
        table(&outcome, seeds, begun);
    }
    if found.into_inner() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn one(plan: Plan, shrinks: bool) {
    let plan = if shrinks { run::shrink(plan) } else { plan };
    let outcome = run::live(plan, true);
    outcome.story.iter().for_each(|line| println!("{line}"));
    println!("\n{}", run::command(plan));
    outcome.courtesy.breaches.iter().for_each(|breach| println!("{}", said(breach)));
    println!("{} mails sent, {} breaches", outcome.courtesy.sent, outcome.courtesy.breaches.len());
}

fn said(breach: &Breach) -> String {
    format!("{}: {} ({}, step {})", breach.sort.word(), breach.what, breach.at, breach.step)
}

#[expect(clippy::cast_precision_loss, reason = "printed with one digit")]
fn table(outcome: &Outcome, seeds: u64, begun: Instant) {
    let took = begun.elapsed();
    println!("\n| courtesy in numbers | |\n|---|---:|");
    println!("| simulated years | {:.0} |\n| networks of 10 to 40 contacts | {seeds} |", outcome.weeks as f64 / 52.0);
    println!("| check-ins sent | {} |", outcome.courtesy.sent);
    println!("| digests sent | {} |\n| mails that came | {} |", outcome.courtesy.digests, outcome.courtesy.came);
    let troubles: u64 = Fault::ALL.iter().map(|fault| outcome.counts.of(*fault)).sum();
    println!("| troubles of {} kinds | {troubles} |", Fault::ALL.len());
    for sort in Sort::ALL {
        println!("| {} | {} |", sort.word(), outcome.courtesy.of(sort));
    }
    println!("\n{:.0} s, {:.2} ms a simulated week", took.as_secs_f64(), took.as_secs_f64() * 1000.0 / outcome.weeks as f64);
    for fault in Fault::ALL {
        println!("{:>9} {}", outcome.counts.of(*fault), fault.word());
    }
}
