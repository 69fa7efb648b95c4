//! What lies on the disk and what others may see of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::support::files::{holds, must_be_private_below, rights};
use crate::support::letters::answer;
use crate::support::owner::{AT_ONCE, Owner, the_one_mail, wait_until};
use crate::support::servers::{PASSWORD, deliver};

#[test]
fn p16_the_password_stands_nowhere_but_in_its_file() {
    let owner = Owner::unset("leah");
    // Any user may log in with the one password of these servers; it must stand nowhere by itself or encoded.
    let canary = PASSWORD;
    owner.init(&[]).must(0);
    owner.append(AT_ONCE);
    let (jane, address) = owner.knows("Jane Doe");
    let daemon = owner.run_with(&["-vv"]);
    owner.approves(&jane);
    let got = the_one_mail(&address);
    deliver(&owner.user, &answer(&address, &owner.user, &got, "canary-body-5519: let us talk on the phone."));
    wait_until("understood", || owner.standing(&jane).0 == "owes_answer");
    let argv = fs::read(format!("/proc/{}/cmdline", daemon.pid())).expect("our child");
    assert!(!holds(&argv, canary));
    let log = daemon.log();
    assert!(!log.is_empty(), "-vv says something");
    for secret in [canary.to_owned(), base64(&format!("\0{}\0{canary}", owner.user)), base64(canary)] {
        assert!(!log.contains(&secret), "the log holds {secret}");
        for (path, bytes) in owner.files() {
            assert!(!holds(&bytes, &secret), "{} holds the password", path.display());
        }
    }
    for private in ["canary-body-5519", got.header("subject").as_str(), &address] {
        assert!(!log.contains(private), "the log holds “{private}”:\n{log}");
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn p16_files_are_private_even_under_a_careless_umask() {
    let owner = Owner::unset("leah");
    owner.init(&[]).must(0);
    fs::remove_dir_all(&owner.home).expect("our folder");
    let flags = |words: &[&str]| {
        let command = owner.command(words);
        let line: Vec<String> =
            std::iter::once(command.get_program()).chain(command.get_args()).map(|word| format!("'{}'", word.to_string_lossy())).collect();
        line.join(" ")
    };
    let careless = |words: &[&str]| {
        let done = Command::new("sh").arg("-c").arg(format!("umask 000; {}", flags(words))).stdin(Stdio::null()).output().expect("sh runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let init = owner.init_words(&["--password-command", "echo canary-right-5520"]);
    careless(&init.iter().map(String::as_str).collect::<Vec<_>>());
    careless(&["add", "Jane Doe <jane@payer.test>"]);
    careless(&["run", "--once"]);
    careless(&["backup"]);
    assert_eq!(rights(&owner.home), 0o700);
    must_be_private_below(&owner.home, &[]);
}

#[test]
fn p16_a_password_file_others_can_read_is_refused() {
    let owner = Owner::unset("leah");
    fs::set_permissions(owner.password_file(), fs::Permissions::from_mode(0o644)).expect("our file");
    let ran = owner.init(&[]);
    assert!(ran.code == 3 || ran.code == 4, "{}", ran.code);
    assert!(ran.err.contains("chmod 600") || ran.err.contains("0600") || ran.err.contains("600"), "{}", ran.err);
}
