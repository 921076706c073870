//! A first pass over a text that costs little memory whatever the text is.
//!
//! `toml` builds the whole tree and a list of all errors at once, and its tables are freed by recursion. Fifty
//! megabytes of garbage or ten thousand dotted levels would exhaust memory or stack, so the tokens are first run
//! through the grammar statement by statement, with a cap on the errors and on the depth.

use std::ops::Range;

use toml_parser::{
    ErrorSink, ParseError, Source,
    decoder::Encoding,
    lexer::{Token, TokenKind},
    parser::EventReceiver,
};

/// Deepest nesting of tables, arrays and dotted keys together, on either side of a header.
pub(super) const MAX_DEPTH: usize = 64;

/// Number of errors after which the rest of a file is not read.
pub(super) const MANY_ERRORS: usize = 10_000;

/// Statements are handed to the grammar when this many tokens have come together.
const BATCH: usize = 1 << 16;

/// Longest single statement, in tokens; a list of a hundred thousand quantities has half a million.
const LONGEST: usize = 1 << 20;

/// What stops a text from being parsed at all.
#[derive(Debug, PartialEq)]
pub(super) enum Obstacle {
    /// Nested deeper than [`MAX_DEPTH`] at this place.
    Deep(Range<usize>),
    /// A single value of more than [`LONGEST`] tokens ends here, unfinished.
    Long(Range<usize>),
    /// More than [`MANY_ERRORS`] errors, of which the first few are kept.
    Errors(Vec<(Range<usize>, String)>),
}

/// Looks for an obstacle; `keep` errors are kept if there are too many.
///
/// If there is none: the position of a bracket that is never closed, if there is one.
pub(super) fn examine(text: &str, keep: usize) -> Result<Option<usize>, Obstacle> {
    let mut errors = Capped { kept: Vec::new(), keep, count: 0 };
    let mut depth = Depth::default();
    let mut batch = Vec::new();
    for token in Source::new(text).lex() {
        let ends = depth.follow(token.kind(), token.span().start());
        if depth.total() > MAX_DEPTH {
            return Err(Obstacle::Deep(token.span().start()..token.span().end()));
        }
        batch.push(token);
        if ends && batch.len() >= BATCH || batch.len() >= LONGEST {
            check(text, &batch, &mut errors);
            batch.clear();
        }
        if errors.count > MANY_ERRORS {
            return Err(Obstacle::Errors(errors.kept));
        }
        if batch.is_empty() && !ends {
            return Err(Obstacle::Long(token.span().start()..token.span().end()));
        }
    }
    check(text, &batch, &mut errors);
    if errors.count > MANY_ERRORS {
        return Err(Obstacle::Errors(errors.kept));
    }
    Ok(depth.open.first().map(|bracket| bracket.at))
}

/// Runs tokens through the grammar.
fn check(text: &str, tokens: &[Token], errors: &mut Capped) {
    let mut scalars = Scalars { text };
    // The grammar recurses over brackets; `Depth` has bounded them.
    toml_parser::parser::parse_document(tokens, &mut scalars, errors);
}

/// Follows how deep the text is nested at a token.
#[derive(Default)]
struct Depth {
    open: Vec<Bracket>,
    /// Sum of the depths of `open`.
    sum: usize,
    /// Dots of the key that is being read.
    dots: usize,
    /// Whether the statement has begun.
    begun: bool,
    /// Whether the statement is a header, which ends with its line whether it is closed or not.
    header: bool,
}

/// An open bracket.
struct Bracket {
    /// Where it is.
    at: usize,
    /// The depth that it and the key before it add.
    depth: usize,
}

impl Depth {
    /// Takes the next token; true if it ends a statement.
    fn follow(&mut self, kind: TokenKind, at: usize) -> bool {
        match kind {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                self.header |= !self.begun;
                self.open.push(Bracket { at, depth: self.dots + 1 });
                self.sum += self.dots + 1;
                self.dots = 0;
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                self.sum -= self.open.pop().map_or(0, |bracket| bracket.depth);
                self.dots = 0;
            }
            TokenKind::Dot => self.dots += 1,
            TokenKind::Whitespace | TokenKind::Comment => return false,
            TokenKind::Newline if self.header || self.open.is_empty() => {
                *self = Self::default();
                return true;
            }
            TokenKind::Newline | TokenKind::Comma => self.dots = 0,
            _ => {}
        }
        self.begun = true;
        false
    }

    fn total(&self) -> usize {
        self.sum + self.dots
    }
}

/// Decodes scalars for their errors alone.
struct Scalars<'a> {
    text: &'a str,
}

impl EventReceiver for Scalars<'_> {
    fn scalar(
        &mut self,
        span: toml_parser::Span,
        kind: Option<Encoding>,
        error: &mut dyn ErrorSink,
    ) {
        if let Some(raw) = self.text.get(span.start()..span.end()) {
            let raw = toml_parser::Raw::new_unchecked(raw, kind, span);
            let _kind = raw.decode_scalar(&mut (), error);
        }
    }
}

/// Keeps the first errors and counts the others.
struct Capped {
    kept: Vec<(Range<usize>, String)>,
    keep: usize,
    count: usize,
}

impl ErrorSink for Capped {
    fn report_error(&mut self, error: ParseError) {
        self.count += 1;
        if self.kept.len() < self.keep {
            let span = error.unexpected().map_or(0..0, |span| span.start()..span.end());
            self.kept.push((span, error.description().to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_and_dots() {
        let deep = |text: String| matches!(examine(&text, 5), Err(Obstacle::Deep(_)));
        assert!(deep("[".repeat(10_000)));
        assert!(deep(format!("a = {}", "[".repeat(10_000))));
        assert!(deep(format!("a = {}", "{a=".repeat(10_000))));
        assert!(deep(format!("{}a = 1", "a.".repeat(10_000))));
        assert!(deep(format!("[{}a]", "a.".repeat(10_000))));
        assert!(deep(format!("[[{}a]]", "a.".repeat(10_000))));
        assert!(deep(format!("a = {}", "{a.a.a.a=".repeat(40))));
        assert!(!deep("a = [1.5, 2.5, { b.c = 1.5 }]\n".repeat(1000)));
    }

    #[test]
    fn garbage_is_given_up_early() {
        let text = "=== ]] %%\n".repeat(100_000);
        let Err(Obstacle::Errors(kept)) = examine(&text, 50) else { panic!("garbage") };
        assert_eq!(kept.len(), 50);
        assert_eq!(examine("a = 1\n[b]\nc = '''x\ny'''\n", 50), Ok(None));
    }

    #[test]
    fn a_bracket_that_is_never_closed_is_found() {
        assert_eq!(examine("[a\nb = [\n1, [2]\n[c]\n", 50), Ok(Some(7)));
        assert_eq!(examine("[a\n[[b]\n", 50), Ok(None));
    }

    #[test]
    fn an_endless_value_is_refused() {
        let list = |count| format!("a = [\n{}]\nb = 1\n", "1,\n".repeat(count));
        assert_eq!(examine(&list(100_000), 50), Ok(None));
        assert!(matches!(examine(&list(1_600_000), 50), Err(Obstacle::Long(_))));
    }
}
