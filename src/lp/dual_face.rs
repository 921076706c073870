//! The optimal face of the duals: all optimal dual solutions, and how far a measure can vary over them.

use super::{Basis, ColumnId, Failure, LinearProgram, Options, RowSense, Solution, face::ends};
use crate::index::Id;

/// All optimal dual solutions of a solved program.
///
/// They are the feasible duals that are complementary to one optimum: `Aᵀ y = c` for columns between their bounds, `y = 0` for
/// rows that do not bind (Goldman and Tucker 1956). Where the optimum is not degenerate there is one.
#[derive(Clone, Debug)]
pub struct DualFace {
    /// One column per row of the program.
    program: LinearProgram<(), ()>,
    known: Vec<f64>,
    moves: Vec<bool>,
}

impl DualFace {
    /// The optimal duals of a program; none if there is but one, or its solution has no basis.
    #[must_use]
    pub fn new<C, R>(lp: &LinearProgram<C, R>, solution: &Solution) -> Option<Self> {
        let basis: &Basis = solution.basis.as_ref().filter(|_| solution.degenerate)?;
        let mut program = LinearProgram::new();
        let mut moves = Vec::with_capacity(lp.row_count());
        for (id, row) in lp.rows() {
            let (lower, upper) = match row.sense {
                _ if basis.is_slack_open(id) => (0.0, 0.0),
                RowSense::AtMost => (f64::NEG_INFINITY, 0.0),
                RowSense::Equal => (f64::NEG_INFINITY, f64::INFINITY),
                RowSense::AtLeast => (0.0, f64::INFINITY),
            };
            program.add_column((), 0.0, lower, upper);
            moves.push(lower < upper);
        }
        let mut columns: Vec<Vec<(ColumnId, f64)>> = vec![Vec::new(); lp.column_count()];
        for (id, _) in lp.rows() {
            for (column, value) in lp.row_terms(id) {
                columns[column.index()].push((ColumnId::new(id.index()), value));
            }
        }
        for ((id, column), terms) in lp.columns().zip(columns) {
            let sense = if basis.is_column_open(id) {
                RowSense::Equal
            } else if column.lower == column.upper {
                continue;
            } else if solution.value(id) - column.lower <= column.upper - solution.value(id) {
                RowSense::AtMost
            } else {
                RowSense::AtLeast
            };
            program.add_row((), sense, column.cost, terms);
        }
        Some(Self { program, known: solution.duals.clone(), moves })
    }

    /// Whether a measure with these factors, one per row, might vary.
    #[must_use]
    pub fn may_vary(&self, factors: &[f64]) -> bool {
        self.moves.iter().zip(factors).any(|(&moves, &factor)| moves && factor != 0.0)
    }

    /// The least and the greatest value of Σ gᵢ yᵢ over all optimal duals; infinite where nothing ends it.
    ///
    /// # Errors
    /// A failure to solve.
    pub fn range(&self, factors: &[f64], options: &Options) -> Result<(f64, f64), Failure> {
        let known: f64 = factors.iter().zip(&self.known).map(|(factor, dual)| factor * dual).sum();
        if !self.may_vary(factors) {
            return Ok((known, known));
        }
        ends(&self.program, factors, known, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lp::{side, solve};
    use proptest::prelude::*;

    #[test]
    fn the_ends_of_a_dual_are_the_one_sided_derivatives() {
        // Three limits meet at (2, 2), of which two would fix it.
        let mut lp: LinearProgram<(), ()> = LinearProgram::new();
        let x = lp.add_column((), -3.0, 0.0, f64::INFINITY);
        let y = lp.add_column((), -2.0, 0.0, f64::INFINITY);
        let rows = [
            lp.add_row((), RowSense::AtMost, 2.0, [(x, 1.0)]),
            lp.add_row((), RowSense::AtMost, 2.0, [(y, 1.0)]),
            lp.add_row((), RowSense::AtMost, 4.0, [(x, 1.0), (y, 1.0)]),
            lp.add_row((), RowSense::AtMost, 9.0, [(x, 1.0)]),
        ];
        let options = Options::default();
        let solution = solve(&lp, &options).expect("an optimum");
        let face = DualFace::new(&lp, &solution).expect("degenerate");
        for row in rows {
            let mut unit = vec![0.0; 4];
            unit[row.index()] = 1.0;
            let (least, most) = face.range(&unit, &options).expect("solved");
            let side =
                |up| side(&lp, &solution, row, up, &options).expect("solved").expect("a plan");
            // The minimum is convex in a right-hand side: from below the slope is least.
            assert!((side(false).price - least).abs() < 1e-9, "{row:?}");
            assert!((side(true).price - most).abs() < 1e-9, "{row:?}");
        }
        // By hand: y₁ + y₃ = −3 and y₂ + y₃ = −2, so y₃ lies between −2 and 0.
        assert_eq!(face.range(&[0.0, 0.0, 1.0, 0.0], &options).expect("solved"), (-2.0, 0.0));
        assert_eq!(face.range(&[1.0, 0.0, 1.0, 0.0], &options).expect("solved"), (-3.0, -3.0));
    }

    proptest! {
        #[test]
        fn random_degenerate_programs_have_the_ends_of_their_sides(
            costs in proptest::collection::vec(-5_i8..2, 3),
            entries in proptest::collection::vec(0_i8..4, 15),
        ) {
            // Six limits through the point (1, 1, 1).
            let mut lp: LinearProgram<(), ()> = LinearProgram::new();
            let columns: Vec<ColumnId> =
                costs.iter().map(|&cost| lp.add_column((), f64::from(cost), 0.0, 9.0)).collect();
            for row in entries.chunks(3) {
                let rhs = row.iter().map(|&entry| f64::from(entry)).sum();
                let terms = columns.iter().zip(row).map(|(&column, &entry)| (column, f64::from(entry)));
                lp.add_row((), RowSense::AtMost, rhs, terms.collect::<Vec<_>>());
            }
            let options = Options::default();
            let solution = solve(&lp, &options).expect("bounded");
            let Some(face) = DualFace::new(&lp, &solution) else { return Ok(()) };
            for (id, _) in lp.rows() {
                let mut unit = vec![0.0; lp.row_count()];
                unit[id.index()] = 1.0;
                let (least, most) = face.range(&unit, &options).expect("solved");
                for (up, end) in [(false, least), (true, most)] {
                    match side(&lp, &solution, id, up, &options).expect("solved") {
                        Some(side) => prop_assert!((side.price - end).abs() < 1e-7, "{up} {side:?} {end}"),
                        None => prop_assert!(end.is_infinite(), "{up} {end}"),
                    }
                }
            }
        }
    }
}
