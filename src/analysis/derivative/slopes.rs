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
        let weighed: Vec<(Option<Vec<f64>>, usize)> = weighed.collect();
        let unweighed = weighed.iter().map(|(_, left)| left).sum();
        let alone: IdVec<FigureId, Option<Vec<f64>>> =
            weighed.into_iter().map(|(by, _)| by).collect();
        let together = figures.iter().map(|&id| {
            let mut by = alone[id].clone()?;
            for (other, rate) in companions(flowsheet, context.values, id) {
                for (sum, part) in by.iter_mut().zip(alone[other].iter().flatten()) {
                    *sum += rate * part;
                }
            }
            Some(by)
        });
        Self { by: together.collect(), unweighed }
    }
}

/// The figures that must move with one, and their rates: the other lines of a recipe that fills the whole shrink in
/// proportion, so that it still does.
pub(in crate::analysis) fn companions(
    flowsheet: &Flowsheet,
    values: &Values,
    id: FigureId,
) -> Vec<(FigureId, f64)> {
    let recipes = flowsheet.operations.iter().filter_map(|operation| match &operation.kind {
        Kind::Blender(blender) => Some(&blender.recipe),
        _ => None,
    });
    for recipe in recipes {
        let shares: Vec<FigureId> = recipe.iter().filter_map(|entry| entry.share).collect();
        let sum: f64 = shares.iter().map(|&share| values[share]).sum();
        let rest = 1.0 - values[id];
        if shares.contains(&id) && (sum - 1.0).abs() < 1e-9 && rest > 0.0 {
            let others = shares.into_iter().filter(|&share| share != id);
            return others.map(|share| (share, -values[share] / rest)).collect();
        }
    }
    Vec::new()
}
