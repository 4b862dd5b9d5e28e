//! What the pages ask of the desk, as one list. The desk itself answers at work; tests and the gallery of sample pages
//! put an invented one behind the same door.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vedette_core::{
    Admiralty, Alert, AlertId, AlertState, Audience, CampaignId, Counts, Decision, FamilyId, FamilyView, Gap,
    InboxQuery, InboxRow, ItemId, ItemView, Level, LevelDecision, MentionKind, PointDecision, PointKey, Report,
    ReportId, Revision, RevisionId, Sha256, SortBy, Source, SourceGrade, SourceId, SourceSuggestion, TimelineBucket,
    Verdict, Watch,
};
use vedette_desk::{
    Burst, Calibration, CampaignView, Campaigns, Desk, DeskResult, EntryRow, EntryView, FamilyDecision, GradedSource,
    ItemTranslations, LastAct, Lineage, Parted, Picture, Point, PointJudgement, Problem, Proposal, SearchPage,
    SeriesRow, SeriesView, TranslationEdit, Whereabouts, Who,
};

macro_rules! door {
    ($( $(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty; )*) => {
        /// The use cases that pages and the API need; every one is checked and audited by the desk.
        pub trait Door: Send + Sync {
            /// The time now.
            fn now(&self) -> Timestamp;
            $( $(#[$doc])* fn $name(&self, $($arg: $type),*) -> DeskResult<$result>; )*
        }

        impl Door for Desk {
            fn now(&self) -> Timestamp {
                Desk::now(self)
            }
            $( fn $name(&self, $($arg: $type),*) -> DeskResult<$result> {
                Desk::$name(self, $($arg),*)
            } )*
        }
    };
}

door! {
    /// The person behind a name.
    fn who(name: &str) -> Who;
    /// Rows of the inbox and how many there are in all.
    fn inbox(query: &InboxQuery) -> (Vec<InboxRow>, u64);
    /// Everything about one item.
    fn item(id: ItemId) -> ItemView;
    /// Records a decision.
    fn review(who: &Who, id: ItemId, verdict: Verdict, level: Option<Level>, reason: &str) -> Decision;
    /// What the machine says of an item, point by point, with people's decisions; and the grades of source and content.
    fn judged(id: ItemId) -> (Vec<Point>, Admiralty);
    /// Everything that people decided on points of an item.
    fn point_decisions(id: ItemId) -> Vec<PointJudgement>;
    /// Records a decision on a point.
    fn decide_point(
        who: &Who, id: ItemId, key: &PointKey, verdict: Verdict, value: Option<&str>, reason: &str
    ) -> PointDecision;
    /// The newest grade of every source that has one.
    fn source_grades() -> BTreeMap<SourceId, GradedSource>;
    /// Grades a source.
    fn grade_source(who: &Who, id: SourceId, grade: SourceGrade, reason: &str) -> ();
    /// Accepted and suggested campaigns.
    fn campaigns() -> Campaigns;
    /// One accepted campaign.
    fn campaign(id: CampaignId) -> CampaignView;
    /// The campaign that holds an item, and its name.
    fn campaign_of(item: ItemId) -> Option<(CampaignId, String)>;
    /// The suggestion that holds an item.
    fn suggested_campaign(key: ItemId) -> CampaignView;
    /// Makes a campaign of items, or adds them to one.
    fn accept_campaign(who: &Who, items: &[ItemId], name: &str, into: Option<CampaignId>) -> CampaignId;
    /// Says that a suggestion is no campaign.
    fn dismiss_campaign(who: &Who, key: ItemId, seen: Option<usize>, reason: &str) -> LastAct;
    /// Makes other campaigns part of one.
    fn merge_campaigns(who: &Who, into: CampaignId, from: &[CampaignId]) -> ();
    /// Makes a campaign of its own of some items of one.
    fn split_campaign(who: &Who, from: CampaignId, items: &[ItemId], name: &str) -> CampaignId;
    /// Undoes the newest act on campaigns.
    fn undo_campaigns(who: &Who, of: Option<u64>) -> LastAct;
    /// Entries of the register by a part of their names, and how many there are in all.
    fn register_entries(text: &str, kind: Option<MentionKind>) -> (Vec<EntryRow>, usize);
    /// One entry with the proposals about it.
    fn register_entry(kind: MentionKind, id: &str) -> EntryView;
    /// All proposals, oldest first.
    fn proposals() -> Vec<Proposal>;
    /// Proposes an entry.
    fn propose_entry(who: &Who, toml: &str, reason: &str) -> Proposal;
    /// Takes a proposal into the register's file.
    fn accept_proposal(who: &Who, number: u64) -> Proposal;
    /// Turns a proposal down.
    fn reject_proposal(who: &Who, number: u64, reason: &str) -> Proposal;
    /// Whether something was accepted that is not read with yet.
    fn register_waits() -> bool;
    /// What is named unusually often today.
    fn bursts() -> Vec<Burst>;
    /// What happened to levels, with the newest decision on each item.
    fn calibration() -> (Calibration, BTreeMap<ItemId, LevelDecision>);
    /// Marks an item as seen, or not.
    fn mark_seen(who: &Who, id: ItemId, seen: bool) -> ();
    /// Texts of an item in other languages, with their translations.
    fn translations(id: ItemId) -> ItemTranslations;
    /// Translates an item with the engines.
    fn translate(who: &Who, id: ItemId) -> ItemTranslations;
    /// Appends a revision of a translation.
    fn revise_translation(who: &Who, id: ItemId, text: Sha256, edit: &TranslationEdit) -> Revision;
    /// Signs the newest revision of a translation.
    fn sign_translation(who: &Who, id: ItemId, text: Sha256, revision: RevisionId) -> Revision;
    /// Answers a question.
    fn search(text: &str, sort: SortBy, offset: usize, limit: usize, with_facets: bool) -> SearchPage;
    /// A family.
    fn family(id: FamilyId) -> FamilyView;
    /// The largest families.
    fn families(limit: usize) -> Vec<FamilyView>;
    /// A family with its spread, what ties it and what people parted.
    fn lineage(id: FamilyId) -> Lineage;
    /// What people did to families, oldest first.
    fn family_decisions() -> Vec<FamilyDecision>;
    /// Says that an item does not belong to its family.
    fn part_item(who: &Who, item: ItemId, reason: &str) -> Parted;
    /// Says that two items are not the same.
    fn part_pair(who: &Who, a: ItemId, b: ItemId, reason: &str) -> Parted;
    /// Takes a parting back.
    fn rejoin(who: &Who, of: u64, reason: &str) -> Parted;
    /// Series with issues.
    fn all_series() -> Vec<SeriesRow>;
    /// One series with its issues by number.
    fn series(id: &str) -> SeriesView;
    /// Items by day and level.
    fn timeline(from: Option<Timestamp>, to: Option<Timestamp>) -> Vec<TimelineBucket>;
    /// How much there is.
    fn counts() -> Counts;
    /// A picture that is safe to show.
    fn picture(sha256: Sha256) -> Picture;
    /// Logs that a person looked at restricted material.
    fn log_view(who: &Who, object: &str, act: &str) -> u64;
    /// Items with an image near a hash.
    fn match_image(pdq: &str) -> Vec<(ItemId, u32)>;
    /// All sources.
    fn sources() -> Vec<Source>;
    /// A source with its notes.
    fn source(id: SourceId) -> (Source, Vec<(Timestamp, String)>);
    /// The gap ledger of a source, newest first.
    fn gaps(id: SourceId) -> Vec<Gap>;
    /// Where something is, or what may have kept it away.
    fn whereabouts(question: &str) -> Whereabouts;
    /// Channels that wait for an authorisation.
    fn suggestions() -> Vec<SourceSuggestion>;
    /// Standing queries.
    fn watches() -> Vec<Watch>;
    /// Alerts, newest first.
    fn alerts(open_only: bool) -> Vec<Alert>;
    /// Takes or closes an alert.
    fn set_alert(who: &Who, id: AlertId, state: AlertState) -> ();
    /// All reports.
    fn reports() -> Vec<Report>;
    /// One report.
    fn report(id: ReportId) -> Report;
    /// Begins a report.
    fn new_report(who: &Who, series: &str, title: &str, items: &[ItemId]) -> Report;
    /// Cites an item.
    fn cite(who: &Who, id: ReportId, item: ItemId) -> u32;
    /// The text a person edits.
    fn report_source(id: ReportId) -> String;
    /// Takes an edited text back.
    fn edit_report(who: &Who, id: ReportId, source: &str) -> Report;
    /// What is wrong with a report.
    fn check_report(id: ReportId) -> Vec<Problem>;
    /// A draft rendering as an HTML fragment.
    fn preview_report(id: ReportId, audience: Audience) -> String;
    /// Opens a report to an audience.
    fn release_report(who: &Who, id: ReportId, audience: Audience, reason: &str) -> Report;
}
