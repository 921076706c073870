//! Ratings, designs, sequences and plants, against closed forms, published figures, brute force and the simulation.

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::{super::*, PHASES};

const CIRCUIT: Circuit = Circuit {
    loading: Vec::new(),
    feed_concentration: 1.2,
    scrub_acid: 4.0,
    strip_acid: 4.0,
    strip_excess: 0.0,
    base: 10.0,
    free_acid: 0.0,
    mixing: 5.0,
    settling: 15.0,
    fill: 1.0,
    efficiency: 1.0,
    strip_stages: 0,
    washing_stages: 0,
    saponification_stages: 0,
};

fn circuit() -> Circuit {
    Circuit { loading: vec![0.18; 2], ..CIRCUIT }
}

/// La, Ce, Pr, Nd, Sm of the design note, §4.2: products by themselves.
fn five(purity: f64, organic_feed: bool) -> Task {
    let factors = vec![1.0, 5.0, 10.0, 15.0, 120.0];
    Task {
        feed: vec![0.30, 0.45, 0.05, 0.16, 0.04],
        masses: vec![1.0; 5],
        phase: FeedPhase::Aqueous,
        products: (0..5).map(|at| Product { elements: vec![at], purity, recovery: None }).collect(),
        extractants: vec![Extractant { extraction: factors.clone(), scrub: factors }],
        organic_feed,
        worths: vec![0.0; 5],
        margin: USUAL_MARGIN,
        extraction: None,
    }
}

fn minimum(duty: &Duty) -> Result<f64, ExtractionError> {
    let aqueous = duty.phase.aqueous_fraction();
    Ok(minimum_extraction(&duty.extraction, &duty.feed, duty.cut, aqueous)?.extraction)
}

fn least_extraction(cut: &Cut) -> Result<f64, ExtractionError> {
    Ok(cut.flow * minimum(&cut.duty)?)
}

/// All sequences of a contiguous set of products by one extractant, with their costs.
fn all_sequences(task: &Task, from: usize, to: usize, cost: &dyn Fn(&Cut) -> f64) -> Vec<f64> {
    if to - from == 1 {
        return vec![0.0];
    }
    let set = |from: usize, to: usize| -> Products { (from..to).map(|it| 1 << it).sum() };
    let mut found = Vec::new();
    for at in from + 1..to {
        let cut = task.cut(0, set(from, at), set(at, to), FeedPhase::Aqueous);
        let own = cost(&cut);
        for below in all_sequences(task, from, at, cost) {
            for above in all_sequences(task, at, to, cost) {
                found.push(own + below + above);
            }
        }
    }
    found
}

#[test]
fn the_published_cascade_of_24_and_21_stages_is_rated() {
    // Zhang, Zhao and Schreiner (2016), via the design note's V1; simulated there at 24 + 21.
    let duty = Duty {
        extraction: vec![2.0, 1.0],
        scrub: vec![2.0, 1.0],
        feed: vec![0.5, 0.5],
        cut: 1,
        phase: FeedPhase::Aqueous,
        light_leak: 5.004_504_504_5e-4,
        heavy_leak: 4.995_495_45e-5,
    };
    let design = duty.design(1.708_645, None).expect("it can be done");
    // 24.301 + 20.824 stages do it.
    assert!((46..=47).contains(&design.total()), "{design:?}");
    assert_relative_eq!(design.exact, 45.125, epsilon = 0.75);
    let rating = duty.rate(1.708_645, (24, 21), None).expect("it is rated");
    let purity = rating.organic[0] / rating.organic.iter().sum::<f64>();
    // Simulated there with another ratio of the leaks: 0.998993.
    assert_relative_eq!(purity, 0.998_993, epsilon = 5e-5);
}

#[test]
fn the_best_of_five_products_is_that_of_all_fourteen_sequences() {
    let task = five(0.999, false);
    let mut all = all_sequences(&task, 0, 5, &|cut| least_extraction(cut).expect("a minimum"));
    all.sort_by(f64::total_cmp);
    let found =
        task.best_sequences(20, &|_| Ok(0.0), &least_extraction).expect("there are sequences");
    let costs: Vec<f64> = found.iter().map(|it| it.cost).collect();
    assert_eq!(costs.len(), 14);
    for (one, other) in costs.iter().zip(&all) {
        assert_relative_eq!(one, other, max_relative = 1e-12);
    }
    // Design note, V6.
    assert_relative_eq!(costs[0], 2.000_198_6, epsilon = 1e-6);
    assert_relative_eq!(costs[1], 2.001_731_2, epsilon = 1e-6);
    assert_relative_eq!(costs[13], 2.261_947_5, epsilon = 1e-6);
    let names: Vec<String> = ["La", "Ce", "Pr", "Nd", "Sm"].map(str::to_owned).to_vec();
    assert_eq!(found[0].root.text(&names), "((La | Ce) | ((Pr | Nd) | Sm))");
    let organic = five(0.999, true);
    let found = organic.best_sequences(1, &least_extraction, &least_extraction);
    let found = found.expect("there are sequences");
    assert_relative_eq!(found[0].cost, 1.798_783_6, epsilon = 1e-6);
    assert_eq!(found[0].root.text(&names), "((La | Ce) | » (Pr | » (Nd | Sm)))");
    let linked = task.linked_minimum(0, &|cut| minimum(&cut.duty)).expect("all can be cut");
    assert_relative_eq!(linked, 0.888_22, epsilon = 1e-5);
}

#[test]
fn a_loose_bound_changes_nothing_and_spares_designs() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (mut factors, mut feed) = clay();
    factors.reverse();
    feed.reverse();
    let task = Task {
        feed,
        masses: vec![1.0; 15],
        phase: FeedPhase::Aqueous,
        products: (0..15)
            .map(|at| Product { elements: vec![at], purity: 0.999, recovery: None })
            .collect(),
        extractants: vec![Extractant { extraction: factors.clone(), scrub: factors }],
        organic_feed: false,
        worths: vec![0.0; 15],
        margin: USUAL_MARGIN,
        extraction: None,
    };
    let made = AtomicUsize::new(0);
    let cost = |cut: &Cut| Ok(least_extraction(cut)? * cut.duty.fewest_stages());
    let counted = |cut: &Cut| {
        made.fetch_add(1, Ordering::Relaxed);
        cost(cut)
    };
    let bound = |cut: &Cut| Ok(0.5 * cost(cut)?);
    let best = task.best_sequences(3, &bound, &counted).expect("there are sequences");
    let spared = made.load(Ordering::Relaxed);
    let all = task.best_sequences(3, &|_| Ok(0.0), &cost).expect("there are sequences");
    for (one, other) in best.iter().zip(&all) {
        assert_relative_eq!(one.cost, other.cost, max_relative = 1e-12);
    }
    // (15³ − 15) / 6 cuts are possible.
    assert!(spared < 400, "{spared} of 560 possible cuts were designed");
}

#[test]
fn a_bound_of_a_cost_is_below_it() {
    // Leaks of all sizes, factors that differ between the sections, elements of very different amounts.
    let circuit = Circuit { efficiency: 0.8, strip_stages: 4, ..circuit() };
    let prices = Prices { reagents: 0.02, tanks: 1e-5, organic: 4e-6, charge: 3e-7 };
    for aim in [Aim::Organic, Aim::Extraction, Aim::Cost(prices)] {
        for (purity, scrub) in [(0.9, 1.0), (0.999, 0.9), (0.99999, 1.2)] {
            let mut task = five(purity, true);
            task.feed = vec![0.5, 0.02, 0.3, 0.001, 0.179];
            task.worths = vec![1.0, 2.0, 10.0, 9.0, 100.0];
            let factors = &mut task.extractants[0];
            factors.scrub = factors.extraction.iter().map(|it| it.powf(scrub)).collect();
            let brief = Brief { task: &task, circuit: &circuit, aim: &aim, sequences: 1 };
            for from in 0..4_usize {
                for at in from + 1..5 {
                    let set = |from: usize, to: usize| (from..to).map(|it| 1 << it).sum();
                    let cut = task.cut(0, set(from, at), set(at, 5), FeedPhase::Aqueous);
                    let bound = brief.bound(&cut).expect("a bound");
                    let cost = brief.cut_cost(&cut).expect("a cost");
                    assert!(bound <= cost * (1.0 + 1e-12), "{aim:?} {from} {at}: {bound} {cost}");
                }
            }
        }
    }
}

#[test]
fn two_extractants_part_what_one_cannot() {
    // Y between Ho and Er in the first order, last in the second.
    let task = Task {
        feed: vec![0.2, 0.6, 0.2],
        masses: vec![1.0; 3],
        phase: FeedPhase::Aqueous,
        products: vec![
            Product { elements: vec![1], purity: 0.999, recovery: None },
            Product { elements: vec![0, 2], purity: 0.99, recovery: None },
        ],
        extractants: vec![Extractant {
            extraction: vec![1.0, 1.5, 2.4],
            scrub: vec![1.0, 1.5, 2.4],
        }],
        organic_feed: true,
        worths: vec![0.0; 3],
        margin: USUAL_MARGIN,
        extraction: None,
    };
    assert!(task.best_sequences(1, &|_| Ok(0.0), &least_extraction).is_err());
    let both = Task {
        extractants: vec![
            task.extractants[0].clone(),
            Extractant { extraction: vec![2.6, 1.0, 2.2], scrub: vec![2.6, 1.0, 2.2] },
        ],
        ..task
    };
    let found = both.best_sequences(1, &|_| Ok(0.0), &least_extraction).expect("the second does");
    let branches = found[0].root.branches();
    assert_eq!((branches.len(), branches[0].cut.extractant), (1, 1));
}

#[test]
fn a_plant_keeps_purities_and_loses_nothing() {
    for organic_feed in [false, true] {
        let mut task = five(0.999, organic_feed);
        task.products[3].recovery = Some(0.999);
        let circuit = circuit();
        let brief = Brief { task: &task, circuit: &circuit, aim: &Aim::Organic, sequences: 3 };
        let plant = brief.design().expect("it can be built");
        for (at, product) in task.products.iter().enumerate() {
            assert!(plant.purities[at] >= product.purity * (1.0 - 1e-9), "{:?}", plant.purities);
        }
        assert!(plant.recoveries[3] >= 0.999 - 1e-12);
        for row in &plant.shares {
            assert_relative_eq!(row.iter().sum::<f64>(), 1.0, epsilon = 1e-14);
        }
        for cascade in &plant.cascades {
            for at in 0..5 {
                let out = cascade.organic[at] + cascade.raffinate[at];
                assert!((out - cascade.feed[at]).abs() <= 1e-13 * cascade.feed[at]);
            }
        }
        assert!(plant.ranking.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        let (purities, recoveries) = plant.performance(&brief).expect("as it was designed");
        for (one, other) in purities.iter().zip(&plant.purities) {
            assert_relative_eq!(one, other, epsilon = 1e-9);
        }
        for (one, other) in recoveries.iter().zip(&plant.recoveries) {
            assert_relative_eq!(one, other, epsilon = 1e-9);
        }
    }
}

#[test]
fn the_worked_sizing_is_met() {
    // Design note, §3.2 (V9): 1,000 t/yr REO of 75 mol% Nd, 25 % Pr; 330 d; S = 4.2878, 33 + 37 stages.
    let circuit = circuit();
    let (extraction, product): (f64, f64) = (4.287_8, 0.750_5);
    let amounts = Amounts {
        extractant: 0,
        phase: FeedPhase::Aqueous,
        extraction,
        washing: extraction - product,
        product,
        carrier: 0.0,
        stripped: true,
    };
    let fed = 12.471;
    let volumes = circuit.volumes(&amounts);
    assert_relative_eq!(volumes.organic * fed, 297.08, max_relative = 1e-3);
    assert_relative_eq!(volumes.scrub * fed, 33.09, max_relative = 1e-3);
    assert_relative_eq!(volumes.feed * fed, 10.39, max_relative = 1e-3);
    let tanks = circuit.tanks(33, 37, true);
    let [of_extraction, of_scrub, ..] = circuit.tank_volumes(&volumes).map(|it| it * fed * 1e-3);
    assert_relative_eq!(of_extraction, 6.811, max_relative = 1e-3);
    assert_relative_eq!(of_scrub, 6.603, max_relative = 1e-3);
    let whole = circuit.total_volume(&volumes, &tanks) * fed * 1e-3;
    assert_relative_eq!(whole, 469.1, max_relative = 1e-3);
    let organic = circuit.organic_held(&volumes, &tanks) * fed * 1e-3;
    assert_relative_eq!(organic, 415.9, max_relative = 1e-3);
    let (in_organic, in_water) = circuit.rare_earths_held(&amounts, &tanks);
    // g of oxide per mol, as Nd2O3 / 2 and Pr6O11 / 6.
    let mass = 0.75 * 168.240 + 0.25 * 170.239;
    assert_relative_eq!(in_organic * fed * mass * 1e-6, 12.63, max_relative = 1e-3);
    assert_relative_eq!(in_water * fed * mass * 1e-6, 11.81, max_relative = 2e-3);
    // Per t REO: NaOH 3.05 t, HCl 2.78 t.
    let per_tonne = 1.0 / mass;
    assert_relative_eq!(EQUIVALENTS * extraction * 39.997 * per_tonne, 3.05, max_relative = 2e-3);
    let acid = volumes.scrub * circuit.scrub_acid + volumes.strip * circuit.strip_acid;
    assert_relative_eq!(acid, EQUIVALENTS * extraction, max_relative = 1e-12);
    assert_relative_eq!(acid * 36.461 * per_tonne, 2.78, max_relative = 2e-3);
}

#[test]
fn the_optimum_is_that_of_the_closed_form() {
    // Design note, V5.
    let duty = |phase| Duty {
        extraction: vec![1.5, 1.0],
        scrub: vec![1.5, 1.0],
        feed: vec![0.5, 0.5],
        cut: 1,
        phase,
        light_leak: 5e-4,
        heavy_leak: 5e-4,
    };
    for (phase, amount, least) in
        [(FeedPhase::Aqueous, 3.143, 191.1), (FeedPhase::Organic, 2.487, 159.9)]
    {
        let duty = duty(phase);
        let minimum = minimum(&duty).expect("it has one");
        let (found, cost) = duty
            .optimum(minimum, USUAL_MARGIN, &|amount, stages| amount * stages)
            .expect("it has one");
        // The cost is flat there.
        assert_relative_eq!(found, amount, max_relative = 0.05);
        assert_relative_eq!(cost, least, max_relative = 0.01);
    }
}

#[test]
fn traces_and_hard_purities_are_designed() {
    let mut task = five(0.999, true);
    task.feed = vec![0.3, 0.45, 1e-9, 0.21, 0.04 - 1e-9];
    let circuit = circuit();
    let brief = Brief { task: &task, circuit: &circuit, aim: &Aim::Organic, sequences: 1 };
    let plant = brief.design().expect("a trace can be had");
    assert!(plant.purities[2] >= 0.999 * (1.0 - 1e-9), "{:?}", plant.purities);
    let hard = five(1.0 - 1e-11, false);
    let brief = Brief { task: &hard, circuit: &circuit, aim: &Aim::Organic, sequences: 1 };
    let plant = brief.design().expect("it takes more stages, that is all");
    assert!(plant.purities.iter().all(|it| *it >= 1.0 - 1.1e-11), "{:?}", plant.purities);
    assert!(plant.cascades.iter().all(|it| it.design.total() > 20));
}

/// The elements of an ionic clay, La to Lu and Y, with the separation factors of P507 in their order.
fn clay() -> (Vec<f64>, Vec<f64>) {
    let steps = [1.9, 3.0, 3.0, 1.5, 1.35, 1.68, 2.1, 3.5, 1.4, 2.0, 10.0, 1.4, 1.84, 6.8];
    let mut factors = vec![1.0];
    for step in steps.iter().rev() {
        factors.push(factors[factors.len() - 1] * step);
    }
    factors.reverse();
    let parts =
        [0.13, 0.84, 0.17, 1.57, 21.5, 0.46, 3.13, 0.56, 5.2, 0.83, 4.75, 19.0, 6.0, 3.4, 30.3];
    let sum: f64 = parts.iter().sum();
    (factors, parts.iter().map(|part| part / sum).collect())
}

/// The largest relative difference of any outlet between a rating and the simulation.
fn difference(duty: &Duty, amount: f64, stages: (usize, usize), rating: &Rating) -> f64 {
    let profile = simulate(&Layout {
        stages: stages.0 + stages.1,
        extraction_stages: stages.0,
        feed: duty.feed.clone(),
        aqueous_fraction: duty.phase.aqueous_fraction(),
        extraction: amount,
        organic_product: rating.organic.iter().sum(),
        beta_extraction: duty.extraction.clone(),
        beta_scrub: duty.scrub.clone(),
        draws: Vec::new(),
    })
    .expect("it converges");
    let pairs = rating.organic.iter().zip(&profile.organic_product);
    let pairs = pairs.chain(rating.raffinate.iter().zip(&profile.raffinate));
    pairs.map(|(one, other)| (one - other).abs() / one.max(1e-9)).fold(0.0, f64::max)
}

#[test]
fn ratings_of_fifteen_elements_are_those_of_the_simulation() {
    let (factors, feed) = clay();
    for phase in PHASES {
        for cut in [3, 5, 8, 12] {
            let leak = 1e-3 * feed[cut].min(feed[cut - 1]);
            let mut duty = Duty {
                scrub: factors.iter().map(|factor| factor.powf(0.97)).collect(),
                extraction: factors.clone(),
                feed: feed.clone(),
                cut,
                phase,
                light_leak: leak,
                heavy_leak: 2.0 * leak,
            };
            if cut == 5 {
                duty.scrub.clone_from(&factors);
            }
            let amount = 1.4 * minimum(&duty).expect("it has one");
            let design = duty.design(amount, None).expect("it can be done");
            let stages = (design.extraction_stages, design.scrub_stages);
            let found = difference(&duty, amount, stages, &design.rating);
            assert!(found < 1e-6, "cut {cut} {phase:?}: {found:e}");
        }
    }
}

#[test]
fn a_given_amount_below_the_minimum_says_the_minimum() {
    let mut task = five(0.999, false);
    task.products = vec![
        Product { elements: vec![0, 1], purity: 0.999, recovery: None },
        Product { elements: vec![2, 3, 4], purity: 0.999, recovery: None },
    ];
    let circuit = circuit();
    let design = |extraction| {
        let task = Task { extraction: Some(extraction), ..task.clone() };
        Brief { task: &task, circuit: &circuit, aim: &Aim::Organic, sequences: 1 }.design()
    };
    let set = task.cut(0, 1, 2, FeedPhase::Aqueous);
    let least = minimum(&set.duty).expect("it has one");
    match design(0.9 * least) {
        Err(ExtractionError::Extraction { given, minimum }) => {
            assert_relative_eq!(given, 0.9 * least);
            // Products of 99.9 % take a little less than pure ones.
            assert!(minimum < least && minimum > 0.99 * least, "{minimum} {least}");
        }
        other => panic!("{other:?}"),
    }
    let plant = design(1.2 * least).expect("that is enough");
    assert_relative_eq!(plant.extraction(), 1.2 * least);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn two_elements_take_the_stages_of_the_closed_form(
        factor in 1.3..5.0_f64,
        feed in 0.1..0.9_f64,
        heavy in 0.99..0.9999_f64,
        light in 0.99..0.9999_f64,
        margin in 1.15..2.0_f64,
        aqueous in any::<bool>(),
    ) {
        let phase = if aqueous { FeedPhase::Aqueous } else { FeedPhase::Organic };
        let split = Split::from_purities(feed, heavy, light).expect("purities above the feed's");
        let duty = Duty {
            extraction: vec![factor, 1.0],
            scrub: vec![factor, 1.0],
            feed: vec![feed, 1.0 - feed],
            cut: 1,
            phase,
            light_leak: split.organic_product() * (1.0 - heavy),
            heavy_leak: split.aqueous_product() * (1.0 - light),
        };
        let amount = margin * minimum(&duty).expect("it has one");
        let exact = split
            .stages(SeparationFactors::constant(factor), phase, amount)
            .expect("above the minimum");
        let design = duty.design(amount, None).expect("above the minimum");
        // Both sections are rounded up at worst; the leaks may shift between the ends a little.
        prop_assert!(design.total() as f64 > exact.total() - 0.6, "{exact:?} {design:?}");
        prop_assert!((design.total() as f64) < exact.total() + 2.1, "{exact:?} {design:?}");
        prop_assert!(design.rating.excess <= 0.0);
        let stages = (design.extraction_stages, design.scrub_stages);
        let found = difference(&duty, amount, stages, &design.rating);
        prop_assert!(found < 1e-6, "{found:e}");
    }
}
