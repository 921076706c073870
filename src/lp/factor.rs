//! Sparse factorisation B = L U of a basis, built column by column, with product-form updates.
//!
//! Left-looking elimination (Gilbert & Peierls 1988, without the symbolic phase) with threshold
//! pivoting towards short rows; updates after Dantzig & Orchard-Hays 1954. Building column by
//! column tells at once which columns are independent of those before, so the same code completes
//! a half-known basis.

/// Share of the largest candidate that a pivot must reach; shorter rows are preferred among those.
const THRESHOLD: f64 = 0.1;
/// No position or row.
const NONE: u32 = u32::MAX;

/// A factorised square matrix, complete once [`rank`](Self::rank) equals its number of rows.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    lower_start: Vec<usize>,
    lower: Vec<(u32, f64)>,
    upper_start: Vec<usize>,
    upper: Vec<(u32, f64)>,
    diagonal: Vec<f64>,
    pivot_row: Vec<u32>,
    position_of_row: Vec<u32>,
    /// Positions whose column of L is not empty.
    active: Vec<u32>,
    etas: Vec<Eta>,
    work: Vec<f64>,
    marked: Vec<bool>,
    touched: Vec<u32>,
}

/// The replacement of the column at `position`, expressed in the basis it replaces.
#[derive(Clone, Debug)]
struct Eta {
    position: usize,
    pivot: f64,
    entries: Vec<(u32, f64)>,
}

fn short(index: usize) -> u32 {
    u32::try_from(index).expect("an index fits in 32 bits")
}

impl Factor {
    /// An empty factorisation of a matrix with `rows` rows.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            lower_start: vec![0],
            lower: Vec::new(),
            upper_start: vec![0],
            upper: Vec::new(),
            diagonal: Vec::with_capacity(rows),
            pivot_row: Vec::with_capacity(rows),
            position_of_row: vec![NONE; rows],
            active: Vec::new(),
            etas: Vec::new(),
            work: vec![0.0; rows],
            marked: vec![false; rows],
            touched: Vec::new(),
        }
    }

    /// Number of columns accepted so far.
    pub(super) fn rank(&self) -> usize {
        self.diagonal.len()
    }

    /// Number of updates since the factorisation was built.
    pub(super) fn updates(&self) -> usize {
        self.etas.len()
    }

    fn touch(&mut self, row: usize, change: f64) {
        if !self.marked[row] {
            self.marked[row] = true;
            self.touched.push(short(row));
        }
        self.work[row] += change;
    }

    /// Appends a column unless what is left of it after elimination is below `tolerance` times its
    /// largest entry. `weight` is the number of entries of each row.
    pub(super) fn try_push(
        &mut self,
        column: impl Iterator<Item = (usize, f64)>,
        weight: impl Fn(usize) -> usize,
        tolerance: f64,
    ) -> bool {
        let mut largest = 0.0_f64;
        for (row, value) in column {
            self.touch(row, value);
            largest = largest.max(value.abs());
        }
        for at in 0..self.active.len() {
            let k = self.active[at] as usize;
            let multiplier = self.work[self.pivot_row[k] as usize];
            if multiplier != 0.0 {
                for entry in self.lower_start[k]..self.lower_start[k + 1] {
                    let (row, value) = self.lower[entry];
                    self.touch(row as usize, -value * multiplier);
                }
            }
        }
        let open = |row: u32| self.position_of_row[row as usize] == NONE;
        let size = |row: u32| self.work[row as usize].abs();
        let best = self.touched.iter().filter(|&&row| open(row)).map(|&row| size(row));
        let best = best.fold(0.0, f64::max);
        let accepted = best > tolerance * largest && best > 0.0;
        if accepted {
            let candidates = self.touched.iter().copied();
            let candidates = candidates.filter(|&row| open(row) && size(row) >= THRESHOLD * best);
            let pivot = candidates
                .min_by(|&left, &right| {
                    let shorter = weight(left as usize).cmp(&weight(right as usize));
                    shorter.then(size(right).total_cmp(&size(left))).then(left.cmp(&right))
                })
                .expect("the largest candidate reaches the threshold");
            self.accept(pivot);
        }
        for &row in &self.touched {
            self.work[row as usize] = 0.0;
            self.marked[row as usize] = false;
        }
        self.touched.clear();
        accepted
    }

    fn accept(&mut self, pivot: u32) {
        let diagonal = self.work[pivot as usize];
        let position = short(self.rank());
        for &row in &self.touched {
            let value = self.work[row as usize];
            if value == 0.0 || row == pivot {
                continue;
            }
            match self.position_of_row[row as usize] {
                NONE => self.lower.push((row, value / diagonal)),
                above => self.upper.push((above, value)),
            }
        }
        if self.lower.len() > self.lower_start[position as usize] {
            self.active.push(position);
        }
        self.lower_start.push(self.lower.len());
        self.upper_start.push(self.upper.len());
        self.position_of_row[pivot as usize] = position;
        self.pivot_row.push(pivot);
        self.diagonal.push(diagonal);
    }

    /// Solves B x = b: takes b by row in `vector`, leaves x by position.
    pub(super) fn solve(&self, vector: &mut Vec<f64>) {
        for &k in &self.active {
            let k = k as usize;
            let multiplier = vector[self.pivot_row[k] as usize];
            if multiplier != 0.0 {
                for &(row, value) in &self.lower[self.lower_start[k]..self.lower_start[k + 1]] {
                    vector[row as usize] -= value * multiplier;
                }
            }
        }
        let mut solution = vec![0.0; vector.len()];
        for k in (0..self.rank()).rev() {
            let value = vector[self.pivot_row[k] as usize];
            if value != 0.0 {
                let value = value / self.diagonal[k];
                solution[k] = value;
                for &(above, entry) in &self.upper[self.upper_start[k]..self.upper_start[k + 1]] {
                    vector[self.pivot_row[above as usize] as usize] -= entry * value;
                }
            }
        }
        for eta in &self.etas {
            let value = solution[eta.position] / eta.pivot;
            solution[eta.position] = value;
            if value != 0.0 {
                for &(position, entry) in &eta.entries {
                    solution[position as usize] -= entry * value;
                }
            }
        }
        *vector = solution;
    }

    /// Solves Bᵀ y = c: takes c by position in `vector`, leaves y by row.
    pub(super) fn solve_transposed(&self, vector: &mut Vec<f64>) {
        for eta in self.etas.iter().rev() {
            let terms =
                eta.entries.iter().map(|&(position, entry)| entry * vector[position as usize]);
            let sum: f64 = terms.sum();
            vector[eta.position] = (vector[eta.position] - sum) / eta.pivot;
        }
        let mut solution = vec![0.0; vector.len()];
        for k in 0..self.rank() {
            let entries = &self.upper[self.upper_start[k]..self.upper_start[k + 1]];
            let sum: f64 =
                entries.iter().map(|&(above, entry)| entry * vector[above as usize]).sum();
            vector[k] = (vector[k] - sum) / self.diagonal[k];
            solution[self.pivot_row[k] as usize] = vector[k];
        }
        for &k in self.active.iter().rev() {
            let k = k as usize;
            let entries = &self.lower[self.lower_start[k]..self.lower_start[k + 1]];
            let sum: f64 = entries.iter().map(|&(row, entry)| entry * solution[row as usize]).sum();
            solution[self.pivot_row[k] as usize] -= sum;
        }
        *vector = solution;
    }

    /// Replaces the column at `position` by one whose solution of B x = column is `solved`.
    pub(super) fn replace(&mut self, position: usize, solved: &[f64]) {
        let entries = solved.iter().enumerate();
        let entries = entries.filter(|&(other, &value)| other != position && value != 0.0);
        let entries = entries.map(|(other, &value)| (short(other), value)).collect();
        self.etas.push(Eta { position, pivot: solved[position], entries });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    const MATRIX: [[f64; 4]; 4] =
        [[0.0, 2.0, 0.0, 1.0], [4.0, 0.0, 3.0, 0.0], [0.0, 0.0, 5.0, 7.0], [1.0, 1.0, 0.0, 0.0]];

    fn column(matrix: &[[f64; 4]; 4], j: usize) -> impl Iterator<Item = (usize, f64)> {
        let entries: Vec<_> = (0..4).map(|i| (i, matrix[i][j])).collect();
        entries.into_iter().filter(|entry| entry.1 != 0.0)
    }

    fn check(matrix: &[[f64; 4]; 4], factor: &Factor) {
        let expected = [1.0, -2.0, 0.5, 3.0];
        let mut vector: Vec<f64> =
            (0..4).map(|i| (0..4).map(|j| matrix[i][j] * expected[j]).sum()).collect();
        factor.solve(&mut vector);
        assert_relative_eq!(vector.as_slice(), expected.as_slice(), max_relative = 1e-13);
        let mut vector: Vec<f64> =
            (0..4).map(|j| (0..4).map(|i| matrix[i][j] * expected[i]).sum()).collect();
        factor.solve_transposed(&mut vector);
        assert_relative_eq!(vector.as_slice(), expected.as_slice(), max_relative = 1e-13);
    }

    #[test]
    fn both_systems_are_solved_before_and_after_an_update() {
        let mut factor = Factor::new(4);
        for j in 0..4 {
            assert!(factor.try_push(column(&MATRIX, j), |_| 1, 1e-9));
        }
        check(&MATRIX, &factor);
        let mut changed = MATRIX;
        for (i, value) in [2.0, 0.0, 1.0, -1.0].into_iter().enumerate() {
            changed[i][2] = value;
        }
        let mut solved = vec![2.0, 0.0, 1.0, -1.0];
        factor.solve(&mut solved);
        factor.replace(2, &solved);
        check(&changed, &factor);
    }

    #[test]
    fn a_dependent_column_is_refused() {
        let mut factor = Factor::new(4);
        assert!(factor.try_push(column(&MATRIX, 0), |_| 1, 1e-9));
        assert!(factor.try_push(column(&MATRIX, 1), |_| 1, 1e-9));
        let sum = [(0, 2.0), (1, 4.0), (3, 2.0)];
        assert!(!factor.try_push(sum.into_iter(), |_| 1, 1e-9));
        assert_eq!(factor.rank(), 2);
    }
}
