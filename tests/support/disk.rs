//! Disks that fill up, fail, or keep only what was synced: a small library of C, preloaded into the real binary.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What the disk does, as `disk.c` reads it: a name like `DISK_FULL_AT` and a number or a path.
pub type Trouble<'a> = (&'a str, String);

/// Puts the files below a folder on a disk with troubles, for one command.
pub fn troubled<'a>(command: &'a mut Command, folder: &Path, troubles: &[Trouble<'_>]) -> &'a mut Command {
    let troubles = troubles.iter().map(|(name, value)| (*name, value.as_str()));
    command.env("LD_PRELOAD", library()).env("DISK_FOLDER", folder).envs(troubles)
}

/// The library, compiled once a run.
pub fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| compiled("disk"))
}

/// A library to be preloaded, compiled from its source beside this file.
pub fn compiled(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/support/{name}.c"));
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.so", std::process::id()));
    let made = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-Wall", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    assert!(made.expect("a C compiler").success(), "the library compiles");
    library
}
