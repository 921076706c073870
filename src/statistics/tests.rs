//! Statistics against closed forms, sorting and resampling.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "of small whole numbers"
)]

use approx::assert_relative_eq;
use proptest::prelude::*;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng as _};
use std::convert::Infallible;

use super::{Histogram, Index, Indices, Moments, Regression, quantiles, share};

fn uniform(stream: &mut ChaCha8Rng) -> f64 {
    (stream.next_u64() >> 12) as f64 / (1_u64 << 52) as f64
}

/// Outcomes of rows `A, B, AB₁, …, ABₖ` at independent random points of the unit cube.
fn rows(inputs: usize, count: usize, seed: u64, outcome: impl Fn(&[f64]) -> f64) -> Vec<Vec<f64>> {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    let row = |_| {
        let mut point = || -> Vec<f64> { (0..inputs).map(|_| uniform(&mut stream)).collect() };
        let (a, b) = (point(), point());
        let exchanged = (0..inputs).map(|input| {
            let mut point = a.clone();
            point[input] = b[input];
            outcome(&point)
        });
        [outcome(&a), outcome(&b)].into_iter().chain(exchanged).collect()
    };
    (0..count).map(row).collect()
}

fn indices(rows: &[Vec<f64>]) -> Vec<Index> {
    let mut indices = Indices::new(rows[0].len() - 2);
    for row in rows {
        indices.push(row);
    }
    indices.estimate().expect("the outcome varies")
}

const G: [f64; 4] = [0.0, 1.0, 4.5, 9.0];

/// The g-function of Saltelli and Sobol 1995.
fn g(point: &[f64]) -> f64 {
    point.iter().zip(G).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
}

/// Its first-order and total indices, from the variances Vᵢ = 1 / 3(1 + aᵢ)² of its factors.
fn indices_of_g() -> [(f64, f64); 4] {
    let part = G.map(|a| 1.0 / (3.0 * (1.0 + a).powi(2)));
    let all: f64 = part.iter().map(|v| 1.0 + v).product();
    part.map(|v| (v / (all - 1.0), v * all / (1.0 + v) / (all - 1.0)))
}

#[test]
fn indices_of_the_function_of_ishigami_are_found() {
    // sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ over −π to π (Ishigami, Homma 1990).
    let pi = std::f64::consts::PI;
    let outcome = |point: &[f64]| {
        let [x, y, z] = [0, 1, 2].map(|i| (2.0 * point[i] - 1.0) * pi);
        // A large mean must do no harm.
        1e6 + x.sin() + 7.0 * y.sin().powi(2) + 0.1 * z.powi(4) * x.sin()
    };
    let (first, second) = (0.5 * (1.0 + 0.1 * pi.powi(4) / 5.0).powi(2), 49.0 / 8.0);
    let both = 0.01 * pi.powi(8) * 8.0 / 225.0;
    let variance = first + second + both;
    let exact = [(first, first + both), (second, second), (0.0, both)];
    let found = indices(&rows(3, 20_000, 1, outcome));
    for (index, (alone, total)) in found.iter().zip(exact) {
        for (estimate, exact) in [(index.first, alone / variance), (index.total, total / variance)]
        {
            let error = (estimate.high - estimate.low) / 2.0 / 1.96;
            assert!((estimate.value - exact).abs() < 3.3 * error, "{estimate:?} for {exact}");
            assert!(error < 0.012, "{estimate:?} is narrow");
        }
    }
}

#[test]
fn intervals_of_indices_hold_as_often_as_they_say() {
    // 500 repetitions of 95 % have a standard error of 1 %.
    let repetitions = 500;
    let mut held = [[0_u32; 2]; 4];
    for seed in 0..repetitions {
        let found = indices(&rows(4, 512, seed, g));
        for ((index, exact), held) in found.iter().zip(indices_of_g()).zip(&mut held) {
            let inside =
                |estimate: super::Estimate, exact| estimate.low <= exact && exact <= estimate.high;
            held[0] += u32::from(inside(index.first, exact.0));
            held[1] += u32::from(inside(index.total, exact.1));
        }
    }
    for times in held.as_flattened() {
        let often = f64::from(*times) / repetitions as f64;
        assert!((0.92..=0.98).contains(&often), "{held:?}");
    }
}

#[test]
fn errors_of_indices_agree_with_the_bootstrap() {
    let rows = rows(4, 512, 77, g);
    let found = indices(&rows);
    let mut stream = ChaCha8Rng::seed_from_u64(3);
    let mut draws = vec![[Moments::new(), Moments::new()]; 4];
    for _ in 0..1000 {
        let resampled: Vec<Vec<f64>> = (0..rows.len())
            .map(|_| rows[(stream.next_u64() % rows.len() as u64) as usize].clone())
            .collect();
        for (index, draws) in indices(&resampled).iter().zip(&mut draws) {
            draws[0].push(index.first.value);
            draws[1].push(index.total.value);
        }
    }
    for (index, draws) in found.iter().zip(&draws) {
        for (estimate, draws) in [index.first, index.total].iter().zip(draws) {
            let error = (estimate.high - estimate.low) / 2.0 / 1.96;
            assert_relative_eq!(error, draws.deviation().unwrap(), max_relative = 0.12);
        }
    }
}

#[test]
fn a_row_without_an_outcome_is_dropped_whole() {
    let sound = rows(4, 64, 5, g);
    let mut gaps = Indices::new(4);
    for (number, row) in sound.iter().enumerate() {
        let mut broken = row.clone();
        broken[number % 6] = f64::NAN;
        gaps.push(&broken);
        gaps.push(row);
    }
    assert_eq!((gaps.rows(), gaps.dropped()), (64, 64));
    assert_eq!(gaps.estimate().unwrap(), indices(&sound));
}

#[test]
fn what_does_not_vary_has_no_indices() {
    let mut same = Indices::new(2);
    (0..9).for_each(|_| same.push(&[0.1; 4]));
    assert_eq!(same.estimate(), None);
    let mut lone = Indices::new(1);
    lone.push(&[1.0, 2.0, 3.0]);
    assert_eq!(lone.estimate(), None);
}

#[test]
fn moments_are_those_by_hand() {
    let mut moments = Moments::new();
    assert_eq!((moments.mean(), moments.deviation(), moments.least()), (None, None, None));
    for value in [2.0, 4.0, f64::NAN, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
        moments.push(value + 1e9);
    }
    assert_eq!((moments.count(), moments.missing()), (8, 1));
    assert_relative_eq!(moments.mean().unwrap() - 1e9, 5.0);
    assert_relative_eq!(
        moments.deviation().unwrap(),
        (32.0_f64 / 7.0).sqrt(),
        max_relative = 1e-12
    );
    assert_eq!((moments.least(), moments.greatest()), (Some(1e9 + 2.0), Some(1e9 + 9.0)));
}

#[test]
fn shares_have_the_interval_of_wilson() {
    // Newcombe 1998, Stat. Med. 17, 857, table I, method 3.
    for (holds, count, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let found = share(holds, count).unwrap();
        assert_relative_eq!(found.value, holds as f64 / count as f64);
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
    }
    assert_eq!(share(20, 20).unwrap().high, 1.0);
    assert_eq!(share(0, 0), None);
}

#[test]
fn regression_finds_a_plane() {
    // Inputs with the correlation ½: y = 2u + 3(u + √3 v)/2, plus a constant input.
    let mut stream = ChaCha8Rng::seed_from_u64(9);
    let mut regression = Regression::new(3);
    let count = 20_000;
    for _ in 0..count {
        let (u, v) = (uniform(&mut stream), uniform(&mut stream));
        let w = f64::midpoint(u, 3_f64.sqrt() * v);
        regression.push(&[u, w, 7.0], 2.0 * u + 3.0 * w);
    }
    regression.push(&[0.0, 0.0, 7.0], f64::NAN);
    assert_eq!((regression.count(), regression.dropped()), (count, 1));
    let fit = regression.fit().unwrap();
    assert_relative_eq!(fit.explained.unwrap(), 1.0, epsilon = 1e-12);
    // The variance is 4 + 9 + 2 · 2 · 3 · ½ = 19.
    let [u, w, constant] = fit.inputs[..] else { panic!("three inputs") };
    assert_relative_eq!(u.coefficient.unwrap(), 2.0 / 19_f64.sqrt(), epsilon = 0.01);
    assert_relative_eq!(w.coefficient.unwrap(), 3.0 / 19_f64.sqrt(), epsilon = 0.01);
    assert_relative_eq!(u.correlation.unwrap(), 3.5 / 19_f64.sqrt(), epsilon = 0.01);
    assert_eq!((constant.correlation, constant.coefficient), (None, None));
}

#[test]
fn regression_says_what_it_leaves_unexplained() {
    // y = x + (x − ½)²: the square adds a variance of 1/180 that no line explains, to that of 1/12.
    let mut regression = Regression::new(1);
    for part in 0..10_000 {
        let x = (f64::from(part) + 0.5) / 10_000.0;
        regression.push(&[x], x + (x - 0.5).powi(2));
    }
    let explained = regression.fit().unwrap().explained.unwrap();
    assert_relative_eq!(explained, 15.0 / 16.0, max_relative = 1e-6);
}

#[test]
fn regression_is_silent_where_it_means_nothing() {
    let mut regression = Regression::new(2);
    for x in [1.0, 2.0, 3.0] {
        regression.push(&[x, x * x], x);
    }
    // Three samples, three unknowns.
    assert_eq!(regression.fit().unwrap().explained, None);
    let mut follows = Regression::new(2);
    for x in 0..10 {
        follows.push(&[f64::from(x), 3.0 * f64::from(x)], f64::from(x % 3));
    }
    let fit = follows.fit().unwrap();
    assert_eq!((fit.explained, fit.inputs[0].coefficient), (None, None));
    assert!(fit.inputs[0].correlation.is_some());
    let mut same = Regression::new(1);
    (0..5).for_each(|x| same.push(&[f64::from(x)], 1.0));
    assert_eq!(same.fit(), None);
}

/// Type 7 from sorted values.
fn sorted_quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() - 1) as f64 * share;
    let lower = place as usize;
    let upper = (lower + 1).min(sorted.len() - 1);
    if sorted[lower] == sorted[upper] {
        sorted[lower]
    } else {
        sorted[lower] + (place - lower as f64) * (sorted[upper] - sorted[lower])
    }
}

const SHARES: [f64; 6] = [0.5, 0.0, 0.05, 0.9, 1.0, 0.333];

fn check_quantiles(values: &[f64], chunk: usize) {
    let read = |visit: &mut dyn FnMut(&[f64])| -> Result<(), Infallible> {
        values.chunks(chunk).for_each(visit);
        Ok(())
    };
    let found = quantiles(&SHARES, read).unwrap();
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    assert_eq!(found.count as usize, sorted.len());
    assert_eq!(found.missing as usize, values.len() - sorted.len());
    if sorted.is_empty() {
        assert!(found.values.is_empty());
    } else {
        assert_eq!(found.values, SHARES.map(|share| sorted_quantile(&sorted, share)));
    }
}

#[test]
fn quantiles_of_many_values_are_those_of_sorting() {
    // More than are kept: spread over many powers of ten, tied, and so close that few digits differ.
    let mut stream = ChaCha8Rng::seed_from_u64(4);
    let many: Vec<f64> =
        (0..600_000).map(|_| (40.0 * (uniform(&mut stream) - 0.5)).exp() - 1.0).collect();
    check_quantiles(&many, 4096);
    let tied: Vec<f64> = many.iter().map(|value| if *value > 0.0 { 1.0 } else { -2.5 }).collect();
    check_quantiles(&tied, 70_001);
    let close: Vec<f64> =
        (0..600_000).map(|_| 1.0 + (stream.next_u64() % 9) as f64 * f64::EPSILON).collect();
    check_quantiles(&close, 100_000);
}

#[test]
fn a_histogram_counts_every_number_once() {
    let mut found = Histogram::new(1.0, 3.0, 4);
    for value in [0.9, 1.0, 1.49, 1.5, 2.0, 2.99, 3.0, 3.01, f64::INFINITY, f64::NAN] {
        found.push(value);
    }
    assert_eq!(found.into_counts(), (1, vec![2, 1, 1, 2], 2));
}

#[test]
fn quantiles_pass_on_what_reading_fails_with() {
    assert_eq!(quantiles(&SHARES, |_| Err("gone")), Err("gone"));
}

proptest! {
    #[test]
    fn quantiles_are_those_of_sorting(
        values in prop::collection::vec(prop_oneof![
            prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL,
            Just(f64::NAN),
            -3.0..3.0,
        ], 0..300),
        chunk in 1_usize..50,
    ) {
        // Halves, so that no difference of two overflows.
        let values: Vec<f64> = values.into_iter().map(|value: f64| value / 2.0).collect();
        check_quantiles(&values, chunk);
    }

    #[test]
    fn an_interval_of_a_share_holds_it(count in 1_u64..10_000, part in 0.0..=1.0) {
        let holds = (count as f64 * part) as u64;
        let found = share(holds, count).unwrap();
        prop_assert!(0.0 <= found.low && found.low <= found.value);
        prop_assert!(found.value <= found.high && found.high <= 1.0);
        prop_assert!(found.low < found.high);
    }
}
