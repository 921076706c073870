//! Solvent extraction: a binary design, the minimum of Underwood, and simulations by size.
//!
//! The figures of ARCHITECTURE.md come from `cargo bench --bench extraction -- --quick --noplot`.
#![allow(missing_docs)]

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use reeflow::chem::extraction::{
    Aim, Brief, Circuit, Duty, Extractant, FeedPhase, Layout, Product, SeparationFactors, Split,
    Task, inventory, minimum_extraction, simulate, simulate_from,
};

/// From the raffinate's end on, factor to the element before: about those of an acidic extractant, Y after Dy.
const STEPS: [f64; 14] = [5.0, 2.0, 1.5, 8.0, 2.0, 1.5, 3.0, 2.0, 1.6, 1.3, 1.5, 2.0, 2.5, 1.6];
/// La, Ce, Pr, Nd, Sm, Eu, Gd, Tb, Dy, Y, Ho, Er, Tm, Yb, Lu: a middle and heavy concentrate.
const FEED: [f64; 15] =
    [0.24, 0.02, 0.05, 0.18, 0.04, 0.005, 0.06, 0.01, 0.06, 0.26, 0.02, 0.04, 0.003, 0.01, 0.002];

/// Fifteen elements, the `cut` most extractable into the organic product at 1.3 times the minimum.
fn cascade(cut: usize, stages: usize) -> Layout {
    let mut betas = vec![1.0];
    for step in STEPS {
        betas.push(betas[betas.len() - 1] * step);
    }
    betas.reverse();
    let mut feed = FEED.to_vec();
    feed.reverse();
    let minimum = minimum_extraction(&betas, &feed, cut, 1.0).expect("a minimum").extraction;
    Layout {
        stages,
        extraction_stages: stages.div_ceil(2),
        organic_product: feed[..cut].iter().sum(),
        feed,
        aqueous_fraction: 1.0,
        extraction: 1.3 * minimum,
        beta_extraction: betas.clone(),
        beta_scrub: betas,
        draws: Vec::new(),
    }
}

/// The same fifteen elements as so many products, each of its own or of neighbours, 99.9 % pure.
fn task(products: usize, organic_feed: bool) -> Task {
    let Layout { mut feed, beta_extraction: mut factors, .. } = cascade(7, 60);
    feed.reverse();
    factors.reverse();
    let of = |element: usize| (element * products).div_euclid(feed.len());
    let product = |at: usize| Product {
        elements: (0..feed.len()).filter(|&element| of(element) == at).collect(),
        purity: 0.999,
        recovery: None,
    };
    let sum: f64 = feed.iter().sum();
    Task {
        products: (0..products).map(product).collect(),
        masses: vec![1.0; feed.len()],
        feed: feed.iter().map(|part| part / sum).collect(),
        phase: FeedPhase::Aqueous,
        extractants: vec![Extractant { extraction: factors.clone(), scrub: factors }],
        organic_feed,
        worths: vec![0.0; 15],
        margin: 1.05,
        extraction: None,
    }
}

const CIRCUIT: Circuit = Circuit {
    loading: Vec::new(),
    feed_concentration: 1.2,
    scrub_acid: 4.0,
    strip_acid: 3.0,
    strip_excess: 0.0,
    base: 10.0,
    free_acid: 0.0,
    mixing: 5.0,
    settling: 15.0,
    fill: 1.0,
    efficiency: 0.9,
    strip_stages: 8,
    washing_stages: 2,
    saponification_stages: 3,
};

/// Ratings and designs of one cascade, and whole plants: the best sequence with every cascade sized.
fn design(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extraction");
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
    for cut in [3, 6, 11] {
        let layout = cascade(cut, 60);
        let leak = 5e-4 * layout.feed[cut].min(layout.feed[cut - 1]);
        let duty = Duty {
            extraction: layout.beta_extraction,
            scrub: layout.beta_scrub,
            feed: layout.feed,
            cut,
            phase: FeedPhase::Aqueous,
            light_leak: leak,
            heavy_leak: leak,
        };
        let amount = layout.extraction;
        group.bench_function(BenchmarkId::new("rating of 30 + 30 stages", cut), |bencher| {
            bencher.iter(|| duty.rate(black_box(amount), (30, 30), None).expect("rated"));
        });
        group.bench_function(BenchmarkId::new("stages and feed stage", cut), |bencher| {
            bencher.iter(|| duty.design(black_box(amount), None).expect("designed"));
        });
    }
    group.sample_size(10);
    let circuit = Circuit { loading: vec![0.18], ..CIRCUIT };
    for (products, organic_feed) in [(5, false), (10, false), (15, false), (15, true)] {
        let task = task(products, organic_feed);
        let feeds = if organic_feed { "organic feeds allowed" } else { "aqueous feeds" };
        let id = format!("{products} products, {feeds}");
        group.bench_function(BenchmarkId::new("best plant", &id), |bencher| {
            let brief = Brief { task: &task, circuit: &circuit, aim: &Aim::Organic, sequences: 1 };
            bencher.iter(|| brief.design().expect("built"));
        });
    }
    group.finish();
}

fn measure(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extraction");
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
    group.bench_function("binary design", |bencher| {
        bencher.iter(|| {
            let split = Split::from_purities(black_box(0.75), 0.999, 0.999).expect("a split");
            let factors = SeparationFactors::constant(black_box(1.4));
            split.optimum(factors, FeedPhase::Aqueous, inventory).expect("an optimum")
        });
    });
    let Layout { feed, beta_extraction, .. } = cascade(7, 60);
    group.bench_function("minimum of 15 elements", |bencher| {
        bencher.iter(|| minimum_extraction(black_box(&beta_extraction), &feed, 7, 1.0));
    });
    // The hardest, the middle and the easiest cut.
    for cut in [3, 6, 11] {
        for stages in [30, 60, 120, 300] {
            let layout = cascade(cut, stages);
            let id = format!("{stages} stages, cut {cut}");
            let profile = simulate(&layout).unwrap_or_else(|e| panic!("{id} {e}"));
            assert!(profile.closure() <= 1e-10, "a balance worth the name");
            group.bench_function(BenchmarkId::new("cold", &id), |bencher| {
                bencher.iter(|| simulate(black_box(&layout)).expect("converges"));
            });
            let mut near = layout.clone();
            near.stages -= 2;
            near.extraction_stages -= 1;
            let near = simulate(&near).expect("converges");
            group.bench_function(BenchmarkId::new("warm", &id), |bencher| {
                bencher.iter(|| simulate_from(black_box(&layout), &near).expect("converges"));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, measure, design);
criterion_main!(benches);
