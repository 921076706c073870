//! Flowsheets that are broken in a known way: the explanation must contain what was broken.
//!
//! `cargo test --test all conflicts -- --nocapture` prints the count.

use reeflow::{
    analysis::analyse,
    cli::{files::Disk, render::render},
    diagnostic::{Code, Diagnostics, Sources},
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

/// Solves a case with some settings: the findings if there is no plan.
fn refusal(case: &Case, set: &[String]) -> (Sources, Option<Diagnostics>) {
    let path = format!("{}/flowsheets/{}.toml", env!("CARGO_MANIFEST_DIR"), case.base);
    let read = Disk::open(path.as_ref()).expect("it is shipped");
    let mut sources = Sources::new();
    let request = Request { scenario: None, set };
    let loaded = load(&read.name, &read.bytes, &request, &Disk, &mut sources);
    let findings = match loaded.map(|loaded| Flowsheet::lower(&loaded.document)) {
        Ok(Ok((flowsheet, _))) => analyse(&flowsheet, &Options::default(), Form::Condensed).err(),
        Ok(Err(findings)) | Err(findings) => Some(findings),
    };
    (sources, findings)
}

#[test]
#[expect(clippy::print_stdout, reason = "the count is asked for")]
fn explanations_contain_what_was_broken() {
    let cases = corpus();
    assert!(cases.len() >= 40);
    let (mut named, mut by_plan) = (0, 0);
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
    assert!(unfit.is_empty(), "{}", unfit.join("\n"));
    assert!(by_plan >= 30, "{by_plan} of {}", cases.len());
    assert!(named * 10 >= cases.len() * 9, "{named} of {}", cases.len());
}
