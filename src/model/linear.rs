//! Linear functionals of the flows: what rows, goals, prices and costs all are.

use super::{DriverId, NodeId};

/// A linear functional of nodes and drivers; terms may repeat, in which case they add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linear {
    /// Factors of node flows.
    pub nodes: Vec<(NodeId, f64)>,
    /// Factors of drivers.
    pub drivers: Vec<(DriverId, f64)>,
}

impl Linear {
    /// The functional that is zero everywhere.
    #[must_use]
    pub fn zero() -> Self {
        Self::default()
    }

    /// Adds `factor` times another functional.
    pub fn add(&mut self, factor: f64, other: &Self) {
        if factor != 0.0 {
            self.nodes.extend(other.nodes.iter().map(|&(node, value)| (node, factor * value)));
            self.drivers
                .extend(other.drivers.iter().map(|&(driver, value)| (driver, factor * value)));
        }
    }

    /// The sum of functionals with factors.
    #[must_use]
    pub fn sum(terms: &[(f64, Self)]) -> Self {
        let mut sum = Self::zero();
        for (factor, term) in terms {
            sum.add(*factor, term);
        }
        sum
    }

    /// Whether it has no terms.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.drivers.is_empty()
    }
}
