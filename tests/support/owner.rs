//! An owner at the terminal: a home of their own, the real binary, and the real servers; nothing but the contract.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::files::files_below;
use super::said::Said;
use super::servers::{PASSWORD, Stored, folder, fresh_user, servers};

/// What the tests append to the configuration: no waiting, any hour.
pub const AT_ONCE: &str = "[sending]\nundo = \"0s\"\nspacing = \"0s\"\nhours = \"00:00-24:00\"\ndays = \"Mon-Sun\"\n";

/// Somebody with a home, a mailbox and a terminal.
pub struct Owner {
    /// Everything Curbside keeps.
    pub home: PathBuf,
    /// The same place as the test sees it, where that is another path.
    pub seen: PathBuf,
    /// Their address.
    pub user: String,
    /// `--now`, if the clock is moved.
    pub now: Option<String>,
    /// Words before the binary's own: what puts it into other surroundings.
    pub through: Vec<String>,
    _dir: tempfile::TempDir,
}

/// A `run` that ends with the test.
pub struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Asks it to end softly and gives the exit code and how long it took.
    pub fn terminate(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        self.signal("TERM");
        let status = self.child.wait().expect("our child");
        (status.code(), begun.elapsed())
    }

    /// Waits for its end; the exit code.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("our child").code()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// True while it runs.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().expect("our child").is_none()
    }

    /// What it said on standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Sends it a signal by name: `STOP`, `CONT`, `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success(), "the daemon had ended already: {}", self.log());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Owner {
    /// Set up at the test servers, sending at once.
    pub fn new(name: &str) -> Self {
        let owner = Self::unset(name);
        owner.init(&[]).must(0);
        owner.append(AT_ONCE);
        owner
    }

    /// A mailbox and an empty home.
    pub fn unset(name: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let home = dir.path().join("home");
        let file = dir.path().join("password");
        fs::write(&file, format!("{PASSWORD}\n")).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("our file");
        Self { seen: home.clone(), home, user: fresh_user(name), now: None, through: Vec::new(), _dir: dir }
    }

    /// The password file.
    pub fn password_file(&self) -> PathBuf {
        self.home.with_file_name("password")
    }

    /// `init` with the flags of the test servers; later ones of `more` take the place of the same earlier ones.
    pub fn init(&self, more: &[&str]) -> Said {
        let words = self.init_words(more);
        self.curbside(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The same as words, not yet run.
    pub fn init_words(&self, more: &[&str]) -> Vec<String> {
        let servers = servers();
        let (imap, smtp) = (servers.imaps.to_string(), servers.submissions.to_string());
        let (ca, password) = (servers.ca_file().display().to_string(), self.password_file().display().to_string());
        let usual = [
            ("--name", "Leah Brandt"),
            ("--email", &self.user),
            ("--time-zone", "America/New_York"),
            ("--imap-host", "localhost"),
            ("--imap-port", &imap),
            ("--smtp-host", "localhost"),
            ("--smtp-port", &smtp),
            ("--password-file", &password),
            ("--ca-file", &ca),
        ];
        let elsewhere = ["--password-command", "--oauth"].iter().any(|flag| more.contains(flag));
        let instead = |flag: &str| more.contains(&flag) || flag == "--password-file" && elsewhere;
        let mut words = vec!["init"];
        words.extend(usual.iter().filter(|(flag, _)| !instead(flag)).flat_map(|(flag, value)| [*flag, *value]));
        words.extend(more.iter().filter(|word| !word.is_empty()));
        words.into_iter().map(str::to_owned).collect()
    }

    /// Adds lines to the configuration.
    pub fn append(&self, lines: &str) {
        let file = self.seen.join("config.toml");
        let mut text = fs::read_to_string(&file).expect("init wrote it");
        write!(text, "\n{lines}").expect("memory");
        fs::write(&file, text).expect("our file");
    }

    /// Changes how long a yes may be taken back.
    pub fn undoes_within(&self, span: &str) {
        let file = self.seen.join("config.toml");
        let text = fs::read_to_string(&file).expect("init wrote it").replace("undo = \"0s\"", &format!("undo = \"{span}\""));
        fs::write(&file, text).expect("our file");
    }

    /// A command line, ready to run.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut line = self.through.iter().map(String::as_str).chain([env!("CARGO_BIN_EXE_curbside")]);
        let mut command = Command::new(line.next().expect("the binary at least"));
        command.args(line).env_remove("CURBSIDE_HOME").arg("--home").arg(&self.home).stdin(Stdio::null());
        if let Some(now) = &self.now {
            command.args(["--now", now]);
        }
        command.args(words);
        command
    }

    /// Runs a command to its end.
    pub fn curbside(&self, words: &[&str]) -> Said {
        self.command(words).output().expect("the binary runs").into()
    }

    /// Runs a command that must succeed; the objects it printed.
    pub fn list(&self, words: &[&str]) -> Vec<Value> {
        let ran = self.curbside(&[&["--json"], words].concat());
        assert_eq!(ran.code, 0, "{words:?}: {}{}", ran.out, ran.err);
        ran.lines()
    }

    /// Runs a command that must succeed; the one object it printed.
    pub fn json(&self, words: &[&str]) -> Value {
        let mut list = self.list(words);
        assert_eq!(list.len(), 1, "{words:?} prints one object: {list:?}");
        list.remove(0)
    }

    /// Starts `run` and waits until it watches.
    pub fn run(&self) -> Daemon {
        self.run_with(&[])
    }

    /// Starts `run` with further words and waits until it watches.
    pub fn run_with(&self, words: &[&str]) -> Daemon {
        let log = self.home.with_file_name("run.log");
        let err = fs::File::create(&log).expect("our file");
        let child = self.command(&[words, &["run"]].concat()).stdout(Stdio::null()).stderr(err).spawn().expect("the binary runs");
        let mut daemon = Daemon { child, log };
        let pid = daemon.pid();
        wait_until("the daemon runs", || {
            assert!(daemon.lives(), "the daemon ended: {}", daemon.log());
            self.status()["daemon"]["pid"] == pid
        });
        daemon
    }

    /// `status`, whatever its exit code.
    pub fn status(&self) -> Value {
        let ran = self.curbside(&["--json", "status"]);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
    }

    /// Adds a contact at a fresh address; their id and address.
    pub fn knows(&self, name: &str) -> (String, String) {
        self.knows_with(name, &[])
    }

    /// The same with further flags.
    pub fn knows_with(&self, name: &str, flags: &[&str]) -> (String, String) {
        let word: String = name.split(' ').next_back().unwrap_or("x").chars().filter(char::is_ascii_alphanumeric).collect();
        let address = fresh_user(&word.to_lowercase());
        let id = self.adds(name, &address, flags);
        (id, address)
    }

    /// Adds a contact with this address; their id.
    pub fn adds(&self, name: &str, address: &str, flags: &[&str]) -> String {
        let who = format!("{name} <{address}>");
        let usual = ["add", who.as_str(), "--relation", "peer", "--met", "we met at the spring conference"];
        let added = self.json(&[&usual, flags].concat());
        added["id"].as_str().expect("ids are strings").to_owned()
    }

    /// The drafts that await a yes for a contact.
    pub fn drafts(&self, contact: &str) -> Vec<Value> {
        self.list(&["review"]).into_iter().filter(|draft| draft["contact"] == contact).collect()
    }

    /// The one draft that awaits a yes for a contact.
    pub fn draft(&self, contact: &str) -> Value {
        let mut drafts = self.drafts(contact);
        assert_eq!(drafts.len(), 1, "one draft for {contact}: {drafts:?}; {}", self.curbside(&["why", contact]).out);
        drafts.remove(0)
    }

    /// Says yes to a contact's draft, to exactly that text; the draft's id.
    pub fn approves(&self, contact: &str) -> String {
        let draft = self.draft(contact);
        let id = draft["id"].as_str().expect("ids are strings").to_owned();
        self.json(&["review", "approve", &format!("{id}@{}", draft["fingerprint"].as_str().expect("a fingerprint"))]);
        id
    }

    /// Sends a contact their first word with one turn; the mail as it arrived.
    pub fn writes_to(&self, contact: &str, address: &str) -> Stored {
        self.approves(contact);
        self.curbside(&["run", "--once"]).must(0);
        the_one_mail(address)
    }

    /// The delivery with this id.
    pub fn delivery(&self, id: &str) -> Value {
        let found = self.list(&["outbox"]).into_iter().find(|delivery| delivery["id"] == id);
        found.unwrap_or_else(|| panic!("no delivery {id} in the outbox"))
    }

    /// The state of a delivery.
    pub fn state(&self, id: &str) -> String {
        self.delivery(id)["state"].as_str().expect("a state").to_owned()
    }

    /// A contact's standing: its state and its reason.
    pub fn standing(&self, contact: &str) -> (String, String) {
        let standing = self.json(&["show", contact])["standing"].clone();
        (standing["state"].as_str().unwrap_or_default().to_owned(), standing["reason"].as_str().unwrap_or_default().to_owned())
    }

    /// Every file of the home with its bytes, the password file not among them.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let read = |path: PathBuf| (fs::read(&path).unwrap_or_default(), path);
        files_below(&self.home).into_iter().map(read).map(|(bytes, path)| (path, bytes)).collect()
    }
}

/// Looks again and again until it is so; fails after 40 seconds.
pub fn wait_until(what: &str, is_so: impl FnMut() -> bool) -> Duration {
    wait_at_most(Duration::from_secs(40), what, is_so)
}

/// The same with its own patience; how long it took.
pub fn wait_at_most(patience: Duration, what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < patience, "waited in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(40));
    }
    begun.elapsed()
}

/// The one mail in somebody's inbox, once it is there.
pub fn the_one_mail(address: &str) -> Stored {
    wait_until(&format!("a mail arrives for {address}"), || !folder(address, "").is_empty());
    let mut mails = folder(address, "");
    assert_eq!(mails.len(), 1, "exactly one mail for {address}");
    mails.remove(0)
}
