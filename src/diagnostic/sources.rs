//! The texts that spans point into.

use super::Span;

/// One text: a file, standard input, or a `--set` argument.
#[derive(Clone, Debug)]
pub struct Source {
    /// What the user calls it: a path, `<stdin>`, `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Where the text begins in the shared address space.
    pub base: u32,
}

/// Where a span is, for people: 1-based line and column (in characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The source's name.
    pub source: &'a str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// All texts of a run, laid end to end in one address space.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// No texts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text; returns its base, to be added to positions in the text. `None` past 2³² bytes in all.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> Option<u32> {
        // Position 0 stays free: the empty span there means "nowhere".
        let base = self.sources.last().map_or(Some(1), |last| {
            u32::try_from(last.text.len()).ok()?.checked_add(last.base)?.checked_add(1)
        })?;
        let text = text.into();
        u32::try_from(text.len()).ok()?.checked_add(base)?;
        self.sources.push(Source { name: name.into(), text, base });
        Some(base)
    }

    /// The texts in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        self.sources.iter()
    }

    /// The text that holds a span, and the byte range in it.
    #[must_use]
    pub fn resolve(&self, span: Span) -> Option<(&Source, std::ops::Range<usize>)> {
        let after = self.sources.partition_point(|source| source.base <= span.start);
        let source = self.sources.get(after.checked_sub(1)?)?;
        let start = (span.start - source.base) as usize;
        let end = (span.end.max(span.start) - source.base) as usize;
        (start <= source.text.len()).then(|| (source, start..end.min(source.text.len())))
    }

    /// Line and column of a span's first byte.
    #[must_use]
    pub fn place(&self, span: Span) -> Option<Place<'_>> {
        let (source, range) = self.resolve(span)?;
        let before = source.text.get(..range.start)?;
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
        Some(Place { source: &source.name, line, column })
    }

    /// The text under a span.
    #[must_use]
    pub fn snippet(&self, span: Span) -> Option<&str> {
        let (source, range) = self.resolve(span)?;
        source.text.get(range)
    }
}

impl<'a> IntoIterator for &'a Sources {
    type Item = &'a Source;
    type IntoIter = std::slice::Iter<'a, Source>;

    fn into_iter(self) -> Self::IntoIter {
        self.sources.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_finds_its_file_line_and_column() {
        let mut sources = Sources::new();
        let first = sources.add("a.toml", "x = 1\n").expect("small") as usize;
        let second = sources.add("b.toml", "y = 2\né = 3\n").expect("small") as usize;
        let span = Span::new(second + 9, second + 10);
        assert_eq!(sources.place(span), Some(Place { source: "b.toml", line: 2, column: 3 }));
        assert_eq!(sources.snippet(Span::new(first, first + 1)), Some("x"));
        assert_eq!(sources.place(Span::default()), None);
    }
}
