//! The proof that a hostile post or feed cannot make the monitor fetch from the inside of a network: every way of writing,
//! hiding, redirecting to and renaming a private address is tried through the client that all connectors use, and a
//! server inside counts who came. Prints one closing line; the controls reach a public address and a named host.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use url::Url;
use vedette_testkit::http::{Answer, Asked, Server};

use super::address::{plain_host, refusal};
use super::{GetOpts, GuardedClient, Policy};
use crate::CollectError;
use crate::testing::World;

const HOSTILE: &[&str] = &[
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1./",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://0.0.0.0/",
    "http://0/",
    "http://0.1.2.3/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://0300.0250.1/",
    "http://3232235521/",
    "http://100.64.0.1/",
    "http://100.127.255.255/",
    "http://169.254.169.254/",
    "http://0xA9FEA9FE/",
    "http://192.0.0.192/",
    "http://192.0.2.7/",
    "http://198.51.100.7/",
    "http://203.0.113.7/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[2001:10::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:1::1]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fe80::1]/",
    "http://[febf::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://[2a00:1450::5efe:10.0.0.1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[4000::1]/",
];

/// Where a server outside sends its visitors.
const REDIRECTS: &[&str] = &[
    "http://10.1.2.3/",
    "http://[::1]/",
    "http://2130706434/",
    "http://0x7f.1/",
    "http://[::ffff:169.254.169.254]/",
    "//169.254.169.254/latest/meta-data",
];

/// What names of the outside lead to.
const NAMES: &[&str] =
    &["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "::ffff:10.0.0.1", "fd00::1", "64:ff9b::a00:1"];

fn get(client: &GuardedClient, url: &str) -> Result<super::Response, CollectError> {
    client.get(&Url::parse(url).unwrap(), &GetOpts::default())
}

fn is_refused(outcome: &Result<super::Response, CollectError>) -> bool {
    matches!(outcome, Err(CollectError::PrivateAddress { .. }))
}

#[test]
fn nothing_inside_is_reached_however_it_is_written() {
    let (mut tried, mut refused) = (0, 0);
    let mut judge = |what: &str, outcome: &Result<super::Response, CollectError>| {
        tried += 1;
        refused += u32::from(is_refused(outcome));
        if !is_refused(outcome) {
            println!("not refused: {what}: {outcome:?}");
        }
    };
    let closed = || GuardedClient::new(Policy::default(), World::new().env());
    for text in HOSTILE {
        judge(text, &get(&closed(), text));
    }
    for to in REDIRECTS {
        let outside =
            Server::start(Arc::new(move |_: &Asked| Answer::new(302, "text/plain", "").header("location", *to)))
                .unwrap();
        // The outside stands on loopback here; only this one port of it may be reached.
        let host = outside.base_url().trim_start_matches("http://").to_owned();
        let policy = Policy { allow_private: vec![host], ..Policy::default() };
        judge(to, &get(&GuardedClient::new(policy, World::new().env()), &outside.base_url()));
    }
    for to in NAMES {
        let world = World::new();
        world.name("innocent.example", SocketAddr::new(to.parse().unwrap(), 80));
        judge(to, &get(&GuardedClient::new(Policy::default(), world.env()), "http://innocent.example/"));
    }
    judge("a name that changes its mind", &rebound());
    println!("SSRF: {refused} of {tried} refused");
    assert_eq!(refused, tried);
    assert!(tried >= 60, "{tried} are too few");
}

/// A name that is public when it is first looked up and leads inside at the next connection.
fn rebound() -> Result<super::Response, CollectError> {
    let outside = Server::start(Arc::new(|_: &Asked| Answer::new(200, "text/plain", "outside"))).unwrap();
    let (world, address) = (World::new(), outside.address());
    world.name("rebind.example", address);
    let policy = Policy { allow_private: vec![format!("rebind.example:{}", address.port())], ..Policy::default() };
    let client = GuardedClient::new(policy, world.env());
    assert!(get(&client, &format!("http://rebind.example:{}/", address.port())).is_ok());
    world.name("rebind.example", "169.254.169.254:80".parse().unwrap());
    get(&client, "http://rebind.example/")
}

/// The controls: a public address is let through to the network, and a host that the source names is reached.
#[test]
fn what_is_public_or_named_is_not_refused() {
    for text in HOSTILE {
        let ip: IpAddr = plain_host(&Url::parse(text).unwrap()).unwrap().parse().unwrap();
        assert!(refusal(ip).is_some(), "{text}");
    }
    for public in ["1.1.1.1", "9.9.9.9", "2606:4700::1111"] {
        assert_eq!(refusal(public.parse().unwrap()), None, "{public}");
    }
    let inside = Server::start(Arc::new(|_: &Asked| Answer::new(200, "text/plain", "inside"))).unwrap();
    let host = inside.base_url().trim_start_matches("http://").to_owned();
    let named = GuardedClient::new(Policy { allow_private: vec![host], ..Policy::default() }, World::new().env());
    assert_eq!(get(&named, &inside.base_url()).unwrap().body, b"inside");
    assert!(is_refused(&get(&GuardedClient::new(Policy::default(), World::new().env()), &inside.base_url())));
    println!("SSRF, control: 3 public addresses and 1 named host are let through");
}
