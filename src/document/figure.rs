//! Figures: a number with its unit, and where it comes from.
//!
//! A figure is written short (`"27 USD/t"`, `39.7`) or as a table that says more
//! (`{ value = "27 USD/t", assumed = "no published mining cost" }`). Units are read later, when the flowsheet's
//! currency and shift are known.

mod long;

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{Name, Named, Spanned};
use crate::diagnostic::Span;
use long::{FigureTable, LimitTable, PeriodTable, PointTable, RateTable};

/// A number or a quantity as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A bare number.
    Number(f64),
    /// A number with a unit of measure and perhaps a basis, not yet read.
    Text(String),
}

/// How sure a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Primary or peer-reviewed, read in full.
    High,
    /// Secondary, or read in excerpt.
    Medium,
    /// Press, opinion, or a figure out of its context.
    Low,
    /// General knowledge that nobody looked up: whoever uses it has to confirm it.
    Unverified,
}

/// Where a figure comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// Identifiers of `[source.ID]` tables.
    pub source: Vec<Name>,
    /// Why the figure is assumed, if no source gives it.
    pub assumed: Option<Name>,
    /// How sure the source is.
    pub confidence: Option<Confidence>,
}

impl Provenance {
    /// Whether nothing is said of where the figure comes from.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.source.is_empty() && self.assumed.is_none()
    }

    /// What a table says of its figures.
    #[must_use]
    pub fn said(
        source: &SourceIds,
        assumed: Option<&Name>,
        confidence: Option<Confidence>,
    ) -> Self {
        Self { source: source.0.clone(), assumed: assumed.cloned(), confidence }
    }

    /// This, or what is inherited if nothing is said.
    #[must_use]
    pub fn or(self, inherited: &Self) -> Self {
        if self.is_empty() { inherited.clone() } else { self }
    }
}

/// One figure: a number with its unit, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What was written.
    pub value: Scalar,
    /// Where the value (not the table around it) was written.
    pub span: Span,
    /// Where it comes from, if said here.
    pub provenance: Provenance,
    /// The least and the greatest value that it may have, if said.
    pub range: Option<Range>,
    /// How it changes over the periods, if it does.
    pub course: Course,
}

/// How a figure changes over the periods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Other values from a period on, until the next one that is named.
    pub by_period: Named<Point>,
    /// Growth per calendar year, as a share.
    pub growth: Option<Point>,
}

impl Course {
    /// Whether the figure is the same in all periods.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_period.is_empty() && self.growth.is_none()
    }
}

/// The ends between which a figure may lie, as they were written.
pub type Range = Spanned<Vec<Spanned<Scalar>>>;

/// A figure within another one: a value, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What was written.
    pub value: Scalar,
    /// Where.
    pub span: Span,
    /// Where it comes from, if said here.
    pub provenance: Provenance,
}

impl From<Point> for Figure {
    fn from(point: Point) -> Self {
        let Point { value, span, provenance } = point;
        Self { provenance, ..Self::plain(value, span) }
    }
}

/// A figure per t of throughput, with the port that the throughput is measured at.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// The figure.
    pub figure: Figure,
    /// The outlet whose flow is meant; the whole inlet if not said.
    pub of: Option<Name>,
}

/// An upper limit, or a pair of limits, or an exact value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limit {
    /// A single figure; its meaning (at most, exactly) depends on the key.
    pub value: Option<Figure>,
    /// At least.
    pub min: Option<Figure>,
    /// At most.
    pub max: Option<Figure>,
    /// Exactly.
    pub exactly: Option<Figure>,
}

/// A period: its length, and when it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Its length, a time.
    pub length: Figure,
    /// The calendar year in which it begins, if said.
    pub from: Option<Spanned<f64>>,
}

/// One source id or a list of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceIds(pub Vec<Name>);

/// One or several of a thing: `x` or `[x, y]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A scalar, or a table of type `T`, or a list of type `L`; the shapes that short and long forms take.
pub(super) enum Shape<T, L> {
    Scalar(Scalar),
    Table(T),
    List(Vec<L>),
}

impl<'de, T: Deserialize<'de>, L: Deserialize<'de>> Deserialize<'de> for Shape<T, L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ShapeVisitor<T, L>(PhantomData<(T, L)>);

        impl<'de, T: Deserialize<'de>, L: Deserialize<'de>> Visitor<'de> for ShapeVisitor<T, L> {
            type Value = Shape<T, L>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity, or a table with `value`")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Shape::Scalar(Scalar::Number(value as f64)))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Shape::Scalar(Scalar::Number(value)))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Shape::Scalar(Scalar::Text(value.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Shape::Table)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = seq.next_element()? {
                    list.push(item);
                }
                Ok(Shape::List(list))
            }
        }

        deserializer.deserialize_any(ShapeVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Shape::<Never, Never>::deserialize(deserializer)? {
            Shape::Scalar(scalar) => Ok(scalar),
            _ => Err(D::Error::custom("expected a number, or a quantity with its unit in quotes")),
        }
    }
}

/// A shape that does not occur.
pub(super) struct Never;

impl<'de> Deserialize<'de> for Never {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("expected a number, or a quantity with its unit in quotes"))
    }
}

impl Figure {
    /// A figure that says nothing of where it comes from.
    #[must_use]
    pub fn plain(value: Scalar, span: Span) -> Self {
        Self {
            value,
            span,
            provenance: Provenance::default(),
            range: None,
            course: Course::default(),
        }
    }
}

/// Deserialises a thing with a short form (a scalar) and a long form (a table).
macro_rules! short_or_long {
    ($type:ty, $table:ty) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let shape = Spanned::<Shape<$table, Never>>::deserialize(deserializer)?;
                match shape.value {
                    Shape::Scalar(value) => Ok(Figure::plain(value, shape.span).into()),
                    Shape::Table(table) => Ok(table.into()),
                    Shape::List(_) => Err(D::Error::custom("expected one figure, found a list")),
                }
            }
        }
    };
}

short_or_long!(Figure, FigureTable);
short_or_long!(Rate, RateTable);
short_or_long!(Limit, LimitTable);
short_or_long!(Period, PeriodTable);
short_or_long!(Point, PointTable);

/// Deserialises one thing or a list of them.
macro_rules! one_or_many {
    ($type:ty, $table:ty) => {
        impl<'de> Deserialize<'de> for Many<$type> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let shape = Spanned::<Shape<$table, $type>>::deserialize(deserializer)?;
                Ok(Self(match shape.value {
                    Shape::Scalar(value) => vec![Figure::plain(value, shape.span).into()],
                    Shape::Table(table) => vec![table.into()],
                    Shape::List(list) => list,
                }))
            }
        }
    };
}

one_or_many!(Figure, FigureTable);
one_or_many!(Rate, RateTable);

impl<'de> Deserialize<'de> for SourceIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Spanned::<Shape<Never, Name>>::deserialize(deserializer)?;
        match shape.value {
            Shape::Scalar(Scalar::Text(id)) => Ok(Self(vec![Spanned::new(id, shape.span)])),
            Shape::List(ids) => Ok(Self(ids)),
            _ => Err(D::Error::custom("expected a source id or a list of source ids")),
        }
    }
}

/// Implements [`JsonSchema`] by name, description and a schema expression.
macro_rules! schema {
    ($type:ty, $name:literal, |$generator:ident| $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema!(Scalar, "Scalar", |_generator| json_schema!({
    "description": "A quantity with its unit in quotes (\"570 kt/yr\"), or a bare number.",
    "type": ["number", "string"],
}));
schema!(SourceIds, "SourceIds", |_generator| json_schema!({
    "description": "One source id, or a list of them; each names a `[source.ID]` table.",
    "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
}));
schema!(Figure, "Figure", |generator| {
    let table = generator.subschema_for::<FigureTable>();
    json_schema!({
        "description": "A quantity such as \"27 USD/t\", or a table that also says where it comes from.",
        "anyOf": [{ "type": ["number", "string"] }, table],
    })
});
schema!(Rate, "Rate", |generator| {
    let table = generator.subschema_for::<RateTable>();
    json_schema!({
        "description": "A quantity such as \"600 kt/yr\" or \"25 kWh/t\", or a table that also says at which outlet it is measured and where it comes from.",
        "anyOf": [{ "type": ["number", "string"] }, table],
    })
});
schema!(Limit, "Limit", |generator| {
    let table = generator.subschema_for::<LimitTable>();
    json_schema!({
        "description": "A quantity such as \"2500 t/yr\", or a table with `min`, `max` or `exactly`.",
        "anyOf": [{ "type": ["number", "string"] }, table],
    })
});
schema!(Period, "Period", |generator| {
    let table = generator.subschema_for::<PeriodTable>();
    json_schema!({
        "description": "The length of a period such as \"1 yr\", or a table that also says when it begins.",
        "anyOf": [{ "type": "string" }, table],
    })
});
schema!(Point, "Point", |generator| {
    let table = generator.subschema_for::<PointTable>();
    json_schema!({
        "description": "A quantity such as \"500 kt/yr\", or a table that also says where it comes from.",
        "anyOf": [{ "type": ["number", "string"] }, table],
    })
});
schema!(Many<Figure>, "Figures", |generator| {
    let table = generator.subschema_for::<FigureTable>();
    let item = generator.subschema_for::<Figure>();
    json_schema!({
        "description": "One figure or a list of figures.",
        "anyOf": [{ "type": ["number", "string"] }, table, { "type": "array", "items": item }],
    })
});
schema!(Many<Rate>, "Rates", |generator| {
    let table = generator.subschema_for::<RateTable>();
    let item = generator.subschema_for::<Rate>();
    json_schema!({
        "description": "One rate or a list of rates.",
        "anyOf": [{ "type": ["number", "string"] }, table, { "type": "array", "items": item }],
    })
});
