//! A home of its own for the real binary: settings, a local mail folder, and nothing of the machine's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::files::empty_account;
use super::said::Said;

/// A temporary home with a local folder account.
pub struct TempHome {
    /// Removed at the end.
    keep: TempDir,
    /// The folder given as `--home`.
    pub dir: PathBuf,
}

impl TempHome {
    /// A home whose owner is Leah Brandt in New York, with an empty Maildir++ account.
    pub fn new() -> Self {
        let home = Self::bare();
        fs::write(
            home.dir.join("config.toml"),
            "[owner]\nname = \"Leah Brandt\"\nemail = \"leah@mail.example\"\ntime_zone = \"America/New_York\"\n\n[account]\nfolder = \"Mail\"\n",
        )
        .expect("the settings");
        empty_account(&home.dir);
        home
    }

    /// A home without settings.
    pub fn bare() -> Self {
        let keep = tempfile::tempdir().expect("a temporary folder");
        let dir = keep.path().join("home");
        fs::create_dir(&dir).expect("the home");
        Self { keep, dir }
    }

    /// The binary with this home, without a terminal, and without anything of the machine's own settings.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_curbside"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.keep.path())
            .env("CURBSIDE_HOME", &self.dir)
            .current_dir(self.keep.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command.
    pub fn run(&self, args: &[&str]) -> Said {
        self.command(args).output().expect("the binary runs").into()
    }

    /// Runs a command that must succeed, with `--json`; the lines it printed.
    pub fn lines(&self, args: &[&str]) -> Vec<Value> {
        let said = self.run(&[args, &["--json"]].concat());
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        said.lines()
    }

    /// Runs a command that must succeed and print one object.
    pub fn json(&self, args: &[&str]) -> Value {
        let mut lines = self.lines(args);
        assert_eq!(lines.len(), 1, "{args:?} prints one object");
        lines.remove(0)
    }

    /// Runs a command that must succeed; what it said in words.
    pub fn words(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        said.out
    }

    /// Runs a command that must fail with this exit code; its message.
    pub fn refusal(&self, code: i32, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!((said.code, said.out.as_str()), (code, ""), "{args:?}: {}", said.err);
        said.err
    }

    /// Puts a mail into a folder of the account (`""` is the inbox).
    pub fn deliver(&self, folder: &str, name: &str, mail: &str) {
        fs::write(self.dir.join("Mail").join(folder).join("cur").join(format!("{name}:2,")), mail.replace('\n', "\r\n")).expect("the mail");
    }

    /// The outer folder: what `HOME` names.
    pub fn outside(&self) -> &Path {
        self.keep.path()
    }
}
