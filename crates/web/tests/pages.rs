//! The pages over an invented desk: what a browser gets, what a write does, and that hostile text stays text.

#![allow(clippy::unwrap_used, reason = "a test that fails should stop")]

mod fake;
mod house;

use axum::body::Body;
use axum::http::Request;
use fake::translated::arabic_hash;
use fake::{FakeDesk, HOSTILE, image_hash};
use house::{Answer, HOST, house, house_of};
use vedette_web::FORM_BYTES_MAX;

const TRANSLATION: &str = "/item/i31/translation/3131313131313131313131313131313131313131313131313131313131313131";

const PAGES: [&str; 33] = [
    "/register",
    "/register?q=lantern&kind=actor",
    "/register/new",
    "/register/actor/grey-lantern",
    "/campaigns",
    "/campaigns/k3",
    "/campaigns/i42",
    "/item/i42/points",
    "/calibration",
    "/",
    "/?level=medium&source=s1&eyes=1&decided=1&page=2",
    "/item/i42",
    "/item/i31",
    TRANSLATION,
    "/search",
    "/search?q=stadium&sort=level",
    "/families",
    "/family/f12",
    "/family/f12/diff?a=i12&b=i42",
    "/family/f12/diff?a=i31&b=i42",
    "/series",
    "/series/the-wick",
    "/sources",
    "/sources?why=https%3A%2F%2Fchat.example%2F%3Cb%3E",
    "/source/s3",
    "/alerts",
    "/alerts?all=1",
    "/timeline",
    "/timeline?days=90",
    "/reports",
    "/report/r7?for=subscriber",
    "/report/r7/edit",
    "/help",
];

#[test]
fn every_page_is_shown_with_its_landmarks_and_headers() {
    let house = house();
    for address in PAGES {
        let answer = house.get(address);
        assert_eq!(answer.status, 200, "{address}: {}", answer.body);
        assert!(answer.body.contains("<main") && answer.body.contains("<nav"), "{address}");
        // The editor also shows the report, with the report's own first heading.
        let headings = if address.ends_with("/edit") { 2 } else { 1 };
        assert_eq!(answer.body.matches("<h1").count(), headings, "{address}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{address}");
    }
}

#[test]
fn hostile_text_stays_text_on_every_page() {
    let house = house();
    let mut seen = 0;
    for address in PAGES {
        let body = house.get(address).body;
        for live in ["<script>", "<img src=x", "onerror=alert(2)>\"'", "</textarea><script"] {
            assert!(!body.contains(live), "{address} lets `{live}` through");
        }
        // No inline style, script or handler either: the policy would refuse them.
        for inline in ["style=\"", "<style", " onclick=", "javascript:"] {
            assert!(!body.contains(inline), "{address} holds `{inline}`");
        }
        seen += body.matches("alert(1)").count();
    }
    assert!(seen >= 10, "the pages were not shown the hostile text: {seen}");
    assert!(HOSTILE.contains("<script>"));
}

#[test]
fn nothing_on_a_page_leads_out_of_the_house() {
    let house = house();
    for address in PAGES {
        let body = house.get(address).body;
        for part in body.split(['"', '\'']) {
            let outside = part.starts_with("http:") || part.starts_with("https:") || part.starts_with("//");
            assert!(!outside, "{address} leads to {part}");
        }
    }
    let item = house.get("/item/i42").body;
    assert!(item.contains("hxxps://lantern-media[.]example/cup"));
    for address in PAGES {
        assert!(!house.get(address).body.contains("https://lantern-media.example"), "{address}");
    }
}

#[test]
fn the_page_of_a_source_tells_gaps_and_what_is_missing_can_be_asked_for() {
    let house = house();
    let body = house.get("/source/s3").body;
    assert!(body.contains("the server &#60;b&#62;closed&#60;/b&#62; the connection"), "{body}");
    assert_eq!(body.matches(">open</span>").count(), 1, "one gap is open, one is whole again");
    let asked = house.get("/sources?why=https%3A%2F%2Fchat.example%2F%3Cb%3E").body;
    assert!(asked.contains("It is not here.") && asked.contains("no source watches"), "{asked}");
    assert!(asked.contains("hxxps://chat[.]example/&#60;b&#62;"), "{asked}");
    assert!(!house.get("/sources").body.contains("It is not here."));
}

#[test]
fn the_item_page_shows_marks_differences_and_evidence() {
    let body = house().get("/item/i42").body;
    // Overlapping statements over a venue, with how its spelling matched.
    assert!(body.contains("venue: Halden Stadium, spelling: leet, zero-width"));
    assert!(body.contains("class=\"s s-threat m m-venue"), "{body}");
    assert!(body.contains("<del>soon. </del><ins>on 1 December. </ins>"), "the edit is shown");
    assert!(body.contains("Gone at the source. What was captured before stays."));
    assert!(body.contains("<dt>time</dt><dd><bdi>1 December</bdi>"), "the statement says when");
    assert!(body.contains("411 of 1204"));
    assert!(body.contains("vedette export bundle i42 -o i42.zip"));
    assert!(body.contains("picture, 12 of 256 bits differ") && body.contains("text, 92 % alike"));
    // A reason leads to its quote in the text.
    assert!(body.contains("href=\"#reason-1\"") && body.contains("id=\"reason-1\""));
    assert!(body.contains("<bdi>A. Analyst</bdi> confirmed"));
}

#[test]
fn right_to_left_text_says_its_language_and_finds_its_direction() {
    let house = house();
    for address in ["/", "/search?q=stadium", "/family/f12"] {
        let body = house.get(address).body;
        assert!(body.contains("dir=\"auto\" lang=\"ar\""), "{address}");
    }
    assert!(house.get("/item/i42").body.contains("<div class=\"text\" dir=\"auto\" lang=\"ar\">"));
}

#[test]
fn a_picture_is_blurred_and_never_the_collected_bytes() {
    let house = house();
    let body = house.get("/item/i42").body;
    let picture = format!("/picture/{}", image_hash());
    assert!(body.contains("class=\"reveal\"") && body.contains(&picture));
    assert!(!body.contains("class=\"reveal\" checked"));
    // Even without style the clear picture stays hidden.
    assert!(body.contains(&format!("<img class=\"clear\" hidden src=\"{picture}\"")));
    assert_eq!(house.get(&format!("{picture}/blurred")).headers["content-type"], "image/png");
    let answer = house.get(&picture);
    assert_eq!(answer.headers["content-type"], "image/png");
    // Who saw it unblurred is logged once; a blurred picture and one that is not there are no view.
    let written = house.written();
    assert_eq!(written.iter().filter(|line| line.contains("unblurred")).count(), 1, "{written:?}");
    assert_eq!(house.get(&format!("/picture/{}", "0".repeat(64))).status, 400);
    assert_eq!(house.get("/picture/../../etc/passwd").status, 404);
    assert!(house.get("/assets/app.css").body.contains(".reveal:not(:checked) ~ .frame img { filter: blur("));
}

#[test]
fn what_is_not_here_is_not_found_and_what_is_wrong_is_told() {
    let house = house();
    for address in
        ["/item/i99", "/item/x", "/item/s1", "/family/f1", "/source/s9", "/report/r1", "/nowhere", "/item/%00"]
    {
        let answer = house.get(address);
        assert_eq!(answer.status, 404, "{address}");
        assert!(answer.body.contains("Not here") && answer.body.contains("<main"), "{address}");
    }
    let answer = house.get("/search?q=stadium+levle%3A%3Cb%3E");
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("cannot read the query at column 9"), "{}", answer.body);
    assert!(answer.body.contains("stadium <mark class=\"here\">levle:&#60;b&#62;</mark>"), "{}", answer.body);
    let answer = house.get("/api/v1/search?q=stadium+levle%3Alow");
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("\"column\":9"), "{}", answer.body);
}

#[test]
fn decisions_go_to_the_desk_under_the_persons_name() {
    let house = house();
    let answer = house.post("/item/i42/review", "verdict=change&level=medium&reason=old%20news");
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/item/i42#review"));
    assert_eq!(house.post("/item/i42/seen", "seen=1&back=%2F%3Fpage%3D2%23i31").location(), "/?page=2#i31");
    assert_eq!(house.post("/item/i42/seen", "seen=0&back=https%3A%2F%2Fevil.example").location(), "/item/i42");
    assert_eq!(house.post("/item/i42/cite", "report=r7&title=").location(), "/report/r7/edit");
    assert_eq!(house.post("/alert/n3", "state=closed").location(), "/alerts");
    assert_eq!(
        house.written(),
        [
            "review i42 Change Some(Medium) old news by A. Analyst",
            "seen i42 true by A. Analyst",
            "seen i42 false by A. Analyst",
            "cite i42 in r7 by A. Analyst",
            "alert n3 Closed by A. Analyst",
        ]
    );
}

#[test]
fn incomplete_or_oversized_forms_write_nothing() {
    let house = house();
    assert_eq!(house.post("/item/i42/review", "reason=x").status, 400);
    assert_eq!(house.post("/item/i42/review", "verdict=change&reason=x").status, 400);
    assert_eq!(house.post("/item/i42/review", "verdict=reject&reason=").status, 400);
    assert_eq!(house.post("/alert/n3", "state=exploded").status, 400);
    assert_eq!(house.post("/reports", "title=").status, 400);
    assert_eq!(house.post("/report/r7/release", "audience=public&reason=ready").status, 400, "the tick is missing");
    let large = format!("source={}", "a".repeat(FORM_BYTES_MAX));
    assert_eq!(house.post("/report/r7/edit", &large).status, 413);
    assert_eq!(house.get("/report/r7/release").status, 405);
    assert!(house.written().is_empty(), "{:?}", house.written());
}

#[test]
fn a_write_from_elsewhere_is_refused_before_the_desk_hears_of_it() {
    let house = house();
    for origin in [None, Some("null"), Some("http://evil.example"), Some("http://localhost:8460")] {
        let mut request = Request::post("/item/i42/seen")
            .header("host", HOST)
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        assert_eq!(house.send(request.body(Body::from("seen=1")).unwrap()).status, 403, "{origin:?}");
    }
    let rebound = Request::get("/").header("host", "evil.example:8460").body(Body::empty()).unwrap();
    assert_eq!(house.send(rebound).status, 403);
    assert!(house.written().is_empty());
}

#[test]
fn a_report_is_edited_checked_and_released() {
    let house = house();
    let kept = house.post("/report/r7/edit", "source=title%3A+A%0D%0A%0D%0A%23%23+lead");
    assert_eq!((kept.status.as_u16(), kept.location()), (303, "/report/r7/edit#check"));
    assert_eq!(house.written().pop().unwrap(), "edit r7 by A. Analyst: title: A\\n\\n## lead");
    let refused = house.post("/report/r7/edit", "source=no+front+matter+%3C%2Ftextarea%3E");
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("Not saved.") && refused.body.contains("line 1:"));
    assert!(refused.body.contains("no front matter &#60;/textarea&#62;"), "what was typed is still there");
    let released = house.post("/report/r7/release", "audience=subscriber&reason=ready&sure=1");
    assert_eq!(released.location(), "/report/r7");
    assert_eq!(house.written().pop().unwrap(), "release r7 to Subscriber because ready by A. Analyst");
    assert_eq!(house.post("/reports", "title=T&series=&items=i42,+i31").location(), "/report/r7/edit");
    assert_eq!(house.written().pop().unwrap(), "new report Reports/T [ItemId(42), ItemId(31)] by A. Analyst");
}

#[test]
fn the_api_speaks_the_words_of_the_command_line() {
    let house = house();
    let json = |answer: Answer| -> serde_json::Value { serde_json::from_str(&answer.body).unwrap() };
    let item = json(house.get("/api/v1/items/i42"));
    for field in ["item", "versions", "attachments", "readings", "mentions", "statements", "likenesses", "assessment"] {
        assert!(item.get(field).is_some(), "{field}");
    }
    assert_eq!(item["evidence"]["tree_size"], 1204);
    assert_eq!(
        (&item["admiralty"]["code"], &item["assessment"]["reasons"][0]["group"]),
        (&"B2".into(), &"intent".into())
    );
    assert_eq!(item["point_decisions"][0]["verdict"], "confirm");
    assert_eq!(item["mentions"][0]["reading"], 0);
    assert_eq!(json(house.get("/api/v1/search?q=stadium"))["hits"][0]["id"], "i42");
    assert_eq!(json(house.get("/api/v1/inbox?level=high-specific"))["rows"].as_array().unwrap().len(), 2);
    assert_eq!(json(house.get("/healthz"))["ok"], true);
    assert_eq!(house.get("/api/v1/items/i99").status, 404);
    let found = house.post("/api/v1/match", &format!("{{\"pdq\":\"{}\"}}", "0".repeat(64)));
    assert_eq!(json(found)["matches"][0], serde_json::json!({ "id": "i31", "distance": 6 }));
    let wrong = house.post("/api/v1/match", "{}");
    assert_eq!(wrong.status, 400);
    assert!(json(wrong)["error"].as_str().unwrap().contains("pdq"));
}

#[test]
fn original_and_translation_stand_beside_each_other_with_their_languages_and_marks() {
    let body = house().get("/item/i31").body;
    assert_eq!(body.matches("<tr tabindex=\"0\">").count(), 4, "one row a segment");
    assert!(body.contains("<div class=\"text\" dir=\"auto\" lang=\"ar\">"));
    assert!(body.contains("<div class=\"text\" dir=\"auto\" lang=\"en\">"));
    // Names, statements and terms are marked on both sides; a reason is anchored once, in the original.
    assert!(body.contains("term: venue:halden-stadium, put in the place of the engine&#39;s word"), "{body}");
    assert_eq!(body.matches("id=\"reason-1\"").count(), 1);
    assert_eq!(body.matches("venue: Halden Stadium").count(), 2);
    assert!(body.contains("hxxps://lantern-media[.]example/cup") && body.contains("for &#60;b&#62;pictures"));
    // Who stands behind it, what is to be looked at, and what applies no more.
    assert!(body.contains("tr-revised\">revised, not signed</span>"));
    assert!(body.contains("T. Translator, from a draft of firefox fxtranslate 0.5.0"));
    assert!(body.contains("&#60;i&#62;the term Kelmora&#60;/i&#62;"));
    assert!(body.contains("was of an earlier text and does not apply any more"));
    assert!(body.contains(&format!("href=\"{TRANSLATION}\"")));
    // The translation is not shown a second time as a text of its own.
    assert_eq!(body.matches("A statement by the Order").count(), 1);
}

#[test]
fn a_translation_is_revised_by_segment_and_signed_with_a_tick() {
    let house = house();
    assert_eq!(TRANSLATION.rsplit('/').next().unwrap(), arabic_hash().hex());
    let body = house.get(TRANSLATION).body;
    assert_eq!(body.matches("<textarea").count(), 4);
    assert!(body.contains("name=\"after\" value=\"t7\"") && body.contains("name=\"revision\" value=\"t7\""));
    assert!(body.contains("<bdi>T. Translator</bdi> revised") && body.contains("leaf 507"));
    assert!(
        body.contains("<del>glow</del><ins>burn</ins>") || body.contains("<del>glow </del><ins>burn </ins>"),
        "{body}"
    );
    // Only what differs from what stands there is a change; a browser sends line ends as CR LF.
    let form = "after=t7&s1=A+statement+by+the+Order+of+the+Grey+Lantern&s2=No+lamp%0D%0Aburns&s9x=1";
    let answer = house.post(TRANSLATION, form);
    assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("{TRANSLATION}#sign").as_str()));
    assert_eq!(house.post(&format!("{TRANSLATION}/sign"), "revision=t7").status, 400, "the tick is missing");
    assert_eq!(house.post(&format!("{TRANSLATION}/sign"), "revision=t7&sure=1").location(), TRANSLATION);
    assert_eq!(house.post("/item/i31/translate", "").location(), "/item/i31");
    assert_eq!(
        house.written(),
        [
            "revise i31 31313131 after t7 [(1, \"No lamp\\nburns\")] by A. Analyst",
            "sign i31 31313131 t7 by A. Analyst",
            "translate i31 by A. Analyst",
        ]
    );
    for nowhere in ["/item/i31/translation/00", "/item/i42/translation/31", &TRANSLATION.replace("/i31/", "/i42/")] {
        assert_eq!(house.get(nowhere).status, 404, "{nowhere}");
    }
    let elsewhere = Request::post(TRANSLATION)
        .header("host", HOST)
        .header("origin", "http://evil.example")
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(house.send(elsewhere.body(Body::from("after=t7&s1=x")).unwrap()).status, 403);
    assert_eq!(house.written().len(), 3);
}

#[test]
fn each_point_of_an_item_can_be_judged_and_what_was_judged_stands_beside_it() {
    let house = house();
    let item = house.get("/item/i42").body;
    assert!(item.contains("href=\"/item/i42/points\"") && item.contains("href=\"/campaigns/k3\""), "{item}");
    assert!(item.contains("<h3>context <span class=\"quiet\">") && item.contains("<strong>B2</strong>"), "{item}");
    assert!(item.contains("v-confirmed\">confirmed") && item.contains("v-changed\">changed to <bdi>report</bdi>"));
    let body = house.get("/item/i42/points").body;
    assert!(body.contains("2 of ") && body.contains("leaf 900"), "{body}");
    assert!(body.contains("<option value=\"denial\">") && body.contains("<option value=\"6\">6: cannot be judged"));
    let key = "statement:0:27-76:threat";
    assert!(body.contains(&format!("name=\"point\" value=\"{key}\"")), "{body}");
    let answer = house.post(
        "/item/i42/points",
        &format!("point={key}&verdict=change&value=report&reason=a+quotation&back=%2Fitem%2Fi42%2Fpoints%23p7"),
    );
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/item/i42/points#p7"));
    assert_eq!(house.post("/item/i42/points", &format!("point={key}&verdict=confirm")).location(), "/item/i42/points");
    for wrong in [
        "point=statement&verdict=confirm",
        &format!("point={key}&verdict=maybe"),
        &format!("point={key}&verdict=reject&reason="),
    ] {
        assert_eq!(house.post("/item/i42/points", wrong).status, 400, "{wrong}");
    }
    assert_eq!(house.post("/source/s3/grade", "grade=B&reason=checked").location(), "/source/s3#grade");
    assert_eq!(house.post("/source/s3/grade", "grade=G&reason=checked").status, 400);
    assert_eq!(
        house.written(),
        [
            "point i42 statement:0:27-76:threat Change Some(\"report\") a quotation by A. Analyst",
            "point i42 statement:0:27-76:threat Confirm Some(\"\")  by A. Analyst",
            "grade s3 B checked by A. Analyst",
        ]
    );
    assert_eq!(house.get("/item/i99/points").status, 404);
}

#[test]
fn calibration_reads_well_with_and_without_decisions() {
    let body = house().get("/calibration").body;
    assert!(body.contains("levels stood as proposed") && body.contains("Proposed and decided"), "{body}");
    assert_eq!(body.matches("<tr><th scope=\"row\"><span class=\"level").count(), 5);
    assert!(body.contains("Arabic") && body.contains("2026-09") && body.contains("href=\"/item/i"));
    let fresh = house_of(FakeDesk { fresh: true, ..FakeDesk::default() }).get("/calibration").body;
    assert!(fresh.contains("Nobody has decided on a level yet") && !fresh.contains("<table"), "{fresh}");
}

#[test]
fn campaigns_are_suggested_with_reasons_and_a_person_accepts_merges_splits_and_undoes() {
    let house = house();
    let list = house.get("/campaigns").body;
    assert!(list.contains("14 posters in 3 weeks, sports events") && list.contains("href=\"/campaigns/k3\""), "{list}");
    assert!(
        list.contains("would join <a href=\"/campaigns/k3\">k3</a>")
            && list.contains("the same family f12, 2 days apart")
    );
    let one = house.get("/campaigns/k3").body;
    assert!(
        one.contains("9 mentions today, 0.7 usual") && one.contains("4 mentions today, next to none usual"),
        "{one}"
    );
    assert!(one.contains("action=\"/campaigns/k3/split\"") && one.contains("2026-11-02") && !one.contains(" checked"));
    assert_eq!(one.matches("<rect class=\"fill-").count(), 7);
    let suggested = house.get("/campaigns/i42").body;
    assert!(suggested.contains("action=\"/campaigns/accept\"") && suggested.contains("value=\"i42\" checked"));
    assert_eq!(house.post("/campaigns/accept", "item=i42&item=i31&into=new&name=The+Cup").location(), "/campaigns/k9");
    assert_eq!(house.post("/campaigns/accept", "item=i42&into=k3&name=").location(), "/campaigns/k3");
    assert!(list.contains("dismissed a suggestion of 3 items") && list.contains("href=\"/campaigns/i29\""), "{list}");
    assert!(suggested.contains("action=\"/campaigns/i42/dismiss\"") && !one.contains("/dismiss"), "{suggested}");
    assert_eq!(house.post("/campaigns/i42/dismiss", "seen=7&reason=a+fan+page").location(), "/campaigns");
    assert_eq!(house.post("/campaigns/k3/merge", "from=k5").location(), "/campaigns/k3");
    assert_eq!(house.post("/campaigns/k3/split", "item=i31&name=Another").location(), "/campaigns/k9");
    assert_eq!(house.post("/campaigns/undo", "of=8").location(), "/campaigns");
    for (address, form) in [
        ("/campaigns/accept", "name=x&into=new"),
        ("/campaigns/undo", ""),
        ("/campaigns/k3/split", "name=x"),
        ("/campaigns/i42/dismiss", "reason=x"),
    ] {
        assert_eq!(house.post(address, form).status, 400, "{address} {form}");
    }
    assert_eq!(
        house.written(),
        [
            "accept [ItemId(42), ItemId(31)] as The Cup into None by A. Analyst",
            "accept [ItemId(42)] as  into Some(CampaignId(3)) by A. Analyst",
            "dismiss i42 of Some(7) because a fan page by A. Analyst",
            "merge [CampaignId(5)] into k3 by A. Analyst",
            "split [ItemId(31)] off k3 as Another by A. Analyst",
            "undo Some(8) by A. Analyst",
        ]
    );
    for nowhere in ["/campaigns/k9", "/campaigns/x", "/campaigns/k3/merge"] {
        assert!([404, 405].contains(&house.get(nowhere).status.as_u16()), "{nowhere}");
    }
    let fresh = house_of(FakeDesk { fresh: true, ..FakeDesk::default() });
    assert!(fresh.get("/campaigns").body.contains("Nobody has accepted a campaign yet"));
    assert!(fresh.get("/timeline").body.contains("At most 1 in 100 ordinary days"));
    assert!(house.get("/timeline").body.contains("61 mentions today, 14 usual"));
}

#[test]
fn an_entry_of_the_register_is_proposed_and_taken_in_by_a_second_act() {
    let house = house();
    let list = house.get("/register").body;
    assert!(
        list.contains("href=\"/register/actor/grey-lantern\"") && list.contains("read when <code>vedette serve</code>")
    );
    assert!(list.contains("2 more") && list.contains("Proposals that wait for a second look"), "{list}");
    assert!(!house.get("/register?kind=outlet").body.contains("varn-front"));
    let entry = house.get("/register/actor/grey-lantern").body;
    assert!(entry.contains("<ins>") && entry.contains("Lanterns") && entry.contains("turned down"), "{entry}");
    assert!(
        entry.contains("Not checked against a source, so not to be quoted: <bdi>XX, Invented list (2015-01-01)</bdi>")
    );
    assert_eq!(entry.matches("value=\"accept\"").count(), 1, "only what waits is decided");
    let form = "toml=%5B%5Bactor%5D%5D%0D%0Aid+%3D+%22x%22&reason=public+list";
    assert_eq!(house.post("/register/propose", form).location(), "/register/actor/grey-lantern#p12");
    assert_eq!(house.post("/register/propose", "toml=nonsense&reason=x").status, 400);
    assert_eq!(house.post("/register/proposal/12", "decide=accept").status, 400, "the tick is missing");
    assert_eq!(
        house.post("/register/proposal/12", "decide=accept&sure=1").location(),
        "/register/actor/grey-lantern#p12"
    );
    assert_eq!(house.post("/register/proposal/12", "decide=reject&reason=no+source").status, 303);
    assert_eq!(house.post("/register/proposal/x", "decide=reject&reason=y").status, 404);
    assert_eq!(
        house.written(),
        [
            "propose [[actor]]\\r\\nid = \\\"x\\\" because public list by A. Analyst",
            "accept proposal 12 by A. Analyst",
            "reject proposal 12 because no source by A. Analyst",
        ]
    );
    for nowhere in ["/register/actor/nobody", "/register/person/x"] {
        assert_eq!(house.get(nowhere).status, 404, "{nowhere}");
    }
    let fresh = house_of(FakeDesk { fresh: true, ..FakeDesk::default() }).get("/register").body;
    assert!(!fresh.contains("wait for a second look") && !fresh.contains("starts next"));
}
