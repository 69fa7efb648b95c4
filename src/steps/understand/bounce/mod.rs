//! Delivery reports (RFC 3464 and free form): told apart from other mail, and read recipient by recipient.

mod address;
mod notice;
mod report;
mod returned;
mod verdict;

use super::automatic::{Judged, Seen, sum};
use super::signs::{REPORTS, SIGNS, fold};
use crate::model::mail::Mail;
use crate::model::reading::{Bounce, BouncedRecipient, Kind};
use notice::Notice;
use report::Entry;

/// Points that make a delivery report of free form.
const ENOUGH: u32 = 4;
/// Recipients kept of one report.
const MOST_RECIPIENTS: usize = 100;

/// Judges whether a mail reports on a delivery, and reads the report.
pub(super) fn judge(mail: &Mail, seen: &Seen) -> Option<Judged> {
    if mail.parts.iter().any(|part| part.content_type == "message/feedback-report") || REPORTS.complaints.hit(&seen.subject) {
        return Some(Judged::new(Kind::Bulk, 0.97, vec!["feedback_report"]));
    }
    if is_read_receipt(mail, seen) {
        return Some(Judged::new(Kind::Bulk, 0.95, vec!["read_receipt"]));
    }
    let entries = report::entries(mail);
    let failed = entries.iter().any(|entry| !entry.arrived());
    if !failed && (!entries.is_empty() || REPORTS.arrived.hit(&seen.subject) && (seen.null_path || from_daemon(mail, seen) > 0)) {
        return Some(Judged::new(Kind::Bulk, 0.95, vec!["delivery_receipt"]));
    }
    if !failed && SIGNS.auto_subjects.hit(&seen.subject) {
        return None;
    }
    let (points, rules) = weigh(mail, seen, &entries);
    if points < ENOUGH {
        return None;
    }
    let notice = Notice::of(mail);
    let recipients = recipients(mail, &entries, &notice);
    let original_message_id = returned::message_id(mail, &notice);
    let mut judged = Judged::new(Kind::Bounce, if points > ENOUGH { 0.98 } else { 0.9 }, rules);
    judged.bounce = Some(Bounce { recipients, original_message_id });
    Some(judged)
}

fn is_read_receipt(mail: &Mail, seen: &Seen) -> bool {
    // Dovecot refuses mail with a disposition notification: that one is a report.
    mail.parts.iter().any(|part| part.content_type == "message/disposition-notification") && !seen.text.contains("rejected")
        || REPORTS.read.hit(&seen.subject) && REPORTS.read_texts.hit(&seen.text)
}

fn weigh(mail: &Mail, seen: &Seen, entries: &[Entry]) -> (u32, Vec<&'static str>) {
    let begin = fold(super::auto_reply::head(&notice::plain(mail), 3_000));
    let daemon = from_daemon(mail, seen);
    let machine = daemon > 0 || seen.null_path || seen.auto_submitted;
    let reports = mail.header("content-type").is_some_and(|value| value.to_ascii_lowercase().contains("delivery-status"));
    let titled = !seen.answers && REPORTS.subjects.hit(&seen.subject);
    let opening = if machine || titled { REPORTS.openings.count(&begin) } else { 0 };
    let from_amazon = mail.sender().is_some_and(|sender| sender.domain().ends_with("amazonaws.com"));
    let signs = [
        (from_amazon && !entries.is_empty(), 4, "notification"),
        (entries.iter().any(|entry| !entry.arrived()), if machine || reports { 5 } else { 2 }, "delivery_status"),
        (reports, 3, "multipart_report"),
        (mail.header("x-failed-recipients").is_some(), 4, "x_failed_recipients"),
        (daemon > 0, daemon, "daemon"),
        (seen.null_path, 1, "null_return_path"),
        (titled, 2, "bounce_subject"),
        (machine && opening > 0, 2, "bounce_opening"),
        (opening > 1 && !seen.answers, 1, "bounce_openings"),
        (opening > 0 && returned::is_attached(mail), 1, "returned_mail"),
    ];
    sum(&signs)
}

/// 2 for a mail daemon, 1 for a sender whose name only says so, 0 for anybody else.
fn from_daemon(mail: &Mail, seen: &Seen) -> u32 {
    let raw = mail.header("from").map(str::to_ascii_lowercase).unwrap_or_default();
    let local =
        if seen.sender.is_empty() { raw.trim_matches(['<', '>', '"', ' ']).split('@').next().unwrap_or_default() } else { &seen.sender };
    if REPORTS.daemons.hit(local) || raw.contains("mailer-daemon") || raw.trim().ends_with("<>") {
        return 2;
    }
    u32::from(REPORTS.daemon_names.hit(&raw))
        + u32::from(mail.header("return-path").is_some_and(|value| value.to_ascii_lowercase().contains("mailer-daemon")))
}

fn recipients(mail: &Mail, entries: &[Entry], notice: &Notice) -> Vec<BouncedRecipient> {
    let failed: Vec<&Entry> = entries.iter().filter(|entry| !entry.arrived()).collect();
    let told: Vec<(String, String)> =
        if failed.iter().any(|entry| entry.address().is_some()) { Vec::new() } else { notice::recipients(mail, notice) };
    let mut found: Vec<BouncedRecipient> = Vec::new();
    for entry in failed {
        let address = entry.address().or_else(|| told.first().map(|(address, _)| address.clone()));
        let Some(address) = address else { continue };
        let words = notice.about(&address);
        push(&mut found, verdict::of_entry(&address, entry, &words, notice));
    }
    if found.is_empty() {
        for (address, words) in told {
            push(&mut found, verdict::of_words(&address, &words, notice));
        }
    }
    found
}

fn push(found: &mut Vec<BouncedRecipient>, recipient: BouncedRecipient) {
    let known = found.iter().any(|other| other.address.eq_ignore_ascii_case(&recipient.address));
    if !known && found.len() < MOST_RECIPIENTS {
        found.push(recipient);
    }
}
