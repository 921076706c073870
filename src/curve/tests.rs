//! Hand values, and the bound on the error by sampling.

use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;

use super::*;

fn curve(points: &[(f64, f64)]) -> CostCurve {
    CostCurve::new(points.to_vec()).expect("a curve")
}

#[test]
fn a_curve_is_linear_between_its_points_and_nothing_beyond() {
    let curve = curve(&[(0.0, 10.0), (100.0, 60.0), (300.0, 100.0)]);
    for (capacity, cost) in
        [(0.0, 10.0), (50.0, 35.0), (100.0, 60.0), (150.0, 70.0), (300.0, 100.0)]
    {
        assert_eq!(curve.at(capacity), Some(cost));
    }
    assert_eq!([curve.at(-1.0), curve.at(300.1), curve.at(f64::NAN)], [None; 3]);
    assert_eq!(
        curve.segments(),
        [
            Segment { from: 0.0, to: 100.0, intercept: 10.0, slope: 0.5 },
            Segment { from: 100.0, to: 300.0, intercept: 40.0, slope: 0.2 },
        ]
    );
    assert!(curve.is_concave() && !curve.is_convex());
}

#[test]
fn the_shape_of_a_curve_is_that_of_its_slopes() {
    let convex = curve(&[(0.0, 0.0), (1.0, 1.0), (2.0, 3.0)]);
    assert!(convex.is_convex() && !convex.is_concave());
    let neither = curve(&[(0.0, 0.0), (1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]);
    assert!(!neither.is_convex() && !neither.is_concave());
    // Slopes that differ in the last digit only; flat ones.
    let straight = curve(&[(0.0, 0.0), (0.1, 0.3), (0.2, 0.6), (0.7, 2.1)]);
    assert!(straight.is_convex() && straight.is_concave());
    let flat = curve(&[(1.0, 4.0), (2.0, 4.0), (3.0, 4.0)]);
    assert!(flat.is_convex() && flat.is_concave());
}

#[test]
fn all_faults_are_found() {
    use CurveFault::{CapacityNotRising, CostFalls, OutOfRange, TooFew};
    let faults = |points: &[(f64, f64)]| CostCurve::new(points.to_vec()).err().unwrap_or_default();
    assert_eq!(faults(&[]), [TooFew]);
    assert_eq!(faults(&[(1.0, 1.0)]), [TooFew]);
    assert_eq!(faults(&[(0.0, 1.0), (0.0, 2.0)]), [CapacityNotRising { point: 1 }]);
    assert_eq!(
        faults(&[(-1.0, 5.0), (2.0, 4.0), (1.0, f64::NAN)]),
        [
            OutOfRange { point: 0 },
            CostFalls { point: 1 },
            OutOfRange { point: 2 },
            CapacityNotRising { point: 2 }
        ]
    );
}

#[test]
fn six_tenths_of_a_decade_within_one_per_cent_takes_three_segments() {
    // 4 √(0.01 / 0.24) = 0.816 per segment, ln 10 = 2.303: 2.8 segments.
    let law = ScaleLaw { capacity: 1000.0, cost: 50.0, exponent: 0.6 };
    assert_abs_diff_eq!(law.at(2000.0), 50.0 * 1.515_717, epsilon = 5e-5);
    let found = law.piecewise(100.0, 1000.0, 0.01);
    assert_eq!(found.curve.segments().len(), 3);
    assert!(found.curve.is_concave());
    let hand = 0.24 * (10.0_f64.ln() / 3.0).powi(2) / 16.0;
    assert_relative_eq!(found.error, hand, max_relative = 0.02);
    assert_eq!(found.curve.points()[0].0, 100.0);
    assert_eq!(found.curve.points()[3], (1000.0, 50.0 * (1.0 + found.error)));
    assert_eq!(law.piecewise(100.0, 1000.0, 0.1).curve.segments().len(), 1);
}

#[test]
fn square_root_over_four_times_the_capacity_by_hand() {
    // n = 1/2, ρ = 4: m = 1/3, x* = (2/3)/(1/3) = 2, R = (4/3)/√2; E = (1 − R) / (1 + R).
    let law = ScaleLaw { capacity: 1.0, cost: 1.0, exponent: 0.5 };
    let least = 4.0 / 3.0 / 2.0_f64.sqrt();
    let found = law.piecewise(1.0, 4.0, 0.5);
    assert_abs_diff_eq!(found.error, (1.0 - least) / (1.0 + least), epsilon = 1e-15);
}

#[test]
fn exponent_one_is_one_exact_segment() {
    let law = ScaleLaw { capacity: 3.0, cost: 7.0, exponent: 1.0 };
    let found = law.piecewise(0.1, 1000.0, 1e-6);
    assert_eq!((found.curve.segments().len(), found.error), (1, 0.0));
    assert_relative_eq!(found.curve.at(3.0).unwrap_or_default(), 7.0, max_relative = 1e-14);
}

#[test]
fn the_error_is_within_the_bound_and_reaches_it() {
    for exponent in [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999_999_9, 1.0] {
        let law = ScaleLaw { capacity: 250.0, cost: 12.0, exponent };
        for (smallest, largest, error) in [(10.0, 1000.0, 0.01), (3.0, 4.0, 1e-4), (1.0, 1e4, 0.05)]
        {
            let found = law.piecewise(smallest, largest, error);
            assert!(found.error <= error);
            let (mut over, mut under) = (0.0_f64, 0.0_f64);
            for sample in 0..=10_000 {
                let share = f64::from(sample) / 10_000.0;
                let capacity = (smallest * (largest / smallest).powf(share)).min(largest);
                let cost = found.curve.at(capacity).unwrap_or(f64::NAN) / law.at(capacity) - 1.0;
                assert!(cost.abs() <= found.error + 1e-12, "{exponent} {capacity} {cost}");
                (over, under) = (over.max(cost), under.max(-cost));
            }
            assert!(over >= 0.999 * found.error - 1e-13, "{exponent} {over} {}", found.error);
            assert!(under >= 0.999 * found.error - 1e-13, "{exponent} {under} {}", found.error);
        }
    }
}

proptest! {
    #[test]
    fn one_segment_less_would_not_do(
        exponent in 0.05..0.98_f64,
        range in 1.1..1e3_f64,
        error in 1e-5..0.2_f64,
    ) {
        let law = ScaleLaw { capacity: 1.0, cost: 1.0, exponent };
        let found = law.piecewise(1.0, range, error);
        let segments = found.curve.segments().len() as f64;
        prop_assert!(found.error <= error);
        if segments > 1.0 {
            let coarser = law.piecewise(1.0, range.powf(1.0 / (segments - 1.0)), 0.999);
            prop_assert_eq!(coarser.curve.segments().len(), 1);
            prop_assert!(coarser.error > error);
        }
        prop_assert!(CostCurve::validate(found.curve.points()).is_empty());
        prop_assert!(found.curve.is_concave());
    }

    #[test]
    fn segments_say_what_the_curve_says(
        steps in prop::collection::vec((0.01..10.0_f64, 0.0..10.0_f64), 1..8),
        at in 0.0..1.0_f64,
    ) {
        let mut points = vec![(0.0, 1.0)];
        for (capacity, cost) in steps {
            let last = points[points.len() - 1];
            points.push((last.0 + capacity, last.1 + cost));
        }
        let curve = curve(&points);
        for segment in curve.segments() {
            let capacity = segment.from + at * (segment.to - segment.from);
            let line = segment.intercept + segment.slope * capacity;
            let cost = curve.at(capacity).unwrap_or(f64::NAN);
            prop_assert!((line - cost).abs() <= 1e-9 * (1.0 + cost));
        }
    }
}
