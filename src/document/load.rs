//! From the bytes of a file to a checked [`Document`].

use serde::Deserialize;

use super::{
    Document, check,
    include::{Files, Reader},
    names, patch,
    tree::{Shelf, Tree},
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span};

/// How a file is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The scenario to apply.
    pub scenario: Option<&'a str>,
    /// Settings `KEY=VALUE` to apply after it, in their order.
    pub set: &'a [String],
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What was written.
    pub document: Document,
    /// Warnings and notes.
    pub findings: Diagnostics,
}

/// Reads a flowsheet: the file, what it includes, a scenario, settings; checks keys, types and names.
///
/// Every text that is read is added to `sources`, whether it is sound or not, and all spans point there.
///
/// # Errors
///
/// All findings of the run, at least one of which is an error.
pub fn load(
    name: &str,
    bytes: &[u8],
    request: &Request<'_>,
    files: &dyn Files,
    sources: &mut Sources,
) -> Result<Loaded, Diagnostics> {
    let shelf = Shelf::default();
    let mut reader = Reader::new(&shelf, files, sources);
    let read = reader.read(name, bytes);
    let mut findings = reader.findings;
    let Some((mut tree, first_line)) = read else { return Err(findings) };
    if findings.has_errors() {
        return Err(findings);
    }
    findings.append(patch::apply_scenario(&mut tree, request.scenario, sources));
    for setting in request.set {
        findings.append(patch::apply_setting(&mut tree, setting, &shelf, sources));
    }
    findings.append(check::check(&tree, first_line));
    findings.append(names::check(&tree));
    if findings.has_errors() {
        return Err(findings);
    }
    match read_document(tree) {
        Ok(document) => Ok(Loaded { document, findings }),
        Err(found) => {
            findings.push(found);
            Err(findings)
        }
    }
}

/// Makes a document of a checked tree.
fn read_document(tree: Tree<'_>) -> Result<Document, Diagnostic> {
    let root = toml::Spanned::new(0..0, tree);
    Document::deserialize(toml::Deserializer::from(root)).map_err(|error| {
        let span = error.span().map_or_else(Span::default, Span::from);
        let found = Diagnostic::new(Code::WrongType, error.message());
        if span == Span::default() { found } else { found.at(span, "") }
    })
}
