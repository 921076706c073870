//! What one more, and one less, of a limit does.

use crate::{
    analysis::context::Context,
    flowsheet::Sense,
    lp::Options,
    lp::{self, Face, Reach, RowId, Side},
    model::{Linear, Sensitivity},
};

/// Both sides of a limit's right-hand side; none where there is no plan.
pub(in crate::analysis) struct Sides {
    pub(in crate::analysis) down: Option<Side>,
    pub(in crate::analysis) up: Option<Side>,
}

impl Sides {
    /// What does not bind moves nothing.
    pub(super) fn slack() -> Self {
        let side = || {
            let (room, change) = (f64::INFINITY, 0.0);
            Some(Side { price: 0.0, room, change, next: None, basis: None })
        };
        Self { down: side(), up: side() }
    }

    /// Both sides of a row of the full program.
    pub(in crate::analysis) fn of(context: &Context<'_>, options: &Options, row: RowId) -> Self {
        let side = |up: bool| {
            let id = context.model.condensed_row(row)?;
            // What could not be proven is not told: the price of the basis remains.
            context.model.side(context.solution, id, up, options).ok()?
        };
        Self { down: side(false), up: side(true) }
    }

    /// The side that relieves a limit; none if it is fixed exactly.
    pub(in crate::analysis) const fn relieving(&self, sense: Sense) -> Option<&Side> {
        match sense {
            Sense::AtMost => self.up.as_ref(),
            Sense::AtLeast => self.down.as_ref(),
            Sense::Exactly => None,
        }
    }

    /// The side that tightens a limit; none if it is fixed exactly.
    pub(in crate::analysis) const fn tightening(&self, sense: Sense) -> Option<&Side> {
        match sense {
            Sense::AtMost => self.down.as_ref(),
            Sense::AtLeast => self.up.as_ref(),
            Sense::Exactly => None,
        }
    }
}

/// The least and the greatest value of what a share is of among all best plans; none if there is one plan only.
pub(super) fn extent(
    context: &Context<'_>,
    options: &Options,
    whole: &Linear,
) -> Option<(f64, f64)> {
    let raw = &context.solution.raw;
    if raw.unique == Some(true) || context.solution.ratio.is_some() {
        return None;
    }
    let face = Face::new(context.model.condensed(), raw)?;
    let (least, most) = face.range(&context.model.reduce(whole), options).ok()?;
    (least.is_finite() && most.is_finite()).then_some((least, most))
}

/// How far a share may go down and up, where the vertex is not degenerate; `whole` is what it is a share of.
pub(super) fn share_reaches(
    context: &Context<'_>,
    row: RowId,
    whole: &Linear,
) -> (Option<Reach>, Option<Reach>) {
    let Some(id) = context.model.condensed_row(row).filter(|_| context.solution.ratio.is_none())
    else {
        return (None, None);
    };
    let factors: Vec<f64> = context.model.reduce(whole).iter().map(|factor| -factor).collect();
    let (lp, raw) = (context.model.condensed(), &context.solution.raw);
    let reach = |up: bool| lp::reach_of_share(lp, raw, id, &factors, up);
    (reach(false), reach(true))
}

/// The change of a functional per unit of a row's right-hand side, on the side that relieves it: at a degenerate vertex by
/// the basis of that side.
pub(in crate::analysis) fn effect(
    context: &Context<'_>,
    functional: &Linear,
    at_vertex: &Sensitivity,
    row: RowId,
    relieving: Option<&Side>,
) -> f64 {
    match (context.solution.raw.degenerate, relieving) {
        (true, Some(side)) => side.basis.as_ref().map_or(0.0, |basis| {
            // Nothing happens where relieving does not help.
            let moved = context.model.sensitivity_at(basis, functional);
            if side.price == 0.0 { 0.0 } else { moved.row(row) }
        }),
        _ => at_vertex.row(row),
    }
}
