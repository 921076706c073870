//! Names that the user gives to operations and their outlets.

use std::collections::HashMap;

use super::tree::{Key, Tree, span_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// The kinds of operation; their names share one space, because streams lead to operations of any kind.
pub(super) const OPERATIONS: [&str; 10] = [
    "feed",
    "separator",
    "cascade",
    "splitter",
    "reactor",
    "blender",
    "stockpile",
    "use",
    "product",
    "waste",
];

/// Checks the names of operations and outlets.
pub(super) fn check(tree: &Tree<'_>) -> Diagnostics {
    let mut findings = Diagnostics::new();
    let mut seen: HashMap<&str, (&str, &Key<'_>)> = HashMap::new();
    for kind in OPERATIONS {
        let table = tree.get(kind).and_then(|node| node.get_ref().as_table());
        for (name, operation) in table.into_iter().flatten() {
            check_name("operation", name, &mut findings);
            if let Some((other, first)) = seen.insert(name.get_ref(), (kind, name)) {
                let text = name.get_ref();
                let message = format!("`{text}` is both a {other} and a {kind}");
                // Kinds come in their own order; the reader's is that of the file.
                let (mut one, mut two) = ((other, span_of(first)), (kind, span_of(name)));
                if one.1 > two.1 {
                    std::mem::swap(&mut one, &mut two);
                }
                findings.push(
                    Diagnostic::new(Code::DuplicateName, message)
                        .at(two.1, format!("a {} of the same name", two.0))
                        .at(one.1, format!("a {} of this name", one.0))
                        .help("rename one of them, and the `to` that leads to it"),
                );
            }
            let outlets = operation.get_ref().get("to").and_then(|to| to.get_ref().as_table());
            for (outlet, _) in outlets.into_iter().flatten() {
                check_name("outlet", outlet, &mut findings);
            }
        }
    }
    findings
}

fn check_name(what: &str, name: &Key<'_>, findings: &mut Diagnostics) {
    if is_good(name.get_ref()) {
        return;
    }
    let message = format!("`{}` is not a name for an {what}", name.get_ref());
    let found = Diagnostic::new(Code::BadName, message).at(span_of(name), "");
    let mended: String = name
        .get_ref()
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || sign == '_' { sign } else { '-' })
        .collect();
    let mended = mended.trim_matches(['-', '_']);
    let rule = "names are made of letters, digits, `-` and `_`, and begin with a letter or digit";
    let help =
        if is_good(mended) { format!("{rule}; for instance `{mended}`") } else { rule.to_owned() };
    findings.push(found.help(help));
}

/// `[A-Za-z0-9][A-Za-z0-9_-]*`
fn is_good(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.bytes().all(allowed) && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}
