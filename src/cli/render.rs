//! Draws diagnostics for people: the message, the lines it speaks of, what to do.

use std::{collections::HashMap, fmt::Write, ops::Range};

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity, Source, Sources};

/// Number of diagnostics that are drawn; of the others only the number is told.
const MOST: usize = 100;

/// Longest line that is drawn whole, in bytes.
const LONG: usize = 400;

/// What is drawn of a longer line before and after the beginning of a mark, in bytes.
const LONG_BEFORE: usize = 100;
const LONG_AFTER: usize = 200;

/// Labels that are at most this many lines apart share a snippet.
const NEAR: usize = 6;

/// The diagnostics as text, with a summary line; nothing if there are none.
#[must_use]
pub fn render(diagnostics: &Diagnostics, sources: &Sources, color: bool, width: usize) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let width = width.max(40);
    let renderer = renderer.term_width(width);
    let mut lines = Lines::default();
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        text.push_str(&draw(diagnostic, sources, &renderer, width, &mut lines));
        text.push_str("\n\n");
    }
    let more = diagnostics.len().saturating_sub(MOST);
    if more > 0 {
        writeln!(text, "… and {more} more\n").expect("a string takes all");
    }
    if let Some(summary) = summarise(diagnostics) {
        writeln!(text, "{summary}").expect("a string takes all");
    }
    text
}

/// A finding whose message is broken between words, for what stands before it: `warning[CODE]: `; what is said of a place is cut
/// where the line ends.
pub(super) fn fit(diagnostic: &Diagnostic, sources: &Sources, width: usize) -> Diagnostic {
    let before = "warning[]: ".len() + diagnostic.code.name().len();
    let room = width.saturating_sub(before).max(NARROW);
    let mut fitted = diagnostic.clone();
    fitted.message = wrap(&diagnostic.message, room);
    let mut lines = Lines::default();
    for label in &mut fitted.labels {
        let Some(mark) = Mark::find(label, true, sources, &mut lines) else { continue };
        // The number of the line, ` | `, the line up to the end of the mark, and a space.
        let marked = &mark.source.text[mark.bounds.start..mark.range.end];
        let number = (mark.line + 1).to_string().len();
        let before = number + 4 + marked.chars().count();
        let text = cut(&label.text, width.saturating_sub(before).max(NARROW));
        label.text = text;
    }
    fitted
}

/// A text of at most so many characters; what is left out is marked.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// A column of words that is narrower is no text any more.
const NARROW: usize = 20;

/// How many findings there are of each severity: `2 errors, 1 warning`; none if there are none.
#[must_use]
pub fn summarise(diagnostics: &Diagnostics) -> Option<String> {
    let kinds =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts = kinds.iter().filter_map(|&(severity, word)| {
        let count = diagnostics.iter().filter(|item| item.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {word}{plural}"))
    });
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// Where the lines of each source begin, computed once.
#[derive(Default)]
struct Lines {
    starts: HashMap<u32, Vec<usize>>,
}

impl Lines {
    /// The line, from 0, of a position in a source, and the range of its text.
    fn find(&mut self, source: &Source, at: usize) -> (usize, Range<usize>) {
        let starts = self.starts.entry(source.base).or_insert_with(|| {
            let newlines = source.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(newlines).collect()
        });
        let line = starts.partition_point(|&start| start <= at).saturating_sub(1);
        let end = starts.get(line + 1).map_or(source.text.len(), |next| next - 1);
        (line, starts[line]..end)
    }
}

/// A label with its place in its source.
struct Mark<'a> {
    source: &'a Source,
    line: usize,
    /// The text of the line.
    bounds: Range<usize>,
    /// What is marked of it.
    range: Range<usize>,
    label: &'a str,
    primary: bool,
}

impl<'a> Mark<'a> {
    fn find(
        label: &'a Label,
        primary: bool,
        sources: &'a Sources,
        lines: &mut Lines,
    ) -> Option<Self> {
        let (source, range) = sources.resolve(label.span)?;
        let start = source.text.floor_char_boundary(range.start);
        let (line, bounds) = lines.find(source, start);
        // What goes on over several lines is marked in the first.
        let start = start.min(bounds.end);
        let end = source.text.ceil_char_boundary(range.end).clamp(start, bounds.end);
        Some(Self { source, line, bounds, range: start..end, label: &label.text, primary })
    }

    fn is_near(&self, other: &Self) -> bool {
        self.source.base == other.source.base
            && self.line.abs_diff(other.line) <= NEAR
            && self.bounds.len() <= LONG
            && other.bounds.len() <= LONG
    }
}

/// About what the renderer puts before a line of help, in columns.
const MARGIN: usize = 16;

fn draw(
    diagnostic: &Diagnostic,
    sources: &Sources,
    renderer: &Renderer,
    width: usize,
    lines: &mut Lines,
) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group: Vec<Element<'_>> = Vec::new();
    let mut clusters: Vec<Vec<Mark<'_>>> = Vec::new();
    for (at, label) in diagnostic.labels.iter().enumerate() {
        let Some(mark) = Mark::find(label, at == 0, sources, lines) else { continue };
        match clusters.iter_mut().find(|cluster| cluster.iter().any(|other| other.is_near(&mark))) {
            Some(cluster) => cluster.push(mark),
            None => clusters.push(vec![mark]),
        }
    }
    for cluster in &clusters {
        let first = &cluster[0];
        if is_long(cluster) {
            let before = &first.source.text[first.bounds.start..first.range.start];
            let origin = Origin::path(&*first.source.name).line(first.line + 1);
            group.push(origin.char_column(before.chars().count() + 1).into());
        }
        group.push(snip(cluster).into());
    }
    if let Some(help) = &diagnostic.help {
        group.push(Level::HELP.message(wrap(help, width - MARGIN)).into());
    }
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code.name());
    renderer.render(&[title.elements(group)])
}

/// The text with line breaks between words, so that lines fit a width; what goes on in an item of a list is indented.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.lines().map(|line| wrap_line(line, width)).collect();
    lines.join("\n")
}

/// A line of a list: a name, and words that go on below each other beside it, or below it where that is narrow.
pub(super) fn entry(name: &str, words: &str, width: usize) -> String {
    let beside = name.chars().count() + 1;
    let indent = if beside + ENTRY <= width { beside } else { ITEM.len() };
    let lines = wrap(words, width.saturating_sub(indent));
    let lines = lines.replace('\n', &format!("\n{}", " ".repeat(indent)));
    let parting =
        if indent == beside { " ".to_owned() } else { format!("\n{}", " ".repeat(indent)) };
    format!("{}{parting}{lines}\n", if indent == beside { name } else { name.trim_end() })
}

/// The least width in which words beside a name are read.
const ENTRY: usize = 30;

fn wrap_line(text: &str, width: usize) -> String {
    let indent = if text.starts_with(ITEM) { ITEM.len() } else { 0 };
    let mut wrapped = String::new();
    let mut length = 0;
    // A percent sign stays with its number.
    let text = text.replace(" %", "\u{a0}%");
    for word in text.split(' ') {
        let count = word.chars().count();
        if length > indent && length + 1 + count > width {
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', indent));
            length = indent;
        } else if length > 0 {
            wrapped.push(' ');
            length += 1;
        }
        wrapped.push_str(word);
        length += count;
    }
    wrapped.replace('\u{a0}', " ")
}

/// How an item of a list begins.
const ITEM: &str = "- ";

/// Whether marks stand in a line that is too long to be drawn whole.
fn is_long(cluster: &[Mark<'_>]) -> bool {
    cluster.iter().any(|mark| mark.bounds.len() > LONG)
}

/// The lines of marks that are near each other, or the part of a long line around one.
fn snip<'a>(cluster: &[Mark<'a>]) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = &cluster[0].source.text;
    let start = cluster.iter().map(|mark| mark.bounds.start).min().unwrap_or_default();
    let end = cluster.iter().map(|mark| mark.bounds.end).max().unwrap_or_default();
    let line = cluster.iter().map(|mark| mark.line).min().unwrap_or_default();
    let (start, end) = if is_long(cluster) {
        let range = &cluster[0].range;
        let from = text.floor_char_boundary(range.start.saturating_sub(LONG_BEFORE));
        let to = text.ceil_char_boundary((range.start + LONG_AFTER).min(text.len()));
        (from.max(start), to.min(end))
    } else {
        (start, end)
    };
    let marks = cluster.iter().map(|mark| {
        let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let range = mark.range.start - start..mark.range.end.min(end) - start;
        let label = (!mark.label.is_empty()).then_some(mark.label);
        kind.span(range).label(label)
    });
    // The column of a part of a line would be wrong; the origin has told it.
    let path = (!is_long(cluster)).then_some(&*cluster[0].source.name);
    Snippet::source(&text[start..end]).path(path).line_start(line + 1).annotations(marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Span};

    fn found(start: usize, end: usize) -> Diagnostic {
        Diagnostic::new(Code::UnknownKey, "message").at(Span::new(start, end), "label")
    }

    #[test]
    fn places_that_are_odd_are_drawn_all_the_same() {
        let mut sources = Sources::new();
        let text = format!("é = 1\r\n{}\n\n", "é".repeat(1_000_000));
        let base = sources.add("a.toml", text.clone()).expect("small") as usize;
        let length = text.len();
        let places = [(0, 0), (1, 1), (2, 2), (8, 9), (1_000_001, 1_000_002), (5, 900_000)];
        for (start, end) in places.into_iter().chain([(length, length), (length - 1, length + 9)]) {
            let findings = Diagnostics::from(found(base + start, base + end));
            let drawn = render(&findings, &sources, false, 80);
            assert!(drawn.contains("a.toml:") && drawn.len() < 4000, "{start}..{end}: {drawn}");
        }
        let drawn = render(&Diagnostics::from(found(0, 0)), &sources, false, 80);
        assert_eq!(drawn.trim(), "error[unknown-key]: message\n\n1 error");
    }

    #[test]
    fn many_findings_are_drawn_in_part() {
        let mut findings = Diagnostics::new();
        for _ in 0..150 {
            findings.push(found(0, 0));
        }
        let drawn = render(&findings, &Sources::new(), true, 80);
        assert!(drawn.contains("… and 50 more\n\n150 errors"));
    }

    #[test]
    fn what_is_said_of_a_place_ends_with_the_line() {
        let mut sources = Sources::new();
        let text = format!("ä = 1\n[goal.share] # {}\n", "far ".repeat(30));
        let base = sources.add("a.toml", text).expect("small") as usize;
        let long = "flow(scrap, Nd) ÷ (flow(scrap, Nd) + flow(ore, Nd) + flow(import, Nd))";
        let at = base + 13;
        let goal = Diagnostic::new(Code::GoalMissed, "missed").at(Span::new(at, at + 5), long);
        let shown = |width: usize| {
            let fitted = Diagnostics::from(fit(&goal, &sources, width));
            let drawn = render(&fitted, &sources, false, width);
            let label = drawn.lines().find(|line| line.contains("^^^^^")).expect("a mark");
            label.to_owned()
        };
        assert!(shown(100).ends_with(long), "{}", shown(100));
        let cut = shown(60);
        assert!(cut.ends_with('…') && cut.chars().count() <= 60, "{cut}");
        assert!(cut.chars().count() > 55, "no more than needs be: {cut}");
        assert!(shown(10).contains("flow(scrap, Nd)"), "a few words are left: {}", shown(10));
    }

    #[test]
    fn long_help_is_wrapped_between_words() {
        assert_eq!(wrap("one two three", 8), "one two\nthree");
        assert_eq!(wrap("immensely long", 3), "immensely\nlong");
        assert_eq!(
            wrap("a list:\n- one two three\n- four", 9),
            "a list:\n- one two\n  three\n- four"
        );
    }
}
