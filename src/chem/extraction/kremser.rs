//! Recovery by a cascade without reflux: constant distribution ratio, constant flows (Kremser 1930).
//!
//! For the removal of impurities, stripping and the washing of the organic phase; not for splits of rare earths from
//! each other. With the extraction factor `E = D · O / A` and what counts above the equilibrium of the solvent that
//! enters, `x − y_in / D`:
//!
//! `x_in / x_out = (E^(N+1) − 1) / (E − 1)`, and `N + 1` where `E = 1`.

use super::ExtractionError;

/// Share of a solute that `stages` leave in the aqueous phase, mol/mol, 0 < share ≤ 1.
///
/// Kremser (1930), Souders and Brown (1932). Counted above the equilibrium of the entering solvent, `x − y_in / D`; with
/// fresh solvent, the share of the whole.
///
/// `extraction_factor`: `D · O / A`, dimensionless, > 0; `stages`: equilibrium stages, ≥ 0, may be fractional.
#[must_use]
pub fn remaining(extraction_factor: f64, stages: f64) -> f64 {
    debug_assert!(extraction_factor > 0.0 && stages >= 0.0, "a factor above 0, stages not below");
    let log = extraction_factor.ln();
    // `(E − 1) / (E^(N+1) − 1)`, exact about E = 1.
    if log == 0.0 {
        1.0 / (stages + 1.0)
    } else if log < 0.0 {
        log.exp_m1() / ((stages + 1.0) * log).exp_m1()
    } else {
        // Divided by E^(N+1), which may be beyond the largest number.
        let power = (stages + 1.0) * log;
        log.exp_m1() * (-power).exp() / -(-power).exp_m1()
    }
}

/// Equilibrium stages from `inlet` down to `outlet`, ≥ 0, real.
///
/// Kremser (1930): `N = ln(1 + (r − 1)(1 − 1/E)) / ln E` with `r = (x_in − x*) / (x_out − x*)`, and `r − 1` where
/// `E = 1`.
///
/// `extraction_factor`: `D · O / A`, dimensionless, > 0; `inlet`, `outlet`: aqueous concentrations in any one unit,
/// inlet ≥ outlet; `equilibrium`: the aqueous concentration `x* = y_in / D` in equilibrium with the entering solvent,
/// 0 if it is fresh.
///
/// # Errors
///
/// [`ExtractionError::Unreachable`] where the solvent cannot take up so much: the outlet is at or below the equilibrium
/// of the entering solvent, or `E < 1` and more than the share `E` is to be removed.
pub fn stages(
    extraction_factor: f64,
    inlet: f64,
    outlet: f64,
    equilibrium: f64,
) -> Result<f64, ExtractionError> {
    debug_assert!(extraction_factor > 0.0, "a factor above 0");
    let (above, below) = (inlet - equilibrium, outlet - equilibrium);
    let excess = (inlet - outlet) / below;
    if !(below > 0.0 && above >= below) {
        return Err(ExtractionError::Unreachable);
    }
    let log = extraction_factor.ln();
    if log == 0.0 {
        return Ok(excess);
    }
    // `1 − 1/E = −expm1(−ln E)`.
    let argument = excess * -(-log).exp_m1();
    if argument <= -1.0 {
        return Err(ExtractionError::Unreachable);
    }
    Ok(argument.ln_1p() / log)
}
