//! The derivative of the multiplier by each assumed figure, against a finite difference of whole runs.

use reeflow::{
    analysis::{Plan, analyse},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
};

use crate::shipped;

fn plan(flowsheet: &Flowsheet) -> Plan {
    analyse(flowsheet, &Options::default(), Form::Condensed).expect("it has a plan")
}

fn multiplier(plan: &Plan) -> f64 {
    let goal = plan.outcome.goals.iter().find(|goal| goal.name == "value-multiplier");
    goal.and_then(|goal| goal.value).expect("the flowsheet has the goal, and ore is mined")
}

#[test]
fn derivatives_by_assumed_figures_are_finite_differences() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let base = plan(&flowsheet);
    let (mut compared, mut unlike) = (0, Vec::new());
    for assumption in &base.outcome.assumptions {
        let Some(slope) = assumption.multiplier_derivative else { continue };
        let per_percent = assumption.objective_per_percent.expect("the basis is known");
        let at = |change: f64| {
            let mut values = flowsheet.values();
            for (id, figure) in flowsheet.figures.iter_ids() {
                if figure.path == assumption.path && figure.text == assumption.text {
                    values[id] += change;
                }
            }
            let plan = plan(&flowsheet.with_values(&values).expect("it stays sound"));
            (multiplier(&plan), plan.solution.objective)
        };
        let value = assumption.value;
        let step = if value == 0.0 { 1e-6 } else { 1e-5 * value };
        // A share of 1 can only fall, one of 0 only rise.
        let (above, below) = match value {
            1.0 => (0.0, step),
            0.0 => (step, 0.0),
            _ => (step, step),
        };
        let (high, low) = (at(above), at(-below));
        let found = (high.0 - low.0) / (above + below);
        let earned = (high.1 - low.1) / (above + below) * value * 0.01;
        let close =
            |a: f64, b: f64, scale: f64| (a - b).abs() <= 1e-4 * a.abs().max(b.abs()) + scale;
        compared += 1;
        // The report's derivative is one-sided: 1e-5 is its error on a multiplier of 7.
        let size = if value == 0.0 { 1.0 } else { value };
        if !close(found * size, slope * size, 1e-5) || !close(earned, per_percent, 1.0) {
            unlike.push(format!(
                "{}: {slope} against {found}; {per_percent} against {earned}",
                assumption.path
            ));
        }
    }
    assert!(compared > 50, "only {compared} figures are assumed");
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}
