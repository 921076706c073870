//! Changes that are written in other words than TOML's, such as a part of a command line: where what they say belongs, and
//! the place of every part of it in their own text.

use std::borrow::Cow;

use toml::de::{DeArray, DeValue};

use super::{
    Name, Spanned, patch,
    tree::{self, Node, Shelf, Tree},
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span};

/// A change to a flowsheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What its text is called in findings: `--vary`.
    pub option: &'static str,
    /// Its text.
    pub text: String,
    /// What it says, or what is wrong with it; places count from the start of its text.
    pub patch: Result<Patch, Diagnostic>,
}

/// What a change says.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// Where it belongs: keys from the whole file down.
    pub path: Vec<Name>,
    /// What stands there, laid over what stood there before.
    pub value: Spanned<Part>,
    /// Whether it is one more item of the list that stands there.
    pub append: bool,
}

/// A part of what a change says.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A TOML value, such as a number, or else a text, as in `--set`.
    Value(String),
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A list.
    List(Vec<Spanned<Part>>),
    /// A table.
    Table(Vec<(Name, Spanned<Part>)>),
}

impl Spanned<Part> {
    /// The node of a tree.
    fn node<'t>(&self, shelf: &'t Shelf) -> Node<'t> {
        let place = self.span.start as usize..self.span.end as usize;
        let value = match &self.value {
            Part::Value(text) => {
                let text = shelf.put(text.clone());
                let read = patch::read_value(text).map(toml::Spanned::into_inner);
                read.unwrap_or(DeValue::String(Cow::Borrowed(text)))
            }
            Part::Text(text) => DeValue::String(Cow::Owned(text.clone())),
            Part::Flag(flag) => DeValue::Boolean(*flag),
            Part::List(items) => {
                DeValue::Array(items.iter().map(|item| item.node(shelf)).collect::<DeArray<'t>>())
            }
            Part::Table(entries) => {
                let mut table = Tree::new();
                for (key, part) in entries {
                    table.insert(key_of(key), part.node(shelf));
                }
                DeValue::Table(table)
            }
        };
        toml::Spanned::new(place, value)
    }
}

fn key_of(name: &Name) -> tree::Key<'static> {
    let place = name.span.start as usize..name.span.end as usize;
    toml::Spanned::new(place, Cow::Owned(name.value.clone()))
}

/// Applies a change.
pub(super) fn apply<'t>(
    tree: &mut Tree<'t>,
    change: &Change,
    shelf: &'t Shelf,
    sources: &mut Sources,
    changed: &mut Vec<Span>,
) -> Diagnostics {
    let Some(base) = sources.add(change.option, &change.text) else {
        return Diagnostic::new(Code::TooLarge, "the texts are larger than 4 GiB in all").into();
    };
    let patch = match &change.patch {
        Ok(patch) => patch,
        Err(wrong) => {
            let mut wrong = wrong.clone();
            for label in &mut wrong.labels {
                label.span.start += base;
                label.span.end += base;
            }
            return wrong.into();
        }
    };
    let node = tree::shift_node(patch.value.node(shelf), base as usize);
    let node = if patch.append {
        match list_at(tree, &patch.path) {
            Some(items) => {
                items.push(node);
                return Diagnostics::new();
            }
            None => toml::Spanned::new(node.span(), DeValue::Array([node].into_iter().collect())),
        }
    } else {
        node
    };
    let path = patch.path.iter().map(|name| {
        let key = key_of(name);
        let place = key.span();
        let place = place.start + base as usize..place.end + base as usize;
        toml::Spanned::new(place, key.into_inner())
    });
    patch::lay(tree, patch::nest(path.collect(), node), changed)
}

/// The list that stands at a path.
fn list_at<'a, 't>(tree: &'a mut Tree<'t>, path: &[Name]) -> Option<&'a mut DeArray<'t>> {
    let (last, way) = path.split_last()?;
    let mut tree = tree;
    for name in way {
        match tree.get_mut(name.as_str())?.get_mut() {
            DeValue::Table(table) => tree = table,
            _ => return None,
        }
    }
    match tree.get_mut(last.as_str())?.get_mut() {
        DeValue::Array(items) => Some(items),
        _ => None,
    }
}
