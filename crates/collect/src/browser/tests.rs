//! Pages against a real Chromium: what it makes of a page, and what a hostile page makes of it. Servers stand on loopback; a
//! canary on another port counts whoever comes, and nobody may.

use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use url::Url;
use vedette_core::SourceKind;
use vedette_testkit::http::{Answer, Asked, Delivery, Server};

use super::capture::{ANSWER, LOAD};
use super::*;
use crate::testing::{World, source};

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// A site of fixed answers, and everybody who asked it.
struct Site {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Site {
    fn start(pages: &[(&str, Answer)]) -> Self {
        let pages: BTreeMap<String, Answer> =
            pages.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone())).collect();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = asked.clone();
        let server = Server::start(Arc::new(move |request: &Asked| {
            log.lock().unwrap().push(request.clone());
            pages.get(&request.path).cloned().unwrap_or_else(|| Answer::new(404, "text/plain", "no"))
        }));
        Self { server: server.unwrap(), asked }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.server.base_url())).unwrap()
    }

    fn capture(&self, browsers: &Browsers, path: &str) -> Result<Taken, BrowserError> {
        let url = self.url(path);
        let source = source(SourceKind::Web, url.as_str(), None);
        let client = Arc::new(client(&source.asked, &url, &World::new().env()).unwrap());
        browsers.capture(&Order { url: &url, client, seed: None })
    }

    fn paths(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }
}

fn page(body: &str) -> Answer {
    Answer::new(200, "text/html; charset=utf-8", format!("<!doctype html><html><body>{body}</body></html>"))
}

/// Listens where nobody may come.
struct Canary {
    tcp: TcpListener,
    udp: UdpSocket,
}

impl Canary {
    fn listen() -> Self {
        let (tcp, udp) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        Self { tcp, udp }
    }

    fn tcp_port(&self) -> u16 {
        self.tcp.local_addr().unwrap().port()
    }

    fn udp_port(&self) -> u16 {
        self.udp.local_addr().unwrap().port()
    }

    /// How many came.
    fn visitors(&self) -> usize {
        let over_tcp = std::iter::from_fn(|| self.tcp.accept().ok()).count();
        over_tcp + std::iter::from_fn(|| self.udp.recv(&mut [0; 64]).ok()).count()
    }
}

#[test]
fn a_canary_counts_visitors() {
    // The control of the tests below.
    let canary = Canary::listen();
    assert_eq!(canary.visitors(), 0);
    TcpStream::connect(("127.0.0.1", canary.tcp_port())).unwrap();
    let out = UdpSocket::bind("127.0.0.1:0").unwrap();
    out.send_to(b"x", ("127.0.0.1", canary.udp_port())).unwrap();
    assert_eq!(canary.visitors(), 2);
}

#[test]
fn a_page_is_taken_as_its_scripts_and_styles_make_it() {
    let site = Site::start(&[
        ("/", Answer::new(302, "text/plain", "").header("location", "/wick").header("set-cookie", "seen=1; path=/")),
        (
            "/wick",
            page(
                "<link rel=stylesheet href=/s.css><h1>The reading room</h1><p id=d>before</p><img src=/p.png>\
                 <iframe srcdoc='<p>a frame of its own</p>'></iframe>\
                 <script>fetch('/api').then(r => r.text()).then(t => { document.getElementById('d').innerText = t; });\
                 new Worker('/w.js');</script>",
            ),
        ),
        ("/s.css", Answer::new(200, "text/css", "h1 { height: 3000px }")),
        ("/p.png", Answer::new(200, "image/png", PIXEL)),
        ("/api", Answer::new(200, "text/plain; charset=utf-8", "المكتبة opens at nine")),
        ("/w.js", Answer::new(200, "text/javascript", "fetch('/from-worker')")),
    ]);
    let browsers = Browsers::default();
    let taken = site.capture(&browsers, "/").unwrap();
    assert_eq!(taken.url, site.url("/wick"));
    assert!(
        taken.elements.contains("المكتبة opens at nine") && !taken.elements.contains("before"),
        "{}",
        taken.elements
    );
    let picture = taken.picture.unwrap();
    let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    assert_eq!(side(16), 1_280);
    assert!((3_000..4_000).contains(&side(20)), "{}", side(20));
    let copy = String::from_utf8(taken.copy.unwrap()).unwrap();
    assert!(copy.contains("multipart/related") && copy.contains("a frame of its own"), "{copy}");
    let fetched: Vec<&str> = taken.exchanges.iter().map(|exchange| exchange.url.path()).collect();
    for path in ["/", "/wick", "/s.css", "/p.png", "/api", "/w.js", "/from-worker"] {
        assert_eq!(fetched.iter().filter(|fetched| **fetched == path).count(), 1, "{path} in {fetched:?}");
    }
    assert_eq!(taken.exchanges[0].status, 302);
    let asked = site.asked.lock().unwrap();
    let of = |path: &str| asked.iter().find(|asked| asked.path == path).unwrap();
    assert_eq!((of("/").header("cookie"), of("/api").header("cookie")), (None, Some("seen=1")));
    assert!(asked.iter().all(|asked| asked.header("user-agent") == Some("Vedette/0.1 (+research monitor)")));
    assert!(asked.iter().all(|asked| asked.headers.keys().all(|name| !name.starts_with("sec-"))));
}

#[test]
fn a_capture_leaves_nothing_for_the_next_and_the_browser_stays_warm() {
    let script = "<script>document.title = localStorage.getItem('k') + document.cookie; localStorage.setItem('k', 'was here');\
                  document.cookie = 'k=1';</script><p>x</p>";
    let site = Site::start(&[("/", page(script))]);
    let browsers = Browsers::default();
    let processes = || {
        let slot = browsers.slot.lock().unwrap();
        (slot.captures, slot.running.is_some())
    };
    for round in 1..=3 {
        let taken = site.capture(&browsers, "/").unwrap();
        assert!(taken.elements.contains("<title>null</title>"), "{}", taken.elements);
        assert_eq!(processes(), (round, true));
    }
    let asked = site.asked.lock().unwrap();
    let first: Vec<_> = asked.iter().filter(|asked| asked.path == "/").map(|asked| asked.header("cookie")).collect();
    assert_eq!(first, [None; 3], "no cookie outlives its capture");
}

/// Everything that a page could try to reach something with.
fn hostile(canary: &Canary) -> String {
    let (tcp, udp) = (canary.tcp_port(), canary.udp_port());
    format!(
        "<link rel=preconnect href=http://127.0.0.1:{tcp}><link rel=dns-prefetch href=//127.0.0.1:{tcp}>\
         <link rel=prefetch href=/in-advance><link rel=stylesheet href=http://127.0.0.1:{tcp}/s.css>\
         <img src=http://127.0.0.1:{tcp}/i.png><img src=http://2130706433:{tcp}/i.png><img src=http://[::1]:{tcp}/i.png>\
         <img src=http://169.254.169.254/latest/meta-data><img src=/leave><img src=/leave-by-name><img src=ftp://127.0.0.1:{tcp}/>\
         <iframe src=file:///etc/passwd></iframe><iframe src=http://127.0.0.1:{tcp}/frame></iframe>\
         <iframe src='view-source:file:///etc/hostname'></iframe><iframe src=http://10.0.0.1/></iframe>\
         <object data=http://127.0.0.1:{tcp}/o></object><video src=http://127.0.0.1:{tcp}/v.mp4></video><audio src=/a.mp3></audio>\
         <form id=f method=post action=http://127.0.0.1:{tcp}/post target=w><input name=a value=b></form><iframe name=w></iframe>\
         <p>still here</p><script>\
         const t = f => {{ try {{ const r = f(); if (r && r.catch) r.catch(() => 0); }} catch (e) {{}} }};\
         t(() => fetch('http://127.0.0.1:{tcp}/fetch'));\
         t(() => fetch('http://localhost:{tcp}/fetch'));\
         t(() => fetch('http://127.0.0.1:{tcp}/nc', {{mode: 'no-cors'}}));\
         t(() => fetch('file:///etc/passwd').then(r => r.text()).then(x => document.title = x));\
         t(() => fetch('/post', {{method: 'POST', body: 'x'}}));\
         t(() => fetch('/preflight', {{headers: {{'x-y': 'z'}}}}));\
         t(() => navigator.sendBeacon('http://127.0.0.1:{tcp}/beacon', 'x'));\
         t(() => navigator.sendBeacon('/beacon', 'x'));\
         t(() => new WebSocket('ws://127.0.0.1:{tcp}/ws'));\
         t(() => new EventSource('/events'));\
         t(() => new WebTransport('https://127.0.0.1:{udp}/wt'));\
         t(() => navigator.serviceWorker.register('/sw.js'));\
         t(() => new Worker('/hostile-worker.js'));\
         t(() => new SharedWorker('/hostile-worker.js'));\
         t(() => {{ const c = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{udp}'}}, {{urls: 'turn:127.0.0.1:{tcp}?transport=tcp', username: 'a', credential: 'b'}}]}});\
           c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o)); }});\
         t(() => {{ for (let i = 0; i < 30; i++) window.open('http://127.0.0.1:{tcp}/popup' + i); }});\
         t(() => {{ const a = document.createElement('a'); a.href = '/download.bin'; a.download = 'x'; document.body.append(a); a.click(); }});\
         t(() => document.getElementById('f').submit());\
         t(() => navigator.geolocation.getCurrentPosition(() => document.title = 'located', () => 0));\
         t(() => Notification.requestPermission());\
         t(() => navigator.mediaDevices.getUserMedia({{audio: true}}));\
         for (let i = 0; i < 5; i++) {{ alert(i); confirm(i); prompt(i); }}\
         </script>"
    )
}

#[test]
fn a_hostile_page_reaches_nobody() {
    let canary = Canary::listen();
    let worker = format!(
        "fetch('http://127.0.0.1:{0}/worker').catch(() => 0); try {{ importScripts('http://127.0.0.1:{0}/import'); }} catch (e) {{}}\
         try {{ new WebSocket('ws://127.0.0.1:{0}/worker-ws'); }} catch (e) {{}}",
        canary.tcp_port()
    );
    let leave =
        Answer::new(302, "text/plain", "").header("location", format!("http://127.0.0.1:{}/", canary.tcp_port()));
    let by_name =
        Answer::new(307, "text/plain", "").header("location", format!("http://localhost:{}/", canary.tcp_port()));
    let site = Site::start(&[
        ("/", page(&hostile(&canary))),
        ("/leave", leave),
        ("/leave-by-name", by_name),
        ("/hostile-worker.js", Answer::new(200, "text/javascript", worker.as_str())),
        ("/sw.js", Answer::new(200, "text/javascript", format!("addEventListener('fetch', () => 0);{worker}"))),
        (
            "/download.bin",
            Answer::new(200, "application/octet-stream", "bytes").header("content-disposition", "attachment"),
        ),
    ]);
    let taken = site.capture(&Browsers::default(), "/").unwrap();
    assert!(taken.elements.contains("still here"), "{}", taken.elements);
    for told in ["root:", "<title>located"] {
        assert!(!taken.elements.contains(told), "{told}");
    }
    assert_eq!(canary.visitors(), 0, "{:#?}", taken.log);
    let refused = |part: &str| taken.log.refused.iter().any(|refusal| refusal.url.contains(part));
    for part in
        ["/i.png", "169.254.169.254", "/frame", "/fetch", "/beacon", "/post", "/ws", "10.0.0.1", "/events", "/worker"]
    {
        assert!(refused(part), "{part} in {:#?}", taken.log);
    }
    assert!(taken.log.dialogs > 0, "{:#?}", taken.log);
    for asked in site.paths() {
        let fine = asked.starts_with("GET ") && !asked.contains("beacon") && !asked.contains("in-advance");
        assert!(fine, "{asked}");
    }
    // Nothing of it stands anywhere outside its own site in the archive.
    let own = site.url("/");
    assert!(taken.exchanges.iter().all(|exchange| exchange.url.origin() == own.origin()));
    println!(
        "hostile page: {} requests made, {} refused, {} dialogs, {} windows, 0 visitors at the canary",
        taken.log.requests,
        taken.log.refused.len() + taken.log.refused_more,
        taken.log.dialogs,
        taken.log.popups
    );
}

#[test]
fn a_page_that_never_ends_is_taken_as_far_as_it_came() {
    let stalled =
        Answer { delivery: Delivery::StallAfter(10), ..Answer::new(200, "text/css", "h1 { color: red } ".repeat(50)) };
    let site = Site::start(&[
        ("/stall", page("<p>the first words</p><img src=/never.css><p>the last words</p>")),
        ("/never.css", stalled),
        ("/loop", page("<p>the first words</p><script>while (true) { Math.sqrt(2); }</script><p>the last words</p>")),
        ("/alerts", page("<p>the first words</p><script>while (true) { alert('again'); }</script>")),
        (
            "/poll",
            page(
                "<p>the first words</p><script>const again = () => fetch('/x?' + Math.random()).finally(again); again();</script>",
            ),
        ),
        (
            "/on",
            page("<p>the first words</p><script>setTimeout(() => { location = '/on?' + Math.random(); }, 20)</script>"),
        ),
    ]);
    std::thread::scope(|scope| {
        for path in ["/stall", "/loop", "/alerts", "/poll", "/on"] {
            let site = &site;
            scope.spawn(move || {
                let begun = Instant::now();
                let outcome = site.capture(&Browsers::default(), path);
                let took = begun.elapsed();
                match &outcome {
                    Ok(taken) => println!(
                        "{path}: taken after {} ms, {} requests, limits {:?}, refused {:?}",
                        took.as_millis(),
                        taken.log.requests,
                        taken.log.limits,
                        taken.log.refused.first()
                    ),
                    Err(error) => println!("{path}: {error} after {} ms", took.as_millis()),
                }
                let taken = outcome.unwrap();
                assert!(taken.elements.contains("the first words"), "{path}: {}", taken.elements);
                // Whether the others go quiet before the limit depends on how busy the machine is.
                assert!(!taken.log.limits.is_empty() || !["/loop", "/alerts"].contains(&path), "{path}");
                assert!(took < LOAD + 5 * ANSWER + Duration::from_secs(30), "{path} took {took:?}");
            });
        }
    });
}

#[test]
fn a_page_that_wants_all_memory_is_stopped_and_the_next_is_captured() {
    let bomb = "<p>x</p><script>const all = []; for (;;) { const b = new Uint8Array(32 << 20); b.fill(all.length + 1); all.push(b); }</script>";
    let shared = "<p>x</p><script>const all = []; for (;;) { const c = document.createElement('canvas'); c.width = c.height = 4096;\
                  const d = c.getContext('2d'); d.fillRect(0, 0, 4096, 4096); all.push(d.getImageData(0, 0, 4096, 4096)); }</script>";
    let frames = "<script>for (let i = 0; i < 2000; i++) { const f = document.createElement('iframe'); f.src = `http://h${i}.lamp.example/`; document.body.append(f); }</script><p>x</p>";
    let site = Site::start(&[
        ("/bomb", page(bomb)),
        ("/shared", page(shared)),
        ("/frames", page(frames)),
        ("/", page("<p>calm</p>")),
    ]);
    let browsers = Browsers::default();
    for path in ["/bomb", "/shared", "/frames"] {
        let begun = Instant::now();
        match site.capture(&browsers, path) {
            // An engine that gives the script an error instead of memory leaves a page that can be taken.
            Ok(taken) => println!("{path}: taken after {} ms, {:?}", begun.elapsed().as_millis(), taken.log.limits),
            Err(error @ BrowserError::Limit { .. }) => {
                println!("{path}: {error} after {} ms", begun.elapsed().as_millis())
            }
            Err(error) => panic!("{path}: {error}"),
        }
        let calm = site.capture(&browsers, "/").unwrap();
        assert!(calm.elements.contains("calm"));
    }
}

#[test]
fn a_page_without_end_is_cut() {
    let grows = "<div id=d></div><script>const more = () => { for (let i = 0; i < 50; i++) { const p = document.createElement('p');\
                 p.innerText = 'a line of a page that grows'; document.getElementById('d').append(p); } };\
                 more(); addEventListener('scroll', more); setInterval(more, 30);</script>";
    let lazy = "<p style='height: 6000px'>above</p><img loading=lazy src=/p.png width=10 height=10>";
    let site = Site::start(&[
        ("/tall", page("<p style='height: 3000000px; background: linear-gradient(red, blue)'>tall</p>")),
        ("/wide", page("<p style='width: 3000000px'>wide</p>")),
        ("/grows", page(grows)),
        ("/lazy", page(lazy)),
        (
            "/requests",
            page("<script>for (let i = 0; i < 900; i++) { new Image().src = '/p.png?' + i; }</script><p>x</p>"),
        ),
        ("/p.png", Answer::new(200, "image/png", PIXEL)),
    ]);
    let browsers = Browsers::default();
    for path in ["/tall", "/wide", "/grows"] {
        let taken = site.capture(&browsers, path).unwrap();
        let picture = taken.picture.unwrap();
        let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
        assert!(side(16) == 1_280 && side(20) <= 12_000, "{path}: {} x {}", side(16), side(20));
        println!("{path}: {} x {} pixels, {} bytes, {:?}", side(16), side(20), picture.len(), taken.log.limits);
    }
    let lazy = site.capture(&browsers, "/lazy").unwrap();
    assert!(lazy.exchanges.iter().any(|exchange| exchange.url.path() == "/p.png"), "scrolling loads what loads late");
    let many = site.capture(&browsers, "/requests").unwrap();
    assert_eq!(many.log.requests, 400, "{:?}", many.log.limits);
}

#[test]
fn what_is_no_page_is_told() {
    let site = Site::start(&[
        ("/file", Answer::new(200, "application/octet-stream", "bytes").header("content-disposition", "attachment")),
        ("/nowhere", Answer::new(302, "text/plain", "").header("location", "http://10.0.0.1/")),
        ("/round", Answer::new(302, "text/plain", "").header("location", "/round")),
    ]);
    let browsers = Browsers::default();
    for path in ["/file", "/nowhere", "/round"] {
        let outcome = site.capture(&browsers, path);
        assert!(matches!(outcome, Err(BrowserError::Page { .. })), "{path}: {:?}", outcome.err());
    }
    let missing = Browsers::with(Err(BrowserError::Missing { what: "Chromium" }));
    let told = site.capture(&missing, "/").err().unwrap().to_string();
    assert_eq!(told, "Chromium is not installed: apt-get install chromium bubblewrap");
    let broken = Programs { chromium: "/usr/bin/false".into(), bubblewrap: "/usr/bin/bwrap".into() };
    let told = site.capture(&Browsers::with(Ok(broken)), "/").err().unwrap().to_string();
    assert!(told.starts_with("the browser did not start"), "{told}");
}

/// Processes that descend from this one, with their command lines.
fn descendants() -> Vec<(u32, String)> {
    let mut parents = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(status) = std::fs::read_to_string(entry.path().join("status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap();
        parents.insert(pid, parent.trim().parse::<u32>().unwrap());
    }
    let ours = |mut pid: u32| {
        while let Some(parent) = parents.get(&pid) {
            if *parent == std::process::id() {
                return true;
            }
            pid = *parent;
        }
        false
    };
    let command =
        |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default().replace('\0', " ");
    parents.keys().filter(|pid| ours(**pid)).map(|pid| (*pid, command(pid))).collect()
}

#[test]
fn the_cage_is_what_the_kernel_says_it_is() {
    let site = Site::start(&[("/", page("<p>x</p>"))]);
    let browsers = Browsers::default();
    site.capture(&browsers, "/").unwrap();
    let of = |pid: &u32, file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let inside: Vec<(u32, String)> =
        descendants().into_iter().filter(|(_, command)| command.starts_with("/usr/lib")).collect();
    assert!(inside.len() >= 4, "{inside:?}");
    for (pid, command) in &inside {
        let devices: Vec<String> =
            of(pid, "net/dev").lines().skip(2).map(|line| line.split(':').next().unwrap().trim().to_owned()).collect();
        assert!(devices.iter().all(|device| device == "lo"), "{devices:?} of {command}");
        assert_ne!(
            std::fs::read_link(format!("/proc/{pid}/ns/net")).ok(),
            std::fs::read_link("/proc/self/ns/net").ok(),
            "{command}"
        );
        let status = of(pid, "status");
        assert!(status.contains("NoNewPrivs:\t1"), "{command}: {status}");
        assert!(!of(pid, "environ").contains("CARGO"), "{command}");
        for path in ["etc/passwd", "home", "root", "usr/bin", "var/lib", "run"] {
            assert!(!std::path::Path::new(&format!("/proc/{pid}/root/{path}")).exists(), "{path} of {command}");
        }
    }
    let renderers: Vec<&(u32, String)> =
        inside.iter().filter(|(_, command)| command.contains("--type=renderer")).collect();
    for (pid, _) in &renderers {
        assert!(of(pid, "status").contains("Seccomp:\t2"), "Chromium's own sandbox stands");
    }
    assert!(!renderers.is_empty());
    drop(browsers);
    let deadline = Instant::now() + Duration::from_secs(20);
    while descendants().iter().any(|(_, command)| command.starts_with("/usr/lib")) {
        assert!(Instant::now() < deadline, "nothing of it stays: {:?}", descendants());
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

#[test]
fn where_only_the_cage_holds_each_capture_gets_a_browser_of_its_own() {
    let programs = Programs::find().unwrap();
    let mut running = Running::start_with(&programs, Inner::CageOnly).unwrap();
    assert!(running.claim(CAPTURE) && !running.claim(CAPTURE));
    let site = Site::start(&[("/", page("<p>still read</p>"))]);
    let url = site.url("/");
    let source = source(SourceKind::Web, url.as_str(), None);
    let client = Arc::new(client(&source.asked, &url, &World::new().env()).unwrap());
    let (taken, is_clean) = captured(&mut running, &Order { url: &url, client, seed: None }, 1).unwrap();
    assert!(taken.elements.contains("still read") && is_clean);
}
