//! Designs and distributions against what defines them.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "of small whole numbers"
)]

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::{
    Distribution, Method, Sampler,
    distribution::{normal_quantile, normal_share},
    permutation::Permutation,
    sequence::Sequence,
};

const UNIT: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };

fn units(count: usize) -> Vec<Distribution> {
    vec![UNIT; count]
}

fn sampler(inputs: Vec<Distribution>, method: Method, samples: u64, seed: u64) -> Sampler {
    Sampler::new(inputs, method, samples, seed, &[]).expect("it is sound")
}

fn all(sampler: &Sampler) -> Vec<Vec<f64>> {
    let sample = |index| {
        let mut values = vec![f64::NAN; sampler.inputs().len()];
        sampler.sample(index, &mut values);
        values
    };
    (0..sampler.len()).map(sample).collect()
}

fn column(samples: &[Vec<f64>], input: usize) -> Vec<f64> {
    samples.iter().map(|sample| sample[input]).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let (m, n) = (mean(one), mean(other));
    let product = |a: &[f64], p: f64, b: &[f64], q: f64| -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - p) * (y - q)).sum()
    };
    product(one, m, other, n) / (product(one, m, one, m) * product(other, n, other, n)).sqrt()
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, place) in order.into_iter().enumerate() {
        ranks[place] = rank as f64;
    }
    ranks
}

fn continuous() -> Vec<Distribution> {
    vec![
        Distribution::Uniform { low: -2.0, high: 5.0 },
        Distribution::Triangular { low: 1.0, mode: 2.0, high: 7.0 },
        Distribution::Triangular { low: 1.0, mode: 1.0, high: 7.0 },
        Distribution::Normal { mean: 3.0, deviation: 0.5 },
        Distribution::LogNormal { median: 60.0, spread: 1.4 },
    ]
}

#[test]
fn the_normal_quantile_is_right_into_the_tails() {
    // mpmath, 30 digits.
    let known = [
        (1e-300, -37.047_096_299_361_2),
        (1e-100, -21.273_453_560_965_324),
        (1e-16, -8.222_082_216_130_436),
        (1e-9, -5.997_807_015_007_687),
        (1e-4, -3.719_016_485_455_680_6),
        (0.025, -1.959_963_984_540_054),
        (0.25, -0.674_489_750_196_081_7),
        (0.49, -0.025_068_908_258_711_06),
        (0.6, 0.253_347_103_135_799_7),
        (0.9, 1.281_551_565_544_600_5),
        (0.999, 3.090_232_306_167_813),
        (1.0 - 2_f64.powi(-30), 6.009_353_565_530_744),
    ];
    for (share, value) in known {
        assert_relative_eq!(normal_quantile(share), value, max_relative = 2e-15);
        assert_relative_eq!(normal_share(value), share, max_relative = 1e-12);
    }
}

#[test]
fn quantiles_have_the_moments_that_are_told() {
    // The midpoint rule over the shares: its error comes from the tails.
    let parts = 1_000_000;
    for distribution in continuous() {
        let values: Vec<f64> = (0..parts)
            .map(|part| distribution.quantile((f64::from(part) + 0.5) / f64::from(parts)))
            .collect();
        assert!(values.is_sorted(), "{distribution:?} ascends");
        let centre = mean(&values);
        let squares: Vec<f64> = values.iter().map(|value| (value - centre).powi(2)).collect();
        assert_relative_eq!(centre, distribution.mean(), max_relative = 1e-6);
        assert_relative_eq!(mean(&squares).sqrt(), distribution.deviation(), max_relative = 1e-4);
        assert_relative_eq!(
            distribution.quantile(0.5),
            distribution.median(),
            max_relative = 1e-15
        );
    }
}

#[test]
fn moments_match_those_by_hand() {
    let triangle = Distribution::Triangular { low: 1.0, mode: 2.0, high: 7.0 };
    assert_relative_eq!(triangle.mean(), 10.0 / 3.0);
    // (1 + 4 + 49 − 2 − 7 − 14) / 18.
    assert_relative_eq!(triangle.deviation(), (31.0_f64 / 18.0).sqrt());
    // The mode has 1/6 below it, so the median is 7 − √(½ · 6 · 5).
    assert_relative_eq!(triangle.median(), 7.0 - 15_f64.sqrt());
    let list = Distribution::List(vec![4.0, 1.0, 2.0, 9.0]);
    assert_relative_eq!(list.mean(), 4.0);
    assert_relative_eq!(list.median(), 3.0);
    assert_relative_eq!(list.deviation(), 9.5_f64.sqrt());
    assert_relative_eq!(Distribution::List(vec![4.0, 1.0, 2.0]).median(), 2.0);
    assert_relative_eq!(list.quantile(0.3), 1.0);
}

#[test]
fn samples_follow_their_distribution() {
    // Kolmogorov and Smirnov: of 20,000 random samples, the greatest distance from the distribution stays below
    // 1.95 / √n in 999 of 1,000 cases. The other designs are nearer.
    let n = 20_000_u64;
    for method in [Method::Random, Method::LatinHypercube, Method::Sobol] {
        let samples = all(&sampler(continuous(), method, n, 11));
        let uniform = all(&sampler(units(5), method, n, 11));
        for (input, distribution) in continuous().iter().enumerate() {
            let mut values = column(&samples, input);
            values.sort_by(f64::total_cmp);
            let distances = values.iter().enumerate().map(|(rank, value)| {
                let share = (rank as f64 + 0.5) / n as f64;
                // How far the share is at which this value would stand.
                let (mut low, mut high) = (0.0, 1.0);
                while high - low > 1e-9 {
                    let middle = f64::midpoint(low, high);
                    if distribution.quantile(middle) < *value {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                (share - low).abs()
            });
            let distance = distances.fold(0.0, f64::max);
            assert!(distance < 1.95 / (n as f64).sqrt(), "{method:?} {distribution:?}: {distance}");
            let centre = mean(&column(&samples, input));
            let error = distribution.deviation() / (n as f64).sqrt();
            assert!(
                (centre - distribution.mean()).abs() < 3.5 * error,
                "{method:?} {distribution:?}"
            );
        }
        for other in 1..5 {
            let found = correlation(&column(&uniform, 0), &column(&uniform, other));
            assert!(found.abs() < 3.5 / (n as f64).sqrt(), "{method:?}: {found}");
        }
    }
}

#[test]
fn a_latin_hypercube_has_one_sample_in_each_stratum() {
    for n in [1, 2, 3, 7, 10, 100, 1000, 1023, 4097] {
        let samples = all(&sampler(units(6), Method::LatinHypercube, n, 3));
        for input in 0..6 {
            let mut values = column(&samples, input);
            values.sort_by(f64::total_cmp);
            for (stratum, value) in values.iter().enumerate() {
                let (low, high) = (stratum as f64 / n as f64, (stratum + 1) as f64 / n as f64);
                assert!((low..high).contains(value), "{value} in stratum {stratum} of {n}");
            }
        }
    }
}

#[test]
fn all_orders_of_a_few_are_as_likely() {
    // χ² with 23 degrees of freedom is above 49.7 once in 1,000 times.
    let mut counts = std::collections::BTreeMap::<Vec<u64>, u32>::new();
    let draws = 24_000;
    for seed in 0..draws {
        let permutation = Permutation::new(4, super::random::hash(5, seed));
        *counts.entry((0..4).map(|place| permutation.at(place)).collect()).or_default() += 1;
    }
    let expected = draws as f64 / 24.0;
    let chi: f64 =
        counts.values().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
    assert_eq!(counts.len(), 24);
    assert!(chi < 49.7, "{chi}");
}

#[test]
fn a_sobol_sequence_is_a_net_in_every_dimension_and_in_the_first_two() {
    let sequence = Sequence::new((0..300).collect());
    for dimension in 0..300 {
        let mut boxes: Vec<u32> = (0..1024).map(|i| sequence.plain(i, dimension) >> 22).collect();
        boxes.sort_unstable();
        assert!(boxes.into_iter().eq(0..1024), "dimension {dimension}");
    }
    // All elementary intervals of area 2^−8 hold one of 256 points; scrambling keeps that.
    for bits in 0..=8 {
        let (wide, high) = (f64::from(1 << bits), f64::from(1 << (8 - bits)));
        let mut boxes: Vec<(u64, u64)> = (0..256)
            .map(|i| ((sequence.at(i, 0) * wide) as u64, (sequence.at(i, 1) * high) as u64))
            .collect();
        boxes.sort_unstable();
        boxes.dedup();
        assert_eq!(boxes.len(), 256, "{bits} digits of the first dimension");
    }
}

#[test]
fn the_sobol_sequence_is_that_of_joe_and_kuo() {
    // The first points of their program `sobol.cc` with new-joe-kuo-6, which goes by Gray code: in natural order, the
    // second and third of these are points 3 and 2.
    let sequence = Sequence::new(vec![0; 3]);
    let point = |index| [0, 1, 2].map(|d| f64::from(sequence.plain(index, d)) / 2_f64.powi(32));
    assert_eq!(point(0), [0.0, 0.0, 0.0]);
    assert_eq!(point(1), [0.5, 0.5, 0.5]);
    assert_eq!(point(3), [0.75, 0.25, 0.25]);
    assert_eq!(point(2), [0.25, 0.75, 0.75]);
    assert_eq!(point(6), [0.375, 0.375, 0.625]);
}

#[test]
fn a_sobol_sequence_integrates_far_better_than_chance() {
    // The mean over ten seeds of the squared error of ∏ (1 + (xᵢ − ½)) over six inputs, which integrates to 1.
    let error = |method| {
        let squared = (0..10).map(|seed| {
            let samples = all(&sampler(units(6), method, 4096, seed));
            let product = |sample: &Vec<f64>| sample.iter().map(|x| 0.5 + x).product();
            (mean(&samples.iter().map(product).collect::<Vec<f64>>()) - 1.0).powi(2)
        });
        (squared.sum::<f64>() / 10.0).sqrt()
    };
    let (random, strata, sobol) =
        (error(Method::Random), error(Method::LatinHypercube), error(Method::Sobol));
    // By chance: √((1 + 1/12)⁶ − 1) / 64.
    assert_relative_eq!(random, 0.0123, max_relative = 0.6);
    assert!(strata < 0.5 * random, "{strata} against {random}");
    assert!(sobol < 0.03 * random, "{sobol} against {random}");
}

#[test]
fn a_grid_takes_the_last_input_fastest() {
    let inputs =
        vec![Distribution::List(vec![1.0, 2.0]), Distribution::List(vec![10.0, 30.0, 20.0])];
    let grid = sampler(inputs, Method::Grid, 0, 0);
    assert_eq!(grid.len(), 6);
    let expected = [[1.0, 10.0], [1.0, 30.0], [1.0, 20.0], [2.0, 10.0], [2.0, 30.0], [2.0, 20.0]];
    assert_eq!(all(&grid), expected);
}

#[test]
fn a_row_for_indices_exchanges_one_input_at_a_time() {
    let design = sampler(units(3), Method::Indices, 5 * 37, 4);
    assert_eq!((design.len(), design.row()), (5 * 32, 5));
    for row in all(&design).chunks(5) {
        let (a, b) = (&row[0], &row[1]);
        for input in 0..3 {
            assert_ne!(a[input], b[input]);
            let mut exchanged = a.clone();
            exchanged[input] = b[input];
            assert_eq!(row[input + 2], exchanged);
        }
    }
}

#[test]
fn the_seed_decides_and_the_order_does_not() {
    for method in [Method::Random, Method::LatinHypercube, Method::Sobol, Method::Indices] {
        let forward = all(&sampler(continuous(), method, 200, 5));
        let again = sampler(continuous(), method, 200, 5);
        let mut values = [0.0; 5];
        for index in (0..again.len()).rev() {
            again.sample(index, &mut values);
            assert_eq!(forward[usize::try_from(index).unwrap()], values, "{method:?}");
        }
        assert_ne!(forward, all(&sampler(continuous(), method, 200, 6)), "{method:?}");
    }
}

#[test]
fn samples_are_the_same_on_every_machine() {
    // Written down once: a change of any of them changes the results of those who gave a seed.
    let first = |method| {
        let mut values = [0.0; 2];
        sampler(units(2), method, 10, 1).sample(7, &mut values);
        values
    };
    let found = [Method::Random, Method::LatinHypercube, Method::Sobol].map(first);
    assert_eq!(found[0], [0.465_004_018_554_318_6, 0.743_594_087_937_783_7]);
    assert_eq!(found[1], [0.346_500_401_855_431_85, 0.274_359_408_793_778_35]);
    assert_eq!(found[2], [0.424_541_909_060_72, 0.443_578_848_534_237]);
}

#[test]
fn rank_correlations_are_reached() {
    let pairs = [(0, 1, 0.7), (3, 1, -0.4), (4, 0, 0.2)];
    let n = 20_000;
    for method in [Method::Random, Method::LatinHypercube, Method::Sobol] {
        let correlated =
            Sampler::new(continuous(), method, n, 8, &pairs).expect("they can hold together");
        let samples = all(&correlated);
        for one in 0..5 {
            for other in 0..one {
                let given = pairs
                    .iter()
                    .find(|&&(a, b, _)| (a, b) == (one, other) || (b, a) == (one, other));
                let found =
                    correlation(&ranks(&column(&samples, one)), &ranks(&column(&samples, other)));
                let wanted = given.map_or(0.0, |pair| pair.2);
                assert!(
                    (found - wanted).abs() < 3.5 / (n as f64).sqrt(),
                    "{method:?}: {found} for {wanted}"
                );
            }
        }
        // What has no correlation is sampled as without.
        let free = all(&sampler(continuous(), method, n, 8));
        assert_eq!(column(&samples, 2), column(&free, 2));
    }
}

proptest! {
    #[test]
    fn a_permutation_is_a_bijection(length in 1_u64..3000, key: u64) {
        let permutation = Permutation::new(length, key);
        let mut places: Vec<u64> = (0..length).map(|place| permutation.at(place)).collect();
        places.sort_unstable();
        prop_assert!(places.into_iter().eq(0..length));
    }

    #[test]
    fn values_lie_within_their_range(seed: u64, low in -1e6..1e6_f64, width in 1e-3..1e6_f64, at in 0.0..=1.0_f64) {
        let high = low + width;
        let mode = (low + at * width).min(high);
        let inputs = vec![Distribution::Uniform { low, high }, Distribution::Triangular { low, mode, high }];
        for method in [Method::Random, Method::LatinHypercube, Method::Sobol] {
            for value in all(&sampler(inputs.clone(), method, 20, seed)).concat() {
                prop_assert!((low..=high).contains(&value));
            }
        }
    }
}
