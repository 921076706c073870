//! Elements, formulas, reactions, oxide factors and assays: pure functions that know no flowsheet.
//!
//! Masses follow from formulas and the IUPAC standard atomic weights; an oxide factor is computed, never typed. What a
//! formula cannot say (a lump such as `gangue`) has no place here.

pub mod assay;
mod element;
mod equation;
pub mod extraction;
mod formula;
mod oxide;
mod suggestion;

pub use assay::normalising_factor;
pub use element::Element;
pub use equation::{ElementBalance, Equation, EquationError, Term, Unbalanced};
pub use formula::{Formula, FormulaError};
pub use oxide::{oxide_per_metal, reo_equivalent, reo_equivalent_of_contents, usual_oxide};

#[cfg(test)]
mod tests;
