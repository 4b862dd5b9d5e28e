//! Families, what differs between their members, and series on the pages, over an invented desk.

#![allow(clippy::unwrap_used, dead_code, reason = "a test that fails should stop; the invented desk is shared")]

mod fake;
mod house;

use fake::{FakeDesk, image_hash};
use house::{house, house_of};

#[test]
fn a_family_shows_how_it_spread_and_what_people_parted() {
    let house = house();
    let page = house.get("/family/f12").body;
    assert_eq!(page.matches("<circle class=\"dot ").count(), 4, "one dot for each member: {page}");
    assert_eq!(page.matches("class=\"first-ring\"").count(), 1);
    assert!(page.contains("role=\"img\" aria-label=\"One lane for each channel"));
    assert!(page.contains("1 of 5, the other 3, 1 in the same second") && page.contains("−2 h 5 min"), "{page}");
    assert!(page.contains("href=\"/family/f12/diff?a=i12&amp;b=i44\""));
    assert!(page.contains("value=\"i42\">is not the same as i42</option>"));
    assert!(page.contains("took i42 out of f12") && page.contains("i31 and i44 are not the same"));
    assert!(!page.contains("i12 and i42 are not the same"), "what was taken back is gone");
    assert!(house.get("/families").body.contains("What people parted"));
    assert!(house.get("/item/i42").body.contains("took i42 out of f12"));
    assert!(!house_of(FakeDesk { fresh: true, ..FakeDesk::default() }).get("/families").body.contains("parted"));
}

#[test]
fn a_member_is_parted_with_a_reason_and_taken_back() {
    let house = house();
    assert_eq!(house.post("/family/f12/part", "item=i42&with=&reason=another+flag").location(), "/family/f12");
    assert_eq!(house.post("/family/f12/part", "item=i42&with=i44&reason=other+words").location(), "/family/f12");
    assert_eq!(house.post("/family/f7/part", "item=i42&with=&reason=gone").location(), "/families#partings");
    assert_eq!(house.post("/family/rejoin", "of=5&reason=").location(), "/family/f12");
    for form in ["item=i42&with=&reason=", "item=&with=&reason=x", "item=i42&with=x&reason=x"] {
        assert!(house.post("/family/f12/part", form).status.is_client_error(), "{form}");
    }
    assert_eq!(house.post("/family/rejoin", "of=x").status, 400);
    assert_eq!(
        house.written(),
        [
            "part i42 because another flag by A. Analyst",
            "part i42 and i44 because other words by A. Analyst",
            "part i42 because gone by A. Analyst",
            "rejoin act 5 because  by A. Analyst",
        ]
    );
}

#[test]
fn two_members_stand_beside_each_other_with_pictures_blurred_until_asked_for() {
    let house = house();
    let page = house.get("/family/f12/diff?a=i12&b=i42").body;
    for mode in ["mode-side", "mode-overlay", "mode-difference"] {
        assert_eq!(page.matches(&format!("class=\"mode {mode}\"")).count(), 1);
    }
    let image = image_hash().hex();
    let clear = format!("<img class=\"clear\" hidden src=\"/picture/{image}\"");
    assert_eq!(page.matches(&format!("src=\"/picture/{image}/blurred\"")).count(), 2, "{page}");
    assert_eq!(page.matches(&format!("src=\"/picture/{image}\"")).count(), page.matches(&clear).count(), "{page}");
    assert_eq!(page.matches(" hidden src=").count(), page.matches("loading=\"lazy\"").count());
    assert!(page.contains("The same words in both (English)"), "{page}");
    // Two languages stand beside each other; the translation is compared with the other's own words.
    let page = house.get("/family/f12/diff?a=i31&b=i42").body;
    assert!(page.contains("i31 has no picture") && page.contains("class=\"two-texts\""), "{page}");
    assert!(page.contains("Translations of the posts") && page.contains("English, revised by T. Translator"), "{page}");
    assert!(page.contains("<ins>") && page.contains("<del>"));
    // Without names it is each member with the first; strangers are none of its business.
    assert!(house.get("/family/f12/diff").body.contains("<h1>i12 and i31</h1>"));
    for strangers in ["a=i7&b=i42", "a=i12&b=x", "a=i12&b=i99"] {
        assert_eq!(house.get(&format!("/family/f12/diff?{strangers}")).status, 404, "{strangers}");
    }
    assert!(house.written().is_empty(), "looking at blurred pictures is no act");
}

#[test]
fn a_series_shows_its_issues_by_number_and_what_is_missing() {
    let house = house();
    let page = house.get("/series/the-wick").body;
    assert!(page.contains("No. 13 was not seen; 12 on 3 May 2026, 14 on 2 June 2026"), "{page}");
    let places = ["No. 11</th>", "No. 12</th>", "No. 13</th>", "No. 14</th>"].map(|number| page.find(number).unwrap());
    assert!(places.is_sorted());
    assert!(page.contains("2 different") && page.contains("<a href=\"/item/i31\">i31</a>"));
    assert_eq!(house.get("/series/the-cup").status, 404);
    let empty = house_of(FakeDesk { fresh: true, ..FakeDesk::default() }).get("/series").body;
    assert!(empty.contains("No issue of a series of the register was seen so far"));
    let told: serde_json::Value = serde_json::from_str(&house.get("/api/v1/series/the-wick").body).unwrap();
    assert_eq!((&told["id"], &told["missing"][0]["from"]), (&"the-wick".into(), &13.into()), "{told}");
    assert_eq!(house.get("/api/v1/series").status, 200);
    let family: serde_json::Value = serde_json::from_str(&house.get("/api/v1/families/f12").body).unwrap();
    for field in ["id", "members", "channels", "pairs", "languages", "ties", "partings"] {
        assert!(!family[field].is_null(), "{field} in {family}");
    }
    assert_eq!(family["partings"][0]["act"], "leave");
}
