//! Layouts that are no cascade, and what is said about them.

use super::*;

fn layout() -> Layout {
    Layout {
        stages: 10,
        extraction_stages: 5,
        feed: vec![0.5, 0.5],
        aqueous_fraction: 1.0,
        extraction: 1.5,
        organic_product: 0.5,
        beta_extraction: vec![2.0, 1.0],
        beta_scrub: vec![2.0, 1.0],
        draws: Vec::new(),
    }
}

fn refused(change: impl Fn(&mut Layout)) -> ExtractionError {
    let mut changed = layout();
    change(&mut changed);
    simulate(&changed).expect_err("no cascade")
}

fn draw(stage: usize, phase: FeedPhase, flow: f64) -> impl Fn(&mut Layout) {
    move |layout| layout.draws.push(Draw { stage, phase, flow })
}

#[test]
fn layout_of_these_tests_is_a_cascade() {
    assert!(simulate(&layout()).is_ok());
}

#[test]
fn product_must_lie_between_nothing_and_the_feed() {
    for given in [0.0, -1.0, 1.0, 2.0, f64::NAN] {
        let error = refused(|layout| layout.organic_product = given);
        assert!(matches!(error, ExtractionError::ProductFlow { feed: 1.0, .. }), "{error}");
    }
    let error = refused(draw(3, FeedPhase::Aqueous, 0.5));
    assert_eq!(error, ExtractionError::ProductFlow { given: 0.5, feed: 1.0 });
}

#[test]
fn wash_must_be_left() {
    let error = refused(|layout| layout.extraction = 0.5);
    assert_eq!(error, ExtractionError::NoWash { washing: 0.0 });
    assert!(error.to_string().contains("washing amount"), "{error}");
    let error = refused(|layout| {
        (layout.extraction, layout.organic_product) = (0.9, 0.3);
        layout.draws.push(Draw { stage: 7, phase: FeedPhase::Organic, flow: 0.65 });
    });
    assert!(matches!(error, ExtractionError::NoWash { washing } if washing < 0.0), "{error}");
    let error = refused(|layout| layout.extraction = 0.0);
    assert!(matches!(error, ExtractionError::Extraction { given: 0.0, .. }), "{error}");
}

#[test]
fn order_must_be_the_same_in_both_sections() {
    let error = refused(|layout| layout.beta_scrub = vec![1.0, 2.0]);
    assert_eq!(error, ExtractionError::Order { component: 1 });
    // Which stands first does not matter.
    let mut turned = layout();
    (turned.beta_extraction, turned.beta_scrub) = (vec![1.0, 2.0], vec![1.0, 3.0]);
    assert!(simulate(&turned).is_ok());
}

#[test]
fn something_must_be_separated() {
    let same = refused(|layout| {
        layout.beta_extraction = vec![2.0, 2.0];
        layout.beta_scrub = vec![2.0, 2.0];
    });
    assert_eq!(same, ExtractionError::SeparationFactor { value: 1.0 });
    let alone = refused(|layout| layout.feed = vec![1.0, 0.0]);
    assert_eq!(alone, ExtractionError::SeparationFactor { value: 1.0 });
    let zero = refused(|layout| layout.beta_extraction = vec![2.0, 0.0]);
    assert_eq!(zero, ExtractionError::SeparationFactor { value: 0.0 });
}

#[test]
fn stages_and_draws_must_be_there() {
    for change in [
        (|layout: &mut Layout| layout.extraction_stages = 0) as fn(&mut Layout),
        |layout| layout.extraction_stages = 10,
        |layout| layout.feed = vec![1.0],
        |layout| layout.feed = vec![1.5, -0.5],
        |layout| layout.draws.push(Draw { stage: 0, phase: FeedPhase::Aqueous, flow: 0.1 }),
        |layout| layout.draws.push(Draw { stage: 11, phase: FeedPhase::Aqueous, flow: 0.1 }),
        |layout| layout.draws.push(Draw { stage: 3, phase: FeedPhase::Aqueous, flow: 0.0 }),
    ] {
        assert!(matches!(refused(change), ExtractionError::Layout { .. }));
    }
    let error = refused(|layout| layout.aqueous_fraction = 1.5);
    assert_eq!(error, ExtractionError::Fraction { value: 1.5 });
}

#[test]
fn messages_are_lower_case_without_a_full_stop() {
    for error in [
        ExtractionError::SeparationFactor { value: 1.0 },
        ExtractionError::Fraction { value: 2.0 },
        ExtractionError::Purity { purity: 0.4, feed: 0.5 },
        ExtractionError::Extraction { given: 1.0, minimum: 2.0 },
        ExtractionError::Overspecified { recovery: 1.2 },
        ExtractionError::ProductFlow { given: 2.0, feed: 1.0 },
        ExtractionError::Unreachable,
        ExtractionError::NoWash { washing: -0.1 },
        ExtractionError::Order { component: 2 },
        ExtractionError::Layout { reason: "each section needs a stage" },
        ExtractionError::NotConverged { residual: 0.1 },
    ] {
        let text = error.to_string();
        assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{text}");
    }
}
