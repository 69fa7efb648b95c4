//! Signing in with the provider, from the question in the browser to the mail that is sent, with a real Dovecot and a real
//! Postfix that ask the authorization server whether a token is good.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::authority::{Answer, at, browse};
use crate::support::owner::wait_until;
use crate::support::servers::folder;
use crate::support::sign_in::{SignedIn, Waiting};

#[test]
fn a_yes_in_the_browser_reads_the_mailbox_and_sends_a_check_in() {
    for provider in ["google", "microsoft"] {
        let leah = SignedIn::unset(provider);
        let said = leah.begins(provider).agrees().must(0);
        assert!(said.out.contains("signed in at localhost: INBOX") && said.out.contains("signed in at localhost to send"), "{}", said.out);
        leah.owner.append(crate::support::owner::AT_ONCE);
        let (jane, address) = leah.owner.knows("Jane Doe");
        leah.owner.curbside(&["sync"]).must(0);
        leah.owner.writes_to(&jane, &address);
        assert_eq!(at(&leah.desk, |desk| desk.grants.clone()), ["authorization_code"], "an access token that lasts is used again");
        leah.owner.curbside(&["doctor"]).must(0);
    }
}

#[test]
fn google_is_asked_for_a_lasting_sign_in_and_microsoft_by_the_name_it_knows_this_machine_by() {
    let leah = SignedIn::unset("asked");
    let google = leah.begins("google");
    assert_eq!((google.asks("access_type"), google.asks("scope")), ("offline".to_owned(), "https://mail.google.com/".to_owned()));
    assert!(google.asks("redirect_uri").starts_with("http://127.0.0.1:"));
    google.ends_by_force();
    let microsoft = leah.begins("microsoft");
    assert!(microsoft.asks("scope").contains("IMAP.AccessAsUser.All") && microsoft.asks("scope").contains("offline_access"));
    assert!(microsoft.asks("redirect_uri").starts_with("http://localhost:"));
    microsoft.ends_by_force();
    assert!(
        !leah.owner.home.join("config.toml").exists() && !leah.owner.home.join("sign-in.json").exists(),
        "a killed sign-in leaves nothing"
    );
}

/// Holds P16.
#[test]
fn tokens_lie_in_a_file_of_the_owner_and_nowhere_else() {
    let leah = SignedIn::new("secret");
    let (jane, address) = leah.owner.knows("Jane Doe");
    let daemon = leah.owner.run_with(&["-vv"]);
    leah.owner.approves(&jane);
    wait_until("the check-in arrives", || folder(&address, "").len() == 1);
    at(&leah.desk, |desk| desk.is_revoked = true);
    let said = leah.owner.curbside(&["-vv", "sync"]);
    let log = daemon.log();
    assert_eq!(daemon.terminate().0, Some(0));
    let file = leah.owner.home.join("sign-in.json");
    assert_eq!(fs::metadata(&file).expect("the tokens").permissions().mode() & 0o777, 0o600);
    let kept = fs::read_to_string(&file).expect("the tokens");
    assert!(leah.secrets().iter().any(|secret| kept.contains(secret)));
    for secret in leah.secrets() {
        for (path, bytes) in leah.owner.files().into_iter().filter(|(path, _)| *path != file) {
            assert!(!String::from_utf8_lossy(&bytes).contains(&secret), "{} holds a secret", path.display());
        }
        assert!(!log.contains(&secret) && !said.out.contains(&secret) && !said.err.contains(&secret));
    }
}

#[test]
fn tokens_that_others_can_read_are_not_used() {
    let leah = SignedIn::new("open");
    let file = leah.owner.home.join("sign-in.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("our file");
    let said = leah.owner.curbside(&["sync"]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("can be read or changed by others") && said.err.contains("chmod 600"), "{}", said.err);
}

#[test]
fn a_token_near_its_end_is_renewed_first_and_the_new_refresh_token_takes_the_old_ones_place() {
    let leah = SignedIn::unset("near");
    at(&leah.desk, |desk| desk.lasts = 60);
    leah.begins("google").agrees().must(0);
    for times in 1..=3 {
        leah.owner.curbside(&["sync"]).must(0);
        assert_eq!(at(&leah.desk, |desk| (desk.renewals(), desk.is_revoked)), (times, false), "each refresh token was used once");
    }
    at(&leah.desk, |desk| desk.lasts = 3600);
    leah.owner.curbside(&["sync"]).must(0);
    leah.owner.curbside(&["sync"]).must(0);
    assert_eq!(at(&leah.desk, |desk| desk.renewals()), 4, "one that lasts is kept");
}

#[test]
fn a_token_that_ends_before_its_time_is_renewed_when_it_is_refused_and_the_mail_goes() {
    let leah = SignedIn::new("early");
    let (jane, address) = leah.owner.knows("Jane Doe");
    at(&leah.desk, |desk| desk.end_access());
    leah.owner.curbside(&["sync"]).must(0);
    assert_eq!(at(&leah.desk, |desk| desk.renewals()), 1);
    leah.owner.approves(&jane);
    let daemon = leah.owner.run();
    wait_until("the check-in arrives", || folder(&address, "").len() == 1);
    at(&leah.desk, |desk| desk.end_access());
    leah.owner.curbside(&["doctor"]).must(0);
    assert_eq!(at(&leah.desk, |desk| (desk.renewals(), desk.is_revoked)), (2, false));
    assert_eq!(daemon.terminate().0, Some(0));
    assert_eq!(folder(&address, "").len(), 1);
}

#[test]
fn two_at_once_renew_once() {
    let leah = SignedIn::new("both");
    at(&leah.desk, |desk| desk.end_access());
    let doctor = || leah.owner.command(&["doctor"]).stdout(std::process::Stdio::null()).spawn().expect("the binary runs");
    let both: Vec<_> = (0..2).map(|_| doctor()).collect();
    for mut child in both {
        assert!(child.wait().expect("our child").success());
    }
    assert_eq!(at(&leah.desk, |desk| (desk.renewals(), desk.is_revoked)), (1, false), "the second takes what the first got");
}

/// Holds P13.
#[test]
fn a_sign_in_that_was_withdrawn_is_said_plainly_and_mended_by_signing_in_again() {
    let leah = SignedIn::new("gone");
    let (jane, address) = leah.owner.knows("Jane Doe");
    leah.owner.approves(&jane);
    at(&leah.desk, |desk| {
        desk.is_revoked = true;
        desk.end_access();
    });
    let said = leah.owner.curbside(&["sync"]);
    assert_eq!(said.code, 4);
    for words in ["Google has ended this sign-in", "curbside init --reauth", "7 days"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let status = leah.owner.curbside(&["status"]);
    assert!(status.code == 4 && status.out.contains("curbside init --reauth"), "{}", status.out);
    assert!(folder(&address, "").is_empty(), "nothing is sent meanwhile");
    let daemon = leah.owner.run();
    wait_until("the daemon has seen it", || leah.owner.status()["login_refused"] == true);
    at(&leah.desk, |desk| desk.is_revoked = false);
    let said = leah.begins_again().agrees().must(0);
    assert!(said.out.contains("You are signed in with Google again"), "{}", said.out);
    wait_until("the daemon goes on by itself", || folder(&address, "").len() == 1);
    assert!(leah.owner.curbside(&["status"]).code == 0);
    assert_eq!(daemon.terminate().0, Some(0));
}

#[test]
fn a_provider_that_is_unwell_is_waited_for_and_the_sign_in_stays() {
    let leah = SignedIn::new("unwell");
    at(&leah.desk, |desk| {
        desk.end_access();
        desk.is_unwell = true;
    });
    let said = leah.owner.curbside(&["sync"]);
    assert!(said.code == 4 && said.err.contains("Google could not be asked"), "{}", said.err);
    assert!(!said.err.contains("reauth"), "there is nothing to mend: {}", said.err);
    at(&leah.desk, |desk| desk.is_unwell = false);
    leah.owner.curbside(&["sync"]).must(0);
}

#[test]
fn an_answer_that_was_not_asked_for_is_not_used_and_ends_nothing() {
    let leah = SignedIn::unset("strange");
    let waiting = leah.begins("google");
    for query in ["code=stolen&state=guessed", "code=stolen", "error=access_denied&state=guessed"] {
        assert!(waiting.is_sent(query).contains("This was not asked for."), "{query}");
    }
    assert!(waiting.is_sent("").contains("404 Not Found"));
    let said = waiting.agrees().must(0);
    assert!(said.err.contains("it was not used"), "{}", said.err);
    assert_eq!(at(&leah.desk, |desk| desk.grants.clone()), ["authorization_code"], "nobody's code was tried but ours");
}

#[test]
fn a_no_in_the_browser_leaves_nothing() {
    let leah = SignedIn::unset("no");
    at(&leah.desk, |desk| desk.answer = Answer::No);
    let waiting = leah.begins("microsoft");
    let (_, page) = browse(&waiting.address);
    assert!(page.contains("You said no."), "{page}");
    let said = waiting.ends();
    assert!(said.code == 1 && said.err.contains("Microsoft was told no"), "{}", said.err);
    assert!(!leah.owner.home.exists() || leah.owner.files().is_empty(), "nothing was written");
}

#[test]
fn another_account_chosen_in_the_browser_is_asked_about_and_no_password_is_spoken_of() {
    let leah = SignedIn::unset("chosen");
    at(&leah.desk, |desk| desk.chosen = Some("somebody@else.example".to_owned()));
    for provider in ["google", "microsoft"] {
        let said = leah.begins(provider).agrees();
        assert_eq!(said.code, 4, "{}", said.err);
        let asked = format!("Did you choose {} in the browser?", leah.owner.user);
        for words in [
            asked.as_str(),
            "accepted the sign-in, but the mailbox did not",
            "administrator may have switched off IMAP",
            "nothing was written",
        ] {
            assert!(said.err.contains(words), "{words}: {}", said.err);
        }
        assert!(!said.err.contains("password"), "{}", said.err);
    }
    assert!(leah.owner.files().is_empty(), "nothing was written");
}

/// Holds P16.
#[test]
fn who_changes_to_a_password_keeps_no_tokens_and_a_password_file_of_their_own_stays() {
    let leah = SignedIn::new("changes");
    let tokens = leah.owner.home.join("sign-in.json");
    assert!(tokens.exists());
    let said = leah.owner.init(&["--force"]).must(0);
    assert!(!tokens.exists() && said.out.contains("The former sign-in is taken out of"), "{}", said.out);
    leah.owner.curbside(&["sync"]).must(0);
    let own = leah.owner.home.join("config.toml");
    let own = fs::read_to_string(own).expect("settings");
    let own = own.lines().find_map(|line| line.strip_prefix("password_file = ")).expect("a file").trim_matches('"').to_owned();
    let ours = leah.owner.home.join("password");
    fs::copy(&own, &ours).expect("as init keeps one that is typed");
    leah.owner.init(&["--force", "--password-file", &ours.display().to_string()]).must(0);
    assert!(fs::exists(&own).expect("a look"), "a file of the owner's own is theirs");
    let said = Waiting::on(leah.init("google", &["--force"])).agrees().must(0);
    assert!(!ours.exists() && said.out.contains("The former password is taken out of"), "{}", said.out);
    leah.owner.curbside(&["sync"]).must(0);
}

#[test]
fn a_browser_that_is_there_is_opened() {
    let leah = SignedIn::unset("opened");
    let note = leah.owner.home.with_file_name("opened");
    let browser = leah.owner.home.with_file_name("browser");
    fs::write(&browser, format!("#!/bin/sh\nprintf %s \"$1\" > '{0}.part' && mv '{0}.part' '{0}'\n", note.display())).expect("our file");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("our file");
    let mut command = leah.init("google", &[]);
    let child = command.env("BROWSER", &browser).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn();
    wait_until("the browser is opened", || note.exists());
    browse(&fs::read_to_string(&note).expect("an address"));
    let ended = child.expect("the binary runs").wait_with_output().expect("our child");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn a_code_typed_on_another_machine_signs_in_too() {
    let leah = SignedIn::unset("device");
    at(&leah.desk, |desk| desk.not_yet.extend(["authorization_pending"]));
    let ended = leah.init("microsoft", &["--device"]).output().expect("the binary runs");
    let said = crate::support::said::Said::from(ended).must(0);
    assert!(said.err.contains("open  https://provider.example/device") && said.err.contains("type  WDJB-MJHT"), "{}", said.err);
    leah.owner.curbside(&["sync"]).must(0);
    assert_eq!(at(&leah.desk, |desk| desk.grants.clone()), ["device_code", "device_code"]);
}

#[test]
fn without_a_client_id_the_way_to_one_is_shown() {
    let leah = SignedIn::unset("nobody");
    for (provider, words) in [("google", "Publish app"), ("microsoft", "App registrations")] {
        let said = leah.owner.init(&["--oauth", provider]);
        assert_eq!(said.code, 3);
        assert!(said.err.contains("needs a client id") && said.err.contains(words), "{}", said.err);
    }
    assert!(leah.owner.init(&["--oauth", "google"]).err.contains("7 days"));
}

#[test]
fn googles_own_file_of_a_registration_is_read() {
    let leah = SignedIn::unset("file");
    let file = leah.owner.home.with_file_name("client_secret.json");
    fs::write(&file, r#"{"installed":{"client_id":"from-the-file","client_secret":"not-so-secret","redirect_uris":["http://localhost"]}}"#)
        .expect("our file");
    let server = crate::support::authority::url(&leah.desk);
    let words =
        leah.owner.init_words(&["--oauth", "google", "--oauth-client-file", &file.display().to_string(), "--oauth-server", &server]);
    let waiting = Waiting::on(leah.owner.command(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(waiting.asks("client_id"), "from-the-file");
    waiting.agrees().must(0);
    leah.owner.curbside(&["sync"]).must(0);
}

#[test]
fn nobody_but_this_machine_may_stand_in_for_the_provider() {
    let leah = SignedIn::unset("elsewhere");
    for server in ["http://evil.example/", "https://127.0.0.1.evil.example", "http://127.0.0.1:80@evil.example/", "http://127.0.0.1/"] {
        let said = leah.owner.init(&["--oauth", "google", "--oauth-client-id", "x", "--oauth-server", server]);
        assert!(said.code == 2 && said.err.contains("tests on this machine only"), "{server}: {}", said.err);
    }
}

#[test]
fn another_login_name_needs_another_sign_in() {
    let leah = SignedIn::new("other");
    let file = leah.owner.home.join("config.toml");
    let text = fs::read_to_string(&file).expect("settings").replace("username = \"", "username = \"x");
    fs::write(&file, text).expect("our file");
    let said = leah.owner.curbside(&["sync"]);
    assert!(said.code == 4 && said.err.contains("not signed in with Google yet"), "{}", said.err);
}
