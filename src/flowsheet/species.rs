//! Species, groups, and contents: what part of a stream a figure speaks of.

use crate::{chem::Formula, diagnostic::Span, typed_id};

typed_id! {
    /// A species of a flowsheet.
    pub struct SpeciesId
}

/// A substance that is tracked.
#[derive(Clone, Debug)]
pub struct Species {
    /// Its name: a formula, or a name of its own.
    pub name: String,
    /// Its formula; a lump has none.
    pub formula: Option<Formula>,
    /// Where it was first written.
    pub span: Span,
}

/// A named set of species.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its members, in the order of the file.
    pub members: Vec<SpeciesId>,
}

/// The part of a stream that a figure speaks of: mass counted per mass of each species.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Its name for people: `REO`, `Nd2O3`, `Nd`; empty for the whole stream.
    pub name: String,
    /// t counted per t of species, ascending by species; `None` for the whole stream (1 for all).
    pub weights: Option<Vec<(SpeciesId, f64)>>,
}

impl Content {
    /// The whole stream.
    #[must_use]
    pub const fn whole() -> Self {
        Self { name: String::new(), weights: None }
    }

    /// t counted per t of a species.
    #[must_use]
    pub fn weight(&self, species: SpeciesId) -> f64 {
        match &self.weights {
            None => 1.0,
            Some(weights) => weights
                .binary_search_by_key(&species, |&(id, _)| id)
                .map_or(0.0, |at| weights[at].1),
        }
    }

    /// Whether it is the whole stream.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.weights.is_none()
    }

    /// Whether any of the species counts.
    #[must_use]
    pub fn meets(&self, species: &[SpeciesId]) -> bool {
        species.iter().any(|&id| self.weight(id) != 0.0)
    }
}
