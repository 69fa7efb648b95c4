//! Somebody on the way who wants the line to stay in the clear: the program says so and keeps its password.

use std::fs;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::support::owner::{AT_ONCE, Owner};
use crate::support::proxy::Proxy;
use crate::support::servers::{PASSWORD, folder, servers};
use crate::support::surroundings::knowing;

/// An owner whose lines are secured by STARTTLS, through proxies.
struct Watched {
    owner: Owner,
    imap: Proxy,
    smtp: Proxy,
}

impl Watched {
    fn new() -> Self {
        let (imap, smtp) = (Proxy::to(servers().imap), Proxy::to(servers().smtp));
        let owner = Owner::unset("leah");
        let ports = [imap.port.to_string(), smtp.port.to_string()];
        let secured = ["--imap-security", "starttls", "--smtp-security", "starttls"];
        owner.init(&[&["--imap-port", &ports[0], "--smtp-port", &ports[1]], &secured[..]].concat()).must(0);
        owner.append(AT_ONCE);
        Self { owner, imap, smtp }
    }

    /// The password was never said where others could hear it.
    fn kept_its_secret(&self) {
        let plain = BASE64_STANDARD.encode(format!("\0{}\0{PASSWORD}", self.owner.user));
        for heard in [self.imap.heard(), self.smtp.heard()] {
            assert!(!heard.is_empty());
            for secret in [PASSWORD, &BASE64_STANDARD.encode(PASSWORD), &plain] {
                assert!(memchr::memmem::find(&heard, secret.as_bytes()).is_none(), "{}", String::from_utf8_lossy(&heard));
            }
        }
    }
}

/// Holds P16, X16.
#[test]
fn x16_a_line_kept_in_the_clear_is_refused_in_a_plain_sentence_and_no_password_goes() {
    let watched = Watched::new();
    let (jane, address) = watched.owner.knows("Jane Doe");
    let id = watched.owner.approves(&jane);
    watched.smtp.hide(b"STARTTLS");
    watched.owner.curbside(&["run", "--once"]);
    let delivery = watched.owner.delivery(&id);
    assert_eq!(delivery["state"], "queued", "{delivery}");
    assert!(delivery["answer"].as_str().is_some_and(|words| words.contains("refused STARTTLS")), "{delivery}");
    assert!(folder(&address, "").is_empty());
    watched.imap.hide(b"STARTTLS");
    let said = watched.owner.curbside(&["sync"]).complains(4);
    assert!(said.contains("STARTTLS was refused, and without it nothing is sent"), "{said}");
    let doctor = watched.owner.curbside(&["doctor"]);
    assert_eq!(doctor.code, 4);
    assert!(doctor.out.contains("STARTTLS"), "{}{}", doctor.out, doctor.err);
    watched.kept_its_secret();
}

/// Holds P16, X17.
#[test]
fn x17_certificates_that_do_not_fit_are_refused_in_plain_sentences() {
    let mut watched = Watched::new();
    let file = watched.owner.home.join("config.toml");
    let text = fs::read_to_string(&file).expect("init wrote it");
    let without_ca: String = text.lines().filter(|line| !line.starts_with("ca_file")).map(|line| format!("{line}\n")).collect();
    let elsewhere = text.replace("imap_host = \"localhost\"", "imap_host = \"mail.other.test\"");
    watched.owner.through = knowing(&watched.owner, "127.0.0.1 localhost mail.other.test\n");
    for (settings, why) in [(without_ca, "signed by nobody this machine trusts"), (elsewhere, "is not for mail.other.test")] {
        assert_ne!(settings, text);
        fs::write(&file, settings).expect("our file");
        let said = watched.owner.curbside(&["sync"]).complains(4);
        assert!(said.contains(why), "{said}");
    }
    watched.kept_its_secret();
}
