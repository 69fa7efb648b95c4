//! The short mails that cannot wait until the digest: what happened, why, what to do.

use curbside::letters::Notice;

fn all() -> [Notice; 4] {
    let s = |text: &str| text.to_owned();
    [
        Notice::QuotaReached { said: s("452 4.5.3 Daily user sending limit exceeded"), again: s("tomorrow at 9:12"), queued: 3 },
        Notice::LoginRefused { host: s("smtp.mail.example"), said: s("535 5.7.8 Username and Password not accepted"), queued: 1 },
        Notice::SyncBroken {
            since: s("Friday 20 November, 18:05"),
            why: s("imap.mail.example does not answer"),
            remedy: s("See whether this machine is on line."),
        },
        Notice::Doubtful {
            id: s("41"),
            name: s("Priya Raman"),
            subject: s("Re: Physician reviewer work"),
            tried: s("Monday 23 November, 10:04"),
        },
    ]
}

#[test]
fn the_notices_read_like_this() {
    let letters = all().map(|notice| format!("Subject: {}\n\n{}", notice.subject(), notice.text()));
    insta::assert_snapshot!("notices", letters.join("\n=====\n\n"));
}

#[test]
fn a_notice_is_one_short_subject_and_72_columns() {
    for notice in all() {
        assert!(notice.subject().chars().count() <= 70, "{}", notice.subject());
        assert!(notice.text().lines().all(|line| line.chars().count() <= 72), "{}", notice.text());
    }
}

#[test]
fn p16_p18_what_a_server_says_cannot_forge_a_header_or_flood_a_notice() {
    let evil = format!("535 no\r\nBcc: all@victims.test\u{1b}[2J\u{202e}{}", " x".repeat(100_000));
    let notice = Notice::LoginRefused { host: format!("smtp\r\nX-Evil: 1{evil}"), said: evil, queued: 0 };
    assert!(!notice.subject().contains('\n'));
    assert!(notice.subject().chars().count() <= 70);
    assert!(!notice.text().contains('\u{1b}') && !notice.text().contains('\u{202e}'));
    assert!(notice.text().len() < 2_000, "{}", notice.text().len());
}
