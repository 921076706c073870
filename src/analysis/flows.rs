//! What flows where: streams, operations, recoveries, residues, consumption, the yearly account.

use super::{
    AccountLine, ConsumptionOutcome, OperationOutcome, RecoveryOutcome, ResidueOutcome, Share,
    SpeciesFlow, StreamOutcome, closure, context::Context,
};
use crate::{
    chem::{Element, Formula},
    flowsheet::{Content, Kind, OperationId, Port, SpeciesId, StreamId},
    model::Linear,
};

/// A species below this share of its stream is left out of lists for people and machines alike.
const TRACE: f64 = 1e-15;

/// The lines of the account but the profit, costs negative.
pub(super) fn account_lines(context: &Context<'_>) -> [(&'static str, Linear); 6] {
    let functionals = context.functionals();
    let total = |sign: f64, part: &dyn Fn(OperationId) -> Linear| {
        let operations = context.flowsheet.operations.ids();
        Linear::sum(&operations.map(|id| (sign, part(id))).collect::<Vec<_>>())
    };
    let at = context.at();
    [
        ("revenue", total(1.0, &|id| functionals.revenue(at, id))),
        ("feed", total(-1.0, &|id| functionals.feed_cost(at, id))),
        ("operating cost", total(-1.0, &|id| functionals.opex(at, id))),
        ("consumables", total(-1.0, &|id| functionals.consumables(at, id))),
        ("reagents and ingredients", total(-1.0, &|id| functionals.purchase_cost(at, id))),
        ("disposal", total(-1.0, &|id| functionals.disposal(at, id))),
    ]
}

pub(super) fn account(context: &Context<'_>) -> Vec<AccountLine> {
    let lines = account_lines(context).map(|(name, sum)| (name, context.value(&sum)));
    let profit: f64 = lines.iter().map(|(_, value)| value).sum();
    lines
        .into_iter()
        .chain([("profit", profit)])
        .map(|(name, value)| AccountLine { name: name.to_owned(), value: value + 0.0 })
        .collect()
}

pub(super) fn streams(context: &Context<'_>) -> Vec<StreamOutcome> {
    let flowsheet = context.flowsheet;
    flowsheet
        .streams
        .iter_ids()
        .map(|(id, stream)| {
            let flow = context.total(id);
            let mut species: Vec<SpeciesFlow> = stream
                .species
                .iter()
                .map(|&of| {
                    let part = context.flow(id, of);
                    SpeciesFlow {
                        name: flowsheet.species[of].name.clone(),
                        flow: part,
                        interval: None,
                        grade: if flow > 0.0 { part / flow } else { 0.0 },
                        recovery: single_pass(context, id, of),
                        worth: context.worth(id, of),
                    }
                })
                .filter(|part| part.flow > TRACE * flow)
                .collect();
            species.sort_by(|a, b| b.flow.total_cmp(&a.flow));
            StreamOutcome {
                name: stream.name.clone(),
                from: flowsheet.operations[stream.from].name.clone(),
                to: flowsheet.operations[stream.to].name.clone(),
                flow,
                interval: None,
                species,
                value: context.market(id),
                imputed_value: context.imputed(id),
            }
        })
        .collect()
}

/// Share of a species in an operation's inlet that reports to one of its outlets.
fn single_pass(context: &Context<'_>, stream: StreamId, species: SpeciesId) -> Option<f64> {
    let from = context.flowsheet.streams[stream].from;
    let inlets = &context.flowsheet.operations[from].inlets;
    let entering: f64 = inlets.iter().map(|&inlet| context.flow(inlet, species)).sum();
    (entering > 0.0).then(|| context.flow(stream, species) / entering)
}

pub(super) fn operations(context: &Context<'_>) -> Vec<OperationOutcome> {
    let flowsheet = context.flowsheet;
    let functionals = context.functionals();
    flowsheet
        .operations
        .iter_ids()
        .map(|(id, operation)| {
            let sum =
                |streams: &[StreamId]| streams.iter().map(|&id| context.total(id)).sum::<f64>();
            let leaving = sum(&operation.outlets);
            let feeds = matches!(operation.kind, Kind::Feed(_) | Kind::Use(_));
            let throughput = if feeds { leaving } else { sum(&operation.inlets) };
            let purchased = context.purchases(id).iter().map(|&(_, amount)| amount).sum::<f64>();
            let stock = matches!(operation.kind, Kind::Stockpile(_));
            let inner = !feeds && !context.is_end(id);
            let share = |&stream: &StreamId| Share {
                to: flowsheet.streams[stream].name.clone(),
                share: if throughput > 0.0 { context.total(stream) / throughput } else { 0.0 },
            };
            OperationOutcome {
                name: operation.name.clone(),
                kind: operation.kind.name(),
                stage: operation.stage.map(|stage| flowsheet.stages[stage].clone()),
                throughput,
                purchased,
                leaving,
                error: if inner && !stock { leaving - throughput - purchased } else { 0.0 },
                closure: if inner { closure::around(context, id) } else { 0.0 },
                cost: context.value(&functionals.operation_cost(context.at(), id)),
                emission: context.value(&functionals.emission(context.at(), id)),
                yields: if inner {
                    operation.outlets.iter().map(share).collect()
                } else {
                    Vec::new()
                },
            }
        })
        .collect()
}

/// What recoveries are told of: rare earths and actinides as elements, and every other fed species as written.
pub(super) fn recovered_contents(context: &Context<'_>) -> Vec<Content> {
    contents(context).into_iter().map(|(content, _)| content).collect()
}

pub(super) fn recoveries(context: &Context<'_>) -> Vec<RecoveryOutcome> {
    let contents = contents(context).into_iter();
    contents.filter_map(|(content, element)| recovery(context, &content, element)).collect()
}

/// Contents of the feeds, and whether each is an element.
fn contents(context: &Context<'_>) -> Vec<(Content, bool)> {
    let flowsheet = context.flowsheet;
    let mut elements: Vec<Element> = Vec::new();
    let mut species: Vec<SpeciesId> = Vec::new();
    for operation in &flowsheet.operations {
        if !matches!(operation.kind, Kind::Feed(_) | Kind::Use(_)) {
            continue;
        }
        for &id in operation.outlets.iter().flat_map(|&stream| &flowsheet.streams[stream].species) {
            let formula = flowsheet.species[id].formula.as_ref();
            let mut named = false;
            for &(element, _) in formula.into_iter().flat_map(Formula::counts) {
                if element.is_rare_earth() || element.atomic_number() > 88 {
                    elements.push(element);
                    named = true;
                }
            }
            if !named {
                species.push(id);
            }
        }
    }
    elements.sort_unstable();
    elements.dedup();
    species.sort_unstable();
    species.dedup();
    let element_content = |element: Element| {
        let weights = flowsheet.species.iter_ids().filter_map(|(id, species)| {
            let share = species.formula.as_ref()?.mass_fraction(element);
            (share > 0.0).then_some((id, share))
        });
        Content { name: element.symbol().to_owned(), weights: Some(weights.collect()) }
    };
    let contents = elements
        .into_iter()
        .map(|element| (element_content(element), true))
        .chain(species.into_iter().map(|id| (flowsheet.content_of(id), false)));
    contents.collect()
}

/// What is supplied of a content, and what reaches each product and waste.
pub(super) fn recovered(
    context: &Context<'_>,
    content: &Content,
) -> (Linear, Vec<(String, Linear)>) {
    let (functionals, at) = (context.functionals(), context.at());
    let mut supplied = Linear::zero();
    let mut ends = Vec::new();
    for (id, operation) in context.flowsheet.operations.iter_ids() {
        for (species, amount, _) in functionals.purchases(at, id) {
            supplied.add(content.weight(species), &amount);
        }
        let flow = functionals.flow(at, Port::Inlet(id), content);
        if matches!(operation.kind, Kind::Feed(_) | Kind::Use(_)) {
            supplied.add(1.0, &flow);
        } else if context.is_end(id) {
            ends.push((operation.name.clone(), flow));
        }
    }
    (supplied, ends)
}

/// All consumables, reagents and ingredients with their amounts.
pub(super) fn consumed(context: &Context<'_>) -> Vec<(String, Linear)> {
    let (flowsheet, functionals, at) = (context.flowsheet, context.functionals(), context.at());
    let mut list: Vec<(String, Linear)> = Vec::new();
    for (consumable, data) in flowsheet.consumables.iter_ids() {
        let mut amount = Linear::zero();
        for id in flowsheet.operations.ids() {
            amount.add(1.0, &functionals.consumption(at, id, consumable));
        }
        list.push((data.name.clone(), amount));
    }
    for id in flowsheet.operations.ids() {
        for (species, amount, _) in functionals.purchases(at, id) {
            let name = &flowsheet.species[species].name;
            match list.iter_mut().find(|(other, _)| other == name) {
                Some((_, sum)) => sum.add(1.0, &amount),
                None => list.push((name.clone(), amount)),
            }
        }
    }
    list
}

fn recovery(context: &Context<'_>, content: &Content, element: bool) -> Option<RecoveryOutcome> {
    let (supplied, ends) = recovered(context, content);
    let supplied = context.value(&supplied);
    let ends = ends.into_iter().map(|(to, flow)| (to, context.value(&flow)));
    (supplied > 0.0).then(|| RecoveryOutcome {
        name: content.name.clone(),
        element,
        supplied,
        ends: ends
            .filter(|&(_, flow)| flow > TRACE * supplied)
            .map(|(to, flow)| Share { to, share: flow / supplied })
            .collect(),
    })
}

pub(super) fn residues(context: &Context<'_>) -> Vec<ResidueOutcome> {
    let flowsheet = context.flowsheet;
    let functionals = context.functionals();
    let mut list = Vec::new();
    for (id, operation) in flowsheet.operations.iter_ids() {
        let Kind::Waste(_) = operation.kind else { continue };
        let mut species: Vec<(SpeciesId, f64)> = Vec::new();
        for &stream in &operation.inlets {
            for &of in &flowsheet.streams[stream].species {
                let flow = context.flow(stream, of);
                match species.iter_mut().find(|(known, _)| *known == of) {
                    Some((_, sum)) => *sum += flow,
                    None => species.push((of, flow)),
                }
            }
        }
        let flow: f64 = species.iter().map(|&(_, part)| part).sum();
        species.sort_by(|a, b| b.1.total_cmp(&a.1));
        list.push(ResidueOutcome {
            name: operation.name.clone(),
            flow,
            species: species
                .into_iter()
                .filter(|&(_, part)| part > TRACE * flow)
                .map(|(of, part)| Share {
                    to: flowsheet.species[of].name.clone(),
                    share: part / flow,
                })
                .collect(),
            cost: context.value(&functionals.disposal(context.at(), id)),
        });
    }
    list
}

pub(super) fn consumption(context: &Context<'_>) -> Vec<ConsumptionOutcome> {
    let flowsheet = context.flowsheet;
    let functionals = context.functionals();
    let mut list: Vec<ConsumptionOutcome> = Vec::new();
    for (consumable, data) in flowsheet.consumables.iter_ids() {
        let mut by = Vec::new();
        let mut amount = 0.0;
        for (id, operation) in flowsheet.operations.iter_ids() {
            let part = functionals.consumption(context.at(), id, consumable);
            if !part.is_empty() {
                by.push(operation.name.clone());
                amount += context.value(&part);
            }
        }
        if !by.is_empty() {
            let cost = amount * context.values[data.price];
            let (name, unit) = (data.name.clone(), data.unit);
            list.push(ConsumptionOutcome { name, kind: "consumable", by, amount, unit, cost });
        }
    }
    for (id, operation) in flowsheet.operations.iter_ids() {
        let kind =
            if matches!(operation.kind, Kind::Reactor(_)) { "reagent" } else { "ingredient" };
        for (species, functional, price) in functionals.purchases(context.at(), id) {
            let name = &flowsheet.species[species].name;
            let amount = context.value(&functional);
            let cost = amount * price;
            match list.iter_mut().find(|item| item.kind == kind && item.name == *name) {
                Some(item) => {
                    item.by.push(operation.name.clone());
                    item.amount += amount;
                    item.cost += cost;
                }
                None => list.push(ConsumptionOutcome {
                    name: name.clone(),
                    kind,
                    by: vec![operation.name.clone()],
                    amount,
                    unit: "t",
                    cost,
                }),
            }
        }
    }
    list
}

pub(super) fn emission(context: &Context<'_>) -> f64 {
    let functionals = context.functionals();
    let operations = context.flowsheet.operations.ids();
    operations.map(|id| context.value(&functionals.emission(context.at(), id))).sum()
}
