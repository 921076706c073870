//! Rows that a bound or another row makes needless, left out before a large program is solved.
//!
//! A row of one column is a bound on it. Of rows in proportion, only the tightest of each side can
//! bind (Andersen & Andersen 1995, §3). Nothing else is taken out: what is left has the columns of
//! the whole program, and a basis or duals of it are those of the whole one but for which row holds
//! a column at its bound.

use std::collections::HashMap;

use super::{RowSense, basis::ON_BOUND, engine::Resting, program::Program};

/// Relative difference up to which two rows count as in proportion; the whole program is proven
/// afterwards.
const SAME: f64 = 1e-14;

/// What is left of costs below this share of what they are the difference of is rounding.
const ROUNDING: f64 = 1e-11;

/// A program without the rows it does not need.
#[derive(Debug)]
pub(super) struct Presolved {
    /// What is left.
    pub(super) program: Program,
    /// The row of the whole program that each row is.
    rows: Vec<usize>,
    /// The row that bounds each column from below and from above, with its coefficient, where that is tighter than the
    /// column's own bound.
    from: [Vec<Option<(usize, f64)>>; 2],
}

/// Where a bound comes from: below or above.
const LOWER: usize = 0;
const UPPER: usize = 1;

impl Presolved {
    /// Leaves out what is needless; none if that is nothing, or if what is left out contradicts something.
    pub(super) fn new(program: &Program) -> Option<Self> {
        let columns = program.column_count();
        let mut less = Self {
            program: Program {
                cost: program.cost.clone(),
                lower: program.lower.clone(),
                upper: program.upper.clone(),
                integer: program.integer.clone(),
                offset: program.offset,
                ..Program::default()
            },
            rows: Vec::new(),
            from: [vec![None; columns], vec![None; columns]],
        };
        let keeps = tightest(program);
        for (row, keeps) in keeps.into_iter().enumerate() {
            let mut terms = program.rows.outer(row);
            match (program.rows.count(row), terms.next()) {
                (1, Some((column, value))) => less.bound(program, row, column, value),
                _ if keeps => {
                    let terms = program.rows.outer(row);
                    less.program.add_row(program.sense[row], program.rhs[row], terms);
                    less.rows.push(row);
                }
                _ => {}
            }
        }
        let bounds = less.program.lower.iter().zip(&less.program.upper);
        let crossed = bounds.into_iter().any(|(lower, upper)| lower > upper);
        (less.rows.len() < program.row_count() && !crossed).then_some(less)
    }

    /// Takes a row of one column as a bound.
    fn bound(&mut self, program: &Program, row: usize, column: usize, value: f64) {
        let bound = program.rhs[row] / value;
        let (sense, turned) = (program.sense[row], value < 0.0);
        let is_lower = sense == RowSense::Equal || (sense == RowSense::AtLeast) != turned;
        let is_upper = sense == RowSense::Equal || (sense == RowSense::AtMost) != turned;
        if is_lower && bound > self.program.lower[column] {
            self.program.lower[column] = bound;
            self.from[LOWER][column] = Some((row, value));
        }
        if is_upper && bound < self.program.upper[column] {
            self.program.upper[column] = bound;
            self.from[UPPER][column] = Some((row, value));
        }
    }

    /// Multipliers of all rows of the whole program from those of the rows that are left: a column that its costs, less what the
    /// rows take of them, press against a bound hands that to the row which the bound is from.
    pub(super) fn multipliers(&self, program: &Program, costs: &[f64], left: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; program.row_count()];
        let mut pressed: Vec<(f64, f64)> = costs.iter().map(|&cost| (cost, cost.abs())).collect();
        for (&row, &multiplier) in self.rows.iter().zip(left) {
            all[row] = multiplier;
            for (column, value) in program.rows.outer(row) {
                let (pressed, size) = &mut pressed[column];
                *pressed -= value * multiplier;
                *size += (value * multiplier).abs();
            }
        }
        for (column, (pressed, size)) in pressed.into_iter().enumerate() {
            let side = if pressed > 0.0 { LOWER } else { UPPER };
            if let (Some((row, value)), true) =
                (self.from[side][column], pressed.abs() > ROUNDING * size)
            {
                all[row] = pressed / value;
            }
        }
        all
    }

    /// Whether a row that is left out holds at a point and has no dual: then duals hold to one side only.
    pub(super) fn leaves_ties(&self, program: &Program, primal: &[f64], duals: &[f64]) -> bool {
        let mut left = vec![true; program.row_count()];
        for &row in &self.rows {
            left[row] = false;
        }
        (0..program.row_count()).filter(|&row| left[row] && duals[row] == 0.0).any(|row| {
            let (activity, rhs) = (program.activity(row, primal), program.rhs[row]);
            (activity - rhs).abs() <= ON_BOUND * (1.0 + rhs.abs())
        })
    }

    /// The basis of the whole program that is the same vertex.
    pub(super) fn resting(&self, program: &Program, left: &Resting) -> Resting {
        let (columns, rows) = (program.column_count(), program.row_count());
        let mut basic = vec![false; columns + rows];
        basic[columns..].fill(true);
        for &row in &self.rows {
            basic[columns + row] = false;
        }
        let whole = |variable: usize| match variable.checked_sub(columns) {
            Some(row) => columns + self.rows[row],
            None => variable,
        };
        for &variable in &left.basic {
            basic[whole(variable)] = true;
        }
        let mut at_upper = vec![false; columns + rows];
        for (variable, &upper) in left.at_upper.iter().enumerate() {
            at_upper[whole(variable)] = upper;
        }
        for column in 0..columns {
            let side = if at_upper[column] { UPPER } else { LOWER };
            let fixed = self.program.lower[column] == self.program.upper[column];
            let from = self.from[side][column];
            let from = from.or(if fixed { self.from[UPPER][column] } else { None });
            if let (false, Some((row, _))) = (basic[column], from) {
                // The row holds it: its slack rests, and the column follows from it.
                basic[column] = true;
                at_upper[column] = false;
                basic[columns + row] = false;
                at_upper[columns + row] = program.sense[row] == RowSense::AtLeast;
            }
        }
        let basic = (0..columns + rows).filter(|&variable| basic[variable]).collect();
        Resting { basic, at_upper }
    }
}

/// Which rows no other row in proportion to them makes needless.
fn tightest(program: &Program) -> Vec<bool> {
    let mut keeps = vec![true; program.row_count()];
    let mut groups: HashMap<&[u32], Vec<usize>> = HashMap::new();
    for row in 0..program.row_count() {
        if program.rows.count(row) < 2 {
            continue;
        }
        let range = program.rows.start[row]..program.rows.start[row + 1];
        let known = groups.entry(&program.rows.index[range]).or_default();
        for &other in known.iter() {
            let Some(factor) = proportion(program, other, row) else { continue };
            match needless(program, other, row, factor) {
                Some(Needless::First) => keeps[other] = false,
                Some(Needless::Second) => keeps[row] = false,
                None => {}
            }
        }
        known.retain(|&other| keeps[other]);
        if keeps[row] {
            known.push(row);
        }
    }
    keeps
}

/// What the second of two rows of the same columns is of the first, if they are in proportion.
fn proportion(program: &Program, first: usize, second: usize) -> Option<f64> {
    let mut pairs = program.rows.outer(first).zip(program.rows.outer(second));
    let ((_, one), (_, other)) = pairs.next()?;
    let factor = other / one;
    let same = |((_, one), (_, other)): ((usize, f64), (usize, f64))| {
        (one * factor - other).abs() <= SAME * other.abs()
    };
    pairs.all(same).then_some(factor)
}

enum Needless {
    First,
    Second,
}

/// Which of two rows in proportion, the second `factor` times the first, the other one implies.
fn needless(program: &Program, first: usize, second: usize, factor: f64) -> Option<Needless> {
    let rhs = program.rhs[second] / factor;
    let (known, turned) = (program.rhs[first], factor < 0.0);
    let sense = match (program.sense[second], turned) {
        (RowSense::AtMost, true) => RowSense::AtLeast,
        (RowSense::AtLeast, true) => RowSense::AtMost,
        (sense, _) => sense,
    };
    match (program.sense[first], sense) {
        // Two equations may contradict each other, and a bound the equation beside it: all of them stay.
        (RowSense::AtMost | RowSense::Equal, RowSense::AtMost) if known <= rhs => {
            Some(Needless::Second)
        }
        (RowSense::AtLeast | RowSense::Equal, RowSense::AtLeast) if known >= rhs => {
            Some(Needless::Second)
        }
        (RowSense::AtMost, RowSense::AtMost | RowSense::Equal) if rhs <= known => {
            Some(Needless::First)
        }
        (RowSense::AtLeast, RowSense::AtLeast | RowSense::Equal) if rhs >= known => {
            Some(Needless::First)
        }
        _ => None,
    }
}
