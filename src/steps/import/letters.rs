//! How the letters of a file are written: UTF-8, UTF-16, or the Windows-1252 of old spreadsheets.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes looked at to tell UTF-16 without a mark.
const SAMPLE: usize = 4_096;

/// The text of a file, without its byte order mark, and the name of its encoding. Never fails: what is no UTF-8 is
/// Windows-1252, in which every byte is a letter.
pub(super) fn decoded(bytes: &[u8]) -> (String, &'static str) {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => guessed(bytes),
    };
    let (text, _, _) = encoding.decode(bytes);
    (text.into_owned(), encoding.name())
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let zeros = |at: usize| sample.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    // English letters in UTF-16 are every second byte zero.
    if zeros(1) > sample.len() / 4 {
        UTF_16LE
    } else if zeros(0) > sample.len() / 4 {
        UTF_16BE
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    }
}
