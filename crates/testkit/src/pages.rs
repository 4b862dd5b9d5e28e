//! Web pages as they are met: a text of which every paragraph is known, and around it menus, side bars, advertisements, related
//! posts, comments, style sheets and scripts. Built from a seed, in Latin and Arabic script, in layouts that mark their text and
//! in layouts that do not.

use std::collections::HashMap;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its HTML.
    pub html: String,
    /// Its heading and paragraphs, in order: what a reader came for.
    pub main: Vec<String>,
    /// Its layout, for messages.
    pub layout: &'static str,
    /// It is in Arabic script.
    pub arabic: bool,
}

/// Words of texts that were read of pages, against those that a reader came for, each as often as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words {
    /// Read and wanted.
    pub hit: u32,
    /// Read.
    pub said: u32,
    /// Wanted.
    pub wanted: u32,
}

impl Words {
    /// Counts `text`, which was read of `page`.
    pub fn count(&mut self, page: &Page, text: &str) {
        let mut words: HashMap<&str, u32> = HashMap::new();
        for word in page.main.iter().flat_map(|text| text.split_whitespace()) {
            *words.entry(word).or_default() += 1;
            self.wanted += 1;
        }
        for word in text.split_whitespace() {
            self.said += 1;
            if let Some(left) = words.get_mut(word).filter(|left| **left > 0) {
                *left -= 1;
                self.hit += 1;
            }
        }
    }

    /// Share of what was read that was wanted.
    pub fn precision(&self) -> f64 {
        f64::from(self.hit) / f64::from(self.said.max(1))
    }

    /// Share of what was wanted that was read.
    pub fn recall(&self) -> f64 {
        f64::from(self.hit) / f64::from(self.wanted.max(1))
    }
}

/// How a page marks its text.
const LAYOUTS: [&str; 7] = ["article", "main", "classes", "bare", "list", "short", "nameless"];

const LATIN: &str = "the a of in on at with from over under lamp lantern harbour river museum library weather wind rain morning evening council bridge market garden station tower stadium cup match visitors guide keeper volume archive catalogue exhibition opened closed moved carried printed repaired painted announced expects remains because although while before after between seven twelve hundred years Kelmora Tessgate Halden Marrow Valley Courier northern southern old new quiet bright public small wooden stone";
const ARABIC: &str = "في من إلى على عن مع بعد قبل المصباح المرفأ النهر المتحف المكتبة الطقس الريح المطر الصباح المساء المجلس الجسر السوق الحديقة المحطة البرج الملعب الكأس المباراة الزوار الدليل الأرشيف الفهرس المعرض افتتح أغلق نقل حمل طبع رمم أعلن يتوقع بقي لأن بينما سبعة مئة سنة كلمورا هالدن القديم الجديد الهادئ العام الصغير الحجري الشمالي الجنوبي";

/// Numbers by a seed (xorshift64*), the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap_or(0) % sides.max(1)
    }
}

/// `count` pages; the same seed gives the same pages.
pub fn pages(seed: u64, count: usize) -> Vec<Page> {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..count)
        .map(|number| {
            let arabic = number % 3 == 2;
            let words = if arabic { ARABIC } else { LATIN }.split(' ').collect();
            Builder { dice: &mut dice, words, html: String::new(), main: Vec::new(), arabic }
                .page(LAYOUTS[number % LAYOUTS.len()])
        })
        .collect()
}

struct Builder<'a> {
    dice: &'a mut Dice,
    words: Vec<&'static str>,
    html: String,
    main: Vec<String>,
    arabic: bool,
}

impl Builder<'_> {
    fn phrase(&mut self, least: usize, more: usize) -> String {
        let count = least + self.dice.roll(more);
        let words: Vec<&str> = (0..count).map(|_| self.words[self.dice.roll(self.words.len())]).collect();
        words.join(" ")
    }

    fn sentence(&mut self) -> String {
        let mut words = self.phrase(7, 16);
        if let Some(first) = words.get(..1) {
            words.replace_range(..1, &first.to_ascii_uppercase());
        }
        words + "."
    }

    fn add(&mut self, html: &str) {
        self.html.push_str(html);
    }

    fn page(mut self, layout: &'static str) -> Page {
        let (lang, direction) = if self.arabic { ("ar", "rtl") } else { ("en", "ltr") };
        let title = self.phrase(4, 5);
        self.html.push_str(&format!("<!DOCTYPE html>\n<html lang=\"{lang}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><title>{title} | Courier</title>"));
        self.head();
        self.add("</head>\n<body class=\"single has-sidebar theme-2\">\n");
        self.menu();
        match layout {
            "article" => {
                self.add("<div class=\"layout\"><article class=\"post entry\" itemscope>\n");
                self.text(&title, 14);
                self.share();
                self.add("</article>");
                self.sidebar("aside");
            }
            "main" => {
                self.add("<main id=\"content\"><div class=\"wrap\">\n");
                self.text(&title, 10);
                self.related();
                self.add("</div></main>");
            }
            "classes" => {
                self.sidebar("div");
                self.add("<div class=\"post-content clearfix\"><div class=\"inner\">\n");
                self.text(&title, 12);
                self.add("</div></div>");
                self.related();
            }
            "bare" => {
                self.bare_menu();
                self.add("<div id=\"d7\"><div>\n");
                self.text(&title, 9);
                self.add("</div></div>");
                self.bare_menu();
            }
            "list" => {
                self.add("<main>\n");
                for _ in 0..4 {
                    self.add("<article class=\"teaser\">");
                    let title = self.phrase(4, 4);
                    self.text(&title, 2);
                    self.add("</article>\n");
                }
                self.add("</main>");
            }
            "nameless" => {
                // Names that a build made up: nothing tells what stands around the text but its shape.
                self.add("<div class=\"css-1x9\"><div>\n");
                self.text(&title, 9);
                self.add("</div><div class=\"css-7f3\">");
                for _ in 0..4 {
                    let (title, words) = (self.phrase(4, 5), self.sentence());
                    self.html.push_str(&format!(
                        "<div class=\"css-b0\"><a href=\"/r/1\">{title}</a><span>{words}</span></div>"
                    ));
                }
                self.add("</div></div>");
                self.bare_menu();
            }
            _ => {
                self.add("<article>");
                self.heading(&title);
                let words = self.sentence();
                self.html.push_str(&format!("<p>{words}</p></article>"));
                self.main.push(words);
            }
        }
        if layout != "nameless" {
            self.comments();
        }
        self.footer();
        Page { html: self.html, main: self.main, layout, arabic: self.arabic }
    }

    /// Style sheets, scripts and structured data, as long as the text and longer.
    fn head(&mut self) {
        self.html.push_str(&format!("<link rel=stylesheet href=\"/a.css?v={}\"><style>", self.dice.roll(999)));
        for number in 0..60 {
            self.html.push_str(&format!(".c-{number}{{margin:0 {}px;color:#{:06x};display:flex}}@media(max-width:{}px){{.c-{number}>a{{padding:1em}}}}",
                self.dice.roll(40),
                self.dice.roll(0xff_ffff),
                300 + self.dice.roll(900)));
        }
        self.add("</style><script>window.dataLayer=window.dataLayer||[];");
        for number in 0..80 {
            self.html.push_str(&format!(
                "function f{number}(a,b){{if(a<{}&&b>0){{return \"<p>\"+a+\"</p>\"}}return b*{}}};",
                self.dice.roll(99),
                self.dice.roll(999)
            ));
        }
        self.add("</script><script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":\"");
        let words = self.phrase(20, 20);
        self.add(&words);
        self.add("\"}</script>");
    }

    fn links(&mut self, count: usize) {
        for _ in 0..count {
            let words = self.phrase(1, 4);
            self.html.push_str(&format!(
                "<li class=\"menu-item item-{0}\"><a href=\"/s/{0}?utm_source=x\" title=\"{words}\">{words}</a></li>\n",
                self.dice.roll(9_999)
            ));
        }
    }

    fn menu(&mut self) {
        self.add("<header class=\"site-header\"><nav aria-label=\"main\"><ul class=\"menu\">");
        self.links(30);
        self.add("</ul></nav><form action=\"/search\"><input name=q><button>Search</button></form></header>\n");
    }

    /// A menu that no name gives away.
    fn bare_menu(&mut self) {
        self.add("<div class=\"x1\"><ul>");
        self.links(18);
        self.add("</ul></div>");
    }

    fn heading(&mut self, title: &str) {
        self.html.push_str(&format!("<h1 class=\"title\">{title}</h1>\n"));
        self.main.push(title.to_owned());
    }

    fn text(&mut self, title: &str, least: usize) {
        self.heading(title);
        for number in 0..least + self.dice.roll(6) {
            if number % 5 == 4 {
                let words = self.phrase(3, 4);
                self.html.push_str(&format!("<h2 id=\"h{number}\">{words}</h2>\n"));
                self.main.push(words);
            }
            let sentences: Vec<String> = (0..2 + self.dice.roll(4)).map(|_| self.sentence()).collect();
            let words = sentences.join(" ");
            // A link in the middle of a paragraph.
            let half = words.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at).nth(6).unwrap_or(0);
            let (first, rest) = words.split_at(half);
            let (linked, rest) = rest.split_at(
                rest.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at).nth(3).unwrap_or(rest.len()),
            );
            self.html.push_str(&format!("<p class=\"par p-{number}\" data-id=\"{}\">{first}<a href=\"https://courier.example/a/{number}\" rel=\"nofollow noopener\">{linked}</a><em>{rest}</em></p>\n",
                self.dice.roll(99_999)));
            self.main.push(words);
        }
    }

    fn share(&mut self) {
        self.add("<div class=\"social share-buttons\"><a href=\"#\">Share this</a> <a href=\"#\">Send it to a friend</a> 214 shares</div>");
    }

    fn sidebar(&mut self, element: &str) {
        let words = self.sentence();
        self.html.push_str(&format!("<{element} class=\"sidebar widget-area\"><h3>Most read</h3><ul>"));
        self.links(12);
        self.html.push_str(&format!("</ul><div class=\"ad-box\">{words}</div></{element}>"));
    }

    fn related(&mut self) {
        self.add("<div class=\"related-posts\"><h3>Read also</h3>");
        for _ in 0..6 {
            let (title, words) = (self.phrase(4, 5), self.sentence());
            self.html.push_str(&format!("<div class=\"card\"><a href=\"/r/{}\"><img src=\"/i.jpg\" alt=\"\"><h4>{title}</h4></a><p>{words}</p></div>",
                self.dice.roll(999)));
        }
        self.add("</div>");
    }

    fn comments(&mut self) {
        self.add("<section id=\"comments\"><h3>Comments</h3>");
        for _ in 0..8 {
            let words = self.sentence();
            self.html.push_str(&format!(
                "<div class=\"comment\"><b>reader {}</b><p>{words}</p><a href=\"#r\">Reply</a></div>",
                self.dice.roll(99)
            ));
        }
        self.add("</section>");
    }

    fn footer(&mut self) {
        self.add("<footer class=\"site-footer\"><ul>");
        self.links(16);
        self.add("</ul><p>All rights reserved by the Marrow Valley Courier, which is printed in Tessgate every day but one.</p></footer>");
        self.add("<div class=\"cookie-notice\">We use cookies so that this page works, and you may say no to all of them but one.</div>");
        self.add("<script>");
        for number in 0..120 {
            self.html.push_str(&format!(
                "g({number},\"{}\",function(e){{return e&&e.length<{}}});",
                self.dice.roll(99_999),
                self.dice.roll(99)
            ));
        }
        self.add("</script></body></html>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_pages_and_every_paragraph_stands_in_them() {
        let made = pages(7, 12);
        assert_eq!(made, pages(7, 12));
        assert_ne!(made[0], pages(8, 1)[0]);
        for page in &made {
            let plain: String = page.html.replace("<em>", "").replace("</a>", "");
            assert!(
                page.main.iter().all(|text| plain.contains(&text[..text.floor_char_boundary(12)])),
                "{}",
                page.layout
            );
        }
        assert!(made.iter().any(|page| page.arabic) && made.iter().all(|page| page.html.len() > 15_000));
    }
}
