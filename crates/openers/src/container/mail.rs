//! Mail (RFC 5322, MIME): subject, date and text as one part; HTML becomes text; attachments and forwarded messages are
//! members. The people in its header are not read: a desk watches what is published, not who wrote to whom.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use vedette_core::opened::Task;

use super::{Container, Holder, Wanted};
use crate::FileFault;
use crate::html::read_html;
use crate::limits::MAIL_NESTED_MAX;

/// Bytes at the start in which a mail shows its header.
const HEADER_WITHIN: usize = 16 * 1024;
/// Fields that mails have and texts about mails rarely do, in lower case.
const TELLING: &[&str] = &["message-id", "mime-version", "received", "return-path", "delivered-to", "content-type"];
/// Fields that both have.
const USUAL: &[&str] = &["from", "to", "date", "subject", "reply-to", "cc", "sender"];

/// Whether `bytes` begin as a mail does: nothing but fields, two that mails have and one that only they have.
pub(crate) fn looks_like_mail(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEADER_WITHIN).unwrap_or(bytes);
    let (mut telling, mut usual) = (0, 0);
    for line in head.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { return false };
        let name = line.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_graphic()) {
            return false;
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        telling += usize::from(TELLING.contains(&name.as_str()));
        usual += usize::from(USUAL.contains(&name.as_str()));
    }
    telling >= 1 && usual >= 1 && telling + usual >= 3
}

/// Opens a mail.
///
/// # Errors
/// `Hostile` for messages within messages without end, `Encrypted` for a locked one, `Damaged` for none.
pub(crate) fn open_mail(bytes: &[u8], task: Task) -> Result<Container, FileFault> {
    let nested = nested_messages(bytes);
    if nested > MAIL_NESTED_MAX {
        return Err(FileFault::Hostile(format!("a mail names {nested} messages within it")));
    }
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or_else(|| FileFault::Damaged("its header has no field".to_owned()))?;
    let mut holder = Holder::new("mail", task);
    if holder.texts_wanted {
        let subject = message.subject().unwrap_or_default().trim();
        holder.title(subject);
        let date = message.date().map(|date| date.to_rfc3339()).unwrap_or_default();
        let body = body(&message, &mut holder);
        if body.trim().is_empty() && is_locked(&message) {
            return Err(FileFault::Encrypted("a mail for the holder of a key".to_owned()));
        }
        let head: Vec<&str> = [subject, &date].into_iter().filter(|line| !line.is_empty()).collect();
        holder.part(Some(subject), None, &format!("{}\n\n{}", head.join("\n"), body.trim()));
    }
    attachments(&message, &mut holder);
    Ok(holder.finish())
}

fn is_locked(message: &Message<'_>) -> bool {
    message.root_part().content_type().is_some_and(|kind| {
        let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
        subtype == "encrypted" || subtype.ends_with("pkcs7-mime")
    })
}

fn nested_messages(bytes: &[u8]) -> usize {
    let mark = b"message/rfc822";
    bytes.windows(mark.len()).filter(|window| window.eq_ignore_ascii_case(mark)).count()
}

/// The plain text, or the text of the HTML where there is none.
fn body(message: &Message<'_>, holder: &mut Holder) -> String {
    let mut texts: Vec<String> = Vec::new();
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(text) => texts.push(text.replace("\r\n", "\n")),
            PartType::Html(html) => {
                let page = read_html(html.as_bytes());
                page.links.iter().for_each(|link| holder.link(link));
                if page.hidden_bytes > 0 {
                    holder.note(&format!("{} bytes of hidden text are left out", page.hidden_bytes));
                }
                texts.push(page.text);
            }
            _ => {}
        }
        if part.is_encoding_problem {
            holder.note("some bytes of the text do not fit their encoding");
        }
    }
    // Links of the HTML are kept also where the plain text is read.
    for part in message.html_bodies() {
        if let PartType::Html(html) = &part.body {
            read_html(html.as_bytes()).links.iter().for_each(|link| holder.link(link));
        }
    }
    texts.join("\n\n")
}

fn attachments(message: &Message<'_>, holder: &mut Holder) {
    for (number, part) in (1..).zip(message.attachments()) {
        match holder.wanted() {
            Wanted::Before => continue,
            Wanted::NoMore => return,
            Wanted::Now => {}
        }
        let (media_type, extension) = match (&part.body, part.content_type()) {
            (PartType::Message(_), _) => (Some("message/rfc822".to_owned()), ".eml"),
            (_, Some(kind)) => {
                (kind.subtype().map(|subtype| format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase()), "")
            }
            (_, None) => (None, ""),
        };
        let name = part.attachment_name().map_or_else(|| format!("attachment {number}{extension}"), str::to_owned);
        holder.member(&name, media_type.as_deref(), Ok(part.contents().to_vec()));
    }
}
