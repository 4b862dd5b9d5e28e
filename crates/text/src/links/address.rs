//! Host names as people write them, defanged or not, and what a host and its path lead to.

/// A host name with the defanging taken out, in lower case.
pub(super) struct Host {
    pub name: String,
    /// Byte after the last.
    pub end: usize,
}

const HOST_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;
/// An onion service of version 3 has 56 base-32 characters, of version 2 had 16.
const ONION_CHARS: [usize; 2] = [56, 16];

/// Top-level domains seen in practice besides the two-letter ones, and those reserved for examples.
const TLDS: &[&str] = &[
    "com",
    "net",
    "org",
    "info",
    "biz",
    "edu",
    "gov",
    "mil",
    "int",
    "onion",
    "app",
    "dev",
    "xyz",
    "online",
    "site",
    "top",
    "club",
    "store",
    "blog",
    "live",
    "news",
    "media",
    "press",
    "tv",
    "chat",
    "cloud",
    "tech",
    "link",
    "space",
    "website",
    "agency",
    "world",
    "video",
    "wiki",
    "social",
    "network",
    "group",
    "team",
    "support",
    "email",
    "art",
    "click",
    "stream",
    "digital",
    "today",
    "page",
    "pro",
    "shop",
    "work",
    "mobi",
    "name",
    "asia",
    "zone",
    "life",
    "one",
    "vip",
    "icu",
    "example",
    "invalid",
    "test",
    "i2p",
    "arpa",
    "post",
    "radio",
    "foundation",
];

/// Country domains (ISO 3166-1 and the few others in use).
const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf \
    cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg \
    gh gi gl gm gn gp gq gr gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp \
    kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc \
    ne nf ng ni nl no nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk \
    sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi \
    vn vu wf ws ye yt za zm zw";

/// Country domains that are words too: `done.It` is two sentences, `done.it/page` a link.
const WORDS: &[&str] = &[
    "is", "it", "in", "to", "so", "at", "be", "my", "no", "us", "am", "me", "la", "es", "do", "id", "as", "by", "de",
    "je", "se", "il", "im", "an",
];

/// Size of the dot that begins at `at`, in its plain or a defanged form.
pub(super) fn dot(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    if rest.first() == Some(&b'.') {
        return Some(1);
    }
    let size = match rest {
        [b'[', b'.', b']', ..] | [b'(', b'.', b')', ..] | [b'{', b'.', b'}', ..] => 3,
        [b'[' | b'(' | b'{', word @ ..]
            if word.len() > 3 && word.iter().take(3).map(u8::to_ascii_lowercase).eq(*b"dot") =>
        {
            word.get(3).filter(|close| matches!(close, b']' | b')' | b'}')).map(|_| 5)?
        }
        _ => return None,
    };
    Some(size)
}

/// The host name that begins at `at`: labels with dots between them, letters of any script.
pub(super) fn host(text: &str, at: usize, limit: usize) -> Option<Host> {
    let mut name = String::new();
    let mut end = at;
    loop {
        let rest = text.get(end..limit)?;
        let mut size = 0;
        for ch in rest.chars() {
            let letter =
                ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_') || (!ch.is_ascii() && ch.is_alphanumeric());
            if !letter || size >= LABEL_BYTES_MAX {
                break;
            }
            size += ch.len_utf8();
        }
        let label = rest.get(..size).unwrap_or_default().trim_end_matches(['-', '_']);
        if label.is_empty() || name.len() + label.len() > HOST_BYTES_MAX {
            break;
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&label.to_lowercase());
        let after = end + label.len();
        let Some(gap) = dot(text.as_bytes().get(..limit).unwrap_or_default(), after) else {
            return finish(name, after);
        };
        let next = text.get(after + gap..limit).and_then(|rest| rest.chars().next());
        if !next.is_some_and(|ch| ch.is_alphanumeric()) {
            return finish(name, after);
        }
        end = after + gap;
    }
    None
}

fn finish(name: String, end: usize) -> Option<Host> {
    (!name.is_empty()).then_some(Host { name, end })
}

/// Whether a name without a scheme is a host: it ends in a domain that exists, and is not merely two sentences glued together.
pub(super) fn is_known(host: &Host, pathed: bool) -> bool {
    let Some((front, tld)) = host.name.rsplit_once('.') else { return false };
    let country = tld.len() == 2 && COUNTRIES.split_ascii_whitespace().any(|code| code == tld);
    if !(country || TLDS.contains(&tld)) {
        return false;
    }
    let short = front.rsplit('.').next().unwrap_or_default().len() < 2;
    pathed || host.name.starts_with("www.") || !(short || WORDS.contains(&tld))
}

/// Where a link leads.
pub(super) fn kind(host: &str, path: &str) -> &'static str {
    let bare = host.strip_prefix("www.").unwrap_or(host);
    if let Some(front) = bare.strip_suffix(".onion") {
        let label = front.rsplit('.').next().unwrap_or_default();
        let base32 = label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        return if base32 && ONION_CHARS.contains(&label.len()) { "onion" } else { "url" };
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    match bare {
        "t.me" | "telegram.me" | "telegram.dog" => telegram(first, rest),
        "discord.gg" | "chat.whatsapp.com" | "signal.group" if !path.is_empty() => "invite",
        "discord.com" | "discordapp.com" if first == "invite" => "invite",
        "matrix.to" if !path.contains("#/@") && path.contains("#/") => "invite",
        "simplex.chat" if matches!(first.trim_end_matches('#'), "invitation" | "contact") => "invite",
        "go.rocket.chat" if first.starts_with("invite") => "invite",
        // Video platforms use the same word for something that nobody joins.
        _ if first == "channel" && bare.ends_with("youtube.com") => "url",
        _ if matches!(first, "channel" | "invite") && !rest.is_empty() => "invite",
        _ => "url",
    }
}

fn telegram(first: &str, rest: &str) -> &'static str {
    let name = if first == "s" { rest.split('/').next().unwrap_or_default() } else { first };
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let handle = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match first {
        "joinchat" if !rest.is_empty() => "invite",
        _ if first.starts_with('+') && first.len() > 1 => "invite",
        "c" | "share" | "proxy" | "socks" | "addstickers" | "joinchat" | "iv" | "login" | "addlist" => "url",
        _ if handle => "channel",
        _ => "url",
    }
}
