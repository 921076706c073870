//! Sweeps against plans solved one by one.

use reeflow::{
    analysis::sweep::{Batch, Effect, Outcome, Proof, Request, Sweep},
    diagnostic::Span,
    flowsheet::{self, FigureId, Flowsheet, Provenance, SweepInput},
    lp::Options,
    model::{Failure, Form, Model},
    sampling::{Distribution, Method},
};

use crate::shipped;

/// A sweep over figures, each from `low` to `high` times its own value.
fn around(
    flowsheet: &Flowsheet,
    (low, high): (f64, f64),
    wanted: impl Fn(&str) -> bool,
) -> flowsheet::Sweep {
    let figures = flowsheet.figures.iter_ids();
    let inputs = figures.filter(|(_, figure)| wanted(&figure.path) && figure.value != 0.0);
    let inputs = inputs.map(|(id, figure)| input(id, &figure.path, low, high)).collect();
    flowsheet::Sweep { inputs, ..flowsheet::Sweep::of_ranges(flowsheet) }
}

fn input(figure: FigureId, name: &str, low: f64, high: f64) -> SweepInput {
    SweepInput {
        name: name.to_owned(),
        figures: vec![figure],
        relative: true,
        distribution: Distribution::Uniform { low, high },
        unit: String::new(),
        span: Span::default(),
        provenance: Provenance::Unstated,
    }
}

fn request(samples: u64) -> Request {
    Request { method: Method::LatinHypercube, samples, seed: 11, options: Options::default() }
}

/// What a sample gives if the flowsheet is written and solved by itself: its outcome and the objective.
fn alone(flowsheet: &Flowsheet, plan: &flowsheet::Sweep, sample: &[f64]) -> (Outcome, f64) {
    let mut values = flowsheet.values();
    for (input, factor) in plan.inputs.iter().zip(sample) {
        for &figure in &input.figures {
            values[figure] *= factor;
        }
    }
    let Ok(moved) = flowsheet.with_values(&values) else { return (Outcome::Refused, f64::NAN) };
    let Ok(mut model) = Model::assemble(&moved, &values) else {
        return (Outcome::Refused, f64::NAN);
    };
    match model.solve(&moved, &Options::default(), Form::Condensed) {
        Ok(solution) => (Outcome::Optimal, solution.objective),
        Err(Failure::Infeasible(_)) => (Outcome::Infeasible, f64::NAN),
        Err(other) => panic!("{other:?}"),
    }
}

fn compare(flowsheet: &Flowsheet, plan: &flowsheet::Sweep, sweep: &Sweep<'_>, batch: &Batch) {
    let (inputs, outputs) = (plan.inputs.len(), sweep.outputs().len());
    for (at, &outcome) in batch.outcomes.iter().enumerate() {
        let sample = &batch.inputs[at * inputs..][..inputs];
        let (expected, objective) = alone(flowsheet, plan, sample);
        assert_eq!(outcome, expected, "sample {at}");
        let told = batch.outputs[at * outputs];
        let same = (told - objective).abs() <= 1e-9 * (1.0 + objective.abs());
        assert!(same || outcome != Outcome::Optimal, "sample {at}: {told}, alone {objective}");
        let proof = batch.proofs[at];
        assert_eq!(proof == Proof::None, outcome == Outcome::Refused, "sample {at}");
    }
}

/// The last key of a path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

fn is_price(path: &str) -> bool {
    last(path) == "price"
}

fn share(batch: &Batch, proof: Proof) -> f64 {
    let count = batch.proofs.iter().filter(|&&it| it == proof).count();
    count as f64 / batch.proofs.len() as f64
}

#[test]
fn prices_and_limits_are_swept_as_if_each_sample_were_solved_alone() {
    let limit = |path: &str| {
        ["capacity", "supply", "demand"].contains(&last(path.trim_end_matches(".max")))
    };
    for name in ["beylikova-industrial", "tutorial/06-goal-and-bottleneck", "tutorial/03-recycle"] {
        let flowsheet = shipped::lower(name, &[]);
        let cases: [(bool, bool, &[Effect]); 3] = [
            (true, false, &[Effect::Costs, Effect::Nothing]),
            (false, true, &[Effect::Limits]),
            (true, true, &[Effect::Costs, Effect::Limits, Effect::Nothing]),
        ];
        for (prices, limits, effects) in cases {
            let wanted = |path: &str| (prices && is_price(path)) || (limits && limit(path));
            let plan = around(&flowsheet, (0.5, 1.5), wanted);
            if plan.inputs.is_empty() {
                continue;
            }
            let sweep = Sweep::prepare(&flowsheet, &plan, &request(160)).expect("it can run");
            assert!(sweep.bases().is_some(), "{name}: nothing but costs and limits moves");
            assert!(sweep.effects().iter().all(|it| effects.contains(it)), "{name}");
            let batch = sweep.run(0..sweep.len());
            compare(&flowsheet, &plan, &sweep, &batch);
            assert!(share(&batch, Proof::Covered) > 0.5, "{name}: known bases serve");
            let again = sweep.run(0..sweep.len());
            // Compared as text, in which what is no number equals itself.
            assert!(format!("{batch:?}") == format!("{again:?}"), "{name}: the same again");
        }
    }
}

#[test]
fn coefficients_are_swept_as_if_each_sample_were_solved_alone() {
    let flowsheet = shipped::lower("tutorial/06-goal-and-bottleneck", &[]);
    let plan = around(&flowsheet, (0.8, 1.1), |path| {
        path.contains(".recovery.") || is_price(path) || path.contains("grade")
    });
    let sweep = Sweep::prepare(&flowsheet, &plan, &request(100)).expect("it can run");
    assert!(sweep.bases().is_none() && sweep.effects().contains(&Effect::Coefficients));
    let batch = sweep.run(0..sweep.len());
    compare(&flowsheet, &plan, &sweep, &batch);
    assert_eq!(share(&batch, Proof::Covered), 0.0);
}
