//! Folders that tests write into, and what lies in them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder in memory, where there is one, for tests that write much and keep nothing.
pub fn folder_in_memory() -> TempDir {
    let shared = Path::new("/dev/shm");
    let place = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    TempDir::new_in(place).expect("a folder")
}

/// An empty Maildir++ account in `Mail`.
pub fn empty_account(home: &Path) {
    for folder in ["Mail", "Mail/.Sent", "Mail/.Archive", "Mail/.Junk"] {
        for sub in ["cur", "new", "tmp"] {
            fs::create_dir_all(home.join(folder).join(sub)).expect("the mail folder");
        }
    }
}

/// Every file below a folder, in order; one that goes while it is looked for is none.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut paths = paths_below(dir);
    paths.retain(|path| !path.is_dir());
    paths
}

fn paths_below(dir: &Path) -> Vec<PathBuf> {
    let (mut paths, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        let found = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let first = paths.len();
        paths.extend(found);
        folders.extend(paths[first..].iter().filter(|path| path.is_dir()).cloned());
    }
    paths.sort();
    paths
}

/// The rights of a file or folder, as `0o600`.
pub fn rights(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Folders below it are 0700 and files 0600, but for what the test itself made under these names.
pub fn must_be_private_below(dir: &Path, but: &[&str]) {
    let but: Vec<PathBuf> = but.iter().map(|name| dir.join(name)).collect();
    for path in paths_below(dir).iter().filter(|path| !but.iter().any(|made| path.starts_with(made))) {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(rights(path), wanted, "{}: {:04o}", path.display(), rights(path));
    }
}

/// True when a text stands anywhere in these bytes.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}
