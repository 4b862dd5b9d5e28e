//! A workspace in a temporary folder, and posts of the invented world to put into it.
#![allow(dead_code)]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use vedette_core::ports::{Blobs, CustodyLog, Index, IndexDocument, Queue, Records};
use vedette_core::*;
use vedette_preserve::{canonical, sha256};
use vedette_store::{OpenMode, Workspace};

/// An open workspace with one source.
pub struct Desk {
    pub dir: TempDir,
    pub workspace: Option<Workspace>,
    pub records: Arc<dyn Records>,
    pub queue: Arc<dyn Queue>,
    pub blobs: Arc<dyn Blobs>,
    pub index: Arc<dyn Index>,
    pub source: SourceId,
}

impl Desk {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(dir.path(), OpenMode::Create).unwrap();
        let source = workspace.records().add_source(&new_source("Marrow Valley Courier"), at(0)).unwrap().id;
        Self {
            records: workspace.records(),
            queue: workspace.queue(),
            blobs: workspace.blobs(),
            index: workspace.index(),
            workspace: Some(workspace),
            dir,
            source,
        }
    }

    /// The same with keys of its own, in a folder beside the workspace.
    pub fn signed() -> Self {
        let desk = Self::new();
        desk.reopen_signed(true).unwrap()
    }

    /// The folder of keys, outside the workspace.
    pub fn keys(&self) -> std::path::PathBuf {
        keys_beside(self.dir.path())
    }

    /// Closes everything and opens it again with its keys.
    pub fn reopen_signed(self, refuse: bool) -> StoreResult<Self> {
        let Self { dir, workspace, records, queue, blobs, index, source } = self;
        drop((workspace, records, queue, blobs, index));
        let custody = vedette_store::Custody { keys: keys_beside(dir.path()), refuse, now: at(0) };
        let workspace = Workspace::open_signed(dir.path(), OpenMode::Write, &custody)?;
        Ok(Self {
            records: workspace.records(),
            queue: workspace.queue(),
            blobs: workspace.blobs(),
            index: workspace.index(),
            workspace: Some(workspace),
            dir,
            source,
        })
    }

    pub fn log(&self) -> Arc<dyn CustodyLog> {
        self.workspace.as_ref().unwrap().log()
    }

    /// Closes everything, as a process that ends, and opens it again.
    pub fn reopen(self) -> Self {
        let Self { dir, workspace, records, queue, blobs, index, source } = self;
        drop((workspace, records, queue, blobs, index));
        let workspace = Workspace::open(dir.path(), OpenMode::Write).unwrap();
        Self {
            records: workspace.records(),
            queue: workspace.queue(),
            blobs: workspace.blobs(),
            index: workspace.index(),
            workspace: Some(workspace),
            dir,
            source,
        }
    }

    pub fn take(&self, minute: i64, posts: &[NewVersion]) -> Vec<TakenVersion> {
        self.records.take_in(&[intake(self.source, minute, posts)]).unwrap().remove(0).versions
    }

    /// What `vedette verify` says, in short.
    pub fn wrong(&self) -> Vec<String> {
        let log = self.log();
        let report =
            vedette_preserve::verify::verify_all(&*self.records, &*self.blobs, Some(&*log), &mut |_, _| {}).unwrap();
        assert_eq!(report.ok, report.findings.is_empty());
        report.findings.into_iter().map(|finding| finding.what).collect()
    }

    /// A connection behind the store's back.
    pub fn tamper(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.dir.path().join("catalogue.sqlite")).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let changed = connection.execute(sql, []).unwrap();
        assert!(changed > 0, "nothing was tampered with: {sql}");
    }
}

/// Where tests put keys: copies of a workspace leave this folder out.
pub fn keys_beside(dir: &std::path::Path) -> std::path::PathBuf {
    dir.join("outside")
}

pub fn at(minute: i64) -> Timestamp {
    "2026-11-01T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

pub fn new_source(name: &str) -> NewSource {
    NewSource {
        kind: SourceKind::Rocketchat,
        address: "https://chat.example.org".to_owned(),
        room: Some("lanterns".to_owned()),
        name: name.to_owned(),
        outlet: None,
        countries: Vec::new(),
        allow_private: vec![],
        secret: None,
        authorisation: Authorisation {
            authorised_by: "A. Editor".to_owned(),
            basis: "research".to_owned(),
            kind: AuthorityKind::Public,
            recorded_at: at(0),
            until: None,
        },
        reach: vedette_core::Reach::default(),
        keeping: vedette_core::Keeping::default(),
    }
}

/// A plain post.
pub fn post(native_id: &str, text: &str) -> NewVersion {
    let mut post = NewVersion {
        native_id: native_id.to_owned(),
        key: Sha256::default(),
        state: VersionState::Posted,
        exhibit: sha256(slice(native_id, text).as_bytes()),
        title: None,
        text: text.to_owned(),
        markup: Markup::Plain,
        url: None,
        posted_at: Some(at(-10)),
        edited_at: None,
        author_key: Some("p-00112233aabb".to_owned()),
        thread_of: None,
        lang: None,
        attachments: vec![],
        needs_job: false,
    };
    post.key = canonical::version_key(&post);
    post
}

pub fn edited(native_id: &str, text: &str, minute: i64) -> NewVersion {
    let mut post = post(native_id, text);
    post.state = VersionState::Edited;
    post.edited_at = Some(at(minute));
    post.key = canonical::version_key(&post);
    post
}

pub fn deleted(native_id: &str) -> NewVersion {
    let mut post = post(native_id, "");
    post.state = VersionState::Deleted;
    post.key = canonical::version_key(&post);
    post
}

/// A post with one file that could not be fetched.
pub fn with_missing_file(native_id: &str) -> NewVersion {
    let mut post = post(native_id, "see the poster");
    post.attachments.push(NewAttachment {
        name: "poster.png".to_owned(),
        media_type: Some("image/png".to_owned()),
        url: Some(format!("https://chat.example.org/file/{native_id}")),
        exhibit: None,
        error: Some("timed out".to_owned()),
    });
    post.key = canonical::version_key(&post);
    post
}

pub fn slice(native_id: &str, text: &str) -> String {
    format!("{{\"_id\":\"{native_id}\",\"msg\":\"{text}\"}}")
}

pub fn inline(bytes: &[u8], sealed: bool) -> NewExhibit {
    NewExhibit {
        sha256: sha256(bytes),
        size_bytes: bytes.len() as u64,
        media_type: "application/json".to_owned(),
        inline: Some(bytes.to_vec()),
        sealed,
    }
}

/// One response page with these posts.
pub fn intake(source: SourceId, minute: i64, posts: &[NewVersion]) -> Intake {
    let page = posts.iter().map(|post| slice(&post.native_id, &post.text)).collect::<Vec<_>>().join(",");
    let mut exhibits: Vec<NewExhibit> =
        posts.iter().map(|post| inline(slice(&post.native_id, &post.text).as_bytes(), false)).collect();
    let page = inline(format!("[{page}]").as_bytes(), true);
    let capture = NewCapture {
        url: format!("https://chat.example.org/api/v1/channels.history?at={minute}"),
        connector: "rocketchat-rest/1".to_owned(),
        status: 200,
        fetched_at: at(minute),
        page: page.sha256,
        page_size_bytes: page.size_bytes,
        page_keep: PageKeep::Sealed,
    };
    exhibits.insert(0, page);
    Intake {
        source,
        capture,
        exhibits,
        versions: posts.to_vec(),
        cursor: Some(Cursor(format!("{{\"after\":{minute}}}"))),
        notes: vec![],
        gaps: vec![],
    }
}

/// What a pipeline would say of a version.
pub fn derived(taken: &TakenVersion, text: &str, level: Level) -> Derived {
    Derived {
        version: taken.version,
        item: taken.item,
        readings: vec![Reading {
            language: Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 0.9 },
            ..Reading::new(ReadingKind::Text, "as posted", text)
        }],
        findings: vec![Findings::default()],
        sketch: Some(vec![1, 2, 3]),
        images: vec![],
        likenesses: vec![],
        family: None,
        merged_families: vec![],
        assessment: Assessment {
            level,
            tier: None,
            reasons: vec![Reason {
                group: ReasonGroup::Intent,
                name: "threat".to_owned(),
                weight: 3.0,
                quote: text.to_owned(),
                start: 0,
                end: text.len(),
                reading: 0,
            }],
        },
        outlet: Some("lantern-media".to_owned()),
        made_with: "test/1".to_owned(),
        problems: vec![],
        read_with: String::new(),
        next: None,
    }
}

pub fn decision(level: Level, minute: i64) -> Decision {
    Decision {
        proposed: Some(Level::HighSpecific),
        verdict: Verdict::Change,
        level,
        reason: "seen before".to_owned(),
        by: "A. Editor".to_owned(),
        at: at(minute),
    }
}

pub fn document(id: i64, original: &str) -> IndexDocument {
    IndexDocument {
        item: ItemId(id),
        source: "s1".to_owned(),
        source_name: "Marrow Valley Courier".to_owned(),
        outlet: Some("lantern-media".to_owned()),
        posted_at: at(id),
        language: "en".to_owned(),
        level: Level::Low,
        tier: None,
        state: "posted".to_owned(),
        family: None,
        entities: vec!["actor:grey-lantern".to_owned()],
        statements: vec![],
        original: original.to_owned(),
        ocr: String::new(),
        translation: String::new(),
        earlier: String::new(),
    }
}
