//! Closure: what leaves against what enters, per operation × species × element, and overall.
//!
//! Species that react are balanced by their elements; all others, lumps included, by themselves.

use super::{ClosureOutcome, context::Context};
use crate::{
    balance::Closure,
    chem::Element,
    flowsheet::{Kind, OperationId, SpeciesId, StreamId},
};

/// What is balanced: a species by itself, or an element over all formulas.
#[derive(Clone, Copy, PartialEq)]
enum Component {
    Species(SpeciesId),
    Element(Element),
}

/// Balances around the whole flowsheet, and the worst relative error of any balance.
pub(super) fn close(context: &Context<'_>) -> (Vec<ClosureOutcome>, f64) {
    let mut worst = 0.0_f64;
    for (id, operation) in context.flowsheet.operations.iter_ids() {
        let inner = !matches!(operation.kind, Kind::Feed(_) | Kind::Use(_));
        if !operation.outlets.is_empty() && inner {
            worst = worst.max(around(context, id));
        }
    }
    let mut rows = Vec::new();
    let reacting = reacting(context);
    let (mut entering, mut leaving) = (Vec::new(), Vec::new());
    for (id, operation) in context.flowsheet.operations.iter_ids() {
        entering.extend(context.purchases(id));
        released(context, id, &mut entering, &mut leaving);
        let into = if matches!(operation.kind, Kind::Feed(_) | Kind::Use(_)) {
            (&operation.outlets, &mut entering)
        } else if context.is_end(id) {
            (&operation.inlets, &mut leaving)
        } else {
            continue;
        };
        for &stream in into.0 {
            let species = &context.flowsheet.streams[stream].species;
            into.1.extend(species.iter().map(|&id| (id, context.flow(stream, id))));
        }
    }
    for component in components(context, &reacting, &entering, &leaving) {
        let balance = closure(context, component, &entering, &leaving);
        worst = worst.max(balance.relative().abs());
        rows.push(ClosureOutcome {
            name: match component {
                Component::Species(id) => context.flowsheet.species[id].name.clone(),
                Component::Element(element) => element.symbol().to_owned(),
            },
            entering: balance.entering,
            leaving: balance.leaving,
            error: balance.error(),
            relative: balance.relative(),
        });
    }
    (rows, worst)
}

/// The worst relative error around one operation.
pub(super) fn around(context: &Context<'_>, operation: OperationId) -> f64 {
    let data = &context.flowsheet.operations[operation];
    let mut entering = context.purchases(operation);
    let mut leaving = Vec::new();
    released(context, operation, &mut entering, &mut leaving);
    for (streams, list) in [(&data.inlets, &mut entering), (&data.outlets, &mut leaving)] {
        for &stream in streams {
            let species = &context.flowsheet.streams[stream].species;
            list.extend(species.iter().map(|&id| (id, context.flow(stream, id))));
        }
    }
    let reacting: Vec<SpeciesId> = match &data.kind {
        Kind::Reactor(reactor) => reactor
            .reactions
            .iter()
            .flat_map(|reaction| reaction.masses.iter().map(|&(id, _)| id))
            .collect(),
        _ => Vec::new(),
    };
    components(context, &reacting, &entering, &leaving)
        .into_iter()
        .map(|component| {
            let balance = closure(context, component, &entering, &leaving);
            balance.relative().abs()
        })
        .fold(0.0, f64::max)
}

/// What a stockpile gives beyond what comes enters; what it takes leaves.
fn released(
    context: &Context<'_>,
    operation: OperationId,
    entering: &mut Vec<(SpeciesId, f64)>,
    leaving: &mut Vec<(SpeciesId, f64)>,
) {
    let data = &context.flowsheet.operations[operation];
    if !matches!(data.kind, Kind::Stockpile(_)) {
        return;
    }
    let total = |streams: &[StreamId]| streams.iter().map(|&id| context.total(id)).sum::<f64>();
    let (came, went) = (total(&data.inlets), total(&data.outlets));
    // Both have the composition of the stock.
    let (streams, whole) = if came >= went { (&data.inlets, came) } else { (&data.outlets, went) };
    if whole <= 0.0 {
        return;
    }
    let list = if went > came { entering } else { leaving };
    for &stream in streams {
        let species = &context.flowsheet.streams[stream].species;
        let amounts =
            species.iter().map(|&id| (id, context.flow(stream, id) / whole * (went - came).abs()));
        list.extend(amounts);
    }
}

/// All species that take part in a reaction anywhere.
fn reacting(context: &Context<'_>) -> Vec<SpeciesId> {
    let mut species: Vec<SpeciesId> = Vec::new();
    for operation in &context.flowsheet.operations {
        if let Kind::Reactor(reactor) = &operation.kind {
            let masses = reactor.reactions.iter().flat_map(|reaction| &reaction.masses);
            species.extend(masses.map(|&(id, _)| id));
        }
    }
    species.sort_unstable();
    species.dedup();
    species
}

/// Species that do not react, and the elements of those that do.
fn components(
    context: &Context<'_>,
    reacting: &[SpeciesId],
    entering: &[(SpeciesId, f64)],
    leaving: &[(SpeciesId, f64)],
) -> Vec<Component> {
    let mut components = Vec::new();
    let mut present: Vec<SpeciesId> = entering.iter().chain(leaving).map(|&(id, _)| id).collect();
    present.sort_unstable();
    present.dedup();
    let mut elements: Vec<Element> = Vec::new();
    for id in present {
        match &context.flowsheet.species[id].formula {
            Some(formula) if reacting.contains(&id) => {
                elements.extend(formula.counts().iter().map(|&(element, _)| element));
            }
            _ => components.push(Component::Species(id)),
        }
    }
    elements.sort_unstable();
    elements.dedup();
    components.extend(elements.into_iter().map(Component::Element));
    components
}

/// What enters and leaves of a component.
fn closure(
    context: &Context<'_>,
    component: Component,
    entering: &[(SpeciesId, f64)],
    leaving: &[(SpeciesId, f64)],
) -> Closure {
    Closure {
        entering: amount(context, component, entering),
        leaving: amount(context, component, leaving),
    }
}

/// t/yr of a component in a list of amounts.
fn amount(context: &Context<'_>, component: Component, amounts: &[(SpeciesId, f64)]) -> f64 {
    let weight = |id: SpeciesId| match component {
        Component::Species(wanted) => f64::from(u8::from(wanted == id)),
        Component::Element(element) => context.flowsheet.species[id]
            .formula
            .as_ref()
            .map_or(0.0, |formula| formula.mass_fraction(element)),
    };
    amounts.iter().map(|&(id, flow)| weight(id) * flow).sum()
}
