//! Searching the opened folder; every word put into a command is vetted first.

use jiff::civil::Date;

use super::data::found;
use super::filter::Plus;
use super::{Imap, Terms, UidSet};
use crate::model::address::Address;
use crate::model::edge::EdgeError;

/// Addresses in one command.
const MOST_ADDRESSES: usize = 20;
/// Bytes of one command.
const MOST_COMMAND: usize = 6_000;
/// A search may make a server read a whole folder.
const TERMS: Terms = Terms { cut: None, plus: Plus::None, patience: 4 };

impl Imap {
    /// UIDs from `first` to `last` of messages that arrived on or after the day, rising. The day is the server's: ask from
    /// a day earlier where it matters.
    ///
    /// # Errors
    /// When the line or the server fails.
    pub fn uids_since(&mut self, first: u32, last: u32, since: Date) -> Result<Vec<u32>, EdgeError> {
        let mut uids = self.search(&format!("UID {first}:{last} SINCE {}", day(since)))?;
        uids.retain(|uid| (first..=last).contains(uid));
        Ok(uids)
    }

    /// UIDs from `first` on, rising; for servers that do not tell UIDNEXT.
    ///
    /// # Errors
    /// When the line or the server fails.
    pub fn uids_from(&mut self, first: u32) -> Result<Vec<u32>, EdgeError> {
        let mut uids = self.search(&format!("UID {first}:*"))?;
        uids.retain(|uid| *uid >= first); // `n:*` always names the last message
        Ok(uids)
    }

    /// Those of the UIDs that are there.
    ///
    /// # Errors
    /// When the line or the server fails.
    pub(super) fn uids_in(&mut self, uids: &UidSet) -> Result<Vec<u32>, EdgeError> {
        let mut there = self.search(&format!("UID {uids}"))?;
        there.retain(|uid| uids.contains(*uid));
        Ok(there)
    }

    /// UIDs of messages with this Message-ID, given with or without its brackets; on Exchange also of those whose id was
    /// replaced. An id that cannot be put into a command safely is found nowhere.
    ///
    /// # Errors
    /// When the line or the server fails.
    pub fn find_message_id(&mut self, id: &str) -> Result<Vec<u32>, EdgeError> {
        let id = id.trim_matches(['<', '>', ' ']);
        if !is_safe_id(id) {
            return Ok(Vec::new());
        }
        let uids = self.search(&format!("HEADER Message-ID \"<{id}>\""))?;
        if uids.is_empty() && self.is_exchange {
            return self.search(&format!("HEADER X-Microsoft-Original-Message-ID \"<{id}>\""));
        }
        Ok(uids)
    }

    /// UIDs of messages from, to or copied to any of the addresses that arrived on or after the day, rising.
    ///
    /// Servers match parts of addresses too: the caller looks at the headers.
    ///
    /// # Errors
    /// When the line or the server fails.
    pub fn find_addresses(&mut self, addresses: &[Address], since: Date) -> Result<Vec<u32>, EdgeError> {
        let mut uids = Vec::new();
        for keys in addresses.chunks(MOST_ADDRESSES).flat_map(search_keys) {
            uids.extend(self.search(&format!("SINCE {} {keys}", day(since)))?);
        }
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    fn search(&mut self, keys: &str) -> Result<Vec<u32>, EdgeError> {
        let told = self.ask("The folder could not be searched", &format!("UID SEARCH {keys}"), TERMS)?;
        let mut uids: Vec<u32> = told.iter().flat_map(found).collect();
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }
}

/// One or two search keys for a chunk of addresses, each short enough for a command.
fn search_keys(addresses: &[Address]) -> Vec<String> {
    let keys: Vec<String> = addresses.iter().filter(|address| is_safe(address.as_str())).flat_map(keys_of).collect();
    let bytes: usize = keys.iter().map(String::len).sum();
    let halves = if bytes > MOST_COMMAND { keys.len().div_ceil(2) } else { keys.len() };
    keys.chunks(halves.max(1)).map(any_of).collect()
}

fn keys_of(address: &Address) -> [String; 3] {
    ["FROM", "TO", "CC"].map(|field| format!("{field} \"{address}\""))
}

/// IMAP's `OR` takes two keys; paired off evenly it nests six deep for sixty keys, which every server's parser takes.
fn any_of(keys: &[String]) -> String {
    let mut keys = keys.to_vec();
    while keys.len() > 1 {
        keys = keys.chunks(2).map(|pair| if let [one, other] = pair { format!("OR {one} {other}") } else { pair.concat() }).collect();
    }
    keys.concat()
}

fn day(date: Date) -> String {
    date.strftime("%-d-%b-%Y").to_string()
}

fn is_safe_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 998 && is_safe(id)
}

/// Printable ASCII without the characters that end or escape in a quoted string.
fn is_safe(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}
