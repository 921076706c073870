//! Spans of time on the axis of calendar years.

/// A span of calendar time: from its start up to, not including, its end.
///
/// `Years { from: 2030.0, length: 5.0 }` is the years 2030 to 2034.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Years {
    /// Start, calendar years, finite.
    pub from: f64,
    /// Length, yr, ≥ 0.
    pub length: f64,
}

impl Years {
    /// End, calendar years: the start of what follows.
    #[must_use]
    pub fn end(self) -> f64 {
        self.from + self.length
    }

    /// Time that both spans have in common, yr, ≥ 0.
    #[must_use]
    pub fn overlap(self, other: Self) -> f64 {
        (self.end().min(other.end()) - self.from.max(other.from)).max(0.0)
    }
}
