//! What `check`, `compare`, `debottleneck`, `goals`, `sensitivity` and `sources` answer, on the command line.

use super::{TUTORIAL, folder, path, run, written};

#[test]
fn json_answers_are_valid_whether_there_is_a_plan_or_not() {
    for (command, more) in [
        ("compare", vec!["--set", "product.sales.price=300 USD/t CaF2"]),
        ("debottleneck", vec!["--goal", "fluorite"]),
        ("goals", vec![]),
        ("sensitivity", vec![]),
        ("sources", vec![]),
    ] {
        let schema = std::fs::read_to_string(format!("schemas/{command}.schema.json"));
        let printed = run(&["schema", "--of", command]);
        assert_eq!(printed.out, *schema.as_ref().expect("committed"));
        let schema = serde_json::from_str(&schema.expect("committed")).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        for file in [TUTORIAL, "tests/fixtures/broken/infeasible.toml"] {
            let mut arguments = vec![command, file, "--format", "json"];
            match command {
                _ if file == TUTORIAL => arguments.extend(&more),
                "compare" => arguments.push(TUTORIAL),
                _ => (),
            }
            let ran = run(&arguments);
            let answer = serde_json::from_str(&ran.out).expect(&ran.err);
            let errors: Vec<String> =
                validator.iter_errors(&answer).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{command} {file}: {errors:?}");
            assert_eq!(answer["schema"], format!("reeflow-{command}-1"));
            assert_eq!(answer[command].is_null(), file != TUTORIAL, "{command} {file}");
        }
    }
}

#[test]
fn saved_results_are_named_and_divided_while_their_flowsheet_is_as_it_was() {
    let folder = folder();
    let text = std::fs::read(TUTORIAL).expect("it is shipped");
    let plant = written(&folder, "plant.toml", &text);
    let [monday, friday] = ["monday.json", "friday.json"].map(|name| folder.path().join(name));
    let solve = |to: &std::path::Path, more: &[&str]| {
        let mut arguments = vec!["solve", path(&plant), "--format", "json", "-o", path(to)];
        arguments.extend(more);
        assert_eq!(run(&arguments).code, Some(0));
    };
    solve(&monday, &[]);
    solve(&friday, &["--set", "product.sales.price=300 USD/t CaF2"]);
    let told = run(&["compare", path(&monday), path(&friday)]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    for words in ["monday.json", "friday.json", "product.sales.price=300", "Which input did it"] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    let told = run(&["compare", path(&plant), path(&friday)]);
    assert!(told.out.contains("Which input did it"), "{}", told.out);
    std::fs::write(&plant, [&text[..], b"# changed\n"].concat()).expect("writable");
    let told = run(&["compare", path(&monday), path(&friday)]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let words = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("is not the text that was solved"), "{words}");
    std::fs::remove_file(&plant).expect("there");
    let told = run(&["compare", path(&monday), path(&friday)]);
    let words = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("there is no `"), "{words}");
    // A saved result has no scenarios, and cannot be changed.
    for more in [["@claim"].as_slice(), &["--set", "product.sales.price=300 USD/t CaF2"]] {
        let mut arguments = vec!["compare", path(&monday)];
        arguments.extend(more);
        let refused = run(&arguments);
        assert_eq!(refused.code, Some(2));
        assert!(refused.err.contains("is a saved result"), "{}", refused.err);
        assert!(refused.err.lines().count() < 4, "{}", refused.err);
    }
}

#[test]
fn currencies_are_not_mixed() {
    let folder = folder();
    let text = std::fs::read_to_string(TUTORIAL).expect("it is shipped").replace("USD", "EUR");
    let euro = written(&folder, "euro.toml", text.as_bytes());
    let refused = run(&["compare", TUTORIAL, path(&euro)]);
    assert_eq!(refused.code, Some(2), "{}", refused.out);
    assert!(refused.err.contains("counts in USD"), "{}", refused.err);
}

#[test]
fn what_the_time_limit_cuts_is_not_told_as_found() {
    for command in ["solve", "goals", "debottleneck", "sensitivity"] {
        let told = run(&[command, TUTORIAL, "--time-limit", "0.000000001"]);
        assert_eq!(told.code, Some(1), "{command}: {}", told.out);
        assert!(told.err.contains("--time-limit"), "{command}: {}", told.err);
        for claim in ["cannot", "contradict", "without end", "nothing more helps"] {
            assert!(!told.out.contains(claim), "{command}: {}", told.out);
        }
    }
}

#[test]
fn claims_are_answered_in_all_formats() {
    let broken = "tests/fixtures/broken/infeasible.toml";
    let ran = run(&["--quiet", "check", TUTORIAL, broken, "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let schema = std::fs::read_to_string("schemas/check.schema.json").expect("committed");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&answer).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let checked = &answer["check"];
    assert_eq!((&checked[0]["solved"], &checked[1]["solved"]), (&true.into(), &false.into()));
    assert_eq!(checked[0]["claims"][0]["goal"], "fluorite");
    assert_eq!(checked[0]["claims"][0]["verdict"], "depends-on");
    let codes: Vec<&str> = answer["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    assert!(codes.contains(&"goal-missed") && codes.contains(&"infeasible"), "{codes:?}");

    let folder = folder();
    let file = folder.path().join("claims.md");
    let ran = run(&["check", TUTORIAL, "--format", "markdown", "-o", path(&file)]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    let text = std::fs::read_to_string(&file).expect("written");
    assert!(text.contains("| `06-goal-and-bottleneck` | 0 | 1 | 0 | 0 |"), "{text}");
    assert!(text.contains("| `fluorite`: flow(sales, CaF2) | ≥ 80 t/yr (no source) |"), "{text}");
    let ran = run(&["check", TUTORIAL, "-o", path(&file)]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    let text = std::fs::read_to_string(&file).expect("written");
    assert!(text.contains("turns with `separator.mill.capacity`"), "{text}");
}

#[test]
fn sources_are_told_for_the_goals_that_are_named() {
    let ran = run(&["sources", TUTORIAL, "--goal", "fluorite", "--top", "2"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("Figures: the 2 heaviest of"), "{}", ran.out);
    let ran = run(&["sources", TUTORIAL, "--goal", "fluorit"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("did you mean `fluorite`?"), "{}", ran.err);
    let ran = run(&["sources", "tests/fixtures/broken/infeasible.toml"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("error[infeasible]"), "{}", ran.err);
}
