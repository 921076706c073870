//! Markdown as the tests of the book and of the READMEs read it: fenced blocks, links, anchors, and lines of output that
//! are alike but for what differs from machine to machine.

use std::{collections::BTreeMap, ops::Range};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A fenced block.
pub(crate) struct Block {
    /// Its language, the first word after the fence.
    pub(crate) language: String,
    /// The other words: `file=plant.toml`, `exit=1`, `varies`.
    pub(crate) words: Vec<String>,
    /// What stands in it, without the last line break.
    pub(crate) text: String,
    /// Where that stands in the page, with the last line break.
    pub(crate) range: Range<usize>,
}

impl Block {
    /// The value of a word `key=value`.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    /// Whether a word is there.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.words.iter().any(|it| it == word)
    }
}

fn events(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter()
}

/// All fenced blocks of a page, in their order.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let fenced = events(text).filter_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => Some((info, range)),
        _ => None,
    });
    fenced
        .map(|(info, whole)| {
            let inner = &text[whole.clone()];
            let start = inner.find('\n').map_or(inner.len(), |at| at + 1);
            let end = inner.trim_end().rfind('\n').map_or(start, |at| at + 1).max(start);
            let mut words = info.split_whitespace().map(str::to_owned);
            Block {
                language: words.next().unwrap_or_default(),
                words: words.collect(),
                text: inner[start..end].trim_end_matches('\n').to_owned(),
                range: whole.start + start..whole.start + end,
            }
        })
        .collect()
}

/// Where the links of a page lead.
pub(crate) fn links(text: &str) -> Vec<String> {
    let links = events(text).filter_map(|(event, _)| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url),
        _ => None,
    });
    links.map(|link| link.to_string()).collect()
}

/// The anchors of a page's headings, as mdBook and code hosts make them.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut heading: Option<String> = None;
    for (event, _) in events(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap_or_default());
                let before = times.entry(anchor.clone()).or_default();
                found.push(if *before == 0 { anchor } else { format!("{anchor}-{before}") });
                *before += 1;
            }
            _ => {}
        }
    }
    found
}

/// The anchor of a heading.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|it| match it {
        it if it.is_whitespace() => Some('-'),
        it if it.is_alphanumeric() || it == '-' || it == '_' => Some(it),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

/// Whether two lines say the same, but for what differs from machine to machine: residuals, which are rounding, and times.
pub(crate) fn alike(shown: &str, printed: &str) -> bool {
    shown == printed || masked(shown) == masked(printed)
}

/// The words of a line, with `~` for each number that may be another one elsewhere.
fn masked(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let varies = |at: usize| {
        let word = words[at].trim_matches(|it: char| ",;.()".contains(it));
        let exponent = word.rsplit_once("e-").and_then(|(_, it)| it.parse::<u32>().ok());
        let after = |names: &[&str]| at > 0 && names.contains(&words[at - 1]);
        let before = |names: &[&str]| words.get(at + 1).is_some_and(|it| names.contains(it));
        let number = word.starts_with(|it: char| it.is_ascii_digit());
        exponent.is_some_and(|it| it >= 10)
            || number
                && (after(&["certificate", "closure", "gap", "worst"]) || before(&["ms", "µs"]))
            || word == "0e0"
    };
    (0..words.len())
        .map(|at| if varies(at) { "~".to_owned() } else { words[at].to_owned() })
        .collect()
}

/// What is left of a line without its numbers and rules: the same for the same line with other numbers.
pub(crate) fn shape(line: &str) -> String {
    let letters = |it: char| it.is_alphabetic() || "✓✗…_".contains(it);
    let words = line.split(|it: char| !letters(it)).filter(|it| !it.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
