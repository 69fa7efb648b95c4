//! The providers we know, and what each wants of a program that comes for the mail.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::employer::is_or_below;
use crate::model::settings::{OAuthProvider, Security, Server};

/// What opens a mailbox there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Way {
    /// A password made for this program.
    #[serde(rename = "app password")]
    AppPassword,
    /// The ordinary password.
    #[serde(rename = "password")]
    Password,
    /// A sign-in with the provider.
    #[serde(rename = "sign in")]
    SignIn,
}

/// A provider we know.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name.
    pub name: String,
    domains: Vec<String>,
    mx: Vec<String>,
    imap: String,
    smtp: String,
    #[serde(default)]
    smtp_starttls: bool,
    /// What opens the mailbox.
    pub way: Way,
    oauth: Option<String>,
    /// Where an app password is made.
    #[serde(default)]
    pub page: String,
    /// How.
    #[serde(default)]
    pub steps: Vec<String>,
    /// What a refusal mostly means there.
    pub refused: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    provider: Vec<Provider>,
}

static TABLE: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../../../data/mail-providers.toml")).expect("a table of ours, read by a test");
    table.provider
});

impl Provider {
    /// Its sign-in, if it has one.
    #[must_use]
    pub fn oauth(&self) -> Option<OAuthProvider> {
        self.oauth.as_deref().and_then(OAuthProvider::of)
    }

    pub(super) fn imap(&self) -> Server {
        Server { host: self.imap.clone(), port: 993, security: Security::Tls }
    }

    pub(super) fn smtp(&self) -> Server {
        let (port, security) = if self.smtp_starttls { (587, Security::StartTls) } else { (465, Security::Tls) };
        Server { host: self.smtp.clone(), port, security }
    }
}

/// The provider of an address at this domain.
#[must_use]
pub fn of_domain(domain: &str) -> Option<&'static Provider> {
    TABLE.iter().find(|provider| provider.domains.iter().any(|own| own == domain))
}

/// The provider whose IMAP server this is.
#[must_use]
pub fn of_host(host: &str) -> Option<&'static Provider> {
    TABLE.iter().find(|provider| provider.imap.eq_ignore_ascii_case(host))
}

/// The provider that takes the mail at this exchanger; the one that names it most closely.
pub(super) fn of_exchanger(host: &str) -> Option<&'static Provider> {
    let closeness = |provider: &Provider| provider.mx.iter().filter(|own| is_or_below(host, own)).map(String::len).max();
    TABLE.iter().filter_map(|provider| Some((closeness(provider)?, provider))).max_by_key(|(close, _)| *close).map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_its_domain_and_by_where_mail_goes() {
        for (domain, name) in
            [("gmail.com", "Gmail"), ("hotmail.com", "Outlook.com"), ("me.com", "iCloud Mail"), ("fastmail.com", "Fastmail")]
        {
            assert_eq!(of_domain(domain).map(|provider| provider.name.as_str()), Some(name), "{domain}");
        }
        assert!(of_domain("hospital.example").is_none() && of_domain("notgmail.com").is_none());
        for (host, name) in [
            ("aspmx.l.google.com", "Gmail"),
            ("clinic-example.mail.protection.outlook.com", "Microsoft 365"),
            ("hotmail-com.olc.protection.outlook.com", "Outlook.com"),
            ("in1-smtp.messagingengine.com", "Fastmail"),
            ("mx01.mail.icloud.com", "iCloud Mail"),
        ] {
            assert_eq!(of_exchanger(host).map(|provider| provider.name.as_str()), Some(name), "{host}");
        }
        assert!(of_exchanger("mx.notgoogle.com").is_none());
    }

    #[test]
    fn every_provider_says_what_it_wants() {
        for provider in TABLE.iter() {
            let has_steps = !provider.steps.is_empty() && provider.page.starts_with("https://");
            assert_eq!(provider.way == Way::AppPassword, has_steps, "{}", provider.name);
            assert_eq!(provider.way == Way::SignIn, provider.oauth().is_some() && provider.page.is_empty(), "{}", provider.name);
            assert!(!provider.refused.is_empty());
        }
    }
}
