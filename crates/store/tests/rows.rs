//! Rows: what was derived, decided, raised and written comes back as it was, and lists are in the promised order.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use vedette_core::*;
use vedette_preserve::sha256;

#[test]
fn the_inbox_is_ranked_by_level_then_time() {
    let desk = Desk::new();
    let posts: Vec<NewVersion> = (0..4)
        .map(|n| {
            let mut post = post(&format!("m{n}"), &format!("text {n}"));
            post.posted_at = Some(at(n));
            post
        })
        .collect();
    let taken = desk.take(9, &posts);
    let levels = [Level::Low, Level::HighSpecific, Level::Low, Level::None];
    for (one, level) in taken.iter().zip(levels) {
        desk.records.put_derived(&[derived(one, "we come to Kelmora", level)]).unwrap();
    }
    let ids = |query: &InboxQuery| -> Vec<i64> {
        let (rows, total) = desk.records.inbox(query).unwrap();
        assert!(rows.len() as u64 <= total);
        rows.iter().map(|row| row.id.0).collect()
    };
    let all = InboxQuery { limit: 10, ..InboxQuery::default() };
    assert_eq!(ids(&all), [2, 3, 1, 4]);
    assert_eq!(ids(&InboxQuery { level_min: Level::Low, ..all.clone() }), [2, 3, 1]);
    assert_eq!(ids(&InboxQuery { limit: 2, offset: 1, ..all.clone() }), [3, 1]);
    assert_eq!(ids(&InboxQuery { source: Some(SourceId(9)), ..all.clone() }), Vec::<i64>::new());
    let (rows, total) = desk.records.inbox(&all).unwrap();
    assert_eq!(total, 4);
    assert_eq!(rows[0].reasons, ["threat: “we come to Kelmora”"]);
    assert_eq!((rows[0].language.as_str(), rows[0].outlet.as_deref()), ("en", Some("lantern-media")));

    desk.records.decide(ItemId(2), &decision(Level::None, 20)).unwrap();
    desk.records.mark_seen(ItemId(3), true, "A. Editor", at(20)).unwrap();
    assert_eq!(ids(&all), [1, 4]);
    // A person's level holds, also against a later proposal.
    desk.records.put_derived(&[derived(&taken[1], "we come to Kelmora", Level::HighSpecific)]).unwrap();
    assert_eq!(ids(&InboxQuery { with_decided: true, ..all.clone() }), [3, 1, 4, 2]);
    assert_eq!(desk.records.item(ItemId(2)).unwrap().level(), Level::None);
    // A post that changes after it was dealt with comes back.
    desk.take(21, &[edited("m2", "we come tomorrow", 21)]);
    assert_eq!(ids(&all), [3, 1, 4]);
    desk.records.mark_seen(ItemId(3), true, "A. Editor", at(22)).unwrap();
    desk.records.mark_seen(ItemId(3), false, "A. Editor", at(23)).unwrap();
    assert_eq!(ids(&all), [3, 1, 4]);
}

#[test]
fn what_was_derived_comes_back_whole_and_an_old_version_does_not_speak_for_the_item() {
    let desk = Desk::new();
    let mut with_file = with_missing_file("m1");
    with_file.needs_job = true;
    let first = desk.take(1, &[with_file])[0].clone();
    let second = desk.take(2, &[edited("m1", "changed", 2)])[0].clone();
    let mut old = derived(&first, "the first text", Level::HighSpecific);
    old.images.push(ImageHash {
        attachment: AttachmentId(1),
        pdq: "ab".repeat(32),
        quality: 90,
        width: 640,
        height: 480,
    });
    desk.records.put_derived(&[derived(&second, "changed", Level::Low)]).unwrap();
    desk.records.put_derived(std::slice::from_ref(&old)).unwrap();
    let view = desk.records.item(first.item).unwrap();
    let stored = &view.versions[0];
    assert_eq!((&stored.readings, &stored.findings, &stored.images), (&old.readings, &old.findings, &old.images));
    assert_eq!((&stored.assessment, &stored.made_with), (&old.assessment, &old.made_with));
    assert!(!stored.pending);
    let (rows, _) = desk.records.inbox(&InboxQuery { limit: 1, ..InboxQuery::default() }).unwrap();
    assert_eq!((rows[0].level, rows[0].text.as_str()), (Level::Low, "changed"));
    let rows = desk.records.likeness_rows(VersionId(0), 10).unwrap();
    assert_eq!(rows[0], (first.version, first.item, Some(vec![1, 2, 3]), vec![("ab".repeat(32), 90)]));
    assert_eq!(rows.len(), 2);
    assert_eq!(desk.records.likeness_rows(first.version, 10).unwrap().len(), 1);
    // A deletion shows what was deleted.
    desk.take(3, &[deleted("m1")]);
    let (rows, _) = desk.records.inbox(&InboxQuery { limit: 1, ..InboxQuery::default() }).unwrap();
    assert_eq!((rows[0].state.as_str(), rows[0].text.as_str()), ("deleted", "changed"));
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn likeness_joins_families_and_families_join() {
    let desk = Desk::new();
    let posts: Vec<NewVersion> = (1..=5).map(|n| post(&format!("m{n}"), "the same poster")).collect();
    let taken = desk.take(1, &posts);
    let put = |place: usize, others: &[i64], family: i64, merged: &[i64]| {
        let mut one = derived(&taken[place], "the same poster", Level::Low);
        one.likenesses = others
            .iter()
            .map(|other| NewLikeness { other: ItemId(*other), kind: LikenessKind::Text, distance: 0.25 })
            .collect();
        one.family = Some(FamilyId(family));
        one.merged_families = merged.iter().copied().map(FamilyId).collect();
        desk.records.put_derived(&[one]).unwrap();
    };
    put(1, &[1], 1, &[]);
    put(3, &[3], 3, &[]);
    let sizes = || -> Vec<(i64, usize)> {
        desk.records.families(9).unwrap().iter().map(|family| (family.id.0, family.members.len())).collect()
    };
    assert_eq!(sizes(), [(1, 2), (3, 2)]);
    put(4, &[2, 4], 1, &[3, 5]);
    assert_eq!(sizes(), [(1, 5)]);
    assert_eq!(desk.records.family_rows().unwrap().len(), 5);
    let view = desk.records.item(ItemId(2)).unwrap();
    assert_eq!(view.family, Some(FamilyId(1)));
    let others: Vec<i64> = view.likenesses.iter().map(|likeness| likeness.other.0).collect();
    assert_eq!(others, [1, 5]);
    assert!(matches!(desk.records.family(FamilyId(77)), Err(StoreError::NotFound { .. })));
    assert_eq!(desk.records.counts().unwrap().families, 1);
}

#[test]
fn a_file_that_comes_late_is_logged_and_read() {
    let desk = Desk::new();
    let taken = desk.take(1, &[with_missing_file("m1")])[0].clone();
    desk.records.put_derived(&[derived(&taken, "see the poster", Level::Low)]).unwrap();
    assert_eq!(desk.records.source(desk.source).unwrap().health.files_missing, 1);
    let file = desk.records.pending_files(desk.source, 9).unwrap().remove(0);
    let size = || desk.records.checkpoint().unwrap().size;
    let before = size();
    // The same failure again is no news, another one is.
    desk.records.file_arrived(&file, Err("timed out".to_owned()), at(2)).unwrap();
    assert_eq!(size(), before);
    desk.records.file_arrived(&file, Err("not found".to_owned()), at(3)).unwrap();
    assert_eq!(size(), before + 1);
    let bytes = b"a poster".to_vec();
    desk.records.file_arrived(&file, Ok(inline(&bytes, false)), at(4)).unwrap();
    desk.records.file_arrived(&file, Ok(inline(&bytes, false)), at(5)).unwrap();
    assert_eq!(size(), before + 2);
    assert!(desk.records.pending_files(desk.source, 9).unwrap().is_empty());
    let view = desk.records.version(taken.version).unwrap();
    assert_eq!(view.version.attachments[0].exhibit, Some(sha256(&bytes)));
    assert_eq!(desk.blobs.get(sha256(&bytes)).unwrap(), Some(bytes));
    let job = desk.queue.claim(at(5), &Lane::ALL).unwrap().unwrap();
    assert_eq!((job.kind, job.version), (JobKind::Read, taken.version));
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_file_that_comes_while_its_version_is_read_is_read_too() {
    let desk = Desk::new();
    let mut post = with_missing_file("m1");
    post.needs_job = true;
    let taken = desk.take(1, &[post])[0].clone();
    let job = desk.queue.claim(at(1), &Lane::ALL).unwrap().unwrap();
    let file = desk.records.pending_files(desk.source, 9).unwrap().remove(0);
    desk.records.file_arrived(&file, Ok(inline(b"a poster", false)), at(2)).unwrap();
    desk.records.put_derived(&[derived(&taken, "see the poster", Level::Low)]).unwrap();
    desk.queue.done(job.id).unwrap();
    let again = desk.queue.claim(at(2), &Lane::ALL).unwrap().unwrap();
    assert_eq!(again.version, taken.version);
    assert_ne!(again.id, job.id);
}

#[test]
fn another_luck_with_a_file_is_no_new_version() {
    let desk = Desk::new();
    let missing = with_missing_file("m1");
    let taken = desk.take(1, std::slice::from_ref(&missing))[0].clone();
    let bytes = b"a poster";
    let mut fetched = missing.clone();
    fetched.attachments[0].exhibit = Some((sha256(bytes), bytes.len() as u64));
    fetched.attachments[0].error = None;
    fetched.key = vedette_preserve::canonical::version_key(&fetched);
    assert_ne!(fetched.key, missing.key);
    let mut again = intake(desk.source, 2, std::slice::from_ref(&fetched));
    again.exhibits.push(inline(bytes, false));
    let seen = desk.records.take_in(&[again]).unwrap().remove(0).versions.remove(0);
    assert_eq!((seen.version, seen.new), (taken.version, false));
    let view = desk.records.item(taken.item).unwrap();
    assert_eq!((view.versions.len(), view.versions[0].version.attachments[0].exhibit), (1, Some(sha256(bytes))));
    assert!(!desk.take(3, &[missing])[0].new);
    // Other bytes at the same address are another state.
    let other = b"another poster";
    fetched.attachments[0].exhibit = Some((sha256(other), other.len() as u64));
    fetched.key = vedette_preserve::canonical::version_key(&fetched);
    let mut swapped = intake(desk.source, 4, &[fetched]);
    swapped.exhibits.push(inline(other, false));
    assert!(desk.records.take_in(&[swapped]).unwrap()[0].versions[0].new);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_job_is_claimed_once_retried_when_due_and_parked_in_sight() {
    let desk = Desk::new();
    let mut html = post("m1", "<p>text</p>");
    html.needs_job = true;
    let taken = desk.take(1, &[html])[0].clone();
    let job = desk.queue.claim(at(1), &Lane::ALL).unwrap().unwrap();
    assert_eq!(desk.queue.claim(at(2), &Lane::ALL).unwrap(), None);
    desk.queue.retry(job.id, "the reader stopped", at(5)).unwrap();
    assert_eq!(desk.queue.claim(at(4), &Lane::ALL).unwrap(), None);
    let job = desk.queue.claim(at(5), &Lane::ALL).unwrap().unwrap();
    assert_eq!((job.tries, job.error.as_deref()), (2, Some("the reader stopped")));
    // A worker that hangs loses its claim.
    assert_eq!(desk.queue.claim(at(19), &Lane::ALL).unwrap(), None);
    assert_eq!(desk.queue.claim(at(21), &Lane::ALL).unwrap().unwrap().tries, 3);
    assert_eq!(desk.queue.release_claims().unwrap(), 1);
    assert_eq!(desk.queue.claim(at(22), &Lane::ALL).unwrap().unwrap().tries, 4);
    desk.queue.park(job.id, "password needed").unwrap();
    assert_eq!(desk.queue.claim(at(99), &Lane::ALL).unwrap(), None);
    assert_eq!(desk.queue.parked(9).unwrap()[0].version, taken.version);
    let eyes = InboxQuery { needs_eyes: true, limit: 9, ..InboxQuery::default() };
    let (rows, _) = desk.records.inbox(&eyes).unwrap();
    assert_eq!(rows[0].problems, ["it could not be read: password needed"]);
    let counts = desk.records.counts().unwrap();
    assert_eq!((counts.jobs_waiting, counts.jobs_parked), (0, 1));
    assert_eq!(desk.records.requeue(None).unwrap(), 1);
    assert!(desk.queue.claim(at(99), &Lane::ALL).unwrap().is_some());
}

#[test]
fn sealed_pages_expire_and_erased_bytes_are_gone() {
    let desk = Desk::new();
    desk.take(1, &[post("m1", "one")]);
    let page = desk.records.exhibits(None, 9).unwrap().into_iter().find(|exhibit| exhibit.sealed).unwrap().sha256;
    let day = 24 * 60;
    assert!(desk.records.expired_pages(at(29 * day), 9).unwrap().is_empty());
    assert_eq!(desk.records.expired_pages(at(31 * day), 9).unwrap(), [page]);
    let bytes = desk.blobs.get(page).unwrap().unwrap();
    desk.records.mark_erased(page, "its time was up", at(31 * day)).unwrap();
    desk.records.mark_erased(page, "its time was up", at(31 * day)).unwrap();
    assert_eq!(desk.blobs.get(page).unwrap(), None);
    assert!(desk.records.expired_pages(at(31 * day), 9).unwrap().is_empty());
    assert!(desk.records.exhibit(page).unwrap().unwrap().erased);
    // Not a trace of the page is left in the files; the control is that the post's own bytes are.
    let files =
        ["catalogue.sqlite", "catalogue.sqlite-wal"].map(|name| std::fs::read(desk.dir.path().join(name)).unwrap());
    let holds = |needle: &[u8]| files.iter().any(|file| file.windows(needle.len()).any(|part| part == needle));
    assert!(holds(slice("m1", "one").as_bytes()));
    assert!(!holds(&bytes));
    assert_eq!(desk.wrong(), Vec::<String>::new());
    assert!(matches!(desk.records.mark_erased(sha256(b"no"), "x", at(0)), Err(StoreError::NotFound { .. })));
}

#[test]
fn large_bytes_are_files_and_erasing_them_removes_them() {
    let desk = Desk::new();
    let bytes = vec![5u8; 200_000];
    let name = sha256(&bytes);
    assert_eq!(desk.blobs.get(name).unwrap(), None);
    desk.blobs.put(name, &bytes).unwrap();
    desk.blobs.put(name, &bytes).unwrap();
    assert_eq!(desk.blobs.get(name).unwrap(), Some(bytes.clone()));
    let folder = desk.dir.path().join("vault").join(&name.hex()[..2]).join(&name.hex()[2..4]);
    // A file that was cut short is written anew.
    std::fs::write(folder.join(name.hex()), b"cut").unwrap();
    desk.blobs.put(name, &bytes).unwrap();
    assert_eq!(desk.blobs.get(name).unwrap(), Some(bytes));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    desk.blobs.erase(name).unwrap();
    desk.blobs.erase(name).unwrap();
    assert_eq!(desk.blobs.get(name).unwrap(), None);
}

#[test]
fn erased_bytes_stay_erased_through_crashes_and_new_sightings() {
    let desk = Desk::new();
    let bytes = vec![6u8; 200_000];
    let name = sha256(&bytes);
    desk.blobs.put(name, &bytes).unwrap();
    let mut large = intake(desk.source, 1, &[]);
    large.exhibits.push(NewExhibit { inline: None, ..inline(&bytes, false) });
    desk.records.take_in(std::slice::from_ref(&large)).unwrap();
    assert!(desk.blobs.get(name).unwrap().is_some());
    // The process dies after the rows and before the file.
    desk.records.mark_erased(name, "a court ordered it", at(2)).unwrap();
    let file = desk.dir.path().join("vault").join(&name.hex()[..2]).join(&name.hex()[2..4]).join(name.hex());
    assert!(file.exists());
    let desk = desk.reopen();
    assert!(!file.exists());
    desk.blobs.put(name, &bytes).unwrap();
    desk.records.take_in(&[large]).unwrap();
    assert!(!file.exists());
    assert_eq!(desk.blobs.get(name).unwrap(), None);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn the_timeline_counts_items_by_day_and_level() {
    let desk = Desk::new();
    let posts: Vec<NewVersion> = [-1_000_000_000i64, 0, 1, 24 * 60]
        .into_iter()
        .enumerate()
        .map(|(n, minute)| {
            let mut post = post(&format!("m{n}"), "text");
            post.posted_at = Some(at(minute));
            post
        })
        .collect();
    let taken = desk.take(1, &posts);
    desk.records.put_derived(&[derived(&taken[1], "text", Level::Medium)]).unwrap();
    let days = desk.records.timeline(None, None).unwrap();
    let shown: Vec<(&str, [u64; 5])> = days.iter().map(|day| (day.day.as_str(), day.by_level)).collect();
    assert_eq!(shown[1..], [("2026-11-01", [1, 0, 1, 0, 0]), ("2026-11-02", [1, 0, 0, 0, 0])]);
    assert!(shown[0].0.starts_with("0125-"), "{}", shown[0].0);
    assert_eq!(desk.records.timeline(Some(at(1)), Some(at(60))).unwrap()[0].by_level, [1, 0, 0, 0, 0]);
}

#[test]
fn sources_keep_their_health_their_authorisation_and_their_suggestions() {
    let desk = Desk::new();
    let report = |minute, new_versions, error: Option<&str>| {
        let report =
            SourceReport { at: at(minute), new_versions, error: error.map(str::to_owned), resting_until: None };
        desk.records.report_source(desk.source, &report).unwrap();
        desk.records.source(desk.source).unwrap().health
    };
    let health = report(1, 3, None);
    assert_eq!((health.last_success_at, health.last_item_at), (Some(at(1)), Some(at(1))));
    let health = report(2, 0, Some("401"));
    assert_eq!((health.failures, health.last_error.as_deref(), health.last_error_at), (1, Some("401"), Some(at(2))));
    let health = report(3, 0, None);
    assert_eq!((health.failures, health.last_error, health.last_item_at), (0, None, Some(at(1))));

    let mut authorisation = new_source("x").authorisation;
    authorisation.until = Some(at(99));
    desk.records.authorise(desk.source, &authorisation).unwrap();
    assert_eq!(desk.records.source(desk.source).unwrap().asked.authorisation, authorisation);
    desk.records.set_source_state(desk.source, SourceState::Removed, "A. Editor", at(4)).unwrap();
    assert_eq!(desk.records.sources().unwrap()[0].state, SourceState::Removed);
    assert!(desk.records.source(SourceId(9)).is_err());

    let suggestion = |address: &str| SourceSuggestion {
        address: address.to_owned(),
        kind: "channel".to_owned(),
        seen: 1,
        first_item: ItemId(1),
        first_at: at(1),
    };
    desk.records.suggest_sources(&[suggestion("#a"), suggestion("#b"), suggestion("#b")]).unwrap();
    let seen: Vec<(String, u64)> =
        desk.records.suggestions(9).unwrap().into_iter().map(|one| (one.address, one.seen)).collect();
    assert_eq!(seen, [("#b".to_owned(), 2), ("#a".to_owned(), 1)]);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn watches_alerts_reports_users_and_the_trail_come_back_as_they_were() {
    let desk = Desk::new();
    let watch = Watch {
        id: WatchId(0),
        name: "cup".to_owned(),
        query: "\"meridian cup\"".to_owned(),
        level_min: Level::Low,
        by: "A. Editor".to_owned(),
        at: at(1),
    };
    let id = desk.records.add_watch(&watch).unwrap();
    assert_eq!(desk.records.watches().unwrap(), [Watch { id, ..watch }]);
    let item = desk.take(1, &[post("m1", "one")])[0].item;
    assert!(desk.records.raise(&AlertKind::Watch(id), Some(item), "cup", at(2)).unwrap());
    assert!(!desk.records.raise(&AlertKind::Watch(id), Some(item), "cup", at(3)).unwrap());
    assert!(desk.records.raise(&AlertKind::Level(Level::HighSpecific), Some(item), "level", at(4)).unwrap());
    let silent = AlertKind::Source(desk.source);
    assert!(desk.records.raise(&silent, None, "silent", at(5)).unwrap());
    assert!(!desk.records.raise(&silent, None, "silent", at(6)).unwrap());
    let alerts = desk.records.alerts(true, 9).unwrap();
    assert_eq!((alerts.len(), &alerts[0].raised_by), (3, &silent));
    desk.records.set_alert(alerts[0].id, AlertState::Closed, "A. Editor").unwrap();
    assert_eq!(desk.records.alerts(true, 9).unwrap().len(), 2);
    assert!(desk.records.raise(&silent, None, "silent again", at(7)).unwrap());
    desk.records.remove_watch(id).unwrap();
    assert!(desk.records.remove_watch(id).is_err());

    let mut report = Report {
        id: ReportId(0),
        series: "Special Announcements".to_owned(),
        number: 1,
        title: "A poster threatens the Meridian Cup".to_owned(),
        authors: vec!["A. Editor".to_owned()],
        updated_at: at(1),
        status: ReportStatus::Draft,
        tlp: Tlp::Amber,
        blocks: vec![],
        footnotes: vec![],
        releases: vec![],
    };
    report.id = desk.records.put_report(&report).unwrap();
    report.status = ReportStatus::Review;
    assert_eq!(desk.records.put_report(&report).unwrap(), report.id);
    assert_eq!(desk.records.report(report.id).unwrap(), report);
    assert_eq!(desk.records.reports().unwrap().len(), 1);

    let user = User { name: "A. Editor".to_owned(), role: "editor".to_owned(), added_at: at(1) };
    desk.records.put_user(&user).unwrap();
    assert_eq!(desk.records.users().unwrap(), [user]);
    desk.records.remove_user("A. Editor").unwrap();
    let entry = AuditEntry {
        at: at(1),
        by: "A. Editor".to_owned(),
        action: "source add".to_owned(),
        object: "s1".to_owned(),
        detail: String::new(),
    };
    desk.records.audit(&entry).unwrap();
    assert_eq!(desk.records.audit_trail(9).unwrap(), [entry]);
}
