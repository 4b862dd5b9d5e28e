//! What people judge, as rows with a leaf each; what items name, in short; and the register file that the pages write.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{ErrorKind, Read, Write};

use jiff::Timestamp;
use rusqlite::{Row, ToSql, Transaction, params};
use vedette_core::ports::Judgements;
use vedette_core::{
    Decision, Derived, FamilyId, InboxRow, ItemId, Judged, Judgement, JudgementKind, Level, LevelDecision, MentionKind,
    Name, SIGNALS_MAX, Signal, Signals, SourceId, StatementKind, StoreError, StoreResult,
};
use vedette_preserve::records::{JudgementRecord, Record, whole};

use crate::SqliteRecords;
use crate::fault::{Done, damaged, io_error, not_found};
use crate::sqlite::rows::{digest, from_json, from_word, level, micros, rows, time, to_json, unsigned};
use crate::sqlite::{lists, log};

/// Names that are kept of one item: a magazine issue may name hundreds, and those after the first say nothing about it.
const NAMES_MAX: usize = 64;
/// Items near one item that are looked at: the newest of its window.
const NEAR_MAX: usize = 5_000;
/// Kind of a row of `names` that holds what an item says.
const SAID: &str = "said";
/// Judgements of one kind that are read at once; people make them one by one.
const JUDGEMENTS_MAX: usize = 200_000;
/// Bytes of the register file that the pages write.
const REGISTER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Its place in the workspace.
const REGISTER_FILE: &str = "pages.toml";

impl Judgements for SqliteRecords {
    fn judge(&self, judgement: &Judgement, by: &str, at: Timestamp, after: Option<u64>) -> StoreResult<u64> {
        self.write(|tx| judge(tx, judgement, by, at, after))
    }

    fn judgements(&self, kind: JudgementKind, item: Option<ItemId>) -> StoreResult<Vec<Judged>> {
        self.read(|tx| judgements(tx, kind, item))
    }

    fn level_decisions(&self) -> StoreResult<Vec<LevelDecision>> {
        self.read(level_decisions)
    }

    fn signals(&self, level_min: Level, from: Option<Timestamp>, to: Option<Timestamp>) -> StoreResult<Signals> {
        self.read(|tx| signals(tx, level_min, from, to))
    }

    fn signals_near(&self, item: ItemId, from: Timestamp, to: Timestamp) -> StoreResult<Signals> {
        self.read(|tx| signals_near(tx, item, from, to))
    }

    fn rows_of(&self, items: &[ItemId]) -> StoreResult<Vec<InboxRow>> {
        self.read(|tx| lists::rows_of(tx, items))
    }

    fn register_text(&self) -> StoreResult<String> {
        let path = self.knowledge().join(REGISTER_FILE);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(io_error("open", &path, error)),
        };
        let mut text = String::new();
        file.take(REGISTER_BYTES_MAX + 1).read_to_string(&mut text).map_err(|error| io_error("read", &path, error))?;
        Ok(text)
    }

    fn put_register_text(&self, text: &str) -> StoreResult<()> {
        if text.len() as u64 > REGISTER_BYTES_MAX {
            return Err(StoreError::Refused(format!(
                "the register file of the pages would have {} bytes, at most {REGISTER_BYTES_MAX} are kept",
                text.len()
            )));
        }
        self.refuse_stopped()?;
        let folder = self.knowledge();
        fs::create_dir_all(&folder).map_err(|error| io_error("make", &folder, error))?;
        let path = folder.join(REGISTER_FILE);
        // Whole or not at all: a register that is cut off would stop the next start.
        let mut file = tempfile::Builder::new()
            .prefix(".pages-")
            .tempfile_in(&folder)
            .map_err(|error| io_error("write in", &folder, error))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| io_error("write", &path, error))?;
        file.persist(&path).map_err(|error| io_error("write", &path, error.error))?;
        fs::File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| io_error("make durable", &folder, error))
    }
}

/// See [`Judgements::judge`].
pub(crate) fn judge(
    tx: &Transaction<'_>,
    judgement: &Judgement,
    by: &str,
    at: Timestamp,
    after: Option<u64>,
) -> Done<u64> {
    let kind = judgement.kind();
    if let Some(after) = after {
        let newest: i64 = tx
            .prepare_cached("SELECT COALESCE(MAX(id), 0) FROM judgements WHERE kind = ?1")?
            .query_row([kind.word()], |row| row.get(0))?;
        if unsigned(newest) != after {
            return Err(
                StoreError::Refused("somebody else was faster: look again at what stands now".to_owned()).into()
            );
        }
    }
    let (item, source) = match judgement {
        Judgement::Point(item, _) => (Some(item.0), None),
        Judgement::Source(source, _) => (None, Some(source.0)),
        _ => (None, None),
    };
    for (what, id, table) in [("item", item, "items"), ("source", source, "sources")] {
        let Some(id) = id else { continue };
        let known: bool = tx
            .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE id = ?1)"))?
            .query_row([id], |row| row.get(0))?;
        if !known {
            return Err(not_found(what, id));
        }
    }
    let (body, at) = (to_json(judgement)?, whole(at));
    let leaf = log::append_record(tx, &record(kind.word(), item, source, &body, by, at), at)?;
    tx.prepare_cached(
        "INSERT INTO judgements (kind, item, source, body, by, at, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![kind.word(), item, source, body, by, micros(at), leaf as i64])?;
    Ok(unsigned(tx.last_insert_rowid()))
}

fn record<'a>(
    kind: &'a str,
    item: Option<i64>,
    source: Option<i64>,
    body: &str,
    by: &'a str,
    at: Timestamp,
) -> JudgementRecord<'a> {
    JudgementRecord {
        judgement: kind,
        item: item.map(ItemId),
        source: source.map(SourceId),
        content: vedette_preserve::sha256(body.as_bytes()),
        by,
        at,
    }
}

/// All judgements, for the comparison with their leaves.
pub(crate) const ROWS_TO_CHECK: &str = "SELECT leaf, kind, item, source, body, by, at FROM judgements ORDER BY id";

/// A row written again as the record that its leaf commits to.
pub(crate) fn written(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let (kind, item, source): (String, Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let (body, by): (String, String) = (row.get(4)?, row.get(5)?);
    let text = record(&kind, item, source, &body, &by, time(row.get(6)?)?).text();
    Ok((format!("judgement on a {kind}"), text))
}

fn judgements(tx: &Transaction<'_>, kind: JudgementKind, item: Option<ItemId>) -> Done<Vec<Judged>> {
    // What an erased item was judged on is gone with it.
    let mut statement = tx.prepare_cached(
        "SELECT id, body, by, at, leaf FROM judgements
         WHERE kind = ?1 AND (?2 IS NULL OR item = ?2) AND body <> '' ORDER BY id LIMIT ?3",
    )?;
    let mut found = statement.query(params![kind.word(), item.map(|item| item.0), rows(JUDGEMENTS_MAX)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(Judged {
            number: unsigned(row.get(0)?),
            judgement: from_json(&row.get::<_, String>(1)?)?,
            by: row.get(2)?,
            at: time(row.get(3)?)?,
            leaf: unsigned(row.get(4)?),
        });
    }
    Ok(all)
}

fn level_decisions(tx: &Transaction<'_>) -> Done<Vec<LevelDecision>> {
    let mut statement = tx.prepare_cached(
        "SELECT d.item, v.exhibit, s.name, i.language, i.text, i.level_machine, d.verdict, d.level, d.proposed, d.reason,
             d.by, d.at
         FROM decisions d JOIN items i ON i.id = d.item JOIN sources s ON s.id = i.source
         JOIN versions v ON v.id = COALESCE(i.content_version,
             (SELECT MAX(w.id) FROM versions w WHERE w.item = i.id))
         WHERE i.erased = 0 ORDER BY d.id LIMIT ?1",
    )?;
    let mut found = statement.query([rows(JUDGEMENTS_MAX)])?;
    let mut all = Vec::new();
    let word = |word: String| Level::from_word(&word).ok_or_else(|| damaged(format!("`{word}` is no level")));
    while let Some(row) = found.next()? {
        let decision = Decision {
            verdict: from_word(row.get(6)?)?,
            level: word(row.get(7)?)?,
            proposed: row.get::<_, Option<String>>(8)?.map(word).transpose()?,
            reason: row.get(9)?,
            by: row.get(10)?,
            at: time(row.get(11)?)?,
        };
        // An old decision that confirmed tells what had been proposed; of another one only today's view is known.
        let proposed = match (decision.proposed, decision.verdict) {
            (Some(proposed), _) => proposed,
            (None, vedette_core::Verdict::Confirm) => decision.level,
            (None, _) => level(row.get(5)?)?,
        };
        all.push(LevelDecision {
            item: ItemId(row.get(0)?),
            sha256: digest(row, 1)?,
            source: row.get(2)?,
            language: row.get(3)?,
            text: row.get(4)?,
            proposed,
            decision,
        });
    }
    Ok(all)
}

/// Keeps in short what the newest content of an item names and says.
pub(crate) fn put_names(tx: &Transaction<'_>, derived: &Derived) -> Done<()> {
    tx.prepare_cached("DELETE FROM item_names WHERE item = ?1")?.execute([derived.item.0])?;
    let mut kept: Vec<(&str, &str)> = Vec::new();
    let keep = |kind: &'static str, entity: &str, name: &str| -> Done<()> {
        tx.prepare_cached("INSERT OR IGNORE INTO names (kind, entity, name) VALUES (?1, ?2, ?3)")?
            .execute([kind, entity, name])?;
        tx.prepare_cached(
            "INSERT OR IGNORE INTO item_names (item, name) SELECT ?1, id FROM names WHERE kind = ?2 AND entity = ?3",
        )?
        .execute(params![derived.item.0, kind, entity])?;
        Ok(())
    };
    for found in &derived.findings {
        for statement in &found.statements {
            let word = if statement.reported { StatementKind::Report.word() } else { statement.kind.word() };
            if !kept.contains(&(SAID, word)) {
                keep(SAID, word, word)?;
                kept.push((SAID, word));
            }
        }
        for mention in found.mentions.iter().filter(|mention| mention.kind != MentionKind::Leader) {
            let one = (mention.kind.word(), mention.id.as_str());
            if kept.len() < NAMES_MAX && !kept.contains(&one) {
                keep(one.0, one.1, &mention.name)?;
                kept.push(one);
            }
        }
    }
    Ok(())
}

/// Columns of an item in short.
const SHORT: &str = "SELECT id, source, outlet, posted_at, family, level_held, images FROM items";

/// See [`Judgements::signals`].
fn signals(tx: &Transaction<'_>, level_min: Level, from: Option<Timestamp>, to: Option<Timestamp>) -> Done<Signals> {
    let (from, to) = (from.map_or(i64::MIN, micros), to.map_or(i64::MAX, micros));
    let window = "level_held >= ?1 AND posted_at >= ?2 AND posted_at < ?3 AND erased = 0";
    let newest = format!("SELECT id FROM items WHERE {window} ORDER BY posted_at DESC, id DESC LIMIT ?4");
    in_short(tx, &newest, params![level_min.rank(), from, to, rows(SIGNALS_MAX)])
}

/// See [`Judgements::signals_near`].
fn signals_near(tx: &Transaction<'_>, item: ItemId, from: Timestamp, to: Timestamp) -> Done<Signals> {
    let near = "SELECT id FROM items WHERE id IN (
            SELECT other.item FROM item_names own JOIN names k ON k.id = own.name AND k.kind IN ('actor', 'event', 'venue')
                JOIN item_names other ON other.name = own.name WHERE own.item = ?1
            UNION SELECT id FROM items WHERE family = (SELECT family FROM items WHERE id = ?1)
            UNION SELECT ?1)
        AND posted_at >= ?2 AND posted_at < ?3 AND erased = 0 ORDER BY id = ?1 DESC, posted_at DESC LIMIT ?4";
    in_short(tx, near, params![item.0, micros(from), micros(to), rows(NEAR_MAX)])
}

/// The items that `chosen` selects, oldest first, with what they name.
fn in_short(tx: &Transaction<'_>, chosen: &str, values: &[&dyn ToSql]) -> Done<Signals> {
    let mut statement = tx.prepare_cached(&format!("{SHORT} WHERE id IN ({chosen}) ORDER BY posted_at, id"))?;
    let mut found = statement.query(values)?;
    let mut all = Signals::default();
    let mut places: HashMap<i64, usize> = HashMap::new();
    while let Some(row) = found.next()? {
        let item: i64 = row.get(0)?;
        places.insert(item, all.items.len());
        all.items.push(Signal {
            item: ItemId(item),
            source: SourceId(row.get(1)?),
            outlet: row.get(2)?,
            posted_at: time(row.get(3)?)?,
            family: row.get::<_, Option<i64>>(4)?.map(FamilyId),
            level: level(row.get(5)?)?,
            images: row.get(6)?,
            names: Vec::new(),
            said: Vec::new(),
        });
    }
    let mut statement = tx.prepare_cached(&format!("SELECT item, name FROM item_names WHERE item IN ({chosen})"))?;
    let pairs: Vec<(i64, i64)> =
        statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let (names, known, said) = names_of(tx, &pairs)?;
    all.names = names;
    for (item, name) in pairs {
        let Some(signal) = places.get(&item).and_then(|place| all.items.get_mut(*place)) else { continue };
        signal.names.extend(known.get(&name));
        signal.said.extend(said.get(&name));
    }
    for signal in &mut all.items {
        // Rows come in the order in which names were first seen, which says nothing.
        signal.names.sort_unstable();
        signal.said.sort_unstable_by_key(|kind| kind.word());
    }
    Ok(all)
}

/// Names by kind and id, the place of each row among them, and the rows that stand for what is said.
type Named = (Vec<Name>, HashMap<i64, u32>, HashMap<i64, StatementKind>);

fn names_of(tx: &Transaction<'_>, pairs: &[(i64, i64)]) -> Done<Named> {
    let ids: HashSet<i64> = pairs.iter().map(|(_, name)| *name).collect();
    let mut statement = tx.prepare_cached("SELECT kind, entity, name FROM names WHERE id = ?1")?;
    let (mut found, mut said) = (Vec::with_capacity(ids.len()), HashMap::new());
    for id in ids {
        let (kind, entity, name): (String, String, String) =
            statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if kind == SAID {
            said.extend(StatementKind::from_word(&entity).map(|kind| (id, kind)));
        } else if let Some(kind) = MentionKind::from_word(&kind) {
            found.push((id, Name { kind, id: entity, name }));
        }
    }
    found.sort_unstable_by(|(_, a), (_, b)| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    let known = (0u32..).zip(&found).map(|(place, (id, _))| (*id, place)).collect();
    Ok((found.into_iter().map(|(_, name)| name).collect(), known, said))
}
