//! Hand values, closed forms, and the double integral by quadrature.

use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;

use super::*;

fn years(from: f64, length: f64) -> Years {
    Years { from, length }
}

const MAGNET: Lifetime = Lifetime::Weibull { scale: 15.0, shape: 2.3 };

/// Composite Simpson rule; the domain is cut at `kinks`.
fn integral(f: &dyn Fn(f64) -> f64, from: f64, to: f64, kinks: &[f64]) -> f64 {
    let mut cuts = vec![from, to];
    cuts.extend(kinks.iter().filter(|kink| **kink > from && **kink < to));
    cuts.sort_by(f64::total_cmp);
    let piece = |from: f64, to: f64| {
        let n = 400;
        let h = (to - from) / f64::from(n);
        let weight = |i: i32| match i {
            0 => 1.0,
            _ if i == n => 1.0,
            _ if i % 2 == 1 => 4.0,
            _ => 2.0,
        };
        (0..=n).map(|i| weight(i) * f(from + f64::from(i) * h)).sum::<f64>() * h / 3.0
    };
    cuts.windows(2).map(|pair| piece(pair[0], pair[1])).sum()
}

/// The share by two nested quadratures of the density alone.
fn convolved(density: &dyn Fn(f64) -> f64, sold: Years, back: Years) -> f64 {
    let of = |moment: f64| {
        let age = |time: f64| (time - moment).max(0.0);
        integral(density, age(back.from), age(back.end()), &[])
    };
    integral(&of, sold.from, sold.end(), &[back.from, back.end()]) / sold.length
}

const WINDOWS: [(f64, f64, f64, f64); 7] = [
    (2030.0, 1.0, 2036.0, 1.0),
    (2030.0, 1.0, 2045.0, 1.0),
    (2030.0, 5.0, 2040.0, 2.5),
    (2030.5, 0.25, 2041.3, 4.0),
    (2030.0, 1.0, 2030.0, 1.0),
    (2030.0, 5.0, 2031.0, 2.0),
    (2030.0, 1.0, 2028.0, 10.0),
];

#[test]
fn weibull_returns_are_the_convolution() {
    for (scale, shape) in [(15.0, 3.0), (15.0, 4.0), (8.0, 1.0), (4.0, 5.0)] {
        let lifetime = Lifetime::Weibull { scale, shape };
        let density = |age: f64| {
            let x: f64 = age / scale;
            shape / scale * x.powf(shape - 1.0) * (-x.powf(shape)).exp()
        };
        for (sold, length, back, window) in WINDOWS {
            let (sold, back) = (years(sold, length), years(back, window));
            let share = lifetime.returned(sold, back);
            assert_abs_diff_eq!(share, convolved(&density, sold, back), epsilon = 1e-9);
        }
    }
}

#[test]
fn weibull_returns_of_any_shape_are_the_convolution() {
    // Densities that are not smooth at age 0: windows beyond it.
    for shape in [0.6, 1.4, 2.3] {
        let lifetime = Lifetime::Weibull { scale: 12.0, shape };
        let density = |age: f64| {
            let x: f64 = age / 12.0;
            shape / 12.0 * x.powf(shape - 1.0) * (-x.powf(shape)).exp()
        };
        for (sold, length, back, window) in &WINDOWS[..4] {
            let (sold, back) = (years(*sold, *length), years(*back, *window));
            let share = lifetime.returned(sold, back);
            assert_abs_diff_eq!(share, convolved(&density, sold, back), epsilon = 1e-9);
        }
    }
}

#[test]
fn normal_returns_are_the_convolution() {
    // The second is cut by age 0 at 1.5 deviations.
    for (mean, deviation) in [(10.0, 2.0), (6.0, 4.0)] {
        let lifetime = Lifetime::Normal { mean, deviation };
        let bell = |age: f64| (-0.5 * ((age - mean) / deviation).powi(2)).exp();
        let cuts: Vec<f64> = (1..20).map(|cut| f64::from(cut) * deviation).collect();
        let whole = integral(&bell, 0.0, mean + 10.0 * deviation, &cuts);
        for (sold, length, back, window) in WINDOWS {
            let (sold, back) = (years(sold, length), years(back, window));
            let share = lifetime.returned(sold, back);
            assert_abs_diff_eq!(share, convolved(&bell, sold, back) / whole, epsilon = 1e-9);
        }
        let moment = |age: f64| age * bell(age) / whole;
        let mean_age = integral(&moment, 0.0, mean + 10.0 * deviation, &cuts);
        assert_abs_diff_eq!(lifetime.mean(), mean_age, epsilon = 1e-9);
    }
}

#[test]
fn constant_hazard_has_a_closed_form_to_all_ages() {
    let lifetime = Lifetime::Weibull { scale: 4.0, shape: 1.0 };
    for age in [1.0, 5.0, 30.0, 120.0, 400.0] {
        let hand = (-age / 4.0_f64).exp() * -(-0.25_f64).exp_m1() * 0.25_f64.exp_m1() * 4.0;
        let share = lifetime.returned(years(0.0, 1.0), years(age, 1.0));
        assert_relative_eq!(share, hand, max_relative = 1e-11);
    }
}

#[test]
fn distributions_have_their_known_values() {
    let weibull = Lifetime::Weibull { scale: 10.0, shape: 2.0 };
    // 1 − 1/e at the scale, 1 − e^(−1/4) at half of it; mean 10 Γ(3/2) = 5 √π.
    assert_abs_diff_eq!(weibull.reached(10.0), 0.632_120_558_828_557_7, epsilon = 1e-15);
    assert_abs_diff_eq!(weibull.reached(5.0), 0.221_199_216_928_595_1, epsilon = 1e-15);
    assert_abs_diff_eq!(weibull.mean(), 5.0 * PI.sqrt(), epsilon = 1e-13);
    // Φ(1) = 0.8413447460685429; truncation at −5 deviations takes Φ(−5) = 2.866515718791939e-7.
    let normal = Lifetime::Normal { mean: 10.0, deviation: 2.0 };
    let below = 2.866_515_718_791_939e-7;
    let hand = (0.841_344_746_068_542_9 - below) / (1.0 - below);
    assert_abs_diff_eq!(normal.reached(12.0), hand, epsilon = 1e-14);
    let fixed = Lifetime::Fixed { years: 5.0 };
    assert_eq!([fixed.reached(4.999), fixed.reached(5.0), fixed.mean()], [0.0, 1.0, 5.0]);
    for lifetime in [weibull, normal, fixed] {
        assert_eq!([lifetime.reached(0.0), lifetime.reached(-3.0)], [0.0, 0.0]);
        assert_eq!(lifetime.reached(1e6), 1.0);
    }
}

#[test]
fn a_fixed_lifetime_moves_sales_by_its_years() {
    let lifetime = Lifetime::Fixed { years: 5.0 };
    let sold = years(2030.0, 1.0);
    assert_eq!(lifetime.returned(sold, years(2035.0, 1.0)), 1.0);
    assert_eq!(lifetime.returned(sold, years(2034.0, 1.0)), 0.0);
    assert_eq!(lifetime.returned(sold, years(2036.0, 1.0)), 0.0);
    let half = Lifetime::Fixed { years: 5.5 };
    assert_eq!(half.returned(sold, years(2035.0, 1.0)), 0.5);
    assert_eq!(half.returned(sold, years(2036.0, 1.0)), 0.5);
    // Periods of five years.
    assert_eq!(half.returned(years(2030.0, 5.0), years(2035.0, 5.0)), 0.9);
    // Sums of returns from equal sales in all years are what is sold.
    let steady: f64 =
        (0..20).map(|year| half.returned(years(f64::from(year), 1.0), years(15.0, 1.0))).sum();
    assert_eq!(steady, 1.0);
}

#[test]
fn a_window_without_end_takes_all_that_is_left() {
    let sold = years(2030.0, 5.0);
    for lifetime in
        [MAGNET, Lifetime::Normal { mean: 9.0, deviation: 4.0 }, Lifetime::Fixed { years: 7.5 }]
    {
        let early = lifetime.returned(sold, years(2030.0, 9.0));
        let late = lifetime.returned(sold, years(2039.0, f64::INFINITY));
        assert_abs_diff_eq!(early + late, 1.0, epsilon = 1e-13);
        let all = lifetime.returned(sold, years(2000.0, f64::INFINITY));
        assert_abs_diff_eq!(all, 1.0, epsilon = 1e-13);
    }
}

#[test]
fn every_shape_and_age_has_an_answer() {
    for shape in [0.05, 0.2, 0.7, 0.999, 1.0, 1.001, 3.0, 12.0, 60.0, 400.0] {
        let lifetime = Lifetime::Weibull { scale: 7.0, shape };
        let mut sum = 0.0;
        for quarter in 0..400 {
            let back = years(f64::from(quarter) / 4.0, 0.25);
            let share = lifetime.returned(years(0.0, 1.0), back);
            assert!((0.0..=1.0).contains(&share), "{shape} {quarter} {share}");
            sum += share;
        }
        let rest = lifetime.returned(years(0.0, 1.0), years(100.0, f64::INFINITY));
        assert_abs_diff_eq!(sum + rest, 1.0, epsilon = 1e-12);
    }
}

fn lifetimes() -> impl Strategy<Value = Lifetime> {
    prop_oneof![
        (0.1..40.0_f64).prop_map(|years| Lifetime::Fixed { years }),
        (0.5..40.0_f64, 0.1..15.0_f64)
            .prop_map(|(mean, deviation)| Lifetime::Normal { mean, deviation }),
        (0.5..40.0_f64, 0.5..12.0_f64)
            .prop_map(|(scale, shape)| Lifetime::Weibull { scale, shape }),
    ]
}

proptest! {
    #[test]
    fn all_that_is_sold_comes_back_once(
        lifetime in lifetimes(),
        length in 0.5..6.0_f64,
        windows in prop::collection::vec(0.1..7.0_f64, 1..30),
    ) {
        let sold = Years { from: 2030.0, length };
        let mut from = 2030.0;
        let mut sum = 0.0;
        for window in windows {
            sum += lifetime.returned(sold, Years { from, length: window });
            from += window;
        }
        sum += lifetime.returned(sold, Years { from, length: f64::INFINITY });
        prop_assert!((sum - 1.0).abs() <= 1e-12, "{sum}");
    }

    #[test]
    fn returns_are_additive_where_a_span_is_split(
        lifetime in lifetimes(),
        length in 0.5..6.0_f64,
        ahead in -3.0..40.0_f64,
        window in 0.1..7.0_f64,
        at in 0.05..0.95_f64,
    ) {
        let sold = Years { from: 2030.0, length };
        let back = Years { from: 2030.0 + ahead, length: window };
        let whole = lifetime.returned(sold, back);
        let split = |span: Years| {
            let middle = span.from + at * span.length;
            [Years { from: span.from, length: middle - span.from }, Years { from: middle, length: span.end() - middle }]
        };
        let later: f64 = split(back).iter().map(|part| lifetime.returned(sold, *part)).sum();
        prop_assert!((whole - later).abs() <= 1e-12 / length, "{whole} {later}");
        let mixed: f64 = split(sold)
            .iter()
            .map(|part| lifetime.returned(*part, back) * part.length / length)
            .sum();
        prop_assert!((whole - mixed).abs() <= 1e-12 / length, "{whole} {mixed}");
    }
}

#[test]
fn in_millionths_the_first_years_return_nothing_and_all_years_the_whole() {
    let lifetime = Lifetime::Normal { mean: 25.0, deviation: 5.0 };
    let sold = years(2025.0, 1.0);
    let told = |year: i32| lifetime.returned_in_millionths(sold, years(f64::from(year), 1.0));
    assert!(lifetime.returned(sold, years(2025.0, 1.0)) > 0.0);
    assert_eq!(told(2025), 0.0);
    for year in 2025..2090 {
        let (share, exact) = (told(year), lifetime.returned(sold, years(f64::from(year), 1.0)));
        assert!(share == 0.0 || share > 1e-8, "{year}: {share}");
        assert_abs_diff_eq!(share, exact, epsilon = 1.1e-6);
    }
    assert_abs_diff_eq!((2025..2090).map(told).sum::<f64>(), 1.0, epsilon = 1e-15);
}
