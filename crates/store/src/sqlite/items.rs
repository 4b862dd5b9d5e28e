//! Items and versions as their pages show them.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use vedette_core::{
    Assessment, Attachment, AttachmentId, CaptureId, Decision, FamilyId, ImageHash, Item, ItemId, ItemView,
    LikenessView, SourceId, Version, VersionId, VersionView,
};

use crate::fault::{Done, damaged, not_found};
use crate::sqlite::rows::{
    digest, from_json, from_word, markup, optional_digest, optional_time, state, time, unsigned,
};
use crate::sqlite::{log, sources};

/// Likenesses that an item page shows: the nearest.
const LIKENESSES_SHOWN: i64 = 100;
/// Versions of an item that its page shows: the newest ones, and the first.
const VERSIONS_SHOWN: i64 = 500;

const VERSION_COLUMNS: &str = "SELECT v.id, v.item, v.number, v.state, v.exhibit, v.title, v.text, v.markup,
    v.edited_at, v.lang, v.capture, v.captured_at, v.leaf,
    d.readings, d.findings, d.assessment, d.made_with, d.problems, COALESCE(d.read_with, ''),
    EXISTS (SELECT 1 FROM jobs j WHERE j.version = v.id AND j.kind <> 'translate')
    FROM versions v LEFT JOIN derived d ON d.version = v.id";

fn version_row(tx: &Transaction<'_>, row: &Row<'_>) -> Done<VersionView> {
    let id = VersionId(row.get(0)?);
    let attachments = attachments(tx, id)?;
    let images = attachments.iter().filter_map(image).collect();
    let optional = |column: usize| row.get::<_, Option<String>>(column);
    let version = Version {
        id,
        item: ItemId(row.get(1)?),
        number: row.get(2)?,
        state: state(&row.get::<_, String>(3)?)?,
        exhibit: digest(row, 4)?,
        title: row.get(5)?,
        text: row.get(6)?,
        markup: markup(&row.get::<_, String>(7)?)?,
        edited_at: optional_time(row.get(8)?)?,
        lang: row.get(9)?,
        capture: CaptureId(row.get(10)?),
        captured_at: time(row.get(11)?)?,
        leaf: unsigned(row.get(12)?),
        attachments,
    };
    Ok(VersionView {
        version,
        readings: optional(13)?.as_deref().map_or(Ok(Vec::new()), from_json)?,
        findings: optional(14)?.as_deref().map_or(Ok(Vec::new()), from_json)?,
        images,
        assessment: optional(15)?.as_deref().map_or(Ok(Assessment::default()), from_json)?,
        made_with: optional(16)?.unwrap_or_default(),
        problems: optional(17)?.as_deref().map_or(Ok(Vec::new()), from_json)?,
        read_with: row.get(18)?,
        pending: row.get(19)?,
    })
}

fn image(file: &Attachment) -> Option<ImageHash> {
    let (pdq, quality) = file.pdq.clone()?;
    let (width, height) = file.pixels?;
    Some(ImageHash { attachment: file.id, pdq, quality, width, height })
}

/// The files of a version, in order.
pub(crate) fn attachments(tx: &Transaction<'_>, version: VersionId) -> Done<Vec<Attachment>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, name, media_type, url, exhibit, size_bytes, error, width, height, pdq, quality
         FROM attachments WHERE version = ?1 ORDER BY id",
    )?;
    let found = statement.query_map([version.0], |row| {
        let pixels = row.get::<_, Option<u32>>(7)?.zip(row.get::<_, Option<u32>>(8)?);
        let pdq = row.get::<_, Option<String>>(9)?.zip(row.get::<_, Option<u8>>(10)?);
        Ok(Attachment {
            id: AttachmentId(row.get(0)?),
            name: row.get(1)?,
            media_type: row.get(2)?,
            url: row.get(3)?,
            exhibit: optional_digest(row, 4)?,
            size_bytes: row.get::<_, Option<i64>>(5)?.map(unsigned),
            error: row.get(6)?,
            pixels,
            pdq,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

pub(crate) fn version(tx: &Transaction<'_>, id: VersionId) -> Done<VersionView> {
    let mut statement = tx.prepare_cached(&format!("{VERSION_COLUMNS} WHERE v.id = ?1"))?;
    let mut found = statement.query([id.0])?;
    match found.next()? {
        Some(row) => version_row(tx, row),
        None => Err(not_found("version", id)),
    }
}

fn versions(tx: &Transaction<'_>, item: ItemId) -> Done<Vec<VersionView>> {
    let mut statement = tx.prepare_cached(&format!(
        "{VERSION_COLUMNS} WHERE v.item = ?1 AND (v.number = 1 OR v.number >
            (SELECT MAX(number) FROM versions WHERE item = ?1) - ?2) ORDER BY v.number"
    ))?;
    let mut found = statement.query(params![item.0, VERSIONS_SHOWN])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(version_row(tx, row)?);
    }
    Ok(all)
}

pub(crate) fn item(tx: &Transaction<'_>, id: ItemId) -> Done<ItemView> {
    let mut statement = tx.prepare_cached(
        "SELECT source, native_id, posted_at, first_captured_at, state, url, author_key, thread_of, outlet, family, seen
         FROM items WHERE id = ?1",
    )?;
    let mut found = statement.query([id.0])?;
    let Some(row) = found.next()? else { return Err(not_found("item", id)) };
    let source = SourceId(row.get(0)?);
    let noun = Item {
        id,
        source,
        native_id: row.get(1)?,
        posted_at: time(row.get(2)?)?,
        first_captured_at: time(row.get(3)?)?,
        state: state(&row.get::<_, String>(4)?)?,
        url: row.get(5)?,
        author_key: row.get(6)?,
        thread_of: row.get(7)?,
    };
    Ok(ItemView {
        item: noun,
        source: sources::one(tx, source)?,
        outlet: row.get(8)?,
        versions: versions(tx, id)?,
        likenesses: likenesses(tx, id)?,
        family: row.get::<_, Option<i64>>(9)?.map(FamilyId),
        decisions: decisions(tx, id)?,
        seen: row.get(10)?,
        tree_size: log::size(tx)?,
    })
}

/// What an item is like, whichever of the two came first; nearest first.
fn likenesses(tx: &Transaction<'_>, id: ItemId) -> Done<Vec<LikenessView>> {
    let mut statement = tx.prepare_cached(
        "SELECT l.other, s.name, i.posted_at, l.kind, MIN(l.distance), i.text FROM (
             SELECT other, kind, distance FROM likenesses WHERE item = ?1
             UNION ALL SELECT item, kind, distance FROM likenesses WHERE other = ?1
         ) l JOIN items i ON i.id = l.other JOIN sources s ON s.id = i.source
         GROUP BY l.other, l.kind ORDER BY l.kind, MIN(l.distance), l.other LIMIT ?2",
    )?;
    let mut found = statement.query(params![id.0, LIKENESSES_SHOWN])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(LikenessView {
            other: ItemId(row.get(0)?),
            source: row.get(1)?,
            posted_at: time(row.get(2)?)?,
            kind: from_word(row.get(3)?)?,
            distance: row.get::<_, f64>(4)? as f32,
            text: row.get(5)?,
        });
    }
    Ok(all)
}

pub(crate) fn decisions(tx: &Transaction<'_>, id: ItemId) -> Done<Vec<Decision>> {
    let mut statement = tx
        .prepare_cached("SELECT verdict, level, reason, by, at, proposed FROM decisions WHERE item = ?1 ORDER BY id")?;
    let mut found = statement.query([id.0])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        let level: String = row.get(1)?;
        all.push(Decision {
            verdict: from_word(row.get(0)?)?,
            level: vedette_core::Level::from_word(&level)
                .ok_or_else(|| damaged(format!("`{level}` is no level of a decision")))?,
            proposed: row.get::<_, Option<String>>(5)?.as_deref().and_then(vedette_core::Level::from_word),
            reason: row.get(2)?,
            by: row.get(3)?,
            at: time(row.get(4)?)?,
        });
    }
    Ok(all)
}

pub(crate) fn find_native(tx: &Transaction<'_>, native_id: &str) -> Done<Vec<ItemId>> {
    let mut statement = tx.prepare_cached("SELECT id FROM items WHERE native_id = ?1 ORDER BY id LIMIT 100")?;
    let found = statement.query_map([native_id], |row| Ok(ItemId(row.get(0)?)))?.collect::<Result<Vec<_>, _>>()?;
    if !found.is_empty() {
        return Ok(found);
    }
    // An imported post is named by its file and its own id. This looks at every item, and is asked by people only.
    let mut statement =
        tx.prepare_cached("SELECT id FROM items WHERE substr(native_id, -length(?1)) = ?1 ORDER BY id LIMIT 100")?;
    let found = statement.query_map([format!("#{native_id}")], |row| Ok(ItemId(row.get(0)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The first image file of an item's content, for a blurred picture.
pub(crate) fn first_image(tx: &Transaction<'_>, id: ItemId) -> Done<Option<vedette_core::Sha256>> {
    let found = tx
        .prepare_cached(
            "SELECT a.exhibit FROM attachments a JOIN items i ON i.content_version = a.version
             WHERE i.id = ?1 AND a.exhibit IS NOT NULL AND (a.pdq IS NOT NULL OR a.media_type LIKE 'image/%')
             ORDER BY a.id LIMIT 1",
        )?
        .query_row([id.0], |row| digest(row, 0))
        .optional()?;
    Ok(found)
}
