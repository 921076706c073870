//! `--vary` and `--correlate`: inputs of a sweep on the command line.
//!
//! ```text
//! vary      = path { "+" path } "=" ( "range" | [ "*" ] kind "(" value { "," value } ")" )
//! kind      = uniform | triangular | normal | lognormal | list | grid          the last value of a grid: how many
//! correlate = input "," input "=" rank
//! ```
//!
//! Several paths take one value; with `*` it is a factor on the value of each. Where a comma is followed by a space, only
//! such commas divide values, so that `uniform(2,500 t/yr, 3,000 t/yr)` has two. A path in quotes may hold any sign. What is
//! said becomes a change of the flowsheet, as if it stood in `[sweep.NAME]`, and is read and checked like that.

use std::ops::Range;

use crate::{
    diagnostic::{Code, Diagnostic, Span, nearest},
    document::{Change, Name, Part, Patch, Spanned},
};

/// The sweep that `--vary` makes where none is named.
pub const COMMAND_LINE: &str = "command-line";

const KINDS: [&str; 6] = ["uniform", "triangular", "normal", "lognormal", "list", "grid"];

/// What `--vary TEXT` changes in the sweep of a name: one more input, or another distribution of one.
#[must_use]
pub fn vary(sweep: &str, text: &str) -> Change {
    let patch = read_vary(text).map(|(key, input)| {
        let whole = Span::new(0, text.len());
        // The table must not stand at the place of its key, or it would be taken for one that has to be there.
        let place = key.span;
        let table = |key: Name, part| Spanned::new(Part::Table(vec![(key, part)]), place);
        let inputs = table(key, input);
        let sweep_table = table(Name::new("input".to_owned(), whole), inputs);
        Patch { path: path(&["sweep", sweep], whole), value: sweep_table, append: false }
    });
    Change { option: "--vary", text: text.to_owned(), patch }
}

/// What `--correlate TEXT` changes in the sweep of a name: one more correlation.
#[must_use]
pub fn correlate(sweep: &str, text: &str) -> Change {
    let patch = read_correlation(text).map(|value| {
        let path = path(&["sweep", sweep, "correlation"], Span::new(0, text.len()));
        Patch { path, value, append: true }
    });
    Change { option: "--correlate", text: text.to_owned(), patch }
}

fn path(keys: &[&str], span: Span) -> Vec<Name> {
    keys.iter().map(|key| Name::new((*key).to_owned(), span)).collect()
}

/// The key of an input and its table.
fn read_vary(text: &str) -> Result<(Name, Spanned<Part>), Diagnostic> {
    let refuse = |place: Range<usize>, message: String| {
        Diagnostic::new(Code::SyntaxError, message)
            .at(place.into(), "")
            .help("write `--vary 'feed.ore.cost=uniform(10 USD/t, 45 USD/t)'`, or `=range`")
    };
    let Some(sign) = outside_quotes(text, '=').next() else {
        let message = format!("`{text}` is not of the form PATH=DISTRIBUTION");
        return Err(refuse(0..text.len(), message));
    };
    let mut paths = Vec::new();
    for place in parts(text, 0..sign, '+') {
        let name = unquoted(text, place.clone());
        if name.is_empty() {
            return Err(refuse(place, format!("`{text}` names no figure to vary")));
        }
        paths.push(name);
    }
    let key_place = trimmed(text, 0..sign);
    let span = Span::from(key_place.clone());
    let several = paths.len() > 1;
    let key = if let [one] = paths.as_slice() {
        one.clone()
    } else {
        let names: Vec<&str> = paths.iter().map(|name| name.as_str()).collect();
        Name::new(names.join("+"), span)
    };
    let said = trimmed(text, sign + 1..text.len());
    if &text[said.clone()] == "range" && !several {
        return Ok((key, Spanned::new(Part::Text("range".to_owned()), said.into())));
    }
    let relative = text[said.clone()].starts_with('*');
    let call = trimmed(text, said.start + usize::from(relative)..said.end);
    let inner = text[call.clone()].find('(').filter(|_| text[call.clone()].ends_with(')'));
    let Some(open) = inner.map(|at| call.start + at) else {
        let message = format!("`{}` is no distribution", &text[said.clone()]);
        return Err(refuse(said, message));
    };
    let kind_place = trimmed(text, call.start..open);
    let kind = &text[kind_place.clone()];
    if !KINDS.contains(&kind) {
        let near = nearest(kind, KINDS);
        let known = near.map_or_else(|| KINDS.join(", "), str::to_owned);
        let message = format!("there is no distribution `{kind}`; did you mean {known}?");
        return Err(refuse(kind_place, message));
    }
    let mut values = values(text, open + 1..call.end - 1);
    let mut entries = Vec::new();
    let mut add = |key: &str, place: Range<usize>, part: Spanned<Part>| {
        entries.push((Name::new(key.to_owned(), place.into()), part));
    };
    if several {
        let of = paths.into_iter().map(|it| Spanned::new(Part::Text(it.value), it.span)).collect();
        add("of", key_place.clone(), Spanned::new(Part::List(of), span));
    }
    if relative {
        let star = said.start..said.start + 1;
        add("relative", star.clone(), Spanned::new(Part::Flag(true), star.into()));
    }
    if kind == "grid" && values.len() > 2 {
        let points = values.pop().expect("there are more than two");
        add("points", kind_place.clone(), points);
    }
    let list = Spanned::new(Part::List(values), call.clone().into());
    add(kind, kind_place.clone(), list);
    let why = Part::Text("as `--vary` says".to_owned());
    add("assumed", kind_place, Spanned::new(why, call.into()));
    Ok((key, Spanned::new(Part::Table(entries), said.into())))
}

/// A correlation as a table.
fn read_correlation(text: &str) -> Result<Spanned<Part>, Diagnostic> {
    let whole = Span::new(0, text.len());
    let refuse = || {
        let message = format!("`{text}` is not of the form INPUT,INPUT=RANK");
        let help = "write `--correlate 'product.magnets.price,feed.ore.cost=0.7'`";
        Diagnostic::new(Code::SyntaxError, message).at(whole, "").help(help)
    };
    let sign = outside_quotes(text, '=').next().ok_or_else(refuse)?;
    let names: Vec<Name> = parts(text, 0..sign, ',').map(|place| input_name(text, place)).collect();
    let rank = trimmed(text, sign + 1..text.len());
    if names.len() != 2 || names.iter().any(|name| name.is_empty()) || rank.is_empty() {
        return Err(refuse());
    }
    let of = names.into_iter().map(|it| Spanned::new(Part::Text(it.value), it.span)).collect();
    let of = Spanned::new(Part::List(of), Span::from(trimmed(text, 0..sign)));
    let number = Spanned::new(Part::Value(text[rank.clone()].to_owned()), rank.into());
    let key = |key: &str| Name::new(key.to_owned(), whole);
    let why = Spanned::new(Part::Text("as `--correlate` says".to_owned()), whole);
    let entries = vec![(key("of"), of), (key("rank"), number), (key("assumed"), why)];
    Ok(Spanned::new(Part::Table(entries), whole))
}

/// The name of an input, which is that of `--vary`: its paths without quotes and spaces.
fn input_name(text: &str, place: Range<usize>) -> Name {
    let span = Span::from(trimmed(text, place.clone()));
    let paths: Vec<String> =
        parts(text, place, '+').map(|place| unquoted(text, place).value).collect();
    Name::new(paths.join("+"), span)
}

/// The values between the parentheses.
fn values(text: &str, place: Range<usize>) -> Vec<Spanned<Part>> {
    let inside = &text[place.clone()];
    let spaced = outside_quotes(inside, ',').any(|at| inside[at + 1..].starts_with(' '));
    let mut found = Vec::new();
    let mut start = place.start;
    let commas = outside_quotes(inside, ',')
        .filter(|at| !spaced || inside[at + 1..].starts_with(' '))
        .map(|at| place.start + at);
    for end in commas.chain([place.end]) {
        let own = trimmed(text, start..end);
        // Nothing between the parentheses is no value; nothing between commas is one that is missing, and is told.
        if !own.is_empty() || start > place.start || end < place.end {
            found.push(Spanned::new(Part::Value(text[own.clone()].to_owned()), own.into()));
        }
        start = end + 1;
    }
    found
}

/// Where a sign stands outside quotes.
fn outside_quotes(text: &str, sign: char) -> impl Iterator<Item = usize> + '_ {
    let mut quote = None;
    text.char_indices().filter_map(move |(at, found)| {
        match quote {
            Some(open) if found == open => quote = None,
            None if matches!(found, '"' | '\'') => quote = Some(found),
            None if found == sign => return Some(at),
            _ => {}
        }
        None
    })
}

/// The parts of a stretch of text between signs outside quotes, trimmed.
fn parts(text: &str, place: Range<usize>, sign: char) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = place.start;
    let signs: Vec<usize> =
        outside_quotes(&text[place.clone()], sign).map(|at| place.start + at).collect();
    signs.into_iter().chain([place.end]).map(move |end| {
        let own = trimmed(text, start..end);
        start = end + sign.len_utf8();
        own
    })
}

/// A stretch of text without the spaces around it.
fn trimmed(text: &str, place: Range<usize>) -> Range<usize> {
    let inside = &text[place.clone()];
    let start = place.start + (inside.len() - inside.trim_start().len());
    start..start + inside.trim().len()
}

/// A path without its quotes.
fn unquoted(text: &str, place: Range<usize>) -> Name {
    let mut place = place;
    let inside = &text[place.clone()];
    let quoted = ['"', '\'']
        .iter()
        .any(|quote| inside.len() > 1 && inside.starts_with(*quote) && inside.ends_with(*quote));
    if quoted {
        place = place.start + 1..place.end - 1;
    }
    Name::new(text[place.clone()].to_owned(), place.into())
}
