//! What must hold for any bytes: the filter and the parsers never panic, and where a line is cut changes nothing.

use proptest::prelude::*;

use super::data::{fetched, found, is_capable, listed};
use super::filter::{Filter, Response};
use super::names::guess;
use super::{UidSet, from_modified_utf7};
use crate::model::folder::Role;

/// Text and literals of a response.
type Kept = (Vec<u8>, Vec<Vec<u8>>);

/// What a filter made of some bytes: the responses it kept, and what it would tell the crate.
fn filtered<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> (bool, Vec<Kept>, Vec<u8>) {
    let mut filter = Filter::default();
    let is_fine = pieces.into_iter().all(|piece| filter.eat(piece).is_ok());
    let mut ready = vec![0; 1 << 20];
    let count = filter.give(&mut ready);
    ready.truncate(count);
    (is_fine, filter.take_heard().into_iter().map(|response| (response.text, response.literals)).collect(), ready)
}

/// Bytes that look like IMAP often enough to reach every corner.
fn imap_like() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        &b"* "[..],
        b"* OK ",
        b"* NO ",
        b"a1 OK done\r\n",
        b"+ \r\n",
        b"1 FETCH (",
        b"UID 5 ",
        b"BODY[HEADER.FIELDS (\"FROM\")] ",
        b"BODY[]<0> ",
        b"{3}\r\n",
        b"{0}\r\n",
        b"~{2+}\r\n",
        b"{99999999999999999999}\r\n",
        b"abc",
        b")",
        b"(",
        b"\"",
        b"\\",
        b"\r\n",
        b"\n",
        b" ",
        b"LIST (\\Sent) \"/\" ",
        b"SEARCH 1 2 3",
        b"NIL",
        b"[",
        b"]",
        b"\x01",
        b"\xff",
        b"INTERNALDATE ",
        b"5 EXISTS",
        b"CAPABILITY IDLE",
        b"[UIDNEXT 7] ",
        b"a",
        b"BYE",
    ]);
    prop::collection::vec(prop_oneof![4 => words.prop_map(<[u8]>::to_vec), 1 => prop::collection::vec(any::<u8>(), 0..6)], 0..60)
        .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn where_the_bytes_are_cut_changes_nothing(bytes in imap_like(), size in 1_usize..7) {
        let whole = filtered([&bytes[..]]);
        prop_assert_eq!(whole, filtered(bytes.chunks(size)));
    }

    #[test]
    fn no_response_makes_a_parser_panic(bytes in imap_like(), literals in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..3)) {
        let response = || Response { text: bytes.clone(), literals: literals.clone() };
        let _nothing_asked = (fetched(response()), listed(response()), is_capable(&response(), "IDLE"), found(&response()).count());
        let (_, heard, _) = filtered([&bytes[..]]);
        for (text, literals) in heard {
            let _nothing_asked = (fetched(Response { text: text.clone(), literals: literals.clone() }), listed(Response { text, literals }));
        }
    }

    #[test]
    fn the_crate_is_told_only_what_was_written_here(bytes in imap_like()) {
        let (_, _, ready) = filtered([&bytes[..]]);
        for line in String::from_utf8(ready).expect("plain text").lines() {
            let is_known = line.ends_with(" EXISTS") || line.starts_with("* OK [UID") || line.starts_with('+') || ["OK -", "NO -", "BAD -"].iter().any(|end| line.ends_with(end));
            prop_assert!(is_known, "{}", line);
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_its_halves_hold_the_same(uids in prop::collection::vec(1_u32..200, 0..80), probe in 1_u32..200) {
        let set: UidSet = uids.iter().copied().collect();
        prop_assert_eq!(set.contains(probe), uids.contains(&probe));
        if let Some([lower, upper]) = set.halves() {
            prop_assert_eq!(lower.contains(probe) ^ upper.contains(probe), set.contains(probe));
        }
    }

    #[test]
    fn no_folder_name_makes_the_decoder_panic(name in ".{0,40}") {
        let _nothing_asked = (from_modified_utf7(&name), guess(&name, Some('.')));
    }
}

#[test]
fn a_backslash_at_the_end_escapes_nothing() {
    let response = |text: &str| Response { text: text.into(), literals: Vec::new() };
    assert!(listed(response("* LIST () \"/\" \"half\\")).is_some_and(|folder| folder.name == "half"));
    assert!(fetched(response("* 1 FETCH (UID 1 BODY[\"\\")).is_none());
}

#[test]
fn a_set_is_written_as_ranges() {
    let set: UidSet = [7, 1, 2, 3, 9, 9, 0].into_iter().collect();
    assert_eq!(set.to_string(), "1:3,7,9");
    assert_eq!(UidSet::range(5, 4).to_string(), "");
    assert!(UidSet::range(0, u32::MAX).contains(u32::MAX));
}

#[test]
fn folder_names_in_the_languages_people_use_have_their_roles() {
    for (name, role) in [
        ("inbox", Role::Inbox),
        ("Sent Items", Role::Sent),
        ("Sent Messages", Role::Sent),
        ("[Gmail]/Sent Mail", Role::Sent),
        ("[Google Mail]/All Mail", Role::Archive),
        ("INBOX/Archive", Role::Archive),
        ("Bulk Mail", Role::Junk),
        ("&AMk-l&AOk-ments envoy&AOk-s", Role::Sent),
        ("Gel&APY-schte Elemente", Role::Trash),
        ("&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", Role::Sent),
        ("INBOX/inbox", Role::Other),
        ("Sentinel project", Role::Other),
        ("R&D", Role::Other),
    ] {
        assert_eq!(guess(name, Some('/')), role, "{name}");
    }
    assert_eq!(from_modified_utf7("R&-D"), "R&D");
}
