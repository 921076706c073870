//! Scenarios and `--set`: changes to the tree before anything is made of it.
//!
//! A patch is a small tree laid over the big one. A quoted path in a scenario becomes such a tree first, its tables
//! marked as implicit in the way that TOML marks dotted keys, so that all forms follow one rule: what a patch names on
//! its way down must be there, what it holds at the end replaces what stands there. A value laid over a figure that is
//! written as a table replaces its `value` and drops where that came from.

use std::{borrow::Cow, collections::HashSet};

use toml::de::DeValue;

use super::{
    check,
    guard::MAX_DEPTH,
    schema::Shapes,
    tree::{self, Key, Node, Shelf, Tree, is_implicit, span_of},
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span, nearest};

/// Keys of a file that no patch may change.
const FIXED: [&str; 2] = ["include", "scenario"];

/// Checks all scenarios and applies the chosen one.
pub(super) fn apply_scenario(
    tree: &mut Tree<'_>,
    chosen: Option<&str>,
    sources: &Sources,
    changed: &mut Vec<Span>,
) -> Diagnostics {
    let mut findings = Diagnostics::new();
    let mut patches = Vec::new();
    // What is wrong within the chosen one, if it cannot be laid over the tree and be checked as part of that.
    let mut later = Diagnostics::new();
    let scenarios = tree.get("scenario").and_then(|node| node.get_ref().as_table());
    for (name, node) in scenarios.into_iter().flatten() {
        let Some(table) = node.get_ref().as_table() else { continue };
        let (read, mut found) = read_scenario(table, sources);
        let new = introduced(&read);
        let known: Vec<&str> =
            check::sources(tree).chain(read.iter().flat_map(check::sources)).collect();
        let is_chosen = chosen == Some(name.get_ref());
        for patch in &read {
            let wrong = inspect(tree, patch, &new);
            if wrong.is_empty() {
                let of = if is_chosen { &mut later } else { &mut found };
                of.append(check::check_patch(patch, &known));
            }
            found.append(wrong);
        }
        findings.append(found);
        if is_chosen {
            patches = read;
        }
    }
    if let Some(wanted) = chosen {
        let known = names_of(scenarios);
        if !known.contains(&wanted) {
            findings.push(unknown_scenario(wanted, &known));
        }
    }
    if findings.has_errors() {
        findings.append(later);
    } else {
        for patch in patches {
            tree::list_written(&patch, changed);
            tree::merge(tree, patch);
        }
    }
    findings
}

/// The keys of a table.
fn names_of<'a>(table: Option<&'a Tree<'_>>) -> Vec<&'a str> {
    table.into_iter().flatten().map(|(name, _)| &**name.get_ref()).collect()
}

fn unknown_scenario(wanted: &str, known: &[&str]) -> Diagnostic {
    let found = Diagnostic::new(Code::UnknownScenario, format!("there is no scenario `{wanted}`"));
    if known.is_empty() {
        return found.help("the flowsheet has no `[scenario.NAME]` tables");
    }
    let list = check::list(known.iter().copied());
    match nearest(wanted, known.iter().copied()) {
        Some(near) => found.help(format!("did you mean `{near}`? The scenarios are {list}")),
        None => found.help(format!("the scenarios are {list}")),
    }
}

/// Applies one `--set KEY=VALUE`.
pub(super) fn apply_setting<'t>(
    tree: &mut Tree<'t>,
    setting: &str,
    shelf: &'t Shelf,
    sources: &mut Sources,
    changed: &mut Vec<Span>,
) -> Diagnostics {
    let Some(base) = sources.add("--set", setting) else {
        return Diagnostic::new(Code::TooLarge, "the texts are larger than 4 GiB in all").into();
    };
    let text = shelf.put(setting.to_owned());
    let base = base as usize;
    let refuse = |from: usize, to: usize, message: String| -> Diagnostics {
        Diagnostic::new(Code::SyntaxError, message)
            .at((base + from..base + to).into(), "")
            .help("write `--set 'product.magnets.price=22 USD/kg'`")
            .into()
    };
    let Some((at, mut path)) = end_of_key(text) else {
        let message = format!("`{setting}` is not of the form KEY=VALUE");
        return refuse(0, text.len(), message);
    };
    for key in &mut path {
        let (span, text) = (key.span(), std::mem::take(key.get_mut()));
        *key = toml::Spanned::new(span.start + base..span.end + base, text);
    }
    let value = &text[at + 1..];
    let start = at + 1 + (value.len() - value.trim_start().len());
    let value = value.trim();
    if value.is_empty() {
        return refuse(0, text.len(), format!("`{setting}` sets no value"));
    }
    let node = read_value(value).unwrap_or_else(|| {
        toml::Spanned::new(0..value.len(), DeValue::String(Cow::Borrowed(value)))
    });
    lay(tree, nest(path, tree::shift_node(node, base + start)), changed)
}

/// Where the key of a setting ends, and the key. A quoted key may hold `=`: it ends at the first `=` that makes it one.
fn end_of_key(setting: &str) -> Option<(usize, Vec<Key<'_>>)> {
    let mut ends = setting.match_indices('=').map(|(at, _)| at);
    ends.find_map(|at| Some((at, read_path(&setting[..at])?)))
}

/// Key and value of a setting `KEY=VALUE`; none if it is none.
#[must_use]
pub fn split_setting(setting: &str) -> Option<(&str, &str)> {
    let (at, _) = end_of_key(setting)?;
    Some((setting[..at].trim(), setting[at + 1..].trim()))
}

/// Whether a setting takes a value for TOML, and not for a text.
#[must_use]
pub fn is_toml(value: &str) -> bool {
    read_value(value).is_some()
}

/// Lays a patch over the tree, if everything that it names is there, and adds the places of what it says to `changed`.
pub(super) fn lay<'t>(
    tree: &mut Tree<'t>,
    patch: Tree<'t>,
    changed: &mut Vec<Span>,
) -> Diagnostics {
    let wrong = inspect(tree, &patch, &introduced(std::slice::from_ref(&patch)));
    if !wrong.has_errors() {
        tree::list_written(&patch, changed);
        tree::merge(tree, patch);
    }
    wrong
}

/// A TOML value, if the text is one.
pub(super) fn read_value(text: &str) -> Option<Node<'_>> {
    let deep = text.bytes().filter(|byte| matches!(byte, b'[' | b'{' | b'.')).count() > MAX_DEPTH;
    if deep { None } else { DeValue::parse(text).ok() }
}

/// The keys of a dotted path, with their places in the text: as TOML has them, or as reports tell them, in which no key is
/// quoted (`extractant.P507.separation-factor.Ce/La`).
fn read_path(text: &str) -> Option<Vec<Key<'static>>> {
    if text.bytes().filter(|&byte| byte == b'.').count() > MAX_DEPTH || text.contains(['\n', '#']) {
        return None;
    }
    let line = format!("{text}=0");
    let Ok(table) = Tree::parse(&line) else { return told_path(text) };
    let mut table = table.into_inner();
    let mut path = Vec::new();
    loop {
        let (key, value) = table.into_iter().next()?;
        let span = key.span();
        path.push(toml::Spanned::new(span, Cow::Owned(key.into_inner().into_owned())));
        match value.into_inner() {
            DeValue::Table(inner) => table = inner,
            _ => return Some(path),
        }
    }
}

/// The keys of a path as reports tell it.
fn told_path(text: &str) -> Option<Vec<Key<'static>>> {
    let is_key = |key: &str| {
        let strange = |c: char| c.is_whitespace() || "\"'[]{}=,".contains(c);
        !key.is_empty() && !key.contains(strange)
    };
    let from = text.len() - text.trim_start().len();
    let keys = text.trim().split('.').scan(from, |at, key| {
        let start = *at;
        *at += key.len() + 1;
        let found = toml::Spanned::new(start..start + key.len(), Cow::Owned(key.to_owned()));
        Some(is_key(key).then_some(found))
    });
    keys.collect()
}

/// The tree in which a value stands under a path.
pub(super) fn nest<'t>(path: Vec<Key<'t>>, value: Node<'t>) -> Tree<'t> {
    let single = |key, node| {
        let mut tree = Tree::new();
        tree.insert(key, node);
        tree
    };
    let mut keys = path.into_iter().rev();
    let last = keys.next().expect("a path has a key");
    keys.fold(single(last, value), |tree, key| {
        let span = key.span();
        single(key, toml::Spanned::new(span, DeValue::Table(tree)))
    })
}

/// The patches of a scenario.
fn read_scenario<'t>(table: &Tree<'t>, sources: &Sources) -> (Vec<Tree<'t>>, Diagnostics) {
    let mut patches = Vec::new();
    let mut findings = Diagnostics::new();
    for (key, value) in table {
        let text = &**key.get_ref();
        if matches!(text, "title" | "note") {
            continue;
        }
        let path = if text.contains('.') { read_path(text) } else { Some(vec![key.clone()]) };
        let Some(mut path) = path else {
            let message = format!("`{text}` is not a path");
            let help = "write the keys with dots between them: `\"product.magnets.price\"`";
            let found = Diagnostic::new(Code::UnknownPatchTarget, message);
            findings.push(found.at(span_of(key), "").help(help));
            continue;
        };
        if text.contains('.') {
            // Inside the quotes, unless escapes make the text longer than the key.
            let span = key.span();
            let plain = sources.snippet(span_of(key)).is_some_and(|quoted| {
                quoted.len() == text.len() + 2 && quoted.get(1..=text.len()) == Some(text)
            });
            for part in &mut path {
                let own = part.span();
                let start = span.start + 1;
                let place = if plain { start + own.start..start + own.end } else { span.clone() };
                *part = toml::Spanned::new(place, std::mem::take(part.get_mut()));
            }
        }
        patches.push(nest(path, value.clone()));
    }
    (patches, findings)
}

/// The things that patches define as whole tables, and that other patches may go on to change.
fn introduced(patches: &[Tree<'_>]) -> HashSet<(String, String)> {
    let mut names = HashSet::new();
    for (kind, node) in patches.iter().flatten() {
        for (name, node) in node.get_ref().as_table().into_iter().flatten() {
            if node.get_ref().is_table() && !is_implicit(name, node) {
                names.insert((kind.get_ref().to_string(), name.get_ref().to_string()));
            }
        }
    }
    names
}

/// Whether everything that a patch names is there.
fn inspect(tree: &Tree<'_>, patch: &Tree<'_>, new: &HashSet<(String, String)>) -> Diagnostics {
    let shapes = Shapes::of_document();
    let mut findings = Diagnostics::new();
    for (kind, node) in patch {
        let kind_text = &**kind.get_ref();
        let found = |message: String| {
            Diagnostic::new(Code::UnknownPatchTarget, message).at(span_of(kind), "")
        };
        if FIXED.contains(&kind_text) {
            let found = found(format!("`{kind_text}` cannot be changed by a patch"));
            findings.push(found.help("a patch changes figures and operations"));
            continue;
        }
        if !shapes.top().contains_key(kind_text) {
            let known = shapes.top().keys().map(String::as_str);
            let known = known.filter(|key| !FIXED.contains(key));
            let found = found(format!("a flowsheet has no table `{kind_text}` to be changed"));
            findings.push(match nearest(kind_text, known.clone()) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!("its tables are {}", check::list(known))),
            });
            continue;
        }
        let base = tree.get(kind_text);
        let base_table = base.and_then(|node| node.get_ref().as_table());
        let Some(table) = node.get_ref().as_table() else { continue };
        for (name, value) in table {
            let name_text = &**name.get_ref();
            let there = base_table.and_then(|table| table.get(name_text));
            match there {
                Some(there) => inspect_node(name, there, value, &mut findings),
                None if !shapes.is_named(kind_text) => {}
                None if value.get_ref().is_table() && !is_implicit(name, value) => {}
                None if new.contains(&(kind_text.to_owned(), name_text.to_owned())) => {}
                None => {
                    findings.push(not_there(kind_text, name, &names_of(base_table)));
                }
            }
        }
    }
    findings
}

fn not_there(kind: &str, name: &Key<'_>, known: &[&str]) -> Diagnostic {
    let name_text = name.get_ref();
    let message = format!("there is no `{kind}.{name_text}` to be changed");
    let found = Diagnostic::new(Code::UnknownPatchTarget, message);
    let found = found.at(span_of(name), "not in the flowsheet");
    if known.is_empty() {
        return found.help(format!("the flowsheet has no `[{kind}]` at all"));
    }
    match nearest(name_text, known.iter().copied()) {
        Some(near) => found.help(format!("did you mean `{kind}.{near}`?")),
        None => {
            found.help(format!("what stands in `[{kind}]`: {}", check::list(known.iter().copied())))
        }
    }
}

/// Whether a patch can go down into what stands there.
fn inspect_node(key: &Key<'_>, base: &Node<'_>, patch: &Node<'_>, findings: &mut Diagnostics) {
    let DeValue::Table(patch_table) = patch.get_ref() else { return };
    match base.get_ref() {
        DeValue::Table(table) => {
            for (key, node) in patch_table {
                if let Some(base) = table.get(&**key.get_ref()) {
                    inspect_node(key, base, node, findings);
                }
            }
        }
        // A table that is written as such replaces what is not a table.
        _ if !is_implicit(key, patch) => {}
        DeValue::Array(items) => {
            for (inner, node) in patch_table {
                if let Some(base) = tree::index(inner).and_then(|at| items.get(at)) {
                    inspect_node(inner, base, node, findings);
                } else {
                    findings.push(no_item(key, inner, base, items));
                }
            }
        }
        _ => {
            for (inner, _) in patch_table {
                let (outer, what) = (key.get_ref(), tree::kind(base));
                let message = format!("`{outer}` is {what} and has no `{}`", inner.get_ref());
                let found = Diagnostic::new(Code::UnknownPatchTarget, message)
                    .at(span_of(inner), "goes into a value")
                    .at(span_of(base), format!("{what} stands here"));
                findings.push(if tree::index(inner).is_some() {
                    found.help(format!("`{outer}` is no list here: leave `.{}` out", inner.get_ref()))
                } else {
                    found.help(format!(
                        "replace the whole: `{outer} = {{ {} = … }}`, or write it as a table in the flowsheet",
                        inner.get_ref()
                    ))
                });
            }
        }
    }
}

/// What is named in a list is none of its items.
fn no_item(list: &Key<'_>, inner: &Key<'_>, base: &Node<'_>, items: &[Node<'_>]) -> Diagnostic {
    let (list, wanted) = (list.get_ref(), inner.get_ref());
    let some = match items.len() {
        0 => "no items".to_owned(),
        1 => "1 item".to_owned(),
        count => format!("{count} items"),
    };
    let message = format!("`{list}` is a list of {some} and has no `{wanted}`");
    let found = Diagnostic::new(Code::UnknownPatchTarget, message)
        .at(span_of(inner), "no such item")
        .at(span_of(base), format!("{some} here"));
    let Some(last) = items.len().checked_sub(1) else {
        return found.help(format!("replace the whole: `{list} = [ … ]`"));
    };
    let keys = items.iter().filter_map(|item| item.get_ref().as_table()).flatten();
    let keys = keys.map(|(key, _)| &**key.get_ref());
    match nearest(wanted, keys) {
        Some(near) => {
            found.help(format!("items are counted from 0: did you mean `{list}.0.{near}`?"))
        }
        None if last == 0 => {
            found.help(format!("items are counted from 0: the only one is `{list}.0`"))
        }
        None => found.help(format!("items are counted from 0: `{list}.0` to `{list}.{last}`")),
    }
}
