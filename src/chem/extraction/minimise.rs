//! Minimum of a function of one variable between bounds.

/// Points of the grid that brackets the minimum.
const GRID: u32 = 13;
/// Where the search ends, absolute in the variable: far below what a flat minimum tells apart.
const TOLERANCE: f64 = 1e-5;
/// `(3 − √5) / 2`.
const GOLDEN: f64 = 0.381_966_011_250_105_1;

/// Where `value` is smallest in `low ≤ x ≤ high`; infinite values are allowed.
///
/// A coarse grid, so that a second valley is not missed, then Brent (1973), *Algorithms for Minimization without
/// Derivatives*, ch. 5: parabolas, and golden sections where they fail.
pub(super) fn minimise(low: f64, high: f64, value: impl Fn(f64) -> f64) -> f64 {
    let width = (high - low) / f64::from(GRID - 1);
    let place = |point: u32| low + width * f64::from(point);
    let mut best = (place(0), f64::INFINITY);
    for point in 0..GRID {
        let here = (place(point), value(place(point)));
        if here.1 < best.1 {
            best = here;
        }
    }
    brent((best.0 - width).max(low), best, (best.0 + width).min(high), value)
}

/// Brent's method from `start`, a point with its value, inside `low ≤ x ≤ high`.
fn brent(mut low: f64, start: (f64, f64), mut high: f64, value: impl Fn(f64) -> f64) -> f64 {
    let (mut best, mut second, mut third) = (start, start, start);
    let (mut step, mut before): (f64, f64) = (0.0, 0.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if (best.0 - middle).abs() + 0.5 * (high - low) <= 2.0 * TOLERANCE {
            break;
        }
        // The parabola through the three best points.
        let r = (best.0 - second.0) * (best.1 - third.1);
        let q = (best.0 - third.0) * (best.1 - second.1);
        let p = (best.0 - third.0) * q - (best.0 - second.0) * r;
        let (p, q) = if q > r { (-p, 2.0 * (q - r)) } else { (p, 2.0 * (r - q)) };
        let fits =
            p.abs() < (0.5 * q * before).abs() && p > q * (low - best.0) && p < q * (high - best.0);
        if fits {
            before = step;
            step = p / q;
        } else {
            before = if best.0 < middle { high - best.0 } else { low - best.0 };
            step = GOLDEN * before;
        }
        let moved = if step.abs() < TOLERANCE { TOLERANCE.copysign(step) } else { step };
        let here = (best.0 + moved, value(best.0 + moved));
        if here.1 <= best.1 {
            if here.0 < best.0 {
                high = best.0;
            } else {
                low = best.0;
            }
            (third, second, best) = (second, best, here);
        } else {
            if here.0 < best.0 {
                low = here.0;
            } else {
                high = here.0;
            }
            if here.1 <= second.1 || second.0 == best.0 {
                (third, second) = (second, here);
            } else if here.1 <= third.1 || third.0 == best.0 || third.0 == second.0 {
                third = here;
            }
        }
    }
    best.0
}
