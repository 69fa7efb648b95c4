//! A newcomer's first minutes: from an empty home to a check-in that arrived, typed into a shell in a real terminal, against
//! real servers. `PICTURE=write` makes the picture of the README of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use curbside::model::employer::{Employer, EmployerKind};
use curbside::store::Store;
use jiff::{SignedDuration, Timestamp};

use crate::support::letters::{dated, mail};
use crate::support::owner::the_one_mail;
use crate::support::picture::{svg, wording};
use crate::support::servers::{PASSWORD, folder, servers};
use crate::support::terminal::Terminal;

const LEAH: &str = "leah.brandt@example.test";
const JANE: &str = "Jane Doe <jane.doe@lakeshore.test>";
const TOM: &str = "Tom Wexler <tom.wexler@prairie.test>";
const ANA: &str = "Ana Nunez <ana.nunez@harbor.test>";
/// A Tuesday at ten in New York, and a while later.
const NOW: &str = "2026-12-01T10:00:00-05:00";
const LATER: &str = "2026-12-01T12:30:00-05:00";
const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo/first-minutes.svg");

fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

/// What lies in the mailbox before the first day: three people, a desk, a list, and strangers.
fn seed() {
    let words: [(&str, &str, &str, i64, &str); 8] = [
        ("", JANE, LEAH, 300, "It was good to meet you. Happy to answer questions any time."),
        (".Sent", LEAH, JANE, 299, "Thank you, that helps me a lot."),
        ("", JANE, LEAH, 146, "Thanks for the update, and good luck with the exam!"),
        (".Sent", LEAH, JANE, 145, "Thank you. I passed it last week."),
        ("", TOM, LEAH, 98, "Thank you for the kind words about our webinar."),
        (".Sent", LEAH, TOM, 97, "It was a pleasure, I learned much."),
        ("", ANA, LEAH, 70, "Would you have time for a call next week?"),
        ("", "Prairie Health Plan <no-reply@prairie.test>", LEAH, 20, "Your documents are ready."),
    ];
    for (at, (place, from, to, days, text)) in words.into_iter().enumerate() {
        store(place, at, from, to, days, text);
    }
    for stranger in 0..32 {
        store(
            "",
            100 + stranger,
            &format!("Stranger <s{stranger}@elsewhere.test>"),
            LEAH,
            5 + 20 * i64::try_from(stranger).expect("few"),
            "Hello.",
        );
    }
    assert!(Command::new("chown").args(["-R", "mail:mail"]).arg(servers().maildir(LEAH)).status().expect("it runs").success());
}

fn store(place: &str, number: usize, from: &str, to: &str, days: i64, text: &str) {
    let folder = servers().maildir(LEAH).join(place);
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    let at = now() - SignedDuration::from_hours(24 * days);
    let path = folder.join("cur").join(format!("{}.M{number}P1.here:2,S", at.as_second()));
    let lines = dated(&mail(from, to, "Review work", "", text), at);
    // The draft's fingerprint holds the conversation it stands in: the same in every run.
    let named =
        |line: &str| if line.starts_with("Message-ID: ") { format!("Message-ID: <seed{number}@payer.test>\r\n") } else { line.to_owned() };
    fs::write(&path, lines.split_inclusive("\r\n").map(named).collect::<String>()).expect("a mail");
    let arrived = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).expect("after 1970"));
    fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(arrived)).expect("our file");
}

/// The home is empty but for the story's employers, which the shipped directory of real ones does not know.
fn direct(home: &Path) {
    let data = home.join(".local/share/curbside");
    fs::create_dir_all(&data).expect("a folder");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).expect("ours");
    let store = Store::open(&data.join("curbside.db"), now()).expect("a database");
    let put = |name: &str, kind: EmployerKind, domain: &str| {
        let employer = Employer {
            name: name.to_owned(),
            kind,
            family: name.to_owned(),
            parent: None,
            aliases: Vec::new(),
            domains: vec![domain.to_owned()],
            state: None,
            careers_url: None,
            source: String::new(),
            own: true,
            target: false,
        };
        store.write(|tx| tx.put_employer(&employer)).expect("written");
    };
    put("Lakeshore Review", EmployerKind::UmVendor, "lakeshore.test");
    put("Prairie Health Plan", EmployerKind::Payer, "prairie.test");
    put("Harbor Review", EmployerKind::Iro, "harbor.test");
}

/// A shell in `/home/leah`, where `curbside` is the real binary with the hour of the story and the servers of the tests.
fn shell(dir: &Path) -> Terminal {
    let (leah, bin, old) = (dir.join("leah"), dir.join("bin"), dir.join("old"));
    for folder in [&leah, &bin, &old] {
        fs::create_dir_all(folder).expect("a folder");
    }
    direct(&leah);
    let binary = env!("CARGO_BIN_EXE_curbside");
    let binary = binary.strip_prefix("/home").map_or_else(|| binary.to_owned(), |rest| format!("{}{rest}", old.display()));
    let here = servers();
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = init ]; then shift; set -- init --imap-host localhost --imap-port {} --smtp-host localhost --smtp-port {} --ca-file {} \"$@\"; fi\nexec {binary} --now \"$(cat {}/hour)\" \"$@\"\n",
        here.imaps,
        here.submissions,
        here.ca_file().display(),
        dir.display()
    );
    fs::write(bin.join("curbside"), script).expect("a script");
    fs::set_permissions(bin.join("curbside"), fs::Permissions::from_mode(0o755)).expect("ours");
    fs::write(dir.join("hour"), NOW).expect("our file");
    let line = format!(
        "mount --rbind /home {0}/old; mount -t tmpfs tmpfs /home; mkdir /home/leah; mount --bind {0}/leah /home/leah; cd /home/leah; \
         exec env -i HOME=/home/leah PATH={0}/bin:/usr/bin:/bin TERM=xterm TZ=America/New_York LANG=C.UTF-8 PS1='\x1b[1;32m$\x1b[0m ' sh -i",
        dir.display()
    );
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-ec", &line]);
    Terminal::sized(&command, (140, 100))
}

/// Answers the wizard; what it says at each step is what a person needs there.
fn sets_up(shell: &mut Terminal) {
    shell.types("curbside init");
    shell.reads("Your e-mail address:");
    shell.types(LEAH);
    shell.reads("Your password there");
    shell.types(PASSWORD);
    shell.reads("✓ signed in at localhost: INBOX");
    shell.reads("✓ signed in at localhost to send");
    shell.reads("Your name, as it stands below a mail:");
    shell.types("");
    shell.reads("Your present employer's mail domain");
    shell.types("hospital.test");
    shell.reads("Wrote /home/leah/.config/curbside/config.toml; your time zone is America/New_York.");
    shell.reads("Look for them now?");
    shell.types("");
    for said in ["Jane Doe", "Lakeshore Review", "Tom Wexler", "Left out: 1 desk", "Whom do you want to keep?"] {
        shell.reads(said);
    }
    shell.types("all");
    shell.reads("3 people are contacts now; every check-in to them needs your yes.");
    for said in ["Your first plan, for the next 14 days:", "Jane Doe", "Held back:", "Ana Nunez", "curbside review"] {
        shell.reads(said);
    }
}

/// Looks at the drafts and says yes to Jane's.
fn approves(shell: &mut Terminal) {
    shell.reads("$ ");
    shell.types("curbside review");
    for said in ["1 of 2", "Jane Doe", "to      Jane Doe <jane.doe@lakeshore.test>", "Hi Jane,", "[y]es"] {
        shell.reads(said);
    }
    shell.presses("y");
    shell.reads("the note to Jane Doe goes Tuesday, 1 December, 12:");
    shell.reads("[y]es");
    shell.presses("q");
    shell.reads("The others wait.");
    shell.reads("$ ");
}

/// What arrived is what a careful person would have sent by hand.
fn arrived() {
    let got = the_one_mail("jane.doe@lakeshore.test");
    assert!(got.body().starts_with("Hi Jane,\n"), "{}", got.text);
    for left in ["{{", "{%", "[[", "||", "Hi ,", "None", "undefined"] {
        assert!(!got.text.contains(left), "{left} in\n{}", got.text);
    }
    assert!(got.header("from").contains("Leah Brandt") && got.header("from").contains(LEAH), "{}", got.text);
    assert!(got.header("to").contains("jane.doe@lakeshore.test"), "{}", got.text);
    assert!(got.header("date").starts_with("Tue, 1 Dec 2026 12:"), "{}", got.header("date"));
    assert!(got.body().contains("Leah Brandt") && !got.header("subject").is_empty(), "{}", got.text);
    let is_answer = got.header("subject").starts_with("Re: ");
    assert_eq!(is_answer, !got.header("in-reply-to").is_empty(), "an answer stands in its conversation: {}", got.text);
    for absent in ["precedence", "list-unsubscribe", "x-mailer", "auto-submitted", "bcc", "cc"] {
        assert!(got.header(absent).is_empty(), "{absent}: {}", got.text);
    }
    let copies = folder(LEAH, "Sent").iter().filter(|sent| sent.header("message-id") == got.header("message-id")).count();
    assert_eq!(copies, 1, "one copy in Sent");
    assert!(folder("tom.wexler@prairie.test", "").is_empty() && folder("ana.nunez@harbor.test", "").is_empty(), "nobody else");
}

/// Holds P1, P5, P10.
#[test]
fn from_an_empty_home_to_a_delivered_check_in_in_six_answers_and_a_yes() {
    seed();
    let dir = tempfile::tempdir().expect("a folder");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("ours");
    let mut shell = shell(dir.path());
    shell.reads("$ ");
    sets_up(&mut shell);
    approves(&mut shell);
    pictured(&shell.seen());
    assert!(folder("jane.doe@lakeshore.test", "").is_empty(), "a yes may be taken back for five minutes");
    fs::write(dir.path().join("hour"), LATER).expect("our file");
    shell.types("curbside run --once");
    shell.reads("1 sent.");
    shell.reads("$ ");
    arrived();
    shell.types("curbside run --once");
    shell.reads("0 sent.");
    assert_eq!(folder("jane.doe@lakeshore.test", "").len(), 1, "never twice");
}

/// The committed picture says what the screen says today; `PICTURE=write` makes it anew.
fn pictured(screen: &vt100::Screen) {
    let last = screen.rows(0, 100).position(|row| row.contains("the note to Jane Doe goes")).expect("the yes");
    let rows = u16::try_from(last + 1);
    let picture = svg(screen, rows.expect("few"), "Curbside, the first minutes").replace("localhost", "mail.test");
    if std::env::var("PICTURE").is_ok_and(|what| what == "write") {
        fs::write(PICTURE, &picture).expect("the picture");
    }
    let kept = fs::read_to_string(PICTURE).unwrap_or_default();
    assert_eq!(wording(&kept), wording(&picture), "tests/picture makes it anew");
}
