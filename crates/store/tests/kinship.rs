//! Families that people part, and issues of series, as rows.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use std::sync::Arc;
use vedette_core::ports::Kinship;
use vedette_core::*;

fn kinship(desk: &Desk) -> Arc<dyn Kinship> {
    desk.workspace.as_ref().unwrap().kinship()
}

fn like(other: i64) -> NewLikeness {
    NewLikeness { other: ItemId(other), kind: LikenessKind::Text, distance: 0.25 }
}

/// Five posts of which 1–2–3 and 4–5 are alike, one after the other.
fn alike(desk: &Desk) -> Vec<TakenVersion> {
    let posts: Vec<NewVersion> = (1..=5).map(|n| post(&format!("m{n}"), "the same poster")).collect();
    let taken = desk.take(1, &posts);
    for (place, other, family) in [(1, 1, 1), (2, 2, 1), (4, 4, 4)] {
        let mut one = derived(&taken[place], "the same poster", Level::Low);
        one.likenesses = vec![like(other)];
        one.family = Some(FamilyId(family));
        desk.records.put_derived(&[one]).unwrap();
    }
    taken
}

fn families(desk: &Desk) -> Vec<(i64, Vec<i64>)> {
    let members = |family: &FamilyView| family.members.iter().map(|member| member.id.0).collect();
    desk.records.families(9).unwrap().iter().map(|family| (family.id.0, members(family))).collect()
}

#[test]
fn joins_are_found_from_any_item_they_lead_to() {
    let desk = Desk::new();
    alike(&desk);
    let port = kinship(&desk);
    let joins = |items: &[i64]| -> Vec<(i64, i64)> {
        let items: Vec<ItemId> = items.iter().copied().map(ItemId).collect();
        port.joins_around(&items).unwrap().iter().map(|(a, b)| (a.0, b.0)).collect()
    };
    for item in [1, 2, 3] {
        assert_eq!(joins(&[item]), [(1, 2), (2, 3)], "from {item}");
    }
    assert_eq!(joins(&[5, 1]), [(1, 2), (2, 3), (4, 5)]);
    assert_eq!(joins(&[9]), []);
    assert_eq!(families(&desk), [(1, vec![1, 2, 3]), (4, vec![4, 5])]);
    let ties = port.ties(FamilyId(1), 9).unwrap();
    assert_eq!(ties.iter().map(|tie| (tie.a.0, tie.b.0)).collect::<Vec<_>>(), [(1, 2), (2, 3)]);
    let firsts = port.firsts_beside(FamilyId(4), 9).unwrap();
    assert_eq!(firsts.iter().map(|one| one.family.0).collect::<Vec<_>>(), [1, 4], "they share a source");
}

#[test]
fn a_parting_and_its_moves_are_one_act_and_the_second_of_two_is_told_to_look_again() {
    let desk = Desk::new();
    alike(&desk);
    let port = kinship(&desk);
    let act = FamilyAct::Leave { item: ItemId(1), family: FamilyId(1), reason: "another flag".to_owned() };
    let moves = [(ItemId(1), None), (ItemId(2), Some(FamilyId(2))), (ItemId(3), Some(FamilyId(2)))];
    let number = port.part(&act, "A. Analyst", at(5), 0, &moves).unwrap();
    assert_eq!(families(&desk), [(2, vec![2, 3]), (4, vec![4, 5])]);
    assert!(matches!(port.part(&act, "B. Analyst", at(6), 0, &[(ItemId(4), None)]), Err(StoreError::Refused(_))));
    assert_eq!(families(&desk), [(2, vec![2, 3]), (4, vec![4, 5])], "what was refused moved nothing");
    let kept = desk.workspace.as_ref().unwrap().judgements().judgements(JudgementKind::Family, None).unwrap();
    assert_eq!((kept[0].number, &kept[0].judgement), (number, &Judgement::Family(act)));
    assert_eq!(desk.records.log_entries(kept[0].leaf, 1).unwrap()[0].kind, LeafKind::Judgement);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn what_is_parted_stays_out_when_another_derivation_names_its_likeness() {
    let desk = Desk::new();
    let taken = alike(&desk);
    let port = kinship(&desk);
    let act = FamilyAct::Part { items: [ItemId(4), ItemId(5)], reason: "other words".to_owned() };
    port.part(&act, "A. Analyst", at(5), 0, &[(ItemId(4), None), (ItemId(5), None)]).unwrap();
    // 5 is like 4 still, and joins nothing; 3 is like 5 now.
    let mut again = derived(&taken[4], "the same poster", Level::Low);
    again.likenesses = vec![like(4)];
    desk.records.put_derived(&[again]).unwrap();
    assert_eq!(families(&desk), [(1, vec![1, 2, 3])]);
    let mut third = derived(&taken[2], "the same poster", Level::Low);
    third.likenesses = vec![like(2), like(4), like(5)];
    (third.family, third.merged_families) = (Some(FamilyId(1)), vec![FamilyId(5)]);
    desk.records.put_derived(&[third]).unwrap();
    assert_eq!(families(&desk), [(1, vec![1, 2, 3, 5])], "a likeness alone moves nothing");
}

#[test]
fn an_erased_item_keeps_its_joins_and_has_no_family() {
    let desk = Desk::new();
    alike(&desk);
    let erasure =
        Erasure { reason: "asked for".to_owned(), basis: "law".to_owned(), by: "A. Editor".to_owned(), at: at(3) };
    desk.records.erase_item(ItemId(2), &erasure).unwrap();
    let port = kinship(&desk);
    assert_eq!(port.joins_around(&[ItemId(3)]).unwrap().len(), 2);
    let act = FamilyAct::Part { items: [ItemId(4), ItemId(5)], reason: "x".to_owned() };
    port.part(&act, "A. Analyst", at(5), 0, &[(ItemId(2), Some(FamilyId(1)))]).unwrap();
    assert_eq!(families(&desk)[0], (1, vec![1, 3]));
}

#[test]
fn issues_are_kept_as_copies_or_as_talk() {
    let desk = Desk::new();
    let mut with_file = with_missing_file("m1");
    with_file.needs_job = true;
    let taken = desk.take(1, &[with_file, post("m2", "issue 8 was better"), post("m3", "issues 7 and 9")]);
    let issue = |start: usize, number: u32, file: Option<i64>| IssueMention {
        start,
        end: start + 7,
        text: format!("issue {number}"),
        file: file.map(AttachmentId),
        series: "the-wick".to_owned(),
        name: "The Wick".to_owned(),
        number,
    };
    let found = |issues: Vec<IssueMention>| Findings { issues, ..Findings::default() };
    let mut first = derived(&taken[0], "The Wick", Level::Low);
    let page = |page| Reading {
        attachment: Some(AttachmentId(1)),
        page: Some(page),
        ..Reading::new(ReadingKind::PdfText, "test", "text".to_owned())
    };
    first.readings.extend([page(1), page(5)]);
    first.findings = vec![found(vec![]), found(vec![issue(0, 9, None)]), found(vec![issue(0, 8, None)])];
    let mut second = derived(&taken[1], "issue 8 was better", Level::Low);
    second.findings = vec![found(vec![issue(0, 8, None)])];
    let mut third = derived(&taken[2], "issues 7 and 9", Level::Low);
    third.findings = vec![found(vec![issue(0, 7, None), issue(0, 9, Some(4))])];
    desk.records.put_derived(&[first.clone(), second, third]).unwrap();
    let port = kinship(&desk);
    let rows = || -> Vec<(u32, i64, bool)> {
        port.issues(Some("the-wick")).unwrap().iter().map(|one| (one.number, one.item.0, one.copy)).collect()
    };
    assert_eq!(rows(), [(7, 3, false), (8, 1, false), (8, 2, false), (9, 1, true), (9, 3, true)]);
    assert_eq!(port.issues(None).unwrap().len(), 5);
    assert!(port.issues(Some("the-cup")).unwrap().is_empty());
    // Derived again, it says what it says now; a document beside one issue is that issue.
    first.findings = vec![found(vec![issue(0, 12, None)])];
    desk.records.put_derived(&[first]).unwrap();
    assert_eq!(rows(), [(7, 3, false), (8, 2, false), (9, 3, true), (12, 1, true)]);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}
