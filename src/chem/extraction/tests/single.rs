//! Recovery without reflux, and what is only reported.

use approx::assert_relative_eq;

use super::*;

#[test]
fn kremser_needs_the_stages_of_the_worked_example() {
    // V10: 5.4, rounded up to 6, in the worked example of the book chapter the note cites.
    let stages = kremser::stages(10.0 / 3.0, 1.0, 1e-3, 0.0).expect("reachable");
    assert_relative_eq!(stages, 5.4416, epsilon = 1e-4);
    assert_relative_eq!(kremser::remaining(10.0 / 3.0, stages), 1e-3, max_relative = 1e-12);
}

#[test]
fn kremser_is_continuous_where_the_factor_is_one() {
    assert_eq!(kremser::stages(1.0, 1.0, 0.1, 0.0), Ok(9.0));
    assert_eq!(kremser::remaining(1.0, 9.0), 0.1);
    for factor in [1.0 - 1e-9, 1.0 + 1e-9] {
        let stages = kremser::stages(factor, 1.0, 0.1, 0.0).expect("reachable");
        assert_relative_eq!(stages, 9.0, max_relative = 1e-7);
        assert_relative_eq!(kremser::remaining(factor, 9.0), 0.1, max_relative = 1e-7);
    }
}

#[test]
fn kremser_counts_above_the_equilibrium_of_a_loaded_solvent() {
    let fresh = kremser::stages(2.0, 0.9, 0.01, 0.0).expect("reachable");
    let loaded = kremser::stages(2.0, 1.0, 0.11, 0.1).expect("reachable");
    assert_relative_eq!(fresh, loaded, max_relative = 1e-12);
    assert_eq!(kremser::stages(2.0, 1.0, 0.1, 0.1), Err(ExtractionError::Unreachable));
}

#[test]
fn kremser_cannot_remove_more_than_the_solvent_takes() {
    assert_eq!(kremser::stages(0.5, 1.0, 0.5, 0.0), Err(ExtractionError::Unreachable));
    assert!(kremser::stages(0.5, 1.0, 0.5001, 0.0).is_ok());
    assert_relative_eq!(kremser::remaining(0.5, 1e6), 0.5);
    assert_eq!(kremser::remaining(10.0, 1e6), 0.0);
}

#[test]
fn short_formulas_undercount_the_published_design() {
    // V1: 21.092 and 19.929, in all 41.0 (Zhang, Zhao and Schreiner 2016).
    let split = pure(0.5, 0.999, 0.9999);
    let factors = SeparationFactors::constant(2.0);
    let (extraction, control) =
        legacy::square_root_extraction(&split, factors, FeedPhase::Aqueous).expect("a rule");
    assert_eq!(control, legacy::Control::Scrub);
    assert_relative_eq!(extraction, 1.708_645, max_relative = 1e-6);
    let flows = split.flows(FeedPhase::Aqueous, extraction).expect("flows");
    let short = legacy::stages(&split, factors, &flows).expect("enough reflux");
    assert_relative_eq!(short.extraction, 21.092, epsilon = 1e-3);
    assert_relative_eq!(short.scrub, 19.929, epsilon = 1e-3);
}

#[test]
fn square_root_rule_meets_its_ratios_in_both_phases() {
    let factors = SeparationFactors::constant(1.7);
    for phase in [FeedPhase::Aqueous, FeedPhase::Organic] {
        for feed in [0.1, 0.9] {
            let split = pure(feed, 0.999, 0.999);
            let (extraction, control) =
                legacy::square_root_extraction(&split, factors, phase).expect("a rule");
            let flows = split.flows(phase, extraction).expect("flows");
            match control {
                legacy::Control::Extraction => {
                    assert_relative_eq!(flows.extraction_reflux, 1.0 / (1.7_f64.sqrt() - 1.0));
                }
                legacy::Control::Scrub => {
                    assert_relative_eq!(flows.scrub_ratio, 1.7_f64.sqrt(), max_relative = 1e-12);
                }
            }
        }
    }
}

#[test]
fn pseudo_binary_minimum_is_the_note_s() {
    // §1.6: 1/(12/6 … ) for the cuts of V3: keys Pr/Ce = 2, Nd/Pr = 1.5, Ce/La = 6.
    for (factor, product, expected) in [(1.5, 0.17, 2.17), (2.0, 0.22, 1.22), (6.0, 0.72, 0.92)] {
        let found = legacy::pseudo_binary_minimum(factor, product, FeedPhase::Aqueous);
        assert_relative_eq!(found.expect("a minimum"), expected, max_relative = 1e-12);
    }
}

#[test]
fn back_off_exponent_undoes_the_back_off() {
    for phase in [FeedPhase::Aqueous, FeedPhase::Organic] {
        let extraction = legacy::back_off_extraction(1.5, 0.7, 0.4, phase).expect("an amount");
        let exponent = legacy::back_off_exponent(1.5, extraction, 0.4, phase).expect("a factor");
        assert_relative_eq!(exponent.expect("an amount"), 0.7, max_relative = 1e-12);
    }
    assert_eq!(legacy::back_off_exponent(1.5, 0.4, 0.4, FeedPhase::Aqueous), Ok(None));
}
