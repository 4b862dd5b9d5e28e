//! What the feed suites of gofeed and feedparser expect, compared with what our connector reads. A case passes when every
//! value that it expects of an entry's id, link, title, date, summary or content is found, with white space squeezed, tags
//! taken off and character references read on both sides. Cases about the feed itself, or about parts of an entry that the
//! connector does not take, are counted as read or not read.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;
use vedette_collect::feed::{ReadEntry, ReadFeed};

/// Results by cause.
#[derive(Default)]
pub struct Tally {
    judged: usize,
    passed: usize,
    others: usize,
    others_read: usize,
    causes: BTreeMap<String, (usize, String)>,
}

impl Tally {
    fn add(&mut self, name: &str, causes: Vec<String>) {
        self.judged += 1;
        self.passed += usize::from(causes.is_empty());
        if let Some(cause) = causes.into_iter().next() {
            self.causes.entry(cause).or_insert((0, name.to_owned())).0 += 1;
        }
    }

    pub fn print(&self, suite: &str) {
        let share = 100.0 * self.passed as f64 / self.judged.max(1) as f64;
        println!("{suite}: {} of {} judged cases pass ({share:.1} %)", self.passed, self.judged);
        println!(
            "  other cases (the feed itself, parts not taken): {} of {} documents read",
            self.others_read, self.others
        );
        let mut causes: Vec<_> = self.causes.iter().collect();
        causes.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (cause, (count, first)) in causes.into_iter().take(25) {
            println!("  {count} × {cause} (such as {first})");
        }
    }
}

fn read(path: &Path) -> Result<Result<ReadFeed, String>, Box<dyn Error>> {
    let address = Url::parse("http://127.0.0.1:8097/feed.xml")?;
    let bytes = std::fs::read(path)?;
    Ok(vedette_collect::feed::read(&bytes, &address).map_err(|error| short(&error.to_string())))
}

fn short(error: &str) -> String {
    let error = error.split(" at position").next().unwrap_or_default();
    error.chars().filter(|ch| !ch.is_ascii_digit()).take(110).collect()
}

/// Text as it is compared.
fn plain(text: &str) -> String {
    let mut out = text.to_owned();
    for _ in 0..2 {
        let mut stripped = String::new();
        let mut in_tag = false;
        for ch in out.chars() {
            match ch {
                '<' => in_tag = true,
                '>' if in_tag => in_tag = false,
                ch if !in_tag => stripped.push(ch),
                _ => {}
            }
        }
        out = stripped;
        for (from, to) in [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&#39;", "'"),
            ("&#34;", "\""),
            ("&amp;", "&"),
        ] {
            out = out.replace(from, to);
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn same(kind: &str, expected: &str, entry: &ReadEntry) -> bool {
    let found = &entry.found;
    let text = |ours: &str| plain(expected) == plain(ours);
    match kind {
        "title" => text(found.title.as_deref().unwrap_or_default()),
        "id" => plain(expected).is_empty() || plain(&found.native_id) == plain(expected),
        "link" => {
            let ours = found.url.as_deref().unwrap_or_default();
            expected.trim() == ours || Url::parse(expected.trim()).is_ok_and(|url| url.as_str() == ours)
        }
        _ => text(&found.text),
    }
}

/// gofeed: the JSON beside the document.
pub fn gofeed(path: &Path, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let beside = path.with_extension("json");
    let beside = if path == beside { path.with_file_name(format!("{stem}_expected.json")) } else { beside };
    if !beside.is_file() {
        return Ok(());
    }
    let expected: Value = serde_json::from_slice(&std::fs::read(&beside)?)?;
    let ours = read(path)?;
    let entries = expected.get("items").or_else(|| expected.get("entries")).and_then(Value::as_array);
    let Some(entries) = entries.filter(|entries| !entries.is_empty()) else {
        tally.others += 1;
        tally.others_read += usize::from(ours.is_ok());
        return Ok(());
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let feed = match ours {
        Ok(feed) => feed,
        Err(why) => {
            tally.add(&name, vec![format!("not read: {why}")]);
            return Ok(());
        }
    };
    let mut causes = Vec::new();
    if feed.entries.len() < entries.len() {
        causes.push("fewer entries".to_owned());
    }
    for (expected, ours) in entries.iter().zip(&feed.entries) {
        causes.extend(gofeed_entry(expected, ours));
    }
    tally.add(&name, causes);
    Ok(())
}

fn gofeed_entry(expected: &Value, ours: &ReadEntry) -> Vec<String> {
    let text = |key: &str| match expected.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Object(fields)) => fields.get("value").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    let mut causes = Vec::new();
    let mut want = |kind: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty())
            && !same(kind, &value, ours)
        {
            causes.push(format!("{kind} differs"));
        }
    };
    want("title", text("title"));
    want("id", text("guid").or_else(|| text("id")));
    want("link", text("link"));
    let contents = ["content", "content_html", "content_text", "description", "summary"];
    want("text", contents.iter().find_map(|key| text(key)));
    let dates = ["pubDateParsed", "publishedParsed", "updatedParsed", "date_published"];
    if let Some(at) = dates.iter().find_map(|key| text(key)).and_then(|at| at.parse::<Timestamp>().ok())
        && ours.found.posted_at.map(|at| at.as_second()) != Some(at.as_second())
    {
        causes.push("date differs".to_owned());
    }
    causes
}

/// feedparser: a Python expression in the document's first comment; the simple ones are read.
pub fn feedparser(path: &Path, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let head = String::from_utf8_lossy(bytes.get(..4_096).unwrap_or(&bytes)).into_owned();
    let ours = read(path)?;
    let expression = head.lines().find_map(|line| line.trim().strip_prefix("Expect:")).unwrap_or_default().trim();
    let expression = expression.strip_prefix("not bozo and ").unwrap_or(expression);
    let sanitised = path.components().any(|part| part.as_os_str() == "sanitize");
    let Some((index, kind, value)) = simple(expression).filter(|_| !sanitised) else {
        tally.others += 1;
        tally.others_read += usize::from(ours.is_ok());
        return Ok(());
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let causes = match &ours {
        Err(why) => vec![format!("not read: {why}")],
        Ok(feed) => match (feed.entries.get(index), &value) {
            _ if kind == "count" => {
                let same = feed.entries.len().to_string() == value;
                if same { Vec::new() } else { vec!["number of entries differs".to_owned()] }
            }
            (None, _) => vec!["fewer entries".to_owned()],
            (Some(entry), value) if kind == "date" => {
                let same = entry.found.posted_at.is_some_and(|at| at.to_string() == *value)
                    || entry.found.edited_at.is_some_and(|at| at.to_string() == *value);
                if same { Vec::new() } else { vec!["date differs".to_owned()] }
            }
            (Some(entry), value) if same(kind, value, entry) => Vec::new(),
            (Some(_), _) => vec![format!("{kind} differs")],
        },
    };
    tally.add(&name, causes);
    Ok(())
}

/// `entries[N]['key'] == 'value'` and `len(entries) == N`.
fn simple(expression: &str) -> Option<(usize, &'static str, String)> {
    let (left, right) = expression.split_once(" == ")?;
    let right = right.trim().trim_end_matches("-->").trim();
    if left == "len(entries)" {
        return Some((0, "count", right.to_owned()));
    }
    let rest = left.strip_prefix("entries[")?;
    let (index, key) = rest.split_once(']')?;
    let kind = match key {
        "['title']" | "['title_detail']['value']" | ".title" => "title",
        "['id']" | "['guid']" => "id",
        "['link']" => "link",
        "['description']" | "['summary']" | "['summary_detail']['value']" | "['content'][0]['value']" => "text",
        "['published_parsed']" | "['updated_parsed']" | "['date_parsed']" | "['created_parsed']" => "date",
        _ => return None,
    };
    let value = if kind == "date" { date(right)? } else { literal(right)? };
    Some((index.parse().ok()?, kind, value))
}

/// A date tuple of Python.
fn date(text: &str) -> Option<String> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let parts: Vec<i64> = inner.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().ok()?;
    let [year, month, day, hour, minute, second, ..] = parts.as_slice() else { return None };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// A text of Python, whole expression or nothing.
fn literal(text: &str) -> Option<String> {
    let text = text.strip_prefix('u').unwrap_or(text);
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let mut chars = text.get(1..)?.chars();
    let mut out = String::new();
    while let Some(ch) = chars.next() {
        match ch {
            ch if ch == quote => return chars.as_str().trim().is_empty().then_some(out),
            '\\' => {
                let code = |chars: &mut std::str::Chars<'_>, digits: usize| {
                    let digits: String = chars.take(digits).collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
                };
                out.push(match chars.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'x' => code(&mut chars, 2)?,
                    'u' => code(&mut chars, 4)?,
                    'U' => code(&mut chars, 8)?,
                    other => other,
                });
            }
            ch => out.push(ch),
        }
    }
    None
}
