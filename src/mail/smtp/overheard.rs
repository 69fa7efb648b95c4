//! What would be told of a server's answers, without a server: for tests that say what no server should.

use std::io::Cursor;

use super::answer::{Reply, as_failure};
use super::talk::size_limit;
use super::wire::Wire;
use crate::model::edge::{SendAnswer, Stage};

/// Reads bytes as one answer after another and gives what the owner would be told of each.
#[must_use]
pub fn overheard(bytes: &[u8]) -> Vec<String> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return Vec::new() };
    let mut wire = Wire::of(tokio::io::join(Cursor::new(bytes.to_vec()), tokio::io::sink()));
    let mut told = Vec::new();
    while let Ok(reply) = runtime.block_on(Reply::read(&mut wire)) {
        told.extend([Stage::Auth, Stage::RcptTo].into_iter().filter_map(|stage| reply.expect_class(stage, 2).err()).map(words));
        told.push(reply.text);
    }
    told.extend(size_limit(bytes).map(|size| size.to_string()));
    told
}

fn words(answer: SendAnswer) -> String {
    match answer {
        SendAnswer::Refused(refusal) => refusal.text,
        other => as_failure(other).to_string(),
    }
}
