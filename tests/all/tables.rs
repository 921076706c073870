//! `reeflow report`: the same tables as workbook, Markdown, CSV and data.

use std::{io::Cursor, path::Path};

use calamine::{Data, Reader as _, Xlsx};
use reeflow::{
    analysis::{Plan, analyse},
    lp::Options,
    model::Form,
    report::{
        tables::{Cell, NAMES, Table, markdown, tables},
        workbook::{CHARTS, workbook},
    },
};

use crate::{command_line::run, shipped};

const INDUSTRIAL: &str = "flowsheets/beylikova-industrial.toml";
const TUTORIAL: &str = "flowsheets/tutorial/06-goal-and-bottleneck.toml";

fn solved(name: &str) -> (Vec<Table>, Plan) {
    let (flowsheet, _) = shipped::read(name, None);
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("it has a plan");
    (tables(&plan.outcome, &flowsheet), plan)
}

fn find<'a>(tables: &'a [Table], name: &str) -> &'a Table {
    tables.iter().find(|table| table.name == name).expect(name)
}

fn value(table: &Table, row: &str, column: &str) -> f64 {
    let at = table.column(column).expect(column);
    let row = table.rows.iter().find(|it| it[0] == row.into()).expect(row);
    row[at].number().expect("a number")
}

/// The sheets of a workbook are the tables, to the last bit.
fn assert_same(bytes: Vec<u8>, tables: &[Table]) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let charted = tables.iter().any(|it| ["stages", "limits", "cash-flow"].contains(&it.name));
    assert_eq!(book.sheet_names().iter().any(|name| name == CHARTS), charted);
    let names: Vec<String> = book.sheet_names().into_iter().filter(|it| it != CHARTS).collect();
    assert_eq!(names, tables.iter().map(|table| table.name).collect::<Vec<_>>());
    for table in tables {
        let sheet = book.worksheet_range(table.name).expect("a sheet");
        let at = |row: usize, column: usize| {
            let place = (u32::try_from(row).expect("few"), u32::try_from(column).expect("few"));
            sheet.get_value(place).cloned().unwrap_or(Data::Empty)
        };
        for (column, named) in table.columns.iter().enumerate() {
            assert_eq!(at(0, column), Data::String(named.heading()), "{}", table.name);
        }
        for (row, cells) in table.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let place = (table.name, row, column);
                match (cell, at(row + 1, column)) {
                    (Cell::Number(one), Data::Float(other)) => {
                        assert_eq!(one.to_bits(), other.to_bits(), "{place:?}");
                    }
                    (Cell::Text(one), Data::String(other)) => assert_eq!(*one, other, "{place:?}"),
                    (Cell::Empty, Data::Empty) => {}
                    (cell, found) => panic!("{place:?}: {cell:?} is {found:?}"),
                }
            }
        }
        let formulas = book.worksheet_formula(table.name).expect("a sheet");
        let written = formulas.used_cells().filter(|(_, _, text)| !text.is_empty()).count();
        assert_eq!(written, table.sums.len(), "formulas of {}", table.name);
    }
}

fn assert_sound(tables: &[Table]) {
    let order = tables.iter().map(|table| NAMES.iter().position(|name| *name == table.name));
    let order: Vec<usize> = order.map(|place| place.expect("it is a name of a table")).collect();
    assert!(order.is_sorted(), "{order:?}");
    for table in tables {
        for (at, column) in table.columns.iter().enumerate() {
            let others = table.columns.iter().filter(|other| other.name == column.name);
            assert_eq!(others.count(), 1, "{}: {}", table.name, table.columns[at].name);
        }
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.name);
        for sum in &table.sums {
            let cell = |[row, column]: [usize; 2]| table.rows[row][column].number().unwrap_or(0.0);
            let terms = sum.terms.iter().map(|&term| cell(term));
            let size: f64 = terms.clone().map(f64::abs).sum();
            let apart = (terms.sum::<f64>() - cell(sum.at)).abs();
            assert!(apart <= 1e-9 * size, "{} at {:?}: {apart}", table.name, sum.at);
        }
    }
}

#[test]
fn a_workbook_is_the_tables_to_the_last_bit() {
    let (tables, plan) = solved("beylikova-industrial");
    assert_sound(&tables);
    let outcome = &plan.outcome;
    let bytes = workbook(&outcome.title, &tables).expect("written");
    assert!(bytes == workbook(&outcome.title, &tables).expect("written"), "two are one");
    assert_same(bytes, &tables);
    let stages = find(&tables, "stages");
    assert_eq!(value(stages, "all", "value added").to_bits(), outcome.chain.value_added.to_bits());
    let profit = value(find(&tables, "account"), "profit", "value");
    assert!((profit - outcome.objective.value).abs() < 1e-9 * profit.abs());
    for stream in &outcome.streams {
        let told = value(find(&tables, "streams"), &stream.name, "all");
        assert_eq!(told.to_bits(), stream.flow.to_bits());
    }
    for goal in &outcome.goals {
        assert!(find(&tables, "goals").rows.iter().any(|row| row[0] == (&goal.name).into()));
    }
    let inputs = find(&tables, "inputs");
    let price = inputs.rows.iter().find(|row| row[0] == "product.magnets.price".into());
    let price = price.expect("a figure");
    assert_eq!(price[1..4], ["60 USD/kg".into(), 60_000.0.into(), "USD/t".into()]);
    assert_eq!(inputs.rows.len(), shipped::read("beylikova-industrial", None).0.figures.len());
}

#[test]
fn plans_over_the_years_have_tables_by_period() {
    let (tables, plan) = solved("tutorial/09-plan");
    assert_sound(&tables);
    let roadmap = plan.outcome.roadmap.as_ref().expect("over the years");
    assert_same(workbook("x", &tables).expect("written"), &tables);
    let cash = find(&tables, "cash-flow");
    assert_eq!(cash.columns.len(), roadmap.periods.len() + 1);
    assert_eq!(cash.totals, 2);
    assert_eq!(cash.sums.len(), 2 * roadmap.periods.len());
    let last = roadmap.periods.last().expect("some");
    let sum: f64 = roadmap.periods.iter().map(|it| value(cash, "cash flow", &it.name)).sum();
    let cumulative = value(cash, "cumulative", &last.name);
    assert!((sum - cumulative).abs() < 1e-9 * cumulative.abs());
    let goals = find(&tables, "goals-by-period");
    assert_eq!(goals.rows.len(), roadmap.goals.len() * roadmap.periods.len());
    let year = goals.column("from").expect("a column");
    assert!(goals.is_year(0, year));
    let text = markdown("x", &tables);
    assert!(text.contains(&format!(" {} |", last.from)), "years have no thousands");
    let production = find(&tables, "production");
    assert_eq!(production.rows.len(), roadmap.flows.len());
}

#[test]
fn cascades_are_told() {
    let (tables, _) = solved("sx-refinery");
    assert_sound(&tables);
    let (flowsheet, _) = shipped::read("sx-refinery", None);
    let cascade = flowsheet.operations.iter().find_map(|it| it.kind.cascade());
    let design = cascade.and_then(|it| it.design.as_deref()).expect("designed");
    let told = find(&tables, "cascades");
    assert_eq!(told.rows.len(), design.plant.cascades.len());
    let at = told.column("mixer-settlers").expect("a column");
    let tanks: f64 = told.rows.iter().filter_map(|row| row[at].number()).sum();
    let own: usize = design.plant.cascades.iter().map(|it| it.tanks.total()).sum();
    assert_eq!(tanks, own as f64);
}

/// The tables of a JSON answer.
fn data(path: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).expect("written");
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let schema = std::fs::read_to_string("schemas/tables.schema.json").expect("committed");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&answer).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(answer["schema"], "reeflow-tables-1");
    answer["tables"].clone()
}

#[test]
fn each_format_has_all_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (own, _) = solved("beylikova-industrial");
    for name in ["all.xlsx", "all.md", "all.json", "all/"] {
        let ran = run(&["report", INDUSTRIAL, "-o", &out(name)]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
        let count = own.len();
        assert!(ran.err.contains(&format!("wrote {} ({count} tables)", out(name))), "{}", ran.err);
    }
    assert_same(std::fs::read(out("all.xlsx")).expect("written"), &own);
    let told = data(Path::new(&out("all.json")));
    let told = told.as_array().expect("a list");
    assert_eq!(told.len(), own.len());
    let text = std::fs::read_to_string(out("all.md")).expect("written");
    assert_eq!(text.matches("\n## ").count(), own.len());
    for (table, told) in own.iter().zip(told) {
        assert_eq!(told["name"], table.name);
        assert_eq!(told["rows"], serde_json::to_value(&table.rows).expect("JSON"));
        let path = folder.path().join("all").join(format!("{}.csv", table.name));
        let mut reader = csv::Reader::from_path(path).expect("written");
        let header = table.columns.iter().map(reeflow::report::tables::Column::heading);
        assert_eq!(*reader.headers().expect("a header"), header.collect::<Vec<_>>());
        let lines: Vec<csv::StringRecord> = reader.records().map(|it| it.expect("sound")).collect();
        assert_eq!(lines.len(), table.rows.len(), "{}", table.name);
        for (line, row) in lines.iter().zip(&table.rows) {
            for (field, cell) in line.iter().zip(row) {
                match cell {
                    Cell::Number(value) => {
                        assert_eq!(
                            field.parse::<f64>().expect("a number").to_bits(),
                            value.to_bits()
                        );
                    }
                    Cell::Text(text) => assert_eq!(field, text),
                    Cell::Empty => assert_eq!(field, ""),
                }
            }
        }
    }
    let pipes = |line: &str| line.replace("\\|", "").matches('|').count();
    for section in text.split("\n## ").skip(1) {
        let lines: Vec<&str> = section.lines().filter(|line| line.starts_with('|')).collect();
        assert!(lines.iter().all(|line| pipes(line) == pipes(lines[0])), "{}", lines[0]);
    }
    // One table, over the file that is there.
    for _ in 0..2 {
        let ran = run(&["report", INDUSTRIAL, "-o", &out("one.csv"), "--table", "stages"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let stages = std::fs::read(out("one.csv")).expect("written");
    assert_eq!(stages, std::fs::read(folder.path().join("all/stages.csv")).expect("written"));
    let some = ["--table", "account,goals", "--quiet"];
    let ran = run(&[&["report", INDUSTRIAL, "-o", &out("some.xlsx")][..], &some].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let named =
        own.into_iter().filter(|it| ["account", "goals"].contains(&it.name)).collect::<Vec<_>>();
    assert_same(std::fs::read(out("some.xlsx")).expect("written"), &named);
}

#[test]
fn options_change_what_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("changed.json");
    let path = out.to_str().expect("UTF-8");
    let price = "product.magnets.price=70 USD/kg";
    let more = ["--set", price, "--best-multipliers", "--table", "inputs,multipliers"];
    let ran = run(&[&["report", INDUSTRIAL, "-o", path][..], &more].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let told = data(&out);
    let (multipliers, inputs) = (&told[0], &told[1]);
    let columns = multipliers["columns"].as_array().expect("a list");
    let best = columns.iter().position(|it| it["name"] == "best with this much of the base");
    let best = best.expect("a column");
    let rows = multipliers["rows"].as_array().expect("a list");
    assert!(rows.iter().any(|row| row[best].is_f64()));
    let rows = inputs["rows"].as_array().expect("a list");
    let row = rows.iter().find(|row| row[0] == "product.magnets.price").expect("a figure");
    assert_eq!((&row[1], &row[2]), (&"70 USD/kg".into(), &70_000.0.into()));
}

#[test]
fn what_cannot_be_written_is_refused_with_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::write(out("file.md"), "old").expect("writable");
    std::fs::create_dir(out("there")).expect("a folder");
    for (name, more, reasons) in [
        ("a.pdf", &[][..], &["`.pdf`", "`.html`", "`.xlsx`", "`.md`", "`.csv`", "`.json`"][..]),
        ("a", &[], &["no ending", "`.xlsx`"]),
        ("a.html", &["--table", "goals"], &["a page tells everything", "`.md`"]),
        ("there", &[], &["is a folder", "there/`"]),
        ("a.csv", &[], &["one table", "--table", "`stages`"]),
        ("a.csv", &["--table", "stages,goals"], &["one table"]),
        ("a.csv", &["--table", "stage"], &["no table `stage`", "did you mean `stages`?"]),
        ("a.md", &["--table", "nonsense"], &["no table `nonsense`", "`cash-flow`"]),
        (
            "a.csv",
            &["--table", "cash-flow"],
            &["nothing stands in the table `cash-flow`", "`goals`"],
        ),
        ("a.md", &["--lang", "tr"], &["`--lang` is for pages and pictures"]),
        ("a.html", &["--browser", "chromium"], &["`--browser` draws a picture"]),
        ("a.html", &["--by", "mass"], &["`--by` chooses what a picture is of"]),
        ("a.md", &["--claims"], &["`--claims` is for a page", "reeflow check"]),
        ("a.html", &["--intervals"], &["the table `intervals`", "`.xlsx`"]),
        ("a.svg", &["--best-multipliers"], &["the table `multipliers`", "`.xlsx`"]),
        ("a.svg", &["--table", "goals"], &["a picture has no tables"]),
        ("no/such/a.md", &[], &["cannot write", "no such folder"]),
        ("file.md/", &[], &["cannot make the folder", "it is a file"]),
    ] {
        let ran = run(&[&["report", TUTORIAL, "-o", &out(name)][..], more].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{name}: {}", ran.err);
        assert!(reasons.iter().all(|reason| ran.err.contains(reason)), "{name}: {}", ran.err);
    }
    let ran = run(&["report", TUTORIAL]);
    assert_eq!(ran.code, Some(2));
    // Without a plan there is nothing to write, but the findings where they are data.
    let infeasible = "product.magnets.demand={min=\"2500 t/yr\"}";
    for name in ["file.md", "none.xlsx", "none/", "none.json"] {
        let ran = run(&["report", INDUSTRIAL, "--set", infeasible, "-o", &out(name)]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{name}: {}", ran.err);
        assert!(ran.err.contains("error[infeasible]"), "{name}: {}", ran.err);
    }
    assert_eq!(std::fs::read_to_string(out("file.md")).expect("there"), "old");
    assert!(!Path::new(&out("none.xlsx")).exists() && !Path::new(&out("none")).exists());
    assert!(data(Path::new(&out("none.json"))).is_null());
}
