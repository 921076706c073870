//! What is followed: oxides of rare earths with usual parts in ores and prices, and gangue.

/// An oxide of rare earths.
pub(super) struct Oxide {
    /// Its formula, which is its name.
    pub(super) formula: &'static str,
    /// Its usual part in the rare earths of an ore, by mass.
    pub(super) part: f64,
    /// Its usual price, USD/kg.
    pub(super) price: f64,
}

const fn oxide(formula: &'static str, part: f64, price: f64) -> Oxide {
    Oxide { formula, part, price }
}

/// Oxides, the usual ones first; parts as in ores of bastnaesite with some xenotime, prices rounded.
pub(super) const OXIDES: [Oxide; 16] = [
    oxide("La2O3", 25.0, 1.5),
    oxide("CeO2", 44.0, 1.8),
    oxide("Pr6O11", 4.5, 65.0),
    oxide("Nd2O3", 16.0, 70.0),
    oxide("Dy2O3", 0.9, 240.0),
    oxide("Tb4O7", 0.2, 850.0),
    oxide("Sm2O3", 2.4, 3.0),
    oxide("Eu2O3", 0.5, 27.0),
    oxide("Gd2O3", 1.6, 24.0),
    oxide("Y2O3", 3.6, 8.0),
    oxide("Ho2O3", 0.15, 60.0),
    oxide("Er2O3", 0.45, 45.0),
    oxide("Yb2O3", 0.35, 15.0),
    oxide("Lu2O3", 0.05, 700.0),
    oxide("Tm2O3", 0.05, 90.0),
    oxide("Sc2O3", 0.05, 800.0),
];

/// Gangue by formula; what more is asked for are numbered lumps.
const GANGUE: [&str; 10] =
    ["CaF2", "SiO2", "Fe2O3", "BaSO4", "CaCO3", "Al2O3", "MgO", "TiO2", "ThO2", "MnO2"];

/// The name of a gangue mineral, and whether it is a lump that has to be declared.
pub(super) fn gangue(at: usize) -> (String, bool) {
    match GANGUE.get(at) {
        Some(formula) => ((*formula).to_owned(), false),
        None => (format!("gangue-{}", at + 1), true),
    }
}
