//! A section of a site: the page that lists, and the pages of that site which it links to. New ones are fetched first;
//! then those that were not visited for longest are asked whether they changed. What the site's `robots.txt` asks not to
//! fetch is not fetched.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use url::Url;
use vedette_core::{Cursor, Source};

use super::main_text;
use super::page::{NAME, PageState, Pages, decoded, write};
use super::robots::{ROBOTS_BYTES_MAX, Robots};
use crate::connector::Take;
use crate::guard::{Response, shown};
use crate::{CollectError, Connector, Env};

/// Links of the listing that are heeded; a section page shows some dozens.
const LINKS_MAX: usize = 200;
/// New pages fetched in one round.
const PAGES_PER_ROUND: usize = 20;
/// Known pages that are asked whether they changed, in one round.
const REVISITS_PER_ROUND: usize = 5;
/// Seconds before a page is asked again.
const REVISIT_S: i64 = 3_600;
/// Pages remembered; what is forgotten and still listed is fetched once more, which adds nothing.
const PAGES_MAX: usize = 2_000;
/// Endings of what is no page; files come with the pages that show them.
const FILES: [&str; 14] =
    [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".css", ".js", ".zip", ".mp3", ".mp4", ".xml", ".rss", ".ico"];

/// Follows a section.
pub struct SectionConnector {
    pages: Pages,
}

/// Where the section stands.
#[derive(Debug, Default, PartialEq, Eq, Clone, Serialize, Deserialize)]
struct Position {
    form: u32,
    listing: PageState,
    /// Pages that were listed and not fetched yet, first listed first.
    waiting: Vec<String>,
    pages: Vec<PageState>,
}

impl SectionConnector {
    /// A connector for a source of kind `section`; nothing is asked yet.
    pub fn new(source: &Source, env: Env) -> Result<Self, CollectError> {
        Ok(Self { pages: Pages::new(&source.asked, env)? })
    }

    /// What works and what is missing, one line each.
    pub fn check(&self) -> Result<Vec<String>, CollectError> {
        let robots = self.robots()?;
        self.permitted(&robots)?;
        let answer = self.pages.get(&self.pages.address, &PageState::default())?;
        let links = answer.map_or(Ok(Vec::new()), |answer| self.links(&answer, &robots))?;
        let mut lines =
            vec![format!("{} answers and lists {} pages of its section", shown(&self.pages.address), links.len())];
        if links.is_empty() {
            lines.push("missing: no links below its path or in its headings; is the list made by a script?".to_owned());
        }
        Ok(lines)
    }

    /// A site without the file permits all; one that cannot be reached permits nothing for now (RFC 9309, section 2.3.1).
    fn robots(&self) -> Result<Robots, CollectError> {
        let mut url = self.pages.address.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        match self.pages.get(&url, &PageState::default()) {
            Ok(Some(answer)) => {
                let text = answer.body.get(..ROBOTS_BYTES_MAX).unwrap_or(&answer.body);
                Ok(Robots::read(&String::from_utf8_lossy(text)))
            }
            Ok(None) => Ok(Robots::default()),
            Err(CollectError::NotFound { .. } | CollectError::Forbidden { .. } | CollectError::Unauthorised { .. }) => {
                Ok(Robots::default())
            }
            Err(CollectError::Status { status: 400..=499, .. }) => Ok(Robots::default()),
            Err(error) => Err(error),
        }
    }

    fn permitted(&self, robots: &Robots) -> Result<(), CollectError> {
        if robots.allows(&path_of(&self.pages.address)) {
            return Ok(());
        }
        Err(CollectError::Refused(format!(
            "{} is closed to robots by the site's robots.txt: follow its feed, or add single pages as sources of kind `web`",
            shown(&self.pages.address)
        )))
    }

    /// Pages of the section that a listing links to, in its order.
    fn links(&self, answer: &Response, robots: &Robots) -> Result<Vec<String>, CollectError> {
        let kind = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let page = main_text::read(&decoded(&answer.body, &kind), &answer.final_url)
            .map_err(|why| CollectError::Malformed { what: shown(&answer.final_url), why })?;
        let here = &answer.final_url;
        let folder = here.path().rsplit_once('/').map_or("/", |(front, _)| front).to_owned() + "/";
        let mut seen = HashSet::new();
        let links = page.links.into_iter().filter(|(url, in_article)| {
            let path = url.path();
            let below = folder != "/" && path.starts_with(&folder) && path.len() > folder.len();
            url.origin() == here.origin()
                && (below || *in_article)
                && path != here.path()
                && path != "/"
                && !FILES.iter().any(|ending| path.to_ascii_lowercase().ends_with(ending))
                && robots.allows(&path_of(url))
        });
        Ok(links.map(|(url, _)| url.to_string()).filter(|url| seen.insert(url.clone())).take(LINKS_MAX).collect())
    }

    fn round(&self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let mut position = match cursor {
            Some(cursor) => serde_json::from_str::<Position>(&cursor.0)
                .map_err(|error| CollectError::BadCursor { why: error.to_string() })?,
            None => Position { form: 1, listing: PageState::new(self.pages.address.as_str()), ..Position::default() },
        };
        let robots = self.robots()?;
        self.permitted(&robots)?;
        if let Some(answer) = self.pages.get(&self.pages.address, &position.listing)? {
            for link in self.links(&answer, &robots)? {
                if !position.waiting.contains(&link) && !position.pages.iter().any(|page| page.url == link) {
                    position.waiting.push(link);
                }
            }
            position.waiting.truncate(PAGES_MAX);
            position.listing.etag = answer.header("etag").map(str::to_owned);
            position.listing.last_modified = answer.header("last-modified").map(str::to_owned);
        }
        for _ in 0..PAGES_PER_ROUND {
            if position.waiting.is_empty() {
                break;
            }
            let url = position.waiting.remove(0);
            let mut state = PageState::new(url);
            let haul = self.visit(&mut state);
            position.pages.push(state);
            let over = position.pages.len().saturating_sub(PAGES_MAX);
            position.pages.drain(..over);
            self.hand_over(haul, &position, take)?;
        }
        let mut due: Vec<(i64, usize)> =
            position.pages.iter().enumerate().map(|(at, page)| (page.checked_s, at)).collect();
        due.sort_unstable();
        let now_s = self.pages.env.now().as_second();
        for (checked_s, at) in due.into_iter().take(REVISITS_PER_ROUND) {
            if now_s.saturating_sub(checked_s) < REVISIT_S {
                break;
            }
            let Some(mut state) = position.pages.get(at).cloned() else { continue };
            let allowed = Url::parse(&state.url).is_ok_and(|url| robots.allows(&path_of(&url)));
            let haul = if allowed { self.visit(&mut state) } else { Ok(None) };
            if let Some(page) = position.pages.get_mut(at) {
                *page = state;
            }
            self.hand_over(haul, &position, take)?;
        }
        Ok(())
    }

    fn visit(&self, state: &mut PageState) -> Result<Option<vedette_core::Haul>, CollectError> {
        match self.pages.visit(state) {
            // One page that cannot be had must not keep the others waiting; it is asked again with the known ones.
            Err(
                error @ (CollectError::NotFound { .. }
                | CollectError::Forbidden { .. }
                | CollectError::Unauthorised { .. }
                | CollectError::Redirects { .. }
                | CollectError::PrivateAddress { .. }
                | CollectError::BadAddress { .. }
                | CollectError::TooLarge { .. }
                | CollectError::Timeout { .. }),
            ) => {
                tracing::info!(%error, "a page of a section was left out");
                Ok(None)
            }
            answer => answer,
        }
    }

    fn hand_over(
        &self,
        haul: Result<Option<vedette_core::Haul>, CollectError>,
        position: &Position,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        if let Some(mut haul) = haul? {
            haul.cursor = Some(write(position));
            take(haul)?;
        }
        Ok(())
    }
}

impl Connector for SectionConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn collect(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        self.round(cursor, take)
    }

    fn fetch_file(&mut self, url: &str) -> Result<Vec<u8>, CollectError> {
        let url = Url::parse(url)
            .map_err(|error| CollectError::BadAddress { address: url.to_owned(), why: error.to_string() })?;
        self.pages.file(&url)
    }
}

fn path_of(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}
