//! Words for the index: the folded words of a text, as the query language makes them of a question.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use vedette_text::{fold::fold_plain, tokens::tokens};

/// Folds a text and gives its words.
#[derive(Clone, Default)]
pub(crate) struct FoldedWords;

/// The words of one text.
pub(crate) struct Words {
    folded: String,
    spans: std::vec::IntoIter<(usize, usize)>,
    token: Token,
}

impl Tokenizer for FoldedWords {
    type TokenStream<'a> = Words;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words {
        let folded = fold_plain(text);
        let spans: Vec<(usize, usize)> = tokens(&folded).map(|token| (token.start, token.end)).collect();
        Words { folded, spans: spans.into_iter(), token: Token::default() }
    }
}

impl TokenStream for Words {
    fn advance(&mut self) -> bool {
        let Some((start, end)) = self.spans.next() else { return false };
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(self.folded.get(start..end).unwrap_or_default());
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
