//! Addresses in running text, found in one pass.

use std::sync::LazyLock;

use regex_automata::meta::Regex;

use super::super::patterns::alone;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let local = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}";
    alone(&format!(r"{local}@[A-Za-z0-9](?:[A-Za-z0-9-]*\.?)*"))
});

/// An address and where it stands in the text.
pub(super) struct Found<'t> {
    pub(super) address: &'t str,
    pub(super) start: usize,
}

/// The addresses of a line, in order.
pub(super) fn all(line: &str) -> impl Iterator<Item = Found<'_>> {
    let bare = line.contains('@').then(|| &*ADDRESS);
    bare.into_iter().flat_map(move |regex| regex.find_iter(line)).filter_map(|hit| {
        let text = &line[hit.range()];
        let lead = begin(text);
        let address = text.get(lead..)?.trim_end_matches(['.', '-']);
        let domain = address.rsplit_once('@')?.1;
        (domain.contains('.') && !address.starts_with('@')).then_some(Found { address, start: hit.start() + lead })
    })
}

/// Where the address begins: quotes, list marks and the attribute names of X.400 addresses are none of it.
fn begin(text: &str) -> usize {
    let named = ["SMTP=", "smtp=", "RFC822=", "rfc822="].iter().find_map(|name| text.find(name).map(|at| at + name.len()));
    named.unwrap_or_else(|| text.len() - text.trim_start_matches(['\'', '`', '*', '|', '.', '/', '-']).len())
}

/// The first address of a text, or the text without brackets and type when it has none (`rfc822;<jane@example.com>`).
pub(super) fn of_field(value: &str) -> Option<String> {
    let value = value.split_once(';').map_or(value, |(_, rest)| rest);
    if let Some(found) = all(value).last() {
        return Some(found.address.to_owned());
    }
    let bare = value.split_whitespace().next()?.trim_matches(['<', '>', '"', '\'', ',']);
    (bare.contains('@') && !bare.starts_with('@')).then(|| bare.to_owned())
}
