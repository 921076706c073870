//! Plans over the years, against hand values and closed forms.

use approx::assert_relative_eq;
use reeflow::{
    analysis::{
        Outcome, Roadmap, analyse,
        debottleneck::{self, debottleneck},
        pareto::pareto,
    },
    diagnostic::Code,
    lp::Options,
    model::Form,
};

use crate::shipped;

#[path = "planning/routes.rs"]
mod routes;
#[path = "planning/stocks.rs"]
mod stocks;

fn solve(text: &str) -> Outcome {
    let plan = analyse(&shipped::lower_text(text), &Options::default(), Form::Condensed);
    plan.unwrap_or_else(|findings| panic!("{findings:?}")).outcome
}

fn roadmap(outcome: &Outcome) -> &Roadmap {
    outcome.roadmap.as_ref().expect("a plan over the years")
}

fn line<'a>(outcome: &'a Outcome, name: &str) -> &'a [f64] {
    let lines = &roadmap(outcome).cash.lines;
    lines.iter().find(|line| line.name == name).map_or(&[], |line| &line.values)
}

fn course<'a>(outcome: &'a Outcome, name: &str) -> &'a [f64] {
    let flows = &roadmap(outcome).flows;
    &flows.iter().find(|course| course.name == name).expect("a flow").values
}

const MINE: &str = r#"
[flowsheet]
title = "Ore sold"
assumed = "made up"

[feed.ore]
to = "mill"
supply = "100 t/yr"
cost = "10 USD/t"
assay.grade = { CaF2 = "100 %" }

[separator.mill]
to = { product = "sales", tailings = "dam" }
recovery.product = { CaF2 = "80 %" }

[product.sales]
price = "50 USD/t"

[waste.dam]
"#;

#[test]
fn figures_change_from_period_to_period() {
    let text = MINE
        .replace(
            r#"supply = "100 t/yr""#,
            r#"supply = { value = "100 t/yr", by-period = { 2027 = "200 t/yr" } }"#,
        )
        .replace(r#"price = "50 USD/t""#, r#"price = { value = "50 USD/t", growth = "10 %" }"#);
    let text = format!(
        "{text}\n[period]\n2025 = \"1 yr\"\n2026 = \"1 yr\"\n2027 = \"2 yr\"\n[money]\ndiscount = \"5 %\"\n"
    );
    let outcome = solve(&text);
    assert_eq!(course(&outcome, "ore"), [100.0, 100.0, 200.0]);
    // Each year by hand: 80 t at 50, 55 USD; then 160 t for two years at the mean of 60.5 and 66.55 USD.
    let revenue = [80.0 * 50.0, 80.0 * 55.0, 160.0 * (60.5 + 66.55)];
    for (found, wanted) in line(&outcome, "revenue").iter().zip(revenue) {
        assert_relative_eq!(*found, wanted, max_relative = 1e-12);
    }
    // Less 10 USD per t of ore.
    let yearly = [3000.0, 3400.0, 8164.0, 8164.0];
    let worth: f64 =
        yearly.iter().enumerate().map(|(year, cash)| cash / 1.05_f64.powf(year as f64)).sum();
    assert_relative_eq!(outcome.objective.value, worth, max_relative = 1e-12);
    assert_relative_eq!(roadmap(&outcome).finance.net_present_value, worth, max_relative = 1e-12);
    assert_eq!(outcome.objective.unit, "USD");
}

/// A mill that may be built, with taxes, overheads and what else money can do.
const BUILT: &str = r#"
[flowsheet]
title = "Ore sold"
assumed = "made up"

[money]
discount = "7 %"
base-year = 2025
escalation = "2 %"
capital-escalation = "3 %"
installation = 2
owner-cost = "10 %"
spending = ["40 %", "60 %"]
wage = "50 kUSD/yr"
overhead = { labour = "20 %", plant = "2 %", revenue = "1 %", operating = "5 %" }
royalty = "2 %"
tax = "25 %"
depreciation = "5 yr"
closure = "3 %"

[period]
PERIODS

[feed.ore]
to = "mill"
supply = "100 kt/yr"
cost = "10 USD/t"
assay.grade = { CaF2 = "100 %" }

[separator.mill]
to = { product = "sales", tailings = "dam" }
recovery.product = { CaF2 = "80 %" }
opex = "5 USD/t"
fixed-cost = "100 kUSD/yr"
operators = 4
build = { reference = { capacity = "50 kt/yr", cost = "1 MUSD", exponent = 0.6, error = "0.5 %" }, min = "5 kt/yr", max = "120 kt/yr", until = "2025", lead = "1 yr", ramp = ["50 %"] }

[product.sales]
price = "50 USD/t"

[waste.dam]
cost = "1 USD/t"
"#;

const YEARS: &str = "2025 = \"1 yr\"\n2026 = \"1 yr\"\n2027 = \"1 yr\"\n2028 = \"1 yr\"\n2029 = \"1 yr\"\n2030 = \"1 yr\"";

#[test]
#[expect(clippy::too_many_lines, reason = "every line of a cash flow")]
fn a_mill_is_built_and_every_line_is_by_hand() {
    let outcome = solve(&BUILT.replace("PERIODS", YEARS));
    let plan = roadmap(&outcome);
    let built = &plan.built[0];
    assert_relative_eq!(built.size, 100_000.0, max_relative = 1e-9);
    // The pieces follow the law of scale within what they say, and that is within what was asked for.
    let exact = 1e6 * 2.0_f64.powf(0.6);
    assert_relative_eq!(built.exact.expect("by scale"), exact, max_relative = 1e-9);
    assert!(built.error <= 0.005 && built.error > 0.0);
    assert!((built.equipment / exact - 1.0).abs() <= built.error * (1.0 + 1e-9));
    let (equipment, plant) = (built.equipment, 2.0 * built.equipment);
    let total = 1.1 * plant;
    // In the first year half of it is at hand.
    let ore = [0.0, 50_000.0, 100_000.0, 100_000.0, 100_000.0, 100_000.0];
    let (mut worth, mut loss, mut left) = (0.0, 0.0_f64, 0.0);
    for (at, ore) in ore.into_iter().enumerate() {
        let year = at as f64;
        let escalated = 1.02_f64.powf(year);
        let stands = if at > 0 { 1.0 } else { 0.0 };
        let revenue = 0.8 * ore * 50.0;
        let fixed = 100_000.0 * stands;
        let labour = 4.0 * 50_000.0 * stands;
        let disposal = 0.2 * ore;
        let own = 0.2 * labour + 0.02 * plant * stands + 0.01 * revenue;
        let overhead = own + 0.05 * (5.0 * ore + disposal + fixed + labour + own);
        let profit = revenue
            - 10.0 * ore
            - 5.0 * ore
            - disposal
            - fixed
            - labour
            - overhead
            - 0.02 * revenue;
        for (name, amount) in [
            ("revenue", revenue),
            ("feed", -10.0 * ore),
            ("operating cost", -5.0 * ore),
            ("disposal", -disposal),
            ("fixed cost", -fixed),
            ("labour", -labour),
            ("overheads", -overhead),
            ("royalty", -0.02 * revenue),
        ] {
            let found = line(&outcome, name)[at];
            assert_relative_eq!(found, escalated * amount, max_relative = 1e-9, epsilon = 1e-6);
        }
        let spent = [0.4 * total, 0.6 * total * 1.03];
        let capital = spent.get(at).copied().unwrap_or(0.0);
        assert_relative_eq!(
            line(&outcome, "capital")[at],
            -capital,
            max_relative = 1e-9,
            epsilon = 1e-6
        );
        let written = if at > 0 { spent.iter().sum::<f64>() / 5.0 } else { 0.0 };
        let taxable = escalated * profit - written - loss;
        loss = (-taxable).max(0.0);
        let tax = 0.25 * taxable.max(0.0);
        assert_relative_eq!(line(&outcome, "tax")[at], -tax, max_relative = 1e-8, epsilon = 1e-4);
        let cash = escalated * profit - capital - tax;
        assert_relative_eq!(
            line(&outcome, "cash flow")[at],
            cash,
            max_relative = 1e-8,
            epsilon = 1e-3
        );
        worth += cash / 1.07_f64.powf(year);
        left += cash;
    }
    // Closure costs what building then costs.
    let closure = 0.03 * total * 1.03_f64.powf(6.0);
    worth -= closure / 1.07_f64.powf(6.0);
    assert_relative_eq!(plan.cash.after, -closure, max_relative = 1e-9);
    assert_relative_eq!(outcome.objective.value, worth, max_relative = 1e-8);
    assert_relative_eq!(plan.finance.net_present_value, worth, max_relative = 1e-8);
    assert_relative_eq!(
        *line(&outcome, "cumulative").last().expect("a year"),
        left,
        max_relative = 1e-8
    );
    assert!(equipment > 0.0 && plan.search.is_some());
    // At its internal rate of return the plan is worth nothing, and so it is at the minimum selling price.
    let rates = &plan.finance.internal_rates;
    let mut flows: Vec<f64> = line(&outcome, "cash flow").to_vec();
    flows.push(plan.cash.after);
    let at_rate = |rate: f64| -> f64 {
        flows.iter().enumerate().map(|(at, cash)| cash / (1.0 + rate).powf(at as f64)).sum()
    };
    // What closure costs at the end makes a second one.
    assert!(!rates.is_empty() && rates.last().is_some_and(|&rate| rate > 0.07));
    for &rate in rates {
        let scale =
            flows.iter().enumerate().map(|(at, cash)| (cash / (1.0 + rate).powf(at as f64)).abs());
        assert!(at_rate(rate).abs() < 1e-6 * scale.sum::<f64>(), "{rate}");
    }
    let minimum = plan.finance.levelised[0].minimum_selling_price.expect("a price");
    let cheap =
        BUILT.replace("PERIODS", YEARS).replace("\"50 USD/t\"", &format!("\"{minimum} USD/t\""));
    let cheap = cheap
        .replace(
            "[product.sales]",
            "[product.sales]\ndemand = { min = \"1 t/yr\", max = \"80 kt/yr\" }",
        )
        .replace("min = \"1 t/yr\", max", "max");
    let cheap = cheap.replace("supply = \"100 kt/yr\"", "supply = { exactly = { value = \"0 t/yr\", by-period = { 2026 = \"50 kt/yr\", 2027 = \"100 kt/yr\" } } }");
    let worth = solve(&cheap).objective.value;
    assert!(worth.abs() < 1e-5 * total, "{worth}");
}

#[test]
fn halves_of_a_period_are_worth_what_it_was() {
    let whole = BUILT.replace("PERIODS", YEARS);
    let split = YEARS.replace(
        "2028 = \"1 yr\"",
        "2028 = \"0.5 yr\"\nlate = { from = 2028.5, length = \"0.5 yr\" }",
    );
    let halves = BUILT.replace("PERIODS", &split);
    let (whole, halves) = (solve(&whole), solve(&halves));
    assert_relative_eq!(whole.objective.value, halves.objective.value, max_relative = 1e-9);
    let all = |outcome: &Outcome| line(outcome, "tax").iter().sum::<f64>();
    assert_relative_eq!(all(&whole), all(&halves), max_relative = 1e-6);
}

#[test]
fn an_option_more_is_never_worse() {
    let plain = BUILT.replace("PERIODS", YEARS);
    let later = plain.replace("until = \"2025\", ", "");
    let train =
        plain.replace("[product.sales]", "[stockpile.heap]\nto = \"sales\"\n\n[product.sales]");
    let train = train.replace("product = \"sales\"", "product = \"heap\"");
    let worth = solve(&plain).objective.value;
    for option in [later, train] {
        assert!(solve(&option).objective.value >= worth * (1.0 - 1e-9));
    }
}

#[test]
fn the_present_worth_of_a_year_is_its_profit() {
    let plain = solve(MINE);
    assert!(plain.roadmap.is_none());
    let dated = solve(&format!("{MINE}\n[period]\n2030 = \"1 yr\"\n"));
    assert_eq!(plain.objective.value.to_bits(), dated.objective.value.to_bits());
    for (one, other) in plain.streams.iter().zip(&dated.streams) {
        assert_eq!(one.flow.to_bits(), other.flow.to_bits());
    }
}

#[test]
fn a_goal_holds_from_one_period_until_another() {
    let text = MINE.replace(
        r#"supply = "100 t/yr""#,
        r#"supply = { value = "100 t/yr", by-period = { 2027 = "200 t/yr" } }"#,
    );
    let goal =
        "[goal.output]\nmeasure = \"flow(sales)\"\nat-least = \"120 t/yr\"\nfrom = \"FROM\"\n";
    let text =
        format!("{text}\n{goal}[period]\n2025 = \"1 yr\"\n2026 = \"1 yr\"\n2027 = \"2 yr\"\n");
    let met = solve(&text.replace("FROM", "2027"));
    assert!(roadmap(&met).goals[0].met);
    let missed = solve(&text.replace("FROM", "2026"));
    let goal = &roadmap(&missed).goals[0];
    assert!(!goal.met && !goal.points[1].met && goal.points[2].met);
    assert_relative_eq!(goal.points[1].best.expect("a best value"), 80.0, max_relative = 1e-12);
    assert_eq!(goal.points[1].held_by, ["feed.ore.supply in 2026"]);
    let enforced = text.replace("FROM", "2027").replace("from =", "enforce = true\nfrom =");
    assert!(solve(&enforced).objective.value > 0.0);
}

#[test]
fn shipped_plans_are_worth_their_cash_flow() {
    for name in shipped::names() {
        let flowsheet = shipped::lower(&name, &[]);
        if !flowsheet.is_dated() {
            continue;
        }
        if flowsheet.periods.iter().any(|period| period.years != 1.0) {
            continue;
        }
        let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("a plan");
        let outcome = &plan.outcome;
        let plan = roadmap(outcome);
        let flows = line(outcome, "cash flow").iter().zip(&plan.periods);
        let rate = plan.finance.discount;
        let worth: f64 = flows
            .map(|(cash, period)| cash / (1.0 + rate).powf(period.from - plan.finance.base_year))
            .sum();
        let after = plan.periods.last().map_or(0.0, |period| period.from + period.years);
        // Only closure is paid after the last period, in the first year then.
        let worth = worth + plan.cash.after / (1.0 + rate).powf(after - plan.finance.base_year);
        assert_relative_eq!(worth, outcome.objective.value, max_relative = 1e-7);
    }
}

#[test]
fn contracts_incentives_and_what_is_paid_for_unused() {
    let text = MINE
        .replace(
            "[waste.dam]",
            "[product.sales.contract.fixed]\nprice = \"60 USD/t\"\nshare = \"50 %\"\n\
             [product.sales.contract.indexed]\npremium = \"-10 %\"\namount = { min = \"10 t/yr\" }\n\
             [goal.long-term]\nratio = { of = \"contracted(sales)\", to = \"flow(sales)\" }\nat-most = \"60 %\"\n\
             [waste.dam]",
        )
        .replace("[separator.mill]", "[separator.mill]\nincentive = \"2 USD/t\"")
        .replace("cost = \"10 USD/t\"", "cost = \"10 USD/t\"\ntake-or-pay = \"130 t/yr\"");
    let outcome = solve(&text);
    // 80 t: 40 at 60 USD, 10 at 45 USD as must be, 30 at 50 USD; 130 t of ore are paid for, 100 t get 2 USD each.
    let revenue = 40.0 * 60.0 + 10.0 * 45.0 + 30.0 * 50.0;
    assert_relative_eq!(line(&outcome, "revenue")[0], revenue, max_relative = 1e-12);
    assert_relative_eq!(line(&outcome, "feed")[0], -1300.0, max_relative = 1e-12);
    assert_relative_eq!(line(&outcome, "incentives")[0], 200.0, max_relative = 1e-12);
    assert_relative_eq!(outcome.objective.value, revenue - 1100.0, max_relative = 1e-12);
    let goal = &roadmap(&outcome).goals[0];
    assert_relative_eq!(goal.points[0].value.expect("sold"), 0.625, max_relative = 1e-12);
    assert!(!goal.met);
}

#[test]
fn a_front_leads_from_one_aim_to_the_other() {
    let text = MINE.replace("supply = \"100 t/yr\"", "supply = \"100 t/yr\"\nemission = \"2 t/t\"");
    let first = shipped::lower_text(&text);
    let other = text.replace(
        "title = \"Ore sold\"",
        "title = \"Ore sold\"\nobjective = { minimise = \"emission()\" }",
    );
    let front =
        pareto(&first, &shipped::lower_text(&other), 5, &Options::default()).expect("a front");
    // 3,000 USD at 200 t of CO2, nothing at nothing, and 15 USD per t between.
    assert_eq!(front.points.len(), 5);
    for (at, point) in front.points.iter().enumerate() {
        let share = 1.0 - at as f64 / 4.0;
        assert_relative_eq!(point.first, 3000.0 * share, epsilon = 0.01);
        assert_relative_eq!(point.second, 200.0 * share, epsilon = 0.001);
        if let Some(trade) = point.trade {
            assert_relative_eq!(trade, 15.0, max_relative = 1e-9);
        }
    }
    // An aim that agrees with the first costs nothing.
    let same = text.replace(
        "title = \"Ore sold\"",
        "title = \"Ore sold\"\nobjective = { maximise = \"flow(sales)\" }",
    );
    let front =
        pareto(&first, &shipped::lower_text(&same), 5, &Options::default()).expect("a front");
    assert_eq!(front.points.len(), 1);
}

#[test]
fn what_is_about_one_year_refuses_plans_over_several() {
    let flowsheet = shipped::lower_text(&format!("{MINE}\n[period]\n2025 = \"1 yr\"\n"));
    let told = debottleneck(&flowsheet, &Options::default(), &debottleneck::Request::default());
    let findings = told.expect_err("refused");
    assert!(findings.iter().all(|finding| finding.code == Code::SeveralPeriods));
}

#[test]
fn the_roadmap_is_judged_indicator_by_indicator() {
    let flowsheet = shipped::lower("turkiye-roadmap", &[]);
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("a plan");
    let outcome = &plan.outcome;
    let told = roadmap(outcome);
    let met: Vec<&str> =
        told.goals.iter().filter(|goal| goal.met).map(|goal| goal.name.as_str()).collect();
    assert_eq!(met, ["pilot-ore", "prototypes", "powder-share", "long-term"]);
    let goal = |name: &str| told.goals.iter().find(|goal| goal.name == name).expect("a goal");
    // 1,200 t of ore hold 21 t REO at 1.75 %; of all REO a tenth are NdPr.
    assert_relative_eq!(
        goal("pilot-reo").points[0].value.expect("a flow"),
        21.0,
        max_relative = 1e-9
    );
    let share = goal("powder-share-of-all").points[6].value.expect("a share");
    assert!((0.10..0.1115).contains(&share), "{share}");
    assert!(told.search.is_some_and(|search| search.complete && search.gap <= 1e-9));
    assert!(outcome.proof.closure <= 1e-9 && plan.solution.certificate.passes());
    assert_eq!(told.periods.len(), 12);
}

/// The mine, with a mill of so much per t/yr, in three years.
fn with_build(build: &str, money: &str) -> String {
    let mill = format!("[separator.mill]\nbuild = {build}");
    let text = MINE.replace("[separator.mill]", &mill);
    format!(
        "{text}\n[period]\n2025 = \"1 yr\"\n2026 = \"1 yr\"\n2027 = \"1 yr\"\n[money]\n{money}\n"
    )
}

#[test]
fn a_budget_is_shared_by_the_years_and_whole_trains_are_whole() {
    // A t/yr costs 10 USD and earns 30 a year; 600 USD a year build 60, then 40 more.
    let outcome = solve(&with_build("{ cost = \"10 USD/(t/yr)\" }", "budget = \"600 USD/yr\""));
    let size = |outcome: &Outcome, period: &str| -> f64 {
        let built = roadmap(outcome).built.iter().filter(|it| it.period == period);
        built.map(|it| it.size).sum()
    };
    assert_relative_eq!(size(&outcome, "2025"), 60.0, max_relative = 1e-9);
    assert_relative_eq!(size(&outcome, "2026"), 40.0, max_relative = 1e-9);
    assert_relative_eq!(
        outcome.objective.value,
        60.0 * 90.0 + 40.0 * 60.0 - 1000.0,
        max_relative = 1e-9
    );
    assert!(roadmap(&outcome).limits.iter().any(|limit| limit.path == "money.budget"));
    // Trains of 30 t/yr: three of them pass 90 t, a fourth would serve for 10 t only, which earn 900 and cost 950.
    let train = "{ train = { capacity = \"30 t/yr\", cost = \"950 USD\" }, until = \"2025\" }";
    let outcome = solve(&with_build(train, ""));
    assert_eq!(roadmap(&outcome).built[0].trains, Some(3.0));
    assert_relative_eq!(
        outcome.objective.value,
        3.0 * 90.0 * 30.0 - 3.0 * 950.0,
        max_relative = 1e-9
    );
    // After two years of life, and one of building, it stands in 2026 and 2027.
    let lived = "{ cost = \"10 USD/(t/yr)\", until = \"2025\", lead = \"1 yr\", life = \"1 yr\" }";
    let outcome = solve(&with_build(lived, ""));
    assert_eq!(course(&outcome, "ore"), [0.0, 100.0, 0.0]);
}

#[test]
fn a_choice_for_each_period_may_change() {
    let text = r#"
[flowsheet]
title = "Two ways"
assumed = "made up"

[period]
2025 = "1 yr"
2026 = "1 yr"

[feed.ore]
to = "divide"
supply = "100 t/yr"
assay.grade = { CaF2 = "100 %" }

[splitter.divide]
to = { one = "mill", other = "kiln" }

[splitter.mill]
to = { out = "powder" }
capacity = "200 t/yr"

[splitter.kiln]
to = { out = "lumps" }
capacity = "60 t/yr"

[product.powder]
price = { value = "10 USD/t", by-period = { 2026 = "2 USD/t" } }

[product.lumps]
price = "5 USD/t"

[choice.way]
one-of = ["mill", "kiln"]
"#;
    let once = solve(text);
    assert_relative_eq!(once.objective.value, 1200.0, max_relative = 1e-12);
    let each = solve(&format!("{text}per = \"period\"\n"));
    assert_relative_eq!(each.objective.value, 1300.0, max_relative = 1e-12);
    let taken = &roadmap(&each).routes[0].taken;
    assert_eq!(taken, &[Some("mill".to_owned()), Some("kiln".to_owned())]);
    // The plan of one program is that of the other.
    let flowsheet = shipped::lower_text(text);
    let whole = analyse(&flowsheet, &Options::default(), Form::Full).expect("a plan");
    assert_relative_eq!(whole.outcome.objective.value, 1200.0, max_relative = 1e-12);
}

/// What a flowsheet is refused for.
fn refused(text: &str) -> Vec<Code> {
    let mut sources = reeflow::diagnostic::Sources::new();
    let request = reeflow::document::Request::default();
    let disk = reeflow::cli::files::Disk;
    let loaded =
        reeflow::document::load("test.toml", text.as_bytes(), &request, &disk, &mut sources);
    let findings = match loaded {
        Ok(loaded) => reeflow::flowsheet::Flowsheet::lower(&loaded.document).err(),
        Err(findings) => Some(findings),
    };
    findings.iter().flat_map(|found| found.iter().map(|it| it.code)).collect()
}

#[test]
fn what_is_one_for_all_periods_cannot_change_over_them() {
    let later = "by-period = { 2026 = \"2 yr\" }";
    let build = format!("{{ cost = \"10 USD/(t/yr)\", life = {{ value = \"1 yr\", {later} }} }}");
    assert_eq!(refused(&with_build(&build, "")), [Code::BadPeriod]);
    let rate = "discount = { value = \"0 %\", by-period = { 2026 = \"10 %\" } }";
    assert_eq!(refused(&with_build("{ cost = \"10 USD/(t/yr)\" }", rate)), [Code::BadPeriod]);
    assert_eq!(
        refused(&with_build("{ cost = \"10 USD/(t/yr)\" }", "discount = \"-5 %\"")),
        [Code::OutOfRange]
    );
}

#[test]
fn more_cannot_be_in_use_than_was_sold_nor_a_stock_vanish_in_a_year() {
    let twice = "[use.one]\nof = \"sales\"\nto = \"dam\"\ncollection = \"1 %\"\nlifetime.fixed = \"1 yr\"\n";
    let twice = format!("{MINE}\n{twice}\n{}", twice.replace("use.one", "use.other"));
    assert_eq!(refused(&twice), [Code::RecoveryNotOne]);
    let heap = MINE.replace("product = \"sales\"", "product = \"heap\"");
    let heap = format!("{heap}\n[stockpile.heap]\nto = \"sales\"\nloss = \"100 %\"\n");
    assert_eq!(refused(&heap), [Code::OutOfRange]);
}

#[test]
fn a_year_like_all_others_pays_for_what_is_built() {
    let text =
        MINE.replace("[separator.mill]", "[separator.mill]\nbuild = { cost = \"10 USD/(t/yr)\" }");
    let plan = analyse(&shipped::lower_text(&text), &Options::default(), Form::Condensed);
    let findings = plan.expect_err("nothing says what a year of it costs");
    assert!(findings.iter().all(|it| it.code == Code::MissingKey));
    let lived = solve(&text.replace("(t/yr)\" }", "(t/yr)\", life = \"5 yr\" }"));
    assert_relative_eq!(lived.objective.value, 3000.0 - 100.0 * 10.0 / 5.0, max_relative = 1e-12);
    let halved = text.replace("(t/yr)\" }", "(t/yr)\", life = \"5 yr\" }\navailability = \"50 %\"");
    assert_relative_eq!(roadmap(&solve(&halved)).built[0].size, 200.0, max_relative = 1e-9);
}

#[test]
fn halves_of_a_year_share_its_budget() {
    let whole = with_build("{ cost = \"10 USD/(t/yr)\" }", "budget = \"600 USD/yr\"");
    let halves = whole.replace(
        "2026 = \"1 yr\"",
        "2026 = \"0.5 yr\"\nlate = { from = 2026.5, length = \"0.5 yr\" }",
    );
    let (whole, halves) = (solve(&whole).objective.value, solve(&halves).objective.value);
    assert_relative_eq!(whole, halves, max_relative = 1e-9);
}

#[test]
fn returns_pay_for_their_way_and_what_comes_within_a_period_waits() {
    // 100 t/yr sold in 2025 and 2026, of which all that ends its life after a year comes back, for 1 USD/t.
    let text = format!(
        "{MINE}\n[use.road]\nof = \"sales\"\nto = \"scrap\"\ncollection = \"100 %\"\nlifetime.fixed = \"1 yr\"\nopex = \"1 USD/t\"\n[product.scrap]\nprice = \"0 USD/t\"\n[period]\n2025 = \"1 yr\"\n2026 = \"1 yr\"\n"
    );
    let outcome = solve(&text);
    assert_relative_eq!(course(&outcome, "road")[1], 80.0, max_relative = 1e-12);
    assert_relative_eq!(line(&outcome, "operating cost")[1], -80.0, max_relative = 1e-12);
    // Five years of ten without a mill: flows are the same throughout, so that nothing is milled in any of them.
    let mill =
        "[separator.mill]\nbuild = { cost = \"1 USD/(t/yr)\", lead = \"5 yr\", until = \"2025\" }";
    let text = MINE.replace("[separator.mill]", mill);
    let text = format!("{text}\n[period]\n2025 = \"10 yr\"\n2035 = \"1 yr\"\n");
    let outcome = solve(&text);
    assert_eq!(course(&outcome, "ore")[0], 0.0);
    assert_relative_eq!(course(&outcome, "ore")[1], 100.0, max_relative = 1e-12);
}

#[test]
fn a_ratio_is_no_objective_among_whole_numbers() {
    let train = "{ train = { capacity = \"30 t/yr\", cost = \"950 USD\" } }";
    let text = with_build(train, "").replace(
        "title = \"Ore sold\"",
        "title = \"Ore sold\"\nobjective = { maximise = \"value(sales) / cost(all)\" }",
    );
    let plan = analyse(&shipped::lower_text(&text), &Options::default(), Form::Condensed);
    let findings = plan.expect_err("refused");
    assert!(findings.iter().all(|it| it.code == Code::NoRatio));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 16, failure_persistence: None, ..Default::default() })]

    /// Whatever the rates, halves of a year are worth what the year is, and an option more is never worse.
    #[test]
    fn halves_of_any_year_are_worth_what_it_was(
        year in 0_usize..6,
        discount in 0.0..15.0,
        escalation in 0.0..6.0,
        tax in 0.0..40.0,
        price in 30.0..80.0,
    ) {
        let text = BUILT
            .replace("discount = \"7 %\"", &format!("discount = \"{discount} %\""))
            .replace("\nescalation = \"2 %\"", &format!("\nescalation = \"{escalation} %\""))
            .replace("tax = \"25 %\"", &format!("tax = \"{tax} %\""))
            .replace("price = \"50 USD/t\"", &format!("price = \"{price} USD/t\""));
        let year = 2025 + year;
        let halves = YEARS.replace(
            &format!("{year} = \"1 yr\""),
            &format!("{year} = \"0.5 yr\"\nlate = {{ from = {year}.5, length = \"0.5 yr\" }}"),
        );
        // What is built is decided in the first period, whole or half.
        let whole = solve(&text.replace("PERIODS", YEARS)).objective.value;
        let split = solve(&text.replace("PERIODS", &halves)).objective.value;
        let size = whole.abs().max(1e5);
        proptest::prop_assert!((whole - split).abs() <= 1e-7 * size, "{} {}", whole, split);
        let later = text.replace("until = \"2025\", ", "").replace("PERIODS", YEARS);
        proptest::prop_assert!(solve(&later).objective.value >= whole - 1e-7 * size);
    }
}
