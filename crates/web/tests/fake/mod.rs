//! An invented desk behind the pages' door: literal views of the fictional world, hostile text included, and a list of
//! what was asked of it. For the tests and for the gallery of sample pages.

mod campaigns;
mod judged;
mod kin;
mod registered;
pub mod translated;
mod views;

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;
use vedette_core::{
    Admiralty, Alert, AlertId, AlertKind, AlertState, Audience, CampaignId, Counts, Decision, FamilyId, FamilyView,
    Gap, InboxQuery, InboxRow, ItemId, ItemView, Level, LevelDecision, MentionKind, PointDecision, PointKey, Report,
    ReportId, Revision, RevisionId, Sha256, SortBy, Source, SourceGrade, SourceId, SourceSuggestion, StoreError,
    TimelineBucket, TranslationStatus, Verdict, Watch, WatchId,
};
use vedette_desk::{
    Burst, Calibration, CampaignView, Campaigns, DeskError, DeskResult, EntryRow, EntryView, FamilyDecision,
    GradedSource, ItemTranslations, LastAct, Lineage, Parted, Picture, Point, PointJudgement, Problem, Proposal, Role,
    SearchPage, SeriesRow, SeriesView, Severity, TranslationEdit, Whereabouts, Who,
};
use vedette_web::Door;

pub use views::{HOSTILE, NOW, image_hash};

/// The invented desk.
#[derive(Default)]
pub struct FakeDesk {
    /// What was written, one line each.
    pub written: Mutex<Vec<String>>,
    /// Whether nobody has decided, joined or proposed anything yet.
    pub fresh: bool,
}

impl FakeDesk {
    fn wrote(&self, line: String) {
        self.written.lock().unwrap().push(line);
    }
}

fn missing<T>(what: &'static str, id: impl ToString) -> DeskResult<T> {
    Err(DeskError::Store(StoreError::NotFound { what, id: id.to_string() }))
}

impl Door for FakeDesk {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap()
    }

    fn who(&self, name: &str) -> DeskResult<Who> {
        Who::new(name, Role::Editor)
    }

    fn inbox(&self, query: &InboxQuery) -> DeskResult<(Vec<InboxRow>, u64)> {
        let rows: Vec<InboxRow> =
            views::inbox().into_iter().filter(|row| row.level >= query.level_min).skip(query.offset).collect();
        Ok((rows, 127))
    }

    fn item(&self, id: ItemId) -> DeskResult<ItemView> {
        match id.0 {
            31 => Ok(translated::arabic_item()),
            1..=60 => Ok(views::item(id)),
            _ => missing("item", id),
        }
    }

    fn translations(&self, id: ItemId) -> DeskResult<ItemTranslations> {
        Ok(translated::translations(id))
    }

    fn translate(&self, who: &Who, id: ItemId) -> DeskResult<ItemTranslations> {
        self.wrote(format!("translate {id} by {}", who.name()));
        Ok(translated::translations(id))
    }

    fn revise_translation(&self, who: &Who, id: ItemId, text: Sha256, edit: &TranslationEdit) -> DeskResult<Revision> {
        let (after, words) = (edit.after.map(|id| id.to_string()).unwrap_or_default(), &edit.segments);
        self.wrote(format!("revise {id} {:.8} after {after} {words:?} by {}", text.hex(), who.name()));
        Ok(translated::answered(TranslationStatus::Revised))
    }

    fn sign_translation(&self, who: &Who, id: ItemId, text: Sha256, revision: RevisionId) -> DeskResult<Revision> {
        self.wrote(format!("sign {id} {:.8} {revision} by {}", text.hex(), who.name()));
        Ok(translated::answered(TranslationStatus::Signed))
    }

    fn review(
        &self,
        who: &Who,
        id: ItemId,
        verdict: Verdict,
        level: Option<Level>,
        reason: &str,
    ) -> DeskResult<Decision> {
        if verdict != Verdict::Confirm && reason.is_empty() {
            return Err(DeskError::Unusable("a changed or rejected assessment needs a reason".to_owned()));
        }
        self.wrote(format!("review {id} {verdict:?} {level:?} {reason} by {}", who.name()));
        let level = level.unwrap_or_default();
        Ok(Decision {
            verdict,
            level,
            proposed: None,
            reason: reason.to_owned(),
            by: who.name().to_owned(),
            at: self.now(),
        })
    }

    fn judged(&self, id: ItemId) -> DeskResult<(Vec<Point>, Admiralty)> {
        self.item(id).map(|view| (judged::points(&view), judged::grades(id)))
    }

    fn point_decisions(&self, id: ItemId) -> DeskResult<Vec<PointJudgement>> {
        Ok(self.judged(id)?.0.into_iter().filter_map(|point| point.decision).collect())
    }

    fn decide_point(
        &self,
        who: &Who,
        id: ItemId,
        key: &PointKey,
        verdict: Verdict,
        value: Option<&str>,
        reason: &str,
    ) -> DeskResult<PointDecision> {
        if verdict != Verdict::Confirm && reason.is_empty() {
            return Err(DeskError::Unusable("a changed or rejected point needs a reason".to_owned()));
        }
        self.wrote(format!("point {id} {key} {verdict:?} {value:?} {reason} by {}", who.name()));
        Ok(judged::decision(key.clone(), verdict, ""))
    }

    fn source_grades(&self) -> DeskResult<BTreeMap<SourceId, GradedSource>> {
        Ok(judged::source_grades())
    }

    fn grade_source(&self, who: &Who, id: SourceId, grade: SourceGrade, reason: &str) -> DeskResult<()> {
        self.wrote(format!("grade {id} {grade:?} {reason} by {}", who.name()));
        Ok(())
    }

    fn campaigns(&self) -> DeskResult<Campaigns> {
        Ok(campaigns::list(self.fresh))
    }

    fn campaign(&self, id: CampaignId) -> DeskResult<CampaignView> {
        if id.0 == 3 { Ok(campaigns::view(true)) } else { missing("campaign", id) }
    }

    fn campaign_of(&self, item: ItemId) -> DeskResult<Option<(CampaignId, String)>> {
        Ok((item.0 == 42).then(|| (CampaignId(3), views::HOSTILE.to_owned())))
    }

    fn suggested_campaign(&self, key: ItemId) -> DeskResult<CampaignView> {
        match key.0 {
            42 => Ok(campaigns::view(false)),
            _ => Err(DeskError::Unusable(format!("no suggested campaign holds {key}"))),
        }
    }

    fn accept_campaign(
        &self,
        who: &Who,
        items: &[ItemId],
        name: &str,
        into: Option<CampaignId>,
    ) -> DeskResult<CampaignId> {
        self.wrote(format!("accept {items:?} as {name} into {into:?} by {}", who.name()));
        Ok(into.unwrap_or(CampaignId(9)))
    }

    fn dismiss_campaign(&self, who: &Who, key: ItemId, seen: Option<usize>, reason: &str) -> DeskResult<LastAct> {
        self.wrote(format!("dismiss {key} of {seen:?} because {reason} by {}", who.name()));
        Ok(campaigns::last())
    }

    fn merge_campaigns(&self, who: &Who, into: CampaignId, from: &[CampaignId]) -> DeskResult<()> {
        self.wrote(format!("merge {from:?} into {into} by {}", who.name()));
        Ok(())
    }

    fn split_campaign(&self, who: &Who, from: CampaignId, items: &[ItemId], name: &str) -> DeskResult<CampaignId> {
        self.wrote(format!("split {items:?} off {from} as {name} by {}", who.name()));
        Ok(CampaignId(9))
    }

    fn undo_campaigns(&self, who: &Who, of: Option<u64>) -> DeskResult<LastAct> {
        self.wrote(format!("undo {of:?} by {}", who.name()));
        Ok(campaigns::last())
    }

    fn register_entries(&self, text: &str, kind: Option<MentionKind>) -> DeskResult<(Vec<EntryRow>, usize)> {
        let rows = registered::rows(text, kind);
        let found = rows.len();
        Ok((rows, found))
    }

    fn register_entry(&self, kind: MentionKind, id: &str) -> DeskResult<EntryView> {
        registered::view(kind, id).map_or_else(|| missing("entry", id), Ok)
    }

    fn proposals(&self) -> DeskResult<Vec<Proposal>> {
        Ok(if self.fresh { Vec::new() } else { registered::proposals() })
    }

    fn propose_entry(&self, who: &Who, toml: &str, reason: &str) -> DeskResult<Proposal> {
        if !toml.contains("id = \"") {
            return Err(DeskError::Unusable(
                "cannot read the register file `pages.toml`: missing field `id`".to_owned(),
            ));
        }
        self.wrote(format!("propose {} because {reason} by {}", toml.escape_debug(), who.name()));
        Ok(registered::proposals().remove(0))
    }

    fn accept_proposal(&self, who: &Who, number: u64) -> DeskResult<Proposal> {
        self.wrote(format!("accept proposal {number} by {}", who.name()));
        Ok(registered::proposals().remove(0))
    }

    fn reject_proposal(&self, who: &Who, number: u64, reason: &str) -> DeskResult<Proposal> {
        self.wrote(format!("reject proposal {number} because {reason} by {}", who.name()));
        Ok(registered::proposals().remove(0))
    }

    fn register_waits(&self) -> DeskResult<bool> {
        Ok(!self.fresh)
    }

    fn bursts(&self) -> DeskResult<Vec<Burst>> {
        Ok(if self.fresh { Vec::new() } else { campaigns::bursts() })
    }

    fn calibration(&self) -> DeskResult<(Calibration, BTreeMap<ItemId, LevelDecision>)> {
        Ok(judged::calibration(self.fresh))
    }

    fn mark_seen(&self, who: &Who, id: ItemId, seen: bool) -> DeskResult<()> {
        self.wrote(format!("seen {id} {seen} by {}", who.name()));
        Ok(())
    }

    fn search(&self, text: &str, _: SortBy, _: usize, _: usize, _: bool) -> DeskResult<SearchPage> {
        vedette_search::parse(text, self.now())?;
        Ok(views::answer())
    }

    fn family(&self, id: FamilyId) -> DeskResult<FamilyView> {
        if id.0 == 12 { Ok(views::family()) } else { missing("family", id) }
    }

    fn families(&self, _: usize) -> DeskResult<Vec<FamilyView>> {
        Ok(vec![views::family()])
    }

    fn lineage(&self, id: FamilyId) -> DeskResult<Lineage> {
        if id.0 == 12 { Ok(kin::lineage(self.fresh)) } else { missing("family", id) }
    }

    fn family_decisions(&self) -> DeskResult<Vec<FamilyDecision>> {
        Ok(if self.fresh { Vec::new() } else { kin::decisions() })
    }

    fn part_item(&self, who: &Who, item: ItemId, reason: &str) -> DeskResult<Parted> {
        if reason.is_empty() {
            return Err(DeskError::Unusable("say why it does not belong: a reason is needed".to_owned()));
        }
        self.wrote(format!("part {item} because {reason} by {}", who.name()));
        Ok(kin::parted(&[(item, None)]))
    }

    fn part_pair(&self, who: &Who, a: ItemId, b: ItemId, reason: &str) -> DeskResult<Parted> {
        self.wrote(format!("part {a} and {b} because {reason} by {}", who.name()));
        Ok(kin::parted(&[(a, Some(FamilyId(12))), (b, None)]))
    }

    fn rejoin(&self, who: &Who, of: u64, reason: &str) -> DeskResult<Parted> {
        self.wrote(format!("rejoin act {of} because {reason} by {}", who.name()));
        Ok(kin::parted(&[(ItemId(42), Some(FamilyId(12)))]))
    }

    fn all_series(&self) -> DeskResult<Vec<SeriesRow>> {
        Ok(if self.fresh { Vec::new() } else { kin::all_series() })
    }

    fn series(&self, id: &str) -> DeskResult<SeriesView> {
        if id == "the-wick" { Ok(kin::series()) } else { missing("series", id) }
    }

    fn timeline(&self, _: Option<Timestamp>, _: Option<Timestamp>) -> DeskResult<Vec<TimelineBucket>> {
        Ok(views::timeline())
    }

    fn counts(&self) -> DeskResult<Counts> {
        Ok(Counts { sources: 4, items: 58, alerts_open: 3, jobs_waiting: 2, jobs_parked: 1, ..Counts::default() })
    }

    fn picture(&self, sha256: Sha256) -> DeskResult<Picture> {
        if sha256 == image_hash() {
            Ok(Picture {
                png: include_bytes!("poster.png").to_vec(),
                blurred_png: include_bytes!("poster.png").to_vec(),
            })
        } else {
            Err(DeskError::Unusable(format!("there is no picture of {sha256}: it is unknown")))
        }
    }

    fn match_image(&self, pdq: &str) -> DeskResult<Vec<(ItemId, u32)>> {
        if pdq.len() != 64 {
            return Err(DeskError::Unusable(format!("`{pdq}` is not a PDQ hash: expected 64 hexadecimal digits")));
        }
        Ok(vec![(ItemId(31), 6)])
    }

    fn sources(&self) -> DeskResult<Vec<Source>> {
        Ok(views::sources())
    }

    fn source(&self, id: SourceId) -> DeskResult<(Source, Vec<(Timestamp, String)>)> {
        match views::sources().into_iter().find(|source| source.id == id) {
            Some(source) => Ok((
                source,
                vec![(
                    self.now(),
                    "the room was silent for 9 hours; 3 messages may have been deleted unseen".to_owned(),
                )],
            )),
            None => missing("source", id),
        }
    }

    fn log_view(&self, who: &Who, object: &str, act: &str) -> DeskResult<u64> {
        self.wrote(format!("{} {act} {object}", who.name()));
        Ok(1)
    }

    fn gaps(&self, id: SourceId) -> DeskResult<Vec<Gap>> {
        let from = "2026-11-20T12:01:00Z".parse().unwrap();
        let gap = |why: &str, closed_at| Gap {
            source: id,
            from,
            to: "2026-11-20T12:09:00Z".parse().unwrap(),
            why: why.to_owned(),
            noted_at: self.now(),
            closed_at,
        };
        Ok(vec![
            gap("the server <b>closed</b> the connection", None),
            gap("the program was not running", Some(self.now())),
        ])
    }

    fn whereabouts(&self, question: &str) -> DeskResult<Whereabouts> {
        Ok(Whereabouts { items: Vec::new(), reasons: vec![format!("no source watches {question}")] })
    }

    fn suggestions(&self) -> DeskResult<Vec<SourceSuggestion>> {
        Ok(views::suggestions())
    }

    fn watches(&self) -> DeskResult<Vec<Watch>> {
        Ok(vec![Watch {
            id: WatchId(1),
            name: "The Cup".to_owned(),
            query: "\"meridian cup\" level>=low".to_owned(),
            level_min: Level::Low,
            by: "A. Analyst".to_owned(),
            at: self.now(),
        }])
    }

    fn alerts(&self, open_only: bool) -> DeskResult<Vec<Alert>> {
        let alert = |id, raised_by, item: Option<i64>, text: &str, state| Alert {
            id: AlertId(id),
            raised_by,
            item: item.map(ItemId),
            text: text.to_owned(),
            at: self.now(),
            state,
            by: (state != AlertState::Open).then(|| "A. Analyst".to_owned()),
        };
        let mut all = vec![
            alert(
                3,
                AlertKind::Level(Level::HighSpecific),
                Some(42),
                "high-specific: No lamp will burn in Halden Stadium",
                AlertState::Open,
            ),
            alert(
                2,
                AlertKind::Watch(WatchId(1)),
                Some(31),
                "The Cup: كأس ميريديان في كلمورا",
                AlertState::Acknowledged,
            ),
            alert(
                1,
                AlertKind::Source(SourceId(3)),
                None,
                "Marrow Valley Courier has not answered for 2 days",
                AlertState::Closed,
            ),
        ];
        all.retain(|alert| !open_only || alert.state != AlertState::Closed);
        Ok(all)
    }

    fn set_alert(&self, who: &Who, id: AlertId, state: AlertState) -> DeskResult<()> {
        self.wrote(format!("alert {id} {state:?} by {}", who.name()));
        Ok(())
    }

    fn reports(&self) -> DeskResult<Vec<Report>> {
        Ok(vec![views::report()])
    }

    fn report(&self, id: ReportId) -> DeskResult<Report> {
        if id.0 == 7 { Ok(views::report()) } else { missing("report", id) }
    }

    fn new_report(&self, who: &Who, series: &str, title: &str, items: &[ItemId]) -> DeskResult<Report> {
        self.wrote(format!("new report {series}/{title} {items:?} by {}", who.name()));
        Ok(views::report())
    }

    fn cite(&self, who: &Who, id: ReportId, item: ItemId) -> DeskResult<u32> {
        self.wrote(format!("cite {item} in {id} by {}", who.name()));
        Ok(2)
    }

    fn report_source(&self, _: ReportId) -> DeskResult<String> {
        Ok(format!(
            "title: Lantern Media Threatens Stadium In Kelmora\nseries: Special Announcements\nnumber: 12\nauthor: A. Editor\n\
             tlp: AMBER\n\n## lead [public]\nOn November 18, Lantern Media posted a poster that says “No lamp will burn in \
             Halden Stadium.”[^1]\n\n## note [restricted]\n{HOSTILE}\n\n[^1]: v90\n"
        ))
    }

    fn edit_report(&self, who: &Who, id: ReportId, source: &str) -> DeskResult<Report> {
        if !source.starts_with("title:") {
            return Err(DeskError::Report(
                "line 1: `title:` is missing or empty; write it above the first block".to_owned(),
            ));
        }
        self.wrote(format!("edit {id} by {}: {}", who.name(), source.escape_debug()));
        Ok(views::report())
    }

    fn check_report(&self, _: ReportId) -> DeskResult<Vec<Problem>> {
        Ok(vec![Problem {
            severity: Severity::Warning,
            block: Some(2),
            what: "`might` is no word of probability; write likely, very likely …".to_owned(),
            quote: Some(HOSTILE.to_owned()),
            expected_in: Some("footnote 1 (v90)".to_owned()),
        }])
    }

    fn preview_report(&self, _: ReportId, audience: Audience) -> DeskResult<String> {
        Ok(format!(
            "<article class=\"report\"><p class=\"report-mark\">DRAFT: not released</p><header><p class=\"report-series\">Special \
             Announcements No. 12</p><h1 class=\"report-title\">Lantern Media Threatens Stadium In Kelmora</h1><p \
             class=\"report-byline\">By A. Editor · November 20, 2026 · TLP:AMBER</p></header><section class=\"report-block\"><p>On \
             November 18, Lantern Media posted a poster.<sup class=\"report-ref\"><a href=\"#r7-fn-1\">1</a></sup> For {audience:?}.\
             </p></section></article>"
        ))
    }

    fn release_report(&self, who: &Who, id: ReportId, audience: Audience, reason: &str) -> DeskResult<Report> {
        self.wrote(format!("release {id} to {audience:?} because {reason} by {}", who.name()));
        Ok(views::report())
    }
}
