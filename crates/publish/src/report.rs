//! Beginning a report and citing what the archive holds: a footnote is made from the version itself, so that nobody
//! types a hash.

use jiff::Timestamp;
use vedette_core::{
    Audience, Block, BlockKind, EvidenceRef, Footnote, ItemView, MentionKind, Report, ReportId, ReportStatus, Tlp,
    VersionView,
};

use crate::cited::may_be_quoted;
use crate::clean::{defang_address, one_line};

/// An empty draft, not stored yet: its id is 0 until the records give it one, and its sharing limit is TLP:AMBER until
/// the author says otherwise.
pub fn new_report(series: &str, number: u32, title: &str, author: &str, now: Timestamp) -> Report {
    let author = author.trim();
    Report {
        id: ReportId(0),
        series: series.trim().to_owned(),
        number,
        title: title.trim().to_owned(),
        authors: (!author.is_empty()).then(|| author.to_owned()).into_iter().collect(),
        updated_at: now,
        status: ReportStatus::Draft,
        tlp: Tlp::default(),
        blocks: Vec::new(),
        footnotes: Vec::new(),
        releases: Vec::new(),
    }
}

/// The number of the footnote that cites `version` of `item`; adds the footnote when there is none yet. `tree_size` is
/// the number of leaves in the log now ([`ItemView::tree_size`]): the size that the proof will be made for.
///
/// The hash is that of the version's own exhibit, whose leaf commits to the version's files too; a hash that belongs
/// to something else cannot be cited.
pub fn cite(report: &mut Report, item: &ItemView, version: &VersionView, tree_size: u64) -> u32 {
    let cited = &version.version;
    if let Some(known) = report.footnotes.iter().find(|f| f.evidence.version == cited.id) {
        return known.number;
    }
    let number = report.footnotes.iter().map(|f| f.number).max().unwrap_or(0).saturating_add(1);
    report.footnotes.push(Footnote {
        number,
        source: item.source.asked.name.clone(),
        outlet: outlet_name(item),
        posted_at: item.item.posted_at,
        url: item.item.url.as_deref().map(defang_address),
        evidence: EvidenceRef {
            item: cited.item,
            version: cited.id,
            sha256: cited.exhibit,
            captured_at: cited.captured_at,
            leaf: cited.leaf,
            tree_size,
        },
        translations: Vec::new(),
    });
    number
}

/// The first words of a report about a cited item, after the field's own formula (on this day, this outlet posted on this
/// channel), and the first thing it says in its own voice as a quotation. The author goes on from there.
pub fn opening(item: &ItemView, version: &VersionView, number: u32) -> Vec<Block> {
    let day = item.item.posted_at.strftime("%B %-d, %Y");
    let who = outlet_name(item).unwrap_or_else(|| "an account".to_owned());
    let lead = format!("On {day}, {} posted on {}.[^{number}]", one_line(&who), one_line(&item.source.asked.name));
    let mut blocks = vec![Block { kind: BlockKind::Lead, audience: Audience::Public, text: lead }];
    // A translation that nobody has signed is not quoted.
    let quotable = version.readings.iter().zip(&version.findings).filter(|(reading, _)| may_be_quoted(reading));
    let own =
        quotable.flat_map(|(_, found)| &found.statements).find(|statement| !statement.reported && !statement.tentative);
    if let Some(statement) = own {
        let quote = statement.quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = format!("{quote}[^{number}]");
        blocks.push(Block { kind: BlockKind::Quote, audience: Audience::Subscriber, text });
    }
    blocks
}

/// The outlet's name as the register has it, when a text of the item names it; else its id in the register.
pub(crate) fn outlet_name(item: &ItemView) -> Option<String> {
    let id = item.outlet.as_ref()?;
    let named = item
        .versions
        .iter()
        .flat_map(|version| &version.findings)
        .flat_map(|findings| &findings.mentions)
        .find(|mention| mention.kind == MentionKind::Outlet && mention.id == *id);
    Some(named.map_or_else(|| id.clone(), |mention| mention.name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_world::{at, poster_item};

    #[test]
    fn citing_a_version_twice_gives_one_footnote_with_its_proof() {
        let item = poster_item(12);
        let version = item.content().unwrap();
        let mut report = new_report(" Valley Notes ", 3, "A Title", " ", at("2026-11-20T10:00:00Z"));
        assert_eq!(cite(&mut report, &item, version, 40), 1);
        assert_eq!(cite(&mut report, &item, version, 99), 1);
        let other = poster_item(13);
        assert_eq!(cite(&mut report, &other, other.content().unwrap(), 41), 2);
        assert_eq!(report.footnotes.len(), 2);
        let first = &report.footnotes[0];
        assert_eq!(first.evidence.sha256, version.version.exhibit);
        assert_eq!((first.evidence.leaf, first.evidence.tree_size), (version.version.leaf, 40));
        assert_eq!(first.outlet.as_deref(), Some("Lantern Media"), "the register's name, not its id");
        assert_eq!(first.url.as_deref(), Some("hxxps://chat[.]lantern[.]example/channel/lantern-media?msg=n12"));
        assert_eq!((report.series.as_str(), report.authors.len()), ("Valley Notes", 0));
    }
}
