//! Derivatives by duality against differences of plans solved anew.

use reeflow::{
    analysis::sensitivity::{Request, SensitivityReport, sensitivity},
    flowsheet::{Flowsheet, Values},
    lp::Options,
    model::{Form, Model},
};

use crate::shipped;

fn report(flowsheet: &Flowsheet, goal: Option<&str>) -> SensitivityReport {
    let request =
        Request { goal: goal.map(str::to_owned), objective: goal.is_none(), top: 10, by: 0.1 };
    sensitivity(flowsheet, &Options::default(), &request).expect("solved")
}

fn objective(flowsheet: &Flowsheet, values: &Values) -> Option<f64> {
    let flowsheet = flowsheet.with_values(values).ok()?;
    let mut model = Model::assemble(&flowsheet, values).ok()?;
    Some(model.solve(&flowsheet, &Options::default(), Form::Condensed).ok()?.objective)
}

#[test]
fn derivatives_by_every_figure_are_differences_of_optima() {
    let mine = r#"feed.ore.supply={ min = "400 kt/yr", max = "570 kt/yr" }"#;
    let cases: [(&str, &[&str]); 10] = [
        ("beylikova-industrial", &[]),
        ("validation/mountain-pass-flotation", &[]),
        ("tutorial/02-recoveries", &[]),
        ("tutorial/03-recycle", &[]),
        ("tutorial/04-reaction", &[]),
        ("tutorial/05-specification", &[]),
        ("tutorial/06-goal-and-bottleneck", &[]),
        ("tutorial/08-ratio", &[]),
        (
            "beylikova-industrial",
            &[mine, r#"flowsheet.objective={ maximise = "value-multiplier" }"#],
        ),
        (
            "beylikova-industrial",
            &[mine, r#"flowsheet.objective={ minimise = "cost(all) / flow(magnets)" }"#],
        ),
    ];
    let (mut compared, mut kinked) = (0, 0);
    for (name, set) in cases {
        let set: Vec<String> = set.iter().map(|&text| text.to_owned()).collect();
        let flowsheet = shipped::lower(name, &set);
        let base = objective(&flowsheet, &flowsheet.values()).expect("solved");
        for effect in &report(&flowsheet, None).figures {
            // The lines of a recipe move together.
            if effect.path.contains(".recipe.") {
                continue;
            }
            let mut figures = flowsheet.figures.iter_ids();
            let found = figures.find(|(_, it)| it.path == effect.path && it.text == effect.text);
            let id = found.expect("a figure").0;
            let step = 1e-5 * if effect.value == 0.0 { 1.0 } else { effect.value };
            let slope = |sign: f64| {
                let mut values = flowsheet.values();
                values[id] += sign * step;
                Some((objective(&flowsheet, &values)? - base) / (sign * step))
            };
            let (Some(left), Some(right)) = (slope(-1.0), slope(1.0)) else { continue };
            // What moves both parts of a ratio alike cancels but for the curvature within a step, 1e-6 of the figure.
            let floor = if flowsheet.objective.ratio().is_some() { 1e-2 } else { 1e-5 };
            let least = floor * base.abs() / effect.value.abs().max(1e-9);
            let scale = left.abs().max(right.abs()).max(least);
            if (left - right).abs() > 1e-3 * scale {
                kinked += 1;
                continue;
            }
            let central = f64::midpoint(left, right);
            let near = (effect.objective - central).abs() <= 1e-4 * scale;
            assert!(near, "{name} {}: {} against {central}", effect.path, effect.objective);
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared} compared, {kinked} with a kink");
    assert!(kinked < 20, "{compared} compared, {kinked} with a kink");
}

#[test]
fn a_tornado_has_the_values_of_plans_solved_anew() {
    let flowsheet = shipped::lower("tutorial/06-goal-and-bottleneck", &[]);
    let told = report(&flowsheet, None);
    let bar = |path: &str| told.tornado.iter().find(|bar| bar.path == path).expect("it matters");
    // By hand: 600 t/yr at 0.09 × price − 8 USD.
    let price = bar("product.sales.price");
    assert!((price.at_low.expect("a plan") - 600.0 * (0.09 * 180.0 - 8.0)).abs() < 1e-6);
    assert!((price.at_high.expect("a plan") - 600.0 * (0.09 * 220.0 - 8.0)).abs() < 1e-6);
    assert!((price.elasticity.expect("a base") - 600.0 * 0.09 * 200.0 / 6000.0).abs() < 1e-6);
    // A recovery of 90 % goes up to 99 %.
    let recovery = bar("separator.mill.recovery.concentrate.CaF2");
    assert!((recovery.at_high.expect("a plan") - 600.0 * (0.099 * 200.0 - 8.0)).abs() < 1e-6);
    // The widest comes first.
    assert!(told.tornado.windows(2).all(|pair| pair[0].swing >= pair[1].swing));
    assert_eq!(report(&flowsheet, Some("fluorite")).of, "fluorite");
}
