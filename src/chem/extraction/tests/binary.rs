//! Two components: balances, minimum and stages against published and closed answers.

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::*;

#[test]
fn published_design_of_45_stages() {
    // V1; Zhang, Zhao and Schreiner (2016): 24 + 21 stages, E_M 0.773.
    let split = pure(0.5, 0.999, 0.9999);
    assert_relative_eq!(split.organic_purification(), 999.0, max_relative = 1e-9);
    assert_relative_eq!(split.aqueous_purification(), 9999.0, max_relative = 1e-9);
    assert_relative_eq!(split.organic_product(), 0.500_450, epsilon = 1e-6);
    let extraction = 2.0_f64.sqrt() * split.organic_product() / (2.0_f64.sqrt() - 1.0);
    assert_relative_eq!(extraction, 1.708_645, epsilon = 1e-6);
    let flows = split.flows(FeedPhase::Aqueous, extraction).expect("flows");
    assert_relative_eq!(flows.washing, 1.208_194, epsilon = 1e-6);
    assert_relative_eq!(flows.extraction_ratio, 0.773_775, epsilon = 1e-6);
    assert_relative_eq!(flows.scrub_ratio, 2.0_f64.sqrt(), max_relative = 1e-12);
    let factors = SeparationFactors::constant(2.0);
    let stages = split.stages(factors, FeedPhase::Aqueous, extraction).expect("reachable");
    assert_relative_eq!(stages.extraction, 24.301, epsilon = 1e-3);
    assert_relative_eq!(stages.scrub, 20.824, epsilon = 1e-3);
    assert_relative_eq!(split.minimum_stages(2.0).expect("a factor"), 23.252, epsilon = 1e-3);
}

#[test]
fn optimum_of_the_note() {
    // V5 and the table of §1.5: S_min, S*, n*, m*, Φ*.
    let aqueous = FeedPhase::Aqueous;
    for (beta, feed, organic, raffinate, phase, expected) in [
        (2.0, 0.5, 0.999, 0.9999, aqueous, [1.4983, 1.854, 22.51, 18.47, 76.0]),
        (1.5, 0.5, 0.999, 0.999, aqueous, [2.4950, 3.143, 29.89, 30.89, 191.1]),
        (1.5, 0.5, 0.999, 0.999, FeedPhase::Organic, [1.9950, 2.487, 32.83, 31.44, 159.9]),
        (1.5, 0.75, 0.995, 0.99, aqueous, [2.6996, 3.592, 19.97, 20.96, 147.0]),
        (1.4, 0.75, 0.999, 0.999, aqueous, [3.2392, 4.288, 32.49, 36.81, 297.2]),
        (5.0, 0.3, 0.9999, 0.9999, aqueous, [0.5498, 0.668, 10.63, 10.01, 13.8]),
        (2.0, 0.1, 0.999, 0.9999, aqueous, [1.0989, 1.590, 26.63, 15.93, 67.7]),
    ] {
        let split = pure(feed, organic, raffinate);
        let factors = SeparationFactors::constant(beta);
        let best = split.optimum(factors, phase, inventory).expect("an optimum");
        let found = [
            best.minimum,
            best.extraction,
            best.stages.extraction,
            best.stages.scrub,
            best.objective,
        ];
        // The last digit of the table; the extraction amount of a flat minimum to 1 %.
        let tolerances = [1e-4, 1e-2 * expected[1], 0.15, 0.15, 0.06];
        for ((found, expected), tolerance) in found.into_iter().zip(expected).zip(tolerances) {
            assert_relative_eq!(found, expected, epsilon = tolerance, max_relative = 0.0);
        }
    }
}

#[test]
fn stages_at_thirty_percent_above_the_minimum() {
    // V5.
    let split = pure(0.5, 0.999, 0.999);
    let factors = SeparationFactors::constant(1.5);
    let minimum = split.minimum_extraction(factors, FeedPhase::Aqueous).expect("a minimum");
    let stages = split.stages(factors, FeedPhase::Aqueous, 1.3 * minimum).expect("reachable");
    assert_relative_eq!(1.3 * minimum, 3.2435, epsilon = 1e-4);
    assert_relative_eq!(stages.extraction, 29.093, epsilon = 1e-3);
    assert_relative_eq!(stages.scrub, 29.905, epsilon = 1e-3);
}

#[test]
fn fenske_of_the_note() {
    // §1.4.
    for (beta, purity, expected) in [(1.5, 0.9999, 45.4), (1.5, 0.999, 34.1), (3.0, 0.9999, 16.8)] {
        let stages = pure(0.3, purity, purity).minimum_stages(beta).expect("a factor");
        assert_relative_eq!(stages, expected, epsilon = 0.05);
    }
}

#[test]
fn stages_fall_to_fenske_as_the_extraction_amount_grows() {
    let split = pure(0.3, 0.999, 0.9995);
    let factors = SeparationFactors::constant(1.8);
    let fewest = split.minimum_stages(1.8).expect("a factor");
    for phase in PHASES {
        let stages = split.stages(factors, phase, 1e7).expect("reachable");
        assert_relative_eq!(stages.total(), fewest, max_relative = 1e-5);
    }
}

#[test]
fn minimum_of_pure_products_is_the_limit() {
    // V3: β = 2, f = 0.3: 1.3 aqueous, 1.0 organic.
    for (phase, expected) in [(FeedPhase::Aqueous, 1.3), (FeedPhase::Organic, 1.0)] {
        assert_relative_eq!(minimum_extraction_pure(2.0, 0.3, phase).expect("valid"), expected);
        let split = Split::from_impurities(0.3, 1e-12, 1e-12).expect("a split");
        let factors = SeparationFactors::constant(2.0);
        let minimum = split.minimum_extraction(factors, phase).expect("a factor");
        assert_relative_eq!(minimum, expected, max_relative = 1e-10);
    }
}

#[test]
fn any_two_outlet_figures_give_the_same_split() {
    let split = pure(0.3, 0.99, 0.97);
    let (p, q) = (split.organic_purity(), split.aqueous_purity());
    let (y, z) = (split.organic_recovery(), split.aqueous_recovery());
    assert_relative_eq!(y, split.organic_purification() * (1.0 - z), max_relative = 1e-12);
    assert_relative_eq!(z, split.aqueous_purification() * (1.0 - y), max_relative = 1e-12);
    assert_relative_eq!(0.3 * y / p, split.organic_product(), max_relative = 1e-12);
    for other in [
        Split::from_recoveries(0.3, y, z),
        Split::from_organic(0.3, p, y),
        Split::from_aqueous(0.3, q, z),
        Split::from_organic_purity(0.3, p, z),
        Split::from_aqueous_purity(0.3, q, y),
        Split::from_losses(0.3, 1.0 - y, 1.0 - z),
    ] {
        let other = other.expect("the same split");
        assert_relative_eq!(other.organic_purity(), 0.99, max_relative = 1e-12);
        assert_relative_eq!(other.aqueous_purity(), 0.97, max_relative = 1e-12);
    }
}

#[test]
fn wrong_figures_are_refused() {
    let factor = SeparationFactors::constant(1.0);
    let split = pure(0.5, 0.99, 0.99);
    let refused = Err(ExtractionError::SeparationFactor { value: 1.0 });
    assert_eq!(split.minimum_extraction(factor, FeedPhase::Aqueous), refused);
    let not_a_number = SeparationFactors { extraction: 2.0, scrub: f64::NAN };
    assert!(split.stages(not_a_number, FeedPhase::Aqueous, 3.0).is_err());
    assert!(matches!(
        Split::from_purities(0.5, 0.5, 0.99),
        Err(ExtractionError::Purity { purity: 0.5, feed: 0.5 })
    ));
    assert!(matches!(Split::from_purities(0.5, 1.0, 0.99), Err(ExtractionError::Purity { .. })));
    assert!(matches!(Split::from_recoveries(0.5, 0.4, 0.5), Err(ExtractionError::Purity { .. })));
    assert_eq!(Split::from_purities(1.0, 0.9, 0.9), Err(ExtractionError::Fraction { value: 1.0 }));
    // 40 % of B at 99 % purity of A: more A than there is.
    assert!(matches!(
        Split::from_organic_purity(0.5, 0.99, 0.6),
        Err(ExtractionError::Overspecified { recovery }) if recovery > 1.0
    ));
    assert!(matches!(
        Split::from_aqueous_purity(0.5, 0.99, 0.6),
        Err(ExtractionError::Overspecified { recovery }) if recovery > 1.0
    ));
    assert!(matches!(split.flows(FeedPhase::Aqueous, 0.4), Err(ExtractionError::NoWash { .. })));
    assert!(matches!(split.flows(FeedPhase::Organic, 0.0), Err(ExtractionError::NoWash { .. })));
}

#[test]
fn amount_at_the_minimum_is_refused_with_the_minimum() {
    let split = pure(0.5, 0.999, 0.999);
    let factors = SeparationFactors::constant(1.5);
    for (phase, text) in [(FeedPhase::Aqueous, "2.495"), (FeedPhase::Organic, "1.995")] {
        let minimum = split.minimum_extraction(factors, phase).expect("a minimum");
        let refused = split.stages(factors, phase, minimum).expect_err("a pinch");
        assert_eq!(refused, ExtractionError::Extraction { given: minimum, minimum });
        assert!(refused.to_string().contains(text), "{refused}");
        assert!(split.stages(factors, phase, minimum * (1.0 + 1e-9)).is_ok());
    }
}

#[test]
fn traces_and_extreme_purities_keep_their_digits() {
    let factors = SeparationFactors::constant(2.0);
    for phase in PHASES {
        let trace = Split::from_impurities(1e-9, 1e-3, 1e-12).expect("a split");
        assert_relative_eq!(trace.organic_recovery(), 0.999, max_relative = 1e-6);
        let best = trace.optimum(factors, phase, inventory).expect("an optimum");
        assert!(best.stages.total() > trace.minimum_stages(2.0).expect("a factor"));
        // Each factor 2 of purity takes a stage of Fenske's, whatever the level.
        let far = Split::from_impurities(0.5, 1e-13, 1e-13).expect("a split");
        let near = Split::from_impurities(0.5, 1e-10, 1e-10).expect("a split");
        let [far, near] = [far, near].map(|split| split.stages(factors, phase, 1e9));
        let more = far.expect("reachable").total() - near.expect("reachable").total();
        assert_relative_eq!(more, 2.0 * 1000.0_f64.log2(), max_relative = 1e-6);
    }
}

#[test]
fn modest_split_needs_no_reflux() {
    let split = pure(0.5, 0.55, 0.55);
    let factors = SeparationFactors::constant(10.0);
    let aqueous = split.minimum_extraction(factors, FeedPhase::Aqueous).expect("a minimum");
    assert_eq!(aqueous, split.organic_product());
    assert_eq!(split.minimum_extraction(factors, FeedPhase::Organic), Ok(0.0));
    for phase in PHASES {
        assert!(split.optimum(factors, phase, inventory).expect("an optimum").stages.total() > 0.0);
    }
}

#[test]
fn objective_that_is_nowhere_finite_has_no_optimum() {
    let split = pure(0.5, 0.99, 0.99);
    let factors = SeparationFactors::constant(2.0);
    let found = split.optimum(factors, FeedPhase::Aqueous, |_, _| f64::INFINITY);
    assert_eq!(found, Err(ExtractionError::Unreachable));
}

/// Real stages by stepping from the raffinate, the last step in part: `n` counted, not computed.
fn stepped(
    split: &Split,
    factors: SeparationFactors,
    phase: FeedPhase,
    extraction: f64,
) -> (u32, u32) {
    let flows = split.flows(phase, extraction).expect("flows");
    let equilibrium = |x: f64, beta: f64| beta * x / (1.0 + (beta - 1.0) * x);
    let (raffinate, product) = (split.aqueous_product(), split.organic_product());
    let meeting = match phase {
        FeedPhase::Aqueous => split.feed(),
        FeedPhase::Organic => {
            (flows.organic_extraction * split.feed() + raffinate * split.aqueous_impurity())
                / flows.aqueous_extraction
        }
    };
    let (mut x, mut n) = (split.aqueous_impurity(), 0);
    while x < meeting {
        let y = equilibrium(x, factors.extraction);
        x = (flows.organic_extraction * y + raffinate * split.aqueous_impurity())
            / flows.aqueous_extraction;
        n += 1;
    }
    let meeting_other = (flows.aqueous_scrub * (1.0 - meeting)
        + product * split.organic_impurity())
        / flows.organic_scrub;
    let (mut v, mut m) = (split.organic_impurity(), 0);
    while v < meeting_other {
        let w = equilibrium(v, factors.scrub);
        v = (flows.aqueous_scrub * w + product * split.organic_impurity()) / flows.organic_scrub;
        m += 1;
    }
    (n, m)
}

proptest! {
    #[test]
    fn stages_agree_with_stepping(
        extraction in 1.2_f64..10.0, scrub in 1.2_f64..10.0, feed in 0.05_f64..0.95,
        organic in 2.0_f64..4.0, raffinate in 2.0_f64..4.0, over in 1.05_f64..3.0,
        phase in prop::sample::select(&PHASES[..]),
    ) {
        let split = Split::from_impurities(feed, 10_f64.powf(-organic), 10_f64.powf(-raffinate))
            .expect("a split");
        let factors = SeparationFactors { extraction, scrub };
        let minimum = split.minimum_extraction(factors, phase).expect("a minimum");
        // A modest product of an organic feed may take no fresh organic at all.
        prop_assume!(minimum > 0.01);
        let amount = over * minimum;
        let stages = split.stages(factors, phase, amount).expect("reachable");
        let (n, m) = stepped(&split, factors, phase, amount);
        for (real, counted) in [(stages.extraction, n), (stages.scrub, m)] {
            // A whole number may round to either side.
            let counted = f64::from(counted);
            prop_assert!(real <= counted + 1e-6 && real > counted - 1.0 - 1e-6, "{real}, {counted}");
        }
        // More than the minimum; below it, none.
        prop_assert!(split.stages(factors, phase, amount / over * 0.999).is_err());
        prop_assert!(stages.total() + 1e-9 > split.minimum_stages(extraction.max(scrub)).expect("factors"));
    }

    #[test]
    fn optimum_is_not_beaten_nearby(
        beta in 1.2_f64..10.0, feed in 0.05_f64..0.95, purity in 0.99_f64..0.9999,
        phase in prop::sample::select(&PHASES[..]), other in -6.5_f64..2.4,
    ) {
        let split = pure(feed, purity, purity);
        let factors = SeparationFactors::constant(beta);
        let best = split.optimum(factors, phase, inventory).expect("an optimum");
        prop_assert!(best.extraction > best.minimum);
        let extraction = best.minimum + best.minimum.max(0.1 * split.organic_product()) * other.exp();
        let stages = split.stages(factors, phase, extraction).expect("reachable");
        prop_assert!(extraction * stages.total() >= best.objective * (1.0 - 1e-9));
    }
}
