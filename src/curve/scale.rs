//! The scale law, and the fewest straight lines that follow it.

use super::CostCurve;

/// Errors finer than this are rounding, and are not aimed at.
const FINEST: f64 = 1e-8;

/// Cost by capacity as a power: `cost · (c / capacity)^exponent`.
///
/// Williams (1947), *Chemical Engineering* 54 (12), 124: "six-tenths factor aids in approximating costs"; Peters,
/// Timmerhaus and West (2003), ch. 6, with exponents by equipment. Extrapolation over more than a decade is not
/// recommended there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaleLaw {
    /// Capacity of which the cost is known, unit of the capacity, > 0.
    pub capacity: f64,
    /// Cost of that capacity, money, > 0.
    pub cost: f64,
    /// Exponent, dimensionless, 0 < `exponent` ≤ 1; 0.6 where nothing better is known.
    pub exponent: f64,
}

/// A piecewise linear curve in place of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Approximation {
    /// The curve.
    pub curve: CostCurve,
    /// Largest relative error, fraction, ≥ 0: reached on either side of the exact cost on every segment.
    pub error: f64,
}

impl ScaleLaw {
    /// Cost of `capacity`, money, ≥ 0.
    ///
    /// `capacity`: ≥ 0, in the unit of [`ScaleLaw::capacity`].
    #[must_use]
    pub fn at(&self, capacity: f64) -> f64 {
        debug_assert!(self.exponent > 0.0 && self.exponent <= 1.0, "an exponent is from 0 to 1");
        self.cost * (capacity / self.capacity).powf(self.exponent)
    }

    /// The piecewise linear curve over `[smallest, largest]` with the fewest segments whose relative error is within
    /// `error`; with that number of segments, the one of least error.
    ///
    /// The chord of `c^n` from `a` to `ρ a` is, as a multiple of the exact cost, 1 at its ends and least inside, at
    ///
    /// ```text
    /// x* = n (1 − m) / (m (1 − n)) times a:   R = (1 − m) / (1 − n) · x*^(−n),   m = (ρ^n − 1) / (ρ − 1)
    /// ```
    ///
    /// which depends on `ρ` and `n` only, so that equal ratios have equal errors. The chord times `2 / (1 + R)` is
    /// above the exact cost by `E = (1 − R) / (1 + R)` at its ends and below it by `E` at `x*`: it alternates three
    /// times, so no line follows `c^n` over `[a, ρ a]` more closely (Chebyshev). All scaled chords meet, as the factor
    /// is the same. So no other curve of as few segments, continuous or not, is better. For small errors
    /// `E ≈ n (1 − n) (ln ρ)² / 16`, that is `ln ρ ≈ 4 √(E / (n (1 − n)))` per segment.
    ///
    /// The error that is reached is told; exponent 1 gives one exact segment.
    ///
    /// `smallest`, `largest`: 0 < `smallest` < `largest`, in the unit of [`ScaleLaw::capacity`]; `error`: fraction,
    /// 0 < `error` < 1; nothing finer than 1e-8 is aimed at.
    #[must_use]
    pub fn piecewise(&self, smallest: f64, largest: f64, error: f64) -> Approximation {
        debug_assert!(smallest > 0.0 && largest > smallest, "a range of capacity");
        debug_assert!(error > 0.0, "an error is above 0");
        let range = (largest / smallest).ln();
        let error_of = |segments: u32| chord_error(self.exponent, range / f64::from(segments));
        let segments = fewest(|segments| error_of(segments) <= error.max(FINEST));
        let reached = error_of(segments);
        let point = |index: u32| {
            let capacity = match index {
                0 => smallest,
                _ if index == segments => largest,
                _ => smallest * (range * (f64::from(index) / f64::from(segments))).exp(),
            };
            (capacity, self.at(capacity) * (1.0 + reached))
        };
        let curve = CostCurve { points: (0..=segments).map(point).collect() };
        Approximation { curve, error: reached }
    }
}

/// The least number from 1 on of which `holds`, which once true stays true; at most 2²⁰.
fn fewest(holds: impl Fn(u32) -> bool) -> u32 {
    let mut enough = 1;
    while enough < 1 << 20 && !holds(enough) {
        enough *= 2;
    }
    let mut too_few = enough >> 1;
    while enough - too_few > 1 {
        let middle = u32::midpoint(too_few, enough);
        if holds(middle) { enough = middle } else { too_few = middle }
    }
    enough
}

/// Relative error of the best line for `c^exponent` over capacities whose largest is `e^length` times the smallest.
fn chord_error(exponent: f64, length: f64) -> f64 {
    let rest = 1.0 - exponent;
    if rest == 0.0 {
        return 0.0;
    }
    // (1 − m) / (1 − n), without the difference of what is nearly equal.
    let gap = (exponent * length).exp() * (rest * length).exp_m1() / (rest * length.exp_m1());
    let slope = (exponent * length).exp_m1() / length.exp_m1();
    let least = gap * (exponent * gap / slope).powf(-exponent);
    ((1.0 - least) / (1.0 + least)).max(0.0)
}
