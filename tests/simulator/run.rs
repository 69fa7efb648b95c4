//! Runs: one seed, many seeds on many threads, and the shortest story of a broken promise.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::fault::{Counts, Fault};
use super::life::{Life, Plan, rules};
use super::machine::Machine;
use super::observer::Courtesy;

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    pub courtesy: Courtesy,
    pub counts: Counts,
    pub weeks: i64,
    pub story: Vec<String>,
}

/// Lives one plan through and settles it.
pub fn live(plan: Plan, tells: bool) -> Outcome {
    let (_, rules) = rules();
    let life = Life::new(plan, rules.clone(), tells);
    let end = life.end;
    let mut machine = Machine::new(life);
    machine.lives_until(end);
    let is_whole = machine.broken.is_none() && machine.shared.life().observer.breach().is_none();
    if is_whole {
        machine.settles();
    }
    let reports = machine.reports();
    let mut life = machine.shared.life();
    let observer = std::mem::replace(&mut life.observer, super::observer::Observer::new(rules));
    let mut courtesy = if is_whole { observer.verdict(&reports) } else { observer.sums() };
    courtesy.breaches.extend(machine.broken.clone());
    Outcome { courtesy, counts: life.counts.clone(), weeks: plan.weeks + 3, story: life.story.take().unwrap_or_default() }
}

/// Lives many seeds, on so many threads; every broken plan is given to `broken`.
pub fn live_many(plans: &(dyn Fn(u64) -> Option<Plan> + Sync), threads: usize, broken: &(dyn Fn(Plan, &Outcome) + Sync)) -> Outcome {
    let (next, sums) = (AtomicU64::new(0), Mutex::new(Outcome::default()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(plan) = plans(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = live(plan, false);
                    if !outcome.courtesy.breaches.is_empty() {
                        broken(plan, &outcome);
                    }
                    let mut sums = sums.lock().expect("sums");
                    sums.weeks += outcome.weeks;
                    sums.counts.unite(&outcome.counts);
                    sums.courtesy.unite(outcome.courtesy);
                }
            });
        }
    });
    sums.into_inner().expect("sums")
}

/// The smallest plan that still breaks the same promise: fewer weeks, fewer people, fewer kinds of trouble.
pub fn shrink(plan: Plan) -> Plan {
    let first = live(plan, false);
    let Some(sort) = first.courtesy.breaches.first().map(|breach| breach.sort) else { return plan };
    let breaks = |plan: Plan| live(plan, false).courtesy.breaches.first().is_some_and(|breach| breach.sort == sort);
    let mut best = plan;
    for weeks in [1, 2, 4, 6, 8, 12, 16, 20, 26, 32, 40].into_iter().filter(|weeks| *weeks < plan.weeks) {
        if breaks(Plan { weeks, ..best }) {
            best.weeks = weeks;
            break;
        }
    }
    for fault in Fault::ALL {
        let fewer = Plan { switches: best.switches.without(*fault), ..best };
        if breaks(fewer) {
            best = fewer;
        }
    }
    for contacts in [1, 2, 3, 5, 8, 12, 20] {
        if breaks(Plan { contacts, ..best }) {
            best.contacts = contacts;
            break;
        }
    }
    best
}

/// The command that lives a plan again.
pub fn command(plan: Plan) -> String {
    let off = plan.switches.off();
    let off = if off.is_empty() { String::new() } else { format!(" --without {}", off.join(",")) };
    let contacts = if plan.contacts == 0 { String::new() } else { format!(" --contacts {}", plan.contacts) };
    format!("cargo bench --bench simulator -- --seed {}{contacts} --weeks {}{off}", plan.seed, plan.weeks)
}
