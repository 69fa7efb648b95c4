//! Homes of the benchmark, and the real binary at work in them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use curbside::checkins::Library;
use curbside::clock::{Clock, Dice};
use curbside::config;
use curbside::flow::{self, Change, NewContact};
use curbside::mail::post::{Post, Wake};
use curbside::model::address::Address;
use curbside::store::Store;
use curbside::world::World;

use crate::generator::{CONTACTS, Town, address};
use crate::servers;

/// What a run of the binary took.
pub struct Done {
    /// Wall time.
    pub took: Duration,
    /// VmHWM.
    pub peak_kib: u64,
}

/// A folder that is gone when the benchmark ends.
pub fn root() -> PathBuf {
    let root = std::env::temp_dir().join(format!("curbside-bench-{}", std::process::id()));
    fs::create_dir_all(&root).expect("a folder");
    root
}

/// A home whose mail lies in a local folder, and is empty.
pub fn local(name: &str) -> PathBuf {
    let home = root().join(name);
    for folder in ["cur", "new", "tmp"] {
        fs::create_dir_all(home.join("Mail").join(folder)).expect("a folder");
    }
    fs::write(
        home.join("config.toml"),
        "[owner]\nname = \"Leah Brandt\"\nemail = \"leah@mail.example\"\ntime_zone = \"America/New_York\"\n[account]\nfolder = \"Mail\"\n",
    )
    .expect("a file");
    home
}

/// A home with 500 contacts whose mailbox was never read.
pub fn template_again(town: &Town) -> PathBuf {
    let home = root().join("template");
    if home.exists() { home } else { template(town) }
}

/// A home with 500 contacts whose mailbox was never read.
pub fn template(town: &Town) -> PathBuf {
    let home = root().join("template");
    fs::create_dir_all(&home).expect("a folder");
    let settings = servers::settings(&town.user);
    let text = format!(
        "[owner]\nname = \"Leah Brandt\"\nemail = \"{}\"\ntime_zone = \"America/New_York\"\n[account]\nimap_host = \"localhost\"\nimap_port = {}\n\
         smtp_host = \"localhost\"\nsmtp_port = {}\nusername = \"{}\"\npassword_command = \"echo {}\"\nca_file = \"{}\"\n",
        town.user,
        settings.imap.port,
        settings.smtp.port,
        town.user,
        servers::PASSWORD,
        settings.ca_file.as_deref().map(Path::display).expect("a CA"),
    );
    fs::write(home.join("config.toml"), text).expect("a file");
    fs::set_permissions(home.join("config.toml"), fs::Permissions::from_mode(0o600)).expect("a file of one's own: it tells a password");
    let world = world(&home);
    for contact in 0..CONTACTS {
        add(&world, &format!("Contact Number{contact}"), &address(contact));
    }
    home
}

/// The world of a home.
pub fn world(home: &Path) -> World {
    let settings = config::load(&home.join("config.toml")).expect("a configuration");
    let store = Store::open(&home.join("curbside.db"), Clock::system().now()).expect("a database");
    store.unite_suppressions(Dice::System.bytes(), Clock::system().now()).expect("a key");
    let post = Post::new(&settings.account, home.to_owned(), Wake::default(), Clock::system().hour());
    World {
        store,
        post,
        clock: Clock::system(),
        dice: Dice::System,
        settings,
        library: Library::built_in(),
        home: home.to_owned(),
        dry_run: false,
    }
}

/// Adds a contact.
pub fn add(world: &World, name: &str, address: &str) {
    let new = NewContact { name: name.to_owned(), addresses: vec![Address::parse(address).expect("an address")], ..NewContact::default() };
    flow::accept(world, Change::Add(Box::new(new))).expect("a new contact");
}

/// A copy of a home for one run.
pub fn copy(template: &Path, run: usize) -> PathBuf {
    let home = root().join(format!("run{run}"));
    let done = Command::new("cp").arg("-r").arg(template).arg(&home).status().expect("cp runs");
    assert!(done.success());
    home
}

/// Runs the real binary and watches its memory.
pub fn timed(home: &Path, args: &[&str]) -> Done {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_curbside"))
        .arg("--home")
        .arg(home)
        .arg("--json")
        .args(args)
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut peak_kib = 0;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        peak_kib = peak_kib.max(peak(child.id()));
        std::thread::sleep(Duration::from_micros(500));
    };
    assert!(status.success(), "curbside {args:?} failed");
    Done { took: begun.elapsed(), peak_kib }
}

/// The most memory a process ever had, in KiB.
pub fn peak(pid: u32) -> u64 {
    field(pid, "VmHWM:")
}

/// A field of /proc/PID/status, in KiB.
pub fn field(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Every mail of a contact was kept and understood.
pub fn check_kept(home: &Path, wanted: usize) {
    let world = world(home);
    let kept: usize = world.store.read(|tx| tx.contacts()).expect("contacts").iter().filter(|kept| kept.story.ever_theirs).count();
    assert!(kept == CONTACTS.min(wanted), "{kept} contacts have a story");
}
