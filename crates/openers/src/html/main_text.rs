//! Which blocks of a page are its text. What the page marks as its article or main part is taken at its word when it holds a
//! fair share of the page's own words; menus, comments and the like are known by their names, and menus without a name by
//! being nothing but links. Where that leaves nothing, all is kept: a reader loses less by a menu too many than by a text.

/// A block of text: a paragraph, a heading, an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Its first byte in the text; it ends where the next begins.
    pub(super) start: usize,
    /// Bytes in links.
    pub(super) linked: usize,
    /// It stands in something that names itself a menu, an advertisement, comments.
    pub(super) around: bool,
    /// Which article it stands in, from 1; those within others count as the outermost.
    pub(super) article: Option<usize>,
    pub(super) in_main: bool,
    /// It stands in what is marked as the body of the article (schema.org, `articleBody`).
    pub(super) in_body: bool,
}

/// Bytes of words outside links from which a marked part can be the text of the page.
const MARKED_BYTES_MIN: usize = 140;
/// The part of the page's own words, one in so many, that a marked part must hold.
const MARKED_SHARE: usize = 4;
/// Blocks of links one behind the other that make a menu.
const MENU_BLOCKS_MIN: usize = 4;

/// The main text of a page whose whole text is `text`.
pub(super) fn main_text(text: &str, blocks: &[Block]) -> String {
    let ends = blocks.iter().skip(1).map(|block| block.start).chain([text.len()]);
    let blocks: Vec<(&Block, &str)> =
        blocks.iter().zip(ends).map(|(block, end)| (block, text.get(block.start..end).unwrap_or_default())).collect();
    let mut kept: Vec<bool> = blocks.iter().map(|(block, _)| !block.around).collect();
    leave_menus_out(&blocks, &mut kept);
    if let Some(marked) = marked(&blocks, &kept) {
        kept = marked;
    }
    if !kept.contains(&true) {
        return text.to_owned();
    }
    let words = blocks.iter().zip(&kept).filter(|(_, kept)| **kept).map(|((_, words), _)| words.trim_end());
    words.collect::<Vec<_>>().join("\n")
}

/// Bytes outside links.
fn own(block: &Block, words: &str) -> usize {
    words.len().saturating_sub(block.linked)
}

fn leave_menus_out(blocks: &[(&Block, &str)], kept: &mut [bool]) {
    let is_link = |(block, words): &(&Block, &str)| block.linked * 5 >= words.trim_end().len() * 4;
    let mut at = 0;
    while at < blocks.len() {
        let run = blocks.iter().skip(at).take_while(|block| is_link(block)).count();
        if run >= MENU_BLOCKS_MIN {
            kept.iter_mut().skip(at).take(run).for_each(|kept| *kept = false);
        }
        at += run.max(1);
    }
}

/// The blocks of the part that the page marks as its text.
fn marked(blocks: &[(&Block, &str)], kept: &[bool]) -> Option<Vec<bool>> {
    let within = |is_in: &dyn Fn(&Block) -> bool| -> (Vec<bool>, usize) {
        let all = blocks.iter().zip(kept).map(|((block, words), kept)| (*kept && is_in(block), own(block, words)));
        let (marked, bytes): (Vec<bool>, Vec<usize>) = all.map(|(is, own)| (is, if is { own } else { 0 })).unzip();
        (marked, bytes.iter().sum())
    };
    let (_, whole) = within(&|_| true);
    let is_text = |bytes: usize| bytes >= MARKED_BYTES_MIN && bytes * MARKED_SHARE >= whole;
    let (body, bytes) = within(&|block| block.in_body);
    if is_text(bytes) {
        return Some(body);
    }
    // Several long articles are a list; then the part around them is the text.
    let mut lengths = std::collections::BTreeMap::new();
    for ((block, words), _) in blocks.iter().zip(kept).filter(|(_, kept)| **kept) {
        if let Some(article) = block.article {
            *lengths.entry(article).or_insert(0) += own(block, words);
        }
    }
    let long: Vec<usize> =
        lengths.iter().filter(|(_, bytes)| **bytes >= MARKED_BYTES_MIN).map(|(article, _)| *article).collect();
    if let [only] = long.as_slice() {
        let (article, bytes) = within(&|block| block.article == Some(*only));
        if is_text(bytes) {
            return Some(article);
        }
    }
    let (main, bytes) = within(&|block| block.in_main || block.article.is_some());
    is_text(bytes).then_some(main)
}
