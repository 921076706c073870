//! Temporary.
use super::FigureId;
use crate::sampling::Distribution;

/// A sweep.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Its name.
    pub name: String,
    /// Inputs.
    pub inputs: Vec<SweepInput>,
    /// Correlations.
    pub correlations: Vec<(usize, usize, f64)>,
}

/// An input.
#[derive(Clone, Debug)]
pub struct SweepInput {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub figures: Vec<FigureId>,
    /// Whether it is a factor.
    pub relative: bool,
    /// How.
    pub distribution: Distribution,
    /// Unit.
    pub unit: String,
}

impl Sweep {
    /// A sweep without inputs.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), inputs: Vec::new(), correlations: Vec::new() }
    }
}

impl SweepInput {
    /// An input that sets figures.
    #[must_use]
    pub fn over(name: &str, figures: Vec<FigureId>, distribution: Distribution) -> Self {
        Self { name: name.to_owned(), figures, relative: false, distribution, unit: String::new() }
    }
}
