//! Is this number a fact? The least and the greatest that it is among all optimal plans.

use super::{GoalOutcome, SpeciesFlow, StreamOutcome, context::Context};
use crate::{
    flowsheet::{Content, Measure, Port, StreamId},
    lp::{Face, Failure, Options},
    model::{Form, Linear},
};

/// Two ends nearer than this are one, relative.
const SAME: f64 = 1e-9;

/// Fills in the intervals of streams and goals where other plans are as good; with `all`, of each species in a stream.
pub(super) fn fill(
    context: &Context<'_>,
    options: &Options,
    streams: &mut [StreamOutcome],
    goals: &mut [GoalOutcome],
    all: bool,
) {
    if context.solution.form != Form::Condensed || context.solution.raw.unique == Some(true) {
        return;
    }
    let Some(face) = Face::new(context.model.condensed(), &context.solution.raw) else { return };
    let range = |functional: &Linear| -> Option<[Option<f64>; 2]> {
        let factors = context.model.reduce(functional);
        if !face.may_vary(&factors) {
            return None;
        }
        told(&face.range(&factors, options))
    };
    let ids: Vec<StreamId> = context.flowsheet.streams.ids().collect();
    for (&id, outcome) in ids.iter().zip(streams.iter_mut()) {
        let port = Port::Stream(id);
        outcome.interval =
            range(&context.functionals().flow(context.at(), port, &Content::whole()));
        if !all {
            continue;
        }
        for &species in &context.flowsheet.streams[id].species {
            let name = &context.flowsheet.species[species].name;
            let node = context.model.node(context.flowsheet, id, species, context.period);
            let found = outcome.species.iter_mut().find(|item| item.name == *name);
            let Some(node) = node else { continue };
            let interval = range(&Linear { nodes: vec![(node, 1.0)], drivers: Vec::new() });
            match found {
                Some(item) => item.interval = interval,
                // Not in this plan, but in others.
                None if interval.is_some() => outcome.species.push(SpeciesFlow {
                    name: name.clone(),
                    flow: 0.0,
                    interval,
                    grade: 0.0,
                    recovery: None,
                    worth: context.worth(id, species),
                }),
                None => {}
            }
        }
    }
    for outcome in goals {
        let goal = context.flowsheet.goals.iter().find(|goal| goal.name == outcome.name);
        let Some(goal) = goal else { continue };
        let functional = |measure: &Measure| context.functionals().measure(context.at(), measure);
        outcome.interval = match &goal.to {
            None => range(&functional(&goal.of)),
            Some(to) => {
                let of = context.model.reduce(&functional(&goal.of));
                let to = context.model.reduce(&functional(to));
                if face.may_vary(&of) || face.may_vary(&to) {
                    told(&face.ratio_range(&of, &to, options))
                } else {
                    None
                }
            }
        };
    }
}

/// Two ends as they are told; none if they are one. What could not be proven, within the time limit, is not told as a fact.
fn told(ends: &Result<(f64, f64), Failure>) -> Option<[Option<f64>; 2]> {
    let (low, high) = match ends {
        Ok(ends) => *ends,
        // A ratio of nothing has no value at all.
        Err(Failure::Infeasible { .. }) => return None,
        Err(_) => return Some([None, None]),
    };
    let finite = |end: f64| end.is_finite().then_some(end);
    let same = (high - low).abs() <= SAME * low.abs().max(high.abs());
    (!same).then(|| [finite(low), finite(high)])
}
