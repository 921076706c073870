//! A sized plant: each capacity with what is there, what is needed, what it costs and what it is sized by.

use super::{
    FeedNeed, Least, ROUNDING, Request, SizedOperation, Sizing, SizingProof, TargetOutcome, added,
    needed,
    prepare::{Item, Open},
};
use crate::{
    analysis::{Search, bottleneck::sense_name, context::Context, goals},
    curve::{CostCurve, ScaleLaw},
    document::Origin,
    flowsheet::{
        Build, BuildCost, Content, Flowsheet, Kind, LimitKind, Port, Sense, Values, ratio_text,
    },
    lp,
    model::{Decision, Shape, shape},
};

/// A sized plant, and what it was made from.
pub(super) struct Plant<'a> {
    pub(super) original: &'a Flowsheet,
    pub(super) open: &'a Open,
    pub(super) context: &'a Context<'a>,
    pub(super) last: &'a lp::Solution,
    pub(super) request: &'a Request,
}

impl Plant<'_> {
    /// The answer.
    pub(super) fn tell(&self, closure: f64) -> Sizing {
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
                whole: context.model.drivers().iter().filter(|it| is_whole(it.decision)).count(),
                search: context.solution.raw.gap.as_ref().map(search),
                backend: context.solution.raw.backend.told(),
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
        let there = if self.request.greenfield { 0.0 } else { item.existing.unwrap_or(0.0) };
        let lacks = (needed - there).max(0.0);
        let lacks = if lacks <= ROUNDING * needed { 0.0 } else { lacks };
        let values = context.values;
        let (addition, trains, cost) = match (&item.build, item.id) {
            (_, Some(id)) => {
                let size = context.value(&added(context, item));
                let size = if size <= ROUNDING * needed.max(there) { 0.0 } else { size };
                let trains = context.functionals().driver(context.period, Decision::Trains(id));
                let trains = trains.map(|driver| context.solution.driver(driver));
                let equipment = context.functionals().equipment(context.at(), id);
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

/// How the search among whole numbers was proven.
const fn search(gap: &lp::Gap) -> Search {
    Search { bound: gap.bound, gap: gap.relative, nodes: gap.nodes, complete: gap.complete }
}

/// Whether a decision takes whole values only.
const fn is_whole(decision: Decision) -> bool {
    matches!(decision, Decision::Pick(..) | Decision::Trains(_) | Decision::Open(_))
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
