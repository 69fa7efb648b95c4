//! Secrets in the keyring of the desktop: a real one, on a session bus of its own.

use crate::support::authority::at;
use crate::support::owner::Owner;
use crate::support::sign_in::{SignedIn, Waiting};
use crate::support::surroundings::desktop;

/// Holds P16.
#[test]
fn the_tokens_of_a_sign_in_lie_in_the_keyring_and_in_no_file() {
    let mut leah = SignedIn::unset("ring");
    leah.owner.through = desktop(&leah.owner);
    at(&leah.desk, |desk| desk.lasts = 60);
    Waiting::on(leah.init("google", &["--keyring"])).agrees().must(0);
    leah.owner.curbside(&["sync"]).must(0);
    leah.owner.curbside(&["sync"]).must(0);
    assert_eq!(at(&leah.desk, |desk| (desk.renewals(), desk.is_revoked)), (2, false), "renewed tokens take the old ones' place there");
    for secret in leah.secrets() {
        for (path, bytes) in leah.owner.files() {
            assert!(!String::from_utf8_lossy(&bytes).contains(&secret), "{} holds a secret", path.display());
        }
    }
    leah.owner.through.clear();
    let said = leah.owner.command(&["sync"]).env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR").output();
    let said = crate::support::said::Said::from(said.expect("the binary runs"));
    assert!(said.code == 4 && said.err.contains("the keyring cannot be used"), "{}", said.err);
}

/// Holds P16.
#[test]
fn who_changes_to_a_password_leaves_no_tokens_in_the_keyring() {
    let mut leah = SignedIn::unset("left");
    leah.owner.through = desktop(&leah.owner);
    Waiting::on(leah.init("google", &["--keyring"])).agrees().must(0);
    let settings = leah.owner.home.join("config.toml");
    let signed_in = std::fs::read(&settings).expect("settings");
    let said = leah.owner.init(&["--force"]).must(0);
    assert!(said.out.contains("The former sign-in is taken out of the keyring."), "{}", said.out);
    std::fs::write(&settings, signed_in).expect("our file");
    let said = leah.owner.curbside(&["sync"]);
    assert!(said.code == 4 && said.err.contains("not signed in with Google yet"), "{}", said.err);
}

#[test]
fn a_keyring_without_the_password_says_how_to_give_it() {
    let mut leah = Owner::unset("stored");
    leah.through = desktop(&leah);
    let said = leah.init(&["--keyring", "--password-command", ""]);
    assert_eq!(said.code, 2, "one way only: {}", said.err);
    let mut words = leah.init_words(&["--keyring"]);
    let file = words.iter().position(|word| word == "--password-file").expect("the usual one");
    words.drain(file..file + 2);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = leah.curbside(&words);
    assert!(said.code == 3 && said.err.contains("holds no password for this login"), "{}", said.err);
}
