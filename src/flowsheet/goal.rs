//! Goals and the objective.

use std::borrow::Cow;

use super::{
    FigureId, Measure, MeasureUnit, PeriodId, Provenance, Sense, Term, ratio_text, ratio_unit,
};
use crate::{diagnostic::Span, typed_id};

typed_id! {
    /// A goal of a flowsheet.
    pub struct GoalId
}

/// One bound of a goal.
#[derive(Clone, Debug)]
pub struct GoalBound {
    /// At least or at most.
    pub sense: Sense,
    /// The bound, in the measure's unit.
    pub figure: FigureId,
    /// Who claims it, or why it is assumed; [`Provenance::Wanted`] if neither is said. The figure itself is no datum.
    pub claimed: Provenance,
}

/// A measure, or a ratio of two, against bounds.
#[derive(Clone, Debug)]
pub struct Goal {
    /// Its name.
    pub name: String,
    /// What is wanted, in words.
    pub title: Option<String>,
    /// The measure, or the numerator of the ratio.
    pub of: Measure,
    /// The denominator of the ratio.
    pub to: Option<Measure>,
    /// The bounds, one or two.
    pub bounds: Vec<GoalBound>,
    /// The first and the last period in which it is to hold.
    pub periods: (PeriodId, PeriodId),
    /// Whether the solver must meet it.
    pub enforced: bool,
    /// Where it says so.
    pub enforced_at: Span,
    /// Where it was written.
    pub span: Span,
}

impl Goal {
    /// Whether it is to hold in a period.
    #[must_use]
    pub fn holds_in(&self, period: PeriodId) -> bool {
        self.periods.0 <= period && period <= self.periods.1
    }
}

/// A ratio of two measures that is optimised.
#[derive(Clone, Debug)]
pub struct Ratio {
    /// The numerator.
    pub of: Measure,
    /// The denominator.
    pub to: Measure,
    /// Where the denominator was written, or the name of the goal that it is of.
    pub span: Span,
}

/// What is optimised.
#[derive(Clone, Debug)]
pub enum Objective {
    /// Revenue less all costs, at its greatest.
    Profit,
    /// A measure at its greatest.
    Maximise(Measure),
    /// A measure at its least.
    Minimise(Measure),
    /// A ratio at its greatest.
    MaximiseRatio(Ratio),
    /// A ratio at its least.
    MinimiseRatio(Ratio),
}

impl Objective {
    /// +1 if the objective is maximised, −1 if it is minimised.
    #[must_use]
    pub const fn sign(&self) -> f64 {
        match self {
            Self::Profit | Self::Maximise(_) | Self::MaximiseRatio(_) => 1.0,
            Self::Minimise(_) | Self::MinimiseRatio(_) => -1.0,
        }
    }

    /// The ratio, if it is one.
    #[must_use]
    pub const fn ratio(&self) -> Option<&Ratio> {
        match self {
            Self::MaximiseRatio(ratio) | Self::MinimiseRatio(ratio) => Some(ratio),
            Self::Profit | Self::Maximise(_) | Self::Minimise(_) => None,
        }
    }

    /// The measure, or the numerator of the ratio.
    #[must_use]
    pub fn of(&self) -> Cow<'_, Measure> {
        match self {
            Self::Profit => Cow::Owned(Measure {
                text: "profit()".to_owned(),
                terms: vec![(1.0, Term::Profit)],
                unit: MeasureUnit::MoneyRate,
            }),
            Self::Maximise(measure) | Self::Minimise(measure) => Cow::Borrowed(measure),
            Self::MaximiseRatio(ratio) | Self::MinimiseRatio(ratio) => Cow::Borrowed(&ratio.of),
        }
    }

    /// The denominator of the ratio, if it is one.
    #[must_use]
    pub fn to(&self) -> Option<&Measure> {
        self.ratio().map(|ratio| &ratio.to)
    }

    /// `profit`, or the measure or ratio as it was written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Profit => "profit".to_owned(),
            _ => ratio_text(&self.of(), self.to()),
        }
    }

    /// The unit for people, with the flowsheet's currency; empty for a ratio of like things.
    #[must_use]
    pub fn unit(&self, currency: &str) -> String {
        ratio_unit(&self.of(), self.to(), currency)
    }

    /// Whether it is money per year.
    #[must_use]
    pub fn is_money(&self) -> bool {
        self.ratio().is_none() && self.of().unit == MeasureUnit::MoneyRate
    }
}
