//! Pages that are made from the code: the format, commands, findings, formulation and glossary.

use std::{fmt::Write as _, fs, path::Path};

use reeflow::diagnostic::{Code, Severity};

use super::{PAGES, format, read, updating};
use crate::command_line::run;

#[test]
fn pages_made_from_the_code_are_those_of_the_code() {
    for (name, text) in [
        ("format", format::page()),
        ("commands", commands()),
        ("findings", findings()),
        ("formulation", fs::read_to_string("src/model/formulation.md").expect("it is there")),
        ("glossary", glossary()),
    ] {
        let path = Path::new(PAGES).join("reference").join(name).with_extension("md");
        if updating() {
            fs::write(&path, &text).expect("writable");
        }
        assert!(
            read(&path) == text,
            "`{}` is not that of the code; run the tests once with REEFLOW_UPDATE=1",
            path.display()
        );
    }
}

/// The help of every command.
fn commands() -> String {
    let mut page = "# Commands\n\nWhat `reeflow COMMAND --help` prints.\n".to_owned();
    let mut open = vec![Vec::new()];
    while let Some(command) = open.pop() {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        let ran = run(&[&arguments[..], &["--help"]].concat());
        assert_eq!(ran.code, Some(0), "{command:?}");
        let help = ran.out.lines().flat_map(|line| [line.trim_end(), "\n"]);
        let heading = [&["reeflow"], &arguments[..]].concat().join(" ");
        let help = help.collect::<String>();
        let _ = write!(page, "\n## {heading}\n\n```text\n{}\n```\n", help.trim_end());
        // Those of a command follow it, in their order.
        let below = below(&ran.out).into_iter().rev();
        open.extend(below.map(|name| [&command[..], &[name]].concat()));
    }
    page
}

/// The commands that a help lists.
fn below(help: &str) -> Vec<String> {
    let (_, list) = help.split_once("\nCommands:\n").unwrap_or_default();
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// All findings with their explanations.
fn findings() -> String {
    let mut page = "# Findings\n\nWhat reeflow may say of a flowsheet, by the code in brackets: `error[infeasible]`. \
        `reeflow explain CODE` prints the same. An error ends the run with exit code 1; a warning or a note does not.\n"
        .to_owned();
    for (severity, heading) in
        [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Note, "Notes")]
    {
        let _ = write!(page, "\n## {heading}\n");
        let mut codes: Vec<Code> = Code::ALL.to_vec();
        codes.retain(|code| code.severity() == severity);
        codes.sort_by_key(|code| code.name());
        for code in codes {
            let _ = write!(page, "\n### {}\n\n{}\n", code.name(), code.explanation());
        }
    }
    page
}

/// The glossary of ARCHITECTURE.md.
fn glossary() -> String {
    let text = read(Path::new("ARCHITECTURE.md"));
    let (_, after) = text.split_once("\n## Glossary\n").expect("it has a glossary");
    let table = after.split("\n## ").next().unwrap_or(after).trim();
    format!(
        "# Glossary\n\nOne word, one meaning: in flowsheets, in reports and in the code.\n\n{table}\n"
    )
}
