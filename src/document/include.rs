//! Files that include other files.

use std::collections::HashMap;

use toml::de::DeValue;

use super::{
    text,
    tree::{self, Shelf, Tree, span_of},
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span};

/// Deepest chain of includes.
const MAX_CHAIN: usize = 32;

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// What the file is called from now on; the same for the same file, however it is reached.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Reads files for `include`; implemented where files may be touched.
pub trait Files {
    /// Reads the file that `from` includes as `path`.
    ///
    /// # Errors
    ///
    /// The reason why it cannot be read, for people: lower case, no full stop.
    fn read(&self, path: &str, from: &str) -> Result<Read, String>;
}

/// Reads a file and what it includes.
pub(super) struct Reader<'t, 'a> {
    pub(super) shelf: &'t Shelf,
    pub(super) files: &'a dyn Files,
    pub(super) sources: &'a mut Sources,
    pub(super) findings: Diagnostics,
    /// The files that are being read, each with the place that included it.
    chain: Vec<(String, Option<Span>)>,
    /// Files that were read, with what they include laid under them.
    done: HashMap<String, Option<Tree<'t>>>,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(super) fn new(shelf: &'t Shelf, files: &'a dyn Files, sources: &'a mut Sources) -> Self {
        let (findings, chain, done) = (Diagnostics::new(), Vec::new(), HashMap::new());
        Self { shelf, files, sources, findings, chain, done }
    }

    /// Reads the file that the user named: its tree over those of its includes, and its first line.
    pub(super) fn read(&mut self, name: &str, bytes: &[u8]) -> Option<(Tree<'t>, Span)> {
        self.parse(name, bytes, None)
    }

    fn parse(&mut self, name: &str, bytes: &[u8], from: Option<Span>) -> Option<(Tree<'t>, Span)> {
        let parsed = match text::parse(name, bytes, self.shelf, self.sources) {
            Ok(parsed) => parsed,
            Err(found) => {
                self.findings.append(found);
                return None;
            }
        };
        let mut own = parsed.tree;
        self.chain.push((name.to_owned(), from));
        let mut base = Tree::new();
        for (path, span) in self.includes(&mut own) {
            if let Some(included) = self.include(&path, span) {
                tree::merge(&mut base, included);
            }
        }
        self.chain.pop();
        tree::merge(&mut base, own);
        Some((base, parsed.first_line))
    }

    /// The paths that a file includes, each with its place; what is not a path is told.
    fn includes(&mut self, tree: &mut Tree<'t>) -> Vec<(String, Span)> {
        let Some(node) = tree.get("include") else { return Vec::new() };
        let items = match node.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![node],
        };
        let count = items.len();
        let mut paths = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(path) if node.get_ref().is_array() => {
                    paths.push((path.to_owned(), span_of(item)));
                }
                _ => self.findings.push(
                    Diagnostic::new(Code::WrongType, "`include` takes a list of texts in quotes")
                        .at(span_of(item), tree::kind(item))
                        .help("write `include = [\"library/prices.toml\"]`"),
                ),
            }
        }
        if paths.len() < count || !node.get_ref().is_array() {
            // Told already; the check of the whole tree need not find it again.
            tree.remove("include");
        }
        paths
    }

    fn include(&mut self, path: &str, span: Span) -> Option<Tree<'t>> {
        let from = self.chain.last().map_or("", |(name, _)| name);
        let read = match self.files.read(path, from) {
            Ok(read) => read,
            Err(reason) => {
                let message = format!("cannot include `{path}`: {reason}");
                let help = "paths are relative to the file that includes";
                let found = Diagnostic::new(Code::IncludeNotFound, message);
                self.findings.push(found.at(span, "included here").help(help));
                return None;
            }
        };
        if let Some(at) = self.chain.iter().position(|(name, _)| *name == read.name) {
            let message = format!("`{}` includes itself", read.name);
            let mut found =
                Diagnostic::new(Code::IncludeCycle, message).at(span, "this closes the circle");
            for (name, from) in &self.chain[at + 1..] {
                if let Some(from) = from {
                    found = found.at(*from, format!("`{name}` is included here"));
                }
            }
            self.findings.push(found.help("move what both files need into a third one"));
            return None;
        }
        if self.chain.len() >= MAX_CHAIN {
            let message = format!("files include each other more than {MAX_CHAIN} deep");
            let found = Diagnostic::new(Code::IncludeCycle, message);
            self.findings.push(found.at(span, "this include is one too many"));
            return None;
        }
        if let Some(tree) = self.done.get(&read.name) {
            return tree.clone();
        }
        let mut tree = self.parse(&read.name, &read.bytes, Some(span)).map(|(tree, _)| tree);
        if let Some(tree) = &mut tree {
            tree.remove("include");
        }
        self.done.insert(read.name, tree.clone());
        tree
    }
}
