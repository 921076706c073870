//! Findings about a flowsheet, as data: a code, a severity, a message, labelled places, help.
//!
//! Spans are byte ranges in one address space shared by all sources of a run ([`Sources`]), so a span alone says
//! which file it is in. Nothing here prints: `cli` draws diagnostics, `report` writes them as JSON.

mod code;
mod explanation;
mod sources;

pub use code::Code;
pub use explanation::{Change, Claim, Explanation, Repair, RepairKind};
pub use sources::{Place, Source, Sources};

use schemars::JsonSchema;
use serde::Serialize;

/// Byte range in the address space of [`Sources`]; empty at 0 for what stands nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of bytes `start..end`; positions past 2³² are clamped.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }
}

impl Span {
    /// Whether another span lies in this one.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The place of a part of a text that was written here in quotes (or without); all of it where the text holds
    /// escapes, so that positions in it say nothing.
    #[must_use]
    pub fn part(self, text: &str, range: std::ops::Range<usize>) -> Self {
        let length = self.end.saturating_sub(self.start) as usize;
        let quotes = match length.checked_sub(text.len()) {
            Some(around @ (0 | 2 | 6)) => around >> 1,
            _ => return self,
        };
        let start = self.start as usize + quotes;
        Self::new(start + range.start.min(text.len()), start + range.end.min(text.len()))
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing to mend.
    Note,
    /// The result stands, but something is probably not what was meant.
    Warning,
    /// The model is wrong; there is no result.
    Error,
}

/// A place and what is to be said of it; the first label of a diagnostic is the main one.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, lower case, may be empty.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// What kind of finding it is; `reeflow explain` tells more.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// One sentence, lower case, no full stop, names in backticks, numbers with units.
    pub message: String,
    /// The places it speaks of, the main one first; none if it stands nowhere.
    pub labels: Vec<Label>,
    /// What to do about it; lines that begin with `- ` are a list.
    pub help: Option<String>,
    /// The contradiction behind it as data, if it is one.
    pub explanation: Option<Box<Explanation>>,
}

impl Diagnostic {
    /// A finding of the code's usual severity.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let severity = code.severity();
        let (labels, help, explanation) = (Vec::new(), None, None);
        Self { code, severity, message: message.into(), labels, help, explanation }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds the contradiction behind it as data.
    #[must_use]
    pub fn explained(mut self, explanation: Explanation) -> Self {
        self.explanation = Some(Box::new(explanation));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All findings of a run, in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// No findings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Takes the last finding back.
    pub fn pop(&mut self) -> Option<Diagnostic> {
        self.items.pop()
    }

    /// Adds all findings of another collection.
    pub fn append(&mut self, mut other: Self) {
        self.items.append(&mut other.items);
    }

    /// Puts the findings in the order of their main places, those that stand nowhere last.
    pub fn sort(&mut self) {
        let place = |item: &Diagnostic| item.labels.first().map_or(u32::MAX, |at| at.span.start);
        self.items.sort_by_key(place);
    }

    /// Whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// Whether there is no finding.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Number of findings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The findings in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { items: vec![diagnostic] }
    }
}

/// The name among `known` that `name` was probably meant to be, for "did you mean".
///
/// Jaro–Winkler similarity of at least 0.75, case ignored; the first of equals wins.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let score = strsim::jaro_winkler(&wanted, &candidate.to_lowercase());
        if score >= 0.75 && best.is_none_or(|(top, _)| score > top) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}
