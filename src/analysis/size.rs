//! Sizing: the cheapest or smallest capacities that reach given targets, operation by operation.
//!
//! All capacities are open; supplies, demands and specifications stay. Where every capacity has a cost, the capital of what
//! is added is least, then the supply of primary feeds, then the sizes; else the supply is first. Each comes on the optimal
//! face of those before ([`Face`]), so that nothing is lost to a tolerance, and the last plan is proven by the duals of the
//! first program. What a size follows from is read off the last basis: `∂size/∂rhs` of every row.

mod explain;
mod outcome;
mod plant;
mod prepare;
mod reasons;

pub use outcome::{
    FeedNeed, Least, Reason, SizedBy, SizedOperation, Sizing, SizingProof, TargetOutcome,
};

use super::{accept, context::Context};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    document::Name,
    flowsheet::{Flowsheet, PeriodId, Values},
    index::Id,
    lp::{self, Face, Options},
    model::{Form, Linear, Model, Solution},
};
use explain::explain;
use plant::Plant;
use prepare::{Item, Open, open};

/// Below this share of what is there or needed an addition is rounding.
const ROUNDING: f64 = 1e-9;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What is to be reached: `magnets >= 2500 t/yr`; all goals that are enforced if empty.
    pub targets: Vec<Name>,
    /// Operations, or paths of figures, whose limits are set free, too; `all` for every supply, demand and the like.
    pub free: Vec<String>,
    /// Operations, or paths of figures, whose capacity stays a limit.
    pub keep: Vec<String>,
    /// Whether everything is counted from nothing, not from what is there.
    pub greenfield: bool,
}

/// Finds the capacities that reach the targets.
///
/// # Errors
/// Findings: targets and names that cannot be read, several periods, targets that no plant reaches.
pub fn size(
    flowsheet: &Flowsheet,
    options: &Options,
    request: &Request,
) -> Result<Sizing, Diagnostics> {
    let open = open(flowsheet, request)?;
    let values = open.flowsheet.values();
    let mut model = Model::assemble(&open.flowsheet, &values)?;
    let first = PeriodId::new(0);
    if open.is_priced() {
        let horizon = model.horizon(&open.flowsheet);
        let capital = model.functionals().capital(horizon, first);
        model.minimise(&capital);
    }
    let mut solution = match model.solve(&open.flowsheet, options, Form::Condensed) {
        Ok(solution) => solution,
        Err(failure) => return Err(explain(flowsheet, &open, &values, &model, options, &failure)),
    };
    let last = settle(&open, &values, &model, &mut solution, options)?;
    let context = Context::new(&open.flowsheet, &values, &model, &solution);
    let (_, closure) = accept(&context)?;
    let plant = Plant { original: flowsheet, open: &open, context: &context, last: &last, request };
    Ok(plant.tell(closure))
}

/// Goes on to the least supply, and to the least sizes, among the plans that are as good; the last program's solution.
fn settle(
    open: &Open,
    values: &Values,
    model: &Model,
    solution: &mut Solution,
    options: &Options,
) -> Result<lp::Solution, Diagnostics> {
    let unproven = |what: &str| -> Diagnostics {
        let message = format!("the sizes could not be settled: {what}");
        Diagnostic::new(Code::NotProven, message).help("try another `--solver`").into()
    };
    let failed = |failure: lp::Failure| match failure {
        lp::Failure::TimeLimit => unproven("the time limit passed"),
        _ => unproven("the solver failed"),
    };
    let mut last = solution.raw.clone();
    let mut face = Face::new(model.condensed(), &last);
    if open.is_priced() {
        let context = Context::new(&open.flowsheet, values, model, solution);
        let supply = context.functionals().measure(context.at(), &open.flowsheet.objective.of());
        let found = face.ok_or_else(|| unproven("there is no basis"))?;
        (last, face) = found.narrow(&model.reduce(&supply), options).map_err(failed)?;
    }
    let primal = &last.primal;
    let at = |factors: &[f64]| -> f64 { factors.iter().zip(primal).map(|(a, b)| a * b).sum() };
    let context = Context::new(&open.flowsheet, values, model, solution);
    let sizes: Vec<Vec<f64>> = open
        .items
        .iter()
        .flat_map(|item| [needed(&context, item), added(&context, item)])
        .map(|functional| model.reduce(&functional))
        .collect();
    let values_now: Vec<f64> = sizes.iter().map(|factors| at(factors)).collect();
    let largest = values_now.iter().copied().fold(0.0, f64::max);
    let used = values_now.iter().copied().filter(|&size| size > ROUNDING * largest);
    // What was not used counts as much as the smallest thing that was.
    let smallest = used.fold(f64::INFINITY, f64::min);
    let mut sum = vec![0.0; model.drivers().len()];
    for (factors, &size) in sizes.iter().zip(&values_now) {
        let share = if size > ROUNDING * largest { size } else { smallest };
        if share.is_finite() {
            for (total, factor) in sum.iter_mut().zip(factors) {
                *total += factor / share;
            }
        }
    }
    let found = face.ok_or_else(|| unproven("there is no basis"))?;
    let (last, _) = found.narrow(&sum, options).map_err(failed)?;
    if model.move_to(solution, last.primal.clone()) {
        Ok(last)
    } else {
        Err(unproven("the last plan does not prove as good as the first"))
    }
}

/// What passes, divided by the share of the year in which it can, t/yr.
fn needed(context: &Context<'_>, item: &Item) -> Linear {
    let flow = context.functionals().flow(context.at(), item.port, &item.content);
    let available = item.availability.map_or(1.0, |figure| context.values[figure]);
    Linear::sum(&[(1.0 / available, flow)])
}

/// What is decided to be built, t/yr; nothing if the cost is not what is least.
fn added(context: &Context<'_>, item: &Item) -> Linear {
    item.id.map_or_else(Linear::zero, |id| {
        context.functionals().added(context.at(), id, context.period)
    })
}
