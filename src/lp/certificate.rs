//! Optimality recomputed from the program itself; the solver's word is not asked for.
//!
//! All sums run in double-double arithmetic over our own A, b, c: primal feasibility, dual
//! feasibility, complementary slackness and the duality gap, which together are sufficient for
//! optimality. Time and memory are linear in the number of coefficients.

use twofloat::TwoFloat;

use super::{
    LinearProgram, RowSense,
    program::{Program, dot, side_by_side},
};

/// Largest relative violation of a certificate that passes.
pub const TOLERANCE: f64 = 1e-6;

/// Share of the largest activity (or price) of the program below which a row (or column) counts as
/// empty of it: balance rows around unused routes have no scale of their own.
const FLOOR: f64 = 1e-9;

/// Violations of the optimality conditions, each relative and ≥ 0; infinite if not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// Worst row violation over Σ|aᵢⱼ xⱼ| + |bᵢ|.
    pub rows: f64,
    /// Worst bound violation over |xⱼ| + |bound|.
    pub bounds: f64,
    /// Worst wrong-signed reduced cost over |cⱼ| + Σ|aᵢⱼ yᵢ|, wrong-signed row duals likewise.
    pub dual: f64,
    /// Worst product of a slack and its multiplier over the size of the objective.
    pub complementarity: f64,
    /// Difference of primal and dual objective over the size of the objective, which is
    /// Σ|cⱼ xⱼ| + Σ|yᵢ bᵢ| + Σ|dⱼ boundⱼ|.
    pub gap: f64,
}

impl Certificate {
    /// Whether every violation is within [`TOLERANCE`].
    #[must_use]
    pub fn passes(&self) -> bool {
        self.worst().1 <= TOLERANCE
    }

    /// The largest violation and its name.
    #[must_use]
    pub fn worst(&self) -> (&'static str, f64) {
        let all = [
            ("rows", self.rows),
            ("bounds", self.bounds),
            ("dual", self.dual),
            ("complementarity", self.complementarity),
            ("gap", self.gap),
        ];
        all.into_iter().fold(all[0], |worst, next| if next.1 > worst.1 { next } else { worst })
    }
}

/// Certifies a pair of column values and row duals, one per column and one per row.
///
/// # Panics
///
/// If the lengths differ from those of the program.
#[must_use]
pub fn certify<C, R>(lp: &LinearProgram<C, R>, primal: &[f64], duals: &[f64]) -> Certificate {
    certify_program(&lp.program, primal, duals)
}

/// [`certify`] on the bare numbers.
pub(super) fn certify_program(program: &Program, primal: &[f64], duals: &[f64]) -> Certificate {
    assert_eq!(primal.len(), program.column_count(), "one value per column");
    assert_eq!(duals.len(), program.row_count(), "one dual per row");
    let (rows, (reduced, scale)) = side_by_side(
        program.row_count(),
        || Rows::new(program, primal),
        || reduced_costs(program, duals),
    );
    let floor = FLOOR * scale.iter().copied().fold(0.0, f64::max);
    let mut worst = Worst::default();
    let mut slackness = Worst::default();
    let mut size = 0.0;
    let mut dual_objective = TwoFloat::from(0.0);
    for (j, &cost) in reduced.iter().enumerate() {
        let bound = if cost > 0.0 { program.lower[j] } else { program.upper[j] };
        size += (program.cost[j] * primal[j]).abs();
        if bound.is_finite() {
            slackness.see((cost * (primal[j] - bound)).abs());
            // A reduced cost that is rounding has no size; what it is the difference of has.
            size += (cost * bound).abs() + FLOOR * scale[j] * (bound.abs() + primal[j].abs());
            dual_objective += TwoFloat::new_mul(cost, bound);
        } else {
            worst.see(ratio(cost.abs(), scale[j].max(floor)));
        }
    }
    for (i, &dual) in duals.iter().enumerate() {
        size += (dual * program.rhs[i]).abs();
        dual_objective += TwoFloat::new_mul(dual, program.rhs[i]);
        slackness.see((dual * rows.slack[i]).abs());
        if wrong_sign(program.sense[i], dual) {
            let shares = program.rows.outer(i);
            let shares = shares.map(|(j, a)| ratio((a * dual).abs(), scale[j].max(floor)));
            shares.for_each(|share| worst.see(share));
            if program.rows.count(i) == 0 {
                worst.see(1.0);
            }
        }
    }
    let terms = program.cost.iter().copied().zip(primal.iter().copied());
    let gap = f64::from(dot(terms) - dual_objective);
    Certificate {
        rows: rows.worst,
        bounds: bounds(program, primal),
        dual: worst.0,
        complementarity: checked(ratio(slackness.0, size)),
        gap: checked(ratio(gap.abs(), size)),
    }
}

/// Worst relative violation of rows and bounds at a point, ≥ 0.
pub(super) fn infeasibility(program: &Program, primal: &[f64]) -> f64 {
    Rows::new(program, primal).worst.max(bounds(program, primal))
}

/// Reduced costs cⱼ − Σ aᵢⱼ yᵢ and what they are the difference of, |cⱼ| + Σ|aᵢⱼ yᵢ|.
pub(super) fn reduced_costs(program: &Program, duals: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut reduced: Vec<TwoFloat> = program.cost.iter().map(|&cost| cost.into()).collect();
    let mut scale: Vec<f64> = program.cost.iter().map(|cost| cost.abs()).collect();
    for (i, &dual) in duals.iter().enumerate() {
        if dual != 0.0 {
            for (j, value) in program.rows.outer(i) {
                let product = TwoFloat::new_mul(value, dual);
                reduced[j] -= product;
                scale[j] += f64::from(product).abs();
            }
        }
    }
    (reduced.into_iter().map(f64::from).collect(), scale)
}

/// Whether a dual has the sign that its row's sense forbids.
pub(super) fn wrong_sign(sense: RowSense, dual: f64) -> bool {
    match sense {
        RowSense::AtMost => dual > 0.0,
        RowSense::Equal => false,
        RowSense::AtLeast => dual < 0.0,
    }
}

/// Row slacks bᵢ − Σ aᵢⱼ xⱼ and the worst relative violation.
struct Rows {
    slack: Vec<f64>,
    worst: f64,
}

impl Rows {
    fn new(program: &Program, primal: &[f64]) -> Self {
        let mut slack = Vec::with_capacity(program.row_count());
        let mut scale = Vec::with_capacity(program.row_count());
        for i in 0..program.row_count() {
            let terms = || program.rows.outer(i).map(|(j, value)| (value, primal[j]));
            slack.push(f64::from(TwoFloat::from(program.rhs[i]) - dot(terms())));
            let size: f64 = terms().map(|(value, x)| (value * x).abs()).sum();
            scale.push(size + program.rhs[i].abs());
        }
        let floor = FLOOR * scale.iter().copied().fold(0.0, f64::max);
        let mut worst = Worst::default();
        for (i, &slack) in slack.iter().enumerate() {
            let violation = match program.sense[i] {
                RowSense::AtMost => negative(slack),
                RowSense::Equal => slack.abs(),
                RowSense::AtLeast => negative(-slack),
            };
            worst.see(ratio(violation, scale[i].max(floor)));
        }
        Self { slack, worst: worst.0 }
    }
}

fn bounds(program: &Program, primal: &[f64]) -> f64 {
    let floor = FLOOR * primal.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let mut worst = Worst::default();
    for (j, &x) in primal.iter().enumerate() {
        for (gap, bound) in
            [(x - program.lower[j], program.lower[j]), (program.upper[j] - x, program.upper[j])]
        {
            let violation = negative(gap);
            if violation != 0.0 {
                worst.see(ratio(violation, (x.abs() + bound.abs()).max(floor)));
            }
        }
    }
    worst.0
}

/// How far below zero, NaN if not a number.
fn negative(value: f64) -> f64 {
    if value >= 0.0 { 0.0 } else { -value }
}

/// `part` of `whole`, 0 of nothing.
fn ratio(part: f64, whole: f64) -> f64 {
    if part == 0.0 { 0.0 } else { part / whole }
}

fn checked(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}

/// The largest value seen; what is not a number counts as infinite.
#[derive(Default)]
struct Worst(f64);

impl Worst {
    fn see(&mut self, value: f64) {
        self.0 = self.0.max(checked(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// min −3x − 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: (2, 6), duals (0, −1.5, −1)
    /// (Hillier & Lieberman, the Wyndor Glass example).
    fn wyndor() -> LinearProgram<&'static str, &'static str> {
        let mut lp = LinearProgram::new();
        let x = lp.add_column("x", -3.0, 0.0, f64::INFINITY);
        let y = lp.add_column("y", -5.0, 0.0, f64::INFINITY);
        lp.add_row("1", RowSense::AtMost, 4.0, [(x, 1.0)]);
        lp.add_row("2", RowSense::AtMost, 12.0, [(y, 2.0)]);
        lp.add_row("3", RowSense::AtMost, 18.0, [(x, 3.0), (y, 2.0)]);
        lp
    }

    #[test]
    fn the_optimal_pair_passes_and_every_spoiled_one_fails() {
        let lp = wyndor();
        assert!(certify(&lp, &[2.0, 6.0], &[0.0, -1.5, -1.0]).passes());
        let fails = |primal: [f64; 2], duals: [f64; 3]| certify(&lp, &primal, &duals).worst().0;
        assert_eq!(fails([2.0, 6.1], [0.0, -1.5, -1.0]), "rows");
        assert_eq!(fails([-0.1, 6.0], [0.0, -1.5, -1.0]), "bounds");
        assert_eq!(fails([0.0, 0.0], [0.0, 0.0, 0.0]), "dual");
        assert!(certify(&lp, &[4.0, 3.0], &[0.0, -1.5, -1.0]).gap > 0.01);
        assert!(certify(&lp, &[2.0, 6.0], &[0.5, -1.5, -1.0]).dual > 0.01);
        assert!(!certify(&lp, &[f64::NAN, 6.0], &[0.0, -1.5, -1.0]).passes());
        assert!(!certify(&lp, &[2.0, 6.0], &[f64::NAN, -1.5, -1.0]).passes());
    }

    #[test]
    fn balance_rows_are_scaled_by_their_flow() {
        let mut lp = LinearProgram::new();
        let x = lp.add_column("x", 0.0, 0.0, f64::INFINITY);
        let y = lp.add_column("y", 0.0, 0.0, f64::INFINITY);
        lp.add_row("balance", RowSense::Equal, 0.0, [(x, 1.0), (y, -1.0)]);
        let rows = certify(&lp, &[1e6, 1e6 + 1e-3], &[0.0]).rows;
        assert!((4e-10..6e-10).contains(&rows), "{rows}");
    }
}
