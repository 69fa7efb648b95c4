//! The real binary over lines that drop, hold up, truncate, half-close and reset at any byte, until everything is settled.
//!
//! `CURBSIDE_CUTS` and `CURBSIDE_CHECKINS` set the size, `CURBSIDE_SEED` the dice.

use std::time::{Duration, Instant};

use curbside::clock::Dice;
use curbside::daemon::lock::nudge;

use crate::support::crowd::{Crowd, below, dice, pick, size};
use crate::support::owner::wait_at_most;
use crate::support::proxy::{Fate, Way};

/// How long an orderly end may take, whatever the lines do.
const ORDERLY: Duration = Duration::from_secs(10);
/// Connections spoilt in a round, on each line.
const SPOILT: usize = 6;
/// Within so many bytes the lines break: conversations of a few mails, there and back.
const SMTP: [usize; 2] = [2_000, 500];
const IMAP: [usize; 2] = [1_500, 6_000];
/// Minutes between two rounds; what was refused for a time is tried again after 5 to 60.
const LATER: i64 = 20;

/// What becomes of a connection on which so many bytes go there and back.
fn fate(dice: &Dice, [there, back]: [usize; 2]) -> Fate {
    let (way, at) = *pick(dice, &[(Way::There, below(dice, there)), (Way::Back, below(dice, back))]);
    match below(dice, 8) {
        0 | 1 => Fate::Whole,
        2 | 3 => Fate::Cut(way, at),
        4 => Fate::Reset(way, at),
        5 => Fate::HalfClosed(way, at),
        6 => Fate::Silent(way, at),
        _ => Fate::Held(way, at, Duration::from_millis(dice.below(150))),
    }
}

/// One run of the daemon over bad lines, ended at a random moment; how long the end took.
fn round(crowd: &mut Crowd, dice: &Dice) -> Duration {
    crowd.passes(LATER);
    crowd.secures(below(dice, 2) == 0);
    crowd.imap.decree((0..SPOILT).map(|_| fate(dice, IMAP)));
    crowd.smtp.decree((0..SPOILT).map(|_| fate(dice, SMTP)));
    let daemon = crowd.owner.run();
    let database = crowd.owner.home.join("curbside.db");
    let (begun, patience) = (Instant::now(), Duration::from_millis(200 + dice.below(400)));
    wait_at_most(ORDERLY, "the end of the round", || {
        nudge(&database); // it does not rest after trouble
        crowd.answers();
        begun.elapsed() >= patience
    });
    let (code, took) = daemon.terminate();
    assert_eq!(code, Some(0), "an end that was asked for is a good one");
    crowd.imap.drop_lines();
    crowd.smtp.drop_lines();
    took
}

/// Holds P1, P8, P10, S1, S2, S4, S14, S16, R8, O1.
#[test]
fn p1_over_lines_that_break_at_any_byte_each_mail_arrives_once() {
    let dice = dice(20_261_125);
    let mut crowd = Crowd::approved("leah", size("CURBSIDE_CHECKINS", 10));
    let (mut slowest, mut doubts) = (Duration::ZERO, 0);
    let cuts = size("CURBSIDE_CUTS", 20);
    for number in 1..=cuts {
        slowest = slowest.max(round(&mut crowd, &dice));
        if number % 10 == 0 {
            doubts += crowd.settle_doubts();
        }
    }
    assert!(slowest < ORDERLY, "a stop took {slowest:?}");
    let left = crowd.states();
    crowd.imap.decree([]);
    crowd.smtp.decree([]);
    doubts += crowd.settles();
    let count = crowd.must_be_whole();
    println!(
        "{cuts} rounds, {} connections to read and {} to send; the slowest stop {slowest:.1?}; then {left:?}; {doubts} doubts asked",
        crowd.imap.connections(),
        crowd.smtp.connections()
    );
    println!("{count}");
}
