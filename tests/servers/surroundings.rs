//! A machine that lacks something: room or speed on its disk, name servers, a way, a time-zone database.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::support::crowd::Crowd;
use crate::support::disk::library;
use crate::support::owner::{Owner, wait_until};
use crate::support::servers::servers;
use crate::support::surroundings::{after, file, knowing};

/// How long an orderly end may take.
const SOON: Duration = Duration::from_secs(10);

/// An address of this machine that no other test process uses.
fn own_address() -> Ipv4Addr {
    let [.., high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 100 + high % 100, low, 53)
}

/// Holds P4.
#[test]
fn p4_without_a_time_zone_database_nothing_goes_on_and_the_sentence_says_why() {
    let mut owner = Owner::new("leah");
    owner.knows("Jane Doe");
    let settings = owner.home.join("config.toml");
    let text = fs::read_to_string(&settings).expect("init wrote it");
    for with_zone in [true, false] {
        if !with_zone {
            fs::write(&settings, text.replace("time_zone = \"America/New_York\"", "")).expect("our file");
        }
        owner.through = after("mount -t tmpfs none /usr/share/zoneinfo");
        for words in [["run", "--once"].as_slice(), &["plan"], &["status"]] {
            let said = owner.curbside(words).complains(3);
            assert!(said.contains("tzdata") && !said.contains("is no time zone"), "{said}");
        }
        owner.through.clear();
        owner.curbside(&["plan"]).must(0);
    }
}

/// Holds P13, O5.
#[test]
fn o5_without_name_servers_it_says_so_in_time_and_still_stops_when_told() {
    let mut owner = Owner::new("leah");
    let silent = UdpSocket::bind((own_address(), 53)).expect("tests run as root");
    let settings = owner.home.join("config.toml");
    let text = fs::read_to_string(&settings).expect("init wrote it");
    fs::write(&settings, text.replace("host = \"localhost\"", "host = \"mail.gone.example\"")).expect("our file");
    let names = |owner: &Owner, options: &str| {
        let path = file(owner, "resolv.conf", &format!("nameserver {}\noptions {options}\n", own_address()));
        after(&format!("mount --bind {} /etc/resolv.conf", path.display()))
    };
    owner.through = names(&owner, "timeout:1 attempts:1");
    let begun = Instant::now();
    let said = owner.curbside(&["sync"]).complains(4);
    assert!(said.contains("mail.gone.example is not known"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    owner.through = names(&owner, "timeout:30 attempts:5");
    let daemon = owner.run();
    silent.set_read_timeout(Some(SOON)).expect("a socket");
    silent.recv(&mut [0; 512]).expect("a name is asked for");
    let (code, took) = daemon.terminate();
    assert_eq!(code, Some(0), "a look-up that hangs keeps nobody");
    assert!(took < SOON, "{took:?}");
}

/// Holds O5.
#[test]
fn o5_an_address_that_swallows_everything_is_left_for_the_next_one() {
    let mut owner = Owner::new("leah");
    let hole = SocketAddrV4::new(own_address(), servers().imaps);
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&hole.into()).expect("an address of our own");
    socket.listen(0).expect("a socket");
    // Its queue is full: what comes now gets no answer at all.
    let _queue: Vec<_> = (0..3).map(|_| TcpStream::connect_timeout(&hole.into(), Duration::from_millis(100))).collect();
    owner.through = knowing(&owner, &format!("{} localhost\n127.0.0.1 localhost\n", own_address()));
    let begun = Instant::now();
    owner.curbside(&["sync"]).must(0);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

/// A small disk of one's own under a home, as long as this lives.
struct SmallDisk {
    holder: Child,
    /// The same place, seen from outside.
    outside: PathBuf,
}

impl SmallDisk {
    fn under(home: &Path) -> Self {
        fs::create_dir(home).expect("a home");
        let line = format!("mount -t tmpfs -o size=3m,mode=700 none {}; echo ready; cat", home.display());
        let mut holder = Command::new("unshare")
            .args(["-m", "sh", "-ec", &line])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare runs");
        let mut said = String::new();
        BufReader::new(holder.stdout.as_mut().expect("piped")).read_line(&mut said).expect("a word");
        assert_eq!(said, "ready\n", "a disk can be mounted: tests run as root");
        let outside = PathBuf::from(format!("/proc/{}/root{}", holder.id(), home.display()));
        Self { holder, outside }
    }

    fn through(&self) -> Vec<String> {
        ["nsenter", "-t", &self.holder.id().to_string(), "-m", "--"].map(str::to_owned).to_vec()
    }

    /// Leaves so many KiB free.
    fn fill(&self, free: usize) {
        let path = self.outside.join("ballast");
        let mut ballast = fs::File::create(&path).expect("a file");
        let full = loop {
            if let Err(error) = ballast.write_all(&[0; 4096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        let length = fs::metadata(&path).expect("our file").len();
        ballast.set_len(length.saturating_sub(free as u64 * 1024)).expect("it shrinks");
    }

    fn empty(&self) {
        fs::remove_file(self.outside.join("ballast")).expect("our file");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ended_already = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Holds P1, P10, P13, P17, D5, O9, S3.
#[test]
fn o9_on_a_full_disk_each_mail_still_goes_once() {
    let mut owner = Owner::unset("leah");
    let disk = SmallDisk::under(&owner.home);
    (owner.through, owner.seen) = (disk.through(), disk.outside.clone());
    let mut crowd = Crowd::of(owner, 7);
    for free in [0, 4, 8, 16, 32, 64, 128] {
        disk.fill(free);
        let ran = crowd.owner.curbside(&["run", "--once"]);
        if ran.code != 0 {
            assert!([4, 5].contains(&ran.code) && ran.err.contains("the disk is full"), "{}", ran.err);
        }
        disk.empty();
        crowd.passes(6);
    }
    crowd.settles();
    crowd.must_be_whole();
}

/// Holds P1, O1.
#[test]
fn on_a_slow_disk_other_commands_work_beside_and_a_stop_is_heard() {
    let mut owner = Owner::unset("leah");
    let place = owner.home.display();
    let slow = [format!("LD_PRELOAD={}", library().display()), format!("DISK_FOLDER={place}"), "DISK_SLOW=60".to_owned()];
    owner.through = [vec!["env".to_owned()], slow.to_vec()].concat();
    let mut crowd = Crowd::of(owner, 3);
    let daemon = crowd.owner.run();
    wait_until("all are sent", || crowd.states().get("sent") == Some(&3));
    for _ in 0..3 {
        crowd.owner.knows("Bea Beside");
    }
    let (code, took) = daemon.terminate();
    assert_eq!(code, Some(0));
    assert!(took < SOON, "{took:?}");
    crowd.settles();
    crowd.must_be_whole();
}
