//! The workbook in a real spreadsheet, LibreOffice, which `REEFLOW_OFFICE` names: it opens, every formula is computed anew, and
//! the numbers are those of the JSON of the same command. Where the variable names none these tests say so and are left out.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use calamine::{Data, Reader as _, Xlsx};
use reeflow::{
    analysis::analyse,
    lp::Options,
    model::Form,
    report::{
        tables::{Cell, Table, tables},
        workbook::{CHARTS, workbook},
    },
};
use serde_json::Value;

use crate::{command_line::run, shipped};

/// Formulas are computed when a workbook is loaded, whatever results come with them.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// More seconds than it takes where much else is done.
const SECONDS: &str = "300";

/// The program that the environment names; none, and says so, if it names none.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn office() -> Option<PathBuf> {
    let path = std::env::var_os("REEFLOW_OFFICE").map(PathBuf::from);
    if path.is_none() {
        println!("skipped: `REEFLOW_OFFICE` names no LibreOffice");
    }
    path
}

/// A workbook after LibreOffice opened it and computed all formulas, saved in another format or the same.
fn saved(office: &Path, bytes: &[u8], format: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let below = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(below("profile/user")).expect("a folder");
    std::fs::write(below("profile/user/registrymodifications.xcu"), SETTINGS).expect("writable");
    std::fs::write(below("book.xlsx"), bytes).expect("writable");
    let mut command = Command::new("timeout");
    command.arg("--kill-after=10").arg(SECONDS).arg(office);
    command.arg(format!("-env:UserInstallation=file://{}", below("profile").display()));
    command.args(["--headless", "--norestore", "--convert-to", format, "--outdir"]);
    command.arg(below("saved")).arg(below("book.xlsx"));
    command.env("HOME", folder.path()).stdin(Stdio::null());
    let ran = command.output().expect("`timeout` of coreutils is there");
    std::fs::read(below(&format!("saved/book.{format}"))).unwrap_or_else(|error| {
        let said = String::from_utf8_lossy(&ran.stderr);
        panic!("`{}` saved nothing ({error}), {}: {said}", office.display(), ran.status)
    })
}

fn recalculated(office: &Path, bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(saved(office, bytes, "xlsx"))).expect("a workbook")
}

/// LibreOffice saves 15 digits.
const DIGITS: f64 = 5e-15;

/// The numbers and texts of a workbook are those of tables as JSON; sums up to rounding of their terms.
fn assert_same(mut book: Xlsx<Cursor<Vec<u8>>>, tables: &[Value]) {
    let mut names = book.sheet_names();
    names.retain(|name| name != CHARTS);
    assert_eq!(
        names,
        tables.iter().map(|it| it["name"].as_str().expect("a name")).collect::<Vec<_>>()
    );
    let mut sums = 0;
    for table in tables {
        let name = table["name"].as_str().expect("a name");
        let sheet = book.worksheet_range(name).expect("a sheet");
        let formulas = book.worksheet_formula(name).expect("a sheet");
        let written = formulas.used_cells().filter(|(_, _, text)| !text.is_empty()).count();
        assert_eq!(Some(written), table["sums"].as_array().map(Vec::len), "formulas of {name}");
        sums += written;
        let rows = table["rows"].as_array().expect("a list");
        let number = |at: &Value| {
            let place = |it: &Value| usize::try_from(it.as_u64().expect("a place")).expect("small");
            rows[place(&at[0])][place(&at[1])].as_f64().unwrap_or(0.0)
        };
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.as_array().expect("a row").iter().enumerate() {
                let place =
                    (u32::try_from(row + 1).expect("few"), u32::try_from(column).expect("few"));
                let sum = table["sums"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .find(|sum| sum["at"] == Value::from(vec![row, column]));
                let within = sum.map_or(0.0, |sum| {
                    let terms = sum["terms"].as_array().expect("a list").iter();
                    1e-12 * terms.map(|at| number(at).abs()).sum::<f64>()
                });
                match (cell, sheet.get_value(place).unwrap_or(&Data::Empty)) {
                    (Value::Number(one), Data::Float(other)) => {
                        let one = one.as_f64().expect("a number");
                        let within = within + DIGITS * one.abs();
                        assert!(
                            (one - other).abs() <= within,
                            "{name} {place:?}: {one} is {other}"
                        );
                    }
                    (Value::String(one), Data::String(other)) => {
                        assert_eq!(one, other, "{name} {place:?}");
                    }
                    (Value::Null, Data::Empty) => {}
                    (one, other) => panic!("{name} {place:?}: {one} is {other:?}"),
                }
            }
        }
    }
    assert!(sums > 0);
}

#[test]
fn a_workbook_opens_in_a_spreadsheet_with_the_numbers_of_the_json() {
    let Some(office) = office() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let out = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    for name in ["beylikova-industrial", "turkiye-roadmap"] {
        let flowsheet = format!("flowsheets/{name}.toml");
        for file in ["told.xlsx", "told.json"] {
            let ran = run(&["report", &flowsheet, "-o", &out(file)]);
            assert_eq!(ran.code, Some(0), "{}", ran.err);
        }
        let text = std::fs::read_to_string(out("told.json")).expect("written");
        let told: Value = serde_json::from_str(&text).expect("JSON");
        let book = std::fs::read(out("told.xlsx")).expect("written");
        assert_same(recalculated(&office, &book), told["tables"].as_array().expect("a list"));
    }
}

/// With wrong results in all formulas, so that they are known to be computed and not only kept.
#[test]
fn a_spreadsheet_computes_all_sums_anew() {
    let Some(office) = office() else { return };
    let (flowsheet, _) = shipped::read("beylikova-industrial", None);
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("it has a plan");
    let right = tables(&plan.outcome, &flowsheet);
    let wrong: Vec<Table> = right.iter().cloned().map(spoilt).collect();
    let book = workbook("wrong", &wrong).expect("written");
    let told = serde_json::to_value(&right).expect("JSON");
    assert_same(recalculated(&office, &book), told.as_array().expect("a list"));
}

/// What stands in an element, of each that has the name.
fn elements<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let (begin, end) = (format!("<{name} "), format!("</{name}>"));
    let parts = text.split(begin.as_str()).skip(1);
    parts.map(|part| part.split_once(end.as_str()).map_or(part, |it| it.0)).collect()
}

/// An attribute of the first element that begins so.
fn attribute<'a>(text: &'a str, element: &str, name: &str) -> Option<&'a str> {
    let tag = text.split_once(element)?.1.split_once('>')?.0;
    Some(tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0)
}

/// The bars of limits were once drawn from right to left, with the shares of one as they are.
#[test]
fn a_spreadsheet_draws_all_charts_the_right_way_round() {
    let Some(office) = office() else { return };
    for (name, titles) in [
        ("beylikova-industrial", &["Value added by stage", "Utilisation of upper limits"][..]),
        (
            "tutorial/09-plan",
            &[
                "Value added by stage",
                "Products by period",
                "Utilisation of capacities by period",
                "Cash flow, nominal, payments negative",
            ],
        ),
    ] {
        let (flowsheet, _) = shipped::read(name, None);
        let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("a plan");
        let book = workbook(name, &tables(&plan.outcome, &flowsheet)).expect("written");
        let text = String::from_utf8(saved(&office, &book, "fods")).expect("a flat document");
        let charts = elements(&text, "chart:chart");
        let title = |chart: &&str| {
            let title = elements(chart, "chart:title")[0];
            let text = title.split_once("<text:p>").expect("a text").1;
            text.split_once("</text:p>").expect("it ends").0.to_owned()
        };
        assert_eq!(charts.iter().map(title).collect::<Vec<_>>(), titles, "{name}");
        // Each chart stands in a document of its own, with its styles before it.
        for (chart, before) in charts.iter().zip(text.split("<chart:chart ")) {
            let styles = before.rsplit_once("<office:automatic-styles>").expect("styles").1;
            let reversed = |dimension: &str| {
                let axis = format!("<chart:axis chart:dimension=\"{dimension}\"");
                let style = attribute(chart, &axis, "chart:style-name").expect("a style");
                let properties =
                    styles.split_once(&format!("style:name=\"{style}\"")).expect("it").1;
                attribute(properties, "<style:chart-properties", "chart:reverse-direction")
                    == Some("true")
            };
            assert!(!reversed("y"), "{name}: {}", title(chart));
            assert_eq!(reversed("x"), title(chart) == "Utilisation of upper limits", "{name}");
            assert!(!elements(chart, "chart:series").is_empty(), "{name}: {}", title(chart));
        }
    }
}

fn spoilt(mut table: Table) -> Table {
    for sum in &table.sums {
        let [row, column] = sum.at;
        let value = table.rows[row][column].number().expect("a sum");
        table.rows[row][column] = Cell::Number(value + 1e6);
    }
    table
}
