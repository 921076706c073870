//! Ratios, as a user asks for them.

use super::{TUTORIAL, run};

const RATIO: &str = "flowsheets/tutorial/08-ratio.toml";

#[test]
fn what_is_optimised_can_be_asked_for_without_editing_a_file() {
    let first = |arguments: &[&str]| {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out.lines().nth(1).unwrap_or_default().to_owned()
    };
    let least = first(&["solve", RATIO, "--minimise", "cost(all) / flow(sales)"]);
    assert!(least.starts_with("least cost(all) ÷ flow(sales) 8.333 USD/t, proven"), "{least}");
    let goal =
        first(&["solve", RATIO, "--set", "flowsheet.objective=profit", "--maximise", "multiplier"]);
    assert!(goal.starts_with("greatest value(sales) ÷ cost(primary-feed) 4.8, proven"), "{goal}");
    // A goal that is no ratio, and a measure.
    let measure = first(&["solve", TUTORIAL, "--maximise", "fluorite"]);
    assert_eq!(measure, first(&["solve", TUTORIAL, "--maximise", "flow(sales, CaF2)"]));
    let both = run(&["solve", RATIO, "--maximise", "multiplier", "--minimise", "multiplier"]);
    assert_eq!(both.code, Some(2), "{}", both.err);
    let odd = run(&["solve", RATIO, "--maximise", r#"value("sales\") / flow(sales)"#]);
    assert_eq!(odd.code, Some(1), "{}", odd.err);
    assert!(odd.err.contains("error[") && odd.err.contains("--set"), "{}", odd.err);
}

#[test]
fn a_change_of_the_objective_is_compared() {
    let ran = run(&["compare", RATIO, "--maximise", "profit()"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("the two plans have different objectives"), "{}", ran.out);
    assert!(ran.out.contains("deep     20 t/yr   90 t/yr   +70 t/yr"), "{}", ran.out);
}

#[test]
fn the_program_of_a_ratio_is_exported_with_what_its_objective_means() {
    for (format, mark) in [("lp", "\\"), ("mps", "*")] {
        let ran = run(&["export", RATIO, "--to", format]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let head =
            format!("{mark} The objective is the best value(sales) / cost(primary-feed) = 4.8");
        assert!(ran.out.starts_with(&head) && ran.out.is_ascii(), "{}", ran.out);
        assert!(ran.out.contains("-4.8") || ran.out.contains("- 4.8"), "{}", ran.out);
    }
    let endless = run(&["export", RATIO, "--to", "lp", "--maximise", "value(sales) / cost(pit)"]);
    assert_eq!((endless.code, endless.out.as_str()), (Some(1), ""));
    assert!(
        endless.err.contains("grows without limit as `cost(pit)` goes to 0"),
        "{}",
        endless.err
    );
}

#[test]
fn best_multipliers_are_told_as_text_and_as_data() {
    let arguments = ["solve", "flowsheets/beylikova-industrial.toml", "--show", "best-multipliers"];
    let text = run(&arguments);
    assert_eq!(text.code, Some(0), "{}", text.err);
    assert!(text.out.contains("÷ ore in situ: grows without limit"), "{}", text.out);
    assert!(
        text.out.contains("with at least as much of the column as in this plan"),
        "{}",
        text.out
    );
    let schema = std::fs::read_to_string("schemas/report.schema.json").expect("committed");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let report = |arguments: &[&str]| -> serde_json::Value {
        let report = serde_json::from_str(&run(arguments).out).expect("JSON");
        assert!(validator.is_valid(&report));
        report
    };
    let asked = report(&[&arguments[..], &["--format", "json"]].concat());
    let first = &asked["outcome"]["multipliers"][0]["best"];
    assert_eq!(first["endless"], true);
    assert!(first["kept"]["value"].as_f64() > Some(7.0), "{first}");
    let ratio = report(&["solve", RATIO, "--format", "json"]);
    assert!(ratio["outcome"]["multipliers"][0]["best"].is_null(), "it was not asked for");
    let proof = &ratio["outcome"]["proof"]["ratio"];
    let (one, other) = (proof["charnes-cooper"].as_f64(), proof["dinkelbach"].as_f64());
    assert!((one.expect("told") - other.expect("told")).abs() < 1e-9, "{proof}");
}

#[test]
fn ratios_in_the_readme_are_those_that_are_printed() {
    let readme = std::fs::read_to_string("README.md").expect("it is there");
    let told = |arguments: &[&str], numbers: &[&str]| {
        let ran = run(&[&["solve", "flowsheets/beylikova-industrial.toml"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        for number in numbers {
            assert!(ran.out.contains(number) && readme.contains(number), "{number}: {}", ran.out);
        }
    };
    told(&["--show", "best-multipliers"], &["7.218", "1.18"]);
    let mine = |rate| format!("feed.ore.supply.min={rate} kt/yr");
    let cost = ["--minimise", "cost(all) / flow(magnets)"];
    told(&["--set", &mine(100), "--maximise", "value-multiplier"], &["12.63"]);
    told(&cost, &["26,370 USD/t"]);
    told(&[&["--set", &mine(570)][..], &cost].concat(), &["45,030 USD/t"]);
}
