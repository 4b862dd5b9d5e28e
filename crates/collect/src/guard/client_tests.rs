//! What the guarded client lets out and takes in.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use url::Url;
use vedette_testkit::http::{Answer, Asked, Delivery, Server};

use super::{GetOpts, GuardedClient, Limits, Policy};
use crate::CollectError;
use crate::testing::World;

/// A server that answers by a function and remembers what it was asked.
struct Scripted {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    fn start(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = asked.clone();
        let answering = move |request: &Asked| {
            let mut log = log.lock().unwrap();
            log.push(request.clone());
            answer(request, log.len())
        };
        Self { server: Server::start(Arc::new(answering)).unwrap(), asked }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.server.base_url())).unwrap()
    }

    fn address(&self) -> SocketAddr {
        self.server.address()
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn ok(body: &str) -> Answer {
    Answer::new(200, "text/plain", body)
}

fn policy() -> Policy {
    Policy { allow_private: vec!["127.0.0.1".to_owned()], ..Policy::default() }
}

fn client(world: &World) -> GuardedClient {
    GuardedClient::new(policy(), world.env())
}

fn get(client: &GuardedClient, url: &Url) -> Result<super::Response, CollectError> {
    client.get(url, &GetOpts::default())
}

fn redirect(to: &str) -> Answer {
    Answer::new(302, "text/plain", "").header("location", to)
}

#[test]
fn a_page_is_fetched_with_its_headers_and_our_name() {
    let server = Scripted::start(|_, _| ok("hello").header("etag", "\"e1\""));
    let answer = get(&client(&World::new()), &server.url("/a?b=c")).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"hello".as_slice()));
    assert_eq!(answer.header("etag"), Some("\"e1\""));
    let asked = server.asked.lock().unwrap();
    assert_eq!(asked[0].header("user-agent"), Some("Vedette/0.1 (+research monitor)"));
    assert_eq!(asked[0].param("b"), Some("c"));
}

#[test]
fn a_private_address_is_refused_unless_the_source_names_it() {
    let server = Scripted::start(|_, _| ok("inside"));
    let world = World::new();
    let closed = GuardedClient::new(Policy::default(), world.env());
    let error = get(&closed, &server.url("/")).unwrap_err();
    assert!(matches!(error, CollectError::PrivateAddress { .. }), "{error}");
    assert!(error.to_string().contains("--allow-private 127.0.0.1:"), "{error}");
    let other_port =
        GuardedClient::new(Policy { allow_private: vec!["127.0.0.1:1".to_owned()], ..Policy::default() }, world.env());
    assert!(get(&other_port, &server.url("/")).is_err());
    assert_eq!(server.count(), 0);
}

#[test]
fn a_name_that_leads_to_a_private_address_is_refused_before_connecting() {
    let server = Scripted::start(|_, _| ok("inside"));
    let world = World::new();
    world.name("innocent.example", server.address());
    let url = Url::parse(&format!("http://innocent.example:{}/", server.address().port())).unwrap();
    let closed = GuardedClient::new(Policy::default(), world.env());
    assert!(matches!(get(&closed, &url), Err(CollectError::PrivateAddress { .. })));
    assert_eq!(server.count(), 0);
}

#[test]
fn a_name_is_looked_up_once_for_a_connection_so_it_cannot_change_its_mind() {
    let server = Scripted::start(|_, _| ok("named"));
    let world = World::new();
    let (address, lookups) = (server.address(), world.lookups.clone());
    let mut env = world.env();
    // The first answer is harmless; a second look-up would give the inside of another network.
    env.lookup = Arc::new(move |host, _| {
        let mut lookups = lookups.lock().unwrap();
        lookups.push(host.to_owned());
        Ok(vec![if lookups.len() == 1 { address } else { "10.0.0.1:80".parse().unwrap() }])
    });
    let port = address.port();
    let policy = Policy { allow_private: vec![format!("rebind.example:{port}")], ..Policy::default() };
    let client = GuardedClient::new(policy, env);
    let url = Url::parse(&format!("http://rebind.example:{port}/")).unwrap();
    assert_eq!(get(&client, &url).unwrap().body, b"named");
    assert_eq!(*world.lookups.lock().unwrap(), ["rebind.example"]);
    assert_eq!(server.count(), 1);
}

#[test]
fn a_name_that_changes_to_a_private_address_is_refused_at_the_next_connection() {
    let world = World::new();
    let lookups = world.lookups.clone();
    let mut env = world.env();
    env.lookup = Arc::new(move |host, port| {
        let mut lookups = lookups.lock().unwrap();
        lookups.push(host.to_owned());
        let ip = if lookups.len() == 1 { "0.0.0.0" } else { "127.0.0.1" };
        Ok(vec![format!("{ip}:{port}").parse().unwrap()])
    });
    let client = GuardedClient::new(Policy::default(), env);
    for _ in 0..2 {
        let error = get(&client, &Url::parse("http://rebind.example/").unwrap()).unwrap_err();
        assert!(matches!(error, CollectError::PrivateAddress { .. }), "{error}");
    }
}

#[test]
fn the_refusal_names_the_host_as_it_can_be_allowed() {
    for (url, named) in
        [("http://[::1]:9/", "[::1]:9"), ("http://127.0.0.1:9/", "127.0.0.1:9"), ("http://127.0.0.1/", "127.0.0.1")]
    {
        let closed = GuardedClient::new(Policy::default(), World::new().env());
        let refused = get(&closed, &Url::parse(url).unwrap()).unwrap_err();
        assert!(refused.to_string().contains(&format!("--allow-private {named}`")), "{refused}");
        let policy = Policy { allow_private: vec![named.to_owned()], ..Policy::default() };
        let allowed = get(&GuardedClient::new(policy, World::new().env()), &Url::parse(url).unwrap()).unwrap_err();
        assert!(!matches!(allowed, CollectError::PrivateAddress { .. }), "{allowed}");
    }
}

#[test]
fn a_redirect_to_a_private_address_is_refused() {
    for target in ["http://10.1.2.3/", "http://[::1]/", "http://2130706434/", "//169.254.169.254/latest/meta-data"] {
        let server = Scripted::start(move |_, _| redirect(target));
        let error = get(&client(&World::new()), &server.url("/")).unwrap_err();
        assert!(matches!(error, CollectError::PrivateAddress { .. }), "{target}: {error}");
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn other_schemes_and_logins_in_addresses_are_refused_also_after_a_redirect() {
    for target in ["file:///etc/passwd", "ftp://files.example/", "gopher://x/", "data:text/plain,x"] {
        let server = Scripted::start(move |_, _| redirect(target));
        let error = get(&client(&World::new()), &server.url("/")).unwrap_err();
        assert!(matches!(error, CollectError::BadAddress { .. }), "{target}: {error}");
        assert!(get(&client(&World::new()), &Url::parse(target).unwrap()).is_err());
    }
    let error = get(&client(&World::new()), &Url::parse("http://user:hush@127.0.0.1/").unwrap()).unwrap_err();
    assert!(!error.to_string().contains("hush"), "{error}");
}

#[test]
fn redirects_are_followed_five_times_and_no_more() {
    let server = Scripted::start(|asked, _| match asked.path.as_str() {
        "/5" => ok("there"),
        path => {
            let hop: usize = path[1..].parse().unwrap();
            redirect(&format!("/{}", hop + 1))
        }
    });
    let answer = get(&client(&World::new()), &server.url("/0")).unwrap();
    assert_eq!((answer.body.as_slice(), answer.final_url.path()), (b"there".as_slice(), "/5"));
    let endless = Scripted::start(|_, _| redirect("/again"));
    assert!(matches!(get(&client(&World::new()), &endless.url("/")), Err(CollectError::Redirects { .. })));
    assert_eq!(endless.count(), 6);
    let nowhere = Scripted::start(|_, _| Answer::new(302, "text/plain", ""));
    assert!(matches!(get(&client(&World::new()), &nowhere.url("/")), Err(CollectError::Redirects { .. })));
}

#[test]
fn credentials_go_to_the_configured_origin_and_are_lost_on_the_way_elsewhere() {
    let home = Scripted::start(|_, _| ok("home"));
    let back = home.url("/file-upload/x").to_string();
    let away = Scripted::start(move |asked, _| if asked.path == "/back" { redirect(&back) } else { ok("away") });
    let away_url = away.url("/away").to_string();
    let start = Scripted::start(|_, _| ok("start"));
    let policy = Policy {
        origin: Some(home.url("/")),
        credentials: vec![("X-Auth-Token".to_owned(), "hush".to_owned())],
        ..policy()
    };
    assert!(!format!("{policy:?}").contains("hush"));
    let client = GuardedClient::new(policy, World::new().env());
    get(&client, &home.url("/a")).unwrap();
    client.get(&home.url("/b"), &GetOpts { anonymous: true, ..GetOpts::default() }).unwrap();
    get(&client, &Url::parse(&away_url).unwrap()).unwrap();
    get(&client, &start.url("/")).unwrap();
    // Away and back again: whoever sent us back does not get to use our login.
    get(&client, &away.url("/back")).unwrap();
    let had = |scripted: &Scripted| -> Vec<bool> {
        scripted.asked.lock().unwrap().iter().map(|asked| asked.header("x-auth-token").is_some()).collect()
    };
    assert_eq!(had(&home), [true, false, false]);
    assert_eq!(had(&away), [false, false]);
    assert_eq!(had(&start), [false]);
}

#[test]
fn a_redirect_from_the_origin_elsewhere_drops_credentials() {
    let away = Scripted::start(|_, _| ok("away"));
    let to = away.url("/x").to_string();
    let home = Scripted::start(move |_, _| redirect(&to));
    let policy = Policy {
        origin: Some(home.url("/")),
        credentials: vec![("X-Auth-Token".to_owned(), "hush".to_owned())],
        ..policy()
    };
    get(&GuardedClient::new(policy, World::new().env()), &home.url("/a")).unwrap();
    assert!(home.asked.lock().unwrap()[0].header("x-auth-token").is_some());
    assert!(away.asked.lock().unwrap()[0].header("x-auth-token").is_none());
}

#[test]
fn a_body_with_a_password_does_not_follow_a_redirect() {
    let server = Scripted::start(|_, _| redirect("/elsewhere"));
    let error = client(&World::new()).post_json(&server.url("/login"), "{}", &GetOpts::default()).unwrap_err();
    assert!(matches!(error, CollectError::Redirects { .. }), "{error}");
    assert_eq!(server.count(), 1);
}

#[test]
fn a_body_over_the_limit_is_refused_and_the_error_names_the_limit() {
    let server = Scripted::start(|_, _| ok(&"x".repeat(5_000)));
    let opts = |cap| GetOpts { body_bytes_max: Some(cap), ..GetOpts::default() };
    let world = World::new();
    assert_eq!(client(&world).get(&server.url("/"), &opts(5_000)).unwrap().body.len(), 5_000);
    let error = client(&world).get(&server.url("/"), &opts(4_999)).unwrap_err();
    assert!(matches!(error, CollectError::TooLarge { cap_bytes: 4_999, .. }), "{error}");
    assert!(error.to_string().contains("4999"), "{error}");
}

#[test]
fn a_compressed_body_counts_unpacked() {
    // 64 KB of zero bytes, packed by gzip.
    let server =
        Scripted::start(|_, _| Answer::new(200, "text/plain", packed_zeros()).header("content-encoding", "gzip"));
    let opts = GetOpts { body_bytes_max: Some(60_000), ..GetOpts::default() };
    let error = client(&World::new()).get(&server.url("/"), &opts).unwrap_err();
    assert!(matches!(error, CollectError::TooLarge { .. }), "{error}");
}

/// A gzip stream of 65,536 zero bytes, as `head -c 65536 /dev/zero | gzip -9n` makes it.
fn packed_zeros() -> Vec<u8> {
    const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3];
    let mut out = HEAD.to_vec();
    out.extend_from_slice(&[0xed, 0xc1, 0x01, 0x01, 0x00, 0x00, 0x00, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x0a]);
    out.extend(std::iter::repeat_n(0, 63));
    out.extend_from_slice(&[0x6a, 0xeb, 0x8e, 0x97, 0xd7, 0x00, 0x00, 0x01, 0x00]);
    out
}

#[test]
fn server_trouble_is_tried_again_twice_and_then_an_error() {
    let world = World::new();
    let server = Scripted::start(|_, n| if n < 3 { Answer::new(503, "text/plain", "") } else { ok("at last") });
    assert_eq!(get(&client(&world), &server.url("/")).unwrap().body, b"at last");
    assert_eq!(*world.slept.lock().unwrap(), [500, 1_000].map(Duration::from_millis));
    let broken = Scripted::start(|_, _| Answer::new(500, "text/plain", ""));
    let error = get(&client(&world), &broken.url("/")).unwrap_err();
    assert!(matches!(error, CollectError::Status { status: 500, .. }), "{error}");
    assert_eq!(broken.count(), 3);
}

#[test]
fn a_connection_that_breaks_in_the_middle_is_tried_again() {
    let server = Scripted::start(|_, n| Answer {
        delivery: if n < 3 { Delivery::DropAfter(10) } else { Delivery::Whole },
        ..ok(&"y".repeat(1_000))
    });
    assert_eq!(get(&client(&World::new()), &server.url("/")).unwrap().body.len(), 1_000);
    let always = Scripted::start(|_, _| Answer { delivery: Delivery::DropAfter(10), ..ok(&"y".repeat(1_000)) });
    let error = get(&client(&World::new()), &always.url("/")).unwrap_err();
    assert!(matches!(error, CollectError::Unreachable { .. }), "{error}");
    let gone = "http://127.0.0.1:9/".parse().unwrap();
    assert!(matches!(get(&client(&World::new()), &gone), Err(CollectError::Unreachable { .. })));
}

#[test]
fn a_server_that_drips_bytes_runs_out_of_time() {
    let server = Scripted::start(|_, _| Answer { delivery: Delivery::StallAfter(10), ..ok(&"z".repeat(1_000)) });
    let opts = GetOpts { request_ms: Some(200), ..GetOpts::default() };
    let error = client(&World::new()).get(&server.url("/"), &opts).unwrap_err();
    assert!(matches!(error, CollectError::Timeout { .. }), "{error}");
}

#[test]
fn a_pause_that_the_server_asks_for_is_obeyed() {
    for (name, value) in [("retry-after", "7".to_owned()), ("x-ratelimit-reset", "RESET".to_owned())] {
        let world = World::new();
        let now = *world.now.lock().unwrap();
        let value = value.replace("RESET", &(now.as_millisecond() + 7_000).to_string());
        let server = Scripted::start(move |_, n| {
            if n == 1 { Answer::new(429, "text/plain", "").header(name, value.clone()) } else { ok("now") }
        });
        assert_eq!(get(&client(&world), &server.url("/")).unwrap().body, b"now");
        let slept = world.slept_ms();
        assert!((6_000..=8_500).contains(&slept), "{name}: slept {slept} ms");
    }
}

#[test]
fn a_pause_longer_than_a_round_is_an_error_that_says_until_when() {
    let world = World::new();
    let now = *world.now.lock().unwrap();
    let server = Scripted::start(|_, _| Answer::new(429, "text/plain", "").header("retry-after", "3600"));
    let error = get(&client(&world), &server.url("/")).unwrap_err();
    let CollectError::RateLimited { retry_at, .. } = error else { panic!("{error}") };
    assert_eq!(retry_at.duration_since(now).as_secs(), 3_600);
    assert_eq!((server.count(), world.slept_ms()), (1, 0));
}

#[test]
fn a_server_that_never_stops_asking_for_pauses_ends_in_an_error() {
    let server = Scripted::start(|_, _| Answer::new(429, "text/plain", "").header("retry-after", "1"));
    let error = get(&client(&World::new()), &server.url("/")).unwrap_err();
    assert!(matches!(error, CollectError::RateLimited { .. }), "{error}");
    assert_eq!(server.count(), 4);
}

#[test]
fn an_empty_budget_is_waited_for_before_the_next_question() {
    let world = World::new();
    let reset = world.now.lock().unwrap().as_millisecond() + 20_000;
    let server = Scripted::start(move |_, _| {
        ok("x").header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", reset.to_string())
    });
    let client = client(&world);
    get(&client, &server.url("/a")).unwrap();
    get(&client, &server.url("/b")).unwrap();
    assert_eq!(world.slept_ms(), 0, "another endpoint has a budget of its own");
    get(&client, &server.url("/a")).unwrap();
    assert!((19_000..=22_000).contains(&world.slept_ms()), "{}", world.slept_ms());
}

#[test]
fn a_pause_that_is_asked_for_in_words_only_is_kept_to_the_second() {
    let world = World::new();
    let server = Scripted::start(|_, count| match count {
        1 => Answer::new(
            429,
            "application/json",
            r#"{"success":false,"error":"Error, too many requests. Please slow down. You must wait 17 seconds before trying this endpoint again. [error-too-many-requests]"}"#,
        ),
        _ => ok("x"),
    });
    get(&client(&world), &server.url("/")).unwrap();
    assert_eq!(world.slept_ms() / 1_000, 17);
}

#[test]
fn the_pace_between_two_questions_is_kept_per_endpoint() {
    let world = World::new();
    let server = Scripted::start(|_, _| ok("x"));
    let limits = Limits { pace_ms: 6_000, ..Limits::default() };
    let client = GuardedClient::new(Policy { limits, ..policy() }, world.env());
    for path in ["/a", "/b", "/a"] {
        get(&client, &server.url(path)).unwrap();
    }
    assert_eq!(world.slept_ms(), 6_000);
}

#[test]
fn statuses_become_errors_that_say_what_to_do() {
    for (status, part) in [
        (401, "log in again and store a valid token"),
        (403, "ask the owner"),
        (404, "check the address"),
        (410, "check the address"),
        (400, "status 400: no such thing"),
        (418, "status 418: no such thing"),
    ] {
        let server = Scripted::start(move |_, _| {
            Answer::new(status, "application/json", r#"{"success":false,"error":"no such\u0007 thing"}"#)
        });
        let error = get(&client(&World::new()), &server.url("/")).unwrap_err().to_string();
        assert!(error.contains(part), "{status}: {error}");
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn an_unchanged_document_is_asked_for_by_its_validators() {
    let server = Scripted::start(|asked, _| {
        let same = asked.header("if-none-match") == Some("\"e1\"") && asked.header("if-modified-since") == Some("then");
        if same { Answer { status: 304, ..Answer::default() } } else { ok("new") }
    });
    let opts = GetOpts { if_none_match: Some("\"e1\""), if_modified_since: Some("then"), ..GetOpts::default() };
    let answer = client(&World::new()).get(&server.url("/"), &opts).unwrap();
    assert_eq!((answer.status, answer.body.len()), (304, 0));
}

#[test]
fn a_program_that_ends_stops_waiting() {
    let server = Scripted::start(|_, _| Answer::new(503, "text/plain", ""));
    let mut env = World::new().env();
    env.sleep = Arc::new(|_| false);
    let error = get(&GuardedClient::new(policy(), env), &server.url("/")).unwrap_err();
    assert!(matches!(error, CollectError::Stopped(_)), "{error}");
}

#[test]
fn skimming_brings_back_what_follows_a_mark_wherever_pieces_end() {
    let body = format!("{}MARK1111{}MARK2222{}MARK33", "x".repeat(70_000), "y".repeat(65_530), "z".repeat(100_000));
    let server = Scripted::start(move |_, _| ok(&body));
    let hits = client(&World::new()).skim(&server.url("/"), &GetOpts::default(), b"MARK", 4).unwrap();
    assert_eq!(hits, [b"1111".to_vec(), b"2222".to_vec()]);
}
