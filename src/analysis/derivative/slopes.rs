//! Derivatives of several functionals by many figures.

use rayon::prelude::*;

use super::{Followed, Weighed, Weigher};
use crate::{
    analysis::context::Context,
    flowsheet::{FigureId, Flowsheet, Kind, Values},
    index::IdVec,
};

/// Derivatives of what is followed by each figure that is asked for.
pub(in crate::analysis) struct Slopes {
    /// Per figure one derivative for each that is followed, 0 where nothing is; none if the figure has none.
    pub(in crate::analysis) by: IdVec<FigureId, Option<Vec<f64>>>,
    /// Number of figures left out: there are too many, cascades are designed by them, or the time is over.
    pub(in crate::analysis) unweighed: usize,
}

impl Slopes {
    /// The derivatives at the best plan of one year; companions of a figure move with it.
    pub(in crate::analysis) fn new(
        context: &Context<'_>,
        weigher: &Weigher<'_>,
        followed: &[Option<&Followed>],
        asked: impl Fn(FigureId) -> bool + Sync,
    ) -> Self {
        let flowsheet = context.flowsheet;
        let figures: Vec<FigureId> = flowsheet.figures.ids().collect();
        let of = |of: Option<&Followed>, moved: &super::Moved| {
            of.map_or(0.0, |of| moved.derivative(context, of))
        };
        let weighed = figures.par_iter().map(|&id| match asked(id).then(|| weigher.moved(id)) {
            Some(Weighed::Moved(moved)) => {
                (Some(followed.iter().map(|&it| of(it, &moved)).collect()), 0)
            }
            Some(Weighed::LeftOut) => (None, 1),
            Some(Weighed::NoPlan) | None => (None, 0),
        });
        Self::gather(flowsheet, context.values, weighed.collect())
    }

    /// From each figure moved alone, and whether it was left out: the lines of a recipe move together.
    pub(super) fn gather(
        flowsheet: &Flowsheet,
        values: &Values,
        weighed: Vec<(Option<Vec<f64>>, usize)>,
    ) -> Self {
        let unweighed = weighed.iter().map(|(_, left)| left).sum();
        let alone: IdVec<FigureId, Option<Vec<f64>>> =
            weighed.into_iter().map(|(by, _)| by).collect();
        Self { by: with_companions(flowsheet, values, &alone), unweighed }
    }
}

/// The derivatives where the other lines of a figure's recipe move with it.
fn with_companions(
    flowsheet: &Flowsheet,
    values: &Values,
    alone: &IdVec<FigureId, Option<Vec<f64>>>,
) -> IdVec<FigureId, Option<Vec<f64>>> {
    let mut together = alone.clone();
    for recipe in whole_recipes(flowsheet, values) {
        for &id in &recipe {
            let Some(by) = &mut together[id] else { continue };
            for (other, rate) in others(&recipe, values, id) {
                for (sum, part) in by.iter_mut().zip(alone[other].iter().flatten()) {
                    *sum += rate * part;
                }
            }
        }
    }
    together
}

/// The figures that must move with one, and their rates: the other lines of a recipe that fills the whole shrink in
/// proportion, so that it still does.
pub(in crate::analysis) fn companions(
    flowsheet: &Flowsheet,
    values: &Values,
    id: FigureId,
) -> Vec<(FigureId, f64)> {
    let recipe = whole_recipes(flowsheet, values).find(|recipe| recipe.contains(&id));
    recipe.map_or_else(Vec::new, |recipe| others(&recipe, values, id).collect())
}

/// The lines of each recipe that fills the whole.
pub(in crate::analysis) fn whole_recipes(
    flowsheet: &Flowsheet,
    values: &Values,
) -> impl Iterator<Item = Vec<FigureId>> {
    flowsheet.operations.iter().filter_map(|operation| {
        let Kind::Blender(blender) = &operation.kind else { return None };
        let shares: Vec<FigureId> = blender.recipe.iter().filter_map(|entry| entry.share).collect();
        let sum: f64 = shares.iter().map(|&share| values[share]).sum();
        ((sum - 1.0).abs() < 1e-9).then_some(shares)
    })
}

/// The other lines of a recipe, and how fast each shrinks as one grows; none for a line that is the whole.
fn others(
    recipe: &[FigureId],
    values: &Values,
    id: FigureId,
) -> impl Iterator<Item = (FigureId, f64)> {
    let rest = 1.0 - values[id];
    let others = recipe.iter().filter(move |&&share| share != id && rest > 0.0);
    others.map(move |&share| (share, -values[share] / rest))
}
