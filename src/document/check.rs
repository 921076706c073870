//! Checks the tree against the shapes of the format; all findings in one run.

use std::fmt::{self, Write};

use toml::de::DeValue;

use super::{
    schema::{Fields, Id, Rest, Shape, Shapes},
    tree::{self, Key, Node, Tree, span_of},
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, nearest};

/// Number of findings of which all is told; of the others only how many there are.
const MOST: usize = 1000;

/// Checks a whole file; `whole` is the place of what is missing in it.
pub(super) fn check(tree: &Tree<'_>, whole: Span) -> Diagnostics {
    let mut checker = Checker::new(false, sources(tree).collect());
    let shape = checker.shapes.root();
    checker.table(tree, shape, whole);
    checker.finish()
}

/// Checks a patch: what it holds must fit, but nothing needs to be there. It cites `known` sources.
pub(super) fn check_patch(tree: &Tree<'_>, known: &[&str]) -> Diagnostics {
    let mut checker = Checker::new(true, known.to_vec());
    let shape = checker.shapes.root();
    checker.table(tree, shape, Span::default());
    checker.finish()
}

/// The ids of the sources that a tree defines.
pub(super) fn sources<'a>(tree: &'a Tree<'_>) -> impl Iterator<Item = &'a str> {
    let table = tree.get("source").and_then(|node| node.get_ref().as_table());
    table.into_iter().flatten().map(|(id, _)| &**id.get_ref())
}

/// One step from a node to a node in it.
#[derive(Clone, Copy)]
enum Step<'t> {
    Key(&'t str),
    Item(usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Item(at) => write!(f, "{at}"),
        }
    }
}

/// The check on its way through the tree.
struct Checker<'t> {
    shapes: &'static Shapes,
    partial: bool,
    /// Keys from the root to the present node.
    trail: Vec<Step<'t>>,
    /// What the nodes of the trail mean, where the format says so.
    meanings: Vec<&'static str>,
    /// Sources that may be cited, and those of which it was told that they may not.
    known: Vec<&'t str>,
    strange: Vec<&'t str>,
    findings: Diagnostics,
    /// Findings beyond [`MOST`].
    more: usize,
}

impl<'t> Checker<'t> {
    fn new(partial: bool, known: Vec<&'t str>) -> Self {
        let shapes = Shapes::of_document();
        let (trail, meanings) = (Vec::new(), Vec::new());
        let (strange, findings) = (Vec::new(), Diagnostics::new());
        Self { shapes, partial, trail, meanings, known, strange, findings, more: 0 }
    }

    /// Whether there are so many findings that one more is only counted.
    fn is_full(&mut self) -> bool {
        let full = self.findings.len() >= MOST;
        self.more += usize::from(full);
        full
    }

    fn finish(mut self) -> Diagnostics {
        if self.more > 0 {
            let code = self.findings.iter().last().map_or(Code::UnknownKey, |last| last.code);
            let message = format!("{} more keys or values that do not fit", self.more);
            self.findings.push(Diagnostic::new(code, message));
        }
        self.findings
    }

    /// Checks a value that stands under a key.
    fn value(&mut self, key: &'t Key<'_>, node: &'t Node<'_>, id: Id) {
        let shapes = self.shapes;
        let shape = shapes.get(id);
        self.trail.push(Step::Key(key.get_ref()));
        self.meanings.push(&shape.about);
        match (&shape.list, node.get_ref()) {
            (Some(item), DeValue::Table(table))
                if self.partial && shape.table.is_none() && tree::is_implicit(key, node) =>
            {
                for (key, node) in table {
                    self.value(key, node, *item);
                }
            }
            _ => self.node(node, shape),
        }
        if shape.cites {
            self.cited(node);
        }
        self.meanings.pop();
        self.trail.pop();
    }

    fn node(&mut self, node: &'t Node<'_>, shape: &Shape) {
        match node.get_ref() {
            DeValue::Table(table) if shape.table.is_some() => {
                self.table(table, shape, span_of(node));
            }
            DeValue::Array(items) if shape.list.is_some() => {
                let item = shape.list.map(|id| self.shapes.get(id)).expect("just asked");
                for (at, node) in items.iter().enumerate() {
                    self.trail.push(Step::Item(at));
                    self.node(node, item);
                    self.trail.pop();
                }
            }
            DeValue::String(word) if !shape.text && !shape.words.is_empty() => {
                self.word(word, span_of(node), shape);
            }
            DeValue::Float(number) if !number.as_str().parse().is_ok_and(f64::is_finite) => {
                if self.is_full() {
                    return;
                }
                let message = format!("{} is not a finite number", self.name());
                let help = "leave the key out if there is no limit";
                let found = Diagnostic::new(Code::NotFinite, message).at(span_of(node), "");
                self.findings.push(found.help(help));
            }
            DeValue::String(_) if shape.text => {}
            DeValue::Integer(_) if shape.number || shape.integer => {}
            DeValue::Float(_) if shape.number => {}
            DeValue::Boolean(_) if shape.boolean => {}
            _ => self.wrong(node, shape),
        }
    }

    /// Checks that sources are defined; one mistake is one finding, however often it is made.
    fn cited(&mut self, node: &'t Node<'_>) {
        let DeValue::String(id) = node.get_ref() else {
            node.get_ref().as_array().into_iter().flatten().for_each(|node| self.cited(node));
            return;
        };
        if self.known.contains(&&**id) || self.strange.contains(&&**id) || self.is_full() {
            return;
        }
        self.strange.push(id);
        let help = match nearest(id, self.known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("define it: `[source.{id}]` with a `title`"),
        };
        let message = format!("source `{id}` is not defined");
        let found = Diagnostic::new(Code::UnknownSource, message).at(span_of(node), "");
        self.findings.push(found.help(help));
    }

    fn table(&mut self, table: &'t Tree<'_>, shape: &Shape, span: Span) {
        let Some(fields) = &shape.table else { return };
        for (key, node) in table {
            match (fields.keys.get(&**key.get_ref()), fields.rest) {
                (Some(&id), _) | (None, Rest::Each(id)) => self.value(key, node, id),
                (None, Rest::Anything) => {}
                (None, Rest::Refuse) => self.unknown(key, fields),
            }
        }
        if self.partial {
            return;
        }
        for needed in fields.required.iter().filter(|&key| !table.contains_key(&**key)) {
            if self.is_full() {
                continue;
            }
            let message = if self.trail.is_empty() {
                format!("a flowsheet needs a table `[{needed}]`")
            } else {
                format!("{} needs a key `{needed}`", self.name())
            };
            let label = format!("`{needed}` is missing here");
            let mut found = Diagnostic::new(Code::MissingKey, message).at(span, label);
            if let Some(&id) = fields.keys.get(needed) {
                found = found.help(self.describe(needed, id));
            }
            self.findings.push(found);
        }
    }

    fn unknown(&mut self, key: &Key<'_>, fields: &Fields) {
        if self.is_full() {
            return;
        }
        let known = fields.keys.keys().map(String::as_str);
        let message = if self.trail.is_empty() {
            format!("a flowsheet has no table or key `{}`", key.get_ref())
        } else {
            format!("{} has no key `{}`", self.name(), key.get_ref())
        };
        let help = match nearest(key.get_ref(), known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its keys are {}", list(known)),
        };
        let found = Diagnostic::new(Code::UnknownKey, message).at(span_of(key), "unknown");
        self.findings.push(found.help(help));
    }

    fn word(&mut self, word: &str, span: Span, shape: &Shape) {
        if shape.words.iter().any(|known| known == word) || self.is_full() {
            return;
        }
        let known = shape.words.iter().map(String::as_str);
        let message = format!("{} takes {}, not `{word}`", self.name(), expected(shape));
        let mut found = Diagnostic::new(Code::WrongType, message).at(span, "no such word");
        if let Some(near) = nearest(word, known) {
            found = found.help(format!("did you mean `{near}`?"));
        }
        self.findings.push(found);
    }

    fn wrong(&mut self, node: &Node<'_>, shape: &Shape) {
        if self.is_full() {
            return;
        }
        let found = tree::kind(node);
        let message = format!("{} takes {}, not {found}", self.name(), expected(shape));
        let about = match &*shape.about {
            "" => self.meanings.iter().rev().find(|about| !about.is_empty()).copied(),
            about => Some(about),
        };
        let help = format!("{} {}", about.unwrap_or_default(), shape.form);
        let found = Diagnostic::new(Code::WrongType, message).at(span_of(node), found);
        self.findings.push(found.help(help.trim()));
    }

    /// What a key means, for help.
    fn describe(&self, key: &str, id: Id) -> String {
        let shape = self.shapes.get(id);
        format!("`{key}` takes {}: {}", expected(shape), shape.about)
    }

    /// The present node by its path.
    fn name(&self) -> String {
        let mut name = String::new();
        for (at, step) in self.trail.iter().enumerate() {
            let dot = if at > 0 { "." } else { "" };
            write!(name, "{dot}{step}").expect("a string takes all");
        }
        format!("`{name}`")
    }
}

/// What a shape allows, in words.
fn expected(shape: &Shape) -> String {
    let mut kinds: Vec<String> = Vec::new();
    if shape.text && shape.number {
        kinds.push("a quantity in quotes".to_owned());
    } else if shape.text {
        kinds.push("a text in quotes".to_owned());
    }
    kinds.extend(shape.words.iter().map(|word| format!("`\"{word}\"`")));
    if shape.number {
        kinds.push("a number".to_owned());
    } else if shape.integer {
        kinds.push("a whole number".to_owned());
    }
    if shape.boolean {
        kinds.push("`true` or `false`".to_owned());
    }
    if shape.list.is_some() {
        kinds.push("a list".to_owned());
    }
    if shape.table.is_some() {
        kinds.push("a table".to_owned());
    }
    let last = kinds.pop().unwrap_or_default();
    if kinds.is_empty() { last } else { format!("{} or {last}", kinds.join(", ")) }
}

/// Names in backticks, with commas.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 30;
    let mut text = String::new();
    let mut more: usize = 0;
    for (at, name) in names.into_iter().enumerate() {
        if at >= MOST {
            more += 1;
            continue;
        }
        let comma = if at > 0 { ", " } else { "" };
        write!(text, "{comma}`{name}`").expect("a string takes all");
    }
    if more > 0 {
        write!(text, " and {more} more").expect("a string takes all");
    }
    text
}
