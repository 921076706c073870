//! Proofs in rational arithmetic: every shipped flowsheet has one, and none survives a changed digit.
//!
//! `cargo test --test all exact -- --nocapture` prints the counts.

#![expect(clippy::print_stdout, reason = "the counts are asked for")]

use proptest::prelude::*;
use reeflow::{
    analysis::{Exactly, Plan, Wanted, analyse, analyse_exactly},
    cli::files::Disk,
    diagnostic::{Code, Diagnostics, Sources},
    document::{Request, load},
    exact::{Hint, Proof, Refusal, prove as prove_from, recheck},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
    report::json::{Report, Saved},
};

use crate::{
    command_line::run,
    oracle::generate::{Style, generate},
    shipped,
};

fn read(text: &str) -> (Flowsheet, Sources) {
    let mut sources = Sources::new();
    let loaded = load("test.toml", text.as_bytes(), &Request::default(), &Disk, &mut sources)
        .expect("it loads");
    (Flowsheet::lower(&loaded.document).expect("it is sound").0, sources)
}

fn exactly(flowsheet: &Flowsheet, sources: &Sources) -> (Result<Plan, Diagnostics>, Exactly) {
    analyse_exactly(flowsheet, sources, &Options::default(), Form::Condensed, Wanted::default())
}

/// Proves a flowsheet and checks the proof; whether it has a plan.
fn prove(name: &str, flowsheet: &Flowsheet, sources: &Sources) -> bool {
    let (plan, Exactly { proof, finding }) = exactly(flowsheet, sources);
    assert_eq!(finding, None, "{name}");
    let proof = proof.unwrap_or_else(|| panic!("{name} is not proven"));
    assert_eq!(recheck(flowsheet, sources, &proof, None), Ok(()), "{name}");
    match (&proof, plan) {
        (Proof::Optimal { objective, .. }, Ok(plan)) => {
            let solved = analyse(flowsheet, &Options::default(), Form::Condensed).expect("solved");
            let (found, wanted) = (objective.rounded, solved.solution.objective);
            assert!((found - wanted).abs() <= 1e-9 * wanted.abs(), "{name}: {found}, {wanted}");
            assert_eq!(plan.outcome.objective.value, found, "{name}");
            assert!(plan.solution.certificate.passes(), "{name}");
            true
        }
        (Proof::Infeasible { multipliers }, Err(findings)) => {
            assert!(!multipliers.is_empty(), "{name}");
            assert!(findings.iter().any(|item| item.code == Code::Infeasible), "{name}");
            false
        }
        (proof, _) => panic!("{name}: plan and proof disagree: {proof:?}"),
    }
}

#[test]
fn all_shipped_flowsheets_and_their_scenarios_are_proven() {
    let (mut plans, mut contradictions) = (0, 0);
    for name in shipped::names() {
        let mut scenarios = vec![None];
        // The world takes seconds each time where nothing is optimised: once is enough.
        let all = shipped::scenarios(&name).into_iter().filter(|_| name != "world-2024");
        scenarios.extend(all.map(|(scenario, _)| Some(scenario)));
        for scenario in scenarios {
            let (flowsheet, sources) = shipped::read(&name, scenario.as_deref());
            if flowsheet.is_planned() {
                continue;
            }
            let name = format!("{name} {}", scenario.unwrap_or_default());
            if prove(&name, &flowsheet, &sources) { plans += 1 } else { contradictions += 1 }
        }
    }
    println!("proven exactly: {plans} optima and {contradictions} contradictions");
    assert!(plans >= 18 && contradictions >= 3, "{plans}, {contradictions}");
}

#[test]
fn best_ratios_are_proven() {
    for ratio in [
        "{ maximise = \"secondary-share\" }",
        "{ minimise = \"profit() / (value(final-products) + value(by-products))\" }",
        "{ maximise = \"value(final-products) / (cost(primary-feed) + cost(secondary-feed))\" }",
    ] {
        let set = [format!("flowsheet.objective={ratio}")];
        let (flowsheet, sources) = shipped::read_with("beylikova-industrial", None, &set);
        prove(ratio, &flowsheet, &sources);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_flowsheets_are_proven(seed in any::<u64>(), size in 1_usize..7) {
        let text = generate(seed, size, Style::PLAIN);
        let (flowsheet, sources) = read(&text);
        prove(&text, &flowsheet, &sources);
    }
}

#[test]
fn a_basis_is_a_hint_and_no_premise() {
    for name in shipped::names() {
        let (flowsheet, sources) = shipped::read(&name, None);
        if flowsheet.is_planned() {
            continue;
        }
        let (_, Exactly { proof: Some(hinted), .. }) = exactly(&flowsheet, &sources) else {
            panic!("{name} is proven");
        };
        let junk = Hint { basis: vec!["supply(nothing)".to_owned()], conflict: Vec::new() };
        for hint in [Hint::default(), junk] {
            let (found, _) = prove_from(&flowsheet, &sources, &hint, None).expect("proven");
            match (&hinted, &found) {
                (Proof::Optimal { objective, .. }, Proof::Optimal { objective: other, .. }) => {
                    assert_eq!(objective, other, "{name}");
                }
                other => panic!("{name}: {other:?}"),
            }
            assert_eq!(recheck(&flowsheet, &sources, &found, None), Ok(()), "{name}");
        }
    }
}

/// A mill of two ores, in numbers that no double holds.
const MILL: &str = r#"
    [flowsheet]
    title = "t"
    assumed = "test"
    [species.gangue]
    [feed.rich]
    to = "sales"
    supply = "0.1 t/yr"
    assay = { grade = { CaF2 = "30 %" }, rest = "gangue" }
    [feed.poor]
    to = "sales"
    supply = "1 lb/d"
    cost = "0.1 USD/kg"
    assay = { grade = { CaF2 = 0.1 }, rest = "gangue" }
    [product.sales]
    price = "7 USD/t CaF2"
"#;

#[test]
fn numbers_are_those_that_were_written() {
    let (flowsheet, sources) = read(MILL);
    let (_, Exactly { proof: Some(Proof::Optimal { objective, .. }), .. }) =
        exactly(&flowsheet, &sources)
    else {
        panic!("it is proven");
    };
    // By hand: the poor ore costs 100 USD/t and brings 0.7; 0.1 · 0.3 · 7 of the rich one.
    assert_eq!(objective.exact, "21/100");
    let text = MILL.replace("0.1 USD/kg", "0 USD/kg");
    let (flowsheet, sources) = read(&text);
    let (_, Exactly { proof: Some(Proof::Optimal { objective, .. }), .. }) =
        exactly(&flowsheet, &sources)
    else {
        panic!("it is proven");
    };
    // … + 365 · 0.00045359237 · 0.1 · 7 = 0.115892850535, a pound being 0.45359237 kg.
    assert_eq!(objective.exact, "65178570107/200000000000");
    assert_eq!(objective.rounded, 0.325_892_850_535);
}

#[test]
fn limits_that_contradict_each_other_by_less_than_rounding_do() {
    // The two are one double, and two decimal numbers.
    let tight = MILL
        .replace("\"0.1 t/yr\"", "{ min = \"0.10000000000000000001 t/yr\", max = \"0.1 t/yr\" }");
    let (flowsheet, sources) = read(&tight);
    let (plan, Exactly { proof, finding }) = exactly(&flowsheet, &sources);
    assert!(plan.is_ok(), "in doubles there is a plan");
    let finding = finding.expect("a warning");
    assert!(finding.message.contains("has no plan"), "{}", finding.message);
    let proof = proof.expect("proven");
    assert!(matches!(proof, Proof::Infeasible { .. }));
    assert_eq!(recheck(&flowsheet, &sources, &proof, None), Ok(()));
}

#[test]
fn a_proof_past_its_time_says_so_and_leaves_the_certificate() {
    let (flowsheet, sources) = shipped::read("beylikova-industrial", None);
    let (plan, Exactly { proof, .. }) = exactly(&flowsheet, &sources);
    let now = Some(std::time::Instant::now());
    let proof = proof.expect("proven");
    assert_eq!(recheck(&flowsheet, &sources, &proof, now), Err(Refusal::TimeLimit));
    let none = prove_from(&flowsheet, &sources, &Hint::default(), now);
    assert_eq!(none.map(|(proof, _)| proof), Err(Refusal::TimeLimit));
    assert!(plan.expect("a plan").solution.certificate.passes());
}

/// Whether a result holds for the texts that are read now; with `trusting`, whatever digests say.
fn holds(text: &str, flowsheet: &Flowsheet, sources: &Sources, trusting: bool) -> bool {
    let Ok(saved) = Saved::read(text) else { return false };
    let Some(proof) = &saved.proof else { return false };
    (trusting || saved.changes(sources).is_empty())
        && saved.contradictions().is_empty()
        && recheck(flowsheet, sources, proof, None).is_ok()
}

/// The text with another digit at a place.
fn mutated(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'9' { b'1' } else { bytes[at] + 1 };
    String::from_utf8(bytes).expect("digits are ASCII")
}

fn digits(text: &str) -> Vec<usize> {
    text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at).collect()
}

fn result(flowsheet: &Flowsheet, sources: &Sources) -> String {
    let (plan, Exactly { proof, .. }) = exactly(flowsheet, sources);
    let outcome = plan.as_ref().ok().map(|plan| &plan.outcome);
    Report::new(&Diagnostics::new(), sources, outcome).proven(proof.as_ref()).to_json()
}

#[test]
fn no_changed_digit_of_a_result_passes() {
    for (name, every) in [("tutorial/06-goal-and-bottleneck", 1), ("beylikova-industrial", 293)] {
        let (flowsheet, sources) = shipped::read(name, None);
        let text = result(&flowsheet, &sources);
        assert!(holds(&text, &flowsheet, &sources, false), "{name}");
        let mut tried = 0;
        for at in digits(&text).into_iter().step_by(every) {
            let changed = mutated(&text, at);
            assert!(!holds(&changed, &flowsheet, &sources, false), "{name}: {}", &text[at..at + 9]);
            tried += 1;
        }
        println!("{name}: {tried} changed digits of the result, all found");
        assert!(tried > 100, "{name}: {tried}");
    }
}

#[test]
fn a_forged_digest_does_not_save_a_forged_number() {
    let (flowsheet, sources) = shipped::read("beylikova-industrial", None);
    let text = result(&flowsheet, &sources);
    let parsed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let places = [
        "/outcome/objective/value",
        "/outcome/streams/0/species/1/flow",
        "/exact/objective/exact",
        "/exact/objective/rounded",
        "/exact/decisions/0/value",
        "/exact/flows/17/flow",
        "/exact/flows/17/worth",
        "/exact/shadow_prices/5/price",
        "/exact/basis/0",
    ];
    for place in places {
        let mut forged = parsed.clone();
        let value = forged.pointer_mut(place).unwrap_or_else(|| panic!("{place} is there"));
        *value = match value {
            serde_json::Value::Number(number) => {
                let number = number.as_f64().expect("finite");
                // The next double.
                serde_json::json!(if number == 0.0 {
                    1e-9
                } else {
                    f64::from_bits(number.to_bits() + 1)
                })
            }
            serde_json::Value::String(text) => serde_json::json!(text.replace('1', "2") + "0"),
            other => panic!("{place}: {other}"),
        };
        let text = forged.to_string();
        assert!(!holds(&text, &flowsheet, &sources, true), "{place}");
    }
    assert!(holds(&parsed.to_string(), &flowsheet, &sources, true));
    // Every digit of the proof itself, of a small result.
    let (flowsheet, sources) = shipped::read("tutorial/06-goal-and-bottleneck", None);
    let text = result(&flowsheet, &sources);
    assert!(holds(&text, &flowsheet, &sources, true));
    let start = text.find("\"exact\": {\n    \"status\"").expect("it is there");
    let mut tried = 0;
    for at in digits(&text).into_iter().filter(|&at| at > start) {
        let changed = mutated(&text, at);
        assert!(!holds(&changed, &flowsheet, &sources, true), "{}", &text[at..]);
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn no_changed_digit_of_a_flowsheet_passes() {
    let name = "tutorial/06-goal-and-bottleneck";
    let (flowsheet, sources) = shipped::read(name, None);
    let text = result(&flowsheet, &sources);
    let written = std::fs::read_to_string(format!("flowsheets/{name}.toml")).expect("readable");
    let saved = Saved::read(&text).expect("a result");
    let base = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved");
    let (mut tried, mut refuted) = (0, 0);
    for at in digits(&written) {
        let mut changed = Sources::new();
        let loaded = load(
            "changed.toml",
            mutated(&written, at).as_bytes(),
            &Request::default(),
            &Disk,
            &mut changed,
        );
        assert!(!saved.changes(&changed).is_empty(), "{}", &written[at..]);
        tried += 1;
        let lowered = loaded.ok().and_then(|loaded| Flowsheet::lower(&loaded.document).ok());
        let Some((changed_flowsheet, _)) = lowered else { continue };
        let proof = saved.proof.as_ref().expect("proven");
        let holds = recheck(&changed_flowsheet, &changed, proof, None).is_ok();
        refuted += usize::from(!holds);
        // Whatever moves the optimum is found without any digest.
        let solved = analyse(&changed_flowsheet, &Options::default(), Form::Condensed);
        let before = base.outcome.objective.value;
        let same = solved.is_ok_and(|plan| {
            (plan.outcome.objective.value - before).abs() <= 1e-12 * before.abs()
        });
        assert!(same || !holds, "{}", &written[at..]);
    }
    println!(
        "{name}: {tried} changed digits of the flowsheet, all found; {refuted} change the plan"
    );
    assert!(tried > 20 && refuted > 5, "{tried}, {refuted}");
}

#[test]
fn the_tool_verifies_what_it_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let saved = folder.path().join("result.json");
    let saved = saved.to_str().expect("UTF-8");
    let sheet = "flowsheets/beylikova-industrial.toml";
    let price = "product.magnets.price=59.7 USD/kg";
    let solve = ["solve", sheet, "--scenario", "low-price", "--set", price, "--exact"];
    let ran = run(&[&solve[..], &["--format", "json", "-o", saved]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = run(&["verify", saved, sheet]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.starts_with("Proven in rational arithmetic: the plan is optimal"),
        "{}",
        ran.out
    );
    let other = "flowsheets/tutorial/01-splitter.toml";
    let ran = run(&["verify", saved, other]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(
        ran.err.contains(&format!("is a result of `{sheet}`, not of `{other}`")),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("help: name the flowsheet that was solved"), "{}", ran.err);
    assert!(ran.err.contains("\n1 error\n"), "{}", ran.err);
    let ran = run(&["verify", sheet, saved]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("name the result first"), "{}", ran.err);

    let text = std::fs::read_to_string(saved).expect("written");
    std::fs::write(saved, text.replacen("59.7 USD", "59.8 USD", 1)).expect("writable");
    let ran = run(&["verify", saved, sheet]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("error[proof-refuted]"), "{}", ran.err);

    let ran =
        run(&["solve", sheet, "--scenario", "claim", "--exact", "--format", "json", "-o", saved]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("note[proven-exactly]"), "{}", ran.err);
    let ran = run(&["verify", saved, sheet]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("there is no plan"), "{}", ran.out);

    let ran = run(&["solve", sheet, "--format", "json", "-o", saved]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = run(&["verify", saved, sheet]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("--exact"), "{}", ran.err);
}

#[test]
fn plans_over_the_years_are_not_proven_in_silence() {
    let name = "validation/magnet-recycling-routes";
    let (flowsheet, sources) = shipped::read(name, None);
    let (plan, Exactly { proof, finding }) = exactly(&flowsheet, &sources);
    assert!(plan.is_ok() && proof.is_none() && finding.is_some());
}
