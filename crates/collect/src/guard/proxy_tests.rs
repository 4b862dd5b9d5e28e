//! Asking through a real SOCKS5 and a real HTTP proxy on loopback: what the proxy is told, and what never reaches it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use url::Url;
use vedette_testkit::http::{Answer, Server};

use super::{GetOpts, GuardedClient, Policy, Proxy};
use crate::CollectError;
use crate::testing::World;

/// A proxy that sends every connection to one server and notes what it was asked for.
struct Relay {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

fn relay(to: SocketAddr, greet: fn(&mut TcpStream) -> std::io::Result<String>) -> Relay {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut near), notes) = (stream, notes.clone()) else { continue };
            std::thread::spawn(move || {
                let Ok(target) = greet(&mut near) else { return };
                notes.lock().unwrap().push(target);
                let Ok(mut far) = TcpStream::connect(to) else { return };
                let (mut near_in, mut far_out) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut near_in, &mut far_out).ok());
                std::io::copy(&mut far, &mut near).ok();
            });
        }
    });
    Relay { address, asked }
}

/// RFC 1928 without a login.
fn socks5(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let mut methods = vec![0; usize::from(head[1])];
    stream.read_exact(&mut methods)?;
    stream.write_all(&[5, 0])?;
    let mut request = [0; 4];
    stream.read_exact(&mut request)?;
    let host = match request[3] {
        1 => {
            let mut ip = [0; 4];
            stream.read_exact(&mut ip)?;
            std::net::Ipv4Addr::from(ip).to_string()
        }
        3 => {
            let mut length = [0; 1];
            stream.read_exact(&mut length)?;
            let mut name = vec![0; usize::from(length[0])];
            stream.read_exact(&mut name)?;
            String::from_utf8_lossy(&name).into_owned()
        }
        kind => format!("kind {kind}"),
    };
    let mut port = [0; 2];
    stream.read_exact(&mut port)?;
    stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 1])?;
    Ok(format!("{host}:{}", u16::from_be_bytes(port)))
}

/// `CONNECT host:port`.
fn http_connect(stream: &mut TcpStream) -> std::io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0; 1]);
    while !head.ends_with(b"\r\n\r\n") && head.len() < 8_192 {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let first = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    Ok(first.split(' ').nth(1).unwrap_or_default().to_owned())
}

fn asking(world: &World, proxy: &str, allow: &[&str]) -> GuardedClient {
    let allow_private = allow.iter().map(|name| (*name).to_owned()).collect();
    let proxy = Some(Proxy::new(proxy).unwrap());
    GuardedClient::new(Policy { allow_private, proxy, ..Policy::default() }, world.env())
}

fn get(client: &GuardedClient, url: &str) -> Result<Vec<u8>, CollectError> {
    client.get(&Url::parse(url).unwrap(), &GetOpts::default()).map(|answer| answer.body)
}

fn server() -> Server {
    Server::start(Arc::new(|_: &_| Answer::new(200, "text/plain", "through the proxy"))).unwrap()
}

#[test]
fn a_proxy_that_looks_names_up_gets_the_name_and_this_machine_asks_no_name_server() {
    for (scheme, greet) in [("socks5h", socks5 as fn(&mut TcpStream) -> _), ("http", http_connect)] {
        let (world, server) = (World::new(), server());
        let relay = relay(server.address(), greet);
        let client = asking(&world, &format!("{scheme}://{}", relay.address), &[]);
        let url = "http://hidden.example:8080/page";
        assert_eq!(get(&client, url).unwrap(), b"through the proxy", "{scheme}");
        assert_eq!(*relay.asked.lock().unwrap(), ["hidden.example:8080"], "{scheme}");
        assert!(world.lookups.lock().unwrap().is_empty(), "{scheme}");
        for inner in ["http://printer.local/", "http://localhost/", "http://10.0.0.1/", "http://[::1]/"] {
            assert!(matches!(get(&client, inner), Err(CollectError::PrivateAddress { .. })), "{scheme} {inner}");
        }
        assert_eq!(relay.asked.lock().unwrap().len(), 1, "{scheme}: nothing refused may reach the proxy");
    }
}

#[test]
fn a_proxy_that_is_told_addresses_gets_one_that_was_judged() {
    let (world, server) = (World::new(), server());
    let relay = relay(server.address(), socks5);
    world.name("public.example", "203.0.114.9:8080".parse().unwrap());
    world.name("rebind.example", "10.0.0.7:8080".parse().unwrap());
    let client = asking(&world, &format!("socks5://{}", relay.address), &[]);
    assert_eq!(get(&client, "http://public.example:8080/").unwrap(), b"through the proxy");
    assert_eq!(*relay.asked.lock().unwrap(), ["203.0.114.9:8080"]);
    let refused = get(&client, "http://rebind.example:8080/");
    assert!(matches!(refused, Err(CollectError::PrivateAddress { .. })), "{refused:?}");
    assert_eq!(relay.asked.lock().unwrap().len(), 1);
}

#[test]
fn onion_addresses_go_through_tor_or_nowhere() {
    let (world, server) = (World::new(), server());
    let relay = relay(server.address(), socks5);
    let onion = "http://abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion/feed";
    let client = asking(&world, &format!("socks5h://{}", relay.address), &[]);
    assert_eq!(get(&client, onion).unwrap(), b"through the proxy");
    let direct = get(&GuardedClient::new(Policy::default(), world.env()), onion).unwrap_err();
    assert!(direct.to_string().contains("Tor only"), "{direct}");
    assert!(world.lookups.lock().unwrap().is_empty(), "an onion name is never shown to a name server");
}
