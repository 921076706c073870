//! The simulation against published designs, the note's simulations and closed forms.

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::*;

/// The same separation factors in both sections, an aqueous feed, no draws.
fn layout(
    betas: &[f64],
    feed: &[f64],
    product: f64,
    extraction: f64,
    stages: (usize, usize),
) -> Layout {
    Layout {
        stages: stages.0 + stages.1,
        extraction_stages: stages.0,
        feed: feed.to_vec(),
        aqueous_fraction: 1.0,
        extraction,
        organic_product: product,
        beta_extraction: betas.to_vec(),
        beta_scrub: betas.to_vec(),
        draws: Vec::new(),
    }
}

/// The layout of a binary split.
fn binary(
    split: &Split,
    factors: SeparationFactors,
    phase: FeedPhase,
    extraction: f64,
    stages: (usize, usize),
) -> Layout {
    let feed = [split.feed(), 1.0 - split.feed()];
    Layout {
        aqueous_fraction: phase.aqueous_fraction(),
        beta_scrub: vec![factors.scrub, 1.0],
        ..layout(&[factors.extraction, 1.0], &feed, split.organic_product(), extraction, stages)
    }
}

fn simulated(layout: &Layout) -> Profile {
    let profile = simulate(layout).unwrap_or_else(|error| panic!("{error}: {layout:?}"));
    assert!(profile.closure() <= 1e-10, "{}: {layout:?}", profile.closure());
    profile
}

/// Share of a component in an outlet.
fn share(outlet: &[f64], component: usize) -> f64 {
    outlet[component] / outlet.iter().sum::<f64>()
}

#[test]
fn published_design_of_24_and_21_stages() {
    // V1.
    let split = pure(0.5, 0.999, 0.9999);
    let factors = SeparationFactors::constant(2.0);
    let amount = 2.0_f64.sqrt() * split.organic_product() / (2.0_f64.sqrt() - 1.0);
    let profile = simulated(&binary(&split, factors, FeedPhase::Aqueous, amount, (24, 21)));
    assert_relative_eq!(share(&profile.raffinate, 1), 0.999_893, epsilon = 1e-6);
    assert_relative_eq!(share(&profile.organic_product, 0), 0.998_993, epsilon = 1e-6);
}

#[test]
fn fifty_nine_stages_of_the_note() {
    // V5.
    let split = pure(0.5, 0.999, 0.999);
    let factors = SeparationFactors::constant(1.5);
    let profile = simulated(&binary(&split, factors, FeedPhase::Aqueous, 3.2435, (30, 29)));
    assert_relative_eq!(share(&profile.organic_product, 0), 0.999_002, epsilon = 1e-6);
}

/// V2: Gd, Eu, Sm with an enriched Eu drawn from the aqueous phase.
fn three_outlets() -> Layout {
    let (gadolinium, samarium) = (0.39 * 0.618 / 0.9991, 0.51 * 0.999 / 0.9999);
    let flow = 1.0 - gadolinium - samarium;
    Layout {
        draws: vec![Draw { stage: 30, phase: FeedPhase::Aqueous, flow }],
        ..layout(&[2.8, 2.0, 1.0], &[0.39, 0.10, 0.51], gadolinium, 2.0, (18, 42))
    }
}

#[test]
fn published_design_of_three_outlets() {
    // V2; published: 99.91 % Gd, 99.99 % Sm, 40.0 % Eu.
    let profile = simulated(&three_outlets());
    assert_relative_eq!(share(&profile.raffinate, 2), 0.999_904, epsilon = 1e-5);
    assert_relative_eq!(share(&profile.organic_product, 0), 0.999_068, epsilon = 1e-5);
    for (component, expected) in [0.597_810, 0.400_153, 0.002_037].into_iter().enumerate() {
        assert_relative_eq!(share(&profile.draws[0], component), expected, epsilon = 1e-5);
    }
}

#[test]
fn purity_breaks_at_the_minimum_of_underwood() {
    // V3: impurity just below and above; the note's Newton method stalled at the last.
    let (betas, feed) = ([18.0, 12.0, 6.0, 1.0], [0.17, 0.05, 0.50, 0.28]);
    for (cut, over, expected) in [
        (1, 0.95, 2.0e-2),
        (1, 1.05, 4.7e-5),
        (2, 0.95, 2.0e-2),
        (2, 1.05, 1.2e-5),
        (3, 0.95, 1.4e-2),
        (3, 1.02, 3.0e-11),
        (3, 1.05, 3.6e-14),
    ] {
        let minimum = minimum_extraction(&betas, &feed, cut, 1.0).expect("a minimum");
        let product = feed[..cut].iter().sum();
        let amount = over * minimum.extraction;
        let profile = simulated(&layout(&betas, &feed, product, amount, (60, 60)));
        let lights: f64 = profile.organic_product[cut..].iter().sum();
        assert_relative_eq!(lights / product, expected, max_relative = 0.03);
    }
}

/// By how much the stages miss the operating lines, relative: the map of Smoker from both ends, stage by stage.
fn off_the_operating_lines(
    profile: &Profile,
    layout: &Layout,
    split: &Split,
    phase: FeedPhase,
) -> f64 {
    let flows = split.flows(phase, layout.extraction).expect("flows");
    let equilibrium = |u: f64, beta: f64| beta * u / (1.0 + (beta - 1.0) * u);
    let n = layout.extraction_stages;
    let mut worst: f64 = 0.0;
    let mut x = profile.aqueous[0][0];
    for stage in &profile.aqueous[..n] {
        worst = worst.max((stage[0] / x - 1.0).abs());
        let y = equilibrium(x, layout.beta_extraction[0]);
        x = (flows.organic_extraction * y + profile.raffinate[0]) / flows.aqueous_extraction;
    }
    let mut v = profile.organic[layout.stages - 1][1];
    for stage in profile.organic[n..].iter().rev() {
        worst = worst.max((stage[1] / v - 1.0).abs());
        let w = equilibrium(v, layout.beta_scrub[0]);
        v = (flows.aqueous_scrub * w + profile.organic_product[1]) / flows.organic_scrub;
    }
    worst
}

#[test]
fn overdesigned_cascades_converge_to_any_purity() {
    let split = pure(0.5, 0.999, 0.999);
    let factors = SeparationFactors::constant(2.0);
    for phase in PHASES {
        for (stages, purest) in [(40, 1e-6), (60, 1e-9), (90, 1e-14)] {
            let layout = binary(&split, factors, phase, 1.8, (stages, stages));
            let profile = simulated(&layout);
            let (lights, heavies) = (profile.organic_product[1], profile.raffinate[0]);
            assert!(lights < purest, "{lights}");
            // As the product is as large as the feed of A, as much goes astray on either side.
            assert_relative_eq!(lights, heavies, max_relative = 1e-9);
            assert!(off_the_operating_lines(&profile, &layout, &split, phase) < 1e-7);
        }
    }
}

#[test]
fn sixteen_components_on_many_stages() {
    let betas: Vec<f64> = (0..16).map(|i| 2.2_f64.powi(15 - i)).collect();
    let feed = [1.0 / 16.0; 16];
    let minimum = minimum_extraction(&betas, &feed, 8, 1.0).expect("a minimum");
    let cascade = layout(&betas, &feed, 0.5, 1.5 * minimum.extraction, (70, 80));
    let profile = simulated(&cascade);
    assert!(profile.organic_product[8] < 1e-12, "{}", profile.organic_product[8]);
}

#[test]
fn traces_pass_in_proportion() {
    let outlets = |trace: f64| {
        let feed = [0.4, trace, 0.6 - trace];
        let profile = simulated(&layout(&[3.0, 2.0, 1.0], &feed, 0.401, 1.1, (12, 12)));
        (profile.organic_product[1] / trace, profile.raffinate[1] / trace)
    };
    let (organic, raffinate) = outlets(1e-9);
    let (fewer, rest) = outlets(1e-15);
    assert_relative_eq!(organic, fewer, max_relative = 1e-6);
    assert_relative_eq!(raffinate, rest, max_relative = 1e-6);
    assert_relative_eq!(organic + raffinate, 1.0, max_relative = 1e-12);
}

#[test]
fn component_that_the_feed_lacks_is_nowhere() {
    let with = simulated(&layout(&[3.0, 2.0, 1.0], &[0.4, 0.0, 0.6], 0.401, 1.1, (12, 12)));
    let without = simulated(&layout(&[3.0, 1.0], &[0.4, 0.6], 0.401, 1.1, (12, 12)));
    assert_eq!(with.organic_product[0], without.organic_product[0]);
    assert_eq!(with.organic_product[1], 0.0);
    assert!(with.aqueous.iter().all(|x| x[1] == 0.0));
}

#[test]
fn unit_of_the_flows_and_base_of_the_factors_do_not_matter() {
    let cascade = three_outlets();
    let mut other = cascade.clone();
    other.feed.iter_mut().for_each(|flow| *flow *= 1e3);
    other.draws.iter_mut().for_each(|draw| draw.flow *= 1e3);
    (other.extraction, other.organic_product) = (2e3, 1e3 * cascade.organic_product);
    other.beta_extraction.iter_mut().for_each(|beta| *beta *= 1e-4);
    let (one, thousand) = (simulated(&cascade), simulated(&other));
    for (one, thousand) in one.organic_product.iter().zip(&thousand.organic_product) {
        assert_relative_eq!(1e3 * one, thousand, max_relative = 1e-9);
    }
}

#[test]
fn neighbour_saves_steps_and_changes_nothing() {
    let cascade = three_outlets();
    let near = simulated(&cascade);
    let mut changed = cascade.clone();
    changed.extraction = 2.1;
    let mut longer = cascade.clone();
    (longer.stages, longer.extraction_stages) = (64, 20);
    let mut shorter = cascade;
    (shorter.stages, shorter.extraction_stages) = (50, 15);
    for layout in [changed, longer, shorter] {
        let (cold, warm) = (simulated(&layout), simulate_from(&layout, &near).expect("as cold"));
        assert!(warm.steps < cold.steps, "{} {}", warm.steps, cold.steps);
        assert!(warm.closure() <= 1e-10);
        for (cold, warm) in cold.organic_product.iter().zip(&warm.organic_product) {
            assert_relative_eq!(cold, warm, max_relative = 1e-9);
        }
    }
}

#[test]
fn useless_neighbour_does_no_harm() {
    let far = simulated(&layout(&[50.0, 1.0], &[0.01, 0.99], 0.01, 0.1, (1, 1)));
    let cascade = layout(&[1.3, 1.1, 1.0], &[0.3, 0.3, 0.4], 0.31, 6.0, (60, 30));
    let warm = simulate_from(&cascade, &far).expect("as cold");
    let cold = simulated(&cascade);
    assert_relative_eq!(warm.organic_product[1], cold.organic_product[1], max_relative = 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whole_stages_reach_what_the_real_number_promises(
        extraction in 1.2_f64..10.0, scrub in 1.2_f64..10.0, feed in 0.05_f64..0.95,
        organic in 2.0_f64..4.0, raffinate in 2.0_f64..4.0, over in 1.05_f64..2.0,
        phase in prop::sample::select(&PHASES[..]),
    ) {
        let split = Split::from_impurities(feed, 10_f64.powf(-organic), 10_f64.powf(-raffinate))
            .expect("a split");
        let factors = SeparationFactors { extraction, scrub };
        let amount = over * split.minimum_extraction(factors, phase).expect("a minimum");
        let stages = split.stages(factors, phase, amount).expect("reachable");
        let whole = |real: f64| (1..400).find(|count| f64::from(*count) >= real).unwrap_or(400);
        let (n, m) = (whole(stages.extraction), whole(stages.scrub));
        let layout = |fewer: usize| {
            let (n, m) = (usize::try_from(n).expect("few"), usize::try_from(m).expect("few"));
            binary(&split, factors, phase, amount, (n.saturating_sub(fewer).max(1), m.saturating_sub(fewer).max(1)))
        };
        let profile = simulated(&layout(0));
        let (organic, raffinate) = (&profile.organic_product, &profile.raffinate);
        prop_assert!(share(organic, 1) <= split.organic_impurity() * (1.0 + 1e-7));
        prop_assert!(share(raffinate, 0) <= split.aqueous_impurity() * (1.0 + 1e-7));
        if n > 2 && m > 2 {
            let short = simulated(&layout(1));
            prop_assert!(share(&short.organic_product, 1) >= split.organic_impurity() * (1.0 - 1e-7));
        }
    }

    #[test]
    fn every_stage_lies_on_the_operating_lines(
        extraction in 1.2_f64..10.0, scrub in 1.2_f64..10.0, feed in 0.05_f64..0.95,
        purity in 0.9_f64..0.9999, amount in 0.3_f64..6.0, n in 1_usize..40, m in 1_usize..40,
        phase in prop::sample::select(&PHASES[..]),
    ) {
        // Any amount, also below the minimum.
        let split = pure(feed, feed + (1.0 - feed) * purity, purity + (1.0 - purity) * (1.0 - feed));
        let amount = amount + split.organic_product();
        let factors = SeparationFactors { extraction, scrub };
        let layout = binary(&split, factors, phase, amount, (n, m));
        let off = off_the_operating_lines(&simulated(&layout), &layout, &split, phase);
        prop_assert!(off < 1e-8, "{off}");
    }

    #[test]
    fn mirrored_cascade_mirrors_the_profile(
        steps in prop::collection::vec(1.2_f64..4.0, 4), logs in prop::collection::vec(-5.0_f64..0.0, 5),
        power in 0.8_f64..1.2, q in prop::sample::select(vec![0.0, 0.3, 1.0]), amount in 0.2_f64..4.0,
        n in 2_usize..25, m in 2_usize..25, cut in 1_usize..5, drawn in 0.0_f64..0.5,
        phase in prop::sample::select(&PHASES[..]), at in 0.0_f64..1.0,
    ) {
        let mut betas = vec![1.0];
        for step in &steps {
            betas.insert(0, betas[0] * step);
        }
        let sum: f64 = logs.iter().map(|log| 10_f64.powf(*log)).sum();
        let feed: Vec<f64> = logs.iter().map(|log| 10_f64.powf(*log) / sum).collect();
        let product: f64 = feed[..cut].iter().sum::<f64>() * 0.99;
        let stages = n + m;
        let stage = (1..stages).find(|stage| at * stages as f64 <= *stage as f64).unwrap_or(1);
        let flow = drawn * (1.0 - product).min(product);
        let draws = if drawn > 0.1 { vec![Draw { stage, phase, flow }] } else { Vec::new() };
        let layout = Layout {
            aqueous_fraction: q,
            beta_scrub: betas.iter().map(|beta| beta.powf(power)).collect(),
            draws,
            ..layout(&betas, &feed, product, amount + 1.0, (n, m))
        };
        let profile = simulated(&layout);
        let mirrored = |betas: &[f64]| betas.iter().map(|beta| beta.recip()).collect::<Vec<_>>();
        let turned = |draw: &Draw| Draw {
            stage: stages + 1 - draw.stage,
            phase: if draw.phase == FeedPhase::Aqueous { FeedPhase::Organic } else { FeedPhase::Aqueous },
            flow: draw.flow,
        };
        // What was the wash extracts, less what is drawn from the aqueous on the way.
        let mirror = Layout {
            stages,
            extraction_stages: m,
            feed,
            aqueous_fraction: 1.0 - q,
            extraction: layout.washing(),
            organic_product: layout.raffinate(),
            beta_extraction: mirrored(&layout.beta_scrub),
            beta_scrub: mirrored(&betas),
            draws: layout.draws.iter().map(turned).collect(),
        };
        let image = simulated(&mirror);
        for (one, other) in profile.organic_product.iter().zip(&image.raffinate) {
            prop_assert!((one - other).abs() <= 1e-7 * one, "{one} {other}");
        }
        for (one, other) in profile.raffinate.iter().zip(&image.organic_product) {
            prop_assert!((one - other).abs() <= 1e-7 * one, "{one} {other}");
        }
        for (one, other) in profile.aqueous_flows.iter().zip(image.organic_flows.iter().rev()) {
            prop_assert!((one - other).abs() <= 1e-9 * one, "{one} {other}");
        }
    }
}
