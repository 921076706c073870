//! Flowsheets that are broken in a known way: the explanation must contain what was broken.
//!
//! `cargo test --test all conflicts -- --nocapture` prints the count.

use reeflow::{
    analysis::analyse,
    cli::{files::Disk, render::render},
    diagnostic::{Code, Diagnostics, Explanation, RepairKind, Sources},
    document::{Request, load},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
};
use serde::Deserialize;

use crate::shipped;

#[derive(Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    base: String,
    #[serde(default)]
    ready: Vec<String>,
    broken: String,
}

fn corpus() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/conflicts.toml");
    let text = std::fs::read_to_string(path).expect("it is there");
    toml::from_str::<Corpus>(&text).expect("it is well formed").case
}

/// Solves a shipped flowsheet as a user would: the objective, or why there is no plan.
fn solve(
    base: &str,
    scenario: Option<&str>,
    set: &[String],
) -> (Sources, Result<f64, Diagnostics>) {
    let path = match base.strip_prefix("fixtures/") {
        Some(name) => {
            format!("{}/tests/fixtures/conflicts/{name}.toml", env!("CARGO_MANIFEST_DIR"))
        }
        None => format!("{}/flowsheets/{base}.toml", env!("CARGO_MANIFEST_DIR")),
    };
    let read = Disk::open(path.as_ref()).expect("it is shipped");
    let mut sources = Sources::new();
    let request = Request { scenario, set, ..Request::default() };
    let loaded = load(&read.name, &read.bytes, &request, &Disk, &mut sources);
    let answer = loaded.and_then(|loaded| {
        let (flowsheet, _) = Flowsheet::lower(&loaded.document)?;
        let plan = analyse(&flowsheet, &Options::default(), Form::Condensed)?;
        Ok(plan.outcome.objective.value)
    });
    (sources, answer)
}

/// Solves a case with some settings: the findings if there is no plan.
fn refusal(case: &Case, set: &[String]) -> (Sources, Option<Diagnostics>) {
    let (sources, answer) = solve(&case.base, None, set);
    (sources, answer.err())
}

/// Sets each repair as it is told: the flowsheet then has a plan, and that objective. The number of plausible repairs
/// of each conflict. Where several conflicts are told, each repair mends only its own.
fn replay(
    base: &str,
    scenario: Option<&str>,
    set: &[String],
    findings: &Diagnostics,
) -> Vec<usize> {
    let explained = || findings.iter().filter_map(|item| item.explanation.as_deref());
    let conflicts = explained().filter(|it| !it.conflict.is_empty()).count();
    for repair in explained().flat_map(|it| &it.repairs).filter(|_| conflicts == 1) {
        let changes = repair.changes.iter().map(|it| format!("{}={}", it.path, it.to));
        let set: Vec<String> = set.iter().cloned().chain(changes).collect();
        let (sources, answer) = solve(base, scenario, &set);
        let objective = answer.unwrap_or_else(|findings| {
            panic!("{base}: {set:?} does not mend:\n{}", render(&findings, &sources, false, 100))
        });
        let size = objective.abs().max(1.0);
        assert!(
            (objective - repair.objective).abs() <= 1e-6 * size,
            "{base}: {set:?}: {objective}"
        );
    }
    let plausible = |it: &Explanation| {
        let kinds = it.repairs.iter().map(|repair| repair.kind);
        kinds.filter(|kind| *kind <= RepairKind::Process).count()
    };
    explained().filter(|it| !it.conflict.is_empty()).map(plausible).collect()
}

#[test]
fn every_repair_told_of_the_shipped_flowsheet_mends_it_when_it_is_set() {
    let base = "beylikova-industrial";
    let mut told = Vec::new();
    for scenario in ["powder-of-all-reo", "claim", "claim-without-losses", "claim-grade-2.9"] {
        let findings = solve(base, Some(scenario), &[]).1.expect_err("no plan");
        told.extend(replay(base, Some(scenario), &[], &findings));
    }
    // The capacity of the press is a table that also says of what.
    let set = ["product.magnets.demand={min=\"2600 t/yr\"}", "feed.ore.supply=1200 kt/yr"];
    let set = set.map(str::to_owned);
    let findings = solve(base, None, &set).1.expect_err("no plan");
    told.extend(replay(base, None, &set, &findings));
    assert_eq!(told.len(), 5);
}

/// What is told of a case.
struct Told {
    /// The number of plausible repairs of each conflict.
    repairs: Vec<usize>,
    by_plan: bool,
    unbounded: bool,
    named: bool,
    drawn: String,
}

fn tell(case: &Case) -> Told {
    let (sources, findings) = refusal(case, &case.ready);
    if let Some(findings) = findings {
        let drawn = render(&findings, &sources, false, 100);
        panic!("`{}` has no plan before it is broken:\n{drawn}", case.name);
    }
    let mut set = case.ready.clone();
    set.push(case.broken.clone());
    let (sources, findings) = refusal(case, &set);
    let Some(findings) = findings else {
        panic!("`{}` is not broken by {}", case.name, case.broken);
    };
    let is = |code: Code| findings.iter().any(|item| item.code == code);
    let mut labels = findings.iter().flat_map(|item| &item.labels);
    let named = labels.any(|label| {
        sources.resolve(label.span).is_some_and(|(source, _)| source.text == case.broken)
    });
    Told {
        repairs: replay(&case.base, None, &set, &findings),
        by_plan: is(Code::Infeasible) || is(Code::Unbounded),
        unbounded: is(Code::Unbounded),
        named,
        drawn: render(&findings, &sources, false, 100),
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the count is asked for")]
fn explanations_contain_what_was_broken() {
    let cases = corpus();
    assert!(cases.len() >= 40);
    let told: Vec<Told> = std::thread::scope(|scope| {
        let half = cases.len().div_ceil(2);
        let work =
            |cases| scope.spawn(move || -> Vec<Told> { Iterator::map(cases, tell).collect() });
        let work: Vec<_> = cases.chunks(half).map(|cases| work(cases.iter())).collect();
        work.into_iter().flat_map(|it| it.join().expect("no case is unfit")).collect()
    });
    for (case, told) in cases.iter().zip(&told) {
        if !told.named {
            println!("not named: `{}` ({})\n{}", case.name, case.broken, told.drawn);
        }
        for count in told.repairs.iter().filter(|&&count| count < 3) {
            println!("{count} plausible repairs: `{}`\n{}", case.name, told.drawn);
        }
    }
    let count = |is: &dyn Fn(&Told) -> bool| told.iter().filter(|it| is(it)).count();
    let (named, by_plan) = (count(&|it| it.named), count(&|it| it.by_plan));
    let unbounded = count(&|it| it.unbounded);
    let few = count(&|it| it.repairs.iter().any(|&count| count < 3));
    println!(
        "{named} of {} explanations contain what was broken; {by_plan} have no plan ({unbounded} of them without \
         limit), the others are refused before",
        cases.len()
    );
    println!("all repairs were set and mend; {few} have fewer than three that are plausible");
    assert!(by_plan >= 30, "{by_plan} of {}", cases.len());
    assert!(unbounded >= 4, "{unbounded}");
    assert!(named * 10 >= cases.len() * 9, "{named} of {}", cases.len());
    assert!(few <= 3, "{few}");
}

/// The first explanation of a fixture with some settings, drawn at a width.
fn draw(base: &str, scenario: Option<&str>, set: &[&str], width: usize) -> String {
    let set: Vec<String> = set.iter().map(|&setting| setting.to_owned()).collect();
    let (sources, answer) = solve(base, scenario, &set);
    render(&answer.expect_err("no plan"), &sources, false, width)
}

/// The text without its line breaks.
fn words(drawn: &str) -> String {
    drawn.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_half_of_all_reo_asks_for_is_told_in_the_units_of_the_goal() {
    let drawn = draw("beylikova-industrial", Some("powder-of-all-reo"), &[], 100);
    for told in [
        "wants at least 50 %, but at most 10.77 % can be reached",
        // NdPr with traces of Ce and Sm, as solvent extraction leaves them.
        "`ndpr.metal` can hold CeO2, Pr6O11 and 2 more only",
        "of which at most 17.94 % gets there: 10.78 % of the whole",
        "from 50 % to 10.77 %",
        "no other single change within a plausible range mends it",
    ] {
        assert!(words(&drawn).contains(told), "{told} is not in:\n{drawn}");
    }
    // The flowsheet without any demand of samarium has no answer, and other ores no place here.
    assert!(!drawn.contains("demand.min` from") && !drawn.contains("97.5"), "{drawn}");
}

#[test]
fn conflicts_that_have_nothing_in_common_are_told_one_by_one() {
    let set = ["product.sales-one.demand.min=50 t/yr", "product.sales-two.demand.min=60 t/yr"];
    let (_, answer) = solve("fixtures/two-mills", None, &set.map(str::to_owned));
    let findings = answer.expect_err("no plan");
    let conflicts: Vec<Vec<&str>> = findings
        .iter()
        .filter_map(|item| item.explanation.as_deref())
        .map(|it| it.conflict.iter().map(|claim| claim.path.as_str()).collect())
        .collect();
    let mill = |name: &str| format!("product.sales-{name}.demand.min");
    assert_eq!(conflicts.len(), 2);
    for (conflict, own, other) in [(&conflicts[0], "two", "one"), (&conflicts[1], "one", "two")] {
        assert!(conflict.contains(&mill(own).as_str()), "{conflicts:?}");
        assert!(!conflict.contains(&mill(other).as_str()), "{conflicts:?}");
    }
    let drawn = draw("fixtures/two-mills", None, &set, 100);
    let (_, together) = drawn.split_once("all are mended together by").expect("told");
    assert!(together.contains(&mill("one")) && together.contains(&mill("two")), "{drawn}");
    // What is told of both mends both.
    let reach = |at: usize| {
        let it = findings.iter().filter_map(|item| item.explanation.as_deref()).nth(at);
        let change = &it.expect("told").repairs[0].changes[0];
        format!("{}={}", change.path, change.to)
    };
    let set: Vec<String> = set.map(str::to_owned).into_iter().chain([reach(0), reach(1)]).collect();
    solve("fixtures/two-mills", None, &set).1.expect("mended");
}

#[test]
fn each_of_several_conflicts_is_told_also_if_no_repair_mends_them_together() {
    let goals = ["magnets", "claimed-reo", "claimed-revenue", "value-multiplier"];
    let set = goals.map(|goal| format!("goal.{goal}.enforce=true"));
    let findings = solve("beylikova-industrial", None, &set).1.expect_err("no plan");
    let explained = findings.iter().filter_map(|item| item.explanation.as_deref());
    let mut paths: Vec<&str> =
        explained.clone().flat_map(|it| &it.conflict).map(|claim| claim.path.as_str()).collect();
    assert_eq!(explained.filter(|it| !it.conflict.is_empty()).count(), 2);
    let count = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), count, "no statement is in two conflicts");
    // Parts that are a whole with the others are not miswritten.
    let mut help = findings.iter().filter_map(|item| item.help.as_deref());
    assert!(help.all(|help| !help.contains("Nd2O3` from 7.69 to 30")));
}

#[test]
fn what_earns_without_limit_is_told_with_its_prices() {
    let drawn = draw("fixtures/blend", None, &["blender.melt.buy.Fe.supply={min=\"0 t/yr\"}"], 100);
    for told in [
        "bought at this, without end",
        "sold at this, without end",
        "this sets no upper limit",
        "each t bought (Fe for `melt` at 1 USD/kg) earns 5,000 USD/t as `sales` and costs 1,000 USD/t in all",
        "a gain of 4,000 USD/t without limit",
        "write one of `blender.melt.buy.Fe.supply`, `product.sales.demand`",
    ] {
        assert!(words(&drawn).contains(told), "{told} is not in:\n{drawn}");
    }
}

#[test]
fn a_repair_is_told_from_what_was_written() {
    let set = ["feed.ore.supply={exactly=\"16 t/yr\"}", "separator.mill.capacity=16.0001 t/yr"];
    let less = ["feed.ore.supply={exactly=\"16.0001 t/yr\"}", "separator.mill.capacity=16 t/yr"];
    assert!(solve("tutorial/06-goal-and-bottleneck", None, &set.map(str::to_owned)).1.is_ok());
    let drawn = draw("tutorial/06-goal-and-bottleneck", None, &less, 100);
    assert!(drawn.contains("`separator.mill.capacity` from 16 t/yr to 16.0001 t/yr"), "{drawn}");
    assert!(drawn.contains("from 16.0001 t/yr to 16 t/yr"), "{drawn}");
}

#[test]
fn a_repair_of_many_limits_tells_how_far_the_others_go() {
    let mut text = String::from(
        r#"
        [flowsheet]
        title = "six mills, one after the other"
        assumed = "made up"
        [feed.ore]
        to = "mill0"
        supply = "1000 t/yr"
        assay.grade = { CaF2 = "100 %" }
        [product.sales]
        price = "1 USD/t"
        demand = { min = "150 t/yr" }
        "#,
    );
    let mill = |at: usize| {
        let next = if at < 5 { format!("mill{}", at + 1) } else { "sales".to_owned() };
        format!(
            "[separator.mill{at}]\nto = {{ on = \"{next}\", lost = \"dam\" }}\n\
             recovery.on = {{ CaF2 = \"99.99 %\" }}\ncapacity = \"100 t/yr\"\n"
        )
    };
    text.extend((0..6).map(mill));
    text += "[waste.dam]\n";
    let flowsheet = shipped::lower_text(&text);
    let findings = analyse(&flowsheet, &Options::default(), Form::Condensed).expect_err("no plan");
    let found = findings.iter().next().expect("told");
    let repairs = &found.explanation.as_ref().expect("explained").repairs;
    assert!(repairs.iter().any(|repair| repair.changes.len() == 6), "{repairs:?}");
    let help = found.help.as_deref().expect("told");
    assert!(help.contains("and 2 further limits by at most 50."), "{help}");
    assert!(help.contains("(`--format json` names them)"), "{help}");
}
