//! Whom the owner knows, read from the headers of a real mailbox; and many people brought in at once.
//!
//! `CURBSIDE_MAILS` sets how many mails the mailbox holds.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::support::letters::{dated, mail, now};
use crate::support::owner::Owner;
use crate::support::proxy::Proxy;
use crate::support::servers::servers;

/// Every so many mails one is of somebody at an employer of the directory.
const EVERY: usize = 40;
const PEOPLE: [&str; 3] = ["Jane Doe <jane.doe@evicore.com>", "Tom Wexler <tom.wexler@aetna.com>", "Ana Núñez <ana@humana.com>"];

fn size() -> usize {
    std::env::var("CURBSIDE_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_200)
}

/// An inbox with strangers and three people, and a Sent folder with two words to the first; half of it unseen.
fn fill(user: &str, mails: usize) {
    let inbox = servers().maildir(user);
    let sent = inbox.join(".Sent");
    for folder in [&inbox, &sent] {
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(folder.join(part)).expect("a folder");
        }
    }
    let write = |folder: &std::path::Path, number: usize, from: &str, to: &str, extra: &str| {
        let at = now() - jiff::SignedDuration::from_hours(24) - jiff::SignedDuration::from_mins(i64::try_from(number).expect("few"));
        let text = dated(&mail(from, to, "A word", extra, "Thanks for the update."), at);
        let flags = if number.is_multiple_of(2) { "S" } else { "" };
        fs::write(folder.join("cur").join(format!("{}.M{number:06}P1.here:2,{flags}", at.as_second())), text).expect("a file");
    };
    for number in 0..mails {
        match number % EVERY {
            7 => write(&inbox, number, PEOPLE[number / EVERY % 3], user, ""),
            8 => write(&inbox, number, "Aetna News <news.of@aetna.com>", user, "List-Id: <news.aetna.com>\n"),
            9 => write(&inbox, number, "Aetna <no-reply@aetna.com>", user, ""),
            _ => write(&inbox, number, &format!("Stranger <stranger{number}@elsewhere.test>"), user, ""),
        }
    }
    write(&sent, 1, user, PEOPLE[0], "");
    write(&sent, 2, user, PEOPLE[0], "");
    assert!(Command::new("chown").args(["-R", "mail:mail"]).arg(inbox).status().expect("it runs").success());
}

fn unseen(user: &str) -> usize {
    let cur = servers().maildir(user).join("cur");
    fs::read_dir(cur).expect("a folder").flatten().filter(|file| !file.file_name().to_string_lossy().ends_with('S')).count()
}

/// Holds P9, P11.
#[test]
fn p9_discover_finds_whom_the_owner_knows_and_changes_and_keeps_nothing() {
    let owner = Owner::unset("leah");
    let imap = Proxy::to(servers().imap);
    owner.init(&["--imap-port", &imap.port.to_string(), "--imap-security", "none"]).must(0);
    let mails = size();
    fill(&owner.user, mails);
    let (unread, begun) = (unseen(&owner.user), Instant::now());
    let found = owner.list(&["discover"]);
    println!("discover in {mails} mails: {:?}", begun.elapsed());
    let names: Vec<&str> = found.iter().filter_map(|person| person["name"].as_str()).collect();
    assert_eq!(names, ["Jane Doe", "Tom Wexler", "Ana Núñez"], "warmest first, and no list or desk among them");
    assert_eq!((found[0]["employer"].as_str(), found[0]["you_wrote"].as_u64()), (Some("eviCore healthcare"), Some(2)));
    let theirs: u64 = found.iter().filter_map(|person| person["they_wrote"].as_u64()).sum();
    assert_eq!(theirs, u64::try_from((mails + EVERY - 8) / EVERY).expect("few"), "each mail of theirs once");
    assert_eq!(unseen(&owner.user), unread, "P9");
    let heard = String::from_utf8_lossy(&imap.heard()).into_owned();
    assert!(!heard.contains("BODY[") && !heard.contains("BODY.PEEK[]") && !heard.contains(" SELECT "), "headers only, and read-only");
    let kept = owner.list(&["export"]);
    assert!(kept.iter().all(|row| row["table"] != "message" && row["table"] != "contact"), "nothing is kept: {kept:?}");

    let added = owner.list(&["discover", "--keep", "jane.doe@evicore.com,2"]);
    let names: Vec<&str> = added.iter().filter_map(|person| person["name"].as_str()).collect();
    assert_eq!(names, ["Jane Doe", "Tom Wexler"]);
    assert!(added.iter().all(|person| person["mode"] == "review" && person["searched"] == true), "{added:?}");
    let jane = owner.json(&["show", "jane.doe@evicore.com"]);
    assert!(jane["journal"].as_array().expect("a list").len() > 3, "what was said before is known now");
    let left = owner.list(&["discover"]);
    assert_eq!(left.len(), 1, "contacts are not proposed again: {left:?}");
    owner.json(&["add", "Ana Núñez, MD <ana.nunez@humana.com>"]);
    assert_eq!(owner.list(&["discover"]).len(), 0, "nor whoever is one by another address of the same house");
}

/// Holds P8.
#[test]
fn p8_three_hundred_people_of_one_import_are_looked_for_in_one_reading() {
    let owner = Owner::unset("leah");
    let imap = Proxy::to(servers().imap);
    owner.init(&["--imap-port", &imap.port.to_string(), "--imap-security", "none"]).must(0);
    fill(&owner.user, size());
    owner.json(&["sync"]);
    let mut table = "Name,E-mail,Company\n".to_owned();
    for number in 0..300 {
        writeln!(table, "Person Number{number},person{number}@plan.example,Aetna").expect("memory");
    }
    writeln!(table, "Jane Doe,jane.doe@evicore.com,eviCore healthcare\nTom Wexler,tom.wexler@aetna.com,Aetna").expect("memory");
    let file = owner.home.with_file_name("people.csv");
    fs::write(&file, table).expect("our file");
    let before = imap.heard().len();
    let begun = Instant::now();
    let rows = owner.list(&["import", "csv", file.to_str().expect("a path")]);
    println!("import of {} people and the search for them: {:?}", rows.len(), begun.elapsed());
    assert!(rows.iter().all(|row| row["verdict"] == "new"), "{rows:?}");
    let heard = String::from_utf8_lossy(&imap.heard()[before..]).into_owned();
    assert_eq!(heard.matches(" FROM \"").count(), 0, "no search address by address");
    for who in ["jane.doe@evicore.com", "tom.wexler@aetna.com"] {
        let shown = owner.json(&["show", who]);
        assert_eq!(shown["searched"], true);
        assert!(shown["journal"].as_array().expect("a list").iter().any(|line| line["kind"] == "they_wrote"), "{shown}");
    }
    let plan = owner.json(&["plan"]);
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    assert!(count(&plan["touches"]) <= 8 * 6, "caps hold, however many come in: {}", count(&plan["touches"]));
    assert!(owner.list(&["review"]).iter().all(|draft| draft["state"] == "review"), "nothing goes without a yes");
}
