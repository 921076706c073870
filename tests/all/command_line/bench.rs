//! `reeflow bench`: flowsheets from a seed, runs in processes of their own.

use serde_json::Value;

use super::{TUTORIAL, folder, path, ran, reeflow, run};

/// A path without any other tool on it.
fn alone(arguments: &[&str]) -> super::Ran {
    ran(reeflow(arguments).env("PATH", "").output().expect("the tool starts"))
}

#[test]
fn a_seed_makes_the_same_flowsheet_each_time_and_it_can_be_solved() {
    let folder = folder();
    let file = folder.path().join("small.toml");
    let written = run(&["bench", "generate", "--seed", "7", "-o", path(&file)]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    let text = std::fs::read_to_string(&file).expect("written");
    assert_eq!(run(&["bench", "generate", "--seed", "7"]).out, text);
    assert_ne!(run(&["bench", "generate", "--seed", "8"]).out, text);
    let checked = run(&["check", path(&file)]);
    assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""));
}

#[test]
fn a_generated_program_is_that_of_the_exported_flowsheet() {
    let folder = folder();
    let file = folder.path().join("plant.toml");
    let shape = ["--operations", "24", "--products", "3", "--periods", "2", "--recycles", "1"];
    let generate = |more: &[&str]| {
        let arguments: Vec<&str> =
            ["bench", "generate"].iter().chain(&shape).chain(more).copied().collect();
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out
    };
    std::fs::write(&file, generate(&[])).expect("writable");
    let export = |more: &[&str]| {
        let arguments = ["export", path(&file), "--to", "mps"];
        run(&arguments.iter().chain(more).copied().collect::<Vec<_>>()).out
    };
    assert_eq!(generate(&["--condensed-mps"]), export(&[]));
    assert_eq!(generate(&["--mps"]), export(&["--uncondensed"]));
}

#[test]
fn every_solver_that_is_compiled_in_has_a_certified_row_in_each_form() {
    let told = alone(&["bench", TUTORIAL, "--runs", "2", "--format", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let answer: Value = serde_json::from_str(&told.out).expect("JSON");
    let schema = std::fs::read_to_string("schemas/bench.schema.json").expect("committed");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(&answer).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let bench = &answer["bench"];
    let entries = bench["entries"].as_array().expect("entries");
    for solver in ["auto", "simplex", "microlp", "clarabel"] {
        for form in ["uncondensed", "condensed"] {
            let entry = entries
                .iter()
                .find(|entry| entry["task"]["solver"] == solver && entry["task"]["form"] == form);
            let entry = entry.unwrap_or_else(|| panic!("{solver} {form} was not measured"));
            assert_eq!(entry["counts"], true, "{entry}");
            assert_eq!(entry["agrees"], true, "{entry}");
            let runs = entry["runs"].as_array().expect("runs");
            assert_eq!(runs.len(), 2);
            for run in runs {
                // By hand, in the flowsheet's own words.
                let objective = run["objective"].as_f64().expect("a number");
                assert!((objective - 6000.0).abs() < 1e-3, "{objective}");
                let total = run["total"].as_f64().expect("a number");
                let phases = ["read", "lower", "build", "solve", "certify"];
                let parts: f64 = phases.iter().filter_map(|phase| run[phase].as_f64()).sum();
                assert!(parts > 0.0 && parts <= total, "{run}");
            }
        }
    }
    assert!(bench["machine"]["processors"].as_u64() > Some(0));
    assert_eq!(bench["version"], env!("CARGO_PKG_VERSION"));
    let absent = bench["absent"].to_string();
    assert!(absent.contains("glpsol"), "{absent}");
}

#[test]
fn csv_has_the_columns_of_the_open_energy_benchmark() {
    let told = alone(&[
        "bench",
        TUTORIAL,
        "--solver",
        "simplex",
        "--form",
        "condensed",
        "--runs",
        "1",
        "--format",
        "csv",
    ]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let lines: Vec<&str> = told.out.lines().collect();
    assert_eq!(
        lines[0],
        "Benchmark,Size,Solver,Solver Version,Solver Release Year,Status,Termination Condition,Runtime (s),\
         Memory Usage (MB),Objective Value,Max Integrality Violation,Duality Gap,Reported Runtime (s),Timeout,Hostname,\
         Run ID,Timestamp,VM Instance Type,VM Zone,Solver benchmark version"
    );
    assert_eq!(lines.len(), 2);
    assert!(lines[1].starts_with("06-goal-and-bottleneck,"), "{}", lines[1]);
    assert!(lines[1].contains(",simplex-condensed,") && lines[1].contains(",ok,optimal,"));
}

#[test]
fn several_sizes_have_a_score_and_growth() {
    let told = alone(&[
        "bench",
        TUTORIAL,
        "--size",
        "small",
        "--solver",
        "simplex,clarabel",
        "--runs",
        "1",
        "--width",
        "160",
    ]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    for words in ["06-goal-and-bottleneck", "small", "All cases", "Growth", "clarabel"] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    // The columns of the tutorial's one limit, mine and mill.
    assert!(told.out.contains("uncondensed: "), "{}", told.out);
}

#[test]
fn what_has_no_plan_or_no_time_does_not_count() {
    let folder = folder();
    let broken = "tests/fixtures/broken/infeasible.toml";
    for (file, more, words) in
        [(broken, &[][..], "no plan"), (TUTORIAL, &["--time-limit", "0.000001"], "time limit")]
    {
        let output = folder.path().join("told.txt");
        let mut arguments = vec!["bench", file, "--solver", "simplex", "-o", path(&output)];
        arguments.extend(more);
        let ran = alone(&arguments);
        assert_eq!(ran.code, Some(1), "{file}: {}", ran.err);
        let told = std::fs::read_to_string(&output).expect("written");
        assert!(told.contains(words) && !told.contains('✓'), "{words}: {told}");
    }
}

#[test]
fn what_is_no_sound_flowsheet_is_told_before_anything_is_measured() {
    let ran = alone(&["bench", "tests/fixtures/broken/wrong-dimension.toml", TUTORIAL]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("wrong-dimension") && ran.out.is_empty(), "{}", ran.err);
}

#[test]
fn what_cannot_be_measured_ends_with_2() {
    for arguments in [
        &["bench", "nowhere.toml"][..],
        &["bench", "--size", "huge"],
        &["bench", TUTORIAL, "--solver", "cplex"],
        &["bench", TUTORIAL, "--solver", "glpsol"],
        &["bench", TUTORIAL, "--runs", "0"],
        &["bench", TUTORIAL, "--shift", "-1"],
        &["bench", "generate", "--operations", "3"],
        &["bench", "generate", "--species", "2"],
        &["bench", "generate", "--recycles", "2"],
        &["bench", "generate", "--mps", "--condensed-mps"],
    ] {
        let ran = alone(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{arguments:?}");
    }
}

/// A tool on the path that claims an optimum of the tutorial, and is wrong, or says nothing at all.
#[cfg(unix)]
#[test]
fn another_tool_is_not_believed() {
    use std::os::unix::fs::PermissionsExt as _;
    for (script, words) in [
        (
            "while [ \"$1\" != --write ]; do shift; done; echo 's bas 1 1 f f 0' > \"$2\"",
            "certificate fails",
        ),
        ("exit 1", "failed"),
        ("sleep 30", "time limit"),
    ] {
        let folder = folder();
        let tool = folder.path().join("glpsol");
        let script = format!(
            "#!/bin/sh\ncase \"$1\" in --version) echo GLPSOL 5.0; exit;; esac\n{script}\n"
        );
        std::fs::write(&tool, script).expect("writable");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&tool, mode).expect("it is ours");
        let path = format!("{}:/usr/bin:/bin", path(folder.path()));
        let arguments =
            ["bench", TUTORIAL, "--solver", "glpsol", "--time-limit", "2", "--form", "condensed"];
        let told = ran(reeflow(&arguments).env("PATH", path).output().expect("the tool starts"));
        assert_eq!(told.code, Some(1), "{}", told.err);
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
}
