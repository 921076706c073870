//! Where streams go, what is paid for them, and what is optimised: keys with a short and a long form.

use std::{borrow::Cow, fmt};

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    Name, Spanned,
    figure::{Figure, Limit, Many},
    tables::{Named, RatioTable},
};

/// The outlets of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Outlets {
    /// One outlet: the operation that takes it.
    One(Name),
    /// Several, or one with a name or a price.
    Named(Named<Outlet>),
}

/// One outlet: where it goes and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlet {
    /// The operation that takes it.
    pub to: Name,
    /// Its market value at this point.
    pub price: Many<Figure>,
    /// Share of the price that is paid.
    pub payable: Option<Payable>,
    /// Limit of its flow.
    pub limit: Option<Limit>,
}

/// The long form of an outlet.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "OutletTable")]
struct OutletTable {
    /// The operation that takes the stream.
    to: Name,
    /// Market value of the stream at this point, as for a product.
    #[serde(default)]
    price: Many<Figure>,
    /// Share of the price that is paid, as for a product.
    #[serde(default)]
    payable: Option<Payable>,
    /// Limit of the flow: at most this, or `{ min, max }`, or `{ exactly }`.
    #[serde(default)]
    limit: Option<Limit>,
}

/// Share of a price that is paid.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there are few of them")]
pub enum Payable {
    /// The same for all.
    All(Figure),
    /// Per contained species, group or element.
    Each(IndexMap<Name, Figure>),
}

/// What is optimised.
#[derive(Clone, Debug, PartialEq)]
pub enum Objective {
    /// Revenue less all costs, at its greatest.
    Profit(Name),
    /// A measure, ratio or goal at its greatest.
    Maximise(Wanted),
    /// A measure, ratio or goal at its least.
    Minimise(Wanted),
}

/// What is to be as great or as small as possible.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A measure, two of them with `/` between, or the name of a goal.
    Text(Name),
    /// A ratio of two measures.
    Ratio(RatioTable),
}

/// A string or a table.
enum Text<T> {
    Short(String),
    Long(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for TextVisitor<T> {
            type Value = Text<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name in quotes, or a table")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Text::Short(value.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Text::Long)
            }
        }

        deserializer.deserialize_any(TextVisitor(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Outlets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Spanned::<Text<Named<Outlet>>>::deserialize(deserializer)?;
        Ok(match text.value {
            Text::Short(name) => Self::One(Spanned::new(name, text.span)),
            Text::Long(outlets) => Self::Named(outlets),
        })
    }
}

impl<'de> Deserialize<'de> for Outlet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Spanned::<Text<OutletTable>>::deserialize(deserializer)?;
        Ok(match text.value {
            Text::Short(name) => {
                let to = Spanned::new(name, text.span);
                Self { to, price: Many::default(), payable: None, limit: None }
            }
            Text::Long(OutletTable { to, price, payable, limit }) => {
                Self { to, price, payable, limit }
            }
        })
    }
}

/// The long form of an objective.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ObjectiveTable")]
struct ObjectiveTable {
    /// What to make as great as possible.
    #[serde(default)]
    maximise: Option<Wanted>,
    /// What to make as small as possible.
    #[serde(default)]
    minimise: Option<Wanted>,
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Spanned::<Text<RatioTable>>::deserialize(deserializer)?;
        Ok(match text.value {
            Text::Short(measure) => Self::Text(Spanned::new(measure, text.span)),
            Text::Long(ratio) => Self::Ratio(ratio),
        })
    }
}

impl<'de> Deserialize<'de> for Objective {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Spanned::<Text<ObjectiveTable>>::deserialize(deserializer)?;
        match text.value {
            Text::Short(word) if word == "profit" => {
                Ok(Self::Profit(Spanned::new(word, text.span)))
            }
            Text::Long(ObjectiveTable { maximise: Some(measure), minimise: None }) => {
                Ok(Self::Maximise(measure))
            }
            Text::Long(ObjectiveTable { maximise: None, minimise: Some(measure) }) => {
                Ok(Self::Minimise(measure))
            }
            _ => Err(D::Error::custom(
                "expected `\"profit\"`, `{ maximise = \"MEASURE\" }` or `{ minimise = \"MEASURE\" }`",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Payable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Spanned::<Text<IndexMap<Name, Figure>>>::deserialize(deserializer)?;
        Ok(match text.value {
            Text::Short(value) => {
                Self::All(Figure::plain(super::figure::Scalar::Text(value), text.span))
            }
            Text::Long(each) => Self::Each(each),
        })
    }
}

impl JsonSchema for Outlets {
    fn schema_name() -> Cow<'static, str> {
        "Outlets".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let outlet = generator.subschema_for::<Outlet>();
        json_schema!({
            "description": "The operation that takes the outlet, or a table of outlets.",
            "anyOf": [{ "type": "string" }, { "type": "object", "additionalProperties": outlet }],
        })
    }
}

impl JsonSchema for Outlet {
    fn schema_name() -> Cow<'static, str> {
        "Outlet".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<OutletTable>();
        json_schema!({
            "description": "The operation that takes the outlet, or a table that also gives its price.",
            "anyOf": [{ "type": "string" }, table],
        })
    }
}

impl JsonSchema for Wanted {
    fn schema_name() -> Cow<'static, str> {
        "Wanted".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let ratio = generator.subschema_for::<RatioTable>();
        json_schema!({
            "description": "A measure, a ratio as `A / B` or `{ of = \"A\", to = \"B\" }`, or the name of a goal.",
            "anyOf": [{ "type": "string" }, ratio],
        })
    }
}

impl JsonSchema for Objective {
    fn schema_name() -> Cow<'static, str> {
        "Objective".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<ObjectiveTable>();
        json_schema!({
            "description": "What is optimised: \"profit\", or a measure, ratio or goal to maximise or minimise.",
            "anyOf": [{ "type": "string", "enum": ["profit"] }, table],
        })
    }
}

impl JsonSchema for Payable {
    fn schema_name() -> Cow<'static, str> {
        "Payable".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let figure = generator.subschema_for::<Figure>();
        json_schema!({
            "description": "Share of the price that is paid: one for all, or per contained species or group.",
            "anyOf": [{ "type": "string" }, { "type": "object", "additionalProperties": figure }],
        })
    }
}
