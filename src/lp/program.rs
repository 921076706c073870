//! The bare numbers of a linear program, and sums over them in double-double arithmetic.

use twofloat::TwoFloat;

use super::RowSense;

/// A matrix compressed along its outer dimension (rows for CSR, columns for CSC).
#[derive(Clone, Debug)]
pub(super) struct Sparse {
    /// Where each outer vector starts; one more than their number.
    pub(super) start: Vec<usize>,
    /// Inner position of each value.
    pub(super) index: Vec<u32>,
    /// Non-zero values.
    pub(super) value: Vec<f64>,
}

impl Default for Sparse {
    fn default() -> Self {
        Self { start: vec![0], index: Vec::new(), value: Vec::new() }
    }
}

impl Sparse {
    /// Position and value of the entries of one outer vector.
    pub(super) fn outer(&self, outer: usize) -> impl ExactSizeIterator<Item = (usize, f64)> + '_ {
        let range = self.start[outer]..self.start[outer + 1];
        let index = self.index[range.clone()].iter().map(|&inner| inner as usize);
        index.zip(self.value[range].iter().copied())
    }

    /// Number of entries of one outer vector.
    pub(super) fn count(&self, outer: usize) -> usize {
        self.start[outer + 1] - self.start[outer]
    }

    /// Appends an entry to the outer vector that is not ended.
    fn add(&mut self, inner: usize, value: f64) {
        self.index.push(u32::try_from(inner).expect("an index fits in 32 bits"));
        self.value.push(value);
    }

    /// Ends an outer vector.
    fn end(&mut self) {
        self.start.push(self.index.len());
    }

    /// Removes the entries of the outer vector that is not ended.
    fn take_back(&mut self) -> Vec<(usize, f64)> {
        let from = self.start[self.start.len() - 1];
        let index = self.index.drain(from..).map(|inner| inner as usize);
        index.zip(self.value.drain(from..)).collect()
    }

    /// Appends an outer vector.
    pub(super) fn push(&mut self, entries: impl IntoIterator<Item = (usize, f64)>) {
        for (inner, value) in entries {
            self.add(inner, value);
        }
        self.end();
    }

    /// The same matrix compressed the other way, `inner` vectors long.
    pub(super) fn transposed(&self, inner: usize) -> Self {
        let mut start = vec![0; inner + 1];
        for &position in &self.index {
            start[position as usize + 1] += 1;
        }
        for position in 0..inner {
            start[position + 1] += start[position];
        }
        let mut next = start.clone();
        let mut index = vec![0; self.index.len()];
        let mut value = vec![0.0; self.index.len()];
        for outer in 0..self.start.len() - 1 {
            let outer_index = u32::try_from(outer).expect("an index fits in 32 bits");
            for (position, entry) in self.outer(outer) {
                index[next[position]] = outer_index;
                value[next[position]] = entry;
                next[position] += 1;
            }
        }
        Self { start, index, value }
    }
}

/// Costs, bounds, rows and right-hand sides of a minimisation.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub(super) cost: Vec<f64>,
    pub(super) lower: Vec<f64>,
    pub(super) upper: Vec<f64>,
    pub(super) integer: Vec<bool>,
    pub(super) sense: Vec<RowSense>,
    pub(super) rhs: Vec<f64>,
    pub(super) rows: Sparse,
    pub(super) offset: f64,
}

impl Program {
    pub(super) fn column_count(&self) -> usize {
        self.cost.len()
    }

    pub(super) fn row_count(&self) -> usize {
        self.rhs.len()
    }

    /// Makes room for so many columns, rows and coefficients more.
    pub(super) fn reserve(&mut self, columns: usize, rows: usize, terms: usize) {
        for vector in [&mut self.cost, &mut self.lower, &mut self.upper] {
            vector.reserve_exact(columns);
        }
        self.integer.reserve_exact(columns);
        self.sense.reserve_exact(rows);
        self.rhs.reserve_exact(rows);
        self.rows.start.reserve_exact(rows);
        self.rows.index.reserve_exact(terms);
        self.rows.value.reserve_exact(terms);
    }

    pub(super) fn add_column(&mut self, cost: f64, lower: f64, upper: f64) {
        self.cost.push(cost);
        self.lower.push(lower);
        self.upper.push(upper);
        self.integer.push(false);
    }

    /// Adds a row whose terms may repeat a column.
    pub(super) fn add_row(
        &mut self,
        sense: RowSense,
        rhs: f64,
        terms: impl IntoIterator<Item = (usize, f64)>,
    ) {
        self.sense.push(sense);
        self.rhs.push(rhs);
        let terms = terms.into_iter();
        let mut terms = terms.filter(|&(_, value)| value != 0.0);
        // Most rows name their columns once and in their order, and are taken as they come.
        let (mut next, mut other) = (0, None);
        for (column, value) in terms.by_ref() {
            if column < next {
                other = Some((column, value));
                break;
            }
            self.rows.add(column, value);
            next = column + 1;
        }
        let Some(other) = other else { return self.rows.end() };
        let mut all = self.rows.take_back();
        all.push(other);
        all.extend(terms);
        all.sort_by_key(|&(column, _)| column);
        for group in all.chunk_by(|left, right| left.0 == right.0) {
            let sum: f64 = group.iter().map(|&(_, value)| value).sum();
            let size: f64 = group.iter().map(|&(_, value)| value.abs()).sum();
            // What is left of terms that cancel is noise, unless it is one term alone.
            let noise = if group.len() > 1 { 4.0 * f64::EPSILON * size } else { 0.0 };
            if sum.abs() > noise || !sum.is_finite() {
                self.rows.add(group[0].0, sum);
            }
        }
        self.rows.end();
    }

    /// Offset plus cost at `primal`, in double-double arithmetic.
    pub(super) fn objective_at(&self, primal: &[f64]) -> f64 {
        let terms = self.cost.iter().copied().zip(primal.iter().copied());
        f64::from(dot(terms) + TwoFloat::from(self.offset))
    }

    /// Activity of a row at `primal`, in double-double arithmetic.
    pub(super) fn activity(&self, row: usize, primal: &[f64]) -> f64 {
        f64::from(dot(self.rows.outer(row).map(|(column, value)| (value, primal[column]))))
    }

    /// Bounds of the logical sᵢ of a row, Σ aᵢⱼ xⱼ + sᵢ = bᵢ.
    pub(super) fn logical_bounds(&self, row: usize) -> (f64, f64) {
        match self.sense[row] {
            RowSense::AtMost => (0.0, f64::INFINITY),
            RowSense::Equal => (0.0, 0.0),
            RowSense::AtLeast => (f64::NEG_INFINITY, 0.0),
        }
    }
}

/// Rows above which two things are computed at once: to start threads takes longer than to work through small programs.
const SIDE_BY_SIDE: usize = 50_000;

/// Computes two things, at once where `rows` are many.
pub(crate) fn side_by_side<A: Send, B: Send>(
    rows: usize,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if rows > SIDE_BY_SIDE { rayon::join(one, other) } else { (one(), other()) }
}

/// Σ a·b in double-double arithmetic; products of zero are skipped, so 0·∞ counts as 0.
pub(super) fn dot(terms: impl IntoIterator<Item = (f64, f64)>) -> TwoFloat {
    let mut sum = TwoFloat::from(0.0);
    for (left, right) in terms {
        if left != 0.0 && right != 0.0 {
            sum += TwoFloat::new_mul(left, right);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_terms_are_summed_and_zeros_dropped() {
        let mut program = Program::default();
        for _ in 0..3 {
            program.add_column(0.0, 0.0, 1.0);
        }
        let terms = vec![(2, 1.0), (0, 0.1), (1, 0.0), (0, 0.2), (0, -0.3), (2, 4.0)];
        program.add_row(RowSense::Equal, 1.0, terms);
        assert_eq!(program.rows.outer(0).collect::<Vec<_>>(), [(2, 5.0)]);
    }

    #[test]
    fn transposing_twice_gives_the_matrix_back() {
        let mut rows = Sparse::default();
        rows.push([(1, 2.0), (3, 4.0)]);
        rows.push([]);
        rows.push([(0, 1.0), (1, 5.0)]);
        let back = rows.transposed(4).transposed(3);
        assert_eq!((back.start, back.index, back.value), (rows.start, rows.index, rows.value));
    }

    #[test]
    fn a_sum_that_doubles_lose_is_kept() {
        let sum = dot([(1e16, 1.0), (1.0, 1.0), (-1e16, 1.0)]);
        assert_eq!(f64::from(sum), 1.0);
    }
}
