//! The tree of nodes that files and patches are merged in, every node with its span.

use std::{borrow::Cow, sync::OnceLock};

use toml::de::{DeArray, DeTable, DeValue};

use crate::diagnostic::Span;

/// A table of the tree.
pub(super) type Tree<'t> = DeTable<'t>;
/// A value of the tree.
pub(super) type Node<'t> = toml::Spanned<DeValue<'t>>;
/// A key of the tree.
pub(super) type Key<'t> = toml::Spanned<Cow<'t, str>>;

/// Keeps the texts that trees borrow from; grows behind a shared reference.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    text: OnceLock<String>,
    next: OnceLock<Box<Self>>,
}

impl Shelf {
    /// Puts a text on the shelf, where it stays.
    pub(super) fn put(&self, text: String) -> &str {
        let mut shelf = self;
        while shelf.text.get().is_some() {
            shelf = shelf.next.get_or_init(Box::default);
        }
        shelf.text.get_or_init(|| text)
    }
}

/// The tree with all spans moved by `by` bytes.
pub(super) fn shift(table: Tree<'_>, by: usize) -> Tree<'_> {
    let mut shifted = Tree::with_capacity(table.len());
    for (key, value) in table {
        let span = key.span();
        let key = toml::Spanned::new(span.start + by..span.end + by, key.into_inner());
        shifted.insert(key, shift_node(value, by));
    }
    shifted
}

/// One value with all spans moved by `by` bytes.
pub(super) fn shift_node(node: Node<'_>, by: usize) -> Node<'_> {
    let span = node.span();
    let value = match node.into_inner() {
        DeValue::Array(items) => {
            DeValue::Array(items.into_iter().map(|item| shift_node(item, by)).collect::<DeArray>())
        }
        DeValue::Table(table) => DeValue::Table(shift(table, by)),
        scalar => scalar,
    };
    toml::Spanned::new(span.start + by..span.end + by, value)
}

/// Lays one tree over another: tables merge, everything else is replaced.
pub(super) fn merge<'t>(base: &mut Tree<'t>, over: Tree<'t>) {
    for (key, value) in over {
        match base.get_mut(&**key.get_ref()) {
            Some(node) => merge_node(node, &key, value),
            None => {
                base.insert(key, value);
            }
        }
    }
}

fn merge_node<'t>(node: &mut Node<'t>, key: &Key<'t>, over: Node<'t>) {
    let implicit = is_implicit(key, &over);
    let span = over.span();
    match (node.get_mut(), over.into_inner()) {
        // A figure replaces a figure whole: another value must not keep the old one's source. So does an objective, as
        // nothing is maximised and minimised.
        (DeValue::Table(table), DeValue::Table(over))
            if [&["value"][..], &["maximise", "minimise"]].iter().any(|keys| {
                let has = |table: &Tree<'_>| keys.iter().any(|key| table.contains_key(*key));
                has(table) && has(&over)
            }) =>
        {
            *node = toml::Spanned::new(span, DeValue::Table(over));
        }
        (DeValue::Table(table), DeValue::Table(over)) => {
            // Another distribution of an input: it is of the same figures and with the same note.
            if DISTRIBUTIONS.iter().any(|key| is_list(table, key))
                && DISTRIBUTIONS.iter().any(|key| is_list(&over, key))
            {
                let points = ["points"];
                for key in DISTRIBUTIONS.iter().chain(&points).chain(&PROVENANCE) {
                    table.remove(*key);
                }
            }
            merge(table, over);
            if !implicit {
                let table = std::mem::take(table);
                *node = toml::Spanned::new(span, DeValue::Table(table));
            }
        }
        (DeValue::Array(items), DeValue::Table(over)) if implicit => {
            for (key, value) in over {
                if let Some(item) = index(&key).and_then(|at| items.get_mut(at)) {
                    merge_node(item, &key, value);
                }
            }
        }
        // Another value of a figure: it is no longer the source's, but of the same stream and with the same note.
        (DeValue::Table(table), over) if table.contains_key("value") && !over.is_array() => {
            for key in PROVENANCE.iter().chain(&COURSE) {
                table.remove(*key);
            }
            if let Some(value) = table.get_mut("value") {
                *value = toml::Spanned::new(span, over);
            }
        }
        (_, over) => *node = toml::Spanned::new(span, over),
    }
}

/// The keys of a figure that say where its value comes from.
const PROVENANCE: [&str; 3] = ["source", "assumed", "confidence"];

/// The keys of a figure that say how it changes over the periods: another value is another one for all of them.
const COURSE: [&str; 2] = ["by-period", "growth"];

/// The keys of a sweep's input of which it has one. Lists tell them from the lifetimes of products in use.
const DISTRIBUTIONS: [&str; 6] = ["uniform", "triangular", "normal", "lognormal", "list", "grid"];

fn is_list(table: &Tree<'_>, key: &str) -> bool {
    table.get(key).is_some_and(|node| node.get_ref().is_array())
}

/// The position that a key names in a list, from 0, in the one way in which paths of figures name it: not `+1` or `01`.
pub(super) fn index(key: &Key<'_>) -> Option<usize> {
    key.get_ref().parse().ok().filter(|at: &usize| at.to_string() == **key.get_ref())
}

/// Where a node or key is.
pub(super) fn span_of<T>(node: &toml::Spanned<T>) -> Span {
    node.span().into()
}

/// Adds the places of all that is written in a tree, each from its beginning to its end, other than on the way down to it.
pub(super) fn list_written(tree: &Tree<'_>, places: &mut Vec<Span>) {
    for (key, node) in tree {
        match node.get_ref() {
            DeValue::Table(table) if is_implicit(key, node) => list_written(table, places),
            _ => places.push(extent(node)),
        }
    }
}

/// Where a node is with all that is in it; a table that begins with a header ends further down.
fn extent(node: &Node<'_>) -> Span {
    let inner = node.get_ref().as_table().into_iter().flatten().map(|(_, inner)| extent(inner));
    inner.fold(span_of(node), |all, one| Span {
        start: all.start.min(one.start),
        end: all.end.max(one.end),
    })
}

/// Whether a table was made by a dotted key or by a header further down, rather than written itself.
pub(super) fn is_implicit(key: &Key<'_>, node: &Node<'_>) -> bool {
    key.span() == node.span() && node.get_ref().is_table()
}

/// What a node is, with its article.
pub(super) fn kind(node: &Node<'_>) -> &'static str {
    match node.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
