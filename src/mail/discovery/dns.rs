//! What DNS says of a domain: where its mail goes (MX), and its services (SRV, RFC 6186).

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType;

use super::{Found, provider};
use crate::model::address::{Address, ascii_domain};
use crate::model::settings::{Security, Server};

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// A provider we know, by where mail for the domain goes.
pub(super) fn by_mx(address: &Address) -> Option<Found> {
    let records = records(&format!("{}.", address.domain()), RecordType::MX);
    let hosts = records.iter().filter_map(|data| match data {
        RData::MX(mx) => Some((mx.preference, mx.exchange.to_utf8())),
        _ => None,
    });
    let mut hosts: Vec<(u16, String)> = hosts.collect();
    hosts.sort();
    let known = hosts.iter().find_map(|(_, host)| provider::of_exchanger(host.trim_end_matches('.')))?;
    Some(Found::known(known, address))
}

/// The servers that the domain's own records name.
pub(super) fn by_srv(address: &Address) -> Option<Found> {
    let domain = address.domain();
    let first = |services: [(&str, Security); 2]| {
        services.into_iter().find_map(|(service, security)| server(&format!("{service}._tcp.{domain}."), security))
    };
    let imap = first([("_imaps", Security::Tls), ("_imap", Security::StartTls)])?;
    let smtp = first([("_submissions", Security::Tls), ("_submission", Security::StartTls)])?;
    let source = format!("the DNS records of {domain} name these");
    Some(Found::named(domain.to_owned(), imap, smtp, address.as_str().to_owned(), source))
}

/// The first server of a service; a single dot says that there is none (RFC 6186).
fn server(name: &str, security: Security) -> Option<Server> {
    let records = records(name, RecordType::SRV);
    let mut servers: Vec<(u16, u16, String)> = records
        .iter()
        .filter_map(|data| match data {
            RData::SRV(srv) => Some((srv.priority, srv.port, srv.target.to_utf8())),
            _ => None,
        })
        .collect();
    servers.sort();
    let (_, port, target) = servers.into_iter().next()?;
    let host = ascii_domain(target.trim_end_matches('.'))?;
    (port > 0).then_some(Server { host, port, security })
}

fn records(name: &str, kind: RecordType) -> Vec<RData> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    let asked = async {
        let resolver = TokioResolver::builder_tokio().ok()?.build().ok()?;
        let answer = tokio::time::timeout(PATIENCE, resolver.lookup(name, kind)).await.ok()?.ok()?;
        Some(answer.answers().iter().map(|record| record.data.clone()).collect())
    };
    let found = runtime.block_on(asked);
    runtime.shutdown_background();
    found.unwrap_or_default()
}
