//! Ranges and intervals of shipped flowsheets, against plans solved anew.

use reeflow::{
    analysis::{Outcome, Wanted, analyse, analyse_with},
    flowsheet::{Flowsheet, Values},
    lp::Options,
    model::{Form, Model},
};

use crate::shipped;

const INTERVALS: Wanted<'static> = Wanted { intervals: true, period: None, brief: false };

fn outcome(flowsheet: &Flowsheet) -> Outcome {
    analyse(flowsheet, &Options::default(), Form::Condensed).expect("solved").outcome
}

fn drivers(flowsheet: &Flowsheet, values: &Values) -> (f64, Vec<f64>) {
    let mut model = Model::assemble(flowsheet, values).expect("sound");
    let plan = model.solve(flowsheet, &Options::default(), Form::Condensed).expect("solved");
    (plan.objective, plan.raw.primal)
}

fn moved(flowsheet: &Flowsheet, path: &str, value: f64) -> Values {
    let mut values = flowsheet.values();
    let found = flowsheet.figures.iter_ids().find(|(_, figure)| figure.path == path);
    values[found.expect("a figure").0] = value;
    values
}

#[test]
fn the_plan_stays_the_same_as_long_as_a_price_is_in_its_range_and_no_longer() {
    let mine = r#"feed.ore.supply={ min = "400 kt/yr", max = "570 kt/yr" }"#.to_owned();
    let ratio = |text: &str| vec![mine.clone(), format!("flowsheet.objective={text}")];
    stays_the_same(&shipped::lower("beylikova-industrial", &[]), 40);
    let multiplier = ratio(r#"{ maximise = "value-multiplier" }"#);
    stays_the_same(&shipped::lower("beylikova-industrial", &multiplier), 1);
    let cost = ratio(r#"{ minimise = "cost(all) / flow(magnets)" }"#);
    stays_the_same(&shipped::lower("beylikova-industrial", &cost), 10);
    stays_the_same(&shipped::lower("tutorial/08-ratio", &[]), 2);
}

fn stays_the_same(flowsheet: &Flowsheet, most: usize) {
    let (_, base) = drivers(flowsheet, &flowsheet.values());
    let scale = base.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let differs = |values: &Values| {
        let mut model = Model::assemble(flowsheet, values).expect("sound");
        let solved = model.solve(flowsheet, &Options::default(), Form::Condensed);
        // A ratio to less than nothing has no plan.
        let Ok(plan) = solved.map(|solved| solved.raw.primal) else { return true };
        plan.iter().zip(&base).any(|(a, b)| (a - b).abs() > 1e-6 * scale)
    };
    let outcome = outcome(flowsheet);
    assert!(outcome.prices.len() > most, "{}", outcome.prices.len());
    for price in &outcome.prices {
        // Figures that are read twice, such as a price of two streams, have one range per path.
        for end in [price.low, price.high].into_iter().flatten() {
            let gap = end - price.value;
            let inside = moved(flowsheet, &price.path, price.value + 0.999 * gap);
            assert!(!differs(&inside), "{} within its range", price.path);
            let outside = moved(flowsheet, &price.path, price.value + 1.001 * gap);
            assert!(differs(&outside), "{} beyond {end}", price.path);
        }
    }
}

#[test]
fn both_sides_of_a_shadow_price_are_differences_of_optima() {
    let cases: [(&str, &[String]); 3] = [
        ("beylikova-industrial", &[]),
        ("beylikova-industrial", &["feed.spent-magnets.supply=1000 t/yr".to_owned()]),
        ("tutorial/07-debottleneck", &["separator.smelter.capacity=10 t/yr".to_owned()]),
    ];
    let mut sided = 0;
    for (name, set) in cases {
        let flowsheet = shipped::lower(name, set);
        let outcome = outcome(&flowsheet);
        let base = outcome.objective.value;
        for limit in outcome.limits.iter().filter(|limit| limit.binding && limit.kind != "recipe") {
            for (side, room, sign) in
                [(limit.left, limit.decrease, -1.0), (limit.right, limit.increase, 1.0)]
            {
                let share = limit.kind == "specification" || limit.kind == "fraction";
                let step = room.unwrap_or(f64::INFINITY).min(1e-4 * limit.bound);
                let at = limit.bound + sign * step;
                if share || step == 0.0 {
                    continue;
                }
                let (after, _) = drivers(&flowsheet, &moved(&flowsheet, &limit.path, at));
                let slope = sign * (after - base) / step;
                let told = side.expect("there is a plan");
                let near =
                    (slope - told).abs() <= 1e-5 * slope.abs().max(1e-6 * base.abs() / limit.bound);
                assert!(near, "{name} {}: {told} against {slope}", limit.path);
                sided += usize::from(limit.left != limit.right);
            }
        }
    }
    assert!(sided > 0, "one of them has a kink");
}

#[test]
fn the_price_of_a_limit_changes_where_its_range_ends() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let outcome = outcome(&flowsheet);
    let magnets = outcome.limits.iter().find(|it| it.path == "feed.spent-magnets.supply");
    let magnets = magnets.expect("it binds");
    assert_eq!(magnets.next_up.as_deref(), Some("separator.pressing-sintering.capacity"));
    let end = magnets.bound + magnets.increase.expect("it ends");
    let slope = |from: f64, to: f64| {
        let at = |value| drivers(&flowsheet, &moved(&flowsheet, &magnets.path, value)).0;
        (at(to) - at(from)) / (to - from)
    };
    let told = magnets.right.expect("there is a plan");
    assert!((slope(magnets.bound, end) - told).abs() < 1e-6 * told);
    assert!(slope(end, end + 10.0) < 0.9 * told);
}

/// Two equal ores, of which only as much as sells is taken.
const TWINS: &str = r#"
    [flowsheet]
    title = "twins"
    assumed = "made up"
    [feed.one]
    to = "sales"
    supply = "80 t/yr"
    cost = "5 USD/t"
    assay.grade = { Nd2O3 = "100 %" }
    [feed.two]
    to = "sales"
    supply = "50 t/yr"
    cost = "5 USD/t"
    assay.grade = { Nd2O3 = "100 %" }
    [product.sales]
    price = "40 USD/t"
    demand = "100 t/yr"
    [goal.first]
    ratio = { of = "flow(one)", to = "flow(sales)" }
    at-least = "10 %"
"#;

#[test]
fn what_is_no_fact_is_told_with_both_ends() {
    let flowsheet = shipped::lower_text(TWINS);
    let plan = analyse_with(&flowsheet, &Options::default(), Form::Condensed, INTERVALS);
    let outcome = plan.expect("solved").outcome;
    let stream = |name: &str| outcome.streams.iter().find(|it| it.name == name).expect("there");
    // By hand: two gives at most 50, so one at least 50 and at most 80.
    assert_eq!(stream("one").interval, Some([Some(50.0), Some(80.0)]));
    assert_eq!(stream("two").interval, Some([Some(20.0), Some(50.0)]));
    assert_eq!(stream("one").species[0].interval, Some([Some(50.0), Some(80.0)]));
    let [Some(low), Some(high)] = outcome.goals[0].interval.expect("open") else {
        panic!("both ends are finite")
    };
    assert!((low - 0.5).abs() < 1e-12 && (high - 0.8).abs() < 1e-12);
}

#[test]
fn a_share_has_a_range_and_what_ends_it() {
    let outcome = outcome(&shipped::lower("tutorial/05-specification", &[]));
    let limit = outcome.limits.iter().find(|it| it.kind == "specification").expect("it binds");
    // By hand: 40 × 100 + 20 p = s (100 + p), so p = 500 at s = 7/30 and p = 0 at 40 %; each t of p earns 90 USD.
    let (decrease, increase) = (limit.decrease.expect("an end"), limit.increase.expect("an end"));
    assert!((limit.bound - decrease - 7.0 / 30.0).abs() < 1e-12, "{decrease}");
    assert!((limit.bound + increase - 0.4).abs() < 1e-12, "{increase}");
    assert_eq!(limit.next_down.as_deref(), Some("feed.poor.supply"));
    assert_eq!(limit.next_up.as_deref(), Some("nothing of poor"));
    assert!((limit.worth.expect("finite") - 90.0 * 400.0).abs() < 1e-6, "{:?}", limit.worth);
}

#[test]
fn a_line_of_a_full_recipe_moves_with_the_others() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let outcome = outcome(&flowsheet);
    let lines: Vec<_> = outcome.limits.iter().filter(|it| it.kind == "recipe").collect();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        let step = 1e-4 * line.bound;
        let at = |sign: f64| {
            let mut values = flowsheet.values();
            for (id, figure) in flowsheet.figures.iter_ids() {
                if figure.path == line.path {
                    values[id] += sign * step;
                } else if lines.iter().any(|other| other.path == figure.path) {
                    values[id] *= 1.0 - sign * step / (1.0 - line.bound);
                }
            }
            drivers(&flowsheet, &values).0
        };
        let slope = (at(1.0) - at(-1.0)) / (2.0 * step);
        let told = line.shadow_price;
        assert!((slope - told).abs() < 1e-4 * slope.abs(), "{}: {told} {slope}", line.path);
    }
}

/// An ore and a mill that are full at the same time.
const TOGETHER: &str = r#"
    [flowsheet]
    title = "together"
    assumed = "made up"
    [species.gangue]
    [feed.ore]
    to = "mill"
    supply = "100 t/yr"
    cost = "3 USD/t"
    assay = { grade = { CaF2 = "20 %" }, rest = "gangue" }
    [separator.mill]
    to = { concentrate = "sales", tailings = "dam" }
    capacity = "100 t/yr"
    recovery.concentrate = { CaF2 = "100 %", gangue = "0 %" }
    [product.sales]
    price = "75 USD/t"
    [waste.dam]
    [goal.sales]
    measure = "flow(sales)"
    at-least = "30 t/yr"
"#;

#[test]
fn limits_that_bind_together_are_told_together() {
    let outcome = outcome(&shipped::lower_text(TOGETHER));
    // By hand: a tonne of ore earns 0.2 × 75 − 3 = 12 USD, if both grow.
    let joint = outcome.joint.expect("none helps alone");
    let names = ["feed.ore.supply", "separator.mill.capacity"];
    assert_eq!(joint.limits, names);
    assert!((joint.worth_per_percent - 12.0).abs() < 1e-9 && joint.percent.is_none());
    for limit in outcome.limits.iter().filter(|limit| limit.binding) {
        assert_eq!((limit.shadow_price, limit.right, limit.worth), (0.0, Some(0.0), None));
        assert!((limit.left.expect("a plan") - 12.0).abs() < 1e-9);
        // One more of either alone sells nothing more.
        assert!(limit.goal_effects.is_empty(), "{limit:?}");
    }
    let held: Vec<&str> = outcome.goals[0].held_by.iter().map(|it| it.limit.as_str()).collect();
    assert_eq!(held, names);
    assert!(outcome.goals[0].held_by.iter().all(|it| it.effect == 0.0));
}

#[test]
fn the_uncondensed_program_tells_the_same() {
    for text in [TWINS, TOGETHER] {
        let flowsheet = shipped::lower_text(text);
        let told = |form| {
            let plan =
                analyse_with(&flowsheet, &Options::default(), form, INTERVALS).expect("solved");
            let mut outcome = serde_json::to_value(&plan.outcome).expect("JSON");
            outcome["proof"] = serde_json::Value::Null;
            outcome
        };
        assert_eq!(told(Form::Condensed), told(Form::Full));
    }
}

#[test]
fn worths_that_hang_on_the_choice_of_duals_are_told_with_both_ends() {
    let flowsheet = shipped::lower_text(TOGETHER);
    let plan = analyse_with(&flowsheet, &Options::default(), Form::Condensed, INTERVALS);
    let outcome = plan.expect("solved").outcome;
    // By hand: the 12 USD of a tonne of ore are worth of the ore or of the mill; CaF2 brings 75 USD less what the mill is
    // worth, gangue nothing less that.
    let open = |part: &str, name: &str| {
        let found = outcome.open.iter().find(|it| it.part == part && it.name == name);
        let found = found.unwrap_or_else(|| panic!("{part} {name}: {:?}", outcome.open));
        (found.least.expect("finite"), found.greatest.expect("finite"))
    };
    let near = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() + (b - d).abs() < 1e-9;
    assert!(near(open("worth", "CaF2 in ore"), (63.0, 75.0)));
    assert!(near(open("worth", "gangue in ore"), (-12.0, 0.0)));
    assert!(near(open("imputed-value", "ore"), (300.0, 1500.0)));
    assert!(!outcome.is_open("worth", "CaF2 in mill.concentrate"));
}

#[test]
fn sums_over_flows_that_are_no_facts_are_told_with_both_ends() {
    // The two ores cost the same in all, but not at the gate.
    let text = TWINS
        .replacen("cost = \"5 USD/t\"", "cost = \"4 USD/t\"\n    opex = \"1 USD/t\"", 1)
        .replace("[goal.first]", "[goal.second]");
    let outcome = outcome(&shipped::lower_text(&text));
    let open = |part: &str, name: &str| {
        let found = outcome.open.iter().find(|it| it.part == part && it.name == name);
        found.map(|it| (it.least.expect("finite"), it.greatest.expect("finite")))
    };
    let near = |found: Option<(f64, f64)>, (c, d): (f64, f64)| {
        let (a, b) = found.expect("no fact");
        assert!((a - c).abs() + (b - d).abs() < 1e-9, "{a} {b}");
    };
    // By hand: `one` supplies 50 to 80 t/yr of 100.
    near(open("account", "feed"), (-450.0, -420.0));
    near(open("account", "operating cost"), (-80.0, -50.0));
    near(open("operation", "one"), (50.0, 80.0));
    near(
        open("multiplier", "all sales, gross ÷ ore at mining cost"),
        (4000.0 / 450.0, 4000.0 / 420.0),
    );
    assert_eq!(open("account", "revenue"), None);
    assert_eq!(open("operation", "sales"), None);
}
