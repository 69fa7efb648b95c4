//! Reading messages by UID: headers of many, the whole of some, always with PEEK.

use std::collections::HashSet;

use super::data::{Fetched, fetched};
use super::{Imap, Terms, UidSet};
use crate::mail::mime::limits;
use crate::model::edge::EdgeError;
use crate::model::folder::HeaderRow;

/// Bytes of messages asked for in one command.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// Messages asked for in one command.
const BATCH_COUNT: usize = 300;
/// Refusals in a row from the first on after which the folder is taken for the trouble; halving 1,000 takes ten.
const MOST_REFUSALS: usize = 16;
/// The fields by which a message is judged before it is read whole.
const HEADER_ITEMS: &str = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SENDER REPLY-TO TO CC DATE MESSAGE-ID IN-REPLY-TO \
REFERENCES X-MICROSOFT-ORIGINAL-MESSAGE-ID SUBJECT AUTO-SUBMITTED CONTENT-TYPE AUTHENTICATION-RESULTS LIST-ID X-FAILED-RECIPIENTS)])";
/// The fields that tell who wrote to whom: the least that answers it.
const GLIMPSE_ITEMS: &str = "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM TO CC DATE MESSAGE-ID LIST-ID LIST-POST LIST-UNSUBSCRIBE \
PRECEDENCE AUTO-SUBMITTED)])";

/// What came of a fetch.
#[derive(Default)]
struct Told {
    rows: Vec<(u32, Fetched)>,
    /// Messages that the server refuses even when they are asked for alone.
    refused: Vec<UidSet>,
    /// Its words, when it answered nothing else.
    why: Option<String>,
}

impl Imap {
    /// Hands over the header rows of the messages in the set that exist in the opened folder.
    ///
    /// Each command's rows come when the server has said that all went well; ask for about 1,000 at a time.
    ///
    /// # Errors
    /// When the line or the server fails; rows of earlier commands have been handed over then.
    pub fn headers(&mut self, uids: &UidSet, row: &mut dyn FnMut(HeaderRow)) -> Result<(), EdgeError> {
        self.fields(uids, HEADER_ITEMS, row)
    }

    /// The same with the fields alone that tell who wrote to whom.
    ///
    /// # Errors
    /// When the line or the server fails; rows of earlier commands have been handed over then.
    pub fn glimpses(&mut self, uids: &UidSet, row: &mut dyn FnMut(HeaderRow)) -> Result<(), EdgeError> {
        self.fields(uids, GLIMPSE_ITEMS, row)
    }

    fn fields(&mut self, uids: &UidSet, items: &str, row: &mut dyn FnMut(HeaderRow)) -> Result<(), EdgeError> {
        for piece in uids.pieces() {
            let told = self.fetch(&piece, items, Terms { cut: Some(limits::HEADER_BLOCK), ..Terms::default() })?;
            if let Some(why) = told.why {
                return Err(EdgeError::Permanent(why));
            }
            for (uid, fetched) in told.rows {
                row(header_row(uid, fetched));
            }
        }
        Ok(())
    }

    /// The whole message, or its first 2 MiB when `size` (0 for unknown) says it may be larger; `None` when it is gone,
    /// and no byte when the server does not hand it over.
    ///
    /// # Errors
    /// When the line or the server fails.
    pub fn whole(&mut self, uid: u32, size: u64) -> Result<Option<Vec<u8>>, EdgeError> {
        let section = if is_large(size) { format!("(UID BODY.PEEK[]<0.{}>)", limits::BYTES) } else { "(UID BODY.PEEK[])".to_owned() };
        let mut bytes = None;
        self.bodies(&UidSet::range(uid, uid), &section, &mut |_, body| bytes = Some(body))?;
        Ok(bytes)
    }

    /// The whole of many messages, given with their sizes, in commands of bounded size; those that are gone are left out,
    /// and those that the server does not hand over come without a byte.
    ///
    /// # Errors
    /// When the line or the server fails; messages of earlier commands have been handed over then.
    pub fn whole_many(&mut self, uids: &[(u32, u64)], message: &mut dyn FnMut(u32, Vec<u8>)) -> Result<(), EdgeError> {
        for batch in batches(uids) {
            let [(uid, size)] = batch else {
                let set: UidSet = batch.iter().map(|(uid, _)| *uid).collect();
                set.pieces().try_for_each(|piece| self.bodies(&piece, "(UID BODY.PEEK[])", message))?;
                continue;
            };
            if let Some(bytes) = self.whole(*uid, *size)? {
                message(*uid, bytes);
            }
        }
        Ok(())
    }

    fn bodies(&mut self, uids: &UidSet, items: &str, message: &mut dyn FnMut(u32, Vec<u8>)) -> Result<(), EdgeError> {
        let told = self.fetch(uids, items, Terms::default())?;
        let mut refused = Vec::new();
        for set in told.refused {
            // What another program has just thrown away is refused by some servers too.
            refused.extend(self.uids_in(&set)?);
        }
        if told.rows.is_empty() && refused.len() > 1 {
            // No damaged message, but a server that gives none today.
            return Err(EdgeError::Permanent(told.why.unwrap_or_default()));
        }
        for (uid, fetched) in told.rows {
            message(uid, fetched.body.unwrap_or_default());
        }
        for uid in refused {
            message(uid, Vec::new());
        }
        Ok(())
    }

    /// Fetches; what the server refuses as a whole is asked for in halves, so that one damaged message hides no other.
    ///
    /// Fails when all of many are refused: then the folder is the trouble, not a message.
    fn fetch(&mut self, uids: &UidSet, items: &str, terms: Terms) -> Result<Told, EdgeError> {
        let mut told = Told::default();
        let mut answered = false;
        let mut refusals = 0;
        let mut waiting = vec![uids.clone()];
        while let Some(set) = waiting.pop() {
            match self.fetch_once(&set, items, terms) {
                Ok(some) => {
                    answered = true;
                    told.rows.extend(some);
                }
                Err(EdgeError::Permanent(why)) => {
                    tracing::warn!(uids = %set, "the mail server refuses to hand over messages");
                    refusals += 1;
                    if !answered && refusals == MOST_REFUSALS {
                        return Err(EdgeError::Permanent(why));
                    }
                    told.why = Some(why);
                    match set.halves() {
                        Some(halves) => waiting.extend(halves),
                        None => told.refused.push(set),
                    }
                }
                Err(error) => return Err(error),
            }
        }
        told.why = told.why.filter(|_| !answered);
        Ok(told)
    }

    /// The rows that answer a UID FETCH: each UID once, only those asked for, only those with the text asked for.
    fn fetch_once(&mut self, uids: &UidSet, items: &str, terms: Terms) -> Result<Vec<(u32, Fetched)>, EdgeError> {
        let told = self.ask("Messages could not be read", &format!("UID FETCH {uids} {items}"), terms)?;
        let mut seen = HashSet::with_capacity(told.len());
        let rows = told.into_iter().filter_map(fetched).filter(|fetched| fetched.body.is_some());
        let asked = rows.filter_map(|fetched| fetched.uid.filter(|uid| uids.contains(*uid)).map(|uid| (uid, fetched)));
        Ok(asked.filter(|(uid, _)| seen.insert(*uid)).collect())
    }
}

fn header_row(uid: u32, fetched: Fetched) -> HeaderRow {
    HeaderRow { uid: u64::from(uid), arrived: fetched.arrived, size: fetched.size, header: fetched.body.unwrap_or_default(), file: None }
}

/// A size of 0 is one the server did not tell.
const fn is_large(size: u64) -> bool {
    size == 0 || size > limits::BYTES as u64
}

/// Cuts the list so that each piece is small, or a single message.
fn batches(uids: &[(u32, u64)]) -> impl Iterator<Item = &[(u32, u64)]> {
    let mut rest = uids;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = rest.iter().take(BATCH_COUNT).take_while(|(_, size)| {
            bytes += size;
            bytes <= BATCH_BYTES && !is_large(*size)
        });
        let count = fits.count().max(1).min(rest.len());
        let (batch, after) = rest.split_at(count);
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}
