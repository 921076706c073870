//! What is decided besides flows: capacity that is built, routes, operators, and the money that they cost over time.
//!
//! Sizes whose cost is no straight line through the origin are written piece by piece: of each piece the size `y` and
//! whether it is taken, `b`, with `from · b ≤ y ≤ to · b` and `Σ b ≤ 1`; the cost is `Σ intercept · b + slope · y`. Where
//! the cost per size grows the pieces follow one another by themselves, and no `b` is needed.

mod money;
mod sizes;
mod stocks;

pub(crate) use sizes::{Shape, shape};

use super::{Decision, Driver, Functionals, Linear, functional::At};
use crate::{
    flowsheet::{
        BuildId, ChoiceId, Flowsheet, Kind, Operation, OperationId, Period, PeriodId, Stockpile,
        Values,
    },
    index::{Id, IdVec},
    lp::RowSense,
};

/// All decisions of planning, in a fixed order.
pub(super) fn list_drivers(
    flowsheet: &Flowsheet,
    values: &IdVec<PeriodId, Values>,
    drivers: &mut IdVec<super::DriverId, Driver>,
) {
    let first = PeriodId::new(0);
    let mut add = |decision, period| {
        drivers.push(Driver { decision, period });
    };
    for (id, build) in flowsheet.builds.iter_ids() {
        for &period in &build.decided {
            match shape(build, &values[period]) {
                Shape::Linear(_) => add(Decision::Addition(id), period),
                Shape::Train(..) => add(Decision::Trains(id), period),
                Shape::Growing(pieces) => {
                    (0..pieces.len()).for_each(|at| add(Decision::Piece(id, at), period));
                }
                Shape::Pieces(pieces, _) => {
                    for at in 0..pieces.len() {
                        add(Decision::Piece(id, at), period);
                        add(Decision::Pick(id, at), period);
                    }
                }
            }
        }
    }
    for choice in &flowsheet.choices {
        let periods: Vec<PeriodId> =
            if choice.per_period { flowsheet.periods.ids().collect() } else { vec![first] };
        for period in periods {
            choice.operations.iter().for_each(|&id| add(Decision::Open(id), period));
        }
    }
    let staffed = flowsheet.operations.iter().any(|it| it.operators.is_some());
    let stands = |it: &Operation| {
        let held = |it: &Stockpile| it.opening.is_some() && it.holding.is_some();
        it.fixed_cost.is_some() || matches!(&it.kind, Kind::Stockpile(stock) if held(stock))
    };
    let standing = staffed || flowsheet.operations.iter().any(stands);
    if standing {
        add(Decision::Standing, first);
    }
    for period in flowsheet.periods.ids() {
        let Some(money) = &flowsheet.money else { continue };
        if staffed && money.whole_operators {
            add(Decision::Operators, period);
        }
        if money.tax.is_some() {
            add(Decision::Taxable, period);
            add(Decision::Loss, period);
        }
    }
}

/// A rule that decisions of planning obey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// What is in a stockpile is what was there, and what came, less what was drawn and lost.
    Stock(OperationId),
    /// What was sold before the first period counts once.
    Past(OperationId),
    /// By contracts no more is sold than there is.
    Contracts(OperationId),
    /// What is paid for and not taken is at least what is missing.
    TakeOrPay(OperationId),
    /// A piece is not larger than its end.
    PieceEnd(BuildId, usize),
    /// A piece is at least as large as its beginning.
    PieceStart(BuildId, usize),
    /// At most one piece is taken; of a closed alternative, none.
    OnePiece(BuildId),
    /// What is built at once has an end; of a closed alternative, nothing is built.
    Largest(BuildId),
    /// One of the alternatives is there.
    Choice(ChoiceId),
    /// What is closed passes nothing.
    Closed(OperationId),
    /// What is there whatever is decided counts once.
    Standing,
    /// There are as many operators as are needed.
    Operators,
    /// What is spent on what is built is within the budget.
    Budget,
    /// What is taxed is what was earned, less depreciation and losses.
    Taxable,
}

/// A rule as a row.
pub(super) struct RuleRow {
    pub(super) rule: Rule,
    pub(super) period: PeriodId,
    pub(super) sense: RowSense,
    pub(super) rhs: f64,
    pub(super) left: Linear,
}

/// What planning needs at hand: the flowsheet, and the values of its figures in all periods.
#[derive(Clone, Copy)]
pub(crate) struct Horizon<'a> {
    pub(crate) flowsheet: &'a Flowsheet,
    pub(crate) values: &'a IdVec<PeriodId, Values>,
}

impl<'a> Horizon<'a> {
    pub(crate) fn at(self, period: PeriodId) -> At<'a> {
        At { flowsheet: self.flowsheet, values: &self.values[period], period }
    }

    pub(super) fn last(self) -> &'a Period {
        let periods = &self.flowsheet.periods;
        &periods[PeriodId::new(periods.len() - 1)]
    }
}
impl Functionals {
    pub(super) fn one(&self, period: PeriodId, decision: Decision, factor: f64) -> Linear {
        let mut linear = Linear::zero();
        if let Some(driver) = self.driver(period, decision) {
            linear.drivers.push((driver, factor));
        }
        linear
    }

    /// All rules that decisions of planning obey.
    pub(super) fn rules(&self, horizon: Horizon<'_>) -> Vec<RuleRow> {
        let mut rows = Vec::new();
        for (id, build) in horizon.flowsheet.builds.iter_ids() {
            for &period in &build.decided {
                self.size_rules(horizon.at(period), id, build, &mut rows);
            }
        }
        self.stock_rules(horizon, &mut rows);
        self.choice_rules(horizon, &mut rows);
        self.budget_rules(horizon, &mut rows);
        let first = PeriodId::new(0);
        let standing = self.one(first, Decision::Standing, 1.0);
        if !standing.is_empty() {
            let (rule, sense) = (Rule::Standing, RowSense::Equal);
            rows.push(RuleRow { rule, period: first, sense, rhs: 1.0, left: standing });
        }
        for period in horizon.flowsheet.periods.ids() {
            let mut left = self.one(period, Decision::Operators, 1.0);
            if !left.is_empty() {
                left.add(-1.0, &self.operators(horizon.at(period)));
                let (rule, sense) = (Rule::Operators, RowSense::AtLeast);
                rows.push(RuleRow { rule, period, sense, rhs: 0.0, left });
            }
            rows.extend(self.tax_rule(horizon, period));
        }
        rows
    }
}

/// The largest value of a decision.
pub(super) const fn upper_bound(decision: Decision) -> f64 {
    match decision {
        Decision::Pick(..) | Decision::Open(_) => 1.0,
        _ => f64::INFINITY,
    }
}

/// Whether a decision takes whole values only.
pub(super) const fn is_whole(decision: Decision) -> bool {
    matches!(
        decision,
        Decision::Pick(..) | Decision::Trains(_) | Decision::Open(_) | Decision::Operators
    )
}
