//! Links, invites, onion services, channel names and wallets in a text: found and defanged, never fetched.
//!
//! What was defanged by its writer (`hxxps://example[.]com`) is found too. Mail addresses and Matrix user ids name people, not
//! places, and are left out.

mod address;
mod wallets;

use address::Host;

/// A link as found. `text` is what was written, `defanged` can be shown and copied without becoming a link again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFound {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// As written.
    pub text: String,
    /// `url`, `invite`, `onion`, `channel` or `wallet`.
    pub kind: &'static str,
    /// Written so that nothing makes it a link: `hxxps://example[.]com/page`.
    pub defanged: String,
}

/// A longer link is cut here, in bytes: browsers and servers stop at about this length too.
const LINK_BYTES_MAX: usize = 2_048;
/// More links than this in one text are not told apart.
const LINKS_MAX: usize = 10_000;
/// The shortest handle that platforms give out, without its `@`.
const HANDLE_CHARS_MIN: usize = 4;
const HANDLE_CHARS_MAX: usize = 32;
/// The shortest run of letters and digits that can be a wallet.
const WALLET_CHARS_MIN: usize = 14;

/// Words after `@` that address everybody in a room.
const EVERYBODY: &[&str] = &["here", "everyone", "channel", "room", "group", "admin", "admins", "online"];

/// All links of a text, in order, without overlaps.
pub fn find_links(text: &str) -> Vec<LinkFound> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let (mut start, mut signs, mut run) = (0usize, false, 0usize);
    // One pass tells the few chunks between spaces that can hold a link from all the others.
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b' ' | b'\n' | b'\t' | b'\r' | b'<' | b'>' | b'"' => {
                if signs && out.len() < LINKS_MAX {
                    Chunk { text, start, end: at }.read(&mut out);
                }
                (start, signs, run) = (at + 1, false, 0);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                run += 1;
                signs |= run >= WALLET_CHARS_MIN;
            }
            b'.' | b'@' | b':' | b'#' | b'!' => {
                run = 0;
                signs |= bytes.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace());
            }
            b'[' | b'(' | b'{' => {
                run = 0;
                signs |= matches!(bytes.get(at + 1), Some(b'.' | b':' | b'd' | b'D'));
            }
            _ => run = 0,
        }
    }
    if signs && out.len() < LINKS_MAX {
        Chunk { text, start, end: bytes.len() }.read(&mut out);
    }
    out
}

/// Text between spaces.
#[derive(Clone, Copy)]
struct Chunk<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

impl<'a> Chunk<'a> {
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes().get(..self.end).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes().get(at).copied().unwrap_or(b' ')
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The word characters that stand directly before `at`, but not before `from`; at most `max` bytes back.
    fn back(&self, from: usize, at: usize, max: usize, allowed: impl Fn(u8) -> bool) -> usize {
        let mut start = at;
        while start > from && at - start < max && allowed(self.byte(start - 1)) {
            start -= 1;
        }
        start
    }

    fn read(&self, out: &mut Vec<LinkFound>) {
        let (mut at, mut done) = (self.start, self.start);
        while at < self.end && out.len() < LINKS_MAX {
            let found = match self.byte(at) {
                b':' | b'[' | b'.' | b'(' | b'{' => self.scheme(done, at).or_else(|| self.bare(done, at)),
                b'@' => self.at_sign(done, at),
                b'#' | b'!' => self.room(done, at),
                byte if byte.is_ascii_alphanumeric() && !(at > done && self.byte(at - 1).is_ascii_alphanumeric()) => {
                    self.wallet(at)
                }
                _ => None,
            };
            match found {
                Some(Found { end, link }) => {
                    out.extend(link);
                    at = end.max(at + 1);
                    done = at;
                }
                None => at += 1,
            }
        }
    }

    fn link(&self, start: usize, end: usize, kind: &'static str, defanged: String) -> Option<Found> {
        let text = self.text.get(start..end)?.to_owned();
        Some(Found { end, link: Some(LinkFound { start, end, text, kind, defanged }) })
    }

    /// `scheme://host/path`, also `hxxp`, `[:]//` and `[://]`.
    fn scheme(&self, from: usize, at: usize) -> Option<Found> {
        let rest = self.bytes().get(at..)?;
        let slashes = [&b"://"[..], b"[:]//", b"[://]", b"(:)//"].into_iter().find(|form| rest.starts_with(form))?;
        let start = self.back(from, at, 12, |byte| byte.is_ascii_alphanumeric() || byte == b'*');
        let scheme = match self.slice(start, at).to_ascii_lowercase().as_str() {
            "http" | "hxxp" | "h**p" | "http*" | "htxp" | "hxtp" | "ttp" => "hxxp",
            "https" | "hxxps" | "h**ps" | "htxps" | "hxtps" | "ttps" => "hxxps",
            "ftp" | "fxp" => "fxp",
            "tg" => return self.telegram_scheme(start, at + slashes.len()),
            _ => return None,
        };
        let mut host_at = at + slashes.len();
        // User names and passwords before the host are no part of where the link goes.
        let authority =
            self.bytes().get(host_at..)?.iter().take(256).take_while(|byte| !matches!(byte, b'/' | b'?' | b'#'));
        if let Some(sign) = authority.enumerate().filter(|(_, byte)| **byte == b'@').map(|(offset, _)| offset).last() {
            host_at += sign + 1;
        }
        let host = address::host(self.text, host_at, self.end)?;
        self.whole(start, scheme, host)
    }

    fn telegram_scheme(&self, start: usize, at: usize) -> Option<Found> {
        let end = self.tail(at);
        let rest = self.slice(at, end);
        let kind = if rest.starts_with("join") {
            "invite"
        } else if rest.starts_with("resolve") {
            "channel"
        } else {
            "url"
        };
        self.link(start, end, kind, format!("tg[:]//{rest}"))
    }

    /// A host name without a scheme.
    fn bare(&self, from: usize, at: usize) -> Option<Found> {
        let dot = address::dot(self.bytes(), at)?;
        let start = self.back(from, at, 63, |byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if start == at || matches!(self.byte(start), b'-' | b'_') {
            return None;
        }
        let before = if start > self.start { self.byte(start - 1) } else { b' ' };
        if !before.is_ascii() || before.is_ascii_alphanumeric() || before == b'.' {
            return None;
        }
        let host = address::host(self.text, start, self.end)?;
        let pathed = self.byte(host.end) == b'/';
        if !(address::is_known(&host, pathed) || (dot > 1 && host.name.contains('.'))) {
            // Labels are not tried one by one: `a.b.c.d` would cost the square of its length.
            return Some(Found { end: host.end, link: None });
        }
        self.whole(start, "", host)
    }

    /// A host with its port and path, and what kind of link that makes it.
    fn whole(&self, start: usize, scheme: &str, host: Host) -> Option<Found> {
        let mut end = host.end;
        if self.byte(end) == b':' && self.byte(end + 1).is_ascii_digit() {
            let digits = self.bytes().get(end + 1..)?.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
            end += 1 + digits;
        }
        let path_at = end;
        if matches!(self.byte(end), b'/' | b'?' | b'#') {
            end = self.tail(end).max(path_at);
        }
        let path = self.slice(path_at, end);
        let kind = address::kind(&host.name, path);
        let port = self.slice(host.end, path_at);
        let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
        self.link(start, end, kind, format!("{scheme}{}{port}{path}", host.name.replace('.', "[.]")))
    }

    /// Where a path that begins at `at` ends: before closing brackets that it did not open and before final punctuation.
    fn tail(&self, at: usize) -> usize {
        let mut end = at;
        let mut depth = 0i32;
        let rest = self.slice(at, self.end);
        for (offset, ch) in rest.char_indices() {
            match ch {
                '(' | '[' => depth += 1,
                ')' | ']' if depth == 0 => break,
                ')' | ']' => depth -= 1,
                '`' | '|' | '\\' | '^' | '{' | '}' | '،' | '؛' | '؟' | '«' | '»' | '“' | '”' | '„' | '。' | '、' =>
                {
                    break;
                }
                ',' | ';'
                    if rest
                        .get(offset + 1..)
                        .is_some_and(|more| more.starts_with("http") || more.starts_with("hxxp")) =>
                {
                    break;
                }
                _ if ch.is_control() || ch.is_whitespace() || offset > LINK_BYTES_MAX => break,
                _ => {}
            }
            end = at + offset + ch.len_utf8();
        }
        let kept =
            self.slice(at, end).trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '~', '…', '’', '[', '(']);
        at + kept.len()
    }

    /// `@name`; skips over mail addresses and Matrix users.
    fn at_sign(&self, from: usize, at: usize) -> Option<Found> {
        let before = if at > from { self.byte(at - 1) } else { b' ' };
        if before.is_ascii_alphanumeric() || matches!(before, b'_' | b'-' | b'+' | b'.') {
            let host = address::host(self.text, at + 1, self.end).filter(|host| host.name.contains('.'))?;
            return Some(Found { end: host.end, link: None });
        }
        let name = self.bytes().get(at + 1..)?.iter();
        let size =
            name.take(HANDLE_CHARS_MAX + 1).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let end = at + 1 + size;
        let name = self.slice(at + 1, end);
        if self.byte(end) == b':'
            && let Some(host) = address::host(self.text, end + 1, self.end)
        {
            return Some(Found { end: host.end, link: None });
        }
        let letter = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        let everybody = EVERYBODY.contains(&name.to_ascii_lowercase().as_str());
        if !letter || everybody || !(HANDLE_CHARS_MIN..=HANDLE_CHARS_MAX).contains(&size) {
            return None;
        }
        self.link(at, end, "channel", format!("@{name}"))
    }

    /// `#room:server` and `!room:server` of Matrix.
    fn room(&self, from: usize, at: usize) -> Option<Found> {
        if at > from && (self.byte(at - 1).is_ascii_alphanumeric() || self.byte(at - 1) == b'/') {
            return None;
        }
        let allowed = |byte: &&u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'=' | b'+') || !byte.is_ascii()
        };
        let size = self.bytes().get(at + 1..)?.iter().take(128).take_while(allowed).count();
        let colon = at + 1 + size;
        if size == 0 || self.byte(colon) != b':' {
            return None;
        }
        let host = address::host(self.text, colon + 1, self.end).filter(|host| host.name.contains('.'))?;
        self.link(at, host.end, "channel", format!("{}:{}", self.slice(at, colon), host.name.replace('.', "[.]")))
    }

    fn wallet(&self, at: usize) -> Option<Found> {
        let run = self
            .bytes()
            .get(at..)?
            .iter()
            .take(wallets::CHARS_MAX + 1)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        if run < WALLET_CHARS_MIN || !wallets::is_wallet(self.slice(at, at + run)) {
            return None;
        }
        let text = self.slice(at, at + run);
        self.link(at, at + run, "wallet", text.to_owned())
    }
}

/// Text that was understood, up to `end`; a link unless it names a person.
struct Found {
    end: usize,
    link: Option<LinkFound>,
}
