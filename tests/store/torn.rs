//! The write-ahead log cut or torn at any byte: what is read back is a moment that was, and the story goes on from it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use curbside::mail::scripted::Moment;
use curbside::model::draft::DraftState;
use curbside::store::Store;

use crate::support::files::folder_in_memory;
use crate::support::jane::{JANE, approved};
use crate::support::town::Town;

/// Jane's check-in is taken by the provider, and in that moment the power fails.
fn power_fails() -> Town {
    let mut town = approved();
    town.post().saves_sent = true;
    town.see().store.settle_log().expect("settled");
    town.clock_at("2026-04-06 10:06");
    town.post().dies = Some(Moment::Taken);
    assert!(catch_unwind(AssertUnwindSafe(|| town.turn())).is_err(), "the machine dies");
    town.post().dies = None;
    town
}

fn log_of(database: &Path) -> std::path::PathBuf {
    database.with_file_name("curbside.db-wal")
}

/// How far the check-in had come: 0 approved, 1 claimed, 2 its body may have left.
fn stage(store: &Store) -> u8 {
    store
        .read(|tx| {
            let draft = tx.recent_drafts(1)?.remove(0);
            let begun = tx.rendered(draft.id)?.and_then(|rendered| rendered.body_begun);
            Ok::<_, curbside::store::StoreError>(match (draft.state, begun) {
                (DraftState::Queued, None) => 0,
                (DraftState::Sending, None) => 1,
                (DraftState::Sending, Some(_)) => 2,
                other => panic!("no moment of the story: {other:?}"),
            })
        })
        .expect("readable")
}

/// The log as a disk may leave it: cut, or with old bytes or nothing behind the cut.
fn torn(log: &[u8], cut: usize) -> Vec<u8> {
    let behind = log.len() - cut;
    match cut % 3 {
        0 => log[..cut].to_vec(),
        1 => [&log[..cut], &vec![0xA5; behind]].concat(),
        _ => [&log[..cut], &vec![0; behind]].concat(),
    }
}

/// Holds P1, D2.
#[test]
fn p17_a_log_torn_at_any_byte_gives_back_a_moment_that_was_and_the_last_one_when_whole() {
    let mut town = power_fails();
    let (database, log) = (fs::read(town.database()).expect("read"), fs::read(log_of(&town.database())).expect("read"));
    assert!(log.len() > 10_000, "{}", log.len());
    let dir = folder_in_memory();
    let path = dir.path().join("curbside.db");
    let (mut before, mut seen) = (0, [0_u32; 3]);
    for cut in (0..log.len()).step_by(5).chain([log.len()]) {
        fs::write(&path, &database).expect("written");
        fs::write(log_of(&path), torn(&log, cut)).expect("written");
        let store = Store::open(&path, town.see().now()).unwrap_or_else(|error| panic!("torn at {cut}: {error}"));
        store.check().unwrap_or_else(|error| panic!("torn at {cut}: {error}"));
        let now = stage(&store);
        assert!(now >= before, "torn at {cut}: more of the log tells less of the story");
        before = now;
        seen[usize::from(now)] += 1;
    }
    assert_eq!(before, 2, "nothing that was written down before the mail left is forgotten");
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    town.hours_pass(1);
}

/// Holds P17, S1, D2.
#[test]
fn p1_even_after_a_disk_that_lied_the_copy_in_sent_keeps_a_mail_from_going_twice() {
    for quarters in 0..=4 {
        let mut town = power_fails();
        let path = town.database();
        let (database, log) = (fs::read(&path).expect("read"), fs::read(log_of(&path)).expect("read"));
        let cut = log.len() * quarters / 4;
        let away = tempfile::tempdir().expect("a folder");
        let now = town.see().now();
        town.world().store = Store::open(&away.path().join("away.db"), now).expect("a database");
        fs::write(&path, database).expect("written");
        fs::write(log_of(&path), torn(&log, cut)).expect("written");
        town.starts_again();
        for _ in 0..4 {
            town.days_pass(1);
            town.approve_all();
        }
        assert_eq!(town.out().len(), 1, "torn at {cut}");
        assert_eq!(town.kept(JANE).story.our_mails, 1, "torn at {cut}");
    }
}
