//! Links that a gateway wrapped: the wrapping goes where the link itself stands in it unchanged.

/// What Proofpoint puts before a link; the link follows as it was.
const WRAP: &str = "https://urldefense.com/v3/__";
/// What ends the link within the wrapping.
const WRAP_END: &str = "__;";
/// Hosts that gateways print in brackets behind a link they rewrote.
const HOSTS: [&str; 4] = ["urldefense.com", "urldefense.proofpoint.com", "protect-us.mimecast.com", "safelinks.protection.outlook.com"];
/// Bytes of such a tag.
const MOST_TAG: usize = 90;

/// The text without the wrapping around its links. Nothing is decoded: what remains stood in the text in that order.
#[must_use]
pub fn unwrapped(text: &str) -> String {
    if !HOSTS.iter().any(|host| text.contains(host)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(WRAP) {
        out.push_str(&rest[..at]);
        let inside = &rest[at + WRAP.len()..];
        let end = inside.find(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | ')')).unwrap_or(inside.len());
        let link = &inside[..end];
        out.push_str(link.split_once(WRAP_END).map_or(link, |(link, _)| link));
        rest = &inside[end..];
    }
    out.push_str(rest);
    without_tags(&out)
}

/// Drops " [urldefense.com]".
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let mut rest = line;
        while let Some((tag, length)) = first_tag(rest) {
            out.push_str(rest[..tag].trim_end());
            rest = &rest[tag + length..];
        }
        out.push_str(rest);
    }
    out
}

/// Where the first tag of a gateway stands, and how long it is.
fn first_tag(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('[').map(|at| from + at) {
        let close = text.as_bytes()[open..].iter().take(MOST_TAG).position(|b| *b == b']').map(|at| open + at);
        let tag = close.map_or("", |close| &text[open + 1..close]);
        if !tag.contains(char::is_whitespace) && HOSTS.iter().any(|host| tag.ends_with(host)) {
            return Some((open, tag.len() + 2));
        }
        from = open + 1;
    }
    None
}
