//! The real binary, killed again and again while it sends, and started again until everything is settled.
//!
//! `CURBSIDE_KILLS` and `CURBSIDE_CHECKINS` set the size (300 and 200 is the full one), `CURBSIDE_SEED` the dice.

use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use curbside::clock::Dice;

use crate::support::crowd::{Crowd, below, dice, pick, size};
use crate::support::owner::wait_at_most;
use crate::support::proxy::Trap;
use crate::support::proxy::Way;
use crate::support::proxy::Way::{Back, There};

/// A moment of a conversation: on which way, which bytes, and whether they are passed on before the kill.
type Moment = (Way, &'static [u8], bool);

/// Moments around the one that matters: the text leaves, the server takes it, its answer comes.
const SENDING: &[Moment] = &[
    (There, b"MAIL FROM", false),
    (There, b"RCPT TO", true),
    (There, b"DATA\r\n", false),
    (There, b"DATA\r\n", true),
    (Back, b"\r\n354 ", false),
    (Back, b"354 ", true),
    (There, b"\r\nMessage-ID: ", true),
    (There, b"\r\n.\r\n", false),
    (There, b"\r\n.\r\n", true),
    (Back, b"250 2.0.0 Ok: queued", false),
    (Back, b"250 2.0.0 Ok: queued", true),
    (There, b"QUIT\r\n", false),
];

/// Moments around the copy in Sent, and of the look before each send.
const FILING: &[Moment] = &[
    (There, b" APPEND ", false),
    (There, b" APPEND ", true),
    (Back, b"+ OK", true),
    (There, b"\r\nMessage-ID: ", true),
    (There, b"\r\nMIME-Version: ", true),
    (Back, b"OK [APPENDUID", false),
    (Back, b"OK [APPENDUID", true),
    (There, b"UID SEARCH HEADER", true),
    (Back, b"* SEARCH", false),
];

/// Moments of reading.
const READING: &[Moment] = &[
    (There, b"LOGIN", true),
    (There, b" LIST ", true),
    (There, b"EXAMINE", true),
    (There, b"UID FETCH", true),
    (Back, b" FETCH (", false),
];

/// A child that others may kill.
type Victim = Arc<Mutex<Option<Child>>>;

/// Kills it if it lives; true when it did.
fn kill(victim: &Victim) -> bool {
    let Some(mut child) = victim.lock().unwrap_or_else(PoisonError::into_inner).take() else { return false };
    let lived = child.try_wait().expect("our child").is_none();
    let _ended_already = child.kill();
    child.wait().expect("our child");
    lived
}

struct Killing {
    crowd: Crowd,
    dice: Dice,
    /// Kills at a moment that was aimed at, and at any other.
    aimed: usize,
    random: usize,
}

impl Killing {
    fn new(name: &str, seed: u64) -> Self {
        Self { crowd: Crowd::approved(name, size("CURBSIDE_CHECKINS", 12)), dice: dice(seed), aimed: 0, random: 0 }
    }

    /// Starts it and kills it: mostly as soon as a certain moment comes, else whenever the dice say.
    fn once(&mut self, moments: &'static [Moment], spare: usize) {
        let aims = below(&self.dice, 4) != 0;
        self.crowd.secures(!aims);
        let victim = Victim::default();
        let mut held = victim.lock().expect("no panic");
        if aims {
            let (way, words, passed) = *pick(&self.dice, moments);
            let shared = Arc::clone(&victim);
            let line = if moments == SENDING { &self.crowd.smtp } else { &self.crowd.imap };
            line.set_trap(Trap {
                way,
                words,
                spare: below(&self.dice, spare),
                passed,
                spring: Box::new(move || {
                    kill(&shared);
                }),
            });
        }
        let patience = Duration::from_millis(if aims { 1_000 } else { self.dice.below(400) });
        let child = self.crowd.owner.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
        *held = Some(child);
        drop(held);
        let begun = Instant::now();
        wait_at_most(Duration::from_secs(20), "the kill", || {
            self.crowd.answers();
            begun.elapsed() >= patience || victim.lock().unwrap_or_else(PoisonError::into_inner).is_none()
        });
        if kill(&victim) {
            self.random += 1;
        } else {
            self.aimed += 1;
        }
        self.crowd.imap.disarm();
        self.crowd.smtp.disarm();
    }

    fn many(&mut self) {
        let kills = size("CURBSIDE_KILLS", 24);
        for _ in 0..kills {
            if below(&self.dice, 6) == 0 {
                self.once(READING, 1);
            } else if self.crowd.states().contains_key("queued") {
                self.once(SENDING, 3);
            } else {
                // The time for the provider's own copies is over: ours are filed at once.
                self.crowd.passes(1);
                self.once(FILING, 3);
            }
        }
        assert_eq!(self.aimed + self.random, kills, "each of them hit a living one");
    }
}

fn killed_and_settled(name: &str, seed: u64) {
    let mut killing = Killing::new(name, seed);
    killing.many();
    let left = killing.crowd.states();
    let doubts = killing.crowd.settles();
    let count = killing.crowd.must_be_whole();
    println!("{} kills at an aimed moment, {} at a random one; then {left:?}; {doubts} doubts asked", killing.aimed, killing.random);
    println!("{count}");
}

/// Holds P1, P8, P10, D1, S1, S2, S14, S16.
#[test]
fn p1_killed_at_any_moment_each_mail_arrives_once_or_is_asked_about() {
    killed_and_settled("leah", 20_261_123);
}

/// Holds P1, P8, P10, D1, S1, S2, S14, S16.
#[test]
fn p1_killed_at_any_moment_what_the_provider_filed_is_found_there() {
    killed_and_settled("filed", 20_261_124);
}
