//! The service as a live systemd runs it: with all its hardening, ready when it says so, up again after a crash.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::owner::{Owner, wait_until};
use crate::support::servers::folder;

/// A user's service manager, as long as this lives.
struct Manager {
    holder: Child,
    /// What brings a command to it.
    through: Vec<String>,
}

impl Manager {
    fn start(dir: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/systemd.sh");
        let holder = Command::new("unshare")
            .args(["-m", "bash"])
            .args([script.as_path(), dir, Path::new("cat")])
            .stdin(Stdio::piped())
            .spawn()
            .expect("unshare runs");
        let places = [("HOME", "user"), ("XDG_RUNTIME_DIR", "runtime"), ("XDG_CONFIG_HOME", "user/.config")];
        let mut through = ["nsenter", "-t", &holder.id().to_string(), "-m", "--", "env"].map(str::to_owned).to_vec();
        through.extend(places.map(|(name, place)| format!("{name}={}", dir.join(place).display())));
        let manager = Self { holder, through };
        wait_until("systemd runs", || manager.says(&["is-system-running"]).trim() == "running");
        manager
    }

    fn says(&self, words: &[&str]) -> String {
        let mut line = self.through.iter().map(String::as_str).chain(["systemctl", "--user"]).chain(words.iter().copied());
        let output = Command::new(line.next().expect("a word")).args(line).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn property(&self, name: &str) -> String {
        self.says(&["show", "curbside", "--value", "-p", name]).trim().to_owned()
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}

/// Holds O1.
#[test]
#[ignore = "needs systemd and a control group hierarchy that can be written: run it with --ignored"]
fn the_service_sends_stops_well_and_is_up_again_after_a_crash() {
    let mut owner = Owner::new("leah");
    let dir = owner.home.parent().expect("a folder").to_owned();
    let manager = Manager::start(&dir);
    owner.through.clone_from(&manager.through);
    owner.curbside(&["service", "install"]).must(0);
    assert_eq!((manager.property("SubState"), manager.property("StatusText")), ("running".to_owned(), "watching the mailbox".to_owned()));
    let (jane, address) = owner.knows("Jane Doe");
    owner.approves(&jane);
    wait_until("the service sends it and files the copy", || folder(&address, "").len() == 1 && folder(&owner.user, "Sent").len() == 1);
    manager.says(&["kill", "-s", "KILL", "curbside"]);
    wait_until("it is to be started again", || manager.property("SubState") == "auto-restart");
    manager.says(&["restart", "curbside"]);
    assert_eq!(manager.property("SubState"), "running");
    manager.says(&["stop", "curbside"]);
    assert_eq!((manager.property("Result"), manager.property("ExecMainStatus")), ("success".to_owned(), "0".to_owned()));
    owner.curbside(&["service", "uninstall"]).must(0);
    assert_eq!(manager.property("LoadState"), "not-found");
    assert_eq!(folder(&address, "").len(), 1);
}
