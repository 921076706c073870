//! Sparse LU factors over the rational numbers.
//!
//! Pivots by the fewest possible new entries (Markowitz, Management Science 3 (1957) 255–269); size does not matter
//! where nothing is rounded. A matrix of less than full rank is factored as far as it goes.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::{Clock, Refusal};

/// A sparse vector, ascending by position.
pub(super) type Sparse = Vec<(usize, RBig)>;

/// One step of the elimination.
#[derive(Clone, Debug)]
struct Step {
    row: usize,
    column: usize,
    pivot: RBig,
    /// What is left of the pivot row: columns of later pivots.
    upper: Sparse,
    /// Rows of later pivots, and what was taken off them in units of the pivot row.
    lower: Sparse,
}

/// The factors of a matrix.
#[derive(Clone, Debug, Default)]
pub(super) struct Factor {
    steps: Vec<Step>,
    /// Rows and columns without a pivot; none if the matrix is regular.
    pub(super) idle_rows: Vec<usize>,
    pub(super) idle_columns: Vec<usize>,
}

impl Factor {
    /// Factors a matrix given by its rows.
    pub(super) fn new(rows: &[Sparse], columns: usize, clock: &Clock) -> Result<Self, Refusal> {
        let mut left: BTreeMap<usize, BTreeMap<usize, RBig>> = BTreeMap::new();
        let mut counts = vec![0_usize; columns];
        for (at, row) in rows.iter().enumerate() {
            for &(column, _) in row {
                counts[column] += 1;
            }
            left.insert(at, row.iter().cloned().collect());
        }
        let mut factor = Self::default();
        let mut pivoted = vec![false; columns];
        while let Some((row, column)) = choose(&left, &counts) {
            clock.check()?;
            let mut upper = left.remove(&row).expect("a chosen row is there");
            let pivot = upper.remove(&column).expect("a chosen pivot is there");
            for &other in upper.keys() {
                counts[other] -= 1;
            }
            pivoted[column] = true;
            let mut lower = Vec::new();
            for (&at, other) in &mut left {
                let Some(entry) = other.remove(&column) else { continue };
                let share = entry / &pivot;
                for (&position, value) in &upper {
                    let change = &share * value;
                    if let Some(there) = other.get_mut(&position) {
                        *there -= change;
                        if there.is_zero() {
                            other.remove(&position);
                            counts[position] -= 1;
                        }
                    } else {
                        other.insert(position, -change);
                        counts[position] += 1;
                    }
                }
                lower.push((at, share));
            }
            factor.steps.push(Step {
                row,
                column,
                pivot,
                upper: upper.into_iter().collect(),
                lower,
            });
        }
        factor.idle_rows = left.into_keys().collect();
        factor.idle_columns = (0..columns).filter(|&column| !pivoted[column]).collect();
        Ok(factor)
    }

    /// x with M x = b, for a regular matrix.
    pub(super) fn solve(&self, mut right: Vec<RBig>) -> Vec<RBig> {
        for step in &self.steps {
            if right[step.row].is_zero() {
                continue;
            }
            let taken = right[step.row].clone();
            for (row, share) in &step.lower {
                right[*row] -= share * &taken;
            }
        }
        let mut solved = vec![RBig::ZERO; right.len()];
        for step in self.steps.iter().rev() {
            let mut value = std::mem::take(&mut right[step.row]);
            for (column, entry) in &step.upper {
                if !solved[*column].is_zero() {
                    value -= entry * &solved[*column];
                }
            }
            solved[step.column] = value / &step.pivot;
        }
        solved
    }

    /// y with Mᵀ y = c, for a regular matrix.
    pub(super) fn solve_transposed(&self, mut right: Vec<RBig>) -> Vec<RBig> {
        let mut solved = vec![RBig::ZERO; right.len()];
        for step in &self.steps {
            let value = std::mem::take(&mut right[step.column]) / &step.pivot;
            if !value.is_zero() {
                step.upper.iter().for_each(|(column, entry)| right[*column] -= entry * &value);
            }
            solved[step.row] = value;
        }
        for step in self.steps.iter().rev() {
            for (row, share) in &step.lower {
                if !solved[*row].is_zero() {
                    let change = share * &solved[*row];
                    solved[step.row] -= change;
                }
            }
        }
        solved
    }
}

/// The entry that can make the fewest new ones, the first of equals.
fn choose(
    left: &BTreeMap<usize, BTreeMap<usize, RBig>>,
    counts: &[usize],
) -> Option<(usize, usize)> {
    let mut best: Option<(usize, (usize, usize))> = None;
    for (&row, entries) in left {
        let beside = entries.len().saturating_sub(1);
        for &column in entries.keys() {
            let cost = beside * (counts[column] - 1);
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, (row, column)));
                if cost == 0 {
                    return best.map(|(_, place)| place);
                }
            }
        }
    }
    best.map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::{super::number, *};
    use proptest::prelude::*;

    fn matrix(entries: &[i8], size: usize) -> Vec<Sparse> {
        let row = |row: &[i8]| {
            let entries = row.iter().enumerate().filter(|&(_, &value)| value != 0);
            entries.map(|(at, &value)| (at, RBig::from(value))).collect()
        };
        entries.chunks(size).map(row).collect()
    }

    proptest! {
        #[test]
        fn factors_solve_both_ways_without_residual(
            entries in proptest::collection::vec(prop_oneof![2 => Just(0_i8), 1 => -9_i8..9], 36),
            right in proptest::collection::vec(-9_i8..9, 6),
        ) {
            let rows = matrix(&entries, 6);
            let factor = Factor::new(&rows, 6, &Clock::default()).expect("no limit");
            prop_assert_eq!(factor.idle_rows.len(), factor.idle_columns.len());
            prop_assume!(factor.idle_rows.is_empty());
            let right: Vec<RBig> = right.into_iter().map(RBig::from).collect();
            let solved = factor.solve(right.clone());
            for (row, wanted) in rows.iter().zip(&right) {
                let activity = number::sum(row.iter().map(|(at, value)| value * &solved[*at]));
                prop_assert_eq!(&activity, wanted);
            }
            let solved = factor.solve_transposed(right.clone());
            for (column, wanted) in right.iter().enumerate() {
                let entry = |row: &Sparse| row.iter().find(|&&(at, _)| at == column).map(|(_, value)| value.clone());
                let activity = rows.iter().zip(&solved).filter_map(|(row, y)| Some(entry(row)? * y));
                let activity = number::sum(activity);
                prop_assert_eq!(&activity, wanted);
            }
        }
    }

    #[test]
    fn a_singular_matrix_tells_what_has_no_pivot() {
        let rows = matrix(&[1, 2, 3, 2, 4, 6, 0, 1, 1], 3);
        let factor = Factor::new(&rows, 3, &Clock::default()).expect("no limit");
        assert_eq!((factor.idle_rows.len(), factor.idle_columns.len()), (1, 1));
    }
}
