//! What a column is, and values of it.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A number, or none.
    Number,
    /// True, false, or neither.
    Condition,
    /// A whole number, ≥ 0.
    Count,
    /// A text, one of few.
    Text,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, unlike that of any other.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Unit of measure, as reports write it; none for what has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What it means, in a sentence.
    pub description: String,
}

/// The columns of a table, and what it tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The columns, at least one.
    pub columns: Vec<Column>,
    /// Further metadata, by keys other than [`COLUMNS`](super::COLUMNS).
    pub about: IndexMap<String, String>,
}

/// Values of one column, of some rows that follow each other.
#[derive(Clone, Debug)]
pub enum Values {
    /// Numbers; what is not a number is none.
    Numbers(Vec<f64>),
    /// Conditions.
    Conditions(Vec<Option<bool>>),
    /// Whole numbers.
    Counts(Vec<u64>),
    /// Texts.
    Texts(Vec<String>),
}

impl Values {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Conditions(values) => values.len(),
            Self::Counts(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a column of these values holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Numbers(_) => Kind::Number,
            Self::Conditions(_) => Kind::Condition,
            Self::Counts(_) => Kind::Count,
            Self::Texts(_) => Kind::Text,
        }
    }

    /// The values as numbers: conditions as 0 and 1, not a number where there is none. None of texts.
    #[must_use]
    pub fn numbers(&self) -> Option<Cow<'_, [f64]>> {
        match self {
            Self::Numbers(values) => Some(Cow::Borrowed(values)),
            Self::Conditions(values) => {
                let number = |value: &Option<bool>| {
                    value.map_or(f64::NAN, |holds| f64::from(u8::from(holds)))
                };
                Some(values.iter().map(number).collect())
            }
            Self::Counts(values) => Some(values.iter().map(|&count| count as f64).collect()),
            Self::Texts(_) => None,
        }
    }
}

/// Alike where both hold the same; what is not a number is like itself.
impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Numbers(one), Self::Numbers(other)) => {
                let alike =
                    |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
                one.len() == other.len() && one.iter().zip(other).all(alike)
            }
            (Self::Conditions(one), Self::Conditions(other)) => one == other,
            (Self::Counts(one), Self::Counts(other)) => one == other,
            (Self::Texts(one), Self::Texts(other)) => one == other,
            _ => false,
        }
    }
}
