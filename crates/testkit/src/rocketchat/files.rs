//! Uploaded files: who may fetch them, and the trap of the thumbnail, which sits where a careless reader looks for the original.

use base64::Engine;
use image::DynamicImage;
use serde_json::{Value, json};

use super::login::{is_logged_in, valid_pair};
use super::state::{NewFile, Person, State, iso, made_id};
use crate::http::{Answer, Asked};
use crate::posters::thumbnail;

/// Longest side of a thumbnail, as the real server's.
const THUMBNAIL_PIXELS: u32 = 480;
/// Longest side of the preview that travels inside the message.
const PREVIEW_PIXELS: u32 = 32;

/// A stored file.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub id: String,
    pub room: String,
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
    pub owner: Person,
    pub uploaded: i64,
    pub is_thumbnail: bool,
    pub message: Option<String>,
    pub gone: bool,
    pub size: Option<(u32, u32)>,
}

impl File {
    pub fn message_of(&self, id: &str) -> bool {
        self.message.as_deref() == Some(id)
    }

    fn path(&self) -> String {
        format!("/file-upload/{}/{}", self.id, percent_encoded(&self.name))
    }

    fn kind(&self) -> &'static str {
        match self.media_type.split('/').next() {
            _ if self.is_thumbnail => "thumb",
            Some("image") => "image",
            Some("video") => "video",
            Some("audio") => "audio",
            _ => "text",
        }
    }

    fn in_message(&self) -> Value {
        json!({"_id": self.id, "name": self.name, "type": self.media_type, "size": self.bytes.len(),
            "format": self.format(), "typeGroup": self.kind()})
    }

    fn format(&self) -> &str {
        self.media_type.split('/').nth(1).unwrap_or("")
    }

    /// The file as `channels.files` lists it.
    pub fn to_json(&self) -> Value {
        let mut identify = json!({"format": self.format()});
        if let Some((width, height)) = self.size {
            identify["size"] = json!({"width": width, "height": height});
        }
        json!({
            "_id": self.id, "name": self.name, "size": self.bytes.len(), "type": self.media_type, "rid": self.room,
            "userId": self.owner.id, "path": self.path(), "url": self.path(), "uploadedAt": iso(self.uploaded),
            "typeGroup": self.kind(), "identify": identify, "etag": made_id(&self.id), "user": self.owner.to_json(),
        })
    }
}

/// What an upload adds to its message.
pub(super) struct Stored {
    pub listed: Vec<Value>,
    pub attachment: Value,
}

/// Stores `new`, which belongs to `message`, and, for a picture, its thumbnail.
pub(super) fn store_file(
    state: &mut State,
    room: &str,
    owner: &Person,
    ts: i64,
    message: &str,
    new: NewFile,
) -> Stored {
    let mut new = new;
    if state.settings.rotate_images {
        new.bytes = turned(new.bytes);
    }
    let decoded = image::load_from_memory(&new.bytes).ok().map(|picture| DynamicImage::from(picture.to_rgb8()));
    let number = state.files.len();
    let original = File {
        id: made_id(&format!("file {number} {}", new.name)),
        room: room.to_owned(),
        name: new.name,
        media_type: new.media_type,
        bytes: new.bytes,
        owner: owner.clone(),
        uploaded: ts,
        is_thumbnail: false,
        message: Some(message.to_owned()),
        gone: false,
        size: decoded.as_ref().map(|picture| (picture.width(), picture.height())),
    };
    let mut attachment = json!({
        "title": original.name, "type": "file", "description": "", "title_link": original.path(),
        "title_link_download": true, "fileId": original.id, "ts": iso(ts),
    });
    let mut listed = vec![original.in_message()];
    let thumb =
        decoded.as_ref().filter(|_| state.settings.thumbnails).map(|picture| thumbnail(picture, THUMBNAIL_PIXELS));
    let thumb = thumb.map(|small| File {
        id: made_id(&format!("thumb {number} {}", original.name)),
        name: format!("thumb-{}", original.name),
        media_type: small.media_type.to_owned(),
        size: Some((small.width, small.height)),
        bytes: small.bytes,
        is_thumbnail: true,
        ..original.clone()
    });
    if let Some(picture) = &decoded {
        let shown = thumb.as_ref().unwrap_or(&original);
        let preview = thumbnail(picture, PREVIEW_PIXELS).bytes;
        let (width, height) = shown.size.unwrap_or_default();
        attachment["image_url"] = json!(shown.path());
        attachment["image_type"] = json!(shown.media_type);
        attachment["image_size"] = json!(shown.bytes.len());
        attachment["image_dimensions"] = json!({"width": width, "height": height});
        attachment["image_preview"] = json!(base64::engine::general_purpose::STANDARD.encode(preview));
    } else {
        attachment["size"] = json!(original.bytes.len());
        attachment["format"] = json!(original.format().to_uppercase());
    }
    listed.extend(thumb.iter().map(File::in_message));
    state.files.push(original);
    state.files.extend(thumb);
    Stored { listed, attachment }
}

/// A picture turned by a quarter and written anew; anything else stays as it is.
fn turned(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(picture) = image::load_from_memory(&bytes) else { return bytes };
    let mut out = std::io::Cursor::new(Vec::new());
    match picture.rotate90().write_to(&mut out, image::ImageFormat::Png) {
        Ok(()) => out.into_inner(),
        Err(_) => bytes,
    }
}

/// `/file-upload/ID/NAME` and the older `/ufs/STORE/ID/NAME`; only the id counts.
pub(super) fn serve_file(state: &State, asked: &Asked) -> Answer {
    if state.settings.protect_files && !may_fetch(state, asked) {
        return Answer { status: 403, ..Answer::default() };
    }
    let mut parts = asked.path.split('/').skip(1);
    let id = match parts.next() {
        Some("ufs") => parts.nth(1),
        _ => parts.next(),
    };
    match state.files.iter().find(|file| Some(file.id.as_str()) == id && !file.gone) {
        Some(_) if state.settings.files_at.is_some() => {
            let elsewhere = state.settings.files_at.as_deref().unwrap_or_default();
            Answer::new(302, "text/plain", "").header("location", format!("{elsewhere}{}", asked.path))
        }
        Some(file) => Answer::new(200, &file.media_type, file.bytes.clone())
            .header("content-disposition", format!("attachment; filename=\"{}\"", percent_encoded(&file.name)))
            .header("content-security-policy", "default-src 'none'"),
        None => Answer::new(404, "text/plain", "Not found"),
    }
}

fn may_fetch(state: &State, asked: &Asked) -> bool {
    let cookie = |name: &str| {
        let cookies = asked.header("cookie")?;
        cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    is_logged_in(state, asked)
        || valid_pair(state, asked.param("rc_uid"), asked.param("rc_token"))
        || valid_pair(state, cookie("rc_uid").as_deref(), cookie("rc_token").as_deref())
}

fn percent_encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
