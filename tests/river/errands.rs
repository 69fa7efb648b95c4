//! What fails beside the reading of the mailbox: it waits by itself, is said, and stops nothing else.

use curbside::flow;
use curbside::mail::scripted::{Fates, Moment, Scripted};
use curbside::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use jiff::SignedDuration;

use crate::support::jane::{JANE, approved, known};
use crate::support::town::Town;

const TOM: &str = "tom@other.example";

/// The server refuses so many copies.
#[derive(Debug)]
struct RefusesCopies(u32);

impl Fates for RefusesCopies {
    fn at(&mut self, _: &mut Scripted, moment: Moment) -> Result<(), EdgeError> {
        if moment != Moment::BeforeCopy || self.0 == 0 {
            return Ok(());
        }
        self.0 -= 1;
        Err(EdgeError::Permanent("NO message too odd".to_owned()))
    }
}

fn copies(town: &mut Town, who: &str) -> usize {
    let id = town.out().into_iter().find(|out| out.to == who).and_then(|out| out.mail.message_id).expect("it left");
    town.copies_in_sent(&id)
}

/// Holds P10, P13.
#[test]
fn p10_a_copy_that_the_server_refuses_holds_up_none_behind_it_and_is_filed_when_it_is_taken() {
    let mut town = known();
    town.add("Tom Park <tom@other.example>");
    town.turn();
    town.approve_all();
    town.clock_at("2026-04-06 12:00");
    town.post().fates = Some(Box::new(RefusesCopies(1)));
    assert_eq!(town.turn().trouble, None, "the mailbox is well");
    town.hours_pass(6);
    assert_eq!([copies(&mut town, JANE), copies(&mut town, TOM)], [1, 1]);
    assert!(town.failing().is_empty());
}

/// Holds P10, P13.
#[test]
fn p10_a_copy_that_is_refused_for_good_is_said_and_tried_once_an_hour_at_most() {
    let mut town = approved();
    town.post().fates = Some(Box::new(RefusesCopies(u32::MAX)));
    town.hours_pass(24);
    assert_eq!(town.out().len(), 1);
    assert!(town.failing()[0].contains("could not be filed in Sent: NO message too odd"), "{:?}", town.failing());
    let next = flow::next_turn(town.see()).expect("a database").duration_since(town.see().now());
    assert!(next > SignedDuration::from_mins(20), "nobody turns in a circle meanwhile: {next:?}");
    let words = flow::weekly_digest(town.see()).expect("a digest").0.trouble;
    assert!(words.iter().any(|sentence| sentence.contains("could not be filed")), "{words:?}");
    town.post().fates = None;
    town.hours_pass(2);
    assert_eq!(copies(&mut town, JANE), 1);
    assert!(town.failing().is_empty());
}

/// Holds P12, P13.
#[test]
fn p12_a_digest_whose_login_is_refused_waits_an_hour_and_the_mailbox_is_read_meanwhile() {
    let mut town = known();
    town.turn();
    for _ in 0..3 {
        town.answers(SendAnswer::NotSent(EdgeError::Login("535 no".to_owned())));
    }
    town.clock_at("2026-04-13 07:00");
    for _ in 0..5 {
        assert_eq!(town.turn().trouble, None);
    }
    assert_eq!(town.post().answers.len(), 2, "one login and no more");
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
    town.hours_pass(5);
    assert_eq!(town.digests(), 1);
}

/// Holds P12.
#[test]
fn p12_while_all_sending_is_paused_the_digest_waits_too() {
    let mut town = approved();
    town.clock_at("2026-04-12 09:00");
    town.answers(SendAnswer::NotSent(EdgeError::Login("535 no".to_owned())));
    town.clock_at("2026-04-13 09:30");
    town.turn();
    assert!(town.post().answers.is_empty(), "the check-in was refused");
    assert_eq!(town.digests(), 0, "and the same login is not tried again for the digest");
    town.hours_pass(3);
    assert_eq!((town.digests(), town.out().len()), (1, 1));
}

#[test]
fn a_dry_run_with_a_check_in_due_asks_the_server_no_more_than_any_other() {
    let mut town = approved();
    town.clock_at("2026-04-06 11:00");
    town.world().dry_run = true;
    town.turn();
    let next = flow::next_turn(town.see()).expect("a database").duration_since(town.see().now());
    assert!(next >= SignedDuration::from_mins(1), "{next:?}");
    assert!(town.out().is_empty());
}

/// Holds P12, R8.
#[test]
fn p12_a_daily_limit_that_holds_up_the_check_ins_does_not_hold_up_the_digest() {
    for limited_at in ["2026-04-12 07:30", "2026-04-13 06:30"] {
        let mut town = Town::with("[sending]\nhours = \"00:00-24:00\"\ndays = \"Mon-Sun\"\n");
        town.add("Jane Doe <jane@plan.example>");
        town.turn();
        town.approve_all();
        let text = "the daily limit is reached".to_owned();
        town.answers(SendAnswer::Refused(Refusal { stage: Stage::Body, code: 550, status: Some("5.4.5".to_owned()), text }));
        town.clock_at(limited_at);
        town.turn();
        assert!(flow::pause_of_sending(town.see()).expect("a database").is_some(), "{limited_at}");
        town.clock_at("2026-04-13 07:00");
        town.turn();
        assert_eq!(town.digests(), 1, "{limited_at}");
        assert_eq!(town.out().len(), 0);
    }
}
