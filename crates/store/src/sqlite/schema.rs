//! The tables of the catalogue, one migration after the other. A catalogue written by a newer program is not touched.

use rusqlite::{Connection, TransactionBehavior};
use vedette_core::StoreError;

use crate::fault::Done;

/// Every migration there ever was, oldest first; its place plus one is the version it leads to.
const MIGRATIONS: [&str; 7] = [V1, V2, V3, V4, V5, V6, V8];

/// Times are microseconds since 1970, digests are 32 bytes, ids are row numbers.
const V1: &str = "
CREATE TABLE log_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,      -- leaves
    peaks BLOB NOT NULL,        -- right edge of the tree, largest subtree first
    sequence INTEGER NOT NULL   -- last number given to a derived row
);
INSERT INTO log_state VALUES (1, 0, x'', 0);
CREATE TABLE leaves (
    idx INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB,
    commitment BLOB NOT NULL
);
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, root BLOB NOT NULL, at INTEGER NOT NULL);

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    asked TEXT NOT NULL,        -- JSON, with the authorisation that holds now
    state TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    last_success_at INTEGER,
    last_item_at INTEGER,
    last_error_at INTEGER,
    last_error TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    items INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE source_events (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    action TEXT NOT NULL,
    value TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL
);
CREATE TABLE cursors (
    source INTEGER PRIMARY KEY REFERENCES sources,
    value TEXT NOT NULL,
    logged TEXT NOT NULL,       -- the position that the leaf speaks of
    logged_at INTEGER NOT NULL,
    leaf INTEGER NOT NULL
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    at INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX notes_source ON notes (source, at);
CREATE TABLE suggestions (
    address TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    seen INTEGER NOT NULL,
    first_item INTEGER NOT NULL,
    first_at INTEGER NOT NULL
);

CREATE TABLE exhibits (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    sealed INTEGER NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER,         -- of a sealed page
    bytes BLOB                  -- of a small exhibit
);
CREATE INDEX exhibits_expire ON exhibits (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL
);
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    url TEXT NOT NULL,
    place TEXT NOT NULL,        -- the URL without its query
    connector TEXT NOT NULL,
    status INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    page BLOB NOT NULL,
    page_size_bytes INTEGER NOT NULL,
    page_keep TEXT NOT NULL,
    leaf INTEGER NOT NULL,
    seen_again INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER NOT NULL
);
CREATE INDEX captures_place ON captures (source, place, id);

CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    native_id TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    first_captured_at INTEGER NOT NULL,
    url TEXT,
    author_key TEXT,
    thread_of TEXT,
    leaf INTEGER NOT NULL,
    -- what lists need, taken from the latest version that has content
    state TEXT NOT NULL,
    content_version INTEGER,
    content_gone INTEGER NOT NULL,
    open INTEGER NOT NULL DEFAULT 1,        -- nobody has decided or marked it since its content last changed
    seen INTEGER NOT NULL DEFAULT 0,
    decided INTEGER,                        -- level by a person
    level_machine INTEGER NOT NULL DEFAULT 0,
    level_held INTEGER NOT NULL DEFAULT 0,
    tier INTEGER,
    language TEXT NOT NULL DEFAULT 'und',
    outlet TEXT,
    family INTEGER,
    text TEXT NOT NULL,
    reasons TEXT NOT NULL DEFAULT '[]',
    problems TEXT NOT NULL DEFAULT '[]',
    eyes INTEGER NOT NULL DEFAULT 0,
    images INTEGER NOT NULL DEFAULT 0,
    UNIQUE (native_id, source)
);
CREATE INDEX items_inbox ON items (level_held DESC, posted_at DESC, id) WHERE open = 1;
CREATE INDEX items_all ON items (level_held DESC, posted_at DESC, id);
CREATE INDEX items_time ON items (posted_at, level_held);
CREATE INDEX items_family ON items (family, posted_at) WHERE family IS NOT NULL;
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES items,
    number INTEGER NOT NULL,
    key BLOB NOT NULL,
    state TEXT NOT NULL,
    exhibit BLOB NOT NULL REFERENCES exhibits (sha256),
    title TEXT,
    markup TEXT NOT NULL,
    edited_at INTEGER,
    lang TEXT,
    capture INTEGER NOT NULL REFERENCES captures,
    captured_at INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (item, key)
);
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES versions,
    source INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT,
    url TEXT,
    exhibit BLOB REFERENCES exhibits (sha256),
    size_bytes INTEGER,
    late INTEGER NOT NULL DEFAULT 0,        -- came after its version, with a leaf of its own
    error TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    width INTEGER,
    height INTEGER,
    pdq TEXT,
    quality INTEGER
);
CREATE INDEX attachments_version ON attachments (version, id);
CREATE INDEX attachments_missing ON attachments (source, tries, id) WHERE exhibit IS NULL AND url IS NOT NULL;
CREATE TABLE file_events (
    id INTEGER PRIMARY KEY,
    attachment INTEGER NOT NULL REFERENCES attachments,
    version INTEGER NOT NULL,
    exhibit BLOB,
    size_bytes INTEGER,
    error TEXT,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL
);

CREATE TABLE derived (
    version INTEGER PRIMARY KEY REFERENCES versions,
    item INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    made_with TEXT NOT NULL,
    outlet TEXT,
    problems TEXT NOT NULL,
    assessment TEXT NOT NULL,
    sketch BLOB,
    readings TEXT NOT NULL,
    findings TEXT NOT NULL
);
CREATE INDEX derived_sequence ON derived (sequence, item);
CREATE TABLE likenesses (
    version INTEGER NOT NULL,
    item INTEGER NOT NULL,
    other INTEGER NOT NULL,
    kind TEXT NOT NULL,
    distance REAL NOT NULL,
    PRIMARY KEY (version, other, kind)
) WITHOUT ROWID;
CREATE INDEX likenesses_item ON likenesses (item);
CREATE INDEX likenesses_other ON likenesses (other);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL UNIQUE REFERENCES versions,
    kind TEXT NOT NULL,
    parked INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,                -- of a claimed job: when its lease ends
    claimed INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0,       -- something came while it was worked on
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT
);
CREATE INDEX jobs_due ON jobs (parked, due_at, id);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES items,
    verdict TEXT NOT NULL,
    level TEXT NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL
);
CREATE INDEX decisions_item ON decisions (item, id);
CREATE TABLE watches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    level_min TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    raised_by TEXT NOT NULL,
    item INTEGER,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    by TEXT
);
CREATE INDEX alerts_same ON alerts (raised_by, item);
CREATE INDEX alerts_state ON alerts (state, id);
CREATE TABLE reports (id INTEGER PRIMARY KEY, updated_at INTEGER NOT NULL, report TEXT NOT NULL);
CREATE TABLE users (name TEXT PRIMARY KEY, role TEXT NOT NULL, added_at INTEGER NOT NULL);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL
);
";

/// Health by rhythm, the gap ledger, and looking up what a source shows of a stretch of time.
const V2: &str = "
ALTER TABLE sources ADD COLUMN rhythm TEXT;             -- JSON
ALTER TABLE sources ADD COLUMN backlog INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN resting_until INTEGER;
CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    why TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    closed_at INTEGER
);
CREATE INDEX gaps_source ON gaps (source, noted_at);
CREATE INDEX gaps_open ON gaps (source, from_at) WHERE closed_at IS NULL;
CREATE INDEX items_source_time ON items (source, posted_at);
ALTER TABLE items ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
CREATE TABLE item_erasures (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES items,
    reason TEXT NOT NULL,
    basis TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    exhibits TEXT NOT NULL,     -- JSON
    leaves TEXT NOT NULL,       -- JSON
    leaf INTEGER NOT NULL
);
";

/// The log's keys, signed checkpoints and what others said about them; derived rows name the leaf that commits to them.
const V3: &str = "
CREATE TABLE log_keys (
    id INTEGER PRIMARY KEY,
    verifier TEXT NOT NULL UNIQUE,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL
);
CREATE TABLE sealed (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    vouched INTEGER NOT NULL DEFAULT 0,     -- cosigned or stamped: kept when newer ones come
    at INTEGER NOT NULL
);
CREATE INDEX sealed_vouched ON sealed (size) WHERE vouched = 1;
CREATE TABLE stamps (
    size INTEGER NOT NULL,
    authority TEXT NOT NULL,
    at INTEGER NOT NULL,
    token BLOB NOT NULL,
    PRIMARY KEY (size, authority)
) WITHOUT ROWID;
CREATE TABLE errands (
    address TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    size_done INTEGER NOT NULL,
    done_at INTEGER,
    tries INTEGER NOT NULL,
    error TEXT,
    due_at INTEGER NOT NULL
) WITHOUT ROWID;
ALTER TABLE derived ADD COLUMN leaf INTEGER;            -- NULL: derived before derivations were logged
CREATE INDEX file_events_version ON file_events (version);
CREATE INDEX erasures_exhibit ON erasures (sha256);
";

/// Queues that do not wait for each other, what files were read with, and parts of files that were read before.
const V4: &str = "
ALTER TABLE jobs ADD COLUMN lane INTEGER GENERATED ALWAYS AS (CASE kind WHEN 'text' THEN 0 WHEN 'derive' THEN 2 ELSE 1 END) VIRTUAL;
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (lane, parked, due_at, id);
ALTER TABLE derived ADD COLUMN read_with TEXT NOT NULL DEFAULT '';
CREATE TABLE read_parts (
    exhibit BLOB NOT NULL,      -- the file of a post that it is a part of
    file BLOB NOT NULL,         -- the same, or a file inside
    part TEXT NOT NULL,
    method TEXT NOT NULL,
    readings TEXT NOT NULL,     -- JSON
    PRIMARY KEY (exhibit, file, part)
) WITHOUT ROWID;
";

/// Translations: what people wrote, what they wrote before, what engines wrote, and why there is none.
const V5: &str = "
CREATE TABLE translations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL REFERENCES items,
    version INTEGER NOT NULL REFERENCES versions,
    attachment INTEGER,
    member TEXT,
    page INTEGER,
    source BLOB NOT NULL,                   -- SHA-256 of the original's text
    from_lang TEXT NOT NULL,
    to_lang TEXT NOT NULL,
    status TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    engine TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    glossary TEXT,
    segments TEXT NOT NULL,                 -- JSON
    text TEXT NOT NULL,
    leaf INTEGER NOT NULL
);
CREATE INDEX translations_item ON translations (item, id);
CREATE TABLE translation_memory (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,                      -- SHA-256 of the folded original
    from_lang TEXT NOT NULL,
    to_lang TEXT NOT NULL,
    item INTEGER NOT NULL,
    signed INTEGER NOT NULL,
    by TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX translation_memory_key ON translation_memory (key, from_lang, to_lang, signed, id);
CREATE INDEX translation_memory_item ON translation_memory (item);
CREATE TABLE translation_cache (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    item INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX translation_cache_item ON translation_cache (item);
CREATE TABLE untranslated (version INTEGER PRIMARY KEY REFERENCES versions, reason TEXT NOT NULL);
";

/// What people judge besides levels, what the machine proposed when they decided, and what items name, in short.
const V6: &str = "
ALTER TABLE decisions ADD COLUMN proposed TEXT;         -- NULL: decided before this was kept
CREATE TABLE judgements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    item INTEGER REFERENCES items,
    source INTEGER REFERENCES sources,
    body TEXT NOT NULL,                     -- JSON; empty when its item was erased
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL
);
CREATE INDEX judgements_kind ON judgements (kind, id);
CREATE INDEX judgements_item ON judgements (item, id) WHERE item IS NOT NULL;
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                     -- a kind of mention, or `said` for kinds of statements
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (kind, entity)
);
CREATE TABLE item_names (item INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (item, name)) WITHOUT ROWID;
CREATE INDEX item_names_name ON item_names (name, item);
CREATE TEMP TABLE found AS
    SELECT i.id AS item, json_extract(m.value, '$.kind') AS kind, json_extract(m.value, '$.id') AS entity,
        json_extract(m.value, '$.name') AS name
    FROM derived d JOIN items i ON i.content_version = d.version, json_each(d.findings) f,
        json_each(f.value, '$.mentions') m WHERE json_extract(m.value, '$.kind') <> 'leader'
    UNION SELECT i.id, 'said',
        CASE WHEN json_extract(s.value, '$.reported') THEN 'report' ELSE json_extract(s.value, '$.kind') END, 'said'
    FROM derived d JOIN items i ON i.content_version = d.version, json_each(d.findings) f,
        json_each(f.value, '$.statements') s;
INSERT OR IGNORE INTO names (kind, entity, name)
    SELECT kind, entity, name FROM temp.found WHERE entity IS NOT NULL AND name IS NOT NULL ORDER BY kind, entity;
INSERT OR IGNORE INTO item_names (item, name)
    SELECT f.item, n.id FROM temp.found f JOIN names n ON n.kind = f.kind AND n.entity = f.entity;
DROP TABLE temp.found;
";

/// Joins that were ever found, so that families can be made anew without those that people part; and issues of series.
const V8: &str = "
CREATE TABLE joins (
    a INTEGER NOT NULL,                     -- the smaller item
    b INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX joins_b ON joins (b);
INSERT OR IGNORE INTO joins (a, b) SELECT MIN(item, other), MAX(item, other) FROM likenesses WHERE item <> other;
INSERT OR IGNORE INTO joins (a, b)          -- what joined these was replaced since
    SELECT MIN(id, family), MAX(id, family) FROM items WHERE family IS NOT NULL AND family <> id
        AND NOT EXISTS (SELECT 1 FROM likenesses l WHERE l.item = items.id)
        AND NOT EXISTS (SELECT 1 FROM likenesses l WHERE l.other = items.id);
CREATE TABLE item_issues (
    series TEXT NOT NULL,                   -- id in the register
    number INTEGER NOT NULL,
    item INTEGER NOT NULL,
    version INTEGER NOT NULL,
    copy INTEGER NOT NULL,                  -- it brings the issue, and does not only speak of it
    PRIMARY KEY (series, number, item)
) WITHOUT ROWID;
CREATE INDEX item_issues_item ON item_issues (item);
";

/// Version that this program writes.
pub(crate) fn known_version() -> i64 {
    MIGRATIONS.len() as i64
}

/// The version of a catalogue; 0 when it is empty.
pub(crate) fn version(connection: &Connection) -> Done<i64> {
    let has_table: bool =
        connection
            .query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'migrations')", [], |row| row.get(0))?;
    if !has_table {
        return Ok(0);
    }
    Ok(connection.query_row("SELECT COALESCE(MAX(version), 0) FROM migrations", [], |row| row.get(0))?)
}

/// Refuses a catalogue that a newer program wrote.
pub(crate) fn refuse_newer(connection: &Connection, path: &str) -> Done<i64> {
    let found = version(connection)?;
    if found > known_version() {
        return Err(StoreError::TooNew { path: path.to_owned(), found, known: known_version() }.into());
    }
    Ok(found)
}

/// Brings a catalogue up to date, each step whole or not at all.
pub(crate) fn migrate(connection: &mut Connection, path: &str) -> Done<()> {
    let found = refuse_newer(connection, path)?;
    for (version, sql) in (1i64..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY)")?;
        tx.execute_batch(sql)?;
        tx.execute("INSERT INTO migrations VALUES (?1)", [version])?;
        tx.commit()?;
    }
    Ok(())
}
