//! Short formulas of the textbooks, for reports beside the exact results; never for sizing.
//!
//! Xu's optimum theory as Zhang, Zhao and Schreiner (2016), *Separation Hydrometallurgy of Rare Earth Elements*, give
//! it. The short stage formulas neglect the approach to the composition of the feed and undercount (41.0 instead of 45.1
//! in the published design of 45); the square-root rule asks for the minimum reflux at its threshold; the pseudo-binary
//! minimum is only an upper bound for a feed of several components and ranks sequences wrongly.

use super::{
    ExtractionError, FeedPhase, Flows, SeparationFactors, Split, Stages, binary::check_factor,
};

/// Xu's short stage numbers, `n = ln b / ln(β E_M)` and `m = ln a / ln(β′ / E′_M)`, real; too few.
///
/// `None` where a section has too little reflux for the formula. For reports only.
#[must_use]
pub fn stages(split: &Split, factors: SeparationFactors, flows: &Flows) -> Option<Stages> {
    let extraction = (factors.extraction * flows.extraction_ratio).ln();
    let scrub = (factors.scrub / flows.scrub_ratio).ln();
    (extraction > 0.0 && scrub > 0.0).then(|| Stages {
        extraction: split.aqueous_purification().ln() / extraction,
        scrub: split.organic_purification().ln() / scrub,
    })
}

/// Which section decides in Xu's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// The extraction section: `E_M = 1/√β`.
    Extraction,
    /// The scrub section: `E′_M = √β′`.
    Scrub,
}

/// Xu's √β optimum: the extraction amount, mol/mol feed, and the section that decides.
///
/// Aqueous feed: the extraction section decides where `f′_B > √β / (√β + 1)`; organic feed: where
/// `f′_B > 1 / (√β + 1)`. Near the threshold this is close to the minimum and a bad optimum. For reports only.
///
/// # Errors
///
/// A separation factor that is not above 1.
pub fn square_root_extraction(
    split: &Split,
    factors: SeparationFactors,
    phase: FeedPhase,
) -> Result<(f64, Control), ExtractionError> {
    check_factor(factors.extraction)?;
    check_factor(factors.scrub)?;
    let root = factors.extraction.sqrt();
    let threshold = match phase {
        FeedPhase::Aqueous => root / (root + 1.0),
        FeedPhase::Organic => 1.0 / (root + 1.0),
    };
    if split.aqueous_product() > threshold {
        return Ok((split.aqueous_product() / (root - 1.0), Control::Extraction));
    }
    let root = factors.scrub.sqrt();
    let scrub = root * split.organic_product() / (root - 1.0);
    Ok((scrub - (1.0 - phase.aqueous_fraction()), Control::Scrub))
}

/// Minimum extraction amount if the two key components were alone, mol/mol feed: `1/(β − 1)`, plus `f′_H` (aqueous).
///
/// An upper bound for a feed of several components (2.17 against 0.733 in the note's example). For reports only.
///
/// `factor`: separation factor of the keys, dimensionless, > 1; `organic_product`: mol/mol feed, 0 < f′ < 1.
///
/// # Errors
///
/// A separation factor that is not above 1.
pub fn pseudo_binary_minimum(
    factor: f64,
    organic_product: f64,
    phase: FeedPhase,
) -> Result<f64, ExtractionError> {
    back_off_extraction(factor, 1.0, organic_product, phase)
}

/// The practitioner's extraction amount, mol/mol feed: `W = 1/(βᵏ − 1)` for an aqueous feed, that as `S` for an organic.
///
/// Zhang, Zhao and Schreiner (2016): `k = 0.70` is usual, 0.5 to 0.9 in use, 1 is the minimum. For reports only.
///
/// `factor`: separation factor, dimensionless, > 1; `exponent`: `k`, 0 < k ≤ 1; `organic_product`: mol/mol feed.
///
/// # Errors
///
/// A separation factor that is not above 1.
pub fn back_off_extraction(
    factor: f64,
    exponent: f64,
    organic_product: f64,
    phase: FeedPhase,
) -> Result<f64, ExtractionError> {
    check_factor(factor)?;
    let amount = 1.0 / (exponent * factor.ln()).exp_m1();
    Ok(amount + organic_product * phase.aqueous_fraction())
}

/// The exponent `k` that the practitioner's formula would need for this extraction amount, dimensionless.
///
/// The inverse of [`back_off_extraction`]; above 1 below its minimum, `None` where nothing is left to wash or extract
/// with.
///
/// # Errors
///
/// A separation factor that is not above 1.
pub fn back_off_exponent(
    factor: f64,
    extraction: f64,
    organic_product: f64,
    phase: FeedPhase,
) -> Result<Option<f64>, ExtractionError> {
    check_factor(factor)?;
    let amount = extraction - organic_product * phase.aqueous_fraction();
    Ok((amount > 0.0).then(|| amount.recip().ln_1p() / factor.ln()))
}
