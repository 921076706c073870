//! The tables of uncertainty sweeps: what varies, how, and what varies together.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};

use super::{
    super::figure::{Never, Scalar, Shape},
    Confidence, Name, Named, Provenance, SourceIds, Spanned,
};
use crate::diagnostic::Span;

/// The values of a distribution, as they were written.
pub type SweepValues = Spanned<Vec<Spanned<Scalar>>>;

/// `[sweep.NAME]`: a study of what is uncertain. The flowsheet is solved for many samples of its inputs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SweepTable {
    /// What is studied, in words.
    #[serde(default)]
    pub title: Option<String>,
    /// How samples are drawn; if not said, `"grid"` where all inputs are lists, else `"latin-hypercube"`.
    #[serde(default)]
    pub method: Option<Spanned<SweepMethod>>,
    /// Number of samples, at least 1; `"indices"` takes fewer where it must: one per input and two more for a row, and a power of two of
    /// rows. A grid has as many as it has points.
    #[serde(default)]
    pub samples: Option<Spanned<u64>>,
    /// What varies: the path of a figure, or any name together with `of`.
    pub input: Named<SweepInput>,
    /// Inputs that vary together.
    #[serde(default)]
    pub correlation: Vec<CorrelationTable>,
    /// Source ids of all distributions of this table that name none.
    #[serde(default)]
    pub source: SourceIds,
    /// Why all distributions of this table are assumed that say nothing else.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// How samples are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SweepMethod {
    /// All combinations of the values of lists and grids.
    Grid,
    /// Independent random numbers.
    Random,
    /// Random numbers of which each input has just one in each of as many equal parts as there are samples.
    LatinHypercube,
    /// Points that fill the space evenly: a scrambled Sobol' sequence.
    Sobol,
    /// Samples from which the share of each input in the variance follows: Sobol' indices.
    Indices,
}

/// What varies, and how.
#[derive(Clone, Debug)]
pub enum SweepInput {
    /// `"range"`: every value of the figure's own `range` is as likely.
    Range(Span),
    /// A distribution.
    Table(Box<Spanned<SweepInputTable>>),
}

impl<'de> Deserialize<'de> for SweepInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Spanned::<Shape<SweepInputTable, Never>>::deserialize(deserializer)?;
        match shape.value {
            Shape::Scalar(Scalar::Text(word)) if word == "range" => Ok(Self::Range(shape.span)),
            Shape::Table(table) => Ok(Self::Table(Box::new(Spanned::new(table, shape.span)))),
            _ => Err(D::Error::custom("expected `\"range\"` or a distribution")),
        }
    }
}

impl JsonSchema for SweepInput {
    fn schema_name() -> Cow<'static, str> {
        "SweepInput".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<SweepInputTable>();
        json_schema!({
            "description": "`\"range\"`, the figure's own `range`, or a table with a distribution: `{ uniform = [\"10 USD/t\", \"45 USD/t\"] }`.",
            "anyOf": [{ "type": "string", "enum": ["range"] }, table],
        })
    }
}

/// The distribution of an input; just one of `uniform`, `triangular`, `normal`, `lognormal`, `list` and `grid`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SweepInputTable {
    /// The paths of the figures that take the value, if it is not the key that names the one figure.
    #[serde(default)]
    pub of: Vec<Name>,
    /// Whether the value is a factor on each figure's own value; it is the value itself if not said.
    #[serde(default)]
    pub relative: Option<Spanned<bool>>,
    /// Every value between two is as likely: least and greatest.
    #[serde(default)]
    #[schemars(length(equal = 2))]
    pub uniform: Option<SweepValues>,
    /// Least, likeliest and greatest value.
    #[serde(default)]
    #[schemars(length(equal = 3))]
    pub triangular: Option<SweepValues>,
    /// Mean and standard deviation.
    #[serde(default)]
    #[schemars(length(equal = 2))]
    pub normal: Option<SweepValues>,
    /// Median and geometric standard deviation, the latter a number above 1.
    #[serde(default)]
    #[schemars(length(equal = 2))]
    pub lognormal: Option<SweepValues>,
    /// These values, each as likely.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub list: Option<SweepValues>,
    /// The first and the last of `points` values in equal steps, each as likely.
    #[serde(default)]
    #[schemars(length(equal = 2))]
    pub grid: Option<SweepValues>,
    /// Number of values of `grid`, 2 to 1,000,000.
    #[serde(default)]
    pub points: Option<Spanned<u64>>,
    /// Source ids.
    #[serde(default)]
    pub source: SourceIds,
    /// Why the distribution is assumed.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Anything worth saying about the distribution.
    #[serde(default)]
    pub note: Option<String>,
}

/// Inputs that vary together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CorrelationTable {
    /// Two inputs, by their keys.
    #[schemars(length(equal = 2))]
    pub of: Spanned<Vec<Name>>,
    /// Their rank correlation (Spearman's), above -1 and below 1.
    pub rank: Spanned<f64>,
    /// Source ids.
    #[serde(default)]
    pub source: SourceIds,
    /// Why the correlation is assumed.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Anything worth saying about the correlation.
    #[serde(default)]
    pub note: Option<String>,
}

impl SweepInputTable {
    /// The distributions that are written, with the keys that say which they are; there should be one.
    #[must_use]
    pub fn distributions(&self) -> Vec<(&'static str, &SweepValues)> {
        let all = [
            ("uniform", &self.uniform),
            ("triangular", &self.triangular),
            ("normal", &self.normal),
            ("lognormal", &self.lognormal),
            ("list", &self.list),
            ("grid", &self.grid),
        ];
        all.into_iter().filter_map(|(key, values)| Some((key, values.as_ref()?))).collect()
    }

    /// What it says of where it comes from.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        Provenance::said(&self.source, self.assumed.as_ref(), self.confidence)
    }
}
