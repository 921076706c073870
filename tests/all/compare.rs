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
    (compare(&side(before), &side(after)), attribution)
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
fn what_is_on_one_side_only_is_one_edit() {
    let before = shipped::lower("tutorial/01-splitter", &[]);
    let after = shipped::lower("tutorial/02-recoveries", &[]);
    let (told, attribution) = compared(&before, &after);
    assert!(attribution.parts.iter().any(|part| part.edit == "structure"));
    assert!(attribution.objective_residual.abs() < 1e-9 * attribution.objective.abs());
    assert!(told.streams.iter().any(|stream| stream.before.is_none()));
}
