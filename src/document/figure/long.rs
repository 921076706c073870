//! The long forms of figures, rates and limits: tables that say more than the number.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    super::{Name, Named, Spanned},
    Confidence, Course, Figure, Limit, Period, Point, Provenance, Range, Rate, Scalar, SourceIds,
};

/// The long form of a figure.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "FigureTable")]
pub(super) struct FigureTable {
    /// The number with its unit.
    value: Spanned<Scalar>,
    /// The least and the greatest value that it may have: `["10 USD/t", "45 USD/t"]`.
    #[serde(default)]
    #[schemars(length(equal = 2))]
    range: Option<Range>,
    /// Other values from a period on, until the next one that is named: `{ 2028 = "500 kt/yr" }`.
    #[serde(default)]
    by_period: Named<Point>,
    /// Growth per calendar year, from the value's own year on: `"3 %"`.
    #[serde(default)]
    growth: Option<Point>,
    /// Source ids.
    #[serde(default)]
    source: SourceIds,
    /// Why the figure is assumed.
    #[serde(default)]
    assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    confidence: Option<Confidence>,
    /// Anything worth saying about the figure.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the file")]
    note: Option<String>,
}

/// The long form of a rate.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "RateTable")]
pub(super) struct RateTable {
    /// The number with its unit.
    value: Spanned<Scalar>,
    /// The least and the greatest value that it may have: `["10 USD/t", "45 USD/t"]`.
    #[serde(default)]
    #[schemars(length(equal = 2))]
    range: Option<Range>,
    /// Other values from a period on, until the next one that is named: `{ 2028 = "500 kt/yr" }`.
    #[serde(default)]
    by_period: Named<Point>,
    /// Growth per calendar year, from the value's own year on: `"3 %"`.
    #[serde(default)]
    growth: Option<Point>,
    /// The outlet at which throughput is measured; the whole inlet if not said.
    #[serde(default)]
    of: Option<Name>,
    /// Source ids.
    #[serde(default)]
    source: SourceIds,
    /// Why the figure is assumed.
    #[serde(default)]
    assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    confidence: Option<Confidence>,
    /// Anything worth saying about the figure.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the file")]
    note: Option<String>,
}

/// The long form of a limit.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "LimitTable")]
pub(super) struct LimitTable {
    /// A single figure, as if it were written alone.
    #[serde(default)]
    value: Option<Spanned<Scalar>>,
    /// The least and the greatest value that the single figure may have: `["10 USD/t", "45 USD/t"]`.
    #[serde(default)]
    #[schemars(length(equal = 2))]
    range: Option<Range>,
    /// Other values from a period on, until the next one that is named: `{ 2028 = "500 kt/yr" }`.
    #[serde(default)]
    by_period: Named<Point>,
    /// Growth per calendar year, from the value's own year on: `"3 %"`.
    #[serde(default)]
    growth: Option<Point>,
    /// At least this.
    #[serde(default)]
    min: Option<Figure>,
    /// At most this.
    #[serde(default)]
    max: Option<Figure>,
    /// Exactly this.
    #[serde(default)]
    exactly: Option<Figure>,
    /// Source ids, for all figures of the table.
    #[serde(default)]
    source: SourceIds,
    /// Why the figures are assumed.
    #[serde(default)]
    assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    confidence: Option<Confidence>,
    /// Anything worth saying about the figures.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the file")]
    note: Option<String>,
}

/// The long form of a figure within another one.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "PointTable")]
pub(super) struct PointTable {
    /// The number with its unit.
    value: Spanned<Scalar>,
    /// Source ids.
    #[serde(default)]
    source: SourceIds,
    /// Why the figure is assumed.
    #[serde(default)]
    assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    confidence: Option<Confidence>,
    /// Anything worth saying about the figure.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the file")]
    note: Option<String>,
}

impl From<PointTable> for Point {
    fn from(table: PointTable) -> Self {
        let PointTable { value, source, assumed, confidence, note: _ } = table;
        let provenance = Provenance { source: source.0, assumed, confidence };
        Self { value: value.value, span: value.span, provenance }
    }
}

impl From<Figure> for Point {
    fn from(figure: Figure) -> Self {
        Self { value: figure.value, span: figure.span, provenance: figure.provenance }
    }
}

/// The long form of a period.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "PeriodTable")]
pub(super) struct PeriodTable {
    /// Its length: `"1 yr"`.
    length: Figure,
    /// The calendar year in which it begins; by default that of its name, or the end of the period before.
    #[serde(default)]
    from: Option<Spanned<f64>>,
}

impl From<PeriodTable> for Period {
    fn from(table: PeriodTable) -> Self {
        Self { length: table.length, from: table.from }
    }
}

impl From<Figure> for Period {
    fn from(length: Figure) -> Self {
        Self { length, from: None }
    }
}

impl From<FigureTable> for Figure {
    fn from(table: FigureTable) -> Self {
        let FigureTable { value, range, by_period, growth, source, assumed, confidence, note: _ } =
            table;
        let provenance = Provenance { source: source.0, assumed, confidence };
        let course = Course { by_period, growth };
        Self { value: value.value, span: value.span, provenance, range, course }
    }
}

impl From<Figure> for Rate {
    fn from(figure: Figure) -> Self {
        Self { figure, of: None }
    }
}

impl From<RateTable> for Rate {
    fn from(table: RateTable) -> Self {
        let RateTable { value, range, by_period, growth, of, source, assumed, confidence, note: _ } =
            table;
        let provenance = Provenance { source: source.0, assumed, confidence };
        let course = Course { by_period, growth };
        let figure = Figure { value: value.value, span: value.span, provenance, range, course };
        Self { figure, of }
    }
}

impl From<Figure> for Limit {
    fn from(figure: Figure) -> Self {
        Self { value: Some(figure), ..Self::default() }
    }
}

impl From<LimitTable> for Limit {
    fn from(table: LimitTable) -> Self {
        let LimitTable {
            value,
            range,
            by_period,
            growth,
            min,
            max,
            exactly,
            source,
            assumed,
            confidence,
            note: _,
        } = table;
        let common = Provenance { source: source.0, assumed, confidence };
        let inherit = |figure: Figure| {
            let own = !figure.provenance.is_empty();
            let provenance = if own { figure.provenance } else { common.clone() };
            Figure { provenance, ..figure }
        };
        let plain = |value: Spanned<Scalar>| Figure::plain(value.value, value.span);
        let course = Course { by_period, growth };
        let value = value.map(|value| Figure { range, course, ..plain(value) });
        Self {
            value: value.map(inherit),
            min: min.map(inherit),
            max: max.map(inherit),
            exactly: exactly.map(inherit),
        }
    }
}
