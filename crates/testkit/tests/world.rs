//! The fictional world is whole, harmless to load, the same every time, and its Arabic can be seen.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use serde_json::{Value, json};
use vedette_testkit::client;
use vedette_testkit::render::{Rendered, posts_jsonl, render, render_shared};
use vedette_testkit::rocketchat::Settings;
use vedette_testkit::stage::Stage;
use vedette_testkit::world::{COURIER, World};

const TODAY: Date = date(2026, 3, 1);

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo")
}

fn world() -> World {
    World::load(&demo()).expect("demo/world.toml is in the repository")
}

/// The world rendered once for all tests.
fn shared(world: &World) -> Rendered {
    render_shared(world, Path::new(env!("CARGO_TARGET_TMPDIR")), TODAY).expect("the target folder can be written")
}

#[test]
fn the_world_has_what_the_demonstration_needs() {
    let posts = world().dated(TODAY).unwrap();
    assert!((55..=70).contains(&posts.len()), "about 60 posts, found {}", posts.len());
    let langs: BTreeSet<&str> = posts.iter().map(|post| post.lang.as_str()).collect();
    assert_eq!(langs, BTreeSet::from(["ar", "de", "en", "fa", "fr", "ru"]));
    assert_eq!(posts.iter().filter(|post| post.edit.is_some()).count(), 1);
    assert_eq!(posts.iter().filter(|post| post.deleted).count(), 1);
    let (first, last) = (posts.first().unwrap().date, posts.last().unwrap().date);
    assert_eq!(first.to_string(), "2026-02-08T08:15:00Z");
    assert!(last.to_string().starts_with("2026-02-28"), "everything is past, whatever the hour of the demonstration");
}

#[test]
fn every_date_was_expanded_and_the_cup_begins_in_eleven_days() {
    let lines = posts_jsonl(&world().dated(TODAY).unwrap());
    assert!(!lines.contains("{date") && !lines.contains("{day"), "a placeholder is left");
    for written in ["12 March 2026", "12 марта 2026", "19 فبراير 2026", "12 mars 2026", "13. März 2026", "2026-03-12"]
    {
        assert!(lines.contains(written), "{written}");
    }
}

#[test]
fn the_disguised_posts_are_really_disguised() {
    let posts = world().dated(TODAY).unwrap();
    let text = |key: &str| posts.iter().find(|post| post.key == key).unwrap().text.clone();
    assert!(text("a04").contains('\u{200b}'));
    assert!(text("a06").contains('\u{640}'));
    assert!(text("a08").contains("yдap"), "Latin letters among Cyrillic ones");
}

#[test]
fn rendering_twice_gives_the_same_bytes_and_the_second_time_is_free() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let world = world();
    let one = render(&world, first.path(), TODAY).unwrap();
    let two = render(&world, second.path(), TODAY).unwrap();
    assert!(!one.reused && !two.reused);
    for (name, path) in one.pictures.iter().chain(&one.issues) {
        let other = two.pictures.get(name).or_else(|| two.issues.get(name)).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), std::fs::read(other).unwrap(), "{name}");
    }
    assert!(render(&world, first.path(), TODAY).unwrap().reused);
    assert!(!render(&world, first.path(), date(2026, 3, 2)).unwrap().reused, "another day, another world");
}

#[test]
fn posters_show_their_words_in_every_script() {
    let rendered = shared(&world());
    for name in ["stadium-ar", "harbour-fa", "stadium-ru", "stadium-en"] {
        let picture = image::open(&rendered.pictures[name]).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (1_000, 1_000));
        // The headline lies in the panel below the picture; without glyphs the panel has one colour.
        let panel: BTreeSet<[u8; 3]> =
            (715..800).flat_map(|y| (100..900).map(move |x| (x, y))).map(|(x, y)| picture.get_pixel(x, y).0).collect();
        assert!(panel.len() > 20, "{name} has {} colours where its headline should be", panel.len());
    }
    let (arabic, english) = (&rendered.pictures["stadium-ar"], &rendered.pictures["stadium-en"]);
    assert_ne!(std::fs::read(arabic).unwrap(), std::fs::read(english).unwrap());
}

#[test]
fn recuts_are_smaller_or_recompressed() {
    let rendered = shared(&world());
    let cropped = image::open(&rendered.pictures["stadium-en-cropped"]).unwrap();
    assert_eq!((cropped.width(), cropped.height()), (920, 920));
    let forwarded = std::fs::read(&rendered.pictures["stadium-en-forwarded"]).unwrap();
    assert_eq!(image::guess_format(&forwarded).unwrap(), image::ImageFormat::Jpeg);
}

#[test]
fn the_magazine_has_pages_and_its_french_has_accents() {
    let rendered = shared(&world());
    let pdf = std::fs::read(&rendered.issues["wick-7"]).unwrap();
    let contains = |needle: &[u8]| pdf.windows(needle.len()).any(|window| window == needle);
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(contains(b"/Count 5"));
    assert!(contains(b"WinAnsiEncoding"));
    // The writer puts strings with bytes above 127 as hexadecimal; EA is "ê" in the encoding that was named.
    assert!(contains(b"20EA746573206E6F6D6272657578"), "êtes nombreux");
}

#[test]
fn a_world_that_refers_to_nothing_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(demo().join("world.toml")).unwrap();
    for (from, to, word) in [
        ("poster = \"stadium-en\"", "poster = \"no-such\"", "no-such"),
        ("thread = \"m07\"", "thread = \"m99\"", "m99"),
        ("channel = \"valley-talk\"", "channel = \"attic\"", "attic"),
        ("key = \"m03\"", "key = \"m01\"", "used twice"),
        ("name = \"The Grey Lantern world\"", "nme = \"x\"", "nme"),
    ] {
        std::fs::write(folder.path().join("world.toml"), text.replace(from, to)).unwrap();
        let error = World::load(folder.path()).expect_err(word).to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn the_register_of_the_world_is_toml_with_the_expected_kinds() {
    let text = std::fs::read_to_string(demo().join("knowledge.toml")).unwrap();
    let register: toml::Table = toml::from_str(&text).unwrap();
    let kinds: Vec<&str> = register.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["actor", "event", "outlet", "place", "platform", "series", "venue"]);
    assert!(text.contains("from = \"{day:+11}\""));
}

#[test]
fn the_stage_first_shows_the_originals_and_then_the_edit_and_the_deletion() {
    let world = world();
    let rendered = shared(&world);
    let stage = Stage::set(&world, &rendered, Settings::default()).unwrap();
    let server = stage.serve_on("127.0.0.1:0".parse().unwrap()).unwrap();
    let ask = |path: &str| client::get(&format!("{}{path}", server.base_url()), &stage.chat.auth_headers()).unwrap();
    let (edited, deleted) = (&stage.messages["m16"], &stage.messages["m17"]);
    let shown = |id: &str| ask(&format!("/api/v1/chat.getMessage?msgId={id}")).json()["message"].clone();
    assert!(shown(edited)["msg"].as_str().unwrap().contains("before the Meridian Cup begins"));
    assert!(shown(deleted)["msg"].is_string());

    let advance = || client::post(&format!("{}/_mock/advance", server.base_url()), &[], &json!({})).unwrap().json();
    assert_eq!(advance(), json!({"edited": [edited], "deleted": [deleted]}));
    assert_eq!(advance(), json!({"edited": [], "deleted": []}), "it happens once");
    assert!(shown(edited)["msg"].as_str().unwrap().contains("and in Kelmora on 12 March 2026"));
    assert_eq!(shown(deleted), Value::Null);
    assert_eq!(ask("/_mock/advance").status, 405);
}

#[test]
fn the_stage_serves_rooms_files_and_the_newspaper() {
    let world = world();
    let rendered = shared(&world);
    let stage = Stage::set(&world, &rendered, Settings::default()).unwrap();
    let server = stage.serve_on("127.0.0.1:0".parse().unwrap()).unwrap();
    let ask = |path: &str| client::get(&format!("{}{path}", server.base_url()), &stage.chat.auth_headers()).unwrap();
    assert_eq!(ask("/api/v1/channels.list").json()["total"], 3);
    for room in &world.rooms {
        let expected = rendered.posts.iter().filter(|post| post.channel == room.name).count();
        let history =
            ask(&format!("/api/v1/channels.history?roomName={}&showThreadMessages=true&count=100", room.name)).json();
        assert_eq!(history["messages"].as_array().map(Vec::len), Some(expected), "{}", room.name);
    }
    let poster = ask(&format!("/api/v1/chat.getMessage?msgId={}", stage.messages["m21"])).json();
    let link = poster["message"]["attachments"][0]["title_link"].as_str().unwrap();
    assert_eq!(ask(link).body, std::fs::read(&rendered.pictures["stadium-en"]).unwrap());
    let magazine = ask(&format!("/api/v1/chat.getMessage?msgId={}", stage.messages["m07"])).json();
    assert_eq!(magazine["message"]["attachments"].as_array().map(Vec::len), Some(2), "cover and issue");
    let articles = rendered.posts.iter().filter(|post| post.channel == COURIER).count();
    assert_eq!(ask("/courier/rss.xml").text().matches("<item>").count(), articles);
    assert_eq!(ask("/courier/atom.xml").text().matches("<entry>").count(), articles);
    assert_eq!(ask("/courier/feed.json").json()["items"].as_array().map(Vec::len), Some(articles));
}
