//! A home whose one check-in is approved and due, with a provider that counts what it is given.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use curbside::store::Store;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::disk::{Trouble, troubled};
use crate::support::files::{empty_account, folder_in_memory};
use crate::support::said::Said;

/// Monday, 6 April 2026, 10:00 in New York: the yes is given.
const YES: &str = "2026-04-06T14:00:00Z";
/// A minute later: the check-in is due.
pub const MONDAY: &str = "2026-04-06T14:01:00Z";
/// After the ten minutes in which a mail of unknown fate is looked for.
pub const LATER: &str = "2026-04-06T14:20:00Z";

const SETTINGS: &str = "[owner]\nname = \"Leah Brandt\"\nemail = \"leah@mail.example\"\ntime_zone = \"America/New_York\"\n
[sending]\nundo = \"0s\"\nspacing = \"0s\"\nhours = \"00:00-24:00\"\ndays = \"Mon-Sun\"\n";

/// The home.
pub struct Ready {
    keep: TempDir,
    /// Where settings, database and mail folder lie.
    pub home: PathBuf,
}

impl Ready {
    /// Jane Doe is due, and the yes is given.
    pub fn new() -> Self {
        static FIRST: OnceLock<Ready> = OnceLock::new();
        let first = FIRST.get_or_init(|| {
            let first = Self::bare();
            let jane = ["add", "Jane Doe <jane@plan.example>", "--relation", "peer", "--met", "we met at the spring conference"];
            for args in [&jane[..], &["review", "approve", "1"]] {
                assert_eq!(first.run_at(YES, args).code, 0);
            }
            // Tonight's backup is made: what is counted below is the turn alone.
            let made = "INSERT INTO meta (key, value) VALUES ('backed_up_on', '2026-04-06')";
            rusqlite::Connection::open(first.database()).and_then(|conn| conn.execute_batch(made)).expect("written");
            first
        });
        first.copy()
    }

    /// Nobody is known yet, and there is no database.
    pub fn bare() -> Self {
        let keep = folder_in_memory();
        let home = keep.path().join("home");
        empty_account(&home);
        let ready = Self { keep, home };
        ready.provider("");
        ready
    }

    /// The same home once more.
    pub fn copy(&self) -> Self {
        let keep = folder_in_memory();
        let copied = Command::new("cp").arg("-a").arg(&self.home).arg(keep.path()).status().expect("cp runs");
        assert!(copied.success());
        let home = keep.path().join("home");
        let ready = Self { keep, home };
        ready.provider("");
        ready
    }

    /// What the provider does with a mail (`$letter`) besides counting it, in shell.
    pub fn provider(&self, does: &str) {
        let script = self.keep.path().join("provider");
        let count = self.keep.path().join("taken");
        fs::write(&script, format!("letter=$(cat); echo taken >>{}; {does}\n", count.display())).expect("a script");
        let account = format!("\n[account]\nfolder = \"Mail\"\nsend_command = \"sh {}\"\n", script.display());
        fs::write(self.home.join("config.toml"), format!("{SETTINGS}{account}")).expect("the settings");
    }

    /// A place beside the home.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.keep.path().join(name)
    }

    /// How many mails the provider took.
    pub fn taken(&self) -> usize {
        fs::read_to_string(self.keep.path().join("taken")).map_or(0, |text| text.lines().count())
    }

    /// The binary at an hour.
    pub fn command(&self, now: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_curbside"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.keep.path()).env("CURBSIDE_HOME", &self.home);
        command.args(["--now", now]).args(args).stdin(Stdio::null());
        command
    }

    /// Runs a command at an hour.
    pub fn run_at(&self, now: &str, args: &[&str]) -> Said {
        self.command(now, args).output().expect("the binary runs").into()
    }

    /// Runs a command when the check-in is due.
    pub fn run(&self, args: &[&str]) -> Said {
        self.run_at(MONDAY, args)
    }

    /// Runs a command on a disk with troubles.
    pub fn troubled(&self, args: &[&str], troubles: &[Trouble<'_>]) -> Said {
        troubled(&mut self.command(MONDAY, args), &self.home, troubles).output().expect("the binary runs").into()
    }

    /// Runs a command that must succeed; the objects it printed.
    pub fn must(&self, args: &[&str]) -> Vec<Value> {
        let said = self.run(&[args, &["--json"]].concat());
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        said.lines()
    }

    /// Where the check-in stands.
    pub fn state(&self) -> String {
        let deliveries = self.must(&["outbox"]);
        deliveries.first().map_or_else(|| "review".to_owned(), |found| found["state"].as_str().expect("a word").to_owned())
    }

    /// The same without a command: the file is sound, and says so.
    pub fn look(&self) -> String {
        let store = Store::open_read_only(&self.database()).expect("readable");
        store.check().expect("sound");
        let drafts = store.read(|tx| tx.recent_drafts(1)).expect("readable");
        drafts[0].state.word().to_owned()
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.home.join("curbside.db")
    }
}
