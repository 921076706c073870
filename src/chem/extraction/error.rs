//! Why a cascade cannot be computed.

use std::fmt;

/// Why a cascade cannot be computed; fractions in mol/mol, flows in the unit of the feed.
#[derive(Clone, Debug, PartialEq)]
pub enum ExtractionError {
    /// A separation factor is not above 1, or not finite: nothing is separated.
    SeparationFactor {
        /// The separation factor, dimensionless.
        value: f64,
    },
    /// A fraction is outside 0 < x < 1, or fractions do not sum to 1.
    Fraction {
        /// The fraction, or the sum, mol/mol.
        value: f64,
    },
    /// A purity is not above that of the feed, or not below 1.
    Purity {
        /// Purity of the product that was asked for, mol/mol.
        purity: f64,
        /// Fraction of the same component in the feed, mol/mol.
        feed: f64,
    },
    /// The extraction amount is at or below the minimum: no number of stages is enough.
    Extraction {
        /// The extraction amount that was asked for, mol/mol feed.
        given: f64,
        /// What it must exceed, mol/mol feed.
        minimum: f64,
    },
    /// The outlets ask for a recovery that is not between 0 and 1: they contradict each other.
    Overspecified {
        /// The recovery that follows from what was asked for, dimensionless.
        recovery: f64,
    },
    /// A product flow is not between nothing and the whole feed.
    ProductFlow {
        /// The product flow, unit of the feed.
        given: f64,
        /// The whole feed, unit of the feed.
        feed: f64,
    },
    /// The composition lies beyond a pinch: infinitely many stages would not reach it.
    Unreachable,
    /// The washing amount is not above 0.
    NoWash {
        /// The washing amount, mol/mol feed.
        washing: f64,
    },
    /// Components are not in falling order of their separation factors, or the order differs between the sections.
    Order {
        /// Position, from 0, of the component that is more extractable than the one before it.
        component: usize,
    },
    /// A product misses its purity or recovery, however small the leaks of the cuts at its sides.
    Missed {
        /// The product, by its position.
        product: usize,
        /// What was asked for, dimensionless.
        asked: f64,
        /// What it has, dimensionless.
        found: f64,
    },
    /// The layout is no cascade.
    Layout {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The simulation did not converge.
    NotConverged {
        /// Largest deviation of a stage's mole fractions from a sum of 1, dimensionless.
        residual: f64,
    },
}

impl fmt::Display for ExtractionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeparationFactor { value } => {
                write!(f, "a separation factor of {value:.4} separates nothing: it must exceed 1")
            }
            Self::Fraction { value } => {
                write!(f, "fractions must lie between 0 and 1 and sum to 1, not {value}")
            }
            Self::Purity { purity, feed } => {
                write!(f, "a purity of {purity} is not above the feed's {feed} and below 1")
            }
            Self::Extraction { given, minimum } => write!(
                f,
                "an extraction amount of {given:.4} mol/mol feed is not above the minimum of {minimum:.4} mol/mol feed"
            ),
            Self::Overspecified { recovery } => write!(
                f,
                "the outlets contradict each other: they ask for a recovery of {recovery}, not between 0 and 1"
            ),
            Self::ProductFlow { given, feed } => {
                write!(f, "a product flow of {given} is not between 0 and the feed of {feed}")
            }
            Self::Unreachable => f.write_str(
                "infinitely many stages would not reach the composition: it lies beyond a pinch",
            ),
            Self::NoWash { washing } => {
                write!(f, "the washing amount must exceed 0, not be {washing} mol/mol feed")
            }
            Self::Order { component } => write!(
                f,
                "component {component} (from 0) is more extractable than the one before it: the order must fall, \
                 and be the same in both sections"
            ),
            Self::Missed { asked, found, .. } => write!(
                f,
                "a product keeps missing a purity or recovery of {asked:.6}: it has {found:.6}"
            ),
            Self::Layout { reason } => write!(f, "no cascade: {reason}"),
            Self::NotConverged { residual } => {
                write!(
                    f,
                    "the simulation did not converge: mole fractions miss a sum of 1 by {residual:e}"
                )
            }
        }
    }
}

impl std::error::Error for ExtractionError {}
