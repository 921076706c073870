//! Why a share of a flow is out of reach: what can be in the part at all, and how much of the whole that is.

use std::fmt::Write as _;

use super::{chain::name_of, conflict::Statement, repair::Search};
use crate::{
    diagnostic::Diagnostic,
    flowsheet::{Content, FigureId, Kind, Measure, PeriodId, Port, Sense, SpeciesId, Term},
    index::Id,
    lp::{self, LinearProgram},
    measure::format_fraction,
    model::At,
};

/// Shares closer than this are the same.
const SAME: f64 = 1e-6;

/// The sentence, and the assays that hold the share down, each figure with what is to be said of it.
pub(super) struct Share {
    pub(super) sentence: String,
    pub(super) places: Vec<(FigureId, String)>,
}

impl Share {
    pub(super) fn mark(&self, search: &Search<'_>, mut diagnostic: Diagnostic) -> Diagnostic {
        for (figure, text) in &self.places {
            let span = search.flowsheet.figures[*figure].span;
            diagnostic = diagnostic.at(span, text.clone());
        }
        diagnostic
    }
}

/// Follows a goal that wants at least a share of one flow in another; none if it is no such goal, or if the part can
/// hold all that is in the whole.
pub(super) fn follow(search: &Search<'_>, demanding: Statement) -> Option<Share> {
    let flowsheet = search.flowsheet;
    if demanding.sense(flowsheet) != Sense::AtLeast {
        return None;
    }
    let (of, to) = demanding.measures(flowsheet)?;
    let (part_port, part) = single_flow(&of)?;
    let to = to?;
    let (whole_port, whole) = single_flow(&to)?;
    let at = At { flowsheet, values: search.values, period: PeriodId::new(0) };
    let flow = |port: Port, content: &Content| {
        search.model.reduce(&search.model.functionals().flow(at, port, content))
    };
    let at_port = |port: Port, within: &Content| -> Vec<SpeciesId> {
        let all = flowsheet.species.ids().filter(|&id| within.weight(id) != 0.0);
        let there = |id: &SpeciesId| {
            flow(port, &flowsheet.content_of(*id)).iter().any(|factor| factor.abs() > 1e-12)
        };
        all.filter(there).collect()
    };
    let (held, all) = (at_port(part_port, &part), at_port(whole_port, &whole));
    let held: Vec<SpeciesId> = held.into_iter().filter(|id| all.contains(id)).collect();
    if held.is_empty() || held.len() == all.len() {
        return None;
    }
    let name = name_of(flowsheet, &all, &held);
    let weights = held.iter().map(|&id| (id, whole.weight(id))).collect();
    let only = Content { name: name.clone(), weights: Some(weights) };
    let (of, only_flow, to) =
        (flow(part_port, &part), flow(whole_port, &only), flow(whole_port, &whole));
    let greatest = |of: &[f64], to: &[f64]| {
        let mut program: LinearProgram<(), ()> = LinearProgram::new();
        let condensed = search.model.condensed();
        for (_, column) in condensed.columns() {
            program.add_column((), 0.0, column.lower, column.upper);
        }
        for (id, row) in condensed.rows().filter(|&(id, _)| id != demanding.id) {
            program.add_row((), row.sense, row.rhs, condensed.row_terms(id));
        }
        lp::fractional(&program, (of, to), true, search.options).ok().map(|found| found.value)
    };
    let (share, carried) = (greatest(&only_flow, &to)?, greatest(&of, &only_flow)?);
    let wanted = demanding.bound(flowsheet, search.values);
    let all_of = if whole.is_whole() { String::new() } else { format!("the {} in ", whole.name) };
    let (part_place, whole_place) = (place(search, part_port), place(search, whole_port));
    let mut sentence = format!(
        "{part_place} can hold {name} only, and {name} is at most {} of {all_of}{whole_place}",
        format_fraction(share)
    );
    if carried < 1.0 - SAME {
        let _ = write!(
            sentence,
            ", of which at most {} gets there: {} of the whole",
            format_fraction(carried),
            format_fraction(share * carried)
        );
    }
    if wanted <= carried {
        let asked = &flowsheet.figures[demanding.figure(flowsheet)?].text;
        let whole = if whole.is_whole() { "whole" } else { &whole.name };
        let _ = write!(sentence, "; {asked} of the {name} can be had, {asked} of the {whole} not");
    }
    Some(Share { sentence, places: assays(search, &held, &whole, &name) })
}

/// The flow that a measure is, if it is nothing else.
fn single_flow(measure: &Measure) -> Option<(Port, Content)> {
    match measure.terms.as_slice() {
        [(factor, Term::Flow(port, content))] if *factor == 1.0 => Some((*port, content.clone())),
        _ => None,
    }
}

fn place(search: &Search<'_>, port: Port) -> String {
    let operation = |id| &search.flowsheet.operations[id];
    match port {
        Port::Stream(id) => format!("`{}`", search.flowsheet.streams[id].name),
        Port::Inlet(id) if matches!(operation(id).kind, Kind::Feed(_)) => {
            format!("what `{}` supplies", operation(id).name)
        }
        Port::Inlet(id) | Port::Mix(id) => format!("what enters `{}`", operation(id).name),
        Port::Blend(id) => format!("what `{}` makes", operation(id).name),
        Port::Stock(id) => format!("the stock of `{}`", operation(id).name),
        Port::Ingredient(id, _) => format!("what `{}` buys", operation(id).name),
    }
}

/// Where feeds say how much of the whole is what the part can hold.
fn assays(
    search: &Search<'_>,
    held: &[SpeciesId],
    whole: &Content,
    name: &str,
) -> Vec<(FigureId, String)> {
    let flowsheet = search.flowsheet;
    let mut places = Vec::new();
    for operation in &flowsheet.operations {
        let Kind::Feed(feed) = &operation.kind else { continue };
        let fractions = feed.assay.fractions(search.values);
        let sum = |of: &dyn Fn(SpeciesId) -> bool| -> f64 {
            let weighed = fractions.iter().filter(|&&(id, _)| of(id));
            weighed.map(|&(id, share)| share * whole.weight(id)).sum()
        };
        let (part, all) = (sum(&|id| held.contains(&id)), sum(&|_| true));
        if part <= 0.0 || all <= part {
            continue;
        }
        let all_of =
            if whole.is_whole() { String::new() } else { format!("the {} of ", whole.name) };
        let mut text =
            format!("{name} is {} of {all_of}`{}`", format_fraction(part / all), operation.name);
        for grade in &feed.assay.grades {
            let figures =
                if grade.parts.is_empty() { vec![grade.figure] } else { grade.parts.clone() };
            for (species, figure) in grade.members.iter().zip(figures) {
                if held.contains(species) {
                    places.push((figure, std::mem::replace(&mut text, "and this".to_owned())));
                }
            }
        }
    }
    places
}
