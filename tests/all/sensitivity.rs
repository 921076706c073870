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

const DEGENERATE: &str = r#"
    [flowsheet]
    title = "what is mined just fills the mill"
    assumed = "example"
    [species.gangue]
    [feed.ore]
    to = "mill"
    supply = "1000 t/yr"
    cost = "8 USD/t"
    assay = { grade = { CaF2 = "10 %" }, rest = "gangue" }
    [separator.mill]
    to = { concentrate = "sales", tailings = "dam" }
    recovery.concentrate = { CaF2 = "90 %", gangue = "0 %" }
    capacity = "1000 t/yr"
    [product.sales]
    price = { value = "200 USD/t CaF2", range = ["150 USD/t CaF2", "400 USD/t CaF2"] }
    [waste.dam]
    cost = "0 USD/t"
"#;

#[test]
fn a_limit_that_binds_within_the_range_is_in_the_tornado_whatever_its_derivative() {
    // Ore and mill both end at 1,000 t/yr, so the derivative by one of them is 0; either at -10 % costs a tenth of
    // 1,000 t/yr × (0.09 × 200 − 8) USD/t.
    let told = report(&shipped::lower_text(DEGENERATE), None);
    assert!(told.degenerate);
    for path in ["feed.ore.supply", "separator.mill.capacity"] {
        let bar = told.tornado.iter().find(|bar| bar.path == path).expect(path);
        assert!((bar.at_low.expect("a plan") - 9000.0).abs() < 1e-6, "{path}");
        assert!((bar.at_high.expect("a plan") - 10_000.0).abs() < 1e-6, "{path}");
    }
    // The shipped case: at its optimum the desliming has room to spare, but less than 10 %.
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let request = Request { goal: None, objective: true, top: 60, by: 0.1 };
    let told = sensitivity(&flowsheet, &Options::default(), &request).expect("solved");
    let path = "separator.desliming.capacity";
    let bar = told.tornado.iter().find(|bar| bar.path == path).expect(path);
    let low = bar.at_low.expect("a plan");
    assert!((50.7e6..50.8e6).contains(&low), "{low}");
    assert_eq!(told.unsolved, 0);
}

#[test]
fn a_figure_is_moved_over_its_own_range() {
    let told = report(&shipped::lower_text(DEGENERATE), None);
    let price = &told.tornado[0];
    assert_eq!(price.path, "product.sales.price");
    assert_eq!(price.ends, [150.0, 400.0]);
    // By hand: 1,000 t/yr × (0.09 × price − 8) USD/t.
    assert!((price.at_low.expect("a plan") - 5500.0).abs() < 1e-6);
    assert!((price.at_high.expect("a plan") - 28_000.0).abs() < 1e-6);
}

#[test]
fn figures_of_value_0_have_derivatives() {
    let flowsheet = shipped::lower_text(DEGENERATE);
    let told = report(&flowsheet, None);
    let slope = |path: &str| {
        let effect = told.figures.iter().find(|effect| effect.path == path).expect(path);
        effect.objective
    };
    // By hand: all that is no fluorite goes to the dam, with a tenth of the fluorite.
    assert!((slope("waste.dam.cost") + 910.0).abs() < 1e-6);
    // Gangue in the concentrate earns nothing, and is spared no cost at the dam: its recovery does nothing.
    assert!(told.figures.iter().all(|effect| !effect.path.ends_with("concentrate.gangue")));
    let open = DEGENERATE.replace("200 USD/t CaF2\"", "200 USD/t\"");
    let open = open.replace(
        "range = [\"150 USD/t CaF2\", \"400 USD/t CaF2\"]",
        "range = [\"150 USD/t\", \"400 USD/t\"]",
    );
    let told = report(&shipped::lower_text(&open), None);
    let path = "separator.mill.recovery.concentrate.gangue";
    let effect = told.figures.iter().find(|effect| effect.path == path).expect(path);
    // By hand: 900 t/yr of gangue at 200 USD/t.
    assert!((effect.objective - 180_000.0).abs() < 1.0, "{}", effect.objective);
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let told = report(&flowsheet, None);
    let path = "product.thorium.price";
    let thorium = told.figures.iter().find(|effect| effect.path == path).expect(path);
    let mut values = flowsheet.values();
    let base = objective(&flowsheet, &values).expect("a plan");
    let id = flowsheet.figures.iter_ids().find(|(_, it)| it.path == path).expect(path).0;
    values[id] = 1.0;
    let earned = objective(&flowsheet, &values).expect("a plan") - base;
    assert!(earned > 200.0 && (thorium.objective - earned).abs() < 1e-6 * earned, "{earned}");
}

#[test]
fn a_plant_that_stands_still_points_to_the_objective() {
    let goal =
        "[goal.multiplier]\nratio = { of = \"value(sales)\", to = \"cost(ore)\" }\nat-least = 2\n";
    let poor = DEGENERATE.replace("\"200 USD/t CaF2\"", "\"2 USD/t CaF2\"").replace("150 ", "1 ");
    let flowsheet = shipped::lower_text(&format!("{poor}\n{goal}"));
    let request = Request { goal: None, objective: false, top: 10, by: 0.1 };
    let findings = sensitivity(&flowsheet, &Options::default(), &request).expect_err("no value");
    let help = findings.iter().find_map(|finding| finding.help.clone()).expect("help");
    assert!(help.contains("--objective"), "{help}");
}

#[test]
fn a_tornado_of_several_threads_is_that_of_one() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let drawn = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let report = pool.install(|| report(&flowsheet, Some("value-multiplier")));
        serde_json::to_string(&report).expect("JSON")
    };
    assert_eq!(drawn(1), drawn(4));
}
