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
    let data = owner.home.with_file_name("desktop");
    let open =
        "mkdir -p \"$XDG_DATA_HOME\" && echo test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 && exec \"$@\"";
    let xdg = format!("XDG_DATA_HOME={0}", data.display());
    ["env", &xdg, "dbus-run-session", "--", "sh", "-c", open, "sh"].map(str::to_owned).to_vec()
}
