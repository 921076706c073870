//! `reeflow solvers`, and what `--highs` names.

use super::{TUTORIAL, ran, reeflow, run};

#[test]
fn the_list_is_valid_and_complete() {
    let schema = std::fs::read_to_string("schemas/solvers.schema.json").expect("committed");
    assert_eq!(run(&["schema", "--of", "solvers"]).out, schema);
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let told = run(&["solvers", "--format", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let answer: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let errors: Vec<String> = validator.iter_errors(&answer).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let text = run(&["solvers"]);
    assert_eq!(text.code, Some(0), "{}", text.err);
    let help = run(&["solve", "--help"]).out;
    for solver in answer["solvers"]["solvers"].as_array().expect("a list") {
        let name = solver["name"].as_str().expect("a name");
        assert!(text.out.contains(name) && help.contains(&format!("- {name}:")), "{name}");
    }
}

#[test]
fn a_library_that_is_named_has_to_be_one() {
    for command in [vec!["solve", TUTORIAL], vec!["example", "list"]] {
        let mut arguments = command;
        arguments.extend(["--highs", "/nowhere/libhighs.so"]);
        let told = run(&arguments);
        assert_eq!(told.code, Some(2), "{}", told.out);
        assert!(told.err.contains("/nowhere/libhighs.so"), "{}", told.err);
    }
    // No library of HiGHS, though a file; what the environment names stops only who needs it.
    let with = |library: &str, more: &[&str]| {
        let arguments = [&["solve", TUTORIAL], more].concat();
        ran(reeflow(&arguments).env("REEFLOW_HIGHS", library).output().expect("it starts"))
    };
    let told = with("Cargo.toml", &["--solver", "highs"]);
    assert_eq!(told.code, Some(1), "{}", told.out);
    assert!(told.err.contains("Cargo.toml"), "{}", told.err);
    let told = with("/nowhere", &[]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(told.err.contains("REEFLOW_HIGHS names `/nowhere`"), "{}", told.err);
    // The list says what is wrong.
    let told = run(&["solvers", "--highs", "/nowhere/libhighs.so"]);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.out.contains("/nowhere/libhighs.so"), "{}", told.out);
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn a_plan_of_the_library_names_its_version() {
    let Some(path) = std::env::var_os("REEFLOW_HIGHS") else {
        println!("skipped: `REEFLOW_HIGHS` names no library");
        return;
    };
    let path = path.to_str().expect("UTF-8");
    for solver in ["highs", "highs-ipm"] {
        let told =
            run(&["solve", TUTORIAL, "--solver", solver, "--highs", path, "--format", "json"]);
        assert_eq!(told.code, Some(0), "{}", told.err);
        let report: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        let backend = report["outcome"]["proof"]["backend"].as_str().expect("a backend");
        assert!(backend.starts_with(&format!("{solver} 1.")), "{backend}");
    }
}
