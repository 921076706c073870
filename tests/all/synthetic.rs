//! Generated flowsheets are sound, have plans that are proven, and the same one in both forms.

use approx::assert_relative_eq;
use proptest::prelude::*;
use reeflow::{
    diagnostic::Sources,
    document::{self, Files, Read, Request},
    flowsheet::Flowsheet,
    lp::Options,
    model::{Form, Model, Solution},
    synthetic::{Shape, Size, generate},
};

/// Generated flowsheets stand alone.
struct Nothing;

impl Files for Nothing {
    fn read(&self, path: &str, _: &str) -> Result<Read, String> {
        Err(format!("there is no `{path}`"))
    }
}

/// The flowsheet of a shape, about which nothing is found.
fn sound(shape: &Shape) -> Flowsheet {
    let text = generate(shape).expect("it is fit");
    let request = Request { scenario: None, set: &[] };
    let mut sources = Sources::new();
    let loaded =
        document::load("generated.toml", text.as_bytes(), &request, &Nothing, &mut sources)
            .unwrap_or_else(|findings| panic!("{shape:?}: {findings:?}"));
    let (flowsheet, findings) = Flowsheet::lower(&loaded.document)
        .unwrap_or_else(|findings| panic!("{shape:?}: {findings:?}"));
    assert!(loaded.findings.is_empty() && findings.is_empty(), "{shape:?}: {findings:?}");
    flowsheet
}

fn solved(flowsheet: &Flowsheet, form: Form) -> (Model, Solution) {
    let mut model = Model::assemble(flowsheet, &flowsheet.values()).expect("it can be written");
    let solution = model
        .solve(flowsheet, &Options::default(), form)
        .unwrap_or_else(|failure| panic!("{failure:?}"));
    assert!(solution.certificate.passes());
    (model, solution)
}

#[test]
fn small_ones_have_one_proven_optimum_in_both_forms() {
    for seed in 0..8 {
        let flowsheet = sound(&Size::Small.shape(seed));
        let (model, condensed) = solved(&flowsheet, Form::Condensed);
        let (_, whole) = solved(&flowsheet, Form::Full);
        assert_relative_eq!(condensed.objective, whole.objective, max_relative = 1e-6);
        let columns = model.full().column_count();
        assert!((400..900).contains(&columns), "seed {seed}: {columns} columns");
        // What was found elsewhere is certified the same way.
        let raw = &condensed.raw;
        assert!(model.certify(Form::Condensed, &raw.primal, &raw.duals).passes());
        assert!(model.certify(Form::Full, &whole.raw.primal, &whole.raw.duals).passes());
        let mut wrong = raw.primal.clone();
        for value in &mut wrong {
            *value *= 1.01;
        }
        assert!(!model.certify(Form::Condensed, &wrong, &raw.duals).passes());
    }
}

#[test]
fn medium_ones_are_neither_idle_nor_at_every_limit() {
    let flowsheet = sound(&Size::Medium.shape(7));
    let (model, solution) = solved(&flowsheet, Form::Condensed);
    let columns = model.full().column_count();
    assert!((15_000..30_000).contains(&columns), "{columns} columns");
    let (mut rows, mut binding) = (0, 0);
    for (id, _) in model.written_rows() {
        rows += 1;
        binding += usize::from(solution.shadow_price(&flowsheet, id) != 0.0);
    }
    let share = f64::from(u32::try_from(binding).expect("few")) / f64::from(rows);
    assert!((0.05..0.6).contains(&share), "{binding} of {rows} limits bind");
    let supplies = model.drivers().ids().map(|id| solution.driver(id));
    let idle = supplies.filter(|value| value.abs() < 1e-6).count();
    assert!(idle > 0, "nothing is idle");
}

#[test]
fn the_largest_can_be_read() {
    // Its program is not written here: that takes gigabytes.
    let shape = Size::Xl.shape(1);
    let text = generate(&shape).expect("it is fit");
    assert!(text.len() < 5_000_000, "{} bytes", text.len());
    let flowsheet = sound(&shape);
    assert_eq!(flowsheet.operations.len(), shape.operations);
    let columns = flowsheet.streams.len() * flowsheet.periods.len() * flowsheet.species.len();
    assert!((1_500_000..4_000_000).contains(&columns), "at most {columns} columns");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_small_shape_is_sound_feasible_and_bounded(
        beside in 0_usize..60,
        species in 3_usize..14,
        periods in 1_usize..4,
        products in 1_usize..14,
        recycles in 0.0..=1.0_f64,
        free_splits in 0.0..=1.0_f64,
        stockpiles in 0.0..=1.0_f64,
        seed: u64,
    ) {
        let shape = Shape {
            operations: 0, species, periods, products, recycles, free_splits, stockpiles, seed,
        };
        let shape = Shape { operations: shape.least_operations() + beside, ..shape };
        let (_, solution) = solved(&sound(&shape), Form::Condensed);
        prop_assert!(solution.objective.is_finite());
    }
}
