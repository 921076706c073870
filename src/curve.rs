//! Cost of capacity: piecewise linear curves, and the scale law with a piecewise linear curve of known error.

mod scale;

pub use scale::{Approximation, ScaleLaw};

/// Slopes that differ by less than this share of each other are one: points were rounded.
const SAME_SLOPE: f64 = 1e-12;

/// A cost of capacity that is linear between points, non-decreasing.
#[derive(Clone, Debug, PartialEq)]
pub struct CostCurve {
    points: Vec<(f64, f64)>,
}

/// A straight piece of a [`CostCurve`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Smallest capacity, unit of the capacity, ≥ 0.
    pub from: f64,
    /// Largest capacity, unit of the capacity, > `from`.
    pub to: f64,
    /// Cost at which the line meets capacity 0, money; may be negative where a curve is convex.
    pub intercept: f64,
    /// Cost of one more unit of capacity, money per unit of capacity, ≥ 0.
    pub slope: f64,
}

/// Why points are no cost curve; positions count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveFault {
    /// There are fewer than two points.
    TooFew,
    /// A capacity or a cost is negative or not finite.
    OutOfRange {
        /// Position of the point.
        point: usize,
    },
    /// A capacity is not above the one before.
    CapacityNotRising {
        /// Position of the later point.
        point: usize,
    },
    /// A cost is below the one before: more capacity would be had for less.
    CostFalls {
        /// Position of the later point.
        point: usize,
    },
}

impl CostCurve {
    /// The curve through `(capacity, cost)`, in order of capacity; often from capacity 0 on.
    ///
    /// # Errors
    ///
    /// All that [`CostCurve::validate`] finds.
    pub fn new(points: Vec<(f64, f64)>) -> Result<Self, Vec<CurveFault>> {
        let faults = Self::validate(&points);
        if faults.is_empty() { Ok(Self { points }) } else { Err(faults) }
    }

    /// All faults of `(capacity, cost)` as a curve, in order; none if it is one.
    #[must_use]
    pub fn validate(points: &[(f64, f64)]) -> Vec<CurveFault> {
        let mut faults = Vec::new();
        if points.len() < 2 {
            faults.push(CurveFault::TooFew);
        }
        let in_range = |value: f64| value.is_finite() && value >= 0.0;
        let mut before: Option<(f64, f64)> = None;
        for (point, &(capacity, cost)) in points.iter().enumerate() {
            if !in_range(capacity) || !in_range(cost) {
                faults.push(CurveFault::OutOfRange { point });
            }
            if let Some((smaller, cheaper)) = before {
                if capacity <= smaller {
                    faults.push(CurveFault::CapacityNotRising { point });
                }
                if cost < cheaper {
                    faults.push(CurveFault::CostFalls { point });
                }
            }
            before = Some((capacity, cost));
        }
        faults
    }

    /// The points, `(capacity, cost)` in units of capacity and money, ascending.
    #[must_use]
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// Cost of `capacity`, money, ≥ 0; `None` beyond the first and the last point: nothing is extrapolated.
    #[must_use]
    pub fn at(&self, capacity: f64) -> Option<f64> {
        let after = self.points.partition_point(|point| point.0 <= capacity);
        let &(from, cost) = self.points.get(after.checked_sub(1)?)?;
        if from == capacity {
            return Some(cost);
        }
        let &(to, more) = self.points.get(after)?;
        Some(cost + (more - cost) * ((capacity - from) / (to - from)))
    }

    /// Whether capacity gets no dearer at the margin as it grows (economies of scale); straight lines are concave.
    ///
    /// A program that minimises cost then needs a choice of the segment: integers.
    #[must_use]
    pub fn is_concave(&self) -> bool {
        self.slopes_run(|earlier, later| later <= earlier)
    }

    /// Whether capacity gets no cheaper at the margin as it grows; straight lines are convex.
    ///
    /// A program that minimises cost fills the segments in order by itself.
    #[must_use]
    pub fn is_convex(&self) -> bool {
        self.slopes_run(|earlier, later| later >= earlier)
    }

    /// The straight pieces, ascending.
    #[must_use]
    pub fn segments(&self) -> Vec<Segment> {
        self.pieces().collect()
    }

    fn pieces(&self) -> impl Iterator<Item = Segment> {
        self.points.iter().zip(self.points.iter().skip(1)).map(|(&(from, cost), &(to, more))| {
            let slope = (more - cost) / (to - from);
            Segment { from, to, intercept: cost - slope * from, slope }
        })
    }

    fn slopes_run(&self, holds: impl Fn(f64, f64) -> bool) -> bool {
        let slopes = || self.pieces().map(|segment| segment.slope);
        let mut pairs = slopes().zip(slopes().skip(1));
        pairs.all(|(a, b)| (a - b).abs() <= SAME_SLOPE * a.max(b) || holds(a, b))
    }
}

#[cfg(test)]
mod tests;
