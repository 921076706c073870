//! The committed JSON schema is that of the types, and flowsheets name it.

use std::path::{Path, PathBuf};

use reeflow::{document::Document, report::json};

const SCHEMA: &str = "flowsheet.schema.json";
const REPORT_SCHEMA: &str = "schemas/report.schema.json";

#[test]
fn committed_schemas_are_those_of_the_types() {
    let own = [(SCHEMA, Document::schema()), (REPORT_SCHEMA, json::schema())];
    let own = own.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    let of_commands = json::COMMANDS.into_iter().map(|command| {
        (format!("schemas/{command}.schema.json"), json::schema_of(command).expect("it has one"))
    });
    for (name, schema) in own.chain(of_commands) {
        if std::env::var_os("REEFLOW_UPDATE").is_some() {
            std::fs::write(&name, &schema).expect("writable");
        }
        let committed = std::fs::read_to_string(&name).unwrap_or_default();
        assert!(
            committed == schema,
            "`{name}` is not that of the types; run the tests once with REEFLOW_UPDATE=1"
        );
    }
}

#[test]
fn flowsheets_name_the_schema_in_their_first_line() {
    for path in toml_files(Path::new("flowsheets")) {
        // Parts that others include are no flowsheets of their own.
        if path.starts_with("flowsheets/library") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let first = text.lines().next().unwrap_or_default();
        let up = "../".repeat(path.components().count() - 1);
        assert_eq!(first, format!("#:schema {up}{SCHEMA}"), "{}", path.display());
    }
}

/// All TOML files below a folder, sorted.
fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files.extend(toml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    files
}
