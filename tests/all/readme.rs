//! The README says what the tool does: its report is the one that is printed, its flowsheet is sound.

use std::{fs, process::Command};

use crate::markdown::{self, alike};

fn blocks(text: &str, language: &str) -> Vec<String> {
    let blocks = markdown::blocks(text).into_iter();
    blocks.filter(|block| block.language == language).map(|block| block.text).collect()
}

fn reeflow(arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_reeflow"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the tool runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

#[test]
fn the_report_in_the_readme_is_the_one_that_is_printed() {
    let readme = fs::read_to_string("README.md").expect("it is there");
    let (printed, code) = reeflow(&["solve", "flowsheets/beylikova-industrial.toml"]);
    assert_eq!(code, Some(0));
    let shown = &blocks(&readme, "text")[0];
    for (shown, printed) in shown.lines().zip(printed.lines()) {
        assert!(alike(shown, printed), "{shown}\n{printed}");
    }
    assert!(shown.lines().count() > 80, "the README shows the main sections");
}

#[test]
fn the_routes_in_the_readme_are_those_that_are_printed() {
    let readme = fs::read_to_string("README.md").expect("it is there");
    let sheet = "flowsheets/validation/magnet-recycling-routes.toml";
    let options = ["solve", sheet, "--k-best", "3", "--show", "roadmap,worth"];
    let (printed, code) = reeflow(&options);
    assert_eq!(code, Some(0));
    let shown = blocks(&readme, "text");
    let shown = shown.iter().find(|block| block.starts_with("End-of-life magnets")).expect("shown");
    for (shown, printed) in shown.lines().zip(printed.lines()) {
        assert!(alike(shown, printed), "{shown}\n{printed}");
    }
}

#[test]
fn the_flowsheet_in_the_readme_is_sound() {
    let readme = fs::read_to_string("README.md").expect("it is there");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mill.toml");
    let shown = blocks(&readme, "toml");
    let shown = shown.iter().find(|block| block.contains("[flowsheet]")).expect("it is shown");
    fs::write(&path, shown).expect("written");
    let (_, code) = reeflow(&["check", &path.to_string_lossy()]);
    assert_eq!(code, Some(0));
}

#[test]
fn the_proof_in_the_readme_is_the_one_that_is_printed() {
    let readme = fs::read_to_string("README.md").expect("it is there");
    let folder = tempfile::tempdir().expect("a folder");
    let result = folder.path().join("result.json");
    let result = result.to_str().expect("UTF-8");
    let sheet = "flowsheets/beylikova-industrial.toml";
    let (_, code) = reeflow(&["solve", sheet, "--exact", "--format", "json", "-o", result]);
    assert_eq!(code, Some(0));
    let (printed, code) = reeflow(&["verify", result, sheet]);
    assert_eq!(code, Some(0));
    let shown = blocks(&readme, "text");
    let shown = shown.iter().find(|block| block.starts_with("Proven in rational arithmetic"));
    assert_eq!(shown.expect("it is shown"), printed.trim_end());
}

#[test]
fn the_refineries_in_the_readme_are_those_that_are_designed() {
    let readme = fs::read_to_string("README.md").expect("it is there");
    for (name, scenario) in [
        ("`sx-refinery`, ten products", None),
        ("`--scenario thirteen-products`", Some("thirteen-products")),
        ("`--scenario p507-alone`", Some("p507-alone")),
    ] {
        let (flowsheet, _) = crate::shipped::read("sx-refinery", scenario);
        let cascade = flowsheet.operations.iter().find_map(|it| it.kind.cascade());
        let design = cascade.and_then(|it| it.design.as_deref()).expect("designed");
        let tanks: usize = design.plant.cascades.iter().map(|it| it.tanks.total()).sum();
        let per_tonne = 1e-6 / design.tonnes_per_mol();
        let (base, acid) = (design.base() * 39.997 * per_tonne, design.acid() * 36.461 * per_tonne);
        let row = readme.lines().find(|line| line.starts_with(&format!("| {name} |")));
        let cells: Vec<f64> = row
            .expect("it is told")
            .split('|')
            .skip(2)
            .take(3)
            .map(|cell| cell.trim().parse().expect("a number"))
            .collect();
        assert_eq!(cells[0], tanks as f64, "{name}");
        assert!((cells[1] - base).abs() < 6e-4 && (cells[2] - acid).abs() < 6e-4, "{base} {acid}");
    }
}

#[test]
fn the_guide_to_the_flowsheets_names_all_of_them_and_its_commands_run() {
    let guide = fs::read_to_string("flowsheets/README.md").expect("it is there");
    for entry in fs::read_dir("flowsheets").expect("a folder") {
        let path = entry.expect("an entry").path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(name) = name.strip_suffix(".toml") {
            assert!(guide.contains(&format!("`{name}`")), "{name}");
        }
    }
    let text = guide.replace('\n', " ");
    let mut ran = 0;
    for part in text.split("`reeflow ").skip(1) {
        let (command, after) = part.split_once('`').expect("it ends");
        if command.contains("NAME") || command.contains('*') {
            continue;
        }
        // Whether it runs is the question here, not how often.
        let command = command.replace("--samples 500", "--samples 8");
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let (printed, code) = reeflow(&arguments);
        if after.starts_with(" is refused") {
            assert_eq!(code, Some(1), "{command}");
        } else {
            assert!(matches!(code, Some(0 | 1)) && !printed.is_empty(), "{command}: {code:?}");
        }
        ran += 1;
    }
    assert!(ran >= 25, "{ran} commands");
}

/// What stands between two comments of a text.
fn between<'a>(text: &'a str, mark: &str) -> &'a str {
    let (_, after) = text.split_once(&format!("{mark}\n")).expect(mark);
    after.split_once("<!-- end of claims -->").expect(mark).0
}

#[test]
fn the_verdicts_in_the_guide_are_those_of_check() {
    let mut guide = fs::read_to_string("flowsheets/README.md").expect("it is there");
    let marks = guide.lines().filter(|line| line.starts_with("<!-- claims: "));
    let names: Vec<String> = marks
        .map(|line| line["<!-- claims: ".len()..].trim_end_matches(" -->").to_owned())
        .collect();
    assert!(names.len() >= 12, "{names:?}");
    // Scenarios have a table of their own.
    let (cases, files): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| name.contains(", scenario "));
    let check = |more: &[&str], files: &[String]| {
        let files = files.iter().map(String::as_str);
        let start = ["--quiet", "check", "--format", "markdown"].iter().chain(more).copied();
        let (printed, code) = reeflow(&start.chain(files).collect::<Vec<_>>());
        assert_eq!(code, Some(1), "some claims are missed");
        printed
    };
    let path = |name: &str| format!("flowsheets/{name}.toml");
    let paths: Vec<String> = files.iter().map(|name| path(name)).collect();
    let printed = check(&[], &paths);
    let (sums, tables) = printed.split_once("\n### ").expect("a table and sections");
    let mut sections: Vec<String> = tables.split("\n### ").map(str::to_owned).collect();
    for case in &cases {
        let (name, scenario) = case.split_once(", scenario ").expect("it was chosen so");
        let printed = check(&["--scenario", scenario], &[path(name)]);
        sections.push(printed.split_once("\n### ").expect("a section").1.to_owned());
    }
    let mut wanted = vec![("<!-- claims -->".to_owned(), sums.to_owned())];
    for (name, section) in files.into_iter().chain(cases).zip(&sections) {
        let (title, table) = section.split_once("\n\n").expect("a heading");
        assert!(name.ends_with(title), "{name}: {title}");
        wanted.push((format!("<!-- claims: {name} -->"), format!("{}\n", table.trim_end())));
    }
    for (mark, table) in wanted {
        if std::env::var_os("REEFLOW_UPDATE").is_some() {
            let old = format!("{mark}\n{}<!-- end", between(&guide, &mark));
            guide = guide.replace(&old, &format!("{mark}\n\n{table}\n<!-- end"));
            fs::write("flowsheets/README.md", &guide).expect("writable");
        }
        assert_eq!(between(&guide, &mark).trim(), table.trim(), "run with REEFLOW_UPDATE=1");
    }
}
