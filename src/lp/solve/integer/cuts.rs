//! Mixed-integer rounding cuts at the root (Gomory 1960; Nemhauser & Wolsey 1990), safe in floating
//! point (Cook, Dash, Fukasawa & Goycoolea 2009).
//!
//! A row of the tableau only suggests multipliers. The combination of rows that they stand for is
//! summed anew in double-double, and whatever is rounded is rounded so that the cut gets weaker:
//! no whole point is cut off.

use twofloat::TwoFloat;

use crate::lp::{
    RowSense,
    program::{Program, dot},
};

/// Share of a unit that a right-hand side must be away from whole numbers.
const AWAY: f64 = 0.01;
/// Multipliers below this share of the largest are dropped.
const SMALL_MULTIPLIER: f64 = 1e-11;
/// Coefficients below this share of the largest are replaced by a bound.
const SMALL_COEFFICIENT: f64 = 1e-7;
/// More than rounding takes from a number, relative.
const ROUNDING: f64 = 4.0 * f64::EPSILON;
/// Violation, relative, from which a cut is worth a row.
const VIOLATED: f64 = 1e-5;

/// Σ terms ≤ rhs for all whole points.
pub(super) struct Cut {
    pub(super) terms: Vec<(usize, f64)>,
    pub(super) rhs: f64,
    /// Distance of the point from the cut, scaled.
    pub(super) depth: f64,
    /// Length of the terms, scaled.
    length: f64,
}

impl Cut {
    /// Cosine of the angle with another cut, scaled.
    pub(super) fn parallel(&self, other: &Self, scale: &[f64]) -> f64 {
        let mut sum = 0.0;
        let mut theirs = other.terms.iter().peekable();
        for &(column, value) in &self.terms {
            while theirs.next_if(|&&(there, _)| there < column).is_some() {}
            if let Some(&(_, there)) = theirs.next_if(|&&(there, _)| there == column) {
                sum += value * there * scale[column] * scale[column];
            }
        }
        sum / (self.length * other.length)
    }
}

/// How a column is expressed by one that is at least 0.
enum Shift {
    /// x = lower + x'
    Up(f64),
    /// x = upper − x'
    Down(f64),
}

/// The cut that rounding makes of the rows combined by `multipliers`, if `point` violates it.
/// `scale` is the unit of each column.
pub(super) fn round(
    program: &Program,
    whole: &[bool],
    multipliers: &[f64],
    point: &[f64],
    scale: &[f64],
) -> Option<Cut> {
    let largest = multipliers.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let kept = |value: f64| if value.abs() > SMALL_MULTIPLIER * largest { value } else { 0.0 };
    let multipliers: Vec<f64> = multipliers.iter().map(|&value| kept(value)).collect();
    let n = program.column_count();
    let mut sums = vec![TwoFloat::from(0.0); n];
    combine(program, &multipliers, &mut sums);
    let mut rhs = dot(multipliers.iter().copied().zip(program.rhs.iter().copied()));

    // Σ aⱼ x'ⱼ + Σ ± λᵢ s'ᵢ = rhs with x' and s' at least 0.
    let mut shifted: Vec<(usize, f64, Shift)> = Vec::new();
    for (j, &sum) in sums.iter().enumerate() {
        let coefficient = f64::from(sum);
        if coefficient == 0.0 {
            continue;
        }
        let (lower, upper) = (program.lower[j], program.upper[j]);
        let (shift, coefficient, bound) = if point[j] - lower <= upper - point[j] {
            (Shift::Up(lower), coefficient, lower)
        } else {
            (Shift::Down(upper), -coefficient, upper)
        };
        if !bound.is_finite() {
            return None;
        }
        rhs -= sum * bound;
        shifted.push((j, coefficient - ROUNDING * coefficient.abs(), shift));
    }
    let rhs = f64::from(rhs);
    let rhs = rhs + ROUNDING * rhs.abs();
    let part = rhs - rhs.floor();
    if !(AWAY..=1.0 - AWAY).contains(&part) || rhs.abs() > 1e9 {
        return None;
    }
    let weaker = |value: f64| {
        if value == 0.0 { 0.0 } else { value - ROUNDING * (1.0 + value.abs()) }
    };
    let continuous = |value: f64| weaker(value.min(0.0) / (1.0 - part));
    let rounded = |value: f64| {
        let beyond = value - value.floor() - part;
        weaker(value.floor() + beyond.max(0.0) / (1.0 - part))
    };

    // Back in the columns of the program.
    let mut terms = vec![TwoFloat::from(0.0); n];
    let mut most = TwoFloat::from(rhs.floor());
    for (j, coefficient, shift) in shifted {
        let value = if whole[j] { rounded(coefficient) } else { continuous(coefficient) };
        match shift {
            Shift::Up(lower) => {
                terms[j] += value;
                most += TwoFloat::new_mul(value, lower);
            }
            Shift::Down(upper) => {
                terms[j] -= value;
                most -= TwoFloat::new_mul(value, upper);
            }
        }
    }
    let slack = |(&multiplier, &sense): (&f64, &RowSense)| match sense {
        RowSense::AtMost => continuous(multiplier),
        RowSense::Equal => 0.0,
        RowSense::AtLeast => -continuous(-multiplier),
    };
    // A slack is b − Σ a x.
    let slacks: Vec<f64> = multipliers.iter().zip(&program.sense).map(slack).collect();
    let negated: Vec<f64> = slacks.iter().map(|value| -value).collect();
    combine(program, &negated, &mut terms);
    most -= dot(slacks.into_iter().zip(program.rhs.iter().copied()));
    written(program, &terms, most, point, scale)
}

/// Adds Σᵢ λᵢ aᵢⱼ to the sums.
fn combine(program: &Program, multipliers: &[f64], sums: &mut [TwoFloat]) {
    for (i, &multiplier) in multipliers.iter().enumerate() {
        if multiplier != 0.0 {
            for (j, value) in program.rows.outer(i) {
                sums[j] += TwoFloat::new_mul(multiplier, value);
            }
        }
    }
}

/// The cut in double precision, weakened by what is rounded.
fn written(
    program: &Program,
    sums: &[TwoFloat],
    mut most: TwoFloat,
    point: &[f64],
    scale: &[f64],
) -> Option<Cut> {
    let size = |(sum, scale): (&TwoFloat, &f64)| f64::from(*sum).abs() * scale;
    let largest = sums.iter().zip(scale).map(size).fold(0.0, f64::max);
    let mut terms = Vec::new();
    for (j, &sum) in sums.iter().enumerate() {
        let value = f64::from(sum);
        if value == 0.0 {
            continue;
        }
        let (lower, upper) = (program.lower[j], program.upper[j]);
        let small = value.abs() * scale[j] < SMALL_COEFFICIENT * largest;
        let bound = if value > 0.0 { lower } else { upper };
        let change = ROUNDING * value.abs();
        if small && bound.is_finite() {
            most -= sum * bound;
            most += change * bound.abs();
        } else if lower.is_finite() && upper.is_finite() {
            terms.push((j, value));
            most += change * lower.abs().max(upper.abs());
        } else if lower.is_finite() {
            terms.push((j, value - change));
            most += change * lower.abs();
        } else if upper.is_finite() {
            terms.push((j, value + change));
            most += change * upper.abs();
        } else {
            return None;
        }
    }
    let rhs = f64::from(most);
    let rhs = rhs + ROUNDING * rhs.abs();
    let activity = f64::from(dot(terms.iter().map(|&(j, value)| (value, point[j]))));
    let extent: f64 = terms.iter().map(|&(j, value)| (value * point[j]).abs()).sum();
    let length = terms.iter().map(|&(j, value)| (value * scale[j]).powi(2)).sum::<f64>().sqrt();
    let cuts = activity - rhs > VIOLATED * (extent + rhs.abs()) && length > 0.0;
    cuts.then(|| Cut { terms, rhs, depth: (activity - rhs) / length, length })
}
