//! The JSON schema of the format, and the shapes that the check reads it into.
//!
//! Every value of the format may be of several kinds (text, number, table …) but of each kind in one way only, so a
//! shape is at most one rule per kind, and the kind of a node chooses the rule.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use indexmap::IndexMap;
use serde_json::Value;

use super::Document;

impl Document {
    /// The JSON schema of a flowsheet file, as `flowsheet.schema.json` holds it.
    #[must_use]
    pub fn schema() -> String {
        format!("{:#}\n", generate())
    }
}

fn generate() -> Value {
    schemars::schema_for!(Document).to_value()
}

/// Where a shape is in [`Shapes`].
pub(super) type Id = usize;

/// What a value may be.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one rule per kind of value")]
pub(super) struct Shape {
    /// What the value means.
    pub(super) about: String,
    /// How its type is written, if it has a name of its own.
    pub(super) form: String,
    /// Any text.
    pub(super) text: bool,
    /// These words only.
    pub(super) words: Vec<String>,
    /// Any number.
    pub(super) number: bool,
    /// Whole numbers.
    pub(super) integer: bool,
    /// `true` or `false`.
    pub(super) boolean: bool,
    /// Ids of sources.
    pub(super) cites: bool,
    /// A list of such items.
    pub(super) list: Option<Id>,
    /// A table; shared by all that refer to a named type.
    pub(super) table: Option<Arc<Fields>>,
}

/// What a table may hold.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// Known keys.
    pub(super) keys: IndexMap<String, Id>,
    /// Keys that must be there.
    pub(super) required: Vec<String>,
    /// All other keys.
    pub(super) rest: Rest,
}

/// What a table may hold besides its known keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Refuse,
    /// Anything.
    Anything,
    /// Values of this shape, under names that the user gives.
    Each(Id),
}

/// All shapes of the format; the first is the whole file.
#[derive(Debug)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
}

impl Shapes {
    /// The shapes of the format.
    pub(super) fn of_document() -> &'static Self {
        static SHAPES: OnceLock<Shapes> = OnceLock::new();
        SHAPES.get_or_init(|| {
            let schema = generate();
            let mut reader = Reader { schema: &schema, shapes: Vec::new(), named: HashMap::new() };
            reader.add(&schema);
            Self { shapes: reader.shapes }
        })
    }

    /// The shape of a whole file.
    pub(super) fn root(&self) -> &Shape {
        &self.shapes[0]
    }

    /// A shape.
    pub(super) fn get(&self, id: Id) -> &Shape {
        &self.shapes[id]
    }

    /// The keys of a whole file.
    pub(super) fn top(&self) -> &IndexMap<String, Id> {
        &self.root().table.as_ref().expect("a file is a table").keys
    }

    /// Whether a table of the file holds things under names that the user gives.
    pub(super) fn is_named(&self, key: &str) -> bool {
        let table = self.top().get(key).and_then(|&id| self.get(id).table.as_ref());
        table.is_some_and(|fields| matches!(fields.rest, Rest::Each(_)))
    }
}

/// Reads a schema into shapes.
struct Reader<'s> {
    schema: &'s Value,
    shapes: Vec<Shape>,
    named: HashMap<String, Id>,
}

impl Reader<'_> {
    /// Adds the shape of a schema.
    fn add(&mut self, schema: &Value) -> Id {
        // The place is taken first, so that a type may hold itself.
        let id = self.shapes.len();
        self.shapes.push(Shape::default());
        let mut shape = Shape::default();
        self.read(schema, &mut shape);
        self.shapes[id] = shape;
        id
    }

    /// Adds what a schema allows to a shape.
    fn read(&mut self, schema: &Value, shape: &mut Shape) {
        if let Some(about) = schema["description"].as_str() {
            let about = about.replace('\n', " ");
            if shape.about.is_empty() {
                shape.about = about;
            } else if shape.form.is_empty() {
                shape.form = about;
            }
        }
        if let Some(name) = schema["$ref"].as_str() {
            self.refer(name, shape);
        }
        for choice in ["anyOf", "oneOf"] {
            for schema in schema[choice].as_array().into_iter().flatten() {
                self.read(schema, shape);
            }
        }
        match &schema["type"] {
            Value::String(kind) => self.kind(kind, schema, shape),
            Value::Array(kinds) => {
                for kind in kinds.iter().filter_map(Value::as_str) {
                    self.kind(kind, schema, shape);
                }
            }
            _ => {}
        }
    }

    /// Adds what a named type allows.
    fn refer(&mut self, name: &str, shape: &mut Shape) {
        let id = if let Some(&id) = self.named.get(name) {
            id
        } else {
            let id = self.shapes.len();
            self.named.insert(name.to_owned(), id);
            let whole = self.schema;
            let pointer = name.trim_start_matches('#');
            self.add(whole.pointer(pointer).expect("references lead somewhere"))
        };
        let named = self.shapes[id].clone();
        if shape.about.is_empty() {
            shape.about = named.about;
        } else if shape.form.is_empty() {
            shape.form = named.about;
        }
        shape.text |= named.text;
        shape.words.extend(named.words);
        shape.number |= named.number;
        shape.integer |= named.integer;
        shape.boolean |= named.boolean;
        shape.cites |= named.cites || name.ends_with("/SourceIds");
        shape.list = shape.list.or(named.list);
        shape.table = shape.table.take().or(named.table);
    }

    /// Adds what a schema allows of one kind.
    fn kind(&mut self, kind: &str, schema: &Value, shape: &mut Shape) {
        match kind {
            "string" => {
                let words = schema["enum"].as_array().into_iter().flatten();
                let words = words.chain(schema.get("const")).filter_map(Value::as_str);
                let before = shape.words.len();
                shape.words.extend(words.map(str::to_owned));
                shape.text |= shape.words.len() == before;
            }
            "number" => shape.number = true,
            "integer" => shape.integer = true,
            "boolean" => shape.boolean = true,
            "array" => shape.list = Some(self.add(&schema["items"])),
            "object" => shape.table = Some(Arc::new(self.fields(schema))),
            _ => {}
        }
    }

    fn fields(&mut self, schema: &Value) -> Fields {
        let keys = schema["properties"].as_object().into_iter().flatten();
        let keys = keys.map(|(key, schema)| (key.clone(), self.add(schema))).collect();
        let required = schema["required"].as_array().into_iter().flatten();
        let required = required.filter_map(Value::as_str).map(str::to_owned).collect();
        let rest = match &schema["additionalProperties"] {
            Value::Bool(false) => Rest::Refuse,
            Value::Object(_) => Rest::Each(self.add(&schema["additionalProperties"])),
            _ => Rest::Anything,
        };
        Fields { keys, required, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_the_types() {
        let shapes = Shapes::of_document();
        assert!(shapes.is_named("feed") && shapes.is_named("price"));
        assert!(!shapes.is_named("flowsheet") && !shapes.is_named("include"));
        let Rest::Each(feed) = shapes.get(shapes.top()["feed"]).table.as_ref().unwrap().rest else {
            panic!("feeds have names")
        };
        let feed = shapes.get(feed).table.as_ref().expect("a table");
        assert_eq!(feed.required, ["to", "assay"]);
        assert_eq!(feed.rest, Rest::Refuse);
        let origin = shapes.get(feed.keys["origin"]);
        assert!(!origin.text && origin.words == ["primary", "secondary", "purchased"]);
        let cost = shapes.get(feed.keys["cost"]);
        assert!(cost.text && cost.number && cost.table.is_some() && cost.list.is_none());
    }
}
