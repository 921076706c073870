//! What a page shows of an output: all of it, or pieces with lines `…` between, in their order.

use crate::markdown::{alike, shape};

/// The line that stands for lines that are left out.
const GAP: &str = "…";

/// An output as a page shows it.
struct Shown<'t> {
    pieces: Vec<Vec<&'t str>>,
    /// Whether it begins, or ends, with a line `…`.
    open: (bool, bool),
}

impl<'t> Shown<'t> {
    fn read(text: &'t str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let is_gap = |line: Option<&&str>| line.is_some_and(|line| line.trim() == GAP);
        let open = (is_gap(lines.first()), is_gap(lines.last()));
        let pieces = lines.split(|line| line.trim() == GAP).filter(|piece| !piece.is_empty());
        Self { pieces: pieces.map(<[&str]>::to_vec).collect(), open }
    }

    /// Whether a piece begins, or ends, where the output does.
    fn holds_to(&self, at: usize) -> (bool, bool) {
        (at == 0 && !self.open.0, at + 1 == self.pieces.len() && !self.open.1)
    }
}

/// What of a shown output is not printed so, as a message; numbers may differ if the output `varies`.
pub(super) fn differs(shown: &str, printed: &str, varies: bool) -> Option<String> {
    let same = |shown: &str, printed: &str| {
        alike(shown, printed) || varies && shape(shown) == shape(printed)
    };
    let (text, lines) = (Shown::read(shown), lines(printed));
    let mut from = 0;
    for (at, piece) in text.pieces.iter().enumerate() {
        let (first, last) = text.holds_to(at);
        let fits = |start: usize| {
            let end = start + piece.len();
            end <= lines.len()
                && (!last || end == lines.len())
                && piece.iter().zip(&lines[start..]).all(|(shown, printed)| same(shown, printed))
        };
        let mut starts = if first { 0..1 } else { from..lines.len() + 1 };
        match starts.find(|&start| fits(start)) {
            Some(start) => from = start + piece.len(),
            None => {
                return Some(format!("not printed so:\n{}\nprinted:\n{printed}", piece.join("\n")));
            }
        }
    }
    None
}

/// A shown output made anew: of each piece the lines from its first to its last, as they are printed now.
pub(super) fn renewed(shown: &str, printed: &str, varies: bool) -> String {
    if shown.trim().is_empty() {
        return printed.trim_end().to_owned();
    }
    let (text, lines) = (Shown::read(shown), lines(printed));
    let mut out: Vec<&str> = Vec::new();
    let mut from = 0;
    for (at, piece) in text.pieces.iter().enumerate() {
        if at > 0 || text.open.0 {
            out.push(GAP);
        }
        let (first, last) = text.holds_to(at);
        let found = |shown: &str, from: usize| {
            let places = || from..lines.len();
            let same = places().find(|&at| alike(shown, lines[at]));
            let shown = shape(shown);
            // With other numbers; or what was written is only how the line begins.
            same.or_else(|| places().find(|&at| shape(lines[at]) == shown))
                .or_else(|| places().find(|&at| shape(lines[at]).starts_with(&shown)))
        };
        let start = if first { Some(0) } else { found(piece[0], from) };
        let end = start.and_then(|start| match (last, piece.len()) {
            (true, _) => Some(lines.len()),
            (false, 1) => Some(start + 1),
            (false, _) => found(piece[piece.len() - 1], start + 1).map(|end| end + 1),
        });
        let (Some(start), Some(end)) = (start, end) else {
            // It is told by `differs`.
            out.extend(piece);
            continue;
        };
        let now = &lines[start..end];
        let kept = now.len() == piece.len()
            && now
                .iter()
                .zip(piece)
                .all(|(now, then)| alike(then, now) || varies && shape(then) == shape(now));
        out.extend(if kept { piece } else { now });
        from = end;
    }
    if text.open.1 {
        out.push(GAP);
    }
    out.join("\n")
}

/// The lines of an output, without empty ones at its end.
fn lines(printed: &str) -> Vec<&str> {
    printed.trim_end().lines().map(str::trim_end).collect()
}

#[test]
fn pieces_are_found_and_made_anew() {
    let printed = "a 1\nb 2\nc 3\nd 4\ncertificate 2e-16\n\n";
    for shown in ["a 1\n…", "…\nb 2\nc 3\n…\nd 4\n…", "…\ncertificate 9e-17", "…\nc 3\n…"]
    {
        assert_eq!(differs(shown, printed, false), None, "{shown}");
        assert_eq!(renewed(shown, printed, false), shown);
    }
    for shown in ["b 2\n…", "…\nc 3\n…\nb 2\n…", "…\nd 4", "…\nb 3\n…", "a 1"] {
        assert!(differs(shown, printed, false).is_some(), "{shown}");
    }
    assert_eq!(renewed("…\nb 7\nd 9\n…", printed, false), "…\nb 2\nc 3\nd 4\n…");
    assert_eq!(differs("…\nb 7\n…", printed, true), None);
}
