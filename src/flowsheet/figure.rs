//! Figures: every number that the user wrote, in internal units, with its place and its origin.

use crate::{diagnostic::Span, document::Confidence, index::IdVec, typed_id};

typed_id! {
    /// A number that the user wrote.
    pub struct FigureId
}

/// The values of all figures, in internal units; those of the file, or changed ones.
pub type Values = IdVec<FigureId, f64>;

/// A number that the user wrote.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its path in the file: `feed.ore.cost`.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// In internal units.
    pub value: f64,
    /// Where it was written.
    pub span: Span,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Between which values it may lie, if that is said.
    pub range: Option<Range>,
    /// The least and the greatest value that makes sense, in internal units: no capacity below 0, no share above 1.
    pub allowed: (f64, f64),
}

/// The values between which a figure may lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The least, in internal units; at most the figure's own value.
    pub low: f64,
    /// The greatest, in internal units; at least the figure's own value.
    pub high: f64,
    /// Both as they were written.
    pub text: [String; 2],
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Provenance {
    /// From a source.
    Sourced {
        /// Source ids.
        ids: Vec<String>,
        /// How sure it is, if said.
        confidence: Option<Confidence>,
    },
    /// Assumed.
    Assumed {
        /// Why.
        reason: String,
    },
    /// The bound of a goal: what is wanted is no datum.
    Wanted,
    /// It follows from other figures, by the design of a cascade.
    Computed,
    /// Not said.
    Unstated,
}

/// A source that figures cite.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRecord {
    /// Its id.
    pub id: String,
    /// Title, author, year and address as far as given, in one line.
    pub text: String,
}
