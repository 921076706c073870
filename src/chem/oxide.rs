//! Rare-earth oxides: which oxide an element is usually sold as, and REO equivalents.

use super::{Element, Formula};

/// The oxide as which contents of a rare earth are usually stated: `CeO2`, `Pr6O11`, `Tb4O7`, else `R2O3`.
///
/// `None` for elements that are not rare earths.
///
/// # Panics
///
/// Never: all of them are formulas.
#[must_use]
pub fn usual_oxide(element: Element) -> Option<Formula> {
    let text = match element.symbol() {
        "Ce" => "CeO2".to_owned(),
        "Pr" => "Pr6O11".to_owned(),
        "Tb" => "Tb4O7".to_owned(),
        symbol if element.is_rare_earth() => format!("{symbol}2O3"),
        _ => return None,
    };
    Some(Formula::parse(&text).expect("a rare-earth oxide is a formula"))
}

/// Mass of the usual oxide per mass of the metal, > 1; `None` for elements that are not rare earths.
#[must_use]
pub fn oxide_per_metal(element: Element) -> Option<f64> {
    usual_oxide(element).map(|oxide| 1.0 / oxide.mass_fraction(element))
}

/// REO equivalent of a substance: mass of usual oxides per mass of substance, ≥ 0 (1.167 for neodymium metal).
#[must_use]
pub fn reo_equivalent(formula: &Formula) -> f64 {
    reo_equivalent_of_contents(&formula.mass_fractions())
}

/// REO equivalent of element contents, in the unit of the contents; elements that are not rare earths count nothing.
#[must_use]
pub fn reo_equivalent_of_contents(contents: &[(Element, f64)]) -> f64 {
    let oxide = |&(element, mass): &(Element, f64)| Some(mass * oxide_per_metal(element)?);
    contents.iter().filter_map(oxide).sum()
}
