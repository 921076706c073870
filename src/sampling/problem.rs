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

#[cfg(test)]
mod tests {
    use super::super::{Distribution, MOST_SAMPLES, Method, Problem, Sampler};

    const UNIT: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };

    fn units(count: usize) -> Vec<Distribution> {
        vec![UNIT; count]
    }

    #[test]
    fn what_cannot_be_sampled_is_refused() {
        let list = Distribution::List(vec![1.0, 2.0]);
        let refuse =
            |inputs: Vec<Distribution>, method, samples, correlations: &[(usize, usize, f64)]| {
                Sampler::new(inputs, method, samples, 0, correlations).expect_err("it is refused")
            };
        assert_eq!(refuse(vec![], Method::Grid, 1, &[]), Problem::NoInputs);
        assert_eq!(refuse(units(1), Method::Random, 0, &[]), Problem::TooFewSamples { least: 1 });
        assert_eq!(refuse(units(3), Method::Indices, 9, &[]), Problem::TooFewSamples { least: 10 });
        assert_eq!(refuse(units(1), Method::Sobol, MOST_SAMPLES + 1, &[]), Problem::TooManySamples);
        assert_eq!(refuse(vec![list.clone(); 64], Method::Grid, 1, &[]), Problem::TooManySamples);
        assert_eq!(refuse(units(501), Method::Indices, 10_000, &[]), Problem::TooManyInputs);
        assert_eq!(
            refuse(vec![list.clone(), UNIT], Method::Grid, 1, &[]),
            Problem::NoLevels { input: 1 }
        );
        for method in [Method::Grid, Method::Indices] {
            assert_eq!(refuse(units(2), method, 100, &[(0, 1, 0.5)]), Problem::CorrelationRefused);
        }
        for pair in [(0, 0, 0.5), (0, 2, 0.5), (0, 1, 1.0), (0, 1, f64::NAN)] {
            assert_eq!(
                refuse(units(2), Method::Random, 9, &[pair]),
                Problem::CorrelationInvalid { correlation: 0 }
            );
        }
        let twice = [(0, 1, 0.5), (1, 0, 0.5)];
        assert_eq!(
            refuse(units(2), Method::Random, 9, &twice),
            Problem::CorrelationTwice { correlation: 1 }
        );
        let with_list = refuse(vec![UNIT, list], Method::Random, 9, &[(0, 1, 0.5)]);
        assert_eq!(with_list, Problem::CorrelationOfList { input: 1 });
        // 3 follows 2, 2 follows 1, but 3 goes against 1.
        let circle = [(1, 2, 0.9), (2, 3, 0.8), (3, 1, -0.7)];
        let impossible = Problem::CorrelationsImpossible { input: 3, with: 2 };
        assert_eq!(refuse(units(4), Method::Random, 9, &circle), impossible);
        for wrong in [
            Distribution::Uniform { low: 1.0, high: 1.0 },
            Distribution::Uniform { low: 0.0, high: f64::INFINITY },
            Distribution::Triangular { low: 0.0, mode: 3.0, high: 2.0 },
            Distribution::Triangular { low: 0.0, mode: f64::NAN, high: 2.0 },
            Distribution::Normal { mean: 0.0, deviation: 0.0 },
            Distribution::LogNormal { median: 0.0, spread: 2.0 },
            Distribution::LogNormal { median: 1.0, spread: 1.0 },
            Distribution::List(vec![]),
            Distribution::List(vec![1.0, f64::NAN]),
        ] {
            let problem = refuse(vec![UNIT, wrong], Method::Random, 9, &[]);
            assert!(matches!(problem, Problem::Distribution { input: 1, .. }), "{problem}");
        }
    }
}
