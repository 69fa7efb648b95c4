//! What a folder is for: by the server's mark (RFC 6154), else by its name in the languages people use.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

use super::data::Listed;
use crate::model::folder::{Folder, Role};

/// Folders listed at most; a mailbox with more is no mailbox.
const MOST_FOLDERS: usize = 10_000;

static BY_NAME: LazyLock<HashMap<String, Role>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/folders.txt").lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(':')).filter_map(|(role, names)| Some((role_of_word(role)?, names)));
    pairs.flat_map(|(role, names)| names.split(',').map(move |name| (name.trim().to_lowercase(), role))).collect()
});

fn role_of_word(word: &str) -> Option<Role> {
    [Role::Inbox, Role::Sent, Role::Archive, Role::Junk, Role::Drafts, Role::Trash].into_iter().find(|role| role.word() == word)
}

/// The folders worth opening with their roles; of several with one role the marked one comes first.
pub(super) fn folders(listed: Vec<Listed>) -> Vec<Folder> {
    let has_all = listed.iter().any(|folder| has(folder, "\\all"));
    let mut seen = BTreeSet::new();
    let mut ranked: Vec<(Role, bool, Folder)> = listed
        .into_iter()
        .filter(|folder| can_be_opened(folder) && !(has_all && is_a_view(folder)))
        .filter(|folder| seen.insert(folder.name.clone()))
        .take(MOST_FOLDERS)
        .map(|folder| {
            let marked = role_by_mark(&folder);
            let role = marked.unwrap_or_else(|| guess(&folder.name, folder.delimiter));
            (role, marked.is_none(), Folder { name: folder.name, role })
        })
        .collect();
    ranked.sort_by_key(|(role, guessed, _)| (*role, *guessed));
    ranked.into_iter().map(|(_, _, folder)| folder).collect()
}

fn has(folder: &Listed, attribute: &str) -> bool {
    folder.attributes.iter().any(|found| found == attribute)
}

fn can_be_opened(folder: &Listed) -> bool {
    !has(folder, "\\noselect") && !has(folder, "\\nonexistent")
}

/// Gmail's Starred and Important hold nothing that All Mail does not.
fn is_a_view(folder: &Listed) -> bool {
    has(folder, "\\flagged") || has(folder, "\\important")
}

fn role_by_mark(folder: &Listed) -> Option<Role> {
    let marks = [
        ("\\sent", Role::Sent),
        ("\\archive", Role::Archive),
        ("\\all", Role::Archive),
        ("\\junk", Role::Junk),
        ("\\drafts", Role::Drafts),
        ("\\trash", Role::Trash),
    ];
    marks.into_iter().find(|(mark, _)| has(folder, mark)).map(|(_, role)| role)
}

/// The role a name suggests; [`Role::Other`] when it suggests none.
pub(super) fn guess(name: &str, delimiter: Option<char>) -> Role {
    let name = from_modified_utf7(name).to_lowercase();
    let delimiter = delimiter.unwrap_or('/');
    let bare = ["inbox", "[gmail]", "[google mail]"]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix)?.strip_prefix(delimiter))
        .unwrap_or(&name);
    BY_NAME.get(bare).copied().filter(|role| *role != Role::Inbox || bare == name).unwrap_or(Role::Other)
}

/// Readable form of a folder name (RFC 3501 section 5.1.3); what is no modified UTF-7 stays as it is.
#[must_use]
pub fn from_modified_utf7(name: &str) -> String {
    let mut readable = String::with_capacity(name.len());
    let mut pieces = name.split('&');
    readable.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        match piece.split_once('-').and_then(|(coded, plain)| Some((shifted(coded)?, plain))) {
            Some((decoded, plain)) => readable.extend([decoded.as_str(), plain]),
            None => readable.extend(["&", piece]),
        }
    }
    readable
}

fn shifted(coded: &str) -> Option<String> {
    if coded.is_empty() {
        return Some("&".to_owned());
    }
    let bytes = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).decode(coded).ok()?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}
