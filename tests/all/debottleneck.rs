//! The path of bottlenecks, against values known by hand.

use approx::assert_relative_eq;
use reeflow::{
    analysis::debottleneck::{Debottleneck, EndOfPath, Request, debottleneck},
    diagnostic::Code,
    lp::Options,
    measure::Units,
};

use crate::shipped;

fn follow(request: &Request) -> Debottleneck {
    let flowsheet = shipped::lower("tutorial/07-debottleneck", &[]);
    debottleneck(&flowsheet, &Options::default(), request).expect("it has a path")
}

fn budget(text: &str) -> Request {
    let budget = Units::new("USD").parse(text).expect("a quantity");
    Request { budget: Some(budget), ..Request::default() }
}

/// The limits that grow in a step, and to what.
fn grown(told: &Debottleneck, step: usize) -> Vec<(&str, f64)> {
    let grows = told.steps[step].grows.iter();
    let mut list: Vec<_> = grows.map(|growth| (growth.limit.as_str(), growth.to)).collect();
    list.sort_by(|a, b| a.0.cmp(b.0));
    list
}

#[test]
fn money_goes_first_where_it_earns_most() {
    let told = follow(&budget("1000 USD"));
    assert_eq!(told.end, EndOfPath::BudgetSpent);
    assert_eq!(told.steps.len(), 2);
    assert_eq!(grown(&told, 0).len(), 1);
    assert_relative_eq!(told.steps[0].grows[0].to, 12.0, max_relative = 1e-9);
    let worth = told.steps[0].grows[0].worth.expect("it leads");
    assert_relative_eq!(worth, 40.0, max_relative = 1e-9);
    assert_relative_eq!(told.steps[0].cost.expect("priced"), 200.0, max_relative = 1e-9);
    assert_relative_eq!(told.steps[0].payback.expect("it pays"), 2.5, max_relative = 1e-9);
    let limits: Vec<&str> = grown(&told, 1).into_iter().map(|(limit, _)| limit).collect();
    assert_eq!(limits, ["separator.mill.capacity", "separator.smelter.capacity"]);
    assert_relative_eq!(told.steps[1].payback.expect("it pays"), 10.0, max_relative = 1e-9);
    assert_eq!(told.steps[1].newly_binding, ["separator.smelter.capacity"]);
    assert_relative_eq!(told.reached, 560.0, max_relative = 1e-9);
}

#[test]
fn more_money_than_helps_stops_at_the_market() {
    let told = follow(&budget("10000 USD"));
    assert_eq!(told.end, EndOfPath::NothingHelps);
    assert_relative_eq!(told.reached, 640.0, max_relative = 1e-9);
    let held: Vec<&str> = told.held_by.iter().map(|held| held.limit.as_str()).collect();
    assert_eq!(held, ["product.market.demand"]);
}

#[test]
fn a_goal_ends_the_path_within_a_segment() {
    let told = follow(&Request { goal: Some("sales".to_owned()), ..Request::default() });
    assert!(told.met);
    assert_eq!(told.end, EndOfPath::TargetMet);
    assert_relative_eq!(told.reached, 15.0, max_relative = 1e-9);
    assert_relative_eq!(told.steps[1].objective, 600.0, max_relative = 1e-7);
    // By share: the mill takes 20 % to 12 t/yr, then mill and smelter 30 and 25 %.
    assert_relative_eq!(told.steps[0].to, 0.2, max_relative = 1e-9);
    assert_relative_eq!(told.steps[1].to, 0.2 + 0.3 + 0.25, max_relative = 1e-9);
    let met = Request { goal: Some("margin".to_owned()), ..Request::default() };
    assert!(follow(&met).met && follow(&met).steps.is_empty());
}

#[test]
fn a_target_out_of_reach_is_told_with_what_holds_it() {
    let request = Request {
        goal: Some("margin".to_owned()),
        target: Units::new("USD").parse("45 USD/t").ok(),
        ..Request::default()
    };
    let told = follow(&request);
    assert!(!told.met);
    assert_eq!(told.end, EndOfPath::NothingHelps);
    assert_relative_eq!(told.reached, 40.0, max_relative = 1e-9);
}

#[test]
fn one_limit_is_followed_in_its_own_unit() {
    let request = Request { limits: vec!["mill".to_owned()], ..Request::default() };
    let told = follow(&request);
    assert_eq!(told.counted_in, "t/yr");
    assert_relative_eq!(told.steps[0].to, 2.0, max_relative = 1e-9);
    assert_eq!((told.steps.len(), told.end), (1, EndOfPath::NothingHelps));
}

#[test]
fn names_and_budgets_that_make_no_sense_are_refused() {
    let flowsheet = shipped::lower("tutorial/07-debottleneck", &[]);
    let code = |request: &Request| {
        let refused = debottleneck(&flowsheet, &Options::default(), request);
        let found = refused.expect_err("it makes no sense");
        found.iter().next().expect("a finding").code
    };
    let goal = Request { goal: Some("sale".to_owned()), ..Request::default() };
    assert_eq!(code(&goal), Code::UnknownGoal);
    let limit = Request { limits: vec!["mil".to_owned()], ..Request::default() };
    assert_eq!(code(&limit), Code::UnknownLimit);
    let power = Units::new("USD").parse("3 kWh").ok();
    let power = Request { goal: Some("sales".to_owned()), target: power, ..Request::default() };
    assert_eq!(code(&power), Code::WrongDimension);
    assert_eq!(code(&budget("3 kWh")), Code::WrongDimension);
    assert_eq!(code(&budget("-3 USD")), Code::OutOfRange);
    let target = Request { target: Units::new("USD").parse("3 t/yr").ok(), ..Request::default() };
    assert_eq!(code(&target), Code::UnknownGoal);
}

#[test]
fn every_step_of_a_shipped_flowsheet_holds_when_solved_again() {
    for name in ["beylikova-industrial", "tutorial/06-goal-and-bottleneck"] {
        let flowsheet = shipped::lower(name, &[]);
        let goals = flowsheet.goals.iter().map(|goal| Some(goal.name.clone()));
        for goal in goals.chain([None]) {
            let request = Request { goal, ..Request::default() };
            let told = debottleneck(&flowsheet, &Options::default(), &request).expect("a path");
            assert!(told.worst_difference < 1e-9, "{name}: {}", told.worst_difference);
            // What helps most comes first.
            let mut slope = f64::INFINITY;
            let mut from = told.start;
            for step in told.steps.iter().filter(|_| !told.ratio) {
                let now = (step.value - from).abs() / (step.to - step.from);
                assert!(now <= slope * (1.0 + 1e-9), "{name}: {now} after {slope}");
                (slope, from) = (now, step.value);
            }
        }
    }
}

/// Two ores, of which the dearer one is taken last.
const DEARER: &str = r#"
    [flowsheet]
    title = "a dearer ore"
    assumed = "made up"
    [feed.one]
    to = "sales"
    supply = "80 t/yr"
    cost = "5 USD/t"
    assay.grade = { Nd2O3 = "100 %" }
    [feed.two]
    to = "sales"
    supply = "50 t/yr"
    cost = "6 USD/t"
    assay.grade = { Nd2O3 = "100 %" }
    [product.sales]
    price = "40 USD/t"
    demand = "100 t/yr"
    [goal.two]
    measure = "flow(two)"
    at-least = "30 t/yr"
"#;

#[test]
fn a_goal_that_another_plan_meets_needs_no_growth() {
    let request = Request { goal: Some("two".to_owned()), ..Request::default() };
    let told = debottleneck(&shipped::lower_text(DEARER), &Options::default(), &request);
    let told = told.expect("followed");
    // By hand: 80 × 35 + 20 × 34 = 3480 now, 70 × 35 + 30 × 34 = 3470 then.
    assert!(told.met && told.steps.is_empty());
    assert_relative_eq!(told.start, 20.0, max_relative = 1e-12);
    assert_relative_eq!(told.replanned, 30.0, max_relative = 1e-9);
    assert_relative_eq!(told.start_objective, 3480.0, max_relative = 1e-12);
    assert_relative_eq!(told.replanned_objective, 3470.0, max_relative = 1e-9);
}

#[test]
fn a_specification_is_followed_along_its_curve() {
    let text = std::fs::read_to_string("flowsheets/tutorial/05-specification.toml");
    let text = text.expect("readable").replace("\"500 t/yr\"", "\"60 t/yr\"");
    let third = "[feed.dregs]\nto = \"sales\"\nsupply = \"80 t/yr\"\ncost = \"1 USD/t\"\n\
                 assay = { grade = { CaF2 = \"5 %\" }, rest = \"gangue\" }\n";
    let goal = "[goal.tonnage]\nmeasure = \"flow(sales)\"\nat-least = \"180 t/yr\"\n";
    let text = text.replace("{ min = \"30 %\" }", "{ min = \"33 %\" }") + third + goal;
    let flowsheet = shipped::lower_text(&text);
    let follow = |goal: Option<&str>| {
        let limits = vec!["sales.specification".to_owned()];
        let goal = goal.map(str::to_owned);
        let request = Request { goal, limits, ..Request::default() };
        debottleneck(&flowsheet, &Options::default(), &request).expect("followed")
    };
    // By hand: all of the poor ore fits at 52 ÷ 160, all of the dregs at 56 ÷ 240; then nothing more is to be had.
    let told = follow(None);
    assert_eq!(told.end, EndOfPath::NothingHelps);
    let ends: Vec<f64> = told.steps.iter().map(|step| step.grows[0].to).collect();
    assert_relative_eq!(ends[..], [52.0 / 160.0, 56.0 / 240.0], max_relative = 1e-9);
    let binds: Vec<&str> =
        told.steps.iter().flat_map(|step| &step.newly_binding).map(String::as_str).collect();
    assert_eq!(binds, ["feed.poor.supply", "feed.dregs.supply"]);
    assert_relative_eq!(
        told.reached,
        100.0 * 50.0 + 60.0 * 90.0 + 80.0 * 99.0,
        max_relative = 1e-9
    );
    // 20 t/yr of dregs: 53 ÷ 180.
    let told = follow(Some("tonnage"));
    assert!(told.met);
    assert_relative_eq!(told.reached, 180.0, max_relative = 1e-9);
    let last = &told.steps.last().expect("two steps").grows[0];
    assert_relative_eq!(last.to, 53.0 / 180.0, max_relative = 1e-9);
    assert_eq!(last.unit, "share");
}

#[test]
fn limits_that_grow_together_are_worth_what_they_are_together() {
    let flowsheet = shipped::lower("tutorial/07-debottleneck", &[]);
    let told = debottleneck(&flowsheet, &Options::default(), &Request::default());
    let told = told.expect("followed");
    let mut together = 0;
    let mut before = told.replanned;
    for step in &told.steps {
        let first = &step.grows[0];
        let worth = first.worth.expect("it leads");
        assert_relative_eq!(
            worth * (first.to - first.from),
            step.value - before,
            max_relative = 1e-9
        );
        assert!(step.grows[1..].iter().all(|growth| growth.worth.is_none()));
        together += usize::from(step.grows.len() > 1);
        before = step.value;
    }
    assert!(together > 0);
}
