//! Why there can be no sampler.

use std::fmt;

use super::{MOST_DIMENSIONS, MOST_SAMPLES};

/// Why there can be no sampler; inputs by their position, from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// There is nothing to sample.
    NoInputs,
    /// No sample is asked for, or too few for one row of the design.
    TooFewSamples {
        /// The fewest that will do.
        least: u64,
    },
    /// More than [`MOST_SAMPLES`] samples, or combinations.
    TooManySamples,
    /// More than [`MOST_DIMENSIONS`] inputs of a Sobol sequence; the design for indices takes two of each.
    TooManyInputs,
    /// A distribution makes no sense.
    Distribution {
        /// The input.
        input: usize,
        /// What it must be.
        why: &'static str,
    },
    /// A grid is of lists, and this input is none.
    NoLevels {
        /// The input.
        input: usize,
    },
    /// A grid and the design for indices take inputs as independent.
    CorrelationRefused,
    /// A correlation is not above −1 and below 1, is with the input itself, or is of no input.
    CorrelationInvalid {
        /// Position among the correlations.
        correlation: usize,
    },
    /// Two inputs are correlated twice.
    CorrelationTwice {
        /// Position of the second among the correlations.
        correlation: usize,
    },
    /// An input of a list cannot be correlated.
    CorrelationOfList {
        /// The input.
        input: usize,
    },
    /// No distribution has all these correlations.
    CorrelationsImpossible {
        /// The input whose correlations with those before it are too strong together.
        input: usize,
        /// The one before it with which it is correlated most.
        with: usize,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInputs => write!(f, "there is no input to sample"),
            Self::TooFewSamples { least } => write!(f, "at least {least} samples are needed"),
            Self::TooManySamples => write!(f, "more than {MOST_SAMPLES} samples"),
            Self::TooManyInputs => {
                write!(f, "more than {MOST_DIMENSIONS} dimensions of a Sobol sequence")
            }
            Self::Distribution { input, why } => write!(f, "input {}: {why}", input + 1),
            Self::NoLevels { input } => {
                write!(f, "input {} of a grid is no list of values", input + 1)
            }
            Self::CorrelationRefused => {
                write!(f, "a grid and the design for indices need independent inputs")
            }
            Self::CorrelationInvalid { correlation } => write!(
                f,
                "correlation {} is not of two inputs, above -1 and below 1",
                correlation + 1
            ),
            Self::CorrelationTwice { correlation } => {
                write!(f, "correlation {} is of two inputs that have one", correlation + 1)
            }
            Self::CorrelationOfList { input } => {
                write!(f, "input {} is a list and cannot be correlated", input + 1)
            }
            Self::CorrelationsImpossible { input, with } => write!(
                f,
                "the correlations of input {} with input {} and others cannot hold together",
                input + 1,
                with + 1
            ),
        }
    }
}

impl std::error::Error for Problem {}
