//! Measures: linear expressions in the flows, as goals and objectives name them.
//!
//! `flow(magnets)`, `flow(leach, REO)`, `inlet(roast)`, `contracted(magnets)`, `value(final-products)`, `cost(primary-feed)`,
//! `in-situ(primary-feed)`, `consumption(electricity)`, `emission()`, `profit()`; sums, differences, number multiples
//! and parentheses of these.

use super::{ConsumableId, Content, OperationId, Port, StreamId};
use crate::measure::Dimension;

/// Whose value is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueOf {
    /// A product's revenue.
    Product(OperationId),
    /// A stream at its market price.
    Stream(StreamId),
}

/// Whose cost is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostOf {
    /// What a feed costs at the gate.
    Feed(OperationId),
    /// What an operation costs: operating cost, consumables, reagents, ingredients, disposal.
    Operation(OperationId),
}

/// One term of a measure.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// Flow of a content at a port, t/yr.
    Flow(Port, Content),
    /// Market value, money per year.
    Value(ValueOf),
    /// Cost, money per year.
    Cost(CostOf),
    /// A feed's contained species at market prices, all paid, money per year.
    InSitu(OperationId),
    /// Consumption, units per year.
    Consumption(ConsumableId),
    /// Emission of the whole flowsheet, t CO2 equivalent per year.
    Emission,
    /// Revenue less all costs, money per year.
    Profit,
}

/// A linear expression in the flows.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// As it was written.
    pub text: String,
    /// Factors and terms.
    pub terms: Vec<(f64, Term)>,
    /// The unit of the value: `t/yr`, money per year (empty currency) …
    pub unit: MeasureUnit,
}

/// What a measure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureUnit {
    /// t/yr.
    MassRate,
    /// Money per year.
    MoneyRate,
    /// kWh/yr.
    EnergyRate,
    /// m³/yr.
    VolumeRate,
}

/// A measure, or a ratio of two, as it is written in reports.
#[must_use]
pub fn ratio_text(of: &Measure, to: Option<&Measure>) -> String {
    // A sum in parentheses, so that it stays one in a ratio.
    let bracketed = |text: &str| {
        let sum = text.contains(['+', '-']) && text.contains(' ');
        if sum && !is_bracketed(text) { format!("({text})") } else { text.to_owned() }
    };
    to.map_or_else(
        || of.text.clone(),
        |to| format!("{} ÷ {}", bracketed(&of.text), bracketed(&to.text)),
    )
}

/// Whether the first parenthesis closes at the end.
fn is_bracketed(text: &str) -> bool {
    let mut depth = 0_usize;
    let closes = text.char_indices().find(|&(_, sign)| {
        match sign {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    closes.is_some_and(|(at, _)| at > 0 && at + 1 == text.len())
}

/// The unit of a measure, or of a ratio of two: empty for a ratio of like things.
#[must_use]
pub fn ratio_unit(of: &Measure, to: Option<&Measure>, currency: &str) -> String {
    let unit = of.unit.text(currency);
    match to {
        None => unit,
        Some(to) if to.unit == of.unit => String::new(),
        Some(to) => {
            let strip = |text: &str| text.trim_end_matches("/yr").to_owned();
            format!("{}/{}", strip(&unit), strip(&to.unit.text(currency)))
        }
    }
}

/// The dimension of a goal's value: of a measure, or of a ratio of two.
#[must_use]
pub fn goal_dimension(of: &Measure, to: Option<&Measure>) -> Dimension {
    let of = of.unit.dimension();
    to.map_or(of, |to| of.times(to.unit.dimension(), -1).unwrap_or(Dimension::FRACTION))
}

impl MeasureUnit {
    /// What kind of quantity it is.
    #[must_use]
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::MassRate => Dimension::MASS_RATE,
            Self::MoneyRate => Dimension::MONEY_RATE,
            Self::EnergyRate => Dimension::ENERGY_RATE,
            Self::VolumeRate => Dimension::VOLUME_RATE,
        }
    }

    /// The unit for people, with the flowsheet's currency.
    #[must_use]
    pub fn text(self, currency: &str) -> String {
        match self {
            Self::MassRate => "t/yr".to_owned(),
            Self::MoneyRate => format!("{currency}/yr"),
            Self::EnergyRate => "kWh/yr".to_owned(),
            Self::VolumeRate => "m3/yr".to_owned(),
        }
    }
}
