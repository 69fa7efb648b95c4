//! A daemon that runs for weeks, loses its line every hour, and grows by nothing.
//!
//! `CURBSIDE_HOURS` says for how long; 720 is a month.

use std::fs;

use curbside::daemon::lock::nudge;

use crate::support::clock::WallClock;
use crate::support::crowd::size;
use crate::support::letters::{dated, mail};
use crate::support::owner::{AT_ONCE, Daemon, Owner, wait_until};
use crate::support::proxy::{Proxy, Way};
use crate::support::servers::{deliver, folder, servers};

const HOUR: i64 = 3_600;

/// An owner behind a line that can be cut, with a clock that can be set.
struct Machine {
    owner: Owner,
    clock: WallClock,
    imap: Proxy,
}

impl Machine {
    fn new() -> Self {
        let mut owner = Owner::unset("leah");
        let imap = Proxy::to(servers().imap);
        // Without TLS: the certificates of the tests live for a week.
        let [imap_port, smtp_port] = [imap.port, servers().smtp].map(|port| port.to_string());
        let plain = ["--imap-security", "none", "--smtp-security", "none"];
        owner.init(&[&["--imap-port", &imap_port, "--smtp-port", &smtp_port], &plain[..]].concat()).must(0);
        owner.append(AT_ONCE);
        let clock = WallClock::of(&mut owner);
        Self { owner, clock, imap }
    }

    /// Runs and waits until it watches the mailbox.
    fn runs(&self) -> Daemon {
        let watching = self.imap.hold(Way::There, b" IDLE\r\n", true);
        let daemon = self.owner.run();
        watching.wait();
        daemon
    }

    /// Some time passes, in which the line is lost; then it watches the mailbox again.
    fn passes(&mut self, seconds: i64) {
        let watching = self.imap.hold(Way::There, b" IDLE\r\n", true);
        self.clock.moves(seconds);
        self.imap.drop_lines();
        wait_until("it watches the mailbox again", || {
            nudge(&self.owner.home.join("curbside.db")); // it does not rest after trouble
            watching.is_reached()
        });
    }
}

/// What a process holds: memory of its own in KiB, and open files.
#[derive(Debug, Clone, Copy)]
struct Held {
    memory: u64,
    files: usize,
}

impl Held {
    fn by(daemon: &Daemon) -> Self {
        let status = fs::read_to_string(format!("/proc/{}/status", daemon.pid())).expect("Linux tells");
        let line = status.lines().find(|line| line.starts_with("RssAnon:")).expect("its memory");
        let memory = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number");
        let files = fs::read_dir(format!("/proc/{}/fd", daemon.pid())).expect("Linux tells").count();
        Self { memory, files }
    }
}

/// Holds P8, P12, O7.
#[test]
fn o7_weeks_of_hourly_losses_leave_memory_and_files_flat() {
    let mut machine = Machine::new();
    let people: Vec<(String, String)> = ["Ada One", "Bea Two", "Cleo Three"].iter().map(|name| machine.owner.knows(name)).collect();
    let daemon = machine.runs();
    let hours = size("CURBSIDE_HOURS", 48);
    let (mut first, mut sent) = (Held::by(&daemon), 0);
    for hour in 1..=hours {
        if hour % 12 == 0 {
            let (_, address) = &people[sent % people.len()];
            let text = mail(address, &machine.owner.user, "A word", "", "Thanks for the update, Leah. All the best to you.");
            deliver(&machine.owner.user, &dated(&text, machine.clock.now()));
            sent += 1;
        }
        machine.passes(HOUR);
        if hour == 24 {
            first = Held::by(&daemon);
        }
    }
    let last = Held::by(&daemon);
    println!("{hours} hours, {} connections, {sent} mails: {first:?} after a day, {last:?} at the end", machine.imap.connections());
    assert!(last.memory < first.memory + 1024, "it grew: {first:?}, {last:?}");
    assert_eq!(last.files, first.files, "files stay open");
    for (contact, address) in &people {
        let theirs = folder(&machine.owner.user, "").iter().filter(|mail| mail.header("from").contains(address)).count();
        let journal = machine.owner.json(&["show", contact])["journal"].clone();
        let read = journal.as_array().expect("a list").iter().filter(|entry| entry["outcome"].is_string()).count();
        assert_eq!(read, theirs, "each is read once: {journal}");
    }
    let digests = folder(&machine.owner.user, "").iter().filter(|mail| mail.header("from").contains("Curbside")).count();
    assert!((hours / 168..=hours / 168 + 1).contains(&digests), "{digests} digests");
    assert_eq!(daemon.terminate().0, Some(0));
}

/// Holds P1, P4, T4, T5, T6.
#[test]
fn t5_a_clock_that_is_set_while_it_runs_sends_nothing_twice_and_nothing_in_a_burst() {
    let mut machine = Machine::new();
    let file = machine.owner.home.join("config.toml");
    let text = fs::read_to_string(&file).expect("init wrote it").replace("spacing = \"0s\"", "spacing = \"2h\"");
    fs::write(&file, text).expect("our file");
    let people: Vec<(String, String)> = ["Ada One", "Bea Two", "Cleo Three"].iter().map(|name| machine.owner.knows(name)).collect();
    for (contact, _) in &people {
        machine.owner.approves(contact);
    }
    let arrived = || people.iter().map(|(_, address)| folder(address, "").len()).collect::<Vec<_>>();
    let daemon = machine.runs();
    wait_until("the first leaves", || arrived().iter().sum::<usize>() == 1);
    // An hour back, half an hour on, a week back.
    for seconds in [-HOUR, HOUR / 2, -168 * HOUR] {
        machine.passes(seconds);
        assert_eq!(arrived().iter().sum::<usize>(), 1, "nothing leaves before its hour");
    }
    // Right again, and then five days asleep.
    machine.passes(168 * HOUR + HOUR / 2);
    machine.passes(120 * HOUR);
    wait_until("the second leaves", || arrived().iter().sum::<usize>() == 2);
    machine.passes(60);
    assert_eq!(arrived().iter().sum::<usize>(), 2, "no burst after the sleep");
    machine.passes(4 * HOUR);
    wait_until("the third leaves", || arrived() == [1, 1, 1]);
    for _ in 0..3 {
        machine.passes(24 * HOUR);
    }
    assert_eq!(arrived(), [1, 1, 1]);
    assert_eq!(daemon.terminate().0, Some(0));
}
