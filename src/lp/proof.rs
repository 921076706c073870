//! Proofs that a program has no feasible point, or no least objective; checked in double-double.

use twofloat::TwoFloat;

use super::{
    RowSense,
    certificate::{infeasibility, reduced_costs, wrong_sign},
    program::{Program, dot},
};

/// Relative size below which a sum that should vanish does.
pub(super) const VANISHES: f64 = 1e-9;

/// A multiplier below this share of the largest is rounding, whatever the units of their rows.
const NEGLIGIBLE: f64 = 1e-18;

/// Puts wrong-signed multipliers to zero and checks what remains as a Farkas vector (Farkas 1902).
///
/// With y of the sign of its row, every feasible x has Σⱼ (Σᵢ aᵢⱼ yᵢ) xⱼ ≥ Σᵢ yᵢ bᵢ; if
/// even the largest value of the left side over the bounds is below the right side, none exists.
pub(super) fn farkas(program: &Program, mut multipliers: Vec<f64>) -> (Vec<f64>, bool) {
    for (multiplier, &sense) in multipliers.iter_mut().zip(&program.sense) {
        if wrong_sign(sense, *multiplier) {
            *multiplier = 0.0;
        }
    }
    // What is rounding against the largest takes no part; what is left is checked all the same.
    let largest = multipliers.iter().fold(0.0_f64, |largest, it| largest.max(it.abs()));
    for multiplier in &mut multipliers {
        if multiplier.abs() < NEGLIGIBLE * largest {
            *multiplier = 0.0;
        }
    }
    let mut sums = vec![TwoFloat::from(0.0); program.column_count()];
    let mut sizes = vec![0.0; program.column_count()];
    for (i, &multiplier) in multipliers.iter().enumerate() {
        for (j, value) in program.rows.outer(i) {
            let product = TwoFloat::new_mul(value, multiplier);
            sums[j] += product;
            sizes[j] += f64::from(product).abs();
        }
    }
    let right = program.rhs.iter().copied().zip(multipliers.iter().copied());
    let mut margin = dot(right);
    let products = program.rhs.iter().zip(&multipliers);
    let mut size: f64 = products.map(|(rhs, multiplier)| (rhs * multiplier).abs()).sum();
    for (j, &sum) in sums.iter().enumerate() {
        let slope = f64::from(sum);
        let bound = if slope > 0.0 { program.upper[j] } else { program.lower[j] };
        if bound.is_finite() {
            margin -= TwoFloat::new_mul(slope, bound);
            size += (slope * bound).abs();
        } else if slope.abs() > VANISHES * sizes[j] {
            return (multipliers, false);
        }
    }
    let proven = f64::from(margin) > VANISHES * size;
    (multipliers, proven)
}

/// What row duals prove: no feasible point has a lower objective than `bound`.
pub(super) struct Floor {
    /// The least objective, offset included.
    pub(super) bound: f64,
    /// Reduced cost of each column; the bound rises by its size per unit that a column is kept
    /// away from the bound the reduced cost presses it to.
    pub(super) reduced: Vec<f64>,
}

/// The dual objective Σ yᵢ bᵢ + Σ min over the bounds of dⱼ xⱼ, in double-double; duals of the
/// wrong sign count as zero. None if it is −∞, but for reduced costs that are rounding.
///
/// Any y will do (weak duality, Gale, Kuhn & Tucker 1951): nothing is asked of where it comes from.
pub(super) fn floor(program: &Program, duals: &[f64]) -> Option<Floor> {
    let signed = duals.iter().zip(&program.sense);
    let duals = signed.map(|(&dual, &sense)| if wrong_sign(sense, dual) { 0.0 } else { dual });
    let duals: Vec<f64> = duals.collect();
    let (reduced, sizes) = reduced_costs(program, &duals);
    let mut sum = dot(duals.iter().copied().zip(program.rhs.iter().copied()));
    sum += TwoFloat::from(program.offset);
    for (j, &cost) in reduced.iter().enumerate() {
        let bound = if cost > 0.0 { program.lower[j] } else { program.upper[j] };
        if bound.is_finite() {
            sum += TwoFloat::new_mul(cost, bound);
        } else if cost.abs() > VANISHES * sizes[j] {
            return None;
        }
    }
    let bound = f64::from(sum);
    bound.is_finite().then_some(Floor { bound, reduced })
}

/// Whether `ray` can be followed for ever from the feasible `point`, ever cheaper.
pub(super) fn ray(program: &Program, point: &[f64], ray: &[f64]) -> bool {
    let longest = ray.iter().fold(0.0, |most: f64, step| most.max(step.abs()));
    if !(longest > 0.0 && longest.is_finite()) || infeasibility(program, point) > VANISHES {
        return false;
    }
    let within = (0..program.column_count()).all(|j| {
        let falls = ray[j] < 0.0 && program.lower[j].is_finite();
        let rises = ray[j] > 0.0 && program.upper[j].is_finite();
        !(falls || rises)
    });
    let kept = (0..program.row_count()).all(|i| {
        let terms = || program.rows.outer(i).map(|(j, value)| (value, ray[j]));
        let change = f64::from(dot(terms()));
        let size: f64 = terms().map(|(value, step)| (value * step).abs()).sum();
        let wrong = match program.sense[i] {
            RowSense::AtMost => change,
            RowSense::Equal => change.abs(),
            RowSense::AtLeast => -change,
        };
        wrong <= VANISHES * size
    });
    let costs = || program.cost.iter().copied().zip(ray.iter().copied());
    let size: f64 = costs().map(|(cost, step)| (cost * step).abs()).sum();
    within && kept && f64::from(dot(costs())) < -VANISHES * size
}

/// A ray with what is rounding against a finite bound put to zero.
pub(super) fn cleaned(program: &Program, mut ray: Vec<f64>) -> Vec<f64> {
    let longest = ray.iter().fold(0.0, |most: f64, step| most.max(step.abs()));
    for (j, step) in ray.iter_mut().enumerate() {
        let stopped = (*step < 0.0 && program.lower[j].is_finite())
            || (*step > 0.0 && program.upper[j].is_finite());
        if stopped && step.abs() <= VANISHES * longest {
            *step = 0.0;
        }
    }
    ray
}
