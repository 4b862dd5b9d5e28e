//! Web pages: one page that is watched for changes, or a section of a site, which is a page of links and the pages of that
//! site which it links to. No form is filled in, nothing is searched for. No script is run, unless a person decided that a
//! browser captures the pages of the source ([`vedette_core::Render`]).

mod captured;
mod main_text;
mod page;
mod robots;
mod section;

pub use section::SectionConnector;

use serde::{Deserialize, Serialize};
use url::Url;
use vedette_core::{Cursor, Render, Source};

use self::page::{NAME, PageState, Pages, write};
use crate::connector::Take;
use crate::guard::shown;
use crate::{CollectError, Connector, Env};

/// Follows one page.
pub struct WebConnector {
    pages: Pages,
}

/// Where the page stands.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    form: u32,
    page: PageState,
}

impl WebConnector {
    /// A connector for a source of kind `web`; nothing is asked yet.
    pub fn new(source: &Source, env: Env) -> Result<Self, CollectError> {
        Ok(Self { pages: Pages::new(&source.asked, env)? })
    }

    /// What works and what is missing, one line each.
    pub fn check(&self) -> Result<Vec<String>, CollectError> {
        let mut state = PageState::new(self.pages.address.as_str());
        let haul = self.pages.visit(&mut state)?;
        let found = haul.as_ref().and_then(|haul| haul.found.first());
        let text_bytes = found.map_or(0, |found| found.text.len());
        let mut lines = vec![format!("{} answers with {text_bytes} bytes of main text", shown(&self.pages.address))];
        let render = self.pages.asked.reach.render;
        let browser = self.pages.env.browsers.installed();
        match (text_bytes, render, browser) {
            (_, Render::Changed | Render::Always, Err(error)) => lines.push(format!("missing: no capture: {error}")),
            (_, Render::Changed | Render::Always, Ok(())) => match self.pages.env.browsers.check() {
                Ok(browser) => lines.push(format!("its pages are captured ({}) by {browser}", render.word())),
                Err(error) => lines.push(format!("missing: no capture: {error}")),
            },
            (0, Render::Never, Ok(())) => lines.push(
                "missing: no text without running scripts; the page is kept as it comes; the browser of this machine could read it (`vedette source reach ID --render changed`)"
                    .to_owned(),
            ),
            (0, Render::Never, Err(_)) => {
                lines.push("missing: no text without running scripts; the page is kept as it comes".to_owned());
            }
            _ => {}
        }
        Ok(lines)
    }
}

impl Connector for WebConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn collect(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let mut position = match cursor {
            Some(cursor) => serde_json::from_str::<Position>(&cursor.0)
                .map_err(|error| CollectError::BadCursor { why: error.to_string() })?,
            None => Position { form: 1, page: PageState::new(self.pages.address.as_str()) },
        };
        if let Some(mut haul) = self.pages.visit(&mut position.page)? {
            haul.cursor = Some(write(&position));
            take(haul)?;
        }
        Ok(())
    }

    fn fetch_file(&mut self, url: &str) -> Result<Vec<u8>, CollectError> {
        let url = Url::parse(url)
            .map_err(|error| CollectError::BadAddress { address: url.to_owned(), why: error.to_string() })?;
        self.pages.file(&url)
    }
}

#[cfg(test)]
mod captured_tests;
#[cfg(test)]
mod tests;
