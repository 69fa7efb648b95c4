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
    let log = home.join("log");
    let file = std::fs::File::create(&log).expect("a file");
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_curbside"))
        .arg("--home")
        .arg(&home)
        .args(["-vv", "run"])
        .stderr(Stdio::from(file))
        .spawn()
        .expect("the daemon runs");
    let world = home::world(&home);
    wait(|| world.store.read(|tx| tx.value("backed_up_on")).ok().flatten().is_some());
    std::thread::sleep(Duration::from_secs(2));
    rest(&daemon);
    answers(&home, town, count);
    looks(&log);
    println!("after {count} answers: {} MiB resident", home::field(daemon.id(), "VmRSS:") / 1024);
    let _ = Command::new("kill").arg(daemon.id().to_string()).status();
    let _ = daemon.wait();
}

fn rest(daemon: &Child) {
    let before = nanoseconds(daemon.id());
    let span = Duration::from_secs(20);
    std::thread::sleep(span);
    let used = Duration::from_nanos(nanoseconds(daemon.id()) - before).as_secs_f64() / span.as_secs_f64() * 100.0;
    println!(
        "daemon at rest: {} MiB resident (budget 16), {used:.4} % of a processor (budget 0.01)",
        home::field(daemon.id(), "VmRSS:") / 1024
    );
}

/// Processor time of all threads.
fn nanoseconds(pid: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("a living process");
    let spent = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    spent.filter_map(|text| text.split_whitespace().next()?.parse::<u64>().ok()).sum()
}

/// From the server's word of new mail to the outcome written, the server's own FETCH included, as the daemon logs it.
fn looks(log: &Path) {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let micros = text.lines().filter_map(|line| line.split("micros=").nth(1)?.split_whitespace().next()?.parse().ok());
    let mut times: Vec<Duration> = micros.map(Duration::from_micros).collect();
    assert!(!times.is_empty(), "the daemon looked at new mail");
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "from the server's EXISTS to the outcome written, its own FETCH included: median {:.1?}, 95th percentile {:.1?} (budget 20 ms beyond the FETCH)",
        at(50),
        at(95)
    );
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
