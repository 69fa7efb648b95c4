//! The tables, and the numbered upgrades that lead to them.
//!
//! To change the schema: append one `M::up` to `upgrades`, never edit an old one. A test upgrades the file of every
//! released version in `tests/store/released` and compares it with a fresh one.

use rusqlite_migration::{M, Migrations};

/// All upgrades, oldest first. Their number is the file's `user_version`.
#[must_use]
pub fn upgrades() -> Migrations<'static> {
    Migrations::new(vec![M::up(FIRST), M::up(CORRECTIONS), M::up(IMPORTED)])
}

/// How many upgrades this program knows.
pub const VERSION: i64 = 3;

/// Times are microseconds since 1970 UTC, days are `YYYY-MM-DD`, lists are JSON.
const FIRST: &str = r"
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE employer (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    folded  TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    family  TEXT NOT NULL,
    parent  TEXT,
    aliases TEXT NOT NULL DEFAULT '[]',
    domains TEXT NOT NULL DEFAULT '[]',
    state   TEXT,
    careers TEXT,
    target  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE contact (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    employer   TEXT,
    family     TEXT,
    title      TEXT,
    relation   TEXT NOT NULL,
    met        TEXT,
    every      TEXT,
    zone       TEXT,
    us_state   TEXT,
    tags       TEXT NOT NULL DEFAULT '[]',
    note       TEXT,
    mode       TEXT NOT NULL,
    added_at   INTEGER NOT NULL,
    -- derived from the journal, kept in the same transaction
    state      TEXT NOT NULL DEFAULT 'active',
    until      TEXT,
    why        TEXT,
    last_touch INTEGER,
    -- when they are otherwise due, by the gap in force alone
    due        TEXT NOT NULL DEFAULT '0001-01-01',
    story      TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX contact_due ON contact (state, due);
CREATE INDEX contact_folded ON contact (folded);
CREATE INDEX contact_family ON contact (family) WHERE family IS NOT NULL;

CREATE TABLE address (
    key         TEXT PRIMARY KEY,
    address     TEXT NOT NULL,
    contact     INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    dead        TEXT,
    searched_at INTEGER,
    wrote_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX address_contact ON address (contact, position);
CREATE INDEX address_unsearched ON address (contact) WHERE searched_at IS NULL;

CREATE TABLE folder (
    name       TEXT PRIMARY KEY,
    role       TEXT NOT NULL,
    validity   INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    looked_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    event     TEXT NOT NULL,
    thread    INTEGER NOT NULL,
    rfc_id    TEXT,
    contact   INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    peer      TEXT,
    mine      TEXT,
    subject   TEXT NOT NULL,
    chain     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    zone      INTEGER,
    folder    TEXT,
    reading   TEXT,
    raw       BLOB NOT NULL,
    -- one mail in two folders is one event; a mail to two contacts concerns both
    UNIQUE (event, contact)
) STRICT;
CREATE INDEX message_rfc_id ON message (rfc_id);
CREATE INDEX message_contact ON message (contact, at);

CREATE TABLE news (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    text     TEXT NOT NULL,
    until    TEXT,
    added_at INTEGER NOT NULL,
    dropped  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE draft (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    contact     INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    state       TEXT NOT NULL,
    because     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    template    TEXT NOT NULL,
    news        INTEGER REFERENCES news (id),
    content     TEXT NOT NULL,
    approved    TEXT,
    approved_at INTEGER,
    due         TEXT NOT NULL,
    send_at     INTEGER NOT NULL,
    blocked     TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    answer      TEXT,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    -- the whole mail, rendered and stored in the transaction that first marks it `sending`
    message_id  TEXT UNIQUE,
    raw         BLOB,
    body_begun  INTEGER,
    sent_at     INTEGER,
    -- the copy in Sent: NULL nothing to do, 'wanted' look for it and file it, 'filed' it is there
    copy        TEXT,
    copy_until  INTEGER
) STRICT;
-- P1: one check-in at a time to a person
CREATE UNIQUE INDEX draft_open ON draft (contact) WHERE state IN ('review', 'queued', 'deferred', 'sending', 'doubtful');
CREATE INDEX draft_state ON draft (state) WHERE state IN ('review', 'queued', 'deferred', 'sending', 'doubtful');
CREATE INDEX draft_contact ON draft (contact);
CREATE INDEX draft_sent ON draft (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX draft_copy ON draft (copy) WHERE copy = 'wanted';

CREATE TABLE told (
    news    INTEGER NOT NULL REFERENCES news (id),
    contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    PRIMARY KEY (news, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded INTEGER NOT NULL,
    happened INTEGER NOT NULL,
    contact  INTEGER REFERENCES contact (id),
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL,
    message  INTEGER REFERENCES message (id) ON DELETE SET NULL,
    draft    INTEGER REFERENCES draft (id) ON DELETE SET NULL,
    outcome  TEXT,
    effects  TEXT NOT NULL,
    voids    INTEGER
) STRICT;
CREATE INDEX journal_contact ON journal (contact, happened);
CREATE INDEX journal_message ON journal (message) WHERE message IS NOT NULL;
CREATE INDEX journal_recorded ON journal (recorded);

-- The journal is append-only. Only `forget` and `merge` open this gate, inside their own transaction.
CREATE TABLE gate (reason TEXT NOT NULL) STRICT;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal WHEN NOT EXISTS (SELECT 1 FROM gate)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal WHEN NOT EXISTS (SELECT 1 FROM gate)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE suppression (
    hash   TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule (
    name   TEXT PRIMARY KEY,
    period INTEGER NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('sending', 'done')),
    at     INTEGER NOT NULL,
    message_id TEXT,
    raw    BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    asked   INTEGER NOT NULL,
    answer  TEXT
) STRICT;
";

/// The owner's corrections are found without reading the whole journal, and a kept mail can be read again as of the hour it
/// came; of those kept before, that hour is not known.
const CORRECTIONS: &str = r"
ALTER TABLE message ADD COLUMN arrived INTEGER;
CREATE INDEX journal_corrected ON journal (kind, message) WHERE kind = 'corrected';
";

/// What an import wrote of a contact, by field: whatever differs from it now was typed by the owner.
const IMPORTED: &str = r"
CREATE TABLE imported (
    contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    field   TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (contact, field)
) STRICT, WITHOUT ROWID;
";
