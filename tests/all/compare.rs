//! What changed, and which input did it.

use approx::assert_relative_eq;
use reeflow::{
    analysis::{
        analyse,
        compare::{Attribution, Comparison, Side, attribute, compare},
    },
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
};

use crate::shipped;

fn side(flowsheet: &Flowsheet) -> Side {
    Side::of(&analyse(flowsheet, &Options::default(), Form::Condensed).expect("solved").outcome)
}

fn compared(before: &Flowsheet, after: &Flowsheet) -> (Comparison, Attribution) {
    let attribution = attribute(before, after, &Options::default()).expect("it can be divided");
    (compare(&side(before), &side(after)).expect("one currency"), attribution)
}

fn tutorial(set: &[&str]) -> Flowsheet {
    let set: Vec<String> = set.iter().map(|&text| text.to_owned()).collect();
    shipped::lower("tutorial/06-goal-and-bottleneck", &set)
}

#[test]
fn what_two_edits_do_together_is_shared() {
    // By hand, profit = mill × (0.09 × price − 8): 600 × 10, 600 × 19, 1,000 × 10, 1,000 × 19.
    let after =
        tutorial(&["product.sales.price=300 USD/t CaF2", "separator.mill.capacity=2000 t/yr"]);
    let (told, attribution) = compared(&tutorial(&[]), &after);
    assert_relative_eq!(told.objective.difference(), 13_000.0, max_relative = 1e-12);
    let part = |path: &str| {
        attribution.parts.iter().find(|part| part.edit == path).expect("a part").objective
    };
    // The price does 5,400 first or 9,000 last, the mill 4,000 first or 7,600 last.
    assert_relative_eq!(part("product.sales.price"), 7_200.0, max_relative = 1e-12);
    assert_relative_eq!(part("separator.mill.capacity"), 5_800.0, max_relative = 1e-12);
    assert!(attribution.objective_residual.abs() < 1e-9 * 13_000.0);
    assert_eq!(told.newly_binding, ["feed.ore.supply"]);
    assert_eq!(told.newly_free, ["separator.mill.capacity"]);
    assert!(
        told.goals
            .iter()
            .any(|goal| goal.met_before == Some(false) && goal.met_after == Some(true))
    );
}

#[test]
fn an_edit_that_does_nothing_gets_nothing_and_the_way_back_is_the_negative() {
    let before = tutorial(&[]);
    let after = tutorial(&["product.sales.price=300 USD/t CaF2", "feed.ore.supply=900 t/yr"]);
    let (_, there) = compared(&before, &after);
    let (_, back) = compared(&after, &before);
    let ore = there.parts.iter().find(|part| part.edit == "feed.ore.supply").expect("a part");
    assert_eq!(ore.objective, 0.0);
    for part in &there.parts {
        let opposite = back.parts.iter().find(|other| other.edit == part.edit).expect("a part");
        assert_relative_eq!(part.objective, -opposite.objective, max_relative = 1e-9);
    }
}

#[test]
fn parts_add_up_in_every_scenario_of_beylikova_that_can_be_divided() {
    let before = shipped::lower("beylikova-industrial", &[]);
    let scenarios = shipped::scenarios("beylikova-industrial");
    let mut divided = 0;
    for (name, after) in scenarios {
        let Ok(attribution) = attribute(&before, &after, &Options::default()) else { continue };
        divided += 1;
        let scale = attribution.objective.abs().max(1.0);
        assert!(attribution.objective_residual.abs() <= 1e-9 * scale, "{name}");
        let (change, residual) = (attribution.multiplier, attribution.multiplier_residual);
        let (change, residual) = (change.expect("a goal"), residual.expect("a goal"));
        assert!(residual.abs() <= 1e-9 * change.abs().max(1.0), "{name}");
    }
    assert!(divided >= 8, "{divided}");
}

#[test]
fn what_is_on_one_side_only_is_named() {
    let before = shipped::lower("tutorial/01-splitter", &[]);
    let after = shipped::lower("tutorial/02-recoveries", &[]);
    let (told, attribution) = compared(&before, &after);
    let named = |path: &str| attribution.parts.iter().any(|part| part.edit.contains(path));
    assert!(named("separator.") || named("splitter."), "{:?}", attribution.parts);
    assert!(attribution.objective_residual.abs() < 1e-9 * attribution.objective.abs());
    assert!(told.streams.iter().any(|stream| stream.before.is_none()));
}

const MILL: &str = r#"
    [flowsheet]
    title = "a mill"
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
    [product.sales]
    price = "200 USD/t CaF2"
    [waste.dam]
    cost = "1 USD/t"
    [goal.multiplier]
    ratio = { of = "value(sales)", to = "cost(ore)" }
    at-least = 2
"#;

/// The mill with parts of its text replaced.
fn mill(changes: &[(&str, &str)]) -> Flowsheet {
    let mut text = MILL.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    shipped::lower_text(&text)
}

#[test]
fn an_undefined_multiplier_does_not_hide_the_parts_of_the_objective() {
    let still = ("supply = \"1000 t/yr\"", "supply = \"0 t/yr\"");
    let before = mill(&[still]);
    let (_, attribution) = compared(&before, &mill(&[still, ("200 USD/t", "300 USD/t")]));
    assert_eq!(attribution.parts.len(), 1);
    assert_eq!(attribution.parts[0].objective, 0.0);
    assert_eq!(attribution.multiplier, None);
    let why = attribution.why_no_multiplier.expect("a reason");
    assert_eq!(why, "`multiplier` has no value in either plan: its denominator is 0");
    // From nothing to a mill that works: the profit is divided all the same.
    let (_, attribution) = compared(&before, &mill(&[("200 USD/t", "300 USD/t")]));
    assert_relative_eq!(attribution.objective, 18_090.0, max_relative = 1e-12);
    assert!(attribution.objective_residual.abs() < 1e-9);
    let why = attribution.why_no_multiplier.expect("a reason");
    assert!(why.starts_with("in the plan before, `multiplier` has no value"), "{why}");
}

#[test]
fn money_of_two_currencies_is_not_compared() {
    let (one, other) = (
        mill(&[]),
        shipped::lower_text(
            &MILL
                .replace("USD", "EUR")
                .replace("assumed = \"example\"", "assumed = \"example\"\ncurrency = \"EUR\""),
        ),
    );
    let refused = compare(&side(&one), &side(&other)).expect_err("no exchange rate is known");
    assert!(refused.contains("USD") && refused.contains("EUR"), "{refused}");
}

#[test]
fn another_vertex_of_the_same_optimum_is_no_change() {
    let text = |a: &str| {
        format!(
            r#"
        [flowsheet]
        title = "two customers"
        assumed = "example"
        [feed.ore]
        to = "s"
        supply = "100 t/yr"
        assay = {{ grade = {{ CaF2 = "100 %" }} }}
        [splitter.s]
        to = {{ a = "a", b = "b" }}
        [product.a]
        price = "{a}"
        demand = "80 t/yr"
        [product.b]
        price = "10 USD/t"
        demand = "80 t/yr"
        [goal.a]
        measure = "flow(s.a)"
        at-least = "50 t/yr"
        "#
        )
    };
    let flowsheet = |a: &str| shipped::lower_text(&text(a));
    let alike = side(&flowsheet("10 USD/t"));
    let mut changes = 0;
    for other in ["10.000001 USD/t", "9.999999 USD/t"] {
        let told = compare(&alike, &side(&flowsheet(other))).expect("one currency");
        for stream in told.streams.iter().filter(|stream| stream.name.starts_with("s.")) {
            assert!(!stream.fact, "{stream:?}");
            assert!(stream.before_interval.is_some());
            changes += 1;
        }
        for goal in &told.goals {
            assert!(!goal.sure_before && goal.sure_after && !goal.value.fact, "{goal:?}");
        }
        assert!(told.newly_free.iter().all(|path| !path.starts_with("product.")), "{told:?}");
    }
    assert!(changes >= 2);
    // What is forced to change is a fact, whatever the vertex: from between 20 and 80 to nothing.
    let closed = text("10 USD/t").replacen("demand = \"80 t/yr\"", "demand = \"0 t/yr\"", 1);
    let told = compare(&alike, &side(&shipped::lower_text(&closed))).expect("one currency");
    let stream = told.streams.iter().find(|stream| stream.name == "s.a").expect("it changed");
    assert!(stream.fact);
}

#[test]
fn tables_that_say_something_else_are_edits_of_their_own() {
    // By hand: profit = flow × (0.09 × price − 8.91); the flow is 1,000 or, with the capacity, 500 t/yr.
    let after = mill(&[
        ("200 USD/t CaF2", "300 USD/t CaF2"),
        ("recovery.concentrate", "capacity = \"500 t/yr\"\n    recovery.concentrate"),
    ]);
    let (_, attribution) = compared(&mill(&[]), &after);
    let part = |path: &str| attribution.parts.iter().find(|part| part.edit == path).expect(path);
    let capacity = part("separator.mill");
    assert_eq!((capacity.change, capacity.after.as_str()), ("changed", "capacity 500 t/yr"));
    assert!((capacity.objective + 500.0 * (0.09 * 250.0 - 8.91)).abs() < 1e-6);
    assert!((part("product.sales.price").objective - 750.0 * 0.09 * 100.0).abs() < 1e-6);
    assert_eq!(attribution.multiplier_residual, Some(0.0));
    assert!(attribution.method.contains("all 2 orders of making them"), "{}", attribution.method);
    // One edit needs no orders.
    let (_, one) = compared(&mill(&[]), &mill(&[("200 USD/t", "300 USD/t")]));
    assert_eq!(one.method, "all of the change is the part of the one edit");
}

#[test]
fn edits_that_need_each_other_have_one_part() {
    // A second mill on the tailings: the way to it and the mill itself make no flowsheet alone. A demand that only
    // more ore meets: no plan alone.
    let before = mill(&[("price =", "demand = { min = \"80 t/yr\" }\n    price =")]);
    let scavenger = "[separator.scavenger]\n    to = { concentrate = \"sales\", tailings = \"dam\" }\n    \
                     recovery.concentrate = { CaF2 = \"50 %\", gangue = \"0 %\" }\n    [product.sales]";
    let after = mill(&[
        ("price =", "demand = { min = \"120 t/yr\" }\n    price ="),
        ("\"1000 t/yr\"", "\"2000 t/yr\""),
        ("tailings = \"dam\" }", "tailings = \"scavenger\" }"),
        ("[product.sales]", scavenger),
        ("1 USD/t\"", "2 USD/t\""),
    ]);
    let (_, attribution) = compared(&before, &after);
    let parts: Vec<&str> = attribution.parts.iter().map(|part| part.edit.as_str()).collect();
    assert_eq!(parts.len(), 3, "{parts:?}");
    for path in [
        "separator.mill + separator.scavenger",
        "feed.ore.supply + product.sales.demand.min",
        "waste.dam.cost",
    ] {
        assert!(parts.contains(&path), "{path}: {parts:?}");
    }
    assert!(attribution.objective_residual.abs() < 1e-9 * attribution.objective.abs());
}

#[test]
fn more_edits_than_seven_are_divided_too() {
    let after = mill(&[
        ("1000 t/yr", "900 t/yr"),
        ("8 USD/t", "9 USD/t"),
        ("10 %", "11 %"),
        ("90 %", "80 %"),
        ("200 USD/t", "210 USD/t"),
        ("1 USD/t\"", "2 USD/t\""),
        ("gangue = \"0 %\"", "gangue = \"1 %\""),
        ("to = { concentrate", "opex = \"1 USD/t\"\n    to = { concentrate"),
        ("at-least = 2", "at-least = 3"),
    ]);
    let (_, attribution) = compared(&mill(&[]), &after);
    assert_eq!(attribution.parts.len(), 9);
    assert!(attribution.method.contains("8 edits over 16 orders"), "{}", attribution.method);
    assert!(attribution.objective_residual.abs() < 1e-9 * attribution.objective.abs());
    let residual = attribution.multiplier_residual.expect("a multiplier");
    assert!(residual.abs() < 1e-9 * attribution.multiplier.expect("a multiplier").abs());
    let goal = attribution.parts.iter().find(|part| part.edit == "goal.multiplier.at-least");
    assert_eq!(goal.expect("it was edited").objective, 0.0);
}

#[test]
fn every_scenario_of_beylikova_is_divided() {
    let before = shipped::lower("beylikova-industrial", &[]);
    for (name, after) in shipped::scenarios("beylikova-industrial") {
        match attribute(&before, &after, &Options::default()) {
            Ok(_) => {}
            Err(why) => assert!(why.contains("not found again"), "{name}: {why}"),
        }
    }
}
