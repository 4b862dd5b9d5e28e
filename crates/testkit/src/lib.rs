//! For tests and the demonstration only: a fictional world of hostile posts, the servers that publish it, and files made to break a reader.
//!
//! - [`world`] loads `demo/world.toml` and lays it out for a given today; [`posters`] and [`issues`] draw its pictures and its
//!   magazine; [`render`] writes it all into a folder.
//! - [`rocketchat`] is a mock Rocket.Chat server, as awkward as the real one; [`feeds`] a mock web server for RSS, Atom and JSON
//!   Feed; [`stage`] puts the world onto both.
//! - [`http`] is what the mock servers stand on: a log of requests, and faults on demand. [`client`] asks them questions in tests.
//! - [`samples`] makes one honest file of each format that is read.
//! - [`pages`] makes web pages whose main text is known.
//! - [`bombs`] makes broken, hostile and oversized files; [`specimens`] small valid ones, which [`mutants`] damages.
//!
//! ```
//! use vedette_testkit::client;
//! use vedette_testkit::rocketchat::{NewPost, RocketChat, Settings};
//!
//! let server = RocketChat::start(Settings::default()).expect("a free port on loopback");
//! let room = server.add_room("lantern-media");
//! server.post(NewPost::text(&room, "wick_keeper", "The lamp goes out on Saturday."));
//! let answer = client::get(&server.url("/api/v1/channels.history?roomName=lantern-media"), &server.auth_headers())
//!     .expect("the mock answers");
//! assert_eq!(answer.status, 200);
//! assert_eq!(answer.json()["messages"][0]["msg"], "The lamp goes out on Saturday.");
//! ```

pub mod bombs;
pub mod client;
mod door;
mod error;
pub mod feeds;
pub mod http;
pub mod issues;
pub mod mutants;
pub mod ocr_posters;
pub mod pages;
pub mod posters;
pub mod render;
pub mod rocketchat;
pub mod samples;
pub mod specimens;
pub mod stage;
pub mod world;

pub use door::Upgrading;
pub use error::TestkitError;
