//! Collections of news and posts for false alarms and load: gzipped JSON lines `{id, text, lang?, date?}`.

use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use crate::Failure;

/// Bytes of unpacked text of one collection: all of them are smaller.
const COLLECTION_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// One text.
#[derive(Debug, Deserialize)]
pub(crate) struct Document {
    #[serde(default)]
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub lang: String,
}

/// A collection by the name of its file.
pub(crate) struct Collection {
    pub name: &'static str,
    pub file: &'static str,
    /// Whole articles, not single posts.
    pub articles: bool,
}

pub(crate) const COLLECTIONS: [Collection; 6] = [
    Collection { name: "Reuters, business", file: "reuters21578_en.jsonl.gz", articles: true },
    Collection { name: "newswire, general", file: "newswire_tempeval_en.jsonl.gz", articles: true },
    Collection { name: "Arabic news", file: "saudinewsnet_ar.jsonl.gz", articles: true },
    Collection { name: "Persian news", file: "farsi_news_fa.jsonl.gz", articles: true },
    Collection { name: "Russian news", file: "factrueval_ru.jsonl.gz", articles: true },
    Collection { name: "posts", file: "short_posts_75langs.jsonl.gz", articles: false },
];

/// Reads a collection; lines that are no document are left out.
pub(crate) fn read(data: &Path, collection: &Collection) -> Result<Vec<Document>, Failure> {
    let path = data.join("news").join(collection.file);
    let file = std::fs::File::open(&path).map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    let unpacked = std::io::Read::take(MultiGzDecoder::new(file), COLLECTION_BYTES_MAX);
    let mut documents = Vec::new();
    for line in BufReader::new(unpacked).lines() {
        let line = line.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        documents.extend(serde_json::from_str::<Document>(&line).ok());
    }
    if documents.is_empty() {
        return Err(format!("{} holds no documents", path.display()));
    }
    Ok(documents)
}
