//! Designs and statistics together, on functions whose answers are known.

use std::f64::consts::PI;

use reeflow::{
    sampling::{Distribution, Method, Sampler},
    statistics::{Index, Indices, Moments, Regression},
};

const ANGLE: Distribution = Distribution::Uniform { low: -PI, high: PI };

/// Ishigami and Homma 1990.
fn ishigami(point: &[f64]) -> f64 {
    point[0].sin() + 7.0 * point[1].sin().powi(2) + 0.1 * point[2].powi(4) * point[0].sin()
}

/// Its first-order and total indices.
fn exact() -> [(f64, f64); 3] {
    let (first, second) = (0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2), 49.0 / 8.0);
    let both = 0.01 * PI.powi(8) * 8.0 / 225.0;
    let all = first + second + both;
    [(first / all, (first + both) / all), (second / all, second / all), (0.0, both / all)]
}

fn outcomes(sampler: &Sampler) -> impl Iterator<Item = (Vec<f64>, f64)> {
    (0..sampler.len()).map(|index| {
        let mut point = vec![0.0; sampler.inputs().len()];
        sampler.sample(index, &mut point);
        let outcome = ishigami(&point);
        (point, outcome)
    })
}

fn indices(samples: u64, seed: u64) -> Vec<Index> {
    let sampler = Sampler::new(vec![ANGLE; 3], Method::Indices, samples, seed, &[]).unwrap();
    let outcomes: Vec<f64> = outcomes(&sampler).map(|(_, outcome)| outcome).collect();
    let mut indices = Indices::new(3);
    let row = usize::try_from(sampler.row()).unwrap();
    outcomes.chunks(row).for_each(|row| indices.push(row));
    assert_eq!(indices.rows() * sampler.row(), sampler.len());
    indices.estimate().unwrap()
}

#[test]
fn the_design_for_indices_finds_them() {
    for (index, exact) in indices(5 * 8192, 2).iter().zip(exact()) {
        assert!((index.first.value - exact.0).abs() < 0.01, "{index:?} for {exact:?}");
        assert!((index.total.value - exact.1).abs() < 0.01, "{index:?} for {exact:?}");
    }
}

#[test]
fn intervals_of_indices_hold_at_least_as_often_as_they_say() {
    let mut missed = 0;
    for seed in 0..100 {
        for (index, exact) in indices(5 * 512, seed).iter().zip(exact()) {
            missed += u32::from(!(index.first.low..=index.first.high).contains(&exact.0));
            missed += u32::from(!(index.total.low..=index.total.high).contains(&exact.1));
        }
    }
    // 5 % of 600 are 30; rows of a Sobol sequence are better than independent ones.
    assert!(missed <= 30, "{missed} of 600");
}

#[test]
fn all_designs_find_the_mean_and_what_a_line_explains() {
    // The mean is a/2. A line sees x₁ alone: Cov(x₁, f) = 1 + bπ⁴/5 for a variance of π²/3.
    let mean = 3.5;
    let line = (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2) / (PI.powi(2) / 3.0);
    let variance = 0.5 + 49.0 / 8.0 + 0.1 * PI.powi(4) / 5.0 + 0.01 * PI.powi(8) / 18.0;
    for method in [Method::Random, Method::LatinHypercube, Method::Sobol] {
        let sampler = Sampler::new(vec![ANGLE; 3], method, 8192, 4, &[]).unwrap();
        let (mut moments, mut regression) = (Moments::new(), Regression::new(3));
        for (point, outcome) in outcomes(&sampler) {
            moments.push(outcome);
            regression.push(&point, outcome);
        }
        let found = moments.mean_estimate().unwrap();
        assert!(
            (found.value - mean).abs() < (found.high - found.low) * 0.8,
            "{method:?} {found:?}"
        );
        assert!((moments.deviation().unwrap().powi(2) / variance - 1.0).abs() < 0.06, "{method:?}");
        let fit = regression.fit().unwrap();
        assert!((fit.explained.unwrap() - line / variance).abs() < 0.03, "{method:?} {fit:?}");
        assert!(fit.inputs[1].coefficient.unwrap().abs() < 0.04, "{method:?} {fit:?}");
    }
}
