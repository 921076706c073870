//! How much of the result rests on assumed figures: the derivative of the multiplier by each of them.

use super::{
    AssumptionOutcome, FigureCount, NormalisedOutcome,
    clock::Clock,
    context::Context,
    derivative::{Weighed, Weigher},
};
pub(super) use super::{
    derivative::{Followed, Moved, WORK, follow, follow_objective},
    users::shaping,
};
use crate::{
    chem::normalising_factor,
    flowsheet::{FigureId, Flowsheet, Goal, Kind, MeasureUnit, Provenance, SpeciesId},
};

/// How the figures are founded, none of them weighed.
pub(super) fn count(flowsheet: &Flowsheet) -> FigureCount {
    let mut count = FigureCount { sourced: 0, assumed: 0, unstated: 0, unweighed: 0 };
    for figure in &flowsheet.figures {
        match figure.provenance {
            Provenance::Sourced { .. } => count.sourced += 1,
            Provenance::Assumed { .. } => count.assumed += 1,
            Provenance::Unstated => count.unstated += 1,
            Provenance::Wanted | Provenance::Computed => {}
        }
    }
    count.unweighed = count.assumed;
    count
}

pub(super) fn weigh(context: &Context<'_>, clock: Clock) -> (Vec<AssumptionOutcome>, FigureCount) {
    let flowsheet = context.flowsheet;
    let multiplier = flowsheet
        .goals
        .iter()
        .find(|goal| is_multiplier(goal))
        .and_then(|goal| follow(context, goal));
    let objective = follow_objective(context);
    let assumed =
        |id: FigureId| matches!(flowsheet.figures[id].provenance, Provenance::Assumed { .. });
    let weigher = Weigher::new(context, clock, assumed);
    let mut outcomes = Vec::new();
    let mut count = FigureCount { sourced: 0, assumed: 0, unstated: 0, unweighed: 0 };
    for (id, figure) in flowsheet.figures.iter_ids() {
        let reason = match &figure.provenance {
            Provenance::Sourced { .. } => {
                count.sourced += 1;
                continue;
            }
            Provenance::Unstated => {
                count.unstated += 1;
                continue;
            }
            Provenance::Wanted | Provenance::Computed => continue,
            Provenance::Assumed { reason } => reason,
        };
        count.assumed += 1;
        let weighed = weigher.moved(id);
        count.unweighed += usize::from(matches!(weighed, Weighed::LeftOut));
        let moved = match weighed {
            Weighed::Moved(moved) => Some(moved),
            Weighed::NoPlan | Weighed::LeftOut => None,
        };
        let derivative = |followed: &Option<Followed>| {
            Some(moved.as_ref()?.derivative(context, followed.as_ref()?))
        };
        let by_figure = derivative(&multiplier);
        outcomes.push(AssumptionOutcome {
            path: figure.path.clone(),
            text: figure.text.clone(),
            value: figure.value,
            reason: reason.clone(),
            multiplier_derivative: by_figure,
            multiplier_elasticity: by_figure.and_then(|by_figure| {
                let base = multiplier.as_ref()?.base;
                (base != 0.0).then(|| by_figure * figure.value / base)
            }),
            objective_per_percent: derivative(&objective).map(|slope| slope * figure.value * 0.01),
        });
    }
    let weight = |outcome: &AssumptionOutcome| {
        (
            outcome.multiplier_elasticity.unwrap_or(0.0).abs(),
            outcome.objective_per_percent.unwrap_or(0.0).abs(),
        )
    };
    outcomes.sort_by(|a, b| {
        let (a, b) = (weight(a), weight(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    (outcomes, count)
}

/// The splits that are divided by their sums: because the file asks for it, or a part was moved.
pub(super) fn normalised(context: &Context<'_>) -> Vec<NormalisedOutcome> {
    let flowsheet = context.flowsheet;
    let mut found = Vec::new();
    let mut add = |first: SpeciesId, parts: &[FigureId]| {
        let sum = parts.iter().map(|&part| context.values[part]).sum();
        let Some(factor) = normalising_factor(sum, parts.len()) else { return };
        let (path, name) = (&flowsheet.figures[parts[0]].path, &flowsheet.species[first].name);
        let path = path.strip_suffix(name.as_str()).unwrap_or(path).trim_end_matches('.');
        found.push(NormalisedOutcome { path: path.to_owned(), sum, factor });
    };
    for operation in &flowsheet.operations {
        let assay = match &operation.kind {
            Kind::Feed(feed) => Some(&feed.assay),
            Kind::Use(service) => service.assay.as_ref(),
            _ => None,
        };
        for grade in assay.into_iter().flat_map(|assay| &assay.grades) {
            if !grade.parts.is_empty() {
                add(grade.members[0], &grade.parts);
            }
        }
        let designed = operation.kind.cascade().map_or(&[][..], |cascade| &cascade.feed);
        if let Some(&(first, _)) = designed.first() {
            add(first, &designed.iter().map(|&(_, part)| part).collect::<Vec<_>>());
        }
    }
    found
}

/// A ratio of money to money.
pub(super) fn is_multiplier(goal: &Goal) -> bool {
    goal.of.unit == MeasureUnit::MoneyRate
        && goal.to.as_ref().is_some_and(|to| to.unit == MeasureUnit::MoneyRate)
}
