//! From bytes to the tree of one text, with all syntax errors.

use std::ops::Range;

use super::{
    guard::{self, MANY_ERRORS, MAX_DEPTH, Obstacle},
    tree::{self, Shelf, Tree},
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span};

/// Largest text that is read, in bytes.
///
/// Reading takes about 35 times the memory of the text (measured: 2.7 GB for 80 MB, a flowsheet of 50 000 separators
/// of 30 species).
pub const MAX_BYTES: usize = 128 << 20;

/// Number of syntax errors that are told one by one.
const KEEP: usize = 50;

/// A text that was read: its tree and its first line.
pub(super) struct Parsed<'t> {
    pub(super) tree: Tree<'t>,
    pub(super) first_line: Span,
}

/// Adds a text to the sources and parses it.
pub(super) fn parse<'t>(
    name: &str,
    bytes: &[u8],
    shelf: &'t Shelf,
    sources: &mut Sources,
) -> Result<Parsed<'t>, Diagnostics> {
    if bytes.len() > MAX_BYTES {
        let limit = MAX_BYTES >> 20;
        let message = format!("`{name}` is larger than {limit} MiB, the most that is read");
        let help = "split it by `include`, or generate less: quantities that repeat can be groups";
        return Err(Diagnostic::new(Code::TooLarge, message).help(help).into());
    }
    let text = decode(name, bytes, sources)?;
    let base = add(name, text, sources)?;
    let text = shelf.put(text.to_owned());
    let first_line = Span::new(base, base + text.lines().next().map_or(0, str::len));
    let errors = match guard::examine(text, KEEP) {
        Ok(unclosed) => {
            let (table, errors) = Tree::parse_recoverable(text);
            if errors.is_empty() {
                return Ok(Parsed { tree: tree::shift(table.into_inner(), base), first_line });
            }
            let errors = errors.into_iter();
            let errors = errors.map(|error| (error.span().unwrap_or(0..0), error.message().into()));
            let mut errors: Vec<(Range<usize>, String)> = errors.collect();
            if let Some(at) = unclosed {
                // What comes after it is misread.
                errors.retain(|(range, _)| range.start < at);
                errors.push((at..at + 1, "this bracket is never closed".to_owned()));
            }
            errors
        }
        Err(Obstacle::Deep(range)) => {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            let found = Diagnostic::new(Code::SyntaxError, message).at(shifted(&range, base), "");
            return Err(found
                .help("a flowsheet needs fewer than ten; is a bracket missing?")
                .into());
        }
        Err(Obstacle::Long(range)) => {
            let message = "a single value goes on for more than a million tokens";
            let found = Diagnostic::new(Code::TooLarge, message).at(shifted(&range, base), "");
            return Err(found.help("is a bracket or a comma missing further up?").into());
        }
        Err(Obstacle::Errors(errors)) => {
            let mut found = tell(text, base, errors);
            let message = format!("more than {MANY_ERRORS} syntax errors; the rest is not read");
            found.push(
                Diagnostic::new(Code::SyntaxError, message).help("is this a TOML file at all?"),
            );
            return Err(found);
        }
    };
    Err(tell(text, base, errors))
}

/// Adds a text to the sources; its base.
fn add(name: &str, text: &str, sources: &mut Sources) -> Result<usize, Diagnostics> {
    sources.add(name, text).map(|base| base as usize).ok_or_else(|| {
        let message = "the flowsheet and what it includes are larger than 4 GiB";
        Diagnostic::new(Code::TooLarge, message).into()
    })
}

/// The bytes as text.
fn decode<'b>(name: &str, bytes: &'b [u8], sources: &mut Sources) -> Result<&'b str, Diagnostics> {
    let valid = match str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return Ok(text),
        Ok(text) => text,
        Err(error) => {
            let valid = &bytes[..error.valid_up_to()];
            str::from_utf8(valid).expect("`valid_up_to` bounds valid text")
        }
    };
    let valid = &valid[..valid.find('\0').unwrap_or(valid.len())];
    let at = valid.len();
    let byte = bytes[at];
    let what = if byte == 0 { "a NUL byte" } else { "not UTF-8" };
    let message = format!("`{name}` is not text: byte 0x{byte:02x} at position {at} is {what}");
    let base = add(name, valid, sources)?;
    let help = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "this looks like UTF-16; save the file as UTF-8"
    } else if byte == 0 {
        "this is not a TOML file; TOML is plain text in UTF-8"
    } else {
        "save the file as UTF-8; a sign such as `é`, `°` or `–` was probably written by an older editor"
    };
    let found = Diagnostic::new(Code::NotText, message);
    Err(found.at(Span::new(base + at, base + at), "text ends here").help(help).into())
}

fn shifted(range: &Range<usize>, base: usize) -> Span {
    Span::new(range.start + base, range.end + base)
}

/// The errors as diagnostics: in the order of the text, the first of each line, the first few of all.
fn tell(text: &str, base: usize, mut errors: Vec<(Range<usize>, String)>) -> Diagnostics {
    errors.sort_by_key(|(range, _)| range.start);
    let mut found = Diagnostics::new();
    let mut told_up_to = 0;
    let mut more: usize = 0;
    for (range, message) in errors {
        let at = range.start.min(text.len());
        // One mistake often makes several errors on its line.
        if at < told_up_to {
            continue;
        }
        told_up_to = text[text.floor_char_boundary(at)..]
            .find('\n')
            .map_or(text.len() + 1, |length| at + length + 1);
        if found.len() >= KEEP {
            more += 1;
            continue;
        }
        let line = line_at(text, at);
        let message = match &*message {
            text if text.starts_with("string values must be quoted") => {
                "texts and quantities are written in quotes"
            }
            text => text.trim_end(),
        };
        let mut diagnostic = Diagnostic::new(Code::SyntaxError, message)
            .at(shifted(&(at..range.end.min(text.len())), base), "");
        if let Some(help) = advise(line, message) {
            diagnostic = diagnostic.help(help);
        }
        found.push(diagnostic);
    }
    if more > 0 {
        let message = format!("{more} more lines with syntax errors");
        found.push(Diagnostic::new(Code::SyntaxError, message));
    }
    found
}

/// The line around a position, or its first kilobyte before and after.
fn line_at(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(1024));
    let to = text.floor_char_boundary((at + 1024).min(text.len()));
    let at = text.floor_char_boundary(at);
    let start = text[from..at].rfind('\n').map_or(from, |newline| from + newline + 1);
    let end = text[at..to].find('\n').map_or(to, |newline| at + newline);
    &text[start..end]
}

/// What to do about a syntax error in a line.
fn advise(line: &str, message: &str) -> Option<String> {
    if message.contains("duplicate key") {
        return Some("a key or table is written once; join the two, or rename one".to_owned());
    }
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim(), value.split('#').next()?.trim());
    let first = value.chars().next()?;
    let plain = !value.contains(['"', '\'', '[', '{', '}', ']']);
    let lettered = value.contains(|sign: char| sign.is_alphabetic() || sign == '%');
    let number = first.is_ascii_digit() || matches!(first, '+' | '-' | '.');
    if plain && lettered && number {
        return Some(format!("write quantities in quotes: `{key} = \"{value}\"`"));
    }
    if plain && first.is_alphabetic() {
        return Some(format!("write texts in quotes: `{key} = \"{value}\"`"));
    }
    let decimal = value
        .as_bytes()
        .windows(3)
        .any(|signs| signs[1] == b',' && signs[0].is_ascii_digit() && signs[2].is_ascii_digit());
    (decimal && !value.contains('['))
        .then(|| "write the decimal sign as a point: `1.75`, not `1,75`".to_owned())
}
