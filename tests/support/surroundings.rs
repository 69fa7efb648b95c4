//! Other surroundings for the real binary, in a mount namespace of its own, so that nobody else lacks anything.

use std::fs;
use std::path::PathBuf;

use super::owner::Owner;

/// A shell line that is run before the binary, in a mount namespace of its own.
pub fn after(line: &str) -> Vec<String> {
    ["unshare", "-m", "sh", "-ec", &format!("{line}; exec \"$@\""), "sh"].map(str::to_owned).to_vec()
}

/// A file beside the home.
pub fn file(owner: &Owner, name: &str, text: &str) -> PathBuf {
    let path = owner.home.with_file_name(name);
    fs::write(&path, text).expect("our file");
    path
}

/// Where host names stand for other addresses: the lines of `/etc/hosts`.
pub fn knowing(owner: &Owner, hosts: &str) -> Vec<String> {
    after(&format!("mount --bind {} /etc/hosts", file(owner, "hosts", hosts).display()))
}

/// The words that put a command into a desktop session with a keyring that is open, whose files lie beside the home.
pub fn desktop(owner: &Owner) -> Vec<String> {
    session(owner, &format!("{OPEN} && printf %s \"$DBUS_SESSION_BUS_ADDRESS\" > \"$XDG_DATA_HOME/bus\""))
}

/// The same with a keyring that is locked, and nobody who could unlock it.
pub fn locked_desktop(owner: &Owner) -> Vec<String> {
    // The first daemon makes the keyring and ends with its session; the second one finds it locked.
    session(owner, &format!("dbus-run-session -- sh -c '{OPEN}' && gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1"))
}

/// Locks the keyring of the desktop session that runs for this owner.
pub fn lock_keyring(owner: &Owner) {
    let bus = fs::read_to_string(owner.home.with_file_name("desktop").join("bus")).expect("a session");
    let said = std::process::Command::new("dbus-send")
        .args([&format!("--bus={bus}"), "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args(["org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login"])
        .output();
    assert!(said.expect("dbus-send runs").status.success(), "it can be locked");
}

const OPEN: &str = "echo test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";

fn session(owner: &Owner, begin: &str) -> Vec<String> {
    let xdg = format!("XDG_DATA_HOME={}", owner.home.with_file_name("desktop").display());
    let line = format!("mkdir -p \"$XDG_DATA_HOME\" && {begin} && exec \"$@\"");
    ["env", &xdg, "dbus-run-session", "--", "sh", "-c", &line, "sh"].map(str::to_owned).to_vec()
}
