//! Set-up as a newcomer meets it: a real terminal, real servers, and a hand that types.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::authority::{get, url};
use crate::support::internet::Internet;
use crate::support::letters::mail;
use crate::support::owner::{AT_ONCE, Owner};
use crate::support::servers::{PASSWORD, deliver, servers};
use crate::support::sign_in::SignedIn;
use crate::support::surroundings::{after, desktop, lock_keyring, locked_desktop};
use crate::support::terminal::Terminal;

/// `init` in a terminal with some flags, on a machine without keyring or browser.
fn init(owner: &Owner, flags: &[&str]) -> Terminal {
    let mut command = owner.command(&[&["init"], flags].concat());
    for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
        command.env_remove(name);
    }
    Terminal::of(&command)
}

/// The flags that name the test servers.
fn at_the_test_servers() -> Vec<String> {
    let here = servers();
    let (imap, smtp, ca) = (here.imaps.to_string(), here.submissions.to_string(), here.ca_file().display().to_string());
    let flags = ["--imap-host", "localhost", "--imap-port", &imap, "--smtp-host", "localhost", "--smtp-port", &smtp, "--ca-file", &ca];
    flags.map(str::to_owned).to_vec()
}

fn words(flags: &[String]) -> Vec<&str> {
    flags.iter().map(String::as_str).collect()
}

#[test]
fn four_answers_set_it_up_and_a_wrong_password_is_asked_for_anew() {
    let leah = Owner::unset("leah");
    let mut terminal = init(&leah, &words(&at_the_test_servers()));
    terminal.reads("Your e-mail address:");
    terminal.types("leah at home");
    terminal.reads("is not an");
    terminal.presses(&"\x7f".repeat("leah at home".len()));
    terminal.types(&leah.user);
    terminal.reads("Your password there (nothing is shown):");
    terminal.types("not-this-one");
    terminal.reads("✗ The login was refused");
    terminal.reads("Your password there (nothing is shown):");
    terminal.types(PASSWORD);
    terminal.reads("✓ signed in at localhost: INBOX");
    terminal.reads("✓ signed in at localhost to send");
    terminal.reads("Your name, as it stands below a mail:");
    terminal.types("Leah Brandt");
    terminal.reads("Your present employer's mail domain");
    terminal.types("myhospital.example");
    terminal.reads("No keyring is open here, so your password is in");
    terminal.reads("Wrote");
    terminal.reads("Look for them now?");
    terminal.types("n");
    for said in ["curbside discover", "curbside import linkedin", "curbside plan"] {
        terminal.reads(said);
    }
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains(PASSWORD) && !screen.contains("not-this-one"), "nothing of a password is shown: {screen}");
    let file = leah.home.join("password");
    assert_eq!(fs::metadata(&file).expect("the password").permissions().mode() & 0o777, 0o600);
    let settings = fs::read_to_string(leah.home.join("config.toml")).expect("settings");
    assert!(
        settings.contains("name = \"Leah Brandt\"")
            && settings.contains("never = [\"myhospital.example\"]")
            && !settings.contains(PASSWORD)
    );
    leah.append(&AT_ONCE.replace("[sending]\n", ""));
    leah.curbside(&["sync"]).must(0);
}

#[test]
fn ctrl_c_at_any_question_leaves_nothing() {
    let leah = Owner::unset("leah");
    let flags = at_the_test_servers();
    let answers = [
        ("Your e-mail address:", leah.user.as_str()),
        ("Your password there", PASSWORD),
        ("Your name, as it stands", "Leah Brandt"),
        ("Your present employer's", ""),
    ];
    for stop in 0..answers.len() {
        let mut terminal = init(&leah, &words(&flags));
        for (question, answer) in &answers[..stop] {
            terminal.reads(question);
            terminal.types(answer);
        }
        terminal.reads(answers[stop].0);
        terminal.presses("\x03");
        let (code, screen) = terminal.ends();
        assert_ne!(code, 0, "{screen}");
        assert!(!leah.home.exists(), "at “{}” something was left: {:?}", answers[stop].0, leah.files());
    }
}

/// Everything answered with the test servers, up to the question that comes when all is written.
fn written(leah: &Owner) -> Terminal {
    let mut terminal = init(leah, &words(&at_the_test_servers()));
    for (question, answer) in [
        ("Your e-mail address:", leah.user.as_str()),
        ("Your password there", PASSWORD),
        ("Your name, as it stands", "Leah Brandt"),
        ("Your present employer's", ""),
    ] {
        terminal.reads(question);
        terminal.types(answer);
    }
    terminal.reads("Look for them now?");
    terminal
}

#[test]
fn once_it_is_written_ctrl_c_leaves_a_working_set_up_and_says_what_to_type() {
    for looks in [false, true] {
        let leah = Owner::unset("leah");
        deliver(&leah.user, &mail("Jane Doe <jane.doe@evicore.com>", &leah.user, "Hello", "", "It was good to see you."));
        let mut terminal = written(&leah);
        if looks {
            terminal.types("");
            terminal.reads("Whom do you want to keep?");
        }
        terminal.presses("\x03");
        terminal.reads("curbside discover");
        terminal.reads("curbside plan");
        let (code, screen) = terminal.ends();
        assert_eq!(code, 0, "the set-up is done: {screen}");
        leah.curbside(&["sync"]).must(0);
        assert!(leah.list(&["contacts"]).is_empty());
    }
}

#[test]
fn a_mailbox_without_such_people_ends_with_the_other_ways_to_bring_them() {
    let leah = Owner::unset("leah");
    let mut terminal = written(&leah);
    terminal.types("");
    terminal.reads("Nobody at an employer of the directory");
    terminal.reads("curbside import linkedin");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_set_up_made_anew_over_people_that_are_there_shows_the_plan_and_asks_nothing_more() {
    let leah = Owner::unset("leah");
    leah.init(&[]).must(0);
    leah.adds("Jane Doe", "jane@plan.example", &[]);
    let mut terminal = init(&leah, &[&words(&at_the_test_servers())[..], &["--force", "--email", &leah.user]].concat());
    for (question, answer) in
        [("Your password there", PASSWORD), ("Your name, as it stands", "Leah Brandt"), ("Your present employer's", "")]
    {
        terminal.reads(question);
        terminal.types(answer);
    }
    terminal.reads("The plan, for the next 14 days:");
    terminal.reads("Jane Doe");
    terminal.reads("curbside review");
    let (code, screen) = terminal.ends();
    assert!(code == 0 && !screen.contains("Look for them now?"), "{screen}");
}

/// Answers everything with the test servers.
fn is_set_up(mut terminal: Terminal, user: &str) -> String {
    for (question, answer) in [
        ("Your e-mail address:", user),
        ("Your password there", PASSWORD),
        ("Your name, as it stands", "Leah Brandt"),
        ("Your present employer's", ""),
        ("Look for them now?", "n"),
    ] {
        terminal.reads(question);
        terminal.types(answer);
    }
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    screen
}

#[test]
fn a_sign_in_in_the_browser_is_waited_for_and_then_the_name_is_asked() {
    let leah = SignedIn::unset("leah");
    let server = url(&leah.desk);
    let flags = ["--oauth", "google", "--oauth-client-id", "curbside-tests", "--oauth-server", &server];
    let mut terminal = init(&leah.owner, &[&words(&at_the_test_servers())[..], &flags].concat());
    terminal.reads("Your e-mail address:");
    terminal.types(&leah.owner.user);
    terminal.reads("paste its address here.");
    let screen = terminal.screen();
    let address = screen.lines().find_map(|line| line.trim().strip_prefix("http://")).expect("an address");
    let back = first_redirect(&format!("http://{address}"));
    terminal.types(&back);
    terminal.reads("✓ signed in at localhost to send");
    terminal.reads("Your name, as it stands below a mail:");
    terminal.types("Leah Brandt");
    terminal.reads("Your present employer's mail domain");
    terminal.types("");
    terminal.reads("Look for them now?");
    terminal.types("n");
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    leah.owner.curbside(&["sync"]).must(0);
}

/// Where the provider sends a browser that is on another machine.
fn first_redirect(address: &str) -> String {
    let answer = get(address);
    answer.lines().find_map(|line| line.strip_prefix("Location: ")).expect("a way back").to_owned()
}

/// Holds P16.
#[test]
fn where_a_keyring_is_open_the_password_goes_there_and_into_no_file() {
    let mut leah = Owner::unset("leah");
    leah.through = desktop(&leah);
    let screen = is_set_up(init(&leah, &words(&at_the_test_servers())), &leah.user);
    assert!(screen.contains("Your password is in the keyring of your desktop."), "{screen}");
    assert!(leah.files().iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains(PASSWORD)));
    leah.curbside(&["sync"]).must(0);
}

/// Holds P16.
#[test]
fn where_the_keyring_is_locked_the_password_goes_into_a_file_and_it_is_said() {
    let mut leah = Owner::unset("leah");
    leah.through = locked_desktop(&leah);
    let screen = is_set_up(init(&leah, &words(&at_the_test_servers())), &leah.user);
    assert!(screen.contains("so your password is in") && screen.contains("which only you can read"), "{screen}");
    assert_eq!(fs::metadata(leah.home.join("password")).expect("the password").permissions().mode() & 0o777, 0o600);
    leah.through.clear();
    leah.curbside(&["sync"]).must(0);
}

#[test]
fn a_keyring_that_is_locked_meanwhile_loses_no_password_that_was_typed() {
    let mut leah = Owner::unset("leah");
    leah.through = desktop(&leah);
    let mut terminal = init(&leah, &words(&at_the_test_servers()));
    terminal.reads("Your e-mail address:");
    terminal.types(&leah.user);
    terminal.reads("Your password there");
    terminal.types(PASSWORD);
    terminal.reads("Your name, as it stands");
    lock_keyring(&leah);
    terminal.types("Leah Brandt");
    terminal.reads("Your present employer's");
    terminal.types("");
    terminal.reads("Look for them now?");
    terminal.types("n");
    let (code, screen) = terminal.ends();
    assert!(code == 0 && screen.contains("The keyring cannot be used") && screen.contains("so your password is in"), "{screen}");
    leah.through.clear();
    leah.curbside(&["sync"]).must(0);
}

#[test]
fn a_set_up_that_fails_leaves_settings_and_password_as_they_were() {
    let mut leah = Owner::unset("leah");
    is_set_up(init(&leah, &words(&at_the_test_servers())), &leah.user);
    let (settings, password) = (leah.home.join("config.toml"), leah.home.join("password"));
    fs::write(&password, "the former one").expect("our file");
    let before = fs::read(&settings).expect("settings");
    let flags = at_the_test_servers();
    let force = [&words(&flags)[..], &["--force"]].concat();
    let mut terminal = init(&leah, &force);
    terminal.reads("Your e-mail address:");
    terminal.types(&leah.user);
    for _ in 0..3 {
        terminal.reads("Your password there");
        terminal.types("not-this-one");
    }
    assert_eq!(terminal.ends().0, 4);
    let is_as_before = || {
        assert_eq!(fs::read(&settings).expect("settings"), before);
        assert_eq!(fs::read_to_string(&password).expect("a password"), "the former one");
    };
    is_as_before();
    // Nothing can take the place of a file that something is mounted on.
    leah.through = after(&format!("mount --bind {0} {0}", settings.display()));
    let mut terminal = init(&leah, &force);
    for (question, answer) in [
        ("Your e-mail address:", leah.user.as_str()),
        ("Your password there", PASSWORD),
        ("Your name, as it stands", "Leah Brandt"),
        ("Your present employer's", ""),
    ] {
        terminal.reads(question);
        terminal.types(answer);
    }
    let (code, screen) = terminal.ends();
    assert!(code == 3 && screen.contains("cannot be written") && screen.contains("nothing was changed"), "{code} {screen}");
    is_as_before();
}

#[test]
fn a_changed_password_is_given_anew_and_a_wrong_one_leaves_the_former() {
    let leah = Owner::unset("leah");
    is_set_up(init(&leah, &words(&at_the_test_servers())), &leah.user);
    let file = leah.home.join("password");
    fs::write(&file, "outdated").expect("our file");
    assert_eq!(leah.curbside(&["sync"]).code, 4);
    for (typed, code, kept) in [("wrong", 4, "outdated"), (PASSWORD, 0, PASSWORD)] {
        let mut terminal = init(&leah, &["--reauth"]);
        terminal.reads("The new password (nothing is shown):");
        terminal.types(typed);
        assert_eq!(terminal.ends().0, code);
        assert_eq!(fs::read_to_string(&file).expect("a password"), kept);
    }
    leah.curbside(&["sync"]).must(0);
}

#[test]
fn a_password_file_of_the_owners_own_is_not_written_over() {
    let leah = Owner::unset("leah");
    leah.init(&[]).must(0);
    let file = leah.password_file();
    let before = fs::read(&file).expect("a file");
    let mut terminal = init(&leah, &["--reauth"]);
    terminal.reads("change its first line there");
    assert_ne!(terminal.ends().0, 0);
    assert_eq!(fs::read(&file).expect("a file"), before);
}

/// `init` for an address in an internet of its own, up to the address.
fn online(internet: &Internet, user: &str) -> Terminal {
    let mut leah = Owner::unset("leah");
    leah.through = internet.around(&leah);
    let mut terminal = init(&leah, &[]);
    terminal.reads("Your e-mail address:");
    terminal.types(user);
    terminal.keeps(leah);
    terminal
}

#[test]
fn gmail_is_known_by_its_address_and_refuses_in_its_own_terms() {
    let internet = Internet::new();
    internet.refuses_logins_at("imap.gmail.com");
    let mut terminal = online(&internet, "leah.brandt@gmail.com");
    terminal.reads("Gmail: imap.gmail.com port 993 to read, smtp.gmail.com port 465 to send.");
    terminal.reads("Gmail wants an app password");
    terminal.reads("https://myaccount.google.com/apppasswords");
    terminal.reads("The app password (nothing is shown):");
    terminal.types("abcd efgh ijkl mnop");
    terminal.reads("✗ The login was refused; imap.gmail.com says");
    terminal.reads("Gmail takes no ordinary password: it wants an app password, or a sign-in with Google");
    terminal.reads("The app password (nothing is shown):");
    assert!(internet.heard().contains("\"abcdefghijklmnop\""), "the blanks of an app password are no part of it");
    terminal.presses("\x03");
    assert!(!terminal.ends().1.contains("abcd"), "it is not shown");
}

#[test]
fn a_hospital_at_microsoft_is_known_by_where_its_mail_goes_and_asks_for_a_sign_in_first() {
    let internet = Internet::new();
    internet.has_mx("hospital.test", "hospital-test.mail.protection.outlook.com");
    let mut terminal = online(&internet, "leah@hospital.test");
    terminal.reads("Microsoft 365: outlook.office365.com port 993 to read, smtp.office365.com port 587 to send.");
    terminal.reads("Microsoft takes no passwords from programs: you sign in with Microsoft in your browser.");
    terminal.reads("App registrations");
    terminal.reads("The client ID you got there");
    terminal.presses("\x03");
    assert_ne!(terminal.ends().0, 0);
}

#[test]
fn a_clinic_names_its_servers_in_a_file_and_the_owner_is_asked_whether_they_are_theirs() {
    let internet = Internet::new();
    internet.has_page("autoconfig.clinic.test", "/mail/config-v1.1.xml", CLINIC);
    let mut terminal = online(&internet, "leah@clinic.test");
    terminal.reads("Clinic Mail: imap.clinic.test port 993 to read, smtp.clinic.test port 587 to send.");
    terminal.reads("Clinic.test itself names these. Are these yours?");
    terminal.types("");
    terminal.reads("Your password there");
    terminal.presses("\x03");
    assert_ne!(terminal.ends().0, 0);
}

const CLINIC: &str = r#"<clientConfig version="1.1"><emailProvider id="clinic.test"><displayName>Clinic Mail</displayName>
<incomingServer type="imap"><hostname>imap.clinic.test</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.clinic.test</hostname><port>587</port><socketType>STARTTLS</socketType></outgoingServer>
</emailProvider></clientConfig>"#;

#[test]
fn a_practice_names_its_servers_in_its_records_and_a_no_asks_for_others() {
    let internet = Internet::new();
    internet.has_srv("_imaps._tcp.practice.test", "mail.practice.test", 993);
    internet.has_srv("_submissions._tcp.practice.test", "mail.practice.test", 465);
    let mut terminal = online(&internet, "leah@practice.test");
    terminal.reads("The DNS records of practice.test name these. Are these yours?");
    terminal.types("n");
    terminal.reads("IMAP server (your provider's help page names it):");
    terminal.types("");
    terminal.reads("SMTP server");
    terminal.presses("\x03");
    assert_ne!(terminal.ends().0, 0);
}

#[test]
fn a_domain_that_says_nothing_is_asked_about_and_a_dead_network_costs_seconds() {
    let internet = Internet::new();
    internet.is_silent();
    let begun = std::time::Instant::now();
    let mut terminal = online(&internet, "leah@nowhere.test");
    terminal.reads("Looking for the mail servers of nowhere.test …");
    terminal.reads("IMAP server (your provider's help page names it):");
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "took {:?}", begun.elapsed());
    terminal.presses("\x03");
    assert_ne!(terminal.ends().0, 0);
}
