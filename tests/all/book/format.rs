//! The reference of the format, made from its JSON schema, with examples from the flowsheets that are shipped.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
};

use indexmap::IndexSet;
use reeflow::document::Document;
use serde_json::{Map, Value};

use super::read;
use crate::markdown::anchor;

const START: &str = "\
# The format

A flowsheet is a TOML file. Its tables are told here in the order in which a file usually has them; keys that no table knows are \
refused. How quantities, units, species and measures are written is told in [Writing figures](figures.md). An editor that knows JSON \
schemas completes and checks all of this while you type: the first line `#:schema ../flowsheet.schema.json` names the schema, which \
`reeflow schema` prints. This page is made from the same schema.

*Required* keys must be there; all others may be left out.
";

/// The keys that every operation has are told once, under this heading.
const EVERY: &str = "Keys of every operation";

/// The whole page.
pub(super) fn page() -> String {
    let schema: Value = serde_json::from_str(&Document::schema()).expect("it is JSON");
    let format = Format::read(&schema);
    let mut page = START.to_owned();
    format.whole(&mut page);
    for (key, value) in properties(&schema) {
        format.section(&mut page, key, value);
    }
    format.every(&mut page);
    let _ = write!(page, "\n## Values\n\nWhat stands in several tables.\n");
    for name in format.shared() {
        format.value(&mut page, name);
    }
    page
}

/// The schema, and who refers to what.
struct Format<'s> {
    schema: &'s Value,
    types: &'s Map<String, Value>,
    /// For each type the keys of a file from which it is reached, other than by a key of every operation.
    reached: BTreeMap<&'s str, BTreeSet<&'s str>>,
    /// Keys that every operation has.
    common: BTreeSet<&'s str>,
}

impl<'s> Format<'s> {
    fn read(schema: &'s Value) -> Self {
        let types = schema["$defs"].as_object().expect("it has types");
        let keys_of = |name: &str| -> BTreeSet<&'s str> {
            properties(&types[name]).map(|(key, _)| key.as_str()).collect()
        };
        // Feeds and products have nothing in common but what every operation has.
        let common = &(&keys_of("FeedTable") & &keys_of("ProductTable")) & &keys_of("WasteTable");
        let mut it = Self { schema, types, reached: BTreeMap::new(), common };
        for (key, value) in properties(schema) {
            let mut found = BTreeSet::new();
            it.follow(value, &mut found);
            for name in found {
                it.reached.entry(name).or_default().insert(key);
            }
        }
        it
    }

    /// All types that a schema leads to.
    fn follow(&self, schema: &'s Value, found: &mut BTreeSet<&'s str>) {
        if let Some(name) = name_of(schema) {
            if found.insert(name) {
                self.follow(&self.types[name], found);
            }
            return;
        }
        let operation = self.is_operation(schema);
        let keys = properties(schema);
        let keys = keys.filter(|(key, _)| !(operation && self.common.contains(key.as_str())));
        let below = keys.map(|(_, value)| value).chain(choices(schema));
        for it in below.chain(schema.get("items")).chain(schema.get("additionalProperties")) {
            self.follow(it, found);
        }
    }

    /// Whether a table has all keys of operations.
    fn is_operation(&self, schema: &Value) -> bool {
        self.common.iter().all(|key| schema["properties"].get(key).is_some())
    }

    /// The table of a file's keys.
    fn whole(&self, page: &mut String) {
        let _ = write!(page, "\n| in a file | what it is |\n| --- | --- |\n");
        for (key, value) in properties(self.schema) {
            let (heading, about) = (self.heading(key, value), about(value));
            let _ = writeln!(page, "| [{heading}](#{}) | {about} |", anchor(&heading));
        }
    }

    /// What a key of a file is called.
    fn heading(&self, key: &str, value: &Value) -> String {
        let named = value["additionalProperties"].get("$ref").is_some();
        match self.table(value) {
            Some(_) if named => format!("`[{key}.NAME]`"),
            _ if value["type"] == "array" => format!("`{key}`"),
            _ => format!("`[{key}]`"),
        }
    }

    /// The type of the table that a key of a file holds, or holds under names.
    fn table(&self, value: &'s Value) -> Option<&'s str> {
        let of_items = value.get("additionalProperties").into_iter();
        let found = [value].into_iter().chain(of_items).chain(choices(value)).find_map(name_of)?;
        properties(&self.types[found]).next().map(|_| found)
    }

    /// A key of a file: its keys, an example, and the types that stand nowhere else.
    fn section(&self, page: &mut String, key: &'s str, value: &'s Value) {
        let table = self.table(value);
        // A type says more than the key that holds it: "`[feed.NAME]`: a source of material".
        let of_type = table.map(|name| about(&self.types[name]));
        let of_type = of_type.as_deref().and_then(|it| it.strip_prefix("`[")?.split_once("]`: "));
        let about = of_type.map_or_else(|| about(value), |(_, it)| capital(it));
        let _ = write!(page, "\n## {}\n\n{about}\n", self.heading(key, value));
        match table {
            Some(name) => self.keys(page, &self.types[name]),
            None => {
                let _ = write!(page, "\nHolds: {}.\n", self.kind(value));
            }
        }
        let required = table.map_or_else(Vec::new, |name| required(&self.types[name]));
        if let Some((path, text)) = example(key, &required) {
            let _ = write!(page, "\nFrom `{path}`:\n\n```toml\n{text}\n```\n");
        }
        for name in self.types.keys().map(String::as_str) {
            let only = BTreeSet::from([key]);
            if self.reached.get(name) == Some(&only) && Some(name) != table {
                self.value(page, name);
            }
        }
    }

    /// The keys that every operation has.
    fn every(&self, page: &mut String) {
        let keys = "Capacity, cost, consumption and provenance are written in the same way for all operations.";
        let _ = write!(page, "\n## {EVERY}\n\n{keys}\n");
        let feed = &self.types["FeedTable"];
        let rows = properties(feed).filter(|(key, _)| self.common.contains(key.as_str()));
        self.rows(page, feed, rows);
    }

    /// Types that several keys of a file lead to.
    fn shared(&self) -> impl Iterator<Item = &'s str> {
        let several = |name: &&str| self.reached.get(*name).is_none_or(|keys| keys.len() > 1);
        self.types.keys().map(String::as_str).filter(several)
    }

    /// A type under a heading of its own, unless it is told where it is used.
    fn value(&self, page: &mut String, name: &'s str) {
        let schema = &self.types[name];
        let short = self.types.keys().any(|it| format!("{it}Table") == name);
        if short || self.is_inline(name) {
            return;
        }
        let _ = write!(page, "\n### {}\n\n{}\n", title(name), about(schema));
        let long = self.types.get(&format!("{name}Table"));
        let keys = [schema].into_iter().chain(long);
        if let Some(table) = keys.into_iter().find(|it| properties(it).next().is_some()) {
            self.keys(page, table);
        } else if choices(schema).any(|it| it.get("const").is_some()) {
            let _ = write!(page, "\n| word | meaning |\n| --- | --- |\n");
            for word in choices(schema) {
                let _ = writeln!(page, "| {} | {} |", self.kind(word), about(word));
            }
        } else {
            let _ = write!(page, "\nHolds: {}.\n", self.kind(schema));
        }
    }

    /// Whether a type is so short that it is told where it is used.
    fn is_inline(&self, name: &str) -> bool {
        let schema = &self.types[name];
        // How sure a source is stands in every table, and is told once.
        name != "Confidence" && schema.get("oneOf").is_some() || schema["type"].is_array()
    }

    /// The keys of a table.
    fn keys(&self, page: &mut String, table: &'s Value) {
        let operation = self.is_operation(table);
        let rows = properties(table);
        let rows = rows.filter(|(key, _)| !(operation && self.common.contains(key.as_str())));
        self.rows(page, table, rows);
        if table["additionalProperties"] == true {
            let _ = write!(
                page,
                "\nAll other keys are paths of what is changed, with their new values: those by which reports, \
                 `sources` and findings name figures. Items of lists are counted from 0: \
                 `\"reactor.leach.reaction.0.conversion\"`, `\"money.spending.1\"`.\n"
            );
        }
        if operation {
            let _ = write!(page, "\nAlso the [keys of every operation](#{}).\n", anchor(EVERY));
        }
    }

    fn rows(
        &self,
        page: &mut String,
        table: &'s Value,
        rows: impl Iterator<Item = (&'s String, &'s Value)>,
    ) {
        let required = required(table);
        let _ = write!(page, "\n| key | value | meaning |\n| --- | --- | --- |\n");
        for (key, value) in rows {
            let must = if required.contains(&key.as_str()) { ", *required*" } else { "" };
            let default = match &value["default"] {
                Value::Bool(default) => format!(" `{default}` if not said."),
                _ => String::new(),
            };
            let (kind, about) = (self.kind(value), about(value));
            let _ = writeln!(
                page,
                "| `{key}` | {kind}{must} | {about}{default}{} |",
                self.words(value)
            );
        }
    }

    /// What the words mean that a key may hold, unless its description says so.
    fn words(&self, value: &Value) -> String {
        let name = [value].into_iter().chain(choices(value)).find_map(name_of);
        let name = name.filter(|name| self.is_inline(name)).into_iter();
        let words = name.flat_map(|name| choices(&self.types[name]));
        let words = words.filter(|it| it.get("const").is_some());
        let words: Vec<(String, String)> = words.map(|it| (self.kind(it), about(it))).collect();
        if words.iter().all(|(word, _)| about(value).contains(word)) {
            return String::new();
        }
        words.iter().flat_map(|(word, about)| ["<br>", word, ": ", about]).collect()
    }

    /// What a value is, in words.
    fn kind(&self, schema: &Value) -> String {
        if let Some(name) = name_of(schema) {
            let named = &self.types[name];
            return match name {
                "Scalar" => "quantity".to_owned(),
                _ if self.is_inline(name) => self.kind(named),
                _ => format!("[{}](#{})", title(name).to_lowercase(), anchor(&title(name))),
            };
        }
        let several: IndexSet<String> = choices(schema).map(|it| self.kind(it)).collect();
        let several: Vec<String> = several.into_iter().filter(|it| !it.is_empty()).collect();
        if !several.is_empty() {
            return several.join(" or ");
        }
        if let Some(word) = schema["const"].as_str() {
            return format!("`\"{word}\"`");
        }
        if let Some(words) = schema["enum"].as_array() {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            return words.join(" or ");
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => Vec::from_iter(kind.as_str()),
        };
        let quantity = kinds.contains(&"number") && kinds.contains(&"string");
        let words = kinds.iter().filter(|_| !quantity).filter_map(|kind| match *kind {
            "string" => Some("text".to_owned()),
            "number" => Some("number".to_owned()),
            "integer" => Some("whole number".to_owned()),
            "boolean" => Some("`true` or `false`".to_owned()),
            "array" => Some(format!("list of {}", self.kind(&schema["items"]))),
            "object" if schema.get("properties").is_some() => Some("table".to_owned()),
            "object" => Some(format!("{} by name", self.kind(&schema["additionalProperties"]))),
            _ => None,
        });
        let words: Vec<String> = words.chain(quantity.then(|| "quantity".to_owned())).collect();
        words.join(" or ")
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn required(table: &Value) -> Vec<&str> {
    table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"].into_iter().flat_map(|it| schema[it].as_array().into_iter().flatten())
}

fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// What a description says, fit for a cell of a table.
fn about(schema: &Value) -> String {
    let about = schema["description"].as_str().unwrap_or_default();
    about.replace('\n', " ").replace('|', "\\|")
}

/// The heading of a type: `FeedTable` is "Feed", `SourceIds` "Source ids".
fn title(name: &str) -> String {
    let bare = name.strip_suffix("Table").unwrap_or(name);
    let mut title = String::new();
    for (at, letter) in bare.chars().enumerate() {
        if at > 0 && letter.is_uppercase() {
            title.push(' ');
        }
        title.push(if at > 0 { letter.to_ascii_lowercase() } else { letter });
    }
    title
}

/// A text with its first letter large.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// The flowsheets in which examples are looked for, those to learn from first.
fn flowsheets() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["tutorial", "", "validation", "library"] {
        let folder = Path::new("flowsheets").join(folder);
        let entries = std::fs::read_dir(folder).expect("a folder").map(|it| it.expect("readable"));
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|it| it == "toml"));
        files.sort();
        found.extend(files);
    }
    found
}

/// The first short example of a key of a file, with all that must be there, and where it stands.
fn example(key: &str, required: &[&str]) -> Option<(String, String)> {
    let examples = flowsheets().into_iter().filter_map(|path| {
        let name = path.strip_prefix("flowsheets").ok()?.display().to_string();
        Some((name, excerpt(&read(&path), key)?))
    });
    let whole = |text: &str| required.iter().all(|it| text.contains(it));
    let examples: Vec<(String, String)> = examples.filter(|(_, text)| whole(text)).collect();
    let short = |limit: usize| {
        examples.iter().find(|(_, text)| (2..=limit).contains(&text.lines().count())).cloned()
    };
    short(16).or_else(|| short(70))
}

/// The first table of a kind in a file, with what belongs to it.
fn excerpt(text: &str, key: &str) -> Option<String> {
    let list = format!("{key} = [");
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| {
        let table = line.strip_prefix('[').and_then(|it| it.strip_prefix(key));
        line.starts_with(&list) || table.is_some_and(|it| it.starts_with(['.', ']']))
    })?;
    let first = lines[start];
    let end = if first.starts_with('[') {
        let inner = format!("{}.", first.split(']').next()?);
        let next = |line: &&str| line.starts_with('[') && !line.starts_with(&inner);
        lines[start + 1..].iter().position(next).map_or(lines.len(), |at| start + 1 + at)
    } else {
        start + 1 + lines[start..].iter().position(|line| line.starts_with(']'))?
    };
    let mut kept = &lines[start..end];
    while let [rest @ .., last] = kept
        && (last.is_empty() || last.starts_with('#'))
    {
        kept = rest;
    }
    Some(kept.join("\n"))
}
