//! The root: the relaxation, tightened by rounds of cuts while they raise its bound.

use std::time::Instant;

use super::{
    cuts::{self, Cut},
    relaxation::{Optimum, Outcome, Relaxation},
};
use crate::lp::{
    Basis, RowSense,
    engine::{Engine, Resting},
    program::{Program, Sparse},
    scale::Scaled,
};

/// Most rounds of cuts.
const ROUNDS: usize = 30;
/// Rounds without a rise of the bound after which to stop.
const IN_VAIN: usize = 3;
/// Rise of the bound, relative, that counts.
const RISE: f64 = 2e-4;
/// Cosine of the angle from which two cuts of a round say the same.
const PARALLEL: f64 = 0.9;
/// Most cuts of a round, beside a share of the rows.
const CUTS: usize = 20;
/// Rows above which cuts are not looked for.
const ROWS: usize = 4000;
/// Distance from a whole number from which a column is worth a cut.
const FRACTIONAL: f64 = 1e-3;

/// A relaxation with an optimal basis.
pub(super) struct Root {
    pub(super) program: Program,
    /// The program without cuts, scaled.
    own: Scaled,
    scaled: Scaled,
    columns: Sparse,
    resting: Resting,
}

impl Root {
    /// The relaxation and the basis of its optimum.
    pub(super) fn new(program: Program, basis: &Basis) -> Self {
        let at_upper = |variable: usize| {
            basis.position[variable].is_none() && basis.value[variable] == basis.upper[variable]
        };
        let at_upper = (0..basis.value.len()).map(at_upper).collect();
        let resting = Resting { basic: basis.basic.clone(), at_upper };
        let (scaled, columns) = (basis.scaled.clone(), basis.columns.clone());
        Self { program, own: scaled.clone(), scaled, columns, resting }
    }

    /// An engine on the optimal basis, with what it is scaled by.
    pub(super) fn warm(&self, deadline: Option<Instant>) -> (&Scaled, Engine<'_>) {
        let engine = Engine::resume(&self.scaled.program, &self.columns, &self.resting, deadline);
        (&self.scaled, engine)
    }

    /// Adds rounds of cuts while they raise the bound.
    pub(super) fn strengthened(self, whole: &[usize], deadline: Option<Instant>) -> Self {
        let given = self.program.clone();
        let mut root = self;
        let own = root.program.row_count();
        let mut integer = vec![false; root.program.column_count()];
        for &column in whole {
            integer[column] = true;
        }
        let (mut best, mut in_vain) = (f64::NEG_INFINITY, 0);
        for round in 0..=ROUNDS {
            let warm = Some(root.warm(deadline));
            let mut relaxation = Relaxation::new(&root.program, &given, whole, warm, deadline);
            let Outcome::Optimum(optimum) = relaxation.solve(f64::INFINITY) else { break };
            let resting = relaxation.resting().expect("it was given an engine");
            let rises = optimum.bound > best + RISE * best.abs() || best == f64::NEG_INFINITY;
            (best, in_vain) =
                if rises { (optimum.bound, 0) } else { (best.max(optimum.bound), in_vain + 1) };
            let last = round == ROUNDS || in_vain == IN_VAIN || own > ROWS;
            let cuts =
                if last { Vec::new() } else { root.cuts(&relaxation, &integer, whole, &optimum) };
            drop(relaxation);
            root.resting = resting;
            if cuts.is_empty() {
                break;
            }
            root = root.without_slack_cuts(own).with(&cuts);
        }
        root.without_slack_cuts(own)
    }

    /// The deepest cuts of a round, no two of them alike.
    fn cuts(
        &self,
        relaxation: &Relaxation<'_>,
        integer: &[bool],
        whole: &[usize],
        optimum: &Optimum,
    ) -> Vec<Cut> {
        let scale = &self.scaled.column;
        let fractional = whole.iter().filter(|&&column| {
            let value = optimum.primal[column];
            (value - value.round()).abs() > FRACTIONAL
        });
        let derive = |&column: &usize| {
            let multipliers = relaxation.multipliers(column)?;
            cuts::round(&self.program, integer, &multipliers, &optimum.primal, scale)
        };
        let dense = |cut: &Cut| cut.terms.len() > 100 + self.program.column_count().div_ceil(5);
        let mut found: Vec<Cut> = fractional.filter_map(derive).filter(|cut| !dense(cut)).collect();
        found.sort_by(|left, right| right.depth.total_cmp(&left.depth));
        let most = CUTS.max(self.program.row_count().div_ceil(4));
        let mut kept: Vec<Cut> = Vec::new();
        for cut in found {
            let new = kept.iter().all(|other| cut.parallel(other, scale) < PARALLEL);
            if new && kept.len() < most {
                kept.push(cut);
            }
        }
        kept
    }

    /// With further rows; their slacks join the basis.
    fn with(mut self, cuts: &[Cut]) -> Self {
        let n = self.program.column_count();
        for cut in cuts {
            self.resting.basic.push(n + self.program.row_count());
            self.resting.at_upper.push(false);
            self.program.add_row(RowSense::AtMost, cut.rhs, cut.terms.clone());
        }
        self.rescaled()
    }

    /// Without the rows from `own` on whose slack is basic.
    fn without_slack_cuts(mut self, own: usize) -> Self {
        let (n, m) = (self.program.column_count(), self.program.row_count());
        let mut drops = vec![false; m];
        for &variable in &self.resting.basic {
            if variable >= n + own {
                drops[variable - n] = true;
            }
        }
        if !drops.contains(&true) {
            return self;
        }
        let mut program = Program { rows: Sparse::default(), ..self.program.clone() };
        (program.sense, program.rhs) = (Vec::new(), Vec::new());
        let mut number: Vec<usize> = (0..n).collect();
        for (row, &drops) in drops.iter().enumerate() {
            number.push(n + program.row_count());
            if !drops {
                let terms = self.program.rows.outer(row);
                program.add_row(self.program.sense[row], self.program.rhs[row], terms);
            }
        }
        let stays = |variable: usize| variable < n || !drops[variable - n];
        self.resting.basic.retain(|&variable| stays(variable));
        for variable in &mut self.resting.basic {
            *variable = number[*variable];
        }
        let flags = self.resting.at_upper.iter().enumerate();
        let flags = flags.filter(|(variable, _)| stays(*variable)).map(|(_, &flag)| flag);
        self.resting.at_upper = flags.collect();
        self.program = program;
        self.rescaled()
    }

    fn rescaled(self) -> Self {
        let mut scaled = self.own.clone();
        for row in scaled.program.row_count()..self.program.row_count() {
            let terms: Vec<_> = self.program.rows.outer(row).collect();
            scaled.add_row(self.program.sense[row], self.program.rhs[row], &terms);
        }
        let columns = scaled.program.rows.transposed(self.program.column_count());
        Self { scaled, columns, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lp::{
        RowSense::{AtLeast, AtMost, Equal},
        solve::{Backend, continuous},
    };

    const FREE: f64 = f64::INFINITY;

    /// Six periods with set-ups, production and stocks, and a row over all set-ups.
    fn lots() -> (Program, Vec<usize>) {
        let mut program = Program::default();
        let mut whole = Vec::new();
        for period in 0..6_u32 {
            let at = program.column_count();
            program.add_column(30.0 + 7.0 * f64::from(period), 0.0, 1.0);
            program.add_column(1.0, 0.0, FREE);
            program.add_column(0.5, 0.0, 20.0);
            whole.push(at);
            program.add_row(AtMost, 0.0, vec![(at, -23.7), (at + 1, 1.0)]);
            let mut balance = vec![(at + 1, 0.9), (at + 2, -1.0)];
            if period > 0 {
                balance.push((at - 1, 1.0));
            }
            program.add_row(Equal, 5.3 + f64::from(period * period % 7), balance);
        }
        let set_ups = whole.iter().map(|&column| (column, 1.3));
        program.add_row(AtLeast, 2.2, set_ups);
        (program, whole)
    }

    #[test]
    fn cuts_raise_the_bound_and_cut_off_no_whole_point() {
        let (program, whole) = lots();
        let rows = program.row_count();
        let optimum = continuous(&program, Backend::Auto, None).expect("an optimum");
        let basis = optimum.basis.expect("a basis");
        let root = Root::new(program.clone(), &basis).strengthened(&whole, None);
        let cut = &root.program;
        let bound = continuous(cut, Backend::Auto, None).expect("an optimum").objective;
        assert!(bound > optimum.objective + 10.0, "{bound} {}", optimum.objective);
        for combination in 0..1_u32 << whole.len() {
            let mut fixed = program.clone();
            for (place, &column) in whole.iter().enumerate() {
                let value = f64::from(combination >> place & 1);
                (fixed.lower[column], fixed.upper[column]) = (value, value);
            }
            for row in rows..cut.row_count() {
                fixed.cost.fill(0.0);
                cut.rows.outer(row).for_each(|(column, value)| fixed.cost[column] = -value);
                if let Ok(most) = continuous(&fixed, Backend::Auto, None) {
                    assert!(-most.objective <= cut.rhs[row] + 1e-9, "{combination:b} {row}");
                }
            }
        }
    }
}
