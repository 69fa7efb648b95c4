//! An owner who signs in with the provider: the real binary waits for them, and they answer in a browser.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use super::authority::{at, browse, desk, get, url};
use super::owner::{AT_ONCE, Owner};
use super::said::Said;

/// Somebody whose provider hands out tokens.
pub struct SignedIn {
    /// At the terminal.
    pub owner: Owner,
    /// Their desk at the authorization server.
    pub desk: String,
}

/// A command that waits for the owner to answer in a browser.
pub struct Waiting {
    child: Child,
    errors: BufReader<std::process::ChildStderr>,
    heard: String,
    /// The address it asks the owner to open.
    pub address: String,
}

impl SignedIn {
    /// A mailbox and a desk, nothing set up.
    pub fn unset(name: &str) -> Self {
        let owner = Owner::unset(name);
        let desk = desk(&owner.user);
        Self { owner, desk }
    }

    /// Signed in at the test servers by a browser, sending at once.
    pub fn new(name: &str) -> Self {
        let owner = Self::unset(name);
        owner.begins("google").agrees().must(0);
        owner.owner.append(AT_ONCE);
        owner
    }

    /// `init` with a sign-in, not yet run.
    pub fn init(&self, provider: &str, more: &[&str]) -> Command {
        let server = url(&self.desk);
        let usual = ["--oauth", provider, "--oauth-client-id", "curbside-tests", "--oauth-server", &server];
        let words = self.owner.init_words(&[&usual, more].concat());
        self.owner.command(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// `init` with a sign-in, up to the question in the browser.
    pub fn begins(&self, provider: &str) -> Waiting {
        Waiting::on(self.init(provider, &[]))
    }

    /// `init --reauth`, up to the question in the browser.
    pub fn begins_again(&self) -> Waiting {
        Waiting::on(self.owner.command(&["init", "--reauth"]))
    }

    /// Everything secret that was ever given, the client's own proof not among it.
    pub fn secrets(&self) -> Vec<String> {
        at(&self.desk, |desk| desk.given.clone())
    }
}

impl Waiting {
    /// Starts a command and waits until it names an address.
    pub fn on(mut command: Command) -> Self {
        let command = command.env_remove("BROWSER").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let mut errors = BufReader::new(child.stderr.take().expect("piped"));
        let mut heard = String::new();
        let mut address = None;
        while address.is_none() && errors.read_line(&mut heard).is_ok_and(|count| count > 0) {
            let line = heard.lines().next_back().unwrap_or_default().trim();
            address = line.starts_with("http://").then(|| line.to_owned());
        }
        if address.is_none() {
            let _ended = child.wait();
        }
        let address = address.unwrap_or_else(|| panic!("it ended before it asked: {heard}"));
        Self { child, errors, heard, address }
    }

    /// The owner answers in their browser; what the command said in the end.
    pub fn agrees(self) -> Said {
        browse(&self.address);
        self.ends()
    }

    /// A parameter of the question.
    pub fn asks(&self, name: &str) -> String {
        let (_, query) = self.address.split_once('?').expect("a question");
        let mut pairs = oauth2::url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    /// Somebody else sends the browser back; the page it is shown.
    pub fn is_sent(&self, query: &str) -> String {
        get(&format!("{}?{query}", self.asks("redirect_uri")))
    }

    /// What the command said in the end.
    pub fn ends(mut self) -> Said {
        self.errors.read_to_string(&mut self.heard).expect("text");
        let ended = self.child.wait_with_output().expect("our child");
        Said { err: self.heard, ..Said::from(ended) }
    }

    /// Kills it, as a closed terminal does.
    pub fn ends_by_force(mut self) {
        self.child.kill().expect("our child");
        let _ended = self.child.wait();
    }
}
