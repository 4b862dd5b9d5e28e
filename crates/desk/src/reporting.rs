//! Reports: written from cited items, checked against them, released by a named person.

use vedette_core::{
    Audience, Cleared, Draft, ItemId, LeafKind, Release, Report, ReportId, ReportStatus, Reviewer, VersionId,
};
use vedette_publish::{CitedText, Problem, Severity};

use crate::{Desk, DeskError, DeskResult, Role, Who};

impl Desk {
    /// All reports, newest first.
    pub fn reports(&self) -> DeskResult<Vec<Report>> {
        Ok(self.ports.records.reports()?)
    }

    /// One report.
    pub fn report(&self, id: ReportId) -> DeskResult<Report> {
        Ok(self.ports.records.report(id)?)
    }

    /// Begins a report, citing `items` as its first footnotes, with an opening for the author to go on from.
    pub fn new_report(&self, who: &Who, series: &str, title: &str, items: &[ItemId]) -> DeskResult<Report> {
        who.may(Role::Analyst, "write reports")?;
        let number = self
            .ports
            .records
            .reports()?
            .iter()
            .filter(|report| report.series == series)
            .map(|report| report.number)
            .max()
            .unwrap_or(0)
            + 1;
        let mut report = vedette_publish::new_report(series, number, title, who.name(), self.now());
        for item in items {
            let number = self.add_citation(&mut report, *item)?;
            let view = self.ports.records.item(*item)?;
            if let Some(version) = view.content() {
                report.blocks.extend(vedette_publish::opening(&view, version, number));
            }
        }
        report.id = self.ports.records.put_report(&report)?;
        self.audit(who, "report new", &report.id.to_string(), title)?;
        Ok(report)
    }

    /// Cites an item in a report; the number of its footnote.
    pub fn cite(&self, who: &Who, id: ReportId, item: ItemId) -> DeskResult<u32> {
        who.may(Role::Analyst, "write reports")?;
        let mut report = self.ports.records.report(id)?;
        let number = self.add_citation(&mut report, item)?;
        report.updated_at = self.now();
        self.ports.records.put_report(&report)?;
        Ok(number)
    }

    fn add_citation(&self, report: &mut Report, item: ItemId) -> DeskResult<u32> {
        let view = self.ports.records.item(item)?;
        let version = view.content().ok_or_else(|| DeskError::Unusable(format!("{item} has no version to cite")))?;
        Ok(vedette_publish::cite(report, &view, version, view.tree_size))
    }

    /// The report as text that a person can edit.
    pub fn report_source(&self, id: ReportId) -> DeskResult<String> {
        Ok(vedette_publish::to_source(&self.ports.records.report(id)?))
    }

    /// Takes an edited text back. Footnotes are kept; a released report goes back to review.
    pub fn edit_report(&self, who: &Who, id: ReportId, source: &str) -> DeskResult<Report> {
        who.may(Role::Analyst, "write reports")?;
        let old = self.ports.records.report(id)?;
        let mut report =
            vedette_publish::from_source(source, &old).map_err(|error| DeskError::Report(error.to_string()))?;
        report.updated_at = self.now();
        if report.status == ReportStatus::Published {
            report.status = ReportStatus::Review;
        }
        self.ports.records.put_report(&report)?;
        self.audit(who, "report edit", &id.to_string(), "")?;
        Ok(report)
    }

    /// What is wrong with a report: quotes that are not in the cited version, and what the linter minds.
    pub fn check_report(&self, id: ReportId) -> DeskResult<Vec<Problem>> {
        let report = self.ports.records.report(id)?;
        Ok(self.problems(&report))
    }

    fn problems(&self, report: &Report) -> Vec<Problem> {
        vedette_publish::check(report, &|version| self.cited(version))
    }

    fn cited(&self, version: VersionId) -> Option<Vec<CitedText>> {
        self.cited_texts(&self.ports.records.version(version).ok()?).ok()
    }

    /// The report with what its footnotes must say of translations that it quotes.
    fn with_translations(&self, mut report: Report) -> Report {
        vedette_publish::note_translations(&mut report, &|version| self.cited(version));
        report
    }

    /// A rendering for the desk's own eyes, as an HTML fragment: as released, or else marked as a draft.
    pub fn preview_report(&self, id: ReportId, audience: Audience) -> DeskResult<String> {
        let report = self.ports.records.report(id)?;
        Ok(match released(&report, audience) {
            Some(cleared) => vedette_publish::release(&cleared, audience).html_fragment,
            None => vedette_publish::preview(&self.with_translations(report), audience).html_fragment,
        })
    }

    /// Opens a report to an audience. Refused while `check` finds an error; logged with who and why.
    pub fn release_report(&self, who: &Who, id: ReportId, audience: Audience, reason: &str) -> DeskResult<Report> {
        who.may(Role::Editor, "release reports")?;
        let mut report = self.ports.records.report(id)?;
        let errors: Vec<String> = self
            .problems(&report)
            .into_iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.what)
            .collect();
        if !errors.is_empty() {
            return Err(DeskError::Report(format!("{id} cannot be released: {}", errors.join("; "))));
        }
        // As it is released, so it stays: what a translation says later changes no footnote.
        report = self.with_translations(report);
        let release = Release { audience, at: self.now(), by: who.name().to_owned(), reason: reason.to_owned() };
        let record = serde_json::json!({ "report": id, "release": release }).to_string();
        self.ports.records.log(LeafKind::Release, &record, release.at)?;
        report.releases.push(release);
        report.status = ReportStatus::Published;
        self.ports.records.put_report(&report)?;
        self.audit(who, "report release", &id.to_string(), &format!("{audience:?}").to_lowercase())?;
        Ok(report)
    }

    /// A released report for its audience, as `html` or `markdown`.
    pub fn export_report(&self, id: ReportId, audience: Audience, format: &str) -> DeskResult<String> {
        let report = self.ports.records.report(id)?;
        let cleared = released(&report, audience).ok_or_else(|| {
            DeskError::Report(format!(
                "{id} is not released to this audience: `vedette report release {id} --to {}` comes first",
                format!("{audience:?}").to_lowercase()
            ))
        })?;
        let rendered = vedette_publish::release(&cleared, audience);
        match format {
            "html" => Ok(rendered.html_page),
            "markdown" | "md" => Ok(rendered.markdown),
            other => Err(DeskError::Unusable(format!("`{other}` is not a format: expected html or markdown"))),
        }
    }
}

/// The report as a named person let it out to exactly this audience; nothing when nobody did, or when it changed since.
fn released(report: &Report, audience: Audience) -> Option<Cleared<Report>> {
    let release = report.releases.iter().rev().find(|release| release.audience == audience)?;
    if report.status != ReportStatus::Published {
        return None;
    }
    let reviewer = Reviewer::named(&release.by)?;
    Some(Draft::new(report.clone()).clear(reviewer, release.at, &release.reason))
}
