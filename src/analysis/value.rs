//! Value: by stage and along the chain (formulation §7).
//!
//! A stream counts at its market value; without a price, what leaves a feed counts at its cost at the gate and any other
//! stream at its imputed value, and is named. Inside the chain whatever a stream counts leaves one stage and enters another, so the stages explain sales less feed cost exactly.

use super::{ChainOutcome, StageOutcome, context::Context};
use crate::{
    document::Role,
    flowsheet::{Kind, Objective, OperationId, Port, StageId, StreamId},
    model::Linear,
};

/// Value of a stream and whether it had to be imputed.
fn worth(context: &Context<'_>, stream: StreamId) -> (f64, bool) {
    let to = context.flowsheet.streams[stream].to;
    if matches!(context.flowsheet.operations[to].kind, Kind::Waste(_)) {
        return (0.0, false);
    }
    let from = context.flowsheet.streams[stream].from;
    let at_cost = match &context.flowsheet.operations[from].kind {
        Kind::Feed(feed) if feed.cost.is_some() => {
            Some(context.value(&context.functionals().feed_cost(context.at(), from)))
        }
        _ => None,
    };
    match (context.market(stream).or(at_cost), &context.flowsheet.objective) {
        (Some(value), _) => (value, false),
        (None, Objective::Profit) => (context.imputed(stream), context.total(stream) > 0.0),
        // Without money in the objective the duals are no prices.
        (None, _) => (0.0, context.total(stream) > 0.0),
    }
}

/// What enters and leaves a stage at its market value or cost, as functionals; what has neither is left out.
pub(super) struct StageFunctionals {
    pub(super) name: String,
    pub(super) entering: Linear,
    pub(super) leaving: Linear,
}

/// The priced flows of all stages.
pub(super) fn stage_functionals(context: &Context<'_>) -> Vec<StageFunctionals> {
    let (flowsheet, functionals, at) = (context.flowsheet, context.functionals(), context.at());
    let stages = flowsheet.stages.iter_ids().map(|(stage, name)| {
        let inside =
            |id: OperationId| !context.is_end(id) && flowsheet.operations[id].stage == Some(stage);
        let mut told = StageFunctionals {
            name: name.clone(),
            entering: Linear::zero(),
            leaving: Linear::zero(),
        };
        for (id, stream) in flowsheet.streams.iter_ids() {
            let (from, to) = (inside(stream.from), inside(stream.to));
            let wasted = matches!(flowsheet.operations[stream.to].kind, Kind::Waste(_));
            if from == to || wasted {
                continue;
            }
            let value = match context.price(id) {
                Some(price) => functionals.price(at, Port::Stream(id), price),
                None => functionals.feed_cost(at, stream.from),
            };
            if to { told.entering.add(1.0, &value) } else { told.leaving.add(1.0, &value) }
        }
        for (id, _) in flowsheet.operations.iter_ids().filter(|&(id, _)| inside(id)) {
            told.entering.add(1.0, &functionals.feed_cost(at, id));
        }
        told
    });
    stages.collect()
}

pub(super) fn stages(context: &Context<'_>) -> (Vec<StageOutcome>, ChainOutcome) {
    let flowsheet = context.flowsheet;
    let functionals = context.functionals();
    let mut groups: Vec<(Option<StageId>, Vec<OperationId>)> =
        flowsheet.stages.ids().map(|stage| (Some(stage), Vec::new())).collect();
    groups.push((None, Vec::new()));
    for (id, operation) in flowsheet.operations.iter_ids() {
        let at = groups.iter_mut().find(|(stage, _)| *stage == operation.stage);
        if let Some((_, operations)) = at {
            operations.push(id);
        }
    }
    let mut outcomes = Vec::new();
    for (stage, operations) in groups {
        if operations.is_empty() {
            continue;
        }
        let inside = |id: OperationId| !context.is_end(id) && operations.contains(&id);
        let mut outcome = StageOutcome {
            name: stage.map_or_else(|| "(no stage)".to_owned(), |id| flowsheet.stages[id].clone()),
            value_in: 0.0,
            feed_cost: 0.0,
            value_out: 0.0,
            sold: 0.0,
            value_added: 0.0,
            cost: 0.0,
            net_value_added: 0.0,
            multiplier: None,
            imputed_out: 0.0,
            imputed: Vec::new(),
        };
        for (id, stream) in flowsheet.streams.iter_ids() {
            let (from, to) = (inside(stream.from), inside(stream.to));
            if from == to {
                continue;
            }
            let (value, imputed) = worth(context, id);
            if imputed {
                outcome.imputed.push(stream.name.clone());
            }
            if to {
                outcome.value_in += value;
            } else {
                outcome.value_out += value;
                outcome.imputed_out += context.imputed(id);
                if context.is_end(stream.to) {
                    outcome.sold += value;
                }
            }
        }
        for &id in &operations {
            outcome.feed_cost += context.value(&functionals.feed_cost(context.at(), id));
            outcome.cost += context.value(&functionals.operation_cost(context.at(), id));
        }
        let entering = outcome.value_in + outcome.feed_cost;
        outcome.value_added = outcome.value_out - entering;
        outcome.net_value_added = outcome.value_added - outcome.cost;
        // Imputed values carry the rounding of the duals: what is next to nothing is nothing.
        let some = entering > 1e-9 * outcome.value_out.abs();
        outcome.multiplier = some.then(|| outcome.value_out / entering);
        let silent = stage.is_none()
            && [entering, outcome.value_out, outcome.cost].iter().all(|&value| value == 0.0);
        if !silent {
            outcomes.push(outcome);
        }
    }
    let chain = chain(context, &outcomes);
    (outcomes, chain)
}

fn chain(context: &Context<'_>, stages: &[StageOutcome]) -> ChainOutcome {
    let sales = |role| context.value(&context.sales(role));
    let feed_cost: f64 = context
        .flowsheet
        .operations
        .ids()
        .map(|id| context.value(&context.functionals().feed_cost(context.at(), id)))
        .sum();
    let value_added: f64 = stages.iter().map(|stage| stage.value_added).sum();
    let (final_products, by_products, intermediates) =
        (sales(Role::Final), sales(Role::ByProduct), sales(Role::Intermediate));
    let sold: f64 = stages.iter().map(|stage| stage.sold).sum();
    let all = final_products + by_products + intermediates;
    ChainOutcome {
        feed_cost,
        value_added,
        final_products,
        by_products,
        intermediates,
        leakage: sold - all,
        residual: all - feed_cost - value_added + (sold - all),
    }
}
