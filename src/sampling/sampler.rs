//! The designs, behind one sampler.

use super::{
    Distribution, MOST_DIMENSIONS, Problem, correlation::Copula, permutation::Permutation,
    random::Random, sequence::Sequence,
};

/// Most samples of any design: the points of a Sobol sequence.
pub const MOST_SAMPLES: u64 = 1 << 32;

/// Which samples are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// All combinations of the values of lists, those of the last input fastest.
    Grid,
    /// Independent random samples.
    Random,
    /// One sample in each of as many equal strata of every input as there are samples, paired at random.
    LatinHypercube,
    /// A Sobol sequence with Owen's scrambling.
    Sobol,
    /// Rows of k + 2 samples each, from which the Sobol indices of k inputs are estimated.
    ///
    /// A row is two points A and B of a scrambled Sobol sequence of 2k dimensions, and A with the one value of each
    /// input in turn that it has in B: `A, B, AB₁, …, ABₖ`.
    Indices,
}

impl Method {
    /// Its name, as it is written in flowsheets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Random => "random",
            Self::LatinHypercube => "latin-hypercube",
            Self::Sobol => "sobol",
            Self::Indices => "indices",
        }
    }
}

/// Samples of some inputs, each of which can be made by itself.
#[derive(Clone, Debug)]
pub struct Sampler {
    inputs: Vec<Distribution>,
    method: Method,
    length: u64,
    source: Source,
    copula: Copula,
}

/// Where the shares come from.
#[derive(Clone, Debug)]
enum Source {
    Levels,
    Random(Random),
    Strata { jitter: Random, permutations: Vec<Permutation> },
    Sequence(Sequence),
}

impl Sampler {
    /// A sampler of some inputs.
    ///
    /// `samples`: how many, ≥ 1, ≤ [`MOST_SAMPLES`]. A grid has as many as there are combinations, whatever is asked for;
    /// the design for indices the largest power of two of rows that `samples` allow. `correlations`: two inputs and their
    /// Spearman rank correlation ρ each, −1 < ρ < 1, of continuous distributions. Normal variables of the
    /// correlation 2 sin(πρ/6) have just that of their ranks, and ranks do not depend on the distributions. Inputs that
    /// are correlated keep the strata of a Latin hypercube for the first of them only.
    ///
    /// # Errors
    /// See [`Problem`].
    pub fn new(
        inputs: Vec<Distribution>,
        method: Method,
        samples: u64,
        seed: u64,
        correlations: &[(usize, usize, f64)],
    ) -> Result<Self, Problem> {
        for (input, distribution) in inputs.iter().enumerate() {
            distribution.check().map_err(|why| Problem::Distribution { input, why })?;
        }
        if !correlations.is_empty() && matches!(method, Method::Grid | Method::Indices) {
            return Err(Problem::CorrelationRefused);
        }
        let copula = Copula::new(&inputs, correlations)?;
        let length = length(&inputs, method, samples)?;
        let dimensions = if method == Method::Indices { 2 * inputs.len() } else { inputs.len() };
        let random = Random::new(seed);
        let source = match method {
            Method::Grid => Source::Levels,
            Method::Random => Source::Random(random),
            Method::LatinHypercube => {
                let keys = random.keys(dimensions).into_iter();
                let permutations = keys.map(|key| Permutation::new(length, key)).collect();
                Source::Strata { jitter: random, permutations }
            }
            Method::Sobol | Method::Indices if dimensions > MOST_DIMENSIONS => {
                return Err(Problem::TooManyInputs);
            }
            Method::Sobol | Method::Indices => {
                Source::Sequence(Sequence::new(random.keys(dimensions)))
            }
        };
        Ok(Self { inputs, method, length, source, copula })
    }

    /// Number of samples, ≥ 1.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Which samples are taken.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// What is sampled.
    #[must_use]
    pub fn inputs(&self) -> &[Distribution] {
        &self.inputs
    }

    /// Samples that belong together and follow each other: k + 2 of the design for indices of k inputs, else 1.
    #[must_use]
    pub fn row(&self) -> u64 {
        row(&self.inputs, self.method)
    }

    /// Makes the sample at an index below [`Sampler::len`], one value for each input.
    ///
    /// # Panics
    /// If there is no such sample, or `into` has not one place for each input.
    pub fn sample(&self, index: u64, into: &mut [f64]) {
        assert!(index < self.length, "sample {index} of {}", self.length);
        assert_eq!(into.len(), self.inputs.len(), "one place for each input");
        match &self.source {
            Source::Levels => return self.combine(index, into),
            Source::Random(random) => random.fill(index, into),
            Source::Strata { jitter, permutations } => {
                jitter.fill(index, into);
                for (share, permutation) in into.iter_mut().zip(permutations) {
                    let place = permutation.at(index) as f64 + *share;
                    *share = (place / self.length as f64).min(1.0 - f64::EPSILON / 2.0);
                }
            }
            Source::Sequence(sequence) => {
                let (row, part) = parts(index, self.row());
                for (input, share) in into.iter_mut().enumerate() {
                    // Of rows, the part 1 is B, and the part i + 2 has the input i of B.
                    let of_b = part == 1 || part == input as u64 + 2;
                    let dimension = if of_b { self.inputs.len() + input } else { input };
                    *share = sequence.at(row, dimension);
                }
            }
        }
        self.copula.apply(into);
        for (value, input) in into.iter_mut().zip(&self.inputs) {
            *value = input.quantile(*value);
        }
    }

    /// The combination of levels at an index, as the digits of a number are found.
    fn combine(&self, index: u64, into: &mut [f64]) {
        let mut rest = index;
        for (value, input) in into.iter_mut().zip(&self.inputs).rev() {
            let levels = levels(input).expect("all inputs of a grid are lists");
            let (next, level) = parts(rest, levels.len() as u64);
            *value = levels[usize::try_from(level).expect("a position in memory")];
            rest = next;
        }
    }
}

fn levels(input: &Distribution) -> Option<&[f64]> {
    if let Distribution::List(values) = input { Some(values) } else { None }
}

fn row(inputs: &[Distribution], method: Method) -> u64 {
    if method == Method::Indices { inputs.len() as u64 + 2 } else { 1 }
}

/// How often `size` goes into a number, and what is left.
#[expect(clippy::integer_division, reason = "the rest is told")]
fn parts(number: u64, size: u64) -> (u64, u64) {
    (number / size, number % size)
}

fn length(inputs: &[Distribution], method: Method, samples: u64) -> Result<u64, Problem> {
    if inputs.is_empty() {
        return Err(Problem::NoInputs);
    }
    let length = match method {
        Method::Grid => {
            let mut product = 1_u64;
            for (input, distribution) in inputs.iter().enumerate() {
                let levels = levels(distribution).ok_or(Problem::NoLevels { input })?.len();
                product = product.checked_mul(levels as u64).ok_or(Problem::TooManySamples)?;
            }
            product
        }
        Method::Random | Method::LatinHypercube | Method::Sobol => samples,
        Method::Indices => {
            let row = row(inputs, method);
            // Two rows have a variance.
            let rows = parts(samples, row).0;
            if rows < 2 {
                return Err(Problem::TooFewSamples { least: 2 * row });
            }
            row << rows.ilog2()
        }
    };
    match length {
        0 => Err(Problem::TooFewSamples { least: 1 }),
        1..=MOST_SAMPLES => Ok(length),
        _ => Err(Problem::TooManySamples),
    }
}
