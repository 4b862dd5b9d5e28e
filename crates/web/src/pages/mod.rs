//! The pages, one file each, and what all of them share.

mod alerts;
mod calibration;
mod campaigns;
mod families;
mod family_diff;
mod help;
mod inbox;
mod item;
mod item_view;
mod points;
mod register;
mod reports;
pub(crate) mod search;
mod series;
mod sides;
mod sources;
mod timeline;
mod translation;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::words::encoded;

/// The head of every page.
#[derive(Debug, Clone)]
pub(crate) struct Top {
    /// Which entry of the menu is ours.
    pub(crate) section: &'static str,
    /// Who sits here; empty on error pages.
    pub(crate) who: String,
    /// What stands in the search box.
    pub(crate) query: String,
}

impl Top {
    pub(crate) fn new(section: &'static str, who: &str, query: &str) -> Self {
        Self { section, who: who.to_owned(), query: query.to_owned() }
    }
}

/// Leafing through a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pager {
    /// First row shown, from 1.
    pub(crate) first: usize,
    /// Last row shown.
    pub(crate) last: usize,
    /// Rows in all.
    pub(crate) total: u64,
    /// Number of this page, from 1.
    number: usize,
    /// Address of the page before.
    pub(crate) before: Option<String>,
    /// Address of the next page.
    pub(crate) after: Option<String>,
}

impl Pager {
    /// Number of this page, from 1.
    pub(crate) fn page(&self) -> usize {
        self.number.max(1)
    }

    /// For `shown` rows of `total` on `page` (from 1) of `size` rows; `address` ends so that `page=N` can follow.
    fn new(page: usize, size: usize, shown: usize, total: u64, address: &str) -> Self {
        let skipped = (page - 1) * size;
        Self {
            first: if shown == 0 { 0 } else { skipped + 1 },
            last: skipped + shown,
            total,
            number: page,
            before: (page > 1).then(|| format!("{address}page={}", page - 1)),
            after: ((skipped + shown) as u64).lt(&total).then(|| format!("{address}page={}", page + 1)),
        }
    }
}

/// A choice of a drop-down list.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// `path?name=value&…&`, without the fields that are empty.
fn address(path: &str, fields: &[(&str, &str)]) -> String {
    let mut out = format!("{path}?");
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        out.push_str(&format!("{name}={}&", encoded(value)));
    }
    out
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(inbox::page))
        .route("/item/{id}", get(item::page))
        .route("/item/{id}/review", post(item::review))
        .route("/item/{id}/points", get(points::page).post(points::decide))
        .route("/calibration", get(calibration::page))
        .route("/register", get(register::list))
        .route("/register/new", get(register::new))
        .route("/register/propose", post(register::propose))
        .route("/register/proposal/{number}", post(register::decide))
        .route("/register/{kind}/{id}", get(register::one))
        .route("/campaigns", get(campaigns::list))
        .route("/campaigns/accept", post(campaigns::accept))
        .route("/campaigns/undo", post(campaigns::undo))
        .route("/campaigns/{id}", get(campaigns::one))
        .route("/campaigns/{id}/dismiss", post(campaigns::dismiss))
        .route("/campaigns/{id}/merge", post(campaigns::merge))
        .route("/campaigns/{id}/split", post(campaigns::split))
        .route("/source/{id}/grade", post(sources::grade))
        .route("/item/{id}/seen", post(item::seen))
        .route("/item/{id}/cite", post(item::cite))
        .route("/item/{id}/translate", post(translation::now))
        .route("/item/{id}/translation/{text}", get(translation::page).post(translation::revise))
        .route("/item/{id}/translation/{text}/sign", post(translation::sign))
        .route("/picture/{sha256}", get(item::picture))
        .route("/picture/{sha256}/blurred", get(item::blurred))
        .route("/search", get(search::page))
        .route("/families", get(families::list))
        .route("/family/rejoin", post(families::rejoin))
        .route("/family/{id}", get(families::one))
        .route("/family/{id}/part", post(families::part))
        .route("/family/{id}/diff", get(family_diff::page))
        .route("/series", get(series::list))
        .route("/series/{id}", get(series::one))
        .route("/sources", get(sources::list))
        .route("/source/{id}", get(sources::one))
        .route("/alerts", get(alerts::page))
        .route("/alert/{id}", post(alerts::set))
        .route("/timeline", get(timeline::page))
        .route("/reports", get(reports::list).post(reports::new))
        .route("/report/{id}", get(reports::view))
        .route("/report/{id}/edit", get(reports::edit).post(reports::save))
        .route("/report/{id}/cite", post(reports::cite))
        .route("/report/{id}/release", post(reports::release))
        .route("/help", get(help::page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_knows_its_ends() {
        let first = Pager::new(1, 50, 50, 120, "/?");
        assert_eq!((first.first, first.last, first.before, first.after.as_deref()), (1, 50, None, Some("/?page=2")));
        let last = Pager::new(3, 50, 20, 120, "/?level=low&");
        assert_eq!((last.first, last.last, last.after), (101, 120, None));
        assert_eq!(last.before.as_deref(), Some("/?level=low&page=2"));
        assert_eq!(Pager::new(1, 50, 0, 0, "/?").first, 0);
    }

    #[test]
    fn an_address_holds_what_is_set_and_nothing_else() {
        assert_eq!(address("/", &[("level", ""), ("source", "s1")]), "/?source=s1&");
        assert_eq!(address("/search", &[("q", "a&b")]), "/search?q=a%26b&");
    }
}
