//! `reeflow sweep`: results that do not depend on threads or interruptions, and requests that make no sense.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{TUTORIAL, path, reeflow, run};

/// A sweep of the tutorial: a price, which moves costs, and a capacity, which is a limit.
const INPUTS: [&str; 4] = [
    "--vary",
    "product.sales.price=*uniform(0.5, 1.5)",
    "--vary",
    "separator.mill.capacity=*uniform(0.5, 1.5)",
];

fn sweep(rest: &[&str]) -> Vec<String> {
    let all = ["sweep", TUTORIAL].iter().chain(&INPUTS).chain(rest);
    all.map(|&it| it.to_owned()).collect()
}

fn ran(rest: &[&str]) -> super::Ran {
    let arguments = sweep(rest);
    run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn bytes(file: &Path) -> Vec<u8> {
    std::fs::read(file).expect("it is there")
}

#[test]
fn the_table_is_the_same_at_any_number_of_threads() {
    let folder = TempDir::new().expect("a folder");
    for ending in ["parquet", "csv"] {
        let files = ["1", "3"].map(|threads| {
            let file = folder.path().join(format!("{threads}.{ending}"));
            let told = ran(&["--samples", "3000", "--threads", threads, "-o", path(&file)]);
            assert_eq!(told.code, Some(0), "{}", told.err);
            assert!(told.out.contains("3,000 have a best plan"), "{}", told.out);
            bytes(&file)
        });
        assert!(files[0] == files[1], "{ending}");
    }
}

#[test]
fn a_sweep_that_is_killed_goes_on_and_ends_as_one_that_was_not() {
    let folder = TempDir::new().expect("a folder");
    let (whole, killed) = (folder.path().join("whole.csv"), folder.path().join("killed.csv"));
    let samples = ["--samples", "120000"];
    let told = ran(&[&samples[..], &["-o", path(&whole)]].concat());
    assert_eq!(told.code, Some(0), "{}", told.err);
    let arguments = sweep(&[&samples[..], &["--threads", "1", "-o", path(&killed)]].concat());
    let mut interruptions = 0;
    for _ in 0..20 {
        let parts = || {
            let parts = std::fs::read_dir(folder.path().join("killed.csv.parts"));
            parts.map_or(0, |parts| {
                parts
                    .flatten()
                    .filter(|it| it.path().extension().is_some_and(|it| it == "parquet"))
                    .count()
            })
        };
        let before = parts();
        let mut child = start(&arguments);
        let began = Instant::now();
        // Long enough for some of it to be done, and hardly for all of it.
        while parts() < before + 3 && began.elapsed() < Duration::from_mins(1) {
            if child.try_wait().expect("it can be asked").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        if child.try_wait().expect("it can be asked").is_some() {
            break;
        }
        // SIGKILL on Unix.
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        interruptions += 1;
        if interruptions == 3 {
            break;
        }
    }
    assert!(interruptions > 0, "it was killed at least once");
    if !killed.exists() {
        let told = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(told.code, Some(0), "{}", told.err);
    }
    assert!(bytes(&whole) == bytes(&killed), "byte for byte");
    assert!(!folder.path().join("killed.csv.parts").exists(), "nothing is left over");
}

fn start(arguments: &[String]) -> std::process::Child {
    let mut command: Command = reeflow(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the tool starts")
}

#[test]
fn what_is_finished_or_something_else_is_not_overwritten() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("table.parquet");
    let again = |rest: &[&str]| ran(&[&["--samples", "300", "-o", path(&file)], rest].concat());
    assert_eq!(again(&[]).code, Some(0));
    let first = bytes(&file);
    let told = again(&[]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("--force"), "{}", told.err);
    let told = again(&["--force", "--seed", "2"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(bytes(&file) != first, "another seed");
    let told = ran(&["--samples", "300", "-o", path(&folder.path().join("table.txt"))]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("parquet"), "{}", told.err);
}

#[test]
fn requests_that_make_no_sense_say_what_to_do() {
    let cases: [(&[&str], &str); 5] = [
        (&["sweep", TUTORIAL], "there is nothing to sweep"),
        (&["sweep", TUTORIAL, "--sweep", "none"], "there is no sweep `none`"),
        (
            &[
                "sweep",
                TUTORIAL,
                "--vary",
                "product.sale.price=uniform(1 USD/t CaF2, 2 USD/t CaF2)",
            ],
            "product.sales.price",
        ),
        (&["sweep", TUTORIAL, "--vary", "product.sales.price=uniform(1 t/yr, 2 t/yr)"], "--vary"),
        (
            &[
                "sweep",
                TUTORIAL,
                "--vary",
                "product.sales.price=*uniform(1, 2)",
                "--method",
                "grid",
            ],
            "grid",
        ),
    ];
    for (arguments, part) in cases {
        let told = run(arguments);
        assert_eq!(told.code, Some(1), "{arguments:?}: {}", told.err);
        assert!(told.err.contains(part), "{arguments:?}: {}", told.err);
        assert_eq!(told.out, "");
    }
}

#[test]
fn answers_are_valid_and_indices_have_confidence() {
    let schema = std::fs::read_to_string("schemas/sweep.schema.json").expect("committed");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let told = ran(&["--method", "indices", "--samples", "2048", "--format", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let answer: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let errors: Vec<String> = validator.iter_errors(&answer).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let report = &answer["sweep"]["sweeps"][0];
    let objective = &report["outputs"][0];
    assert_eq!(objective["name"], "objective");
    // Profit is F (0.09 p - 8) with F from 300 to 900 t/yr and p from 100 to 300 USD/t: variances of 9.72 and 3 by each alone and
    // 0.81 by both together.
    let swings = objective["swings"].as_array().expect("a list");
    for (input, first, total) in
        [("product.sales.price", 9.72, 10.53), ("separator.mill.capacity", 3.0, 3.81)]
    {
        let swing = swings.iter().find(|it| it["input"] == input).expect("it varies");
        for (index, expected) in [("first", first), ("total", total)] {
            let told = &swing[index];
            let [value, low, high] =
                ["value", "low", "high"].map(|key| told[key].as_f64().expect("a number"));
            assert!(
                (value - expected / 13.53).abs() < 0.02 && low <= value && value <= high,
                "{input} {index}: {told}"
            );
        }
    }
}

#[test]
fn usage_that_makes_no_sense_is_refused_before_anything_is_solved() {
    let told = ran(&["--of", "goal.fluorit"]);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
    assert!(told.err.contains("did you mean `goal.fluorite`?"), "{}", told.err);
    let told = run(&["sweep", TUTORIAL, "--correlate", "a.b,c.d=0.5"]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("`--vary` names"), "{}", told.err);
    assert_eq!(ran(&["--threads", "0"]).code, Some(2));
}

#[test]
fn an_input_on_the_command_line_changes_the_sweep_that_is_named() {
    let plant = "flowsheets/beylikova-industrial.toml";
    let vary = "feed.ore.cost=uniform(40 USD/t, 45 USD/t)";
    let told = run(&[
        "sweep",
        plant,
        "--sweep",
        "uncertain",
        "--vary",
        vary,
        "--samples",
        "4",
        "--format",
        "json",
    ]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let answer: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let inputs = answer["sweep"]["sweeps"][0]["inputs"].as_array().expect("a list").clone();
    assert_eq!(inputs.len(), 10);
    let cost = inputs.iter().find(|it| it["name"] == "feed.ore.cost").expect("it varies");
    assert_eq!(cost["quantiles"][1]["value"], 42.5);
}

#[test]
fn a_feed_that_costs_nothing_in_some_samples_leaves_a_ratio_without_value() {
    // Moved at a median of nothing and at one of something: what is told must be the same list.
    for costs in ["list(0 USD/t, 1 USD/t)", "list(0 USD/t, 0 USD/t, 1 USD/t)"] {
        let vary = format!("feed.ore.cost={costs}");
        let told = run(&["sweep", TUTORIAL, "--vary", &vary, "--format", "json"]);
        assert_eq!(told.code, Some(0), "{}", told.err);
        let told: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        let sweep = &told["sweep"]["sweeps"][0];
        let outputs = sweep["outputs"].as_array().expect("a list");
        let named = |name: &str| outputs.iter().find(|it| it["name"] == name).expect("told");
        let samples = sweep["samples"].as_u64().expect("a count");
        let ratio = named("multiplier.final-products-gross/ore-at-mining-cost");
        assert_eq!(ratio["numbers"]["count"], 1, "the others divide by nothing");
        assert_eq!(named("objective")["numbers"]["count"], samples);
        assert!(named("supply.ore")["numbers"]["least"].as_f64().expect("a flow") >= 0.0);
    }
}

#[test]
fn what_is_not_the_number_that_was_asked_for_is_told() {
    let grid = ["sweep", TUTORIAL, "--vary", "feed.ore.cost=list(10 USD/t, 20 USD/t)"];
    let told = run(&[&grid[..], &["--samples", "50"]].concat());
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("here 2; `--samples 50`"), "{}", told.err);
    let told = ran(&["--method", "indices", "--samples", "100"]);
    assert!(told.err.contains("64 samples of 100: `indices` takes 4"), "{}", told.err);
    let told = run(&["sweep", TUTORIAL, "--scenario", "base", "--scenario", "base"]);
    assert!(told.err.contains("`--scenario base` is given twice, 1 and 2"), "{}", told.err);
    let told = run(&["sweep", TUTORIAL, "--vary", "feed.ore.cost=uniform(10 USD/t,,20 USD/t)"]);
    assert_eq!(told.code, Some(1), "a value is missing: {}", told.err);
}

#[test]
fn a_run_goes_on_with_its_own_samples_only() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out.csv");
    let parts = folder.path().join("out.csv.parts");
    std::fs::create_dir(&parts).expect("a folder");
    std::fs::write(parts.join("thesis.tex"), "years of work").expect("a file");
    let told = ran(&["--samples", "100", "-o", path(&out)]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("`thesis.tex` in it is not of a sweep"), "{}", told.err);
    assert_eq!(bytes(&parts.join("thesis.tex")), b"years of work");
    let told = ran(&["--samples", "100", "-o", path(&folder.path().join("no/x.csv"))]);
    assert!(told.err.contains("no/x.csv`: there is no such"), "{}", told.err);
}

#[test]
fn correlations_can_be_left_out_and_a_figure_varies_once() {
    let plant = "flowsheets/beylikova-industrial.toml";
    let told = run(&["sweep", plant, "--method", "indices", "--samples", "24", "--uncorrelated"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let vary = "feed.ore.cost=uniform(1 USD/t, 2 USD/t)";
    let told = run(&["sweep", TUTORIAL, "--vary", vary, "--vary", vary]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("`--vary feed.ore.cost=…` is given twice"), "{}", told.err);
}

#[test]
fn a_ratio_that_grows_without_limit_has_no_best_plan() {
    let plant = "flowsheets/beylikova-industrial.toml";
    let vary = "feed.ore.cost=uniform(10 USD/t, 20 USD/t)";
    let told =
        run(&["sweep", plant, "--vary", vary, "--samples", "4", "--maximise", "value-multiplier"]);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.out.contains("4 have no best plan"), "{}", told.out);
}
