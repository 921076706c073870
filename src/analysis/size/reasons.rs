//! What a size follows from: targets, other limits that bind, trains, least and largest sizes.

use super::{ROUNDING, Reason, SizedBy, needed, plant::Plant, prepare::Item};
use crate::{
    flowsheet::{BuildCost, BuildId, Content, Sense},
    model::{Row, Rule},
};

/// A part below this share of the size is not told.
const PART: f64 = 1e-6;

impl Plant<'_> {
    /// What a size follows from, what matters most first.
    pub(super) fn reasons(&self, item: &Item, size: f64, addition: f64) -> Vec<SizedBy> {
        let context = self.context;
        let mut reasons: Vec<SizedBy> = Vec::new();
        let largest = self.open.items.iter().map(|item| context.value(&needed(context, item)));
        if size <= ROUNDING * largest.fold(0.0, f64::max) {
            return reasons;
        }
        if let Some(basis) = &self.last.basis {
            let factors = context.model.reduce(&needed(context, item));
            let by_row = basis.adjoint(&factors);
            for ((_, row), derivative) in context.model.condensed().rows().zip(by_row) {
                if derivative != 0.0 {
                    reasons.extend(self.reason(*row.key, derivative));
                }
            }
        }
        let part = |it: &SizedBy| it.part.unwrap_or(0.0).abs();
        reasons.retain(|it| part(it) > PART * size);
        reasons.sort_by(|a, b| part(b).total_cmp(&part(a)));
        let Some(build) = item.build.as_ref().filter(|_| addition > 0.0) else { return reasons };
        let operation = &self.original.operations[item.operation];
        let path = |key: &str| format!("{}.{}.build.{key}", operation.kind.name(), operation.name);
        let rounded = |what, name| SizedBy { what, name, factor: None, part: None };
        if let BuildCost::Train { .. } = build.cost {
            reasons.push(rounded(Reason::Trains, path("train")));
        }
        if let Some(least) = build.min
            && addition <= context.values[least] * (1.0 + ROUNDING)
        {
            reasons.push(rounded(Reason::Smallest, path("min")));
        }
        reasons
    }

    /// What a row of the program says of a size that moves with its right-hand side.
    fn reason(&self, row: Row, derivative: f64) -> Option<SizedBy> {
        let (context, flowsheet) = (self.context, &self.open.flowsheet);
        let (what, figure, factor, available) = match row {
            Row::Goal(id, at, _) => {
                let goal = &flowsheet.goals[id];
                let below = goal.to.as_ref().map_or(1.0, |to| {
                    context.value(&context.functionals().measure(context.at(), to))
                });
                let target = self.open.targets.contains(&id);
                let what = if target { Reason::Target } else { Reason::Limit };
                (what, goal.bounds[at].figure, derivative * below, 1.0)
            }
            Row::Limit(id, _) => {
                let limit = &flowsheet.limits[id];
                let whole = match limit.share_of {
                    // Lines of a recipe and shares of a splitter are what the operation is, and limit nothing.
                    Some(_) if limit.sense == Sense::Exactly => return None,
                    Some(port) => {
                        let whole =
                            context.functionals().flow(context.at(), port, &Content::whole());
                        context.value(&whole)
                    }
                    None => 1.0,
                };
                let available = limit.availability.map_or(1.0, |figure| context.values[figure]);
                (Reason::Limit, limit.figure, derivative * whole, available)
            }
            Row::Rule(Rule::Largest(id) | Rule::PieceEnd(id, _), _) => {
                return Some(self.largest(id, derivative));
            }
            _ => return None,
        };
        let name = match row {
            Row::Goal(id, ..) => flowsheet.goals[id].name.clone(),
            _ => flowsheet.figures[figure].path.clone(),
        };
        let factor = factor * available;
        Some(SizedBy {
            what,
            name,
            factor: Some(factor),
            part: Some(factor * context.values[figure]),
        })
    }

    /// A largest size that binds.
    fn largest(&self, id: BuildId, derivative: f64) -> SizedBy {
        let context = self.context;
        let build = &self.open.flowsheet.builds[id];
        let operation = &self.original.operations[build.operation];
        let size = context.value(&context.functionals().added(context.at(), id, context.period));
        SizedBy {
            what: Reason::Largest,
            name: format!("{}.{}.build", operation.kind.name(), operation.name),
            factor: Some(derivative),
            part: Some(derivative * size),
        }
    }
}
