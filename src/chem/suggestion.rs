//! Coefficients that balance an equation: the null space of its element × species matrix.
//!
//! Found in floating point, offered only if whole numbers up to 1,000 near it pass the same check as any equation.

use super::Equation;
use nalgebra::DMatrix;

/// Largest whole-number coefficient offered.
const LARGEST: f64 = 1000.0;
/// Largest number of species for which coefficients are sought.
const MOST_SPECIES: usize = 30;

/// What to write instead of an unbalanced equation, or why nothing can be; `None` where many answers are possible.
pub(super) fn suggest(equation: &Equation) -> Option<String> {
    let species = equation.left().len() + equation.right().len();
    if species > MOST_SPECIES {
        return None;
    }
    let elements: Vec<_> = equation.balance().iter().map(|balance| balance.element).collect();
    // Rows of zeros make it at least square, so that the decomposition returns every right vector.
    let mut matrix = DMatrix::zeros(elements.len().max(species), species);
    for (column, (sign, term)) in equation.signed_terms().enumerate() {
        for (row, element) in elements.iter().enumerate() {
            matrix[(row, column)] = sign.signum() * term.formula.count(*element);
        }
    }
    let svd = matrix.try_svd(false, true, f64::EPSILON, 1000)?;
    let right = svd.v_t?;
    let threshold = svd.singular_values.max() * 1e-10;
    let mut null = svd.singular_values.iter().enumerate().filter(|(_, value)| **value <= threshold);
    let Some((row, _)) = null.next() else {
        return Some("no coefficients balance these species: one is missing or wrong".to_owned());
    };
    if null.next().is_some() {
        return None;
    }
    let vector: Vec<f64> = right.row(row).iter().copied().collect();
    let largest =
        vector.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
    let scaled: Vec<f64> = vector.iter().map(|value| value / largest).collect();
    if scaled.iter().any(|value| *value < 1e-9) {
        return Some(
            "no positive coefficients balance these species: one is missing, or on the wrong side"
                .to_owned(),
        );
    }
    let coefficients = whole(&scaled)?;
    let balanced = equation.with_coefficients(&coefficients);
    let holds = balanced.balance().iter().all(super::ElementBalance::is_balanced);
    holds.then(|| format!("balances as `{balanced}`"))
}

/// The smallest whole numbers in the given proportions, the largest of which is 1.
fn whole(proportions: &[f64]) -> Option<Vec<f64>> {
    let mut largest = 1.0;
    while largest <= LARGEST {
        let scaled = || proportions.iter().map(|value| value * largest);
        if scaled().all(|value| value.round() >= 1.0 && (value - value.round()).abs() < 1e-6) {
            return Some(scaled().map(f64::round).collect());
        }
        largest += 1.0;
    }
    None
}
