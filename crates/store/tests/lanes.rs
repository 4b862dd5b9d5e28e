//! Lanes: words of a post do not wait for its files, what is out of date comes last, and parts that were read are recalled.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use vedette_core::memo::MemoKey;
use vedette_core::*;
use vedette_preserve::sha256;

/// What the pipeline stores of a post whose files wait.
fn words_only(taken: &TakenVersion, text: &str) -> Derived {
    Derived { next: Some(JobKind::Read), ..derived(taken, text, Level::Low) }
}

#[test]
fn the_words_of_a_post_are_stored_and_its_files_become_the_next_job() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "see the poster")])[0].clone();
    assert_eq!(desk.queue.claim(at(2), &Lane::ALL).unwrap(), None, "the pipeline holds it");
    desk.records.put_derived(&[words_only(&taken, "see the poster")]).unwrap();
    assert_eq!(desk.queue.claim(at(2), &[Lane::Quick, Lane::Again]).unwrap(), None);
    let job = desk.queue.claim(at(2), &[Lane::Slow]).unwrap().unwrap();
    assert_eq!((job.kind, job.version, job.tries), (JobKind::Read, taken.version, 1));
    assert!(desk.records.version(taken.version).unwrap().pending);
    desk.records.put_derived(&[derived(&taken, "see the poster", Level::Low)]).unwrap();
    desk.queue.done(job.id).unwrap();
    assert!(!desk.records.version(taken.version).unwrap().pending);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_worker_that_is_done_with_the_words_does_not_remove_the_job_for_the_files() {
    let desk = Desk::new();
    let mut html = post("m1", "<p>text</p>");
    html.needs_job = true;
    let taken = desk.take(1, &[html])[0].clone();
    let job = desk.queue.claim(at(1), &[Lane::Quick]).unwrap().unwrap();
    assert_eq!(job.kind, JobKind::Text);
    desk.records.put_derived(&[words_only(&taken, "text")]).unwrap();
    desk.queue.done(job.id).unwrap();
    assert_eq!(desk.queue.claim(at(1), &[Lane::Slow]).unwrap().unwrap().kind, JobKind::Read);
}

#[test]
fn words_do_not_wait_behind_files_nor_files_behind_what_is_done_again() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("a", "one"), post("b", "two"), post("c", "three")]);
    for one in &taken {
        desk.records.put_derived(&[words_only(one, "words")]).unwrap();
    }
    let first = desk.queue.claim(at(2), &Lane::ALL).unwrap().unwrap();
    desk.records.put_derived(&[derived(&taken[0], "one", Level::Low)]).unwrap();
    desk.queue.done(first.id).unwrap();
    assert_eq!(desk.records.requeue(None).unwrap(), 3);
    let mut html = post("d", "<p>four</p>");
    html.needs_job = true;
    let newest = desk.take(3, &[html])[0].version;
    let order: Vec<(JobKind, VersionId)> = std::iter::from_fn(|| desk.queue.claim(at(4), &Lane::ALL).unwrap())
        .map(|job| (job.kind, job.version))
        .collect();
    assert_eq!(
        order,
        [
            (JobKind::Text, newest),
            (JobKind::Read, taken[1].version),
            (JobKind::Read, taken[2].version),
            (JobKind::Derive, taken[0].version),
        ]
    );
}

#[test]
fn only_what_is_out_of_date_is_queued_again() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one"), post("m2", "two")]);
    for one in &taken {
        desk.records.put_derived(&[derived(one, "text", Level::Low)]).unwrap();
    }
    let made_with = desk.records.version(taken[0].version).unwrap().made_with;
    let current =
        |made_with: &str, read_with: &str| Current { made_with: made_with.to_owned(), read_with: read_with.to_owned() };
    assert_eq!(desk.records.requeue(Some(&current(&made_with, "tesseract 6"))).unwrap(), 0, "there is no file to read");
    assert_eq!(desk.records.requeue(Some(&current("another register", ""))).unwrap(), 2);
}

#[test]
fn a_new_tool_makes_what_it_would_read_out_of_date() {
    let desk = Desk::new();
    let bytes = b"a poster";
    let mut post = post("m1", "see the poster");
    post.attachments.push(NewAttachment {
        name: "poster.png".to_owned(),
        media_type: None,
        url: None,
        exhibit: Some((sha256(bytes), bytes.len() as u64)),
        error: None,
    });
    let mut intake = intake(desk.source, 1, &[post]);
    intake.exhibits.push(inline(bytes, false));
    let taken = desk.records.take_in(&[intake]).unwrap().remove(0).versions.remove(0);
    let read = Derived { read_with: "tesseract 5".to_owned(), ..derived(&taken, "see the poster", Level::Low) };
    desk.records.put_derived(std::slice::from_ref(&read)).unwrap();
    let now = |read_with: &str| Current { made_with: read.made_with.clone(), read_with: read_with.to_owned() };
    assert_eq!(desk.records.requeue(Some(&now("tesseract 5"))).unwrap(), 0);
    assert_eq!(desk.records.requeue(Some(&now("tesseract 6"))).unwrap(), 1);
    assert_eq!(desk.queue.claim(at(2), &[Lane::Again]).unwrap().unwrap().kind, JobKind::Derive);
}

#[test]
fn parts_are_recalled_by_the_method_that_read_them_and_go_with_their_exhibit() {
    let desk = Desk::new();
    let bytes = b"a magazine";
    let exhibit = sha256(bytes);
    let mut intake = intake(desk.source, 1, &[post("m1", "one")]);
    intake.exhibits.push(inline(bytes, false));
    desk.records.take_in(&[intake]).unwrap();
    let key = MemoKey { file: exhibit, part: "page 3".to_owned(), method: "tesseract 5".to_owned() };
    let readings = [Reading { page: Some(3), ..Reading::new(ReadingKind::Ocr, "tesseract 5", "lamp") }];
    assert_eq!(desk.records.recall_part(exhibit, &key).unwrap(), None);
    desk.records.keep_part(exhibit, &key, &readings).unwrap();
    let desk = desk.reopen();
    assert_eq!(desk.records.recall_part(exhibit, &key).unwrap().as_deref(), Some(&readings[..]));
    let newer = MemoKey { method: "tesseract 6".to_owned(), ..key.clone() };
    assert_eq!(desk.records.recall_part(exhibit, &newer).unwrap(), None);
    desk.records.keep_part(exhibit, &newer, &[]).unwrap();
    assert_eq!(desk.records.recall_part(exhibit, &newer).unwrap(), Some(Vec::new()), "nothing to read is known too");
    assert_eq!(desk.records.recall_part(exhibit, &key).unwrap(), None, "one method a part is kept");
    desk.records.mark_erased(exhibit, "asked for", at(9)).unwrap();
    assert_eq!(desk.records.recall_part(exhibit, &newer).unwrap(), None);
    desk.records.keep_part(exhibit, &newer, &readings).unwrap();
    assert_eq!(desk.records.recall_part(exhibit, &newer).unwrap(), None, "a late worker brings nothing back");
}

#[test]
fn a_long_job_keeps_its_claim_while_parts_of_it_are_done() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")])[0].clone();
    desk.records.put_derived(&[words_only(&taken, "one")]).unwrap();
    let job = desk.queue.claim(at(1), &Lane::ALL).unwrap().unwrap();
    desk.queue.renew(job.id, at(14)).unwrap();
    assert_eq!(desk.queue.claim(at(20), &Lane::ALL).unwrap(), None);
    assert_eq!(desk.queue.claim(at(30), &Lane::ALL).unwrap().unwrap().tries, 2, "a worker that hangs loses it");
}
