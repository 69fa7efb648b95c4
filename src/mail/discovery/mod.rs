//! Finding the servers of an address: a table of ours, the domain's own files and records, and Thunderbird's table; each
//! with a time limit, and none of them told more than the domain.

mod autoconfig;
mod dns;
mod provider;

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

pub use self::provider::{Provider, Way, of_domain, of_host};
use crate::model::address::Address;
use crate::model::settings::Server;

/// How long all of them together may take.
pub const PATIENCE: Duration = Duration::from_secs(6);

/// Servers that were found for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who runs them, as people say it.
    pub name: String,
    /// Where mail is read.
    pub imap: Server,
    /// Where mail is sent.
    pub smtp: Server,
    /// The login name.
    pub username: String,
    /// What is known of the provider.
    pub provider: Option<&'static Provider>,
    /// Who said so, for a question to the owner; nobody needs to be asked about a table of ours.
    pub source: Option<String>,
}

impl Found {
    /// A provider we know.
    fn known(provider: &'static Provider, address: &Address) -> Self {
        Self {
            name: provider.name.clone(),
            imap: provider.imap(),
            smtp: provider.smtp(),
            username: address.as_str().to_owned(),
            provider: Some(provider),
            source: None,
        }
    }

    /// Servers that somebody else named.
    fn named(name: String, imap: Server, smtp: Server, username: String, source: String) -> Self {
        let provider = of_host(&imap.host);
        Self { name, imap, smtp, username, provider, source: Some(source) }
    }
}

/// Servers of an address at a provider we know; asks nobody.
#[must_use]
pub fn known(address: &Address) -> Option<Found> {
    of_domain(address.domain()).map(|provider| Found::known(provider, address))
}

/// Asks around for the servers of an address: where its mail goes, the domain itself, and Thunderbird's table. Of several
/// answers within the time the one that knows best is taken.
#[must_use]
pub fn ask_around(address: &Address) -> Option<Found> {
    let (tell, told) = mpsc::channel();
    for (rank, ask) in ASKED.into_iter().enumerate() {
        let (tell, address) = (tell.clone(), address.clone());
        // A name look-up cannot be called back: whoever is late is left behind.
        thread::spawn(move || {
            let _nobody_waits_any_more = tell.send((rank, ask(&address)));
        });
    }
    drop(tell);
    best(&told)
}

type Asking = fn(&Address) -> Option<Found>;

/// Who is asked, the best first: a provider we know by where the mail goes, the domain's own word, others' word.
const ASKED: [Asking; 4] = [dns::by_mx, autoconfig::of_domain, dns::by_srv, autoconfig::of_table];

fn best(told: &Receiver<(usize, Option<Found>)>) -> Option<Found> {
    let mut answers: [Option<Option<Found>>; ASKED.len()] = Default::default();
    let end = Instant::now() + PATIENCE;
    while let Ok((rank, found)) = told.recv_timeout(end.saturating_duration_since(Instant::now())) {
        answers[rank] = Some(found);
        // Nobody better is still to answer.
        let first_open = answers.iter().position(Option::is_none).unwrap_or(answers.len());
        if answers[..first_open].iter().flatten().any(Option::is_some) {
            break;
        }
    }
    answers.into_iter().flatten().flatten().next()
}
