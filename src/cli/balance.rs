//! `reeflow balance`.

use super::{
    End, Stop,
    args::BalanceArgs,
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::{SpeciesFlow, StreamOutcome, analyse, only_one_year, replay},
    balance::{self, Decisions, Flows},
    diagnostic::Diagnostics,
    flowsheet::{Flowsheet, StreamId},
    report::terminal,
};

pub(super) fn balance(args: &BalanceArgs, console: &mut Console) -> Result<End, Stop> {
    let (flowsheet, sources) = Sheet::open(&args.sheet, console)?;
    let (flows, difference) = compute(&flowsheet, args).map_err(|findings| {
        console.draw(&findings, &sources);
        Stop::Model
    })?;
    let streams: Vec<StreamOutcome> =
        flowsheet.streams.ids().map(|id| stream(&flowsheet, &flows, id)).collect();
    let style = console.style(args.output.as_deref());
    let worst = flowsheet.operations.ids().map(|id| flows.closure(&flowsheet, id).relative().abs());
    let worst = worst.fold(0.0, f64::max);
    let text = terminal::render_flows(&flowsheet.title, &streams, worst, difference, &style);
    write_output(console, args.output.as_deref(), &text)?;
    Ok(End::Well)
}

/// The flows, and at the optimum how far they are from those of the plan, relative to the largest stream.
fn compute(flowsheet: &Flowsheet, args: &BalanceArgs) -> Result<(Flows, Option<f64>), Diagnostics> {
    only_one_year(flowsheet, "balance")?;
    let values = flowsheet.values();
    if !args.at_optimum {
        let decisions = Decisions::of_flowsheet(flowsheet, &values)?;
        return Ok((balance::balance(flowsheet, &values, &decisions)?, None));
    }
    let plan = analyse(flowsheet, &args.solver.options(), args.form.form())?;
    let decisions = replay::decisions(&plan.model, &plan.solution, flowsheet);
    let flows = balance::balance(flowsheet, &values, &decisions)?;
    let planned = |name: &str| plan.outcome.streams.iter().find(|stream| stream.name == name);
    let mut largest = 0.0_f64;
    let mut difference = 0.0_f64;
    for (id, stream) in flowsheet.streams.iter_ids() {
        let Some(planned) = planned(&stream.name) else { continue };
        largest = largest.max(planned.flow);
        for &species in &stream.species {
            let name = &flowsheet.species[species].name;
            let other = planned.species.iter().find(|item| item.name == *name);
            let other = other.map_or(0.0, |item| item.flow);
            difference = difference.max((flows.flow(id, species) - other).abs());
        }
    }
    Ok((flows, Some(if largest > 0.0 { difference / largest } else { difference })))
}

/// A stream as it is reported; without values, which are the plan's.
fn stream(flowsheet: &Flowsheet, flows: &Flows, id: StreamId) -> StreamOutcome {
    let stream = &flowsheet.streams[id];
    let species = stream.species.iter().map(|&species| SpeciesFlow {
        name: flowsheet.species[species].name.clone(),
        flow: flows.flow(id, species),
        interval: None,
        grade: flows.grade(id, species).unwrap_or(0.0),
        recovery: None,
        worth: 0.0,
    });
    let mut species: Vec<SpeciesFlow> = species.collect();
    species.sort_by(|a, b| b.flow.total_cmp(&a.flow));
    StreamOutcome {
        name: stream.name.clone(),
        from: flowsheet.operations[stream.from].name.clone(),
        to: flowsheet.operations[stream.to].name.clone(),
        flow: flows.total(id),
        interval: None,
        species,
        value: None,
        imputed_value: 0.0,
    }
}
