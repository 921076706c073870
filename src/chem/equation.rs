//! Reactions written as equations: `2 Nd2O3 + 3 C -> 4 Nd + 3 CO2`.
//!
//! Sides are separated by `->`, `=>`, `=` or `→`, terms by `+`. Coefficients are numbers or fractions (`10.5`, `1/2`).
//! An equation is balanced if, for every element, the atoms on both sides agree to 1e-9 of the larger.

use super::{Element, Formula, FormulaError, suggestion};
use std::{fmt, ops::Range};

/// Relative difference of atoms up to which an element is balanced.
const TOLERANCE: f64 = 1e-9;

/// Larger coefficients are slips of the pen.
const LARGEST_COEFFICIENT: f64 = 1e6;

const ARROWS: [&str; 8] = ["<->", "<=>", "->", "=>", "→", "⟶", "⇌", "="];

/// A species with its coefficient.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Moles per mole of reaction, > 0.
    pub coefficient: f64,
    /// The coefficient as written: a number over another one, both of few decimals.
    pub ratio: (f64, f64),
    /// The species as written.
    pub species: String,
    /// Its composition.
    pub formula: Formula,
    /// The bytes of the species in the equation's text.
    pub range: Range<usize>,
}

impl Term {
    /// Mass of this term per mole of reaction, g, > 0.
    #[must_use]
    pub fn mass(&self) -> f64 {
        self.coefficient * self.formula.molar_mass()
    }
}

/// A reaction as written, balanced or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    left: Vec<Term>,
    right: Vec<Term>,
}

/// Why an equation cannot be read; the range is in the equation's text.
pub type EquationError = FormulaError;

/// Atoms of one element on both sides, per mole of reaction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElementBalance {
    /// Which element.
    pub element: Element,
    /// Atoms on the left, ≥ 0.
    pub left: f64,
    /// Atoms on the right, ≥ 0.
    pub right: f64,
}

impl ElementBalance {
    /// Atoms made by the reaction as written, right − left; 0 if balanced.
    #[must_use]
    pub fn surplus(&self) -> f64 {
        self.right - self.left
    }

    /// Whether both sides agree to 1e-9 of the larger.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.surplus().abs() <= TOLERANCE * self.left.max(self.right)
    }
}

impl fmt::Display for ElementBalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = (Atoms(self.left), Atoms(self.right));
        let sign = if self.surplus() < 0.0 { "−" } else { "+" };
        let surplus = Atoms(self.surplus().abs());
        write!(f, "{}: {left} on the left, {right} on the right ({sign}{surplus})", self.element)
    }
}

/// A number of atoms without the noise of floating point.
struct Atoms(f64);

impl fmt::Display for Atoms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 1e6).round() / 1e6;
        write!(f, "{}", if rounded == 0.0 { self.0 } else { rounded })
    }
}

/// An equation that makes or destroys atoms.
#[derive(Clone, Debug, PartialEq)]
pub struct Unbalanced {
    /// The elements that are not balanced, in order of appearance; at least one.
    pub elements: Vec<ElementBalance>,
    /// What to write instead, or why nothing can be.
    pub help: Option<String>,
}

impl fmt::Display for Unbalanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elements: Vec<_> = self.elements.iter().map(ToString::to_string).collect();
        f.write_str(&elements.join("; "))
    }
}

impl std::error::Error for Unbalanced {}

impl Equation {
    /// Reads an equation; it need not be balanced.
    ///
    /// # Errors
    ///
    /// [`EquationError`] with the bytes at fault: no arrow or two, a missing term, a formula that cannot be read.
    pub fn parse(text: &str) -> Result<Self, EquationError> {
        let (arrow, sign) = find_arrow(text, 0).ok_or_else(|| {
            EquationError::new(0..text.len(), "an equation has two sides")
                .help("write `2 Nd2O3 + 3 C -> 4 Nd + 3 CO2`")
        })?;
        let after = arrow + sign.len();
        if matches!(sign, "<->" | "<=>" | "⇌") {
            return Err(EquationError::new(arrow..after, "a reaction runs one way")
                .help("write `->` and say how far it goes with a conversion"));
        }
        if let Some((second, sign)) = find_arrow(text, after) {
            return Err(EquationError::new(second..second + sign.len(), "a second arrow")
                .help("write each step as an equation of its own"));
        }
        let left = read_side(text, 0..arrow)?;
        let right = read_side(text, after..text.len())?;
        Ok(Self { left, right })
    }

    /// What is consumed; at least one term.
    #[must_use]
    pub fn left(&self) -> &[Term] {
        &self.left
    }

    /// What is made; at least one term.
    #[must_use]
    pub fn right(&self) -> &[Term] {
        &self.right
    }

    /// All terms with their signed coefficients, mol per mole of reaction: < 0 consumed, > 0 made.
    pub fn signed_terms(&self) -> impl Iterator<Item = (f64, &Term)> {
        let left = self.left.iter().map(|term| (-term.coefficient, term));
        left.chain(self.right.iter().map(|term| (term.coefficient, term)))
    }

    /// Atoms of every element on both sides, in order of appearance.
    #[must_use]
    pub fn balance(&self) -> Vec<ElementBalance> {
        let mut balances: Vec<ElementBalance> = Vec::new();
        for (sign, term) in self.signed_terms() {
            for &(element, count) in term.formula.counts() {
                let found = balances.iter().position(|balance| balance.element == element);
                let at = found.unwrap_or_else(|| {
                    balances.push(ElementBalance { element, left: 0.0, right: 0.0 });
                    balances.len() - 1
                });
                let side =
                    if sign < 0.0 { &mut balances[at].left } else { &mut balances[at].right };
                *side += term.coefficient * count;
            }
        }
        balances
    }

    /// Checks that no atoms are made or destroyed.
    ///
    /// # Errors
    ///
    /// [`Unbalanced`] names each element at fault with its atoms on both sides, and, where they can be found, the
    /// coefficients that balance the equation.
    pub fn check(&self) -> Result<(), Unbalanced> {
        let elements: Vec<_> =
            self.balance().into_iter().filter(|balance| !balance.is_balanced()).collect();
        if elements.is_empty() {
            return Ok(());
        }
        Err(Unbalanced { elements, help: suggestion::suggest(self) })
    }

    /// The same species with other coefficients, left side first.
    pub(super) fn with_coefficients(&self, coefficients: &[f64]) -> Self {
        let mut equation = self.clone();
        for (term, coefficient) in
            equation.left.iter_mut().chain(&mut equation.right).zip(coefficients)
        {
            term.coefficient = *coefficient;
            term.ratio = (*coefficient, 1.0);
        }
        equation
    }
}

impl fmt::Display for Equation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |terms: &[Term]| {
            let term = |term: &Term| match term.coefficient {
                1.0 => term.formula.to_string(),
                coefficient => format!("{coefficient} {}", term.formula),
            };
            terms.iter().map(term).collect::<Vec<_>>().join(" + ")
        };
        write!(f, "{} -> {}", side(&self.left), side(&self.right))
    }
}

/// The first arrow from byte `from` on; the longest of those that start there.
fn find_arrow(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let mut places = text[from..].char_indices();
    places.find_map(|(at, _)| {
        let arrow = ARROWS.iter().find(|arrow| text[from + at..].starts_with(**arrow))?;
        Some((from + at, *arrow))
    })
}

fn read_side(text: &str, range: Range<usize>) -> Result<Vec<Term>, EquationError> {
    let mut terms = Vec::new();
    let mut start = range.start;
    for piece in text[range].split('+') {
        terms.push(read_term(piece, start)?);
        start += piece.len() + 1;
    }
    Ok(terms)
}

/// Reads `2 Nd2O3`, `10.5 O2`, `1/2 O2` or `C`, which starts at byte `at` of the equation.
fn read_term(piece: &str, at: usize) -> Result<Term, EquationError> {
    let start = at + piece.len() - piece.trim_start().len();
    let term = piece.trim();
    if term.is_empty() {
        return Err(EquationError::new(at..at + piece.len(), "expected a species here")
            .help("species are separated by one `+`, and have no charges"));
    }
    let length =
        term.find(|c: char| !(c.is_ascii_digit() || ".,/".contains(c))).unwrap_or(term.len());
    let (number, rest) = term.split_at(length);
    let ratio = read_coefficient(number).ok_or_else(|| {
        EquationError::new(start..start + length, format!("`{number}` is not a coefficient"))
            .help("coefficients are positive numbers such as `2`, `10.5` or `1/2`")
    })?;
    let species = rest.trim_start();
    let from = start + term.len() - species.len();
    let range = from..from + species.len();
    if species.is_empty() {
        return Err(EquationError::new(start..range.end, "a coefficient without a species"));
    }
    let formula = Formula::parse(species).map_err(|error| error.shifted(from))?;
    let coefficient = ratio.0 / ratio.1;
    Ok(Term { coefficient, ratio, species: species.to_owned(), formula, range })
}

fn read_coefficient(number: &str) -> Option<(f64, f64)> {
    if number.is_empty() {
        return Some((1.0, 1.0));
    }
    let (above, below): (f64, f64) = match number.split_once('/') {
        Some((above, below)) => (above.parse().ok()?, below.parse().ok()?),
        None => (number.parse().ok()?, 1.0),
    };
    let value = above / below;
    (value > 0.0 && value <= LARGEST_COEFFICIENT).then_some((above, below))
}
