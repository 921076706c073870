//! One-sided prices of a right-hand side where a ratio is optimised, and how far they go.

use super::best::{Denominator, measure};
use crate::lp::{Failure, LinearProgram, Options, RowId, Side, Solution, side};

/// Two prices nearer than this are one, relative; a step shorter than this is none.
const SAME: f64 = 1e-9;

impl Denominator {
    /// The one-sided derivative of ±ratio (the minimum of the program that [`best_ratio`](super::best_ratio) wrote and
    /// solved) with a row's right-hand side, and how far the same limits hold it; none if nothing is feasible on that side.
    ///
    /// Along one basis both measures are straight lines, so the ratio bends: from its price p at the optimum it has
    /// changed by `p s ÷ (1 + β s)` after a step s, with β the denominator's relative rate. The basis serves until it is
    /// infeasible, or until the ratio has become one at which another would be better. At a degenerate vertex another
    /// basis may go further; where this one does not go that way at all, the room is told as without end, and the change
    /// as not a number.
    ///
    /// # Errors
    /// A failure to solve.
    pub fn side<C: Clone, R: Clone>(
        &self,
        lp: &LinearProgram<C, R>,
        solution: &Solution,
        row: RowId,
        up: bool,
        options: &Options,
    ) -> Result<Option<Side>, Failure> {
        let Some(mut found) = side(lp, solution, row, up, options)? else { return Ok(None) };
        let rate = if up { 1.0 } else { -1.0 };
        // What improves the ratio does so first for the smallest of the best plans, which it changes most.
        if found.price * rate < 0.0 && self.least > 0.0 {
            found.price *= self.value / self.least;
        }
        let slope = found.price * rate;
        let unknown = |found: Side| {
            let change = if slope == 0.0 { 0.0 } else { f64::NAN };
            Ok(Some(Side { room: f64::INFINITY, next: None, change, ..found }))
        };
        let Some(basis) = &solution.basis else { return unknown(found) };
        if solution.degenerate {
            let apart = (solution.dual(row) - found.price).abs();
            let (room, next) = basis.reach_of(row, up);
            if apart > SAME * found.price.abs() || room <= SAME * lp.row(row).rhs.abs() {
                return unknown(found);
            }
            (found.room, found.next) = (room, next);
        }
        let bend = rate * measure(&self.factors, &basis.primal_direction(row)).value / self.value;
        let rates: Vec<f64> = self.factors.iter().map(|factor| -factor / self.value).collect();
        let range = basis.ranging_costs(&rates);
        let (most, next) = if slope < 0.0 { range.down } else { range.up };
        // Where the change is as large as it may be: p s ÷ (1 + β s) = ±most.
        let step = most / (slope.abs() - most * bend);
        if slope != 0.0 && most.is_finite() && (0.0..found.room).contains(&step) {
            (found.room, found.next) = (step, next);
        }
        found.change = match found.room.is_finite() {
            true => slope * found.room / (1.0 + bend * found.room),
            false if slope == 0.0 => 0.0,
            false => slope / bend,
        };
        Ok(Some(found))
    }
}
