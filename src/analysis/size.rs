//! Sizing: the cheapest or smallest capacities that reach given targets, operation by operation.
//!
//! All capacities are open; supplies, demands and specifications stay. Where every capacity has a cost, the capital of what
//! is added is least, then the supply of primary feeds, then the sizes; else the supply is first. Each comes on the optimal
//! face of those before ([`Face`]), so that nothing is lost to a tolerance, and the last plan is proven by the duals of the
//! first program. What a size follows from is read off the last basis: `∂size/∂rhs` of every row.

mod outcome;
mod prepare;
mod reasons;

pub use outcome::{
    FeedNeed, Least, Reason, SizedBy, SizedOperation, Sizing, SizingProof, TargetOutcome,
};

use super::{
    accept,
    bottleneck::sense_name,
    context::Context,
    failure, goals,
};
use crate::{
    curve::{CostCurve, ScaleLaw},
    diagnostic::{Code, Diagnostic, Diagnostics},
    document::{Name, Origin},
    flowsheet::{
        Build, BuildCost, Content, Flowsheet, Kind, LimitKind, PeriodId, Port, Sense, Values,
        ratio_text,
    },
    index::Id,
    lp::{self, Face, Options},
    measure::format_mass_rate,
    model::{Decision, Failure, Form, Linear, Model, Shape, Solution, shape},
};
use prepare::{Item, Open, is_amount, open, without_capacities};

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
        let supply =
            context.functionals().measure(context.at(), &open.flowsheet.objective.of());
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

/// Why no plant reaches the targets, and what to set free.
fn explain(
    flowsheet: &Flowsheet,
    open: &Open,
    values: &Values,
    model: &Model,
    options: &Options,
    failure: &Failure,
) -> Diagnostics {
    if !matches!(failure, Failure::Infeasible(_)) {
        return failure::explain(&open.flowsheet, values, model, options, failure);
    }
    let plain = without_capacities(open);
    let values = plain.values();
    let mut model = match Model::assemble(&plain, &values) {
        Ok(model) => model,
        Err(findings) => return findings,
    };
    match model.solve(&plain, options, Form::Condensed) {
        Ok(solution) => {
            let context = Context::new(&plain, &values, &model, &solution);
            too_large(flowsheet, open, &context).into()
        }
        Err(failure) => {
            let mut told = failure::explain(&plain, &values, &model, options, &failure);
            let mut findings: Vec<Diagnostic> = std::iter::from_fn(|| told.pop()).collect();
            findings.reverse();
            let mut all = Diagnostics::new();
            for finding in findings {
                all.push(name_free(flowsheet, open, finding));
            }
            all
        }
    }
}

/// Capacities that would have to be larger than may be built.
fn too_large(flowsheet: &Flowsheet, open: &Open, context: &Context<'_>) -> Diagnostic {
    let message = "the targets need more than may be built".to_owned();
    let mut finding = Diagnostic::new(Code::Infeasible, message);
    let mut help = Vec::new();
    for item in &open.items {
        let Some(build) = item.build.as_ref().filter(|_| !item.kept) else { continue };
        let Some(largest) = shape(build, context.values).largest(build, context.values) else {
            continue;
        };
        let there = item.existing.unwrap_or(0.0);
        let needed = context.value(&needed(context, item));
        if needed > (there + largest) * (1.0 + ROUNDING) {
            let name = &flowsheet.operations[item.operation].name;
            finding = finding.at(build.span, format!("needs {}", format_mass_rate(needed)));
            help.push(format!(
                "`{name}` needs {}, has {}, and at most {} may be built",
                format_mass_rate(needed),
                format_mass_rate(there),
                format_mass_rate(largest)
            ));
        }
    }
    if help.is_empty() {
        help.push("look at `min` and `max` of what may be built, and at `money.budget`".to_owned());
    } else {
        help.push("raise `build.max`, or lower the target".to_owned());
    }
    finding.help(help.join("\n"))
}

/// Says which of the limits in a conflict can be set free.
fn name_free(flowsheet: &Flowsheet, open: &Open, mut finding: Diagnostic) -> Diagnostic {
    let Some(explanation) = &finding.explanation else { return finding };
    let (mut free, mut kept) = (Vec::new(), Vec::new());
    for (_, limit) in flowsheet.limits.iter_ids() {
        let path = &flowsheet.figures[limit.figure].path;
        let name = &flowsheet.operations[limit.operation].name;
        if !explanation.conflict.iter().any(|claim| claim.path == *path) {
            continue;
        }
        if is_amount(limit) && limit.sense != Sense::AtLeast && !free.contains(name) {
            free.push(name.clone());
        }
        if limit.kind == LimitKind::Capacity && !kept.contains(name) {
            kept.push(name.clone());
        }
    }
    let mut help: Vec<String> = finding.help.take().into_iter().collect();
    if !free.is_empty() {
        let flags: Vec<String> = free.iter().map(|name| format!("`--free {name}`")).collect();
        help.push(format!(
            "no capacity limits it, all are sized; {} sets free what does",
            flags.join(" or ")
        ));
    }
    if !kept.is_empty() {
        help.push(format!("`--keep` holds the capacity of `{}`", kept.join("`, `")));
    }
    debug_assert!(!open.targets.is_empty(), "something was to be reached");
    if help.is_empty() { finding } else { finding.help(help.join("\n")) }
}

/// A sized plant, and what it was made from.
struct Plant<'a> {
    original: &'a Flowsheet,
    open: &'a Open,
    context: &'a Context<'a>,
    last: &'a lp::Solution,
    request: &'a Request,
}

impl Plant<'_> {
    fn tell(&self, closure: f64) -> Sizing {
        let (flowsheet, context) = (&self.open.flowsheet, self.context);
        let money = flowsheet.money.as_ref();
        let factor = money.map_or(1.0, |money| money.plant_and_total(context.values).1);
        let operations: Vec<SizedOperation> =
            self.open.items.iter().map(|item| self.operation(item, factor)).collect();
        let costs: Vec<f64> = operations.iter().filter_map(|it| it.cost).collect();
        let horizon = context.model.horizon(flowsheet);
        let profit = context.functionals().operating_profit(horizon, context.period);
        let certificate = &context.solution.certificate;
        let program = context.model.condensed();
        Sizing {
            title: flowsheet.title.clone(),
            currency: flowsheet.currency.clone(),
            targets: self.targets(),
            least: if self.open.is_priced() { Least::Capital } else { Least::Supply },
            without_cost: self.open.without_cost.clone(),
            greenfield: self.request.greenfield,
            operations,
            feeds: self.feeds(),
            capital: (!costs.is_empty()).then(|| costs.iter().sum()),
            capital_factor: factor,
            profit: context.value(&profit),
            proof: SizingProof {
                primal: certificate.rows.max(certificate.bounds),
                dual: certificate.dual,
                complementarity: certificate.complementarity,
                gap: certificate.gap,
                closure,
                rows: program.row_count(),
                columns: program.column_count(),
                whole: program.columns().filter(|(_, column)| column.integer).count(),
                backend: format!("{:?}", context.solution.raw.backend).to_lowercase(),
            },
        }
    }

    fn targets(&self) -> Vec<TargetOutcome> {
        let flowsheet = &self.open.flowsheet;
        let goals = self.open.targets.iter().map(|&id| &flowsheet.goals[id]);
        let told = goals.flat_map(|goal| goal.bounds.iter().map(move |bound| (goal, bound)));
        told.map(|(goal, bound)| TargetOutcome {
            name: goal.name.clone(),
            measure: ratio_text(&goal.of, goal.to.as_ref()),
            unit: goals::unit(flowsheet, goal),
            sense: sense_name(bound.sense),
            bound: self.context.values[bound.figure],
            value: goals::value(self.context, goal),
        })
        .collect()
    }

    fn feeds(&self) -> Vec<FeedNeed> {
        let context = self.context;
        let feeds = self.original.operations.iter_ids().filter_map(|(id, operation)| {
            let Kind::Feed(feed) = &operation.kind else { return None };
            let own = |(_, limit): &(_, &crate::flowsheet::Limit)| {
                limit.operation == id
                    && limit.kind == LimitKind::Supply
                    && limit.sense != Sense::AtLeast
            };
            let limit = self.original.limits.iter_ids().find(own);
            let flow = context.functionals().flow(context.at(), Port::Inlet(id), &Content::whole());
            Some(FeedNeed {
                feed: operation.name.clone(),
                origin: match feed.origin {
                    Origin::Primary => "primary",
                    Origin::Secondary => "secondary",
                    Origin::Purchased => "purchased",
                },
                existing: limit.map(|(_, limit)| self.original.figures[limit.figure].value),
                needed: context.value(&flow) + 0.0,
                freed: limit.is_some_and(|(id, _)| self.open.freed.contains(&id)),
            })
        });
        feeds.collect()
    }

    fn operation(&self, item: &Item, factor: f64) -> SizedOperation {
        let (flowsheet, context) = (self.original, self.context);
        let data = &flowsheet.operations[item.operation];
        let needed = context.value(&needed(context, item));
        let there =
            if self.request.greenfield { 0.0 } else { item.existing.unwrap_or(0.0) };
        let lacks = (needed - there).max(0.0);
        let lacks = if lacks <= ROUNDING * needed { 0.0 } else { lacks };
        let values = context.values;
        let (addition, trains, cost) = match (&item.build, item.id) {
            (Some(build), Some(id)) => {
                let size = context.value(&added(context, item));
                let size = if size <= ROUNDING * needed.max(there) { 0.0 } else { size };
                let trains = context.functionals().driver(context.period, Decision::Trains(id));
                let trains = trains.map(|driver| context.solution.driver(driver));
                let equipment = context.functionals().equipment(context.at(), id);
                debug_assert!(build.decided.contains(&context.period), "it is decided now");
                (size, trains, Some(factor * context.value(&equipment) + 0.0))
            }
            (Some(build), None) if !item.kept => {
                let (size, trains, equipment) = by_law(build, values, lacks);
                (size, trains, equipment.map(|cost| factor * cost))
            }
            _ => (if item.kept { 0.0 } else { lacks }, None, None),
        };
        let train = match item.build.as_ref().map(|build| &build.cost) {
            Some(BuildCost::Train { capacity, .. }) => Some(values[*capacity]),
            _ => None,
        };
        let idle = match (train, trains) {
            (Some(train), Some(trains)) if trains > 0.0 => {
                Some(((there + addition - needed) / train).clamp(0.0, trains))
            }
            _ => None,
        };
        let (exact_cost, cost_error) = match &item.build {
            Some(build) if item.id.is_some() => law_and_error(build, values, addition),
            _ => (None, 0.0),
        };
        SizedOperation {
            operation: data.name.clone(),
            kind: data.kind.name(),
            basis: if item.content.is_whole() { String::new() } else { item.content.name.clone() },
            outlet: match item.port {
                Port::Stream(stream) => {
                    let name = &flowsheet.streams[stream].name;
                    Some(name.rsplit('.').next().unwrap_or(name).to_owned())
                }
                _ => None,
            },
            existing: item.existing,
            needed,
            addition,
            trains,
            idle,
            volume: self.volume(item),
            cost,
            exact_cost: exact_cost.map(|cost| factor * cost),
            cost_error,
            kept: item.kept,
            sized_by: self.reasons(item, needed, addition),
        }
    }

    /// Throughput × residence ÷ density ÷ availability, m³.
    fn volume(&self, item: &Item) -> Option<f64> {
        let (context, operation) = (self.context, item.operation);
        let vessel = self.original.operations[operation].vessel?;
        let port = match self.original.operations[operation].kind {
            Kind::Blender(_) => Port::Mix(operation),
            _ => Port::Inlet(operation),
        };
        let inlet = context.functionals().flow(context.at(), port, &Content::whole());
        let available = vessel.availability.map_or(1.0, |figure| context.values[figure]);
        let (time, density) = (context.values[vessel.residence], context.values[vessel.density]);
        Some(context.value(&inlet) * time / density / available)
    }
}

/// What is built if so much lacks, in how many trains, and the cost of its equipment.
fn by_law(build: &Build, values: &Values, lacks: f64) -> (f64, Option<f64>, Option<f64>) {
    if lacks == 0.0 {
        let train = matches!(build.cost, BuildCost::Train { .. });
        return (0.0, train.then_some(0.0), Some(0.0));
    }
    let size = build.min.map_or(lacks, |least| lacks.max(values[least]));
    match &build.cost {
        BuildCost::Linear(cost) => (size, None, Some(size * values[*cost])),
        BuildCost::Scale { .. } => (size, None, law_and_error(build, values, size).0),
        BuildCost::Curve(points) => {
            let points = points.iter().map(|&(size, cost)| (values[size], values[cost])).collect();
            (size, None, CostCurve::new(points).ok().and_then(|curve| curve.at(size)))
        }
        BuildCost::Train { capacity, cost, .. } => {
            let trains = (lacks / values[*capacity] - ROUNDING).ceil();
            (trains * values[*capacity], Some(trains), Some(trains * values[*cost]))
        }
    }
}

/// Cost of the equipment by the law of scale itself, and the error of the lines in its place.
fn law_and_error(build: &Build, values: &Values, size: f64) -> (Option<f64>, f64) {
    let BuildCost::Scale { capacity, cost, exponent, .. } = build.cost else { return (None, 0.0) };
    let error = match shape(build, values) {
        Shape::Pieces(_, error) => error,
        _ => 0.0,
    };
    let law =
        ScaleLaw { capacity: values[capacity], cost: values[cost], exponent: values[exponent] };
    (Some(law.at(size)), error)
}
