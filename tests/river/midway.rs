//! What the owner does in another terminal while the mailbox is being read.

use curbside::flow::Change;
use curbside::mail::scripted::Moment;

use crate::support::jane::{JANE, written_to};
use crate::support::meanwhile;
use crate::support::town::Town;

/// Holds P8, P17.
#[test]
fn p8_a_contact_forgotten_while_their_mail_is_fetched_is_forgotten() {
    let mut town = written_to();
    town.add("Tom Park <tom@other.example>");
    town.they_write(JANE, "Thank you for the zebra article, I enjoyed it.");
    town.they_write_to("INBOX", "tom@other.example", "tom@other.example", "Please do not contact me again.");
    meanwhile::changes(&mut town, Moment::Whole, Change::Forget(JANE.to_owned()));
    town.turn();
    assert!(!town.stores("zebra"), "nothing of hers is kept");
    assert_eq!(town.stands("tom@other.example"), "stopped opted_out", "the mail behind hers is read");
}

/// Holds P8.
#[test]
fn p8_the_mail_of_a_contact_merged_while_it_is_fetched_is_the_others() {
    let mut town = written_to();
    town.add("Jane Roe <jane@home.example>");
    town.they_write_to("INBOX", "jane@home.example", JANE, "Please do not contact me again.");
    meanwhile::changes(&mut town, Moment::Whole, Change::Merge(JANE.to_owned(), "jane@home.example".to_owned()));
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

/// Holds P8.
#[test]
fn p8_somebody_added_while_the_mailbox_is_read_is_searched_for_at_the_next_look() {
    for moment in [Moment::Folders, Moment::Open, Moment::Rows] {
        let mut town = Town::new();
        town.they_write(JANE, "Please do not contact me again.");
        town.turn();
        let add = curbside::flow::NewContact {
            name: "Jane Doe".to_owned(),
            addresses: vec![JANE.parse().expect("an address")],
            ..curbside::flow::NewContact::default()
        };
        meanwhile::changes(&mut town, moment, Change::Add(Box::new(add)));
        town.turn();
        assert_eq!(town.skipped(JANE).as_deref(), Some("not_searched"), "{moment:?}");
        town.turn();
        assert_eq!(town.stands(JANE), "stopped opted_out", "{moment:?}");
    }
}
