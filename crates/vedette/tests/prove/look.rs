//! Looking at a workspace from outside, by plain SQL and plain files: what is there, what hangs in the air, what was
//! acknowledged and is gone.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use vedette_core::{SearchRequest, SortBy};
use vedette_store::{OpenMode, Workspace};

fn catalogue(workspace: &Path) -> Connection {
    Connection::open(workspace.join("catalogue.sqlite")).unwrap()
}

fn lines(workspace: &Path, sql: &str) -> BTreeSet<String> {
    let connection = catalogue(workspace);
    let mut statement = connection.prepare(sql).unwrap();
    let found = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    found.map(|line| line.unwrap()).collect()
}

/// Everything that two lives must have alike: versions with what was read of them, files, exhibits, what waits.
pub fn holdings(workspace: &Path) -> BTreeSet<String> {
    let mut all = lines(
        workspace,
        "SELECT 'version ' || i.source || ' ' || i.native_id || ' ' || v.number || ' ' || hex(v.key) || ' ' || v.state
             || ' ' || hex(v.exhibit) || ' derived ' || (SELECT COUNT(*) FROM derived d WHERE d.version = v.id)
             || ' now ' || i.state
         FROM versions v JOIN items i ON i.id = v.item",
    );
    all.extend(lines(
        workspace,
        "SELECT 'file ' || i.native_id || ' ' || v.number || ' ' || a.name || ' ' || COALESCE(hex(a.exhibit), 'none')
         FROM attachments a JOIN versions v ON v.id = a.version JOIN items i ON i.id = v.item",
    ));
    all.extend(lines(workspace, "SELECT 'exhibit ' || hex(sha256) FROM exhibits WHERE sealed = 0"));
    all.extend(lines(workspace, "SELECT 'job ' || version || ' ' || kind FROM jobs"));
    all
}

/// What exists twice that must exist once, and what points nowhere.
pub fn loose_ends(workspace: &Path) -> Vec<String> {
    let connection = catalogue(workspace);
    let mut found = Vec::new();
    for (what, sql) in [
        ("items twice", "SELECT COUNT(*) - COUNT(DISTINCT source || ' ' || native_id) FROM items"),
        ("versions twice", "SELECT COUNT(*) - COUNT(DISTINCT item || ' ' || hex(key)) FROM versions"),
        ("numbers twice", "SELECT COUNT(*) - COUNT(DISTINCT item || ' ' || number) FROM versions"),
        ("files twice", "SELECT COUNT(*) - COUNT(DISTINCT version || ' ' || name) FROM attachments"),
        ("items without a version", "SELECT COUNT(*) FROM items WHERE id NOT IN (SELECT item FROM versions)"),
        ("dangling rows", "SELECT COUNT(*) FROM pragma_foreign_key_check"),
    ] {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        if count != 0 {
            found.push(format!("{what}: {count}"));
        }
    }
    let known = lines(workspace, "SELECT lower(hex(sha256)) FROM exhibits");
    for file in files(&workspace.join("vault")) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !known.contains(&name) {
            found.push(format!("a file that no row knows: {}", file.display()));
        }
    }
    found
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// Lines of the list of what was acknowledged that the workspace does not hold.
pub fn lost(workspace: &Path, acks: &BTreeSet<String>) -> Vec<String> {
    let held = lines(
        workspace,
        "SELECT i.source || ' ' || lower(hex(v.key)) || ' ' || lower(hex(v.exhibit)) || ' ' || i.native_id
         FROM versions v JOIN items i ON i.id = v.item JOIN exhibits e ON e.sha256 = v.exhibit
         WHERE e.erased = 0",
    );
    acks.difference(&held).cloned().collect()
}

/// What `vedette verify` finds.
pub fn findings(workspace: &Path) -> Vec<String> {
    let open = Workspace::open(workspace, OpenMode::ReadOnly).unwrap();
    let report =
        vedette_preserve::verify::verify(&*open.records(), &*open.blobs(), &mut |_, _| {}).expect("verify runs");
    report.findings.iter().map(|finding| format!("{finding:?}")).collect()
}

/// Items that the search index does not find by their own word.
pub fn not_found(workspace: &Path) -> Vec<String> {
    let connection = catalogue(workspace);
    let mut statement = connection.prepare("SELECT id, text FROM items ORDER BY id").unwrap();
    let items: Vec<(i64, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(|row| row.unwrap()).collect();
    let index = Workspace::open(workspace, OpenMode::ReadOnly).unwrap().index();
    let mut missing = Vec::new();
    for (id, text) in items {
        let word = text.split_whitespace().next().unwrap_or_default();
        let query = vedette_search::parse(word, Timestamp::UNIX_EPOCH).unwrap();
        let request = SearchRequest { query, sort: SortBy::Newest, limit: 10, offset: 0, facets: vec![] };
        let hits = index.search(&request).unwrap().hits;
        if hits.iter().filter(|hit| hit.id.0 == id).count() != 1 {
            let found: Vec<i64> = hits.iter().map(|hit| hit.id.0).collect();
            missing.push(format!("item {id} by `{word}`: hits are the items {found:?}"));
        }
    }
    missing
}
