//! What is decided over the years: periods, figures that change over them, what is built, routes, how money counts.

use super::{FigureId, LimitId, OperationId, PeriodId, Values};
use crate::{diagnostic::Span, finance, typed_id, years::Years};

typed_id! {
    /// Capacity of an operation that may be built.
    pub struct BuildId
}
typed_id! {
    /// Alternatives of which one is taken.
    pub struct ChoiceId
}

/// A stretch of time over which all flows are constant.
#[derive(Clone, Debug)]
pub struct Period {
    /// Its name in reports.
    pub name: String,
    /// When it begins, as a calendar year; 0 in the static model.
    pub from: f64,
    /// Its length, yr, > 0.
    pub years: f64,
    /// Where it was written.
    pub span: Span,
}

impl Period {
    /// When it ends, as a calendar year.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.from + self.years
    }

    /// The stretch of time.
    #[must_use]
    pub const fn time(&self) -> Years {
        Years { from: self.from, length: self.years }
    }
}

/// How a figure changes over the periods.
#[derive(Clone, Debug)]
pub struct Series {
    /// The figure.
    pub figure: FigureId,
    /// Other values, each from its period on until the next, in the order of the periods.
    pub points: Vec<(PeriodId, FigureId)>,
    /// Growth per calendar year, from the year of the value that holds.
    pub growth: Option<FigureId>,
}

/// What capacity costs.
#[derive(Clone, Debug)]
pub enum BuildCost {
    /// The same for all sizes, money per t/yr.
    Linear(FigureId),
    /// By the cost of a plant of known size: cost · (capacity ÷ its capacity) ^ exponent.
    Scale {
        /// Its capacity, t/yr.
        capacity: FigureId,
        /// Its cost, money.
        cost: FigureId,
        /// The exponent, 0–1.
        exponent: FigureId,
        /// Largest relative error of the pieces, 0–1; 1 % if not said.
        error: Option<FigureId>,
    },
    /// Some sizes, t/yr, and what they cost, money.
    Curve(Vec<(FigureId, FigureId)>),
    /// Units of one size.
    Train {
        /// Capacity of one, t/yr.
        capacity: FigureId,
        /// Cost of one, money.
        cost: FigureId,
        /// The most that may be built at once.
        max: Option<f64>,
    },
}

/// Capacity of an operation that may be built.
#[derive(Clone, Debug)]
pub struct Build {
    /// The operation.
    pub operation: OperationId,
    /// The capacity that it adds to.
    pub limit: LimitId,
    /// What it costs.
    pub cost: BuildCost,
    /// The least that is built at once, t/yr.
    pub min: Option<FigureId>,
    /// The most that is built at once, t/yr.
    pub max: Option<FigureId>,
    /// The periods in which it may be decided.
    pub decided: Vec<PeriodId>,
    /// Time until it is there, yr.
    pub lead: Option<FigureId>,
    /// Time for which it is there, yr.
    pub life: Option<FigureId>,
    /// Shares at hand in the first, the second year and so on.
    pub ramp: Vec<FigureId>,
    /// Whether it matters if it is there or not, because something is paid while it is.
    pub counted: bool,
    /// Where it was written.
    pub span: Span,
}

/// Operations of which just one is there.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What is chosen, in words.
    pub title: Option<String>,
    /// The operations.
    pub operations: Vec<OperationId>,
    /// Whether it is made for each period.
    pub per_period: bool,
    /// Whether none of them may be chosen, too.
    pub optional: bool,
    /// Where it was written.
    pub span: Span,
}

/// How money counts over time; all shares are per year.
#[derive(Clone, Debug, Default)]
pub struct Money {
    /// Discount rate.
    pub discount: Option<FigureId>,
    /// The year to which money is discounted, and in whose money figures are.
    pub base_year: f64,
    /// Growth of prices and costs.
    pub escalation: Option<FigureId>,
    /// Growth of the cost of what is built.
    pub capital_escalation: Option<FigureId>,
    /// Installed plant per equipment.
    pub installation: Option<FigureId>,
    /// The owner's cost, a share of the cost of the plant.
    pub owner_cost: Option<FigureId>,
    /// Shares spent in the year of the decision, the next, and so on.
    pub spending: Vec<FigureId>,
    /// The most that may be spent on what is built, money per year.
    pub budget: Option<FigureId>,
    /// Cost of an operator, money per year.
    pub wage: Option<FigureId>,
    /// Whether operators are a whole number.
    pub whole_operators: bool,
    /// Overhead on labour.
    pub on_labour: Option<FigureId>,
    /// Overhead on the cost of the plant, per year.
    pub on_plant: Option<FigureId>,
    /// Overhead on the revenue.
    pub on_revenue: Option<FigureId>,
    /// Overhead on all operating costs and the other overheads.
    pub on_operating: Option<FigureId>,
    /// Royalty on the revenue.
    pub royalty: Option<FigureId>,
    /// Tax on earnings after depreciation.
    pub tax: Option<FigureId>,
    /// Time of depreciation, yr.
    pub depreciation: Option<FigureId>,
    /// Closure, a share of the cost of what was built.
    pub closure: Option<FigureId>,
}

/// A figure's value, or what holds if it was not written.
fn or(values: &Values, figure: Option<FigureId>, otherwise: f64) -> f64 {
    figure.map_or(otherwise, |id| values[id])
}

impl Money {
    /// Discount rate per year; 0 if not said.
    #[must_use]
    pub fn rate(&self, values: &Values) -> f64 {
        or(values, self.discount, 0.0)
    }

    /// Present worth of one unit of money per year, at the prices of the base year, that flows through a period.
    #[must_use]
    pub fn weight(&self, values: &Values, period: &Period) -> f64 {
        let growth = or(values, self.escalation, 0.0);
        finance::present_worth(period.time(), self.base_year, growth, self.rate(values))
    }

    /// Nominal money per unit at the prices of the base year, mean over a period.
    #[must_use]
    pub fn escalated(&self, values: &Values, period: &Period) -> f64 {
        let growth = or(values, self.escalation, 0.0);
        finance::escalation_mean(period.time(), self.base_year, growth)
    }

    /// Present worth of one unit of nominal money that is spread evenly over a period.
    #[must_use]
    pub fn discounted(&self, values: &Values, period: &Period) -> f64 {
        let time = period.time();
        finance::present_worth(time, self.base_year, 0.0, self.rate(values)) / period.years
    }

    /// The cost of a plant, and of all that its owner pays, per cost of its equipment.
    #[must_use]
    pub fn plant_and_total(&self, values: &Values) -> (f64, f64) {
        let plant = or(values, self.installation, 1.0);
        (plant, plant * (1.0 + or(values, self.owner_cost, 0.0)))
    }

    /// What is spent, per cost of what is decided in a period: calendar year, share at the prices of the base year, and
    /// the same as nominal money.
    #[must_use]
    pub fn spending_of(&self, values: &Values, period: &Period) -> Vec<(f64, f64, f64)> {
        let growth = or(values, self.capital_escalation, 0.0);
        let year = period.from.floor();
        let shares: Vec<f64> = if self.spending.is_empty() {
            vec![1.0]
        } else {
            self.spending.iter().map(|&id| values[id]).collect()
        };
        let spent = shares.into_iter().enumerate().map(|(at, share)| {
            let year = year + at as f64;
            (year, share, share * (1.0 + growth).powf(year - self.base_year))
        });
        spent.collect()
    }

    /// Cost of closure per cost of what was built: the calendar year, and nominal money.
    #[must_use]
    pub fn closing(&self, values: &Values, end: f64) -> Option<(f64, f64)> {
        let growth = or(values, self.capital_escalation, 0.0);
        let year = end.floor();
        Some((year, values[self.closure?] * (1.0 + growth).powf(year - self.base_year)))
    }

    /// Present worth of closure, per cost of what was built; 0 if it costs nothing.
    #[must_use]
    pub fn closing_weight(&self, values: &Values, end: f64) -> f64 {
        let rate = self.rate(values);
        self.closing(values, end).map_or(0.0, |(year, cost)| {
            cost * finance::discount_factor(rate, year - self.base_year)
        })
    }

    /// Present worth of what is spent, per cost of what is decided in a period.
    #[must_use]
    pub fn capital_weight(&self, values: &Values, period: &Period) -> f64 {
        let rate = self.rate(values);
        let spent = self.spending_of(values, period).into_iter();
        spent
            .map(|(year, _, nominal)| {
                nominal * finance::discount_factor(rate, year - self.base_year)
            })
            .sum()
    }
}

impl Build {
    /// Whether there is a largest size.
    #[must_use]
    pub const fn has_end(&self) -> bool {
        match self.cost {
            BuildCost::Linear(_) => self.max.is_some(),
            BuildCost::Train { max, .. } => max.is_some(),
            BuildCost::Scale { .. } | BuildCost::Curve(_) => true,
        }
    }

    /// Share of what is decided in one period that is at hand in another: of what is there from its beginning to its end,
    /// as the ramp lets it, mean over it. Flows are the same throughout a period, so that what comes or goes within one
    /// counts for nothing in it.
    #[must_use]
    pub fn at_hand(&self, values: &Values, decided: &Period, period: &Period) -> f64 {
        if self.mean(values, decided, period, false) < 1.0 {
            return 0.0;
        }
        self.mean(values, decided, period, true)
    }

    /// Share of a period in which what is decided in another one stands, however much of it is at hand.
    #[must_use]
    pub fn stands(&self, values: &Values, decided: &Period, period: &Period) -> f64 {
        self.mean(values, decided, period, false)
    }

    fn mean(&self, values: &Values, decided: &Period, period: &Period, ramped: bool) -> f64 {
        let start = decided.from + or(values, self.lead, 0.0);
        let end = start + or(values, self.life, f64::INFINITY);
        let overlap = |from: f64, to: f64| {
            let (from, to) = (from.max(period.from), to.min(period.end()).min(end));
            (to - from).max(0.0)
        };
        if !ramped || self.ramp.is_empty() {
            return clean(overlap(start, end) / period.years);
        }
        let mut from = start;
        let mut sum = 0.0;
        for &share in &self.ramp {
            sum += values[share] * overlap(from, from + 1.0);
            from += 1.0;
        }
        clean((sum + overlap(from, end)) / period.years)
    }
}

/// A share that rounding has taken just below 1 or above 0 is one of them.
fn clean(share: f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    if share < ROUNDING {
        0.0
    } else if (share - 1.0).abs() < ROUNDING {
        1.0
    } else {
        share
    }
}

impl Series {
    /// The value in a period: the last that was named up to then, grown since; a mean over its calendar years.
    #[must_use]
    pub fn value(
        &self,
        values: &Values,
        periods: &crate::index::IdVec<PeriodId, Period>,
        period: PeriodId,
    ) -> f64 {
        let named = self.points.iter().rev().find(|(from, _)| *from <= period);
        let year = |id: PeriodId| periods[id].from.floor();
        let first = periods.ids().next().unwrap_or(period);
        let (value, since) = match named {
            Some(&(from, figure)) => (values[figure], year(from)),
            None => (values[self.figure], year(first)),
        };
        match self.growth {
            Some(growth) => {
                value * finance::escalation_mean(periods[period].time(), since, values[growth])
            }
            None => value,
        }
    }
}
