//! Several components: Underwood's minimum against published and closed answers.

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::*;

/// Nd, Pr, Ce, La: V3.
const BETAS: [f64; 4] = [18.0, 12.0, 6.0, 1.0];
const FEED: [f64; 4] = [0.17, 0.05, 0.50, 0.28];

fn extraction(betas: &[f64], feed: &[f64], cut: usize, aqueous_fraction: f64) -> f64 {
    minimum_extraction(betas, feed, cut, aqueous_fraction).expect("a minimum").extraction
}

#[test]
fn four_components_of_the_note() {
    // V3; the note checked them against simulations just above and below.
    for (cut, q, expected) in [
        (1, 1.0, 0.73339),
        (2, 1.0, 0.73678),
        (3, 1.0, 0.8804),
        (1, 0.0, 0.47397),
        (2, 0.0, 0.57635),
    ] {
        assert_relative_eq!(extraction(&BETAS, &FEED, cut, q), expected, epsilon = 5e-5);
    }
}

#[test]
fn two_components_are_the_closed_form() {
    for (beta, feed) in [(2.0, 0.3), (1.2, 0.5), (1.000_001, 0.9), (50.0, 1e-9), (3.0, 1.0 - 1e-9)]
    {
        for phase in [FeedPhase::Aqueous, FeedPhase::Organic] {
            let found = extraction(&[beta, 1.0], &[feed, 1.0 - feed], 1, phase.aqueous_fraction());
            let expected = minimum_extraction_pure(beta, feed, phase).expect("valid");
            assert_relative_eq!(found, expected, max_relative = 1e-9);
        }
    }
}

#[test]
fn intervals_of_five_components() {
    // V6: La, Ce, Pr, Nd, Sm, adjacent 5, 2, 1.5, 8; cuts of the whole, heavies first.
    let betas = [120.0, 15.0, 10.0, 5.0, 1.0];
    let feed = [0.04, 0.16, 0.05, 0.45, 0.30];
    for (cut, expected) in [(4, 0.88822), (3, 0.70991), (2, 0.72110), (1, 0.09325)] {
        assert_relative_eq!(extraction(&betas, &feed, cut, 1.0), expected, epsilon = 5e-6);
    }
    let linked = linked_minimum(&betas, &feed, &[1, 2, 3, 4], 1.0).expect("a bound");
    assert_relative_eq!(linked, 0.88822, epsilon = 5e-6);
}

#[test]
fn linked_ternary() {
    // V7: bound 1.2; direct 1.8667, indirect 2.2, indirect with an organic feed 1.8; preferred split 0.8 and 0.066667.
    let (betas, feed) = ([4.0, 2.0, 1.0], [0.4, 0.2, 0.4]);
    let bound = linked_minimum(&betas, &feed, &[1, 2], 1.0).expect("a bound");
    assert_relative_eq!(bound, 1.2, max_relative = 1e-9);
    let whole = |cut| extraction(&betas, &feed, cut, 1.0);
    let lights = 0.6 * extraction(&[2.0, 1.0], &[1.0 / 3.0, 2.0 / 3.0], 1, 1.0);
    let heavies = |q| 0.6 * extraction(&[2.0, 1.0], &[2.0 / 3.0, 1.0 / 3.0], 1, q);
    let totals = [whole(1) + lights, whole(2) + heavies(1.0), whole(2) + heavies(0.0)];
    for expected in [1.866_667, 2.2, 1.8] {
        assert!(totals.iter().any(|total| (total - expected).abs() < 1e-6), "{totals:?}");
    }
    let preferred = preferred_split(&betas, &feed, 0, 2, 1.0).expect("a split");
    assert_relative_eq!(preferred.extraction, 0.8, max_relative = 1e-9);
    assert_relative_eq!(preferred.organic[1], 0.066_666_667, epsilon = 1e-9);
}

#[test]
fn preferred_split_of_adjacent_keys_is_the_sharp_one() {
    for cut in 1..4 {
        for q in [0.0, 0.4, 1.0] {
            let sharp = minimum_extraction(&BETAS, &FEED, cut, q).expect("a minimum");
            let preferred = preferred_split(&BETAS, &FEED, cut - 1, cut, q).expect("a split");
            assert_relative_eq!(preferred.extraction, sharp.extraction, max_relative = 1e-9);
            assert_eq!(preferred.organic, sharp.organic);
            let given = minimum_extraction_of(&BETAS, &FEED, &sharp.organic, q).expect("given");
            assert_relative_eq!(given.extraction, sharp.extraction, max_relative = 1e-9);
        }
    }
}

#[test]
fn given_distribution_of_two_components_is_the_split_of_that_purity() {
    let split = pure(0.3, 0.99, 0.98);
    let taken = [0.3 * split.organic_recovery(), 0.7 * (1.0 - split.aqueous_recovery())];
    for phase in [FeedPhase::Aqueous, FeedPhase::Organic] {
        let q = phase.aqueous_fraction();
        let found = minimum_extraction_of(&[2.0, 1.0], &[0.3, 0.7], &taken, q).expect("given");
        let factors = SeparationFactors::constant(2.0);
        let expected = split.minimum_extraction(factors, phase).expect("a minimum");
        assert_relative_eq!(found.extraction, expected, max_relative = 1e-9);
    }
}

#[test]
fn components_that_the_feed_lacks_change_nothing() {
    let (betas, feed) = ([18.0, 15.0, 12.0, 6.0, 3.0, 1.0], [0.17, 0.0, 0.05, 0.50, 0.0, 0.28]);
    for (with, without) in [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3)] {
        let expected = extraction(&BETAS, &FEED, without, 1.0);
        assert_eq!(extraction(&betas, &feed, with, 1.0), expected);
    }
}

#[test]
fn traces_lead_to_the_limit_without_them() {
    // Between the keys and outside them; a key that is a trace.
    for trace in [1e-6, 1e-9, 1e-13, 1e-20] {
        let feed = [0.4, trace, 0.6 - trace];
        let limit = extraction(&[4.0, 1.0], &[0.4, 0.6], 1, 1.0);
        for cut in [1, 2] {
            let found = extraction(&[4.0, 2.0, 1.0], &feed, cut, 1.0);
            assert!(found.is_finite() && found > 0.99 * limit, "{found}");
        }
        let outside = extraction(&[8.0, 4.0, 1.0], &[trace, 0.4, 0.6 - trace], 2, 1.0);
        assert_relative_eq!(outside, limit, max_relative = 10.0 * trace + 1e-12);
    }
}

#[test]
fn separation_factors_that_almost_meet_still_have_a_root_between() {
    for gap in [1e-3, 1e-6, 1e-9, 1e-12] {
        let found = extraction(&[2.0 + gap, 2.0, 1.0], &[0.3, 0.3, 0.4], 1, 1.0);
        // As hard as the pair alone: about β z_A z_B / gap per mol.
        assert!(found * gap > 0.1 && found * gap < 10.0, "{found}");
    }
    let same = minimum_extraction(&[2.0, 2.0, 1.0], &[0.3, 0.3, 0.4], 1, 1.0);
    assert_eq!(same, Err(ExtractionError::SeparationFactor { value: 1.0 }));
    assert!(minimum_extraction(&[2.0, 2.0, 1.0], &[0.3, 0.3, 0.4], 2, 1.0).is_ok());
}

#[test]
fn wrong_mixtures_are_refused() {
    let refused = |betas: &[f64], feed: &[f64], cut| {
        minimum_extraction(betas, feed, cut, 1.0).expect_err("refused")
    };
    assert_eq!(refused(&[1.0, 2.0], &[0.5, 0.5], 1), ExtractionError::Order { component: 1 });
    assert_eq!(refused(&[2.0, 1.0], &[0.5, 0.4], 1), ExtractionError::Fraction { value: 0.9 });
    assert_eq!(refused(&[2.0, 1.0], &[1.5, -0.5], 1), ExtractionError::Fraction { value: 1.5 });
    assert_eq!(
        refused(&[2.0, 0.0], &[0.5, 0.5], 1),
        ExtractionError::SeparationFactor { value: 0.0 }
    );
    let nothing = ExtractionError::ProductFlow { given: 0.0, feed: 1.0 };
    assert_eq!(refused(&[3.0, 2.0, 1.0], &[0.0, 0.5, 0.5], 1), nothing);
    assert_eq!(refused(&[2.0, 1.0], &[0.5, 0.5], 0), nothing);
    let all = ExtractionError::ProductFlow { given: 1.0, feed: 1.0 };
    assert_eq!(refused(&[2.0, 1.0], &[0.5, 0.5], 2), all);
    assert!(matches!(refused(&[2.0, 1.0], &[1.0], 1), ExtractionError::Layout { .. }));
    assert!(linked_minimum(&BETAS, &FEED, &[], 1.0).is_err());
    assert!(preferred_split(&BETAS, &FEED, 2, 2, 1.0).is_err());
    assert!(minimum_extraction_of(&BETAS, &FEED, &[0.2, 0.0, 0.0, 0.0], 1.0).is_err());
}

/// Adjacent separation factors and weights of a feed, as extractabilities that fall to 1 and fractions.
fn mixture(steps: &[f64], weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut betas = vec![1.0];
    for step in steps {
        betas.push(betas[betas.len() - 1] * step);
    }
    betas.reverse();
    let sum: f64 = weights.iter().sum();
    (betas, weights.iter().map(|weight| weight / sum).collect())
}

proptest! {
    #[test]
    fn preferred_split_is_the_cheapest_and_its_balance_holds(
        steps in prop::collection::vec(1.05_f64..6.0, 4), logs in prop::collection::vec(-7.0_f64..0.0, 5),
        q in 0.0_f64..=1.0,
    ) {
        let weights: Vec<f64> = logs.iter().map(|log| 10_f64.powf(*log)).collect();
        let (betas, feed) = mixture(&steps, &weights);
        let preferred = preferred_split(&betas, &feed, 0, 4, q).expect("a split");
        for (taken, fed) in preferred.organic.iter().zip(&feed) {
            prop_assert!(*taken >= 0.0 && taken <= fed);
        }
        let given = minimum_extraction_of(&betas, &feed, &preferred.organic, q).expect("given");
        let close = (given.extraction - preferred.extraction).abs() <= 1e-7 * (1.0 + given.extraction);
        prop_assert!(close, "{} {}", given.extraction, preferred.extraction);
        for cut in 1..5 {
            let sharp = minimum_extraction(&betas, &feed, cut, q).expect("a minimum");
            prop_assert!(sharp.extraction >= preferred.extraction - 1e-9);
            let product: f64 = sharp.organic.iter().sum();
            let washing = sharp.extraction + (1.0 - q) - product;
            prop_assert!((washing - sharp.washing).abs() < 1e-12 * (1.0 + washing));
        }
    }

    #[test]
    fn base_of_the_extractabilities_does_not_matter(
        steps in prop::collection::vec(1.05_f64..6.0, 3), weights in prop::collection::vec(0.01_f64..1.0, 4),
        base in 1e-3_f64..1e3, cut in 1_usize..4, q in 0.0_f64..=1.0,
    ) {
        let (betas, feed) = mixture(&steps, &weights);
        let scaled: Vec<f64> = betas.iter().map(|beta| beta * base).collect();
        let one = minimum_extraction(&betas, &feed, cut, q).expect("a minimum").extraction;
        let other = minimum_extraction(&scaled, &feed, cut, q).expect("a minimum").extraction;
        prop_assert!((one - other).abs() <= 1e-9 * (1.0 + one));
    }
}
