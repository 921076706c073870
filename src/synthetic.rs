//! Realistic flowsheets of any size, made from a seed: what benchmarks and property tests solve.
//!
//! A generated flowsheet has mines that are concentrated in lines of separators, refineries that
//! leach the concentrates of several mines and part the oxides one by one, and markets that share
//! what all refineries make:
//!
//! ```text
//! feed → [stockpile] → [free splitter] → separators ⇄ … → [free splitter] → leach → purification
//!      → cuts ⇄ … → precipitation of each oxide → [stockpile] → [free splitter] → products
//! ```
//!
//! Free splitters and stockpiles are given streams of one composition only, as the format asks.
//! Every flowsheet has a plan: capacities and demands are drawn around the flows of a nominal plan
//! (all mines at full supply, free splits even), so that three tenths of it satisfy everything; and
//! it is bounded, because all supplies are. The ore of the first mine of each refinery is cheap; what
//! the others' costs is drawn around its worth, so that some stand idle.
//!
//! ```
//! use reeflow::synthetic::{Size, generate};
//!
//! let text = generate(&Size::Small.shape(7)).expect("a preset is fit");
//! assert_eq!(text, generate(&Size::Small.shape(7)).expect("a preset is fit"));
//! ```

use std::{error::Error, fmt};

mod grow;
mod plant;
mod species;
mod text;

/// What a flowsheet is like: the same shape gives the same text, on every machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Number of operations, feeds, products and wastes counted; at least
    /// [`least_operations`](Self::least_operations).
    pub operations: usize,
    /// Number of species, ≥ 3: two thirds are oxides of rare earths, at most [`Shape::MOST_OXIDES`], the others gangue.
    pub species: usize,
    /// Number of periods of a year each, 1 to 200; one is a flowsheet without periods, and without stockpiles.
    pub periods: usize,
    /// Number of products, ≥ 1; together they take all oxides.
    pub products: usize,
    /// Share of separators behind another that return middlings to it, 0 to 1.
    pub recycles: f64,
    /// Share of the places for free splitters where there is one, 0 to 1.
    pub free_splits: f64,
    /// Share of the places for stockpiles where there is one, 0 to 1.
    pub stockpiles: f64,
    /// What all figures are drawn by.
    pub seed: u64,
}

impl Shape {
    /// Most oxides of rare earths that there are to follow.
    pub const MOST_OXIDES: usize = species::OXIDES.len();

    /// Number of oxides of rare earths among the species.
    #[must_use]
    pub fn oxides(&self) -> usize {
        (self.species * 2).div_ceil(3).clamp(1, Self::MOST_OXIDES)
    }

    /// Fewest operations that a flowsheet with so many products can have.
    #[must_use]
    pub const fn least_operations(&self) -> usize {
        self.products + grow::LEAST_BESIDE_PRODUCTS
    }

    /// What makes the shape unfit, if anything.
    ///
    /// # Errors
    ///
    /// [`Unfit`], with the range that is left.
    pub fn check(&self) -> Result<(), Unfit> {
        let unfit = |message: String| Err(Unfit(message));
        let most = [
            ("operations", self.operations, 1_000_000),
            ("species", self.species, 1_000),
            ("products", self.products, 100_000),
        ];
        if let Some((what, count, most)) = most.into_iter().find(|(_, count, most)| count > most) {
            return unfit(format!("{count} {what} are too many: at most {most}"));
        }
        if self.species < 3 {
            return unfit(format!("{} species are too few: at least 3", self.species));
        }
        if self.products == 0 {
            return unfit("no products: at least 1".to_owned());
        }
        if !(1..=200).contains(&self.periods) {
            return unfit(format!("{} periods: from 1 to 200", self.periods));
        }
        let least = self.least_operations();
        if self.operations < least {
            let Self { operations, products, .. } = self;
            return unfit(format!(
                "{operations} operations are too few with {products} products: at least {least}"
            ));
        }
        let shares = [
            ("recycles", self.recycles),
            ("free splits", self.free_splits),
            ("stockpiles", self.stockpiles),
        ];
        match shares.into_iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            Some((name, share)) => unfit(format!("{name} at a share of {share}: from 0 to 1")),
            None => Ok(()),
        }
    }
}

/// Why a shape cannot be made into a flowsheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit(String);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Unfit {}

/// Named shapes, by the columns of their uncondensed programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Size {
    /// About 500 columns.
    Small,
    /// About 20,000 columns.
    Medium,
    /// About 300,000 columns.
    Large,
    /// About 2,000,000 columns.
    Xl,
}

impl Size {
    /// All sizes, the smallest first.
    pub const ALL: [Self; 4] = [Self::Small, Self::Medium, Self::Large, Self::Xl];

    /// What the size is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::Xl => "xl",
        }
    }

    /// The shape of the size with a seed.
    #[must_use]
    pub const fn shape(self, seed: u64) -> Shape {
        let (operations, species, periods, products) = match self {
            Self::Small => (30, 8, 2, 7),
            Self::Medium => (200, 15, 5, 24),
            Self::Large => (1_100, 20, 10, 40),
            Self::Xl => (4_000, 24, 15, 64),
        };
        let (recycles, free_splits, stockpiles) = (0.25, 0.5, 0.4);
        Shape { operations, species, periods, products, recycles, free_splits, stockpiles, seed }
    }
}

/// The flowsheet of a shape, as the text of a TOML file.
///
/// # Errors
///
/// [`Unfit`], if the shape is.
pub fn generate(shape: &Shape) -> Result<String, Unfit> {
    shape.check()?;
    let mut plant = grow::grow(shape);
    plant.settle();
    Ok(text::write(shape, &mut plant))
}

#[cfg(test)]
mod tests;
