//! The best attainable value of a missed ratio goal, against values known by hand.

#[path = "ratios/objective.rs"]
mod objective;

use reeflow::{
    analysis::{GoalOutcome, analyse},
    lp::Options,
    model::Form,
};

use crate::shipped;

fn goals(text: &str) -> Vec<GoalOutcome> {
    let flowsheet = shipped::lower_text(text);
    analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved").outcome.goals
}

/// Two feeds of pure oxide, 5 and 10 USD/t, sold at 40 USD/t; at least 30 t/yr must be sold.
const TWO_FEEDS: &str = r#"
    [flowsheet]
    title = "two feeds"
    assumed = "made up"
    [feed.cheap]
    to = "sales"
    supply = "10 t/yr"
    cost = "5 USD/t"
    assay.grade = { Nd2O3 = "100 %" }
    [feed.dear]
    to = "sales"
    supply = "90 t/yr"
    cost = "10 USD/t"
    assay.grade = { Nd2O3 = "100 %" }
    [product.sales]
    price = "40 USD/t"
    demand.min = "MIN"
    [goal.multiplier]
    ratio = { of = "value(sales)", to = "cost(cheap) + cost(dear)" }
    at-least = 9
"#;

#[test]
fn a_ratio_is_best_where_its_limits_meet() {
    // 10 t at 5 and 20 t at 10 USD/t: 1,200 ÷ 250.
    let goal = &goals(&TWO_FEEDS.replace("MIN", "30 t/yr"))[0];
    assert!((goal.best.expect("bounded") - 4.8).abs() < 1e-12);
    // One tonne more of the cheap feed saves 5 USD: 1,200 ÷ 245 − 1,200 ÷ 250 per t, at the margin 1,200 · 5 ÷ 250².
    let cheap = goal.held_by.iter().find(|held| held.limit == "feed.cheap.supply").expect("held");
    assert!((cheap.effect - 1200.0 * 5.0 / 250.0_f64.powi(2)).abs() < 1e-12);
}

#[test]
fn a_ratio_that_nothing_bounds_below_is_best_at_any_size() {
    // Only the cheap feed, however little: 40 ÷ 5.
    let goal = &goals(&TWO_FEEDS.replace("demand.min = \"MIN\"", ""))[0];
    assert!((goal.best.expect("bounded") - 8.0).abs() < 1e-12);
}

#[test]
fn the_secondary_share_of_beylikova_can_be_all() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved");
    let goal = |name: &str| {
        plan.outcome.goals.iter().find(|goal| goal.name == name).expect("it has the goal").clone()
    };
    assert!((goal("secondary-share").best.expect("at most all") - 1.0).abs() < 1e-9);
    let multiplier = goal("value-multiplier");
    assert!(multiplier.best.is_none(), "scrap makes magnets without ore");
    // What can be said instead: how far it gets with the ore of this plan, and what holds it there.
    let reason = multiplier.why_no_best.expect("told");
    assert!(reason.contains("without limit as `cost(primary-feed)` goes to 0"), "{reason}");
    assert!(reason.contains("with at least as much of that as in this plan, 7.218"), "{reason}");
    assert_eq!(multiplier.held_by[0].limit, "feed.spent-magnets.supply");
}

#[test]
fn a_ratio_that_can_be_less_than_nothing_has_no_best_value_and_says_so() {
    let text = TWO_FEEDS.replace("MIN", "30 t/yr");
    let text = text.replace("cost(cheap) + cost(dear)", "value(sales) - 5 * cost(dear)");
    let goal = &goals(&text)[0];
    // All ore, 4,000 less 5 × 900; without the dear one there would be something left.
    assert!(goal.value.expect("a value") < 0.0 && goal.best.is_none());
    let reason = goal.why_no_best.as_deref().expect("told");
    assert!(reason.contains("`value(sales) - 5 * cost(dear)` can be negative"), "{reason}");
}
