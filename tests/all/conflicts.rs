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
    let path = format!("{}/flowsheets/{base}.toml", env!("CARGO_MANIFEST_DIR"));
    let read = Disk::open(path.as_ref()).expect("it is shipped");
    let mut sources = Sources::new();
    let request = Request { scenario, set };
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

#[test]
#[expect(clippy::print_stdout, reason = "the count is asked for")]
fn explanations_contain_what_was_broken() {
    let cases = corpus();
    assert!(cases.len() >= 40);
    let (mut named, mut by_plan, mut few) = (0, 0, 0);
    let mut unfit: Vec<String> = Vec::new();
    for case in &cases {
        let (sources, findings) = refusal(case, &case.ready);
        if let Some(findings) = findings {
            panic!(
                "`{}` has no plan before it is broken:\n{}",
                case.name,
                render(&findings, &sources, false, 100)
            );
        }
        let mut set = case.ready.clone();
        set.push(case.broken.clone());
        let (sources, findings) = refusal(case, &set);
        let Some(findings) = findings else {
            unfit.push(format!("`{}` is not broken by {}", case.name, case.broken));
            continue;
        };
        by_plan += usize::from(
            findings.iter().any(|item| matches!(item.code, Code::Infeasible | Code::Unbounded)),
        );
        let mut labels = findings.iter().flat_map(|item| &item.labels);
        let contained = labels.any(|label| {
            sources.resolve(label.span).is_some_and(|(source, _)| source.text == case.broken)
        });
        named += usize::from(contained);
        for count in replay(&case.base, None, &set, &findings) {
            few += usize::from(count < 3);
            if count < 3 {
                println!(
                    "{count} repairs: {}\n{}",
                    case.name,
                    render(&findings, &sources, false, 100)
                );
            }
        }
        if !contained {
            println!(
                "not named: `{}` ({})\n{}",
                case.name,
                case.broken,
                render(&findings, &sources, false, 100)
            );
        }
    }
    println!(
        "{named} of {} explanations contain what was broken; {by_plan} have no plan, the others are refused before",
        cases.len()
    );
    println!("{few} have fewer than three plausible repairs; all repairs were set and mend");
    assert!(unfit.is_empty(), "{}", unfit.join("\n"));
    assert!(by_plan >= 30, "{by_plan} of {}", cases.len());
    assert!(named * 10 >= cases.len() * 9, "{named} of {}", cases.len());
}
