//! A ratio as objective, against values known by hand and plans solved anew.

use approx::assert_relative_eq;
use reeflow::{
    analysis::{
        LimitOutcome, Outcome, analyse,
        compare::attribute,
        debottleneck::{Request, debottleneck},
        fill_best_multipliers, linearise,
        together::together,
    },
    diagnostic::Code,
    flowsheet::Flowsheet,
    lp::{self, Options},
    measure::Units,
    model::{Form, Model},
};

use super::TWO_FEEDS;
use crate::shipped;

fn outcome(flowsheet: &Flowsheet, form: Form) -> Outcome {
    analyse(flowsheet, &Options::default(), form).expect("solved").outcome
}

fn tutorial(set: &[&str]) -> Flowsheet {
    let set: Vec<String> = set.iter().map(|&text| text.to_owned()).collect();
    shipped::lower("tutorial/08-ratio", &set)
}

/// The objective with one figure at another value.
fn moved(flowsheet: &Flowsheet, path: &str, value: f64) -> f64 {
    let mut values = flowsheet.values();
    let figure = flowsheet.figures.iter_ids().find(|(_, figure)| figure.path == path);
    values[figure.expect("a figure").0] = value;
    let flowsheet = flowsheet.with_values(&values).expect("sound");
    let mut model = Model::assemble(&flowsheet, &values).expect("sound");
    model.solve(&flowsheet, &Options::default(), Form::Condensed).expect("solved").objective
}

fn limit<'o>(outcome: &'o Outcome, path: &str) -> &'o LimitOutcome {
    outcome.limits.iter().find(|limit| limit.path == path).expect("a limit")
}

#[test]
fn the_tutorial_has_the_multiplier_and_the_prices_of_its_hand_calculation() {
    for form in [Form::Condensed, Form::Full] {
        let outcome = outcome(&tutorial(&[]), form);
        assert_relative_eq!(outcome.objective.value, 4.8, max_relative = 1e-12);
        assert_eq!(
            (outcome.objective.name.as_str(), outcome.objective.unit.as_str()),
            ("value(sales) ÷ cost(primary-feed)", "")
        );
        let price = |path: &str| limit(&outcome, path).shadow_price;
        assert_relative_eq!(price("feed.pit.supply"), 0.096, max_relative = 1e-9);
        assert_relative_eq!(price("product.sales.demand.min"), -0.032, max_relative = 1e-9);
        assert_eq!(price("feed.deep.supply"), 0.0);
        let proof = outcome.proof.ratio.expect("a ratio");
        assert!((proof.charnes_cooper - proof.dinkelbach).abs() <= 1e-9 * 4.8);
        assert_relative_eq!(proof.numerator, 1200.0, max_relative = 1e-12);
        assert_relative_eq!(proof.denominator, 250.0, max_relative = 1e-12);
        assert!(proof.iterations >= 2, "it began elsewhere");
        assert!(outcome.proof.gap < 1e-9 && outcome.proof.dual < 1e-9);
    }
}

#[test]
fn ranges_of_a_ratio_end_where_another_plan_is_better_and_worth_what_they_bring() {
    let flowsheet = tutorial(&[]);
    let outcome = outcome(&flowsheet, Form::Condensed);
    // Up to 30 t/yr the pit replaces the deep mine: 1,200 ÷ 150; down to 10 t/yr to be sold the deep mine goes.
    let pit = limit(&outcome, "feed.pit.supply");
    assert_relative_eq!(pit.increase.expect("an end"), 20.0, max_relative = 1e-9);
    assert_relative_eq!(pit.worth.expect("an end"), 8.0 - 4.8, max_relative = 1e-9);
    assert_eq!(pit.next_up.as_deref(), Some("nothing of deep"));
    let demand = limit(&outcome, "product.sales.demand.min");
    assert_relative_eq!(demand.decrease.expect("an end"), 20.0, max_relative = 1e-9);
    assert_relative_eq!(demand.worth.expect("an end"), 8.0 - 4.8, max_relative = 1e-9);
    for (path, end) in [("feed.pit.supply", 30.0), ("product.sales.demand.min", 10.0)] {
        assert_relative_eq!(moved(&flowsheet, path, end), 8.0, max_relative = 1e-9);
    }
}

#[test]
fn every_way_to_write_a_ratio_is_the_same() {
    let ways = [
        r#"{ maximise = "multiplier" }"#,
        r#"{ maximise = "value(sales) / cost(primary-feed)" }"#,
        r#"{ maximise = "value(sales) ÷ (cost(pit) + cost(deep))" }"#,
        r#"{ maximise = { of = "value(sales)", to = "cost(pit) + cost(deep)" } }"#,
    ];
    for way in ways {
        let flowsheet = tutorial(&[&format!("flowsheet.objective={way}")]);
        let found = outcome(&flowsheet, Form::Condensed).objective;
        assert_relative_eq!(found.value, 4.8, max_relative = 1e-12);
        assert_eq!(found.sense, "maximise");
    }
    let least = tutorial(&[r#"flowsheet.objective={ minimise = "cost(all) / flow(sales)" }"#]);
    let found = outcome(&least, Form::Condensed).objective;
    assert_relative_eq!(found.value, 250.0 / 30.0, max_relative = 1e-12);
    assert_eq!((found.sense, found.unit.as_str()), ("minimise", "USD/t"));
    let (name, scenario) = &shipped::scenarios("tutorial/08-ratio")[0];
    assert_eq!(name, "cost-per-tonne");
    let found = outcome(scenario, Form::Condensed).objective;
    assert_relative_eq!(found.value, 250.0 / 30.0, max_relative = 1e-12);
    let profit = tutorial(&["flowsheet.objective=profit"]);
    assert_relative_eq!(outcome(&profit, Form::Condensed).objective.value, 3050.0);
}

/// Ratios over the Beylikova flowsheet with a mine that must run.
fn beylikova() -> Vec<Flowsheet> {
    let objectives = [
        r#"{ maximise = "value-multiplier" }"#,
        r#"{ minimise = "cost(all) / flow(magnets)" }"#,
        r#"{ maximise = "secondary-share" }"#,
        r#"{ maximise = "(profit() + cost(all)) / in-situ(primary-feed)" }"#,
    ];
    let mine = r#"feed.ore.supply={ min = "400 kt/yr", max = "570 kt/yr" }"#;
    let set = |objective: &str| vec![mine.to_owned(), format!("flowsheet.objective={objective}")];
    objectives.iter().map(|it| shipped::lower("beylikova-industrial", &set(it))).collect()
}

#[test]
fn shadow_prices_of_ratios_are_differences_of_ratios() {
    let mut compared = 0;
    for flowsheet in beylikova() {
        let condensed = outcome(&flowsheet, Form::Condensed);
        let full = outcome(&flowsheet, Form::Full);
        let base = condensed.objective.value;
        assert_relative_eq!(base, full.objective.value, max_relative = 1e-9);
        for limit in condensed.limits.iter().filter(|it| it.binding && it.kind != "recipe") {
            for (told, sign) in [(limit.left, -1.0), (limit.right, 1.0)] {
                let step = 1e-6 * limit.bound;
                let after = moved(&flowsheet, &limit.path, limit.bound + sign * step);
                let slope = sign * (after - base) / step;
                let told = told.expect("there is a plan");
                let scale = slope.abs().max(1e-4 * base / limit.bound);
                assert!((told - slope).abs() <= 1e-4 * scale, "{}: {told}, {slope}", limit.path);
                compared += 1;
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn the_worth_of_a_limit_is_what_the_ratio_becomes_where_its_range_ends() {
    let mut compared = 0;
    for flowsheet in beylikova() {
        let outcome = outcome(&flowsheet, Form::Condensed);
        for limit in outcome.limits.iter().filter(|it| it.binding && it.worth.is_some()) {
            let up = limit.shadow_price > 0.0 && outcome.objective.sense == "maximise"
                || limit.shadow_price < 0.0 && outcome.objective.sense == "minimise";
            let (room, sign) = if up { (limit.increase, 1.0) } else { (limit.decrease, -1.0) };
            let end = limit.bound + sign * room.expect("an end");
            // What rounding leaves of nothing is no plan to compare with.
            if end.abs() < 1e-9 * limit.bound {
                continue;
            }
            let there = moved(&flowsheet, &limit.path, end);
            let worth = limit.worth.expect("told");
            let found = (there - outcome.objective.value).abs();
            assert!(
                (found - worth).abs() <= 1e-6 * worth.max(1e-3 * outcome.objective.value),
                "{}: {found} against {worth}",
                limit.path
            );
            compared += 1;
        }
    }
    assert!(compared >= 6, "{compared}");
}

#[test]
fn the_linear_program_of_a_ratio_has_the_ratio_as_its_optimum() {
    let mut flowsheets = beylikova();
    flowsheets.push(tutorial(&[]));
    for flowsheet in flowsheets {
        let sign = -flowsheet.objective.sign();
        for form in [Form::Condensed, Form::Full] {
            let model = linearise(&flowsheet, &Options::default(), form).expect("solved");
            let ratio = outcome(&flowsheet, form).objective.value;
            for program in [model.condensed(), model.full()] {
                let solved = lp::solve(program, &Options::default()).expect("solved");
                assert_relative_eq!(sign * solved.objective, ratio, max_relative = 1e-9);
            }
        }
    }
}

#[test]
fn a_ratio_whose_size_nothing_limits_is_told_with_its_value() {
    let text = TWO_FEEDS.replace("demand.min = \"MIN\"", "").replace("supply = \"10 t/yr\"", "");
    let text =
        text.replace("[flowsheet]", "[flowsheet]\n    objective = { maximise = \"multiplier\" }");
    let refused = analyse(&shipped::lower_text(&text), &Options::default(), Form::Condensed);
    let refused = refused.expect_err("no plan is the best");
    let found = refused.iter().next().expect("a finding");
    assert_eq!(found.code, Code::NoRatio);
    assert!(found.message.contains("is 8 at best in plans of any size"), "{}", found.message);
}

#[test]
fn of_plans_that_are_equally_good_the_largest_is_taken() {
    // Only the cheap feed, any amount of it up to its supply.
    let text = TWO_FEEDS.replace("demand.min = \"MIN\"", "");
    let text =
        text.replace("[flowsheet]", "[flowsheet]\n    objective = { maximise = \"multiplier\" }");
    let outcome = outcome(&shipped::lower_text(&text), Form::Condensed);
    assert_relative_eq!(outcome.objective.value, 8.0, max_relative = 1e-12);
    assert_eq!(outcome.objective.unique, Some(false));
    let cheap = outcome.streams.iter().find(|stream| stream.name == "cheap").expect("a stream");
    assert_relative_eq!(cheap.flow, 10.0, max_relative = 1e-12);
    let [Some(least), Some(most)] = cheap.interval.expect("open") else { panic!("two ends") };
    assert!(least.abs() < 1e-9 && (most - 10.0).abs() < 1e-9);
    // More of what is as good as any is worth nothing.
    assert_eq!(limit(&outcome, "feed.cheap.supply").shadow_price, 0.0);
}

#[test]
fn bottlenecks_are_followed_to_a_goal_and_no_further() {
    let flowsheet = tutorial(&[]);
    let refused = debottleneck(&flowsheet, &Options::default(), &Request::default());
    let refused = refused.expect_err("a ratio has no path of its own");
    assert_eq!(refused.iter().next().expect("a finding").code, Code::UnknownGoal);
    let request = Request {
        goal: Some("multiplier".to_owned()),
        target: Units::new("USD").parse("6").ok(),
        limits: vec!["feed.pit.supply".to_owned()],
        ..Request::default()
    };
    let told = debottleneck(&flowsheet, &Options::default(), &request).expect("a path");
    // 1,200 ÷ (5 x + 10 (30 − x)) is 6 at 20 t/yr, with the present 250 USD/yr kept: 40 × 37.5 ÷ 250 at 25 t/yr.
    assert!(told.met);
    assert_relative_eq!(told.start_objective, 4.8, max_relative = 1e-12);
    let last = told.steps.last().expect("a step");
    assert_relative_eq!(last.grows[0].to, 25.0, max_relative = 1e-9);
    // The best multiplier with that pit is better than what the path keeps: it does not keep the cost.
    assert_relative_eq!(last.objective, 6.0, max_relative = 1e-6);
}

#[test]
fn parts_of_a_change_of_a_ratio_add_up_and_other_objectives_are_not_compared() {
    let (before, after) = (
        tutorial(&[]),
        tutorial(&[
            "feed.pit.supply=20 t/yr",
            "feed.deep.cost=12 USD/t",
            "product.sales.price=30 USD/t",
        ]),
    );
    let told = attribute(&before, &after, &Options::default()).expect("divided");
    // 900 ÷ (20 × 5 + 10 × 12).
    assert_relative_eq!(told.objective, 900.0 / 220.0 - 4.8, max_relative = 1e-9);
    assert!(told.objective_residual.abs() <= 1e-12);
    assert_eq!(told.parts.len(), 3);
    let profit = tutorial(&["flowsheet.objective=profit"]);
    let refused = attribute(&before, &profit, &Options::default()).expect_err("two measures");
    assert!(refused.contains("different objectives"), "{refused}");
}

#[test]
fn goals_together_are_weighed_by_the_ratio() {
    let flowsheet = tutorial(&[
        r#"goal.sold={ measure = "flow(sales)", at-least = "50 t/yr" }"#,
        r#"goal.much={ measure = "flow(sales)", at-least = "101 t/yr" }"#,
    ]);
    let told = together(&flowsheet, &Options::default()).expect("a plan");
    assert_relative_eq!(told.objective, 4.8, max_relative = 1e-12);
    // 50 t: 2,000 ÷ 450 is less than 4.5, so the two cannot hold together.
    let sets: Vec<(Vec<String>, f64)> =
        told.together.into_iter().map(|set| (set.goals, set.objective)).collect();
    assert_eq!(sets[0].0, ["multiplier"]);
    assert_eq!(sets[1].0, ["sold"]);
    assert_relative_eq!(sets[1].1, 2000.0 / 450.0, max_relative = 1e-9);
    let conflicts: Vec<&[String]> = told.conflicts.iter().map(|it| &it.goals[..]).collect();
    let expected = [vec!["much".to_owned()], vec!["multiplier".into(), "sold".into()]];
    assert_eq!(conflicts, expected);
}

#[test]
fn best_multipliers_are_those_of_plans_that_have_nothing_else_in_mind() {
    let mine = r#"feed.ore.supply={ min = "400 kt/yr", max = "570 kt/yr" }"#.to_owned();
    let flowsheet = shipped::lower("beylikova-industrial", std::slice::from_ref(&mine));
    let options = Options::default();
    let mut plan = analyse(&flowsheet, &options, Form::Condensed).expect("solved");
    assert!(plan.outcome.multipliers.iter().all(|item| item.best.is_none()), "only if asked");
    fill_best_multipliers(&mut plan, &flowsheet, &options);
    let find = |numerator: &str, denominator: &str| {
        let mut items = plan.outcome.multipliers.iter();
        let item = items.find(|it| it.numerator == numerator && it.denominator == denominator);
        item.expect("on every basis").clone()
    };
    let pairs = [
        (
            ("final products, gross", "ore at mining cost"),
            "value(final-products) / cost(primary-feed)",
        ),
        (("all sales, gross", "ore in situ"), "value(products) / in-situ(primary-feed)"),
        (
            ("final + by-products, gross", "ore at mining cost"),
            "(value(final-products) + value(by-products)) / cost(primary-feed)",
        ),
    ];
    for ((numerator, denominator), ratio) in pairs {
        let objective = format!("flowsheet.objective={{ maximise = \"{ratio}\" }}");
        let alone = shipped::lower("beylikova-industrial", &[mine.clone(), objective]);
        let alone = outcome(&alone, Form::Condensed);
        let item = find(numerator, denominator);
        let best = item.best.expect("asked for");
        let value = best.value.expect("bounded");
        assert_relative_eq!(value, alone.objective.value, max_relative = 1e-9);
        for held in &best.held_by {
            let price = limit(&alone, &held.limit).shadow_price;
            assert_relative_eq!(held.effect, price, max_relative = 1e-6);
        }
        assert!(best.held_by.iter().any(|held| held.limit == "feed.ore.supply.min"));
    }
    for item in &plan.outcome.multipliers {
        let best = item.best.as_ref().expect("asked for");
        let now = item.multiplier.expect("all flow");
        let kept = best.kept.as_ref().expect("something flows").value;
        assert!(kept >= now * (1.0 - 1e-9), "{} {}", item.numerator, item.denominator);
        assert!(best.endless || best.value.expect("a value") >= kept * (1.0 - 1e-9));
        assert_eq!(best.endless, best.why_not.is_some());
    }
    // Nothing but scrap is needed for magnets, so that oxides can be left out.
    assert!(find("final products, gross", "separated oxides").best.expect("asked for").endless);
}
