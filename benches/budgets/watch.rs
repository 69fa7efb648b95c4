//! The daemon at rest, and from the server's EXISTS to the outcome written.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::generator::{Town, address};
use crate::{home, servers};

/// Measures memory and processor time at rest, and the way of `count` new answers.
pub fn run(town: &Town, count: usize) {
    let home = home::copy(&home::template_again(town), 999);
    home::timed(&home, &["sync"]);
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_curbside"))
        .arg("--home")
        .arg(&home)
        .arg("run")
        .stderr(Stdio::null())
        .spawn()
        .expect("the daemon runs");
    let world = home::world(&home);
    wait(|| world.store.read(|tx| tx.value("backed_up_on")).ok().flatten().is_some());
    std::thread::sleep(Duration::from_secs(2));
    rest(&daemon);
    answers(&home, town, count);
    let _ = Command::new("kill").arg(daemon.id().to_string()).status();
    let _ = daemon.wait();
}

fn rest(daemon: &Child) {
    let before = ticks(daemon.id());
    let span = Duration::from_secs(20);
    std::thread::sleep(span);
    let ticked = u32::try_from(ticks(daemon.id()) - before).unwrap_or(u32::MAX);
    let used = f64::from(ticked) / 100.0 / span.as_secs_f64() * 100.0;
    println!(
        "daemon at rest: {} MiB resident (budget 16), {used:.3} % of a processor (budget 0.01)",
        home::field(daemon.id(), "VmRSS:") / 1024
    );
}

/// User and system time in hundredths of a second.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u64>().ok()).sum()
}

fn answers(home: &Path, town: &Town, count: usize) {
    let world = home::world(home);
    let mut times = Vec::new();
    for n in 0..count {
        let id = format!("watch-{n}@plan.example");
        let mail = format!(
            "From: Contact <{}>\r\nTo: <{}>\r\nSubject: Re: hello\r\nMessage-ID: <{id}>\r\n\r\nThanks, nothing now, but write me again in March.\r\n",
            address(n),
            town.user
        );
        let before = world.store.changes_by_others().expect("a database");
        servers::deliver(&town.user, &mail);
        let delivered = Instant::now();
        wait(|| {
            world.store.changes_by_others().is_ok_and(|now| now != before)
                && world.store.read(|tx| tx.message_by_rfc_id(&id)).ok().flatten().is_some()
        });
        times.push(delivered.elapsed());
        std::thread::sleep(Duration::from_millis(60));
    }
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "from delivery to the outcome written: median {:.1?}, 95th percentile {:.1?} (budget 20 ms beyond the server's own FETCH)",
        at(50),
        at(95)
    );
}

fn wait(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(120), "waited too long");
        std::thread::sleep(Duration::from_micros(300));
    }
}
