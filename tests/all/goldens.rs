//! Numbers that a user may have written down: the optimum of every shipped flowsheet, and the verdict on its claims.

use rayon::prelude::*;
use reeflow::{
    analysis::analyse,
    cli::{files::Disk, render::render},
    diagnostic::{Code, Sources},
    document::{Request, load},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
    report::terminal::{self, Section, Style},
};

use crate::shipped;

/// The answer to each shipped flowsheet as it is and in each scenario, a line each: name, scenario, objective or the code
/// of the refusal, goals that are met.
const GOLDENS: &str = "tests/goldens.txt";

/// One line of them.
fn line(name: &str, scenario: &str, flowsheet: &Flowsheet) -> String {
    let plan = match analyse(flowsheet, &Options::default(), Form::Condensed) {
        Ok(plan) => plan,
        Err(found) => {
            let code = found.iter().next().expect("a finding").code;
            return format!("{name} {scenario} {} -", code.name());
        }
    };
    assert!(plan.solution.certificate.passes(), "{name} {scenario}");
    assert!(plan.outcome.proof.closure <= 1e-9, "{name} {scenario}");
    let met: Vec<String> = match &plan.outcome.roadmap {
        Some(roadmap) => {
            roadmap.goals.iter().filter(|goal| goal.met).map(|goal| goal.name.clone()).collect()
        }
        None => {
            plan.outcome.goals.iter().filter(|goal| goal.met).map(|it| it.name.clone()).collect()
        }
    };
    let met = if met.is_empty() { "none".to_owned() } else { met.join(",") };
    format!("{name} {scenario} {:?} {met}", plan.solution.objective)
}

#[test]
fn every_flowsheet_and_scenario_answers_as_before() {
    let cases: Vec<(String, String, Flowsheet)> = shipped::names()
        .into_iter()
        .flat_map(|name| {
            let base = ("base".to_owned(), shipped::lower(&name, &[]));
            let all = std::iter::once(base).chain(shipped::scenarios(&name));
            all.map(|(scenario, it)| (name.clone(), scenario, it)).collect::<Vec<_>>()
        })
        .collect();
    let lines: Vec<String> =
        cases.par_iter().map(|(name, scenario, it)| line(name, scenario, it)).collect();
    if std::env::var_os("REEFLOW_UPDATE").is_some() {
        std::fs::write(GOLDENS, lines.join("\n") + "\n").expect("writable");
    }
    let kept = std::fs::read_to_string(GOLDENS).unwrap_or_default();
    let kept: Vec<&str> = kept.lines().collect();
    assert_eq!(kept.len(), lines.len(), "run once with REEFLOW_UPDATE=1 and look at the change");
    for (kept, found) in kept.iter().zip(&lines) {
        let parts = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
        let (kept_parts, found_parts) = (parts(kept), parts(found));
        let same = |at: usize| kept_parts[at] == found_parts[at];
        let near = match (kept_parts[2].parse::<f64>(), found_parts[2].parse::<f64>()) {
            (Ok(kept), Ok(found)) => (kept - found).abs() <= 1e-8 * kept.abs(),
            _ => same(2),
        };
        assert!(same(0) && same(1) && near && same(3), "{kept}\n{found}");
    }
}

/// What is refused in a scenario of the Beylikova flowsheet, drawn.
fn refusal(scenario: &str) -> (Vec<Code>, String) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/flowsheets/beylikova-industrial.toml");
    let read = Disk::open(path.as_ref()).expect("it is shipped");
    let mut sources = Sources::new();
    let request = Request { scenario: Some(scenario), ..Request::default() };
    let loaded = load(&read.name, &read.bytes, &request, &Disk, &mut sources).expect("it loads");
    let (flowsheet, _) = Flowsheet::lower(&loaded.document).expect("it is sound");
    match analyse(&flowsheet, &Options::default(), Form::Condensed) {
        Ok(_) => (Vec::new(), String::new()),
        Err(found) => {
            (found.iter().map(|item| item.code).collect(), render(&found, &sources, false, 400))
        }
    }
}

#[test]
fn ten_kilotonnes_of_oxide_are_more_than_the_ore_holds() {
    let (codes, text) = refusal("claim");
    assert_eq!(codes, [Code::Infeasible]);
    assert!(text.contains("wants at least 10 kt/yr, but at most 5.322 kt/yr"), "{text}");
    assert!(text.contains("hold at most 9,975 t/yr REO"), "{text}");
    assert!(text.contains("recovery of 100.3 %"), "{text}");
}

#[test]
fn at_the_higher_grade_the_claim_is_judged_again() {
    let (codes, text) = refusal("claim-grade-2.9");
    assert_eq!(codes, [Code::Infeasible]);
    assert!(text.contains("at most 8.82 kt/yr"), "{text}");
    assert!(text.contains("recovery of 60.5 %"), "{text}");
    let (codes, text) = refusal("claim-grade-3.48");
    assert!(codes.is_empty(), "{text}");
}

#[test]
fn who_runs_short_under_licences_is_told_with_the_worth_of_each() {
    let (flowsheet, _) = shipped::read("world-2024", Some("export-licence"));
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved");
    let style = Style { width: 400, ..Style::default() };
    let sections = [Section::Goals, Section::Bottlenecks];
    let text = terminal::render(&plan.outcome, &sections, true, &style);
    let line = |start: &str, holds: &str| {
        let found = text.lines().find(|line| line.starts_with(start) && line.contains(holds));
        found.unwrap_or_else(|| panic!("{start} … {holds}: {text}")).to_owned()
    };
    for (element, worth) in [
        ("sm", "2,520 USD/t"),
        ("gd", "29.7 USD/kg"),
        ("tb", "1,010 USD/kg"),
        ("dy", "589.8 USD/kg"),
        ("lu", "887.7 USD/kg"),
        ("y", "8,700 USD/t"),
    ] {
        let limit = format!("splitter.china-{element}.to.usa.limit");
        let short = line(&format!("usa-{element} "), &limit);
        assert!(short.ends_with(worth) && short.contains(" 7"), "{short}");
        for region in ["usa", "rest", "other"] {
            let limit = format!("splitter.china-{element}.to.{region}.limit");
            let rank = text.lines().find(|line| {
                line.starts_with(|sign: char| sign.is_ascii_digit()) && line.contains(&limit)
            });
            assert!(rank.is_some(), "{limit}: {text}");
        }
    }
    assert!(!text.contains("more that bind"), "{text}");
}

#[test]
fn turbines_may_last_25_years_give_or_take_5() {
    let name = concat!(env!("CARGO_MANIFEST_DIR"), "/flowsheets/evs-and-wind-2035.toml");
    let text = std::fs::read_to_string(name).expect("it is shipped");
    let (fixed, normal) = (
        "lifetime.fixed = \"25 yr\"",
        "lifetime.normal = { mean = \"25 yr\", deviation = \"5 yr\" }",
    );
    assert_eq!(text.matches(fixed).count(), 1);
    let text = text.replace(fixed, normal);
    let mut sources = Sources::new();
    let loaded = load(name, text.as_bytes(), &Request::default(), &Disk, &mut sources);
    let (flowsheet, _) = Flowsheet::lower(&loaded.expect("it loads").document).expect("sound");
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed);
    let plan = plan.unwrap_or_else(|found| panic!("{}", render(&found, &sources, false, 200)));
    // Some of what was sold in 2010 comes back by 2035, so that it is worth a little more than with all alike.
    assert!((plan.solution.objective / 37_945_965_166.0 - 1.0).abs() < 1e-2);
}
