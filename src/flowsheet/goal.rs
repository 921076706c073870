//! Goals and the objective.

use super::{FigureId, Measure, Sense};
use crate::{diagnostic::Span, typed_id};

typed_id! {
    /// A goal of a flowsheet.
    pub struct GoalId
}

/// One bound of a goal.
#[derive(Clone, Copy, Debug)]
pub struct GoalBound {
    /// At least or at most.
    pub sense: Sense,
    /// The bound, in the measure's unit.
    pub figure: FigureId,
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
    /// Whether the solver must meet it.
    pub enforced: bool,
    /// Where it says so.
    pub enforced_at: Span,
    /// Where it was written.
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
}

impl Objective {
    /// +1 if the objective is maximised, −1 if it is minimised.
    #[must_use]
    pub const fn sign(&self) -> f64 {
        match self {
            Self::Profit | Self::Maximise(_) => 1.0,
            Self::Minimise(_) => -1.0,
        }
    }
}
