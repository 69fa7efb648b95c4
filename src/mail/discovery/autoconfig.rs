//! Thunderbird's files of mail servers (autoconfig 1.1): at the domain itself, or in Thunderbird's own table.

use std::time::Duration;

use roxmltree::{Document, Node};

use super::Found;
use crate::mail::http::fetch;
use crate::model::address::{Address, ascii_domain, clean_name};
use crate::model::settings::{Security, Server};

/// How long one page may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the domain itself says. Only over TLS: whoever names the servers is told the password.
pub(super) fn of_domain(address: &Address) -> Option<Found> {
    let domain = address.domain();
    let pages = [
        format!("https://autoconfig.{domain}/mail/config-v1.1.xml"),
        format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
    ];
    let source = format!("{domain} itself names these");
    pages.iter().find_map(|page| read(&fetch(page, PATIENCE)?, address, &source))
}

/// What Thunderbird's table says.
pub(super) fn of_table(address: &Address) -> Option<Found> {
    let page = format!("https://autoconfig.thunderbird.net/v1.1/{}", address.domain());
    read(&fetch(&page, PATIENCE)?, address, "Thunderbird's table of providers names these")
}

/// Reads such a file; the first IMAP and SMTP servers with a secured line.
fn read(text: &str, address: &Address, source: &str) -> Option<Found> {
    let document = Document::parse(text).ok()?;
    let provider = document.descendants().find(|node| node.has_tag_name("emailProvider"))?;
    let server = |tag: &str, kind: &str| {
        let mut servers = provider.children().filter(|node| node.has_tag_name(tag) && node.attribute("type") == Some(kind));
        servers.find_map(|node| Some((self::server(node, address)?, node)))
    };
    let (imap, node) = server("incomingServer", "imap")?;
    let (smtp, _) = server("outgoingServer", "smtp")?;
    let name =
        child(provider, "displayName").map(|name| clean_name(name).chars().take(60).collect()).filter(|name: &String| !name.is_empty());
    let username = filled(child(node, "username").unwrap_or("%EMAILADDRESS%"), address);
    Some(Found::named(name.unwrap_or_else(|| address.domain().to_owned()), imap, smtp, clean_name(&username), source.to_owned()))
}

fn server(node: Node<'_, '_>, address: &Address) -> Option<Server> {
    let security = match child(node, "socketType")? {
        "SSL" => Security::Tls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let host = ascii_domain(&filled(child(node, "hostname")?, address))?;
    Some(Server { host, port: child(node, "port")?.parse().ok().filter(|port| *port > 0)?, security })
}

fn child<'a>(node: Node<'a, '_>, tag: &str) -> Option<&'a str> {
    node.children().find(|child| child.has_tag_name(tag))?.text().map(str::trim)
}

fn filled(text: &str, address: &Address) -> String {
    let (local, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
    text.replace("%EMAILADDRESS%", address.as_str()).replace("%EMAILLOCALPART%", local).replace("%EMAILDOMAIN%", domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="clinic.example"><domain>clinic.example</domain><displayName>Clinic Mail</displayName>
<incomingServer type="pop3"><hostname>pop.clinic.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>plain.clinic.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.clinic.example</hostname><port>587</port><socketType>STARTTLS</socketType></outgoingServer>
</emailProvider></clientConfig>"#;

    fn leah() -> Address {
        Address::parse("leah@clinic.example").expect("an address")
    }

    #[test]
    fn the_first_secured_servers_of_a_file_are_taken() {
        let found = read(FILE, &leah(), "they say so").expect("servers");
        assert_eq!(
            (found.name.as_str(), found.username.as_str(), found.imap.host.as_str()),
            ("Clinic Mail", "leah", "imap.clinic.example")
        );
        assert_eq!((found.smtp.port, found.smtp.security), (587, Security::StartTls));
    }

    #[test]
    fn a_file_without_a_secured_line_or_that_is_none_is_nothing() {
        for text in ["", "<html>not found</html>", &FILE.replace("SSL", "plain"), &FILE.replace("imap.%EMAILDOMAIN%", "a b/c")] {
            assert_eq!(read(text, &leah(), ""), None);
        }
        assert_eq!(read(&"<a>".repeat(20_000), &leah(), ""), None);
        assert_eq!(read("<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>", &leah(), ""), None);
    }
}
