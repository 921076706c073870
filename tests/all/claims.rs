//! What becomes of claims, and what results rest on, against what is known by hand.

use reeflow::{
    analysis::{
        analyse,
        claims::{Claim, Verdict, audit},
        sources::sources,
    },
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
};

use crate::shipped;

/// 100 t/yr of ore with 10 % `CaF2`, of which 90 % are recovered: 9 t/yr. The grade may be up to 10.4 %, the recovery 85 to
/// 95 %; the supply is sure.
const MILL: &str = r#"
    [flowsheet]
    title = "a mill"
    [source.S]
    title = "a source"
    [species.gangue]
    [feed.ore]
    to = "mill"
    supply = { value = "100 t/yr", source = "S", confidence = "high" }
    assay.grade.CaF2 = { value = "10 %", range = ["10 %", "10.4 %"], source = "S" }
    assay.rest = "gangue"
    [separator.mill]
    to = { concentrate = "ways", tailings = "dam" }
    recovery.concentrate.CaF2 = { value = "90 %", range = ["85 %", "95 %"], assumed = "not measured" }
    recovery.concentrate.default = { value = "0 %", source = "S" }
    [splitter.ways]
    to = { dear = "dear", cheap = "cheap" }
    [product.dear]
    price = { value = "10 USD/t", source = "S" }
    [product.cheap]
    price = { value = "1 USD/t", source = "S" }
    [waste.dam]
    [goal]
    used     = { measure = "flow(ore)", at-least = { value = "100 t/yr", source = "S" } }
    kept     = { measure = "flow(dear)", at-least = "8.8 t/yr" }
    nearly   = { measure = "flow(dear)", at-least = "9.4 t/yr" }
    together = { measure = "flow(dear)", at-least = "9.7 t/yr" }
    too-much = { measure = "flow(dear)", at-least = "20 t/yr" }
    cheap    = { measure = "flow(cheap)", at-least = "6 t/yr" }
    share    = { ratio = { of = "flow(dear)", to = "flow(cheap)" }, at-most = "50 %" }
"#;

fn judge(flowsheet: &Flowsheet) -> Vec<Claim> {
    let plan = analyse(flowsheet, &Options::default(), Form::Condensed).expect("a plan");
    audit(flowsheet, &plan, &Options::default()).claims
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-6 * wanted.abs(), "{found} against {wanted}");
}

#[test]
fn verdicts_are_those_found_by_hand() {
    let claims = judge(&shipped::lower_text(MILL));
    let claim = |name: &str| claims.iter().find(|claim| claim.goal == name).expect("it is judged");
    let turns = |name: &str| -> Vec<(String, String, Option<f64>)> {
        let turned = claim(name).turned_by.iter();
        turned.map(|turn| (turn.path.clone(), turn.end.clone(), turn.value)).collect()
    };
    let recovery = "separator.mill.recovery.concentrate.CaF2";

    // The supply is sure, so nothing in doubt moves it.
    assert_eq!(claim("used").verdict, Verdict::Holds);
    assert_eq!(claim("used").sources, ["S"]);
    assert!(claim("used").hangs_on.is_empty());

    // 100 × 10 % × 85 % = 8.5 are too little, 95 % give 9.5; a grade of 10.4 % gives 9.36.
    assert_eq!(claim("kept").verdict, Verdict::DependsOn);
    let [(path, end, value)] = &turns("kept")[..] else { panic!("{:?}", turns("kept")) };
    assert_eq!((path.as_str(), end.as_str()), (recovery, "85 %"));
    near(value.expect("a plan"), 8.5);
    assert_eq!(claim("nearly").verdict, Verdict::DependsOn);
    let [(path, end, value)] = &turns("nearly")[..] else { panic!("{:?}", turns("nearly")) };
    assert_eq!((path.as_str(), end.as_str()), (recovery, "95 %"));
    near(value.expect("a plan"), 9.5);

    // Both at their best: 100 × 10.4 % × 95 % = 9.88.
    let both = claim("together");
    assert_eq!(both.verdict, Verdict::DependsOn);
    assert!(both.turned_by.is_empty() && both.why.starts_with("several figures together"));
    near(both.all_together.expect("sought"), 9.88);
    let never = claim("too-much");
    assert_eq!(never.verdict, Verdict::CannotHold);
    near(never.all_together.expect("sought"), 9.88);
    near(never.best.expect("sought"), 9.0);
    let heaviest = &never.hangs_on[0];
    assert_eq!((heaviest.path.as_str(), heaviest.footing), (recovery, "assumed"));
    near(heaviest.weight, 0.5);

    // Nothing is sold cheaply, so the ratio has no value; it has one where all is sold so.
    let ratio = claim("share");
    assert_eq!((ratio.value, ratio.verdict), (None, Verdict::DependsOn));

    // 6 t/yr sold for 1 instead of 10 USD/t.
    assert_eq!(claim("cheap").verdict, Verdict::DependsOn);
    assert!(claim("cheap").why.contains("costs 54 USD/yr"), "{}", claim("cheap").why);
    assert!(claim("cheap").turned_by.is_empty());
}

#[test]
fn weights_are_those_found_by_hand() {
    let report = sources(&shipped::lower_text(MILL), &Options::default()).expect("a plan");
    let place = |name: &str| {
        let found = report.results.iter().position(|it| it.goal.as_deref() == Some(name));
        found.expect("it is weighed")
    };
    let weight = |path: &str, result: &str| {
        let figure = report.figures.iter().find(|it| it.path == path).expect("it is listed");
        figure.weights.as_ref().expect("weighed")[place(result)]
    };
    // 100 t/yr within 1.05: half of 100 × (1.05 − 1 ÷ 1.05).
    let supply = 50.0 * (1.05 - 1.0 / 1.05);
    near(weight("feed.ore.supply", "used"), supply);
    near(weight("feed.ore.supply", "kept"), 0.09 * supply);
    near(weight("feed.ore.assay.grade.CaF2", "kept"), 90.0 * 0.002);
    near(weight("separator.mill.recovery.concentrate.CaF2", "kept"), 10.0 * 0.05);
    // The objective is 10 USD/t × 9 t/yr; its price, of medium confidence, within 1.1.
    let price = report.figures.iter().find(|it| it.path == "product.dear.price").expect("listed");
    near(price.weights.as_ref().expect("weighed")[0], 9.0 * 5.0 * (1.1 - 1.0 / 1.1));
    let kept = &report.results[place("kept")];
    let squares = (0.09 * supply).powi(2) + 0.18_f64.powi(2) + 0.5_f64.powi(2);
    near(kept.uncertainty, squares.sqrt());
    near(kept.weak.expect("it rests on something"), 0.25 / squares);
    let share =
        |footing: &str| kept.shares.iter().find(|it| it.footing == footing).expect("told").share;
    near(share("high"), (0.09 * supply).powi(2) / squares);
    near(share("medium"), 0.18_f64.powi(2) / squares);
    // All but the recovery cites the one source; bounds of goals are no data.
    assert_eq!(report.sources.len(), 1);
    assert_eq!(report.sources[0].figures, 5);
    near(report.sources[0].shares[place("kept")].expect("told"), 1.0 - 0.25 / squares);
    assert!(report.figures.iter().all(|it| !it.path.starts_with("goal.")));
}

#[test]
fn shares_are_moved_by_their_odds() {
    let flowsheet = shipped::lower_text(&MILL.replace(", range = [\"85 %\", \"95 %\"]", ""));
    let report = sources(&flowsheet, &Options::default()).expect("a plan");
    let recovery = report.figures.iter().find(|it| it.path.ends_with("concentrate.CaF2"));
    let [low, high] = recovery.expect("listed").ends;
    // Odds of 9, divided and multiplied by 1.5.
    near(low, 6.0 / 7.0);
    near(high, 13.5 / 14.5);
}

#[test]
fn derivatives_over_the_years_are_those_of_differences() {
    let name = "evs-and-wind-2035";
    let report = sources(&shipped::lower(name, &[]), &Options::default()).expect("a plan");
    let base = report.results[0].value;
    for (path, value, unit) in [
        ("feed.primary-metal.cost", 89.0, "USD/kg"),
        ("feed.primary-metal.supply", 69.8, "kt/yr"),
        ("use.fleet-ev.collection", 1.0, "%"),
        ("money.discount", 5.77, "%"),
    ] {
        let figure = report.figures.iter().find(|it| it.path == path);
        let Some(figure) = figure else { panic!("{path} is not listed") };
        let half = 0.5 * (figure.ends[1] - figure.ends[0]);
        let slope = figure.weights.as_ref().expect("weighed")[0] / half;
        let aside = [1.0 - 1e-4, 1.0 + 1e-4].map(|by| {
            let set = format!("{path}={:?} {unit}", by * value);
            let flowsheet = shipped::lower(name, &[set]);
            let changed = flowsheet.figures.iter().find(|it| it.path == path).expect("listed");
            let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("a plan");
            (plan.solution.objective - base) / (changed.value - figure.value)
        });
        // Where more limits meet than fix the plan, the two sides differ.
        let [least, most] = [aside[0].min(aside[1]), aside[0].max(aside[1])];
        let slack = 1e-3 * most.abs();
        assert!((least - slack..=most + slack).contains(&slope), "{path}: {slope}, {aside:?}");
    }
}

/// Goals that turn where nothing has a derivative: another plan is best at the other end of a price, and a slack limit binds.
#[test]
fn ends_without_a_derivative_turn_verdicts() {
    let dear = r#"price = { value = "10 USD/t", range = ["0.5 USD/t", "12 USD/t"], source = "S" }"#;
    let mill = MILL.replace(r#"price = { value = "10 USD/t", source = "S" }"#, dear);
    let claims = judge(&shipped::lower_text(&mill));
    let kept = claims.iter().find(|claim| claim.goal == "kept").expect("it is judged");
    let price = kept.turned_by.iter().find(|turn| turn.path == "product.dear.price");
    assert_eq!(price.expect("it turns").value, Some(0.0));

    let slack =
        r#"capacity = { value = "120 t/yr", range = ["50 t/yr", "120 t/yr"], source = "S" }"#;
    let mill = MILL.replace("[splitter.ways]", &format!("{slack}\n    [splitter.ways]"));
    let claims = judge(&shipped::lower_text(&mill));
    let used = claims.iter().find(|claim| claim.goal == "used").expect("it is judged");
    assert_eq!(used.verdict, Verdict::DependsOn);
    assert_eq!(used.turned_by[0].path, "separator.mill.capacity");
    near(used.turned_by[0].value.expect("a plan"), 50.0);
}

#[test]
fn what_is_not_found_out_in_time_is_open() {
    let flowsheet = shipped::lower_text(MILL);
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("a plan");
    let no_time = Options { time_limit: Some(std::time::Duration::ZERO), ..Options::default() };
    let claims = audit(&flowsheet, &plan, &no_time).claims;
    let untried = claims.iter().filter(|claim| claim.untried > 0).count();
    assert_eq!(untried, claims.len());
    for name in ["used", "kept", "nearly"] {
        let claim = claims.iter().find(|claim| claim.goal == name).expect("it is judged");
        assert_eq!(claim.verdict, Verdict::Open, "{name}");
    }
}

#[test]
fn a_goal_without_limit_depends_on_the_plan() {
    let text = r#"
        [flowsheet]
        title = "as little as can be"
        objective = { minimise = "cost(all)" }
        assumed = "made up"
        [feed.ore]
        to = "sales"
        cost = "1 USD/t"
        assay.grade = { Nd2O3 = "100 %" }
        [product.sales]
        price = "2 USD/t"
        [goal.some]
        measure = "flow(sales)"
        at-least = "85 t/yr"
    "#;
    let claims = judge(&shipped::lower_text(text));
    assert_eq!(claims[0].verdict, Verdict::DependsOn);
    assert!(claims[0].why.contains("no limit"), "{}", claims[0].why);
}

#[test]
fn verdicts_over_the_years_ask_other_plans() {
    let claims = judge(&shipped::lower("turkiye-roadmap", &[]));
    let claim = |name: &str| claims.iter().find(|claim| claim.goal == name).expect("it is judged");
    // 21 t of rare earths are in 1,200 t of ore, whatever is built.
    assert_eq!(claim("pilot-reo").verdict, Verdict::CannotHold);
    // With the trains of the best plan 2,010 t/yr; others make 2,500, at a loss.
    let magnets = claim("magnets");
    assert!(magnets.best.expect("sought") < 2500.0);
    assert_eq!(magnets.verdict, Verdict::DependsOn);
    assert!(magnets.why.contains("which plan is taken"), "{}", magnets.why);
}
