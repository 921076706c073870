//! Programs whose optimum proves something about another program: for sizes beyond
//! [`BASIS_ROWS`](super::BASIS_ROWS), where no basis is at hand to prove it.

use super::{RowSense, program::Program};

/// Minimises the total violation of the rows; bounds are kept. Its optimum is 0 exactly if the
/// program has a feasible point, and otherwise its duals are a Farkas vector.
pub(super) fn elastic(program: &Program) -> Program {
    let mut elastic = program.clone();
    elastic.cost.fill(0.0);
    elastic.offset = 0.0;
    let rows = std::mem::take(&mut elastic.rows);
    for i in 0..program.row_count() {
        let mut terms: Vec<_> = rows.outer(i).collect();
        if program.sense[i] != RowSense::AtLeast {
            terms.push((elastic.column_count(), -1.0));
            elastic.add_column(1.0, 0.0, f64::INFINITY);
        }
        if program.sense[i] != RowSense::AtMost {
            terms.push((elastic.column_count(), 1.0));
            elastic.add_column(1.0, 0.0, f64::INFINITY);
        }
        elastic.rows.push(terms);
    }
    elastic
}

/// Minimises the cost of a direction in the unit box that no row or bound ever stops. Its optimum
/// is negative exactly if the objective is unbounded wherever there is a feasible point.
pub(super) fn recession(program: &Program) -> Program {
    let mut recession = program.clone();
    recession.rhs.fill(0.0);
    recession.offset = 0.0;
    for j in 0..program.column_count() {
        recession.lower[j] = if program.lower[j].is_finite() { 0.0 } else { -1.0 };
        recession.upper[j] = if program.upper[j].is_finite() { 0.0 } else { 1.0 };
    }
    recession
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_gets_the_slacks_that_can_heal_it() {
        let mut program = Program::default();
        program.add_column(1.0, 0.0, 2.0);
        program.add_row(RowSense::AtMost, -1.0, vec![(0, 1.0)]);
        program.add_row(RowSense::Equal, 3.0, vec![(0, 1.0)]);
        program.add_row(RowSense::AtLeast, 5.0, vec![]);
        let elastic = elastic(&program);
        assert_eq!(elastic.cost, [0.0, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(elastic.rows.outer(1).collect::<Vec<_>>(), [(0, 1.0), (2, -1.0), (3, 1.0)]);
        assert_eq!(elastic.rows.outer(2).collect::<Vec<_>>(), [(4, 1.0)]);
        let recession = recession(&program);
        assert_eq!((recession.lower[0], recession.upper[0]), (0.0, 0.0));
    }
}
