//! Chemical formulas: `Nd2Fe14B`, `Cu3(BO3)2`, `(Nd0.75Pr0.25)2Fe14B`, `Nd2(C2O4)3·10H2O`.
//!
//! ```text
//! formula = part { dot [ number ] part }        dot = · • ∙ ⋅ * .
//! part    = { ( symbol | "(" part ")" | "[" part "]" | "{" part "}" ) [ number ] }
//! ```
//!
//! A `.` between digits is a decimal point, except before a coefficient and water that ends the part: `CeO1.5`,
//! `Nd0.75Pr0.25`, but `Nd2(C2O4)3.10H2O` and `CeCl3.7H2O` are hydrates. Write `·` for anything else that is added.

mod parser;

use super::Element;
use std::{fmt, ops::Range};

/// A substance's composition.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    counts: Vec<(Element, f64)>,
    text: String,
}

/// Why a formula cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// The bytes of the text at fault.
    pub range: Range<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl FormulaError {
    pub(in crate::chem) fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), help: None }
    }

    pub(in crate::chem) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(in crate::chem) fn shifted(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl std::error::Error for FormulaError {}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    ///
    /// [`FormulaError`] with the bytes at fault: an unknown symbol, an unclosed bracket, a charge, a state.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let start = text.len() - text.trim_start().len();
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(FormulaError::new(0..text.len(), "expected a formula"));
        }
        parser::parse(trimmed).map_err(|error| error.shifted(start))
    }

    /// Atoms per formula unit of each element, in order of first appearance, > 0.
    #[must_use]
    pub fn counts(&self) -> &[(Element, f64)] {
        &self.counts
    }

    /// Atoms of one element per formula unit, ≥ 0.
    #[must_use]
    pub fn count(&self, element: Element) -> f64 {
        self.counts.iter().find(|(other, _)| *other == element).map_or(0.0, |(_, count)| *count)
    }

    /// Molar mass, g/mol, > 0.
    #[must_use]
    pub fn molar_mass(&self) -> f64 {
        self.counts.iter().map(|(element, count)| element.atomic_weight() * count).sum()
    }

    /// Mass of one element per mass of the substance, 0 to 1: the metal per oxide factor of `Nd2O3` for Nd.
    #[must_use]
    pub fn mass_fraction(&self, element: Element) -> f64 {
        element.atomic_weight() * self.count(element) / self.molar_mass()
    }

    /// Mass fractions of all elements, in order of first appearance; they sum to 1.
    #[must_use]
    pub fn mass_fractions(&self) -> Vec<(Element, f64)> {
        let mass = self.molar_mass();
        let fraction =
            |&(element, count): &(Element, f64)| (element, element.atomic_weight() * count / mass);
        self.counts.iter().map(fraction).collect()
    }
}

impl fmt::Display for Formula {
    /// As written, with plain digits, `·` for added parts, and no spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
