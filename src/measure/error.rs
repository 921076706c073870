//! What is wrong with a quantity, and where.

use std::{fmt, ops::Range};

/// Which part of a quantity is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureErrorKind {
    /// The number is missing, malformed, or not finite.
    Number,
    /// A unit is missing, unknown or misplaced.
    Unit,
    /// A currency that is not the flowsheet's.
    Currency,
    /// The words that say *of what* are misplaced or contradict each other.
    Basis,
    /// `shift` is used and its length is not known.
    Shift,
    /// The value does not fit into a double-precision number.
    Range,
}

/// Why a quantity cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureError {
    /// Which part is wrong.
    pub kind: MeasureErrorKind,
    /// The bytes of the text at fault.
    pub range: Range<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl MeasureError {
    pub(super) fn new(
        kind: MeasureErrorKind,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self { kind, range, message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for MeasureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl std::error::Error for MeasureError {}
