//! The readable page of a bundle: what was posted, when it was captured, where the proof is. No script, nothing fetched,
//! every text escaped, every address written so that nobody follows it by accident.

use std::fmt::Write;

use vedette_core::ItemView;

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}\
pre{white-space:pre-wrap;background:#f4f4f4;padding:1em}dt{font-weight:bold}dd{overflow-wrap:anywhere}";

/// `index.html`.
pub(super) fn page(items: &[ItemView]) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Evidence</title>\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <style>{STYLE}</style></head><body>\n<h1>Evidence: {} items</h1>\n\
         <p>Texts are shown as the desk stored them, with account names replaced. The files in <code>exhibits/</code> are \
         hostile material: do not open them outside a sandbox. See README.txt for how to verify.</p>\n",
        items.len()
    );
    for view in items {
        item(&mut html, view);
    }
    html.push_str("</body></html>\n");
    html
}

fn item(html: &mut String, view: &ItemView) {
    html.push_str("<dl>\n");
    line(html, "Item", &view.item.id.to_string());
    line(html, "Source", &view.source.asked.name);
    line(html, "Address", &view.item.url.as_deref().map(defang).unwrap_or_default());
    line(html, "Posted", &view.item.posted_at.to_string());
    for version in view.versions.iter().map(|view| &view.version) {
        let captured = format!("{} ({}), captured {}", version.number, version.state.word(), version.captured_at);
        line(html, "Version", &captured);
        line(html, "SHA-256", &version.exhibit.hex());
        line(html, "Leaf", &version.leaf.to_string());
        for file in &version.attachments {
            let hash = file.exhibit.map_or_else(|| "not fetched".to_owned(), |sha256| sha256.hex());
            line(html, "File", &format!("{}: {hash}", defang(&file.name)));
        }
        if let Some(title) = &version.title {
            line(html, "Title", &defang(title));
        }
        html.push_str(&format!("<dt>Text</dt><dd><pre>{}</pre></dd>\n", escape(&defang(&version.text))));
    }
    for decision in &view.decisions {
        line(html, "Decision", &format!("{} by {} on {}", decision.level.word(), decision.by, decision.at));
    }
    html.push_str("</dl>\n<hr>\n");
}

fn line(html: &mut String, name: &str, value: &str) {
    // Writing into a string cannot fail.
    writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value)).ok();
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Marks that turn the direction of writing around would let a text pretend to be another one.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            control if control.is_control() && control != '\n' && control != '\t' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

/// An address that no reader and no program makes a link of.
fn defang(text: &str) -> String {
    text.replace("://", "[:]//").replace("www.", "www[.]").replace(".onion", "[.]onion").replace("t.me/", "t[.]me/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let shown = escape(&defang("<script>x</script> https://lamp.example/?a=\"b\" \u{202e}olleh"));
        assert_eq!(shown, "&lt;script&gt;x&lt;/script&gt; https[:]//lamp.example/?a=&quot;b&quot; olleh");
        assert!(!page(&[]).contains("<script"));
    }
}
