//! A password comes from where the owner said, and shows up nowhere else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use curbside::model::settings::SecretSource;
use curbside::secrets::{SecretError, password};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

const CANARY: &str = "canary 4711 pass";

fn by_command(line: &str) -> Result<SecretString, SecretError> {
    password(&SecretSource::Command(line.to_owned()), Path::new("/"))
}

fn file(home: &TempDir, content: &str, mode: u32) -> PathBuf {
    let path = home.path().join("password");
    fs::write(&path, content).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
    path
}

fn by_file(path: &Path) -> Result<SecretString, SecretError> {
    password(&SecretSource::File(path.to_owned()), Path::new("/"))
}

#[test]
fn the_first_line_of_a_commands_output_is_the_password() {
    let found = by_command(&format!("printf '{CANARY}\\r\\nuser: ann\\n'")).expect("a password");
    assert_eq!(found.expose_secret(), CANARY);
}

#[test]
fn p16_a_failing_command_is_named_by_its_exit_and_never_quoted() {
    let commands = [
        format!("echo '{CANARY}'; echo '{CANARY}' >&2; exit 3"),
        format!("echo '{CANARY}'; kill -KILL $$"),
        format!("printf '\\n{CANARY}'"),
        format!("printf '{CANARY}\\001\\n'"),
    ];
    for command in commands {
        let error = by_command(&command).expect_err("no password");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary") && !shown.contains("4711"), "{shown}");
    }
    assert!(matches!(by_command("exit 3"), Err(SecretError::Exit(3))));
}

#[test]
fn p16_the_password_itself_does_not_print() {
    let found = by_command(&format!("echo '{CANARY}'")).expect("a password");
    assert!(!format!("{found:?}").contains("canary"));
}

#[test]
fn a_command_does_not_wait_for_a_grandchild_that_holds_its_output() {
    let found = by_command(&format!("echo '{CANARY}'; sleep 9 &")).map(|found| found.expose_secret().to_owned());
    assert!(matches!(found, Ok(password) if password == CANARY));
}

#[test]
fn p16_a_file_that_others_can_read_is_refused_with_the_command_that_helps() {
    let home = TempDir::new().expect("a folder");
    for mode in [0o644, 0o640, 0o660, 0o602, 0o601] {
        let path = file(&home, CANARY, mode);
        let error = by_file(&path).expect_err("refused").to_string();
        assert!(error.contains(&format!("chmod 600 '{}'", path.display())) && !error.contains("canary"), "{error}");
    }
    for mode in [0o600, 0o400] {
        let found = by_file(&file(&home, &format!("{CANARY}\nmore"), mode)).expect("a password");
        assert_eq!(found.expose_secret(), CANARY);
        fs::remove_file(home.path().join("password")).expect("gone");
    }
}

#[test]
fn a_password_file_may_be_named_from_the_settings_folder() {
    let home = TempDir::new().expect("a folder");
    file(&home, CANARY, 0o600);
    assert!(password(&SecretSource::File(PathBuf::from("password")), home.path()).is_ok());
}

#[test]
fn what_is_no_file_is_no_password() {
    let home = TempDir::new().expect("a folder");
    assert!(matches!(by_file(home.path()), Err(SecretError::NotAFile(_))));
    assert!(matches!(by_file(Path::new("/dev/null")), Err(SecretError::NotAFile(_))));
    assert!(matches!(by_file(&home.path().join("none")), Err(SecretError::Unreadable { .. })));
    assert!(matches!(by_file(&file(&home, "\n", 0o600)), Err(SecretError::Empty(_))));
}

/// The environment of a running test cannot be changed safely, so the test runs itself anew with one more variable.
#[test]
fn p16_a_command_sees_none_of_our_own_settings() {
    const NAME: &str = "mail_edges::secrets::p16_a_command_sees_none_of_our_own_settings";
    if std::env::var_os("CURBSIDE_CANARY").is_some() {
        let seen = by_command("env | grep -c -e ^CURBSIDE_ -e ^NOTIFY_SOCKET").map(|seen| seen.expose_secret().to_owned());
        assert!(matches!(seen, Err(SecretError::Exit(1))), "grep found something");
        assert_eq!(by_command("echo $HOME").expect("a home").expose_secret(), "/elsewhere", "all else is handed on");
        return;
    }
    let program = std::env::current_exe().expect("this test");
    let mut again = std::process::Command::new(program);
    again.args(["--exact", NAME]).env("CURBSIDE_CANARY", CANARY).env("NOTIFY_SOCKET", "/x").env("HOME", "/elsewhere");
    let ended = again.output().expect("it runs");
    assert!(
        ended.status.success() && String::from_utf8_lossy(&ended.stdout).contains("1 passed"),
        "{}",
        String::from_utf8_lossy(&ended.stdout)
    );
}
