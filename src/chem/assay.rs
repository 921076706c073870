//! Assays: grades of a stream, and splits inside a group, as mass fractions of species.
//!
//! "REO 1.75 %, of which `La2O3` 39.7, `CeO2` 48.41 …": wᵢ = g · pᵢ / Σp, where Σp is 100 or 1 ([`normalising_factor`]
//! says what it is otherwise), since a published split that sums to 92 is worth a remark. What the grades leave of 1 is
//! the rest.

use std::fmt;

/// Rounding that a sum of mass fractions may exceed 1 by.
const TOLERANCE: f64 = 1e-9;

/// The share of one species, or of a group with its split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grade<'a, S> {
    /// Mass fraction of the stream, 0 to 1.
    pub fraction: f64,
    /// Species and their relative parts, ≥ 0, in any unit; one species with any positive part for a grade of its own.
    pub split: &'a [(S, f64)],
}

/// Mass fractions of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Assay<S> {
    /// Mass fraction of each species named, in the order of the grades, 0 to 1.
    pub fractions: Vec<(S, f64)>,
    /// What is left for the rest, 0 to 1.
    pub rest: f64,
    /// Sum of each grade's split before it was normalised, in the unit of its parts, > 0.
    pub split_sums: Vec<f64>,
}

/// Why grades are no assay; grades and members are named by their positions in the slices.
#[derive(Clone, Debug, PartialEq)]
pub enum AssayError {
    /// A grade is not a number from 0 to 1.
    GradeOutOfRange {
        /// Position of the grade.
        grade: usize,
    },
    /// A part of a split is negative or not a number.
    PartOutOfRange {
        /// Position of the grade.
        grade: usize,
        /// Position in its split.
        member: usize,
    },
    /// A split has no positive part.
    EmptySplit {
        /// Position of the grade.
        grade: usize,
    },
    /// A species occurs twice.
    SpeciesTwice {
        /// Grade and member of the first.
        first: (usize, usize),
        /// Grade and member of the second.
        second: (usize, usize),
    },
    /// The grades sum to more than 1.
    AboveOne {
        /// The sum, > 1.
        sum: f64,
    },
    /// The grades sum to less than 1 and there is no rest.
    BelowOne {
        /// The sum, < 1.
        sum: f64,
    },
}

impl fmt::Display for AssayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GradeOutOfRange { .. } => f.write_str("a grade lies between 0 and 100 %"),
            Self::PartOutOfRange { .. } => f.write_str("a part of a split is a number, 0 or more"),
            Self::EmptySplit { .. } => f.write_str("a split has at least one positive part"),
            Self::SpeciesTwice { .. } => f.write_str("a species has two grades"),
            Self::AboveOne { sum } => {
                write!(f, "grades sum to {} %, above 100 %", percent(*sum))
            }
            Self::BelowOne { sum } => {
                write!(f, "grades sum to {} %, and no rest is named", percent(*sum))
            }
        }
    }
}

/// Per cent, rounded to nine decimals, so that noise is dropped and no sum above 1 + 1e-9 reads as 100.
fn percent(fraction: f64) -> f64 {
    (fraction * 1e11).round() / 1e9
}

impl std::error::Error for AssayError {}

/// Factor, > 0, that makes parts with this sum, > 0, sum to 1 or to 100, whichever is nearer in proportion; none if they do,
/// up to what the rounding of so many decimal numbers and of their sum explains.
#[must_use]
pub fn normalising_factor(sum: f64, parts: usize) -> Option<f64> {
    let whole = if sum < 10.0 { 1.0 } else { 100.0 };
    #[expect(clippy::cast_precision_loss, reason = "few parts")]
    let rounding = (parts as f64 + 2.0) * f64::EPSILON;
    ((sum - whole).abs() > rounding * whole).then(|| whole / sum)
}

/// Mass fractions of species from grades; `has_rest` says whether a lump takes what the grades leave.
///
/// # Errors
///
/// [`AssayError`] if a grade or part is out of range, a species occurs twice, or the grades sum to more than 1 + 1e-9,
/// or to less than 1 − 1e-9 without a rest.
pub fn resolve_assay<S: Copy + PartialEq>(
    grades: &[Grade<'_, S>],
    has_rest: bool,
) -> Result<Assay<S>, AssayError> {
    let mut fractions: Vec<(S, f64)> = Vec::new();
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut split_sums = Vec::with_capacity(grades.len());
    for (index, grade) in grades.iter().enumerate() {
        if !(0.0..=1.0 + TOLERANCE).contains(&grade.fraction) {
            return Err(AssayError::GradeOutOfRange { grade: index });
        }
        let in_range = |part: f64| part.is_finite() && part >= 0.0;
        if let Some(member) = grade.split.iter().position(|(_, part)| !in_range(*part)) {
            return Err(AssayError::PartOutOfRange { grade: index, member });
        }
        let sum: f64 = grade.split.iter().map(|(_, part)| part).sum();
        if sum <= 0.0 || !sum.is_finite() {
            return Err(AssayError::EmptySplit { grade: index });
        }
        for (member, &(species, part)) in grade.split.iter().enumerate() {
            if let Some(at) = fractions.iter().position(|(other, _)| *other == species) {
                return Err(AssayError::SpeciesTwice {
                    first: places[at],
                    second: (index, member),
                });
            }
            fractions.push((species, grade.fraction * (part / sum)));
            places.push((index, member));
        }
        split_sums.push(sum);
    }
    let sum: f64 = grades.iter().map(|grade| grade.fraction).sum();
    if sum > 1.0 + TOLERANCE {
        return Err(AssayError::AboveOne { sum });
    }
    if sum < 1.0 - TOLERANCE && !has_rest {
        return Err(AssayError::BelowOne { sum });
    }
    Ok(Assay { fractions, rest: (1.0 - sum).max(0.0), split_sums })
}
