//! What is written is read back by a small reader and must be the same program.

use std::collections::HashMap;

use super::*;
use crate::lp::{ColumnId, Options, RowId, solve};

type Named = LinearProgram<String, String>;

/// Every sense, every kind of bound, an integer, an offset, an empty row and awkward names.
fn sample() -> Named {
    let mut lp = Named::new();
    let mut column = |key: &str, cost, lower, upper| lp.add_column(key.into(), cost, lower, upper);
    let a = column("Nd feed [t/yr]", -3.5, 0.0, f64::INFINITY);
    let b = column("e12", 1e-3, -5.0, 2.5);
    let c = column("Nd feed (t/yr)", 2.0, f64::NEG_INFINITY, f64::INFINITY);
    let d = column("free", 0.0, 7.0, 7.0);
    let e = column("3rd stage", -1.0, f64::NEG_INFINITY, -1.0);
    let f = column("trains", 10.0, 1.0, 9.0);
    let g = column("spares", 0.25, 0.0, f64::INFINITY);
    lp.set_integer(f);
    lp.set_integer(g);
    lp.set_offset(-12.25);
    lp.add_row("cap".into(), RowSense::AtMost, 1e4, [(a, 1.0), (f, -1_234.567_890_123)]);
    lp.add_row("balance".into(), RowSense::Equal, 0.0, [(b, 0.1), (c, -1.0), (d, 1.0 / 3.0)]);
    lp.add_row("objective".into(), RowSense::AtLeast, -2e9, [(e, 1e-7), (a, -1.0), (g, 2.0)]);
    lp.add_row("none".into(), RowSense::AtMost, 3.0, []);
    lp.add_row("long".into(), RowSense::AtLeast, -90.0, [a, b, c, d, e, f, g].map(|x| (x, -0.5)));
    lp
}

#[derive(Default)]
struct Read {
    lp: Named,
    columns: HashMap<String, ColumnId>,
    rows: HashMap<String, RowId>,
}

impl Read {
    fn column(&mut self, name: &str) -> ColumnId {
        let lp = &mut self.lp;
        let add = || lp.add_column(name.to_owned(), 0.0, 0.0, f64::INFINITY);
        *self.columns.entry(name.to_owned()).or_insert_with(add)
    }

    fn bound(&mut self, name: &str, lower: Option<f64>, upper: Option<f64>) {
        let id = self.column(name);
        let column = self.lp.column(id);
        let (lower, upper) = (lower.unwrap_or(column.lower), upper.unwrap_or(column.upper));
        self.lp.set_bounds(id, lower, upper);
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is a number"))
}

/// Name, sense, right-hand side and terms.
type RowRead = (String, RowSense, f64, Vec<(ColumnId, f64)>);

fn read_mps(text: &str) -> Named {
    let mut read = Read::default();
    let (mut section, mut whole) = ("", false);
    let mut rows: Vec<RowRead> = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if !line.starts_with(' ') {
            section = fields[0];
            continue;
        }
        let place = |rows: &[RowRead], name: &str| rows.iter().position(|row| row.0 == name);
        match (section, fields.as_slice()) {
            ("ROWS", ["N", _]) => {}
            ("ROWS", [sense, name]) => {
                let senses = [("L", RowSense::AtMost), ("E", RowSense::Equal)];
                let known = senses.iter().find(|known| known.0 == *sense);
                let sense = known.map_or(RowSense::AtLeast, |known| known.1);
                rows.push(((*name).to_owned(), sense, 0.0, Vec::new()));
            }
            ("COLUMNS", [_, "'MARKER'", kind]) => whole = *kind == "'INTORG'",
            ("COLUMNS", [column, row, value]) => {
                let id = read.column(column);
                if whole {
                    read.lp.set_integer(id);
                }
                match place(&rows, row) {
                    Some(at) => rows[at].3.push((id, number(value))),
                    None => read.lp.set_cost(id, number(value)),
                }
            }
            ("RHS", [_, row, value]) => match place(&rows, row) {
                Some(at) => rows[at].2 = number(value),
                None => panic!("no right-hand side of the objective"),
            },
            ("BOUNDS", [kind, _, column, rest @ ..]) => {
                let value = rest.first().map(|text| number(text));
                let endless = Some(f64::INFINITY);
                match *kind {
                    "LO" => read.bound(column, value, None),
                    "UP" => read.bound(column, None, value),
                    "FX" => read.bound(column, value, value),
                    "MI" => read.bound(column, endless.map(|x: f64| -x), None),
                    "PL" => read.bound(column, None, endless),
                    _ => read.bound(column, endless.map(|x: f64| -x), endless),
                }
            }
            other => panic!("{other:?}"),
        }
    }
    for (name, sense, rhs, terms) in rows {
        read.lp.add_row(name, sense, rhs, terms);
    }
    read.lp
}

fn read_lp(text: &str) -> Named {
    let mut read = Read::default();
    let mut section = "";
    let mut fields: Vec<&str> = Vec::new();
    for line in text.lines() {
        if !line.starts_with(' ') {
            section = line;
            continue;
        }
        fields.extend(line.split_whitespace());
        let complete = section != "Subject To" || fields.iter().any(|field| field.contains('='));
        match section {
            "Minimize" | "Subject To" if complete => {
                let end = fields.iter().position(|field| field.contains('='));
                let mut terms = Vec::new();
                let mut sign = 1.0;
                let mut value = 0.0;
                for field in &fields[1..end.unwrap_or(fields.len())] {
                    match *field {
                        "+" => sign = 1.0,
                        "-" => sign = -1.0,
                        text if text.parse::<f64>().is_ok() => value = sign * number(text),
                        name => terms.push((read.column(name), value)),
                    }
                }
                let Some(end) = end else {
                    for (id, cost) in terms {
                        read.lp.set_cost(id, cost);
                    }
                    fields.clear();
                    continue;
                };
                let sense = match fields[end] {
                    "<=" => RowSense::AtMost,
                    "=" => RowSense::Equal,
                    _ => RowSense::AtLeast,
                };
                let name = fields[0].trim_end_matches(':').to_owned();
                let id = read.lp.add_row(name.clone(), sense, number(fields[end + 1]), terms);
                read.rows.insert(name, id);
            }
            "Bounds" => match fields.as_slice() {
                [name, "=", value] => read.bound(name, Some(number(value)), Some(number(value))),
                [name, "free"] => read.bound(name, Some(f64::NEG_INFINITY), Some(f64::INFINITY)),
                [name, ">=", value] => read.bound(name, Some(number(value)), None),
                [low, "<=", name, "<=", high] => {
                    read.bound(name, Some(number(low)), Some(number(high)));
                }
                other => panic!("{other:?}"),
            },
            "General" => {
                let id = read.column(fields[0]);
                read.lp.set_integer(id);
            }
            _ => continue,
        }
        fields.clear();
    }
    read.lp
}

/// A line per column and row, numbers to the last digit, columns by their written names.
fn described(lp: &Named, names: &[String]) -> Vec<String> {
    let column = |id: ColumnId| names[id.index()].clone();
    let mut lines: Vec<String> = lp
        .columns()
        .map(|(id, c)| format!("{} {} {} {} {}", column(id), c.cost, c.lower, c.upper, c.integer))
        .collect();
    lines.sort();
    for (id, row) in lp.rows() {
        let mut terms: Vec<_> = lp.row_terms(id).map(|(j, a)| (column(j), a.to_string())).collect();
        terms.sort();
        lines.push(format!("{:?} {} {terms:?}", row.sense, row.rhs));
    }
    lines
}

#[test]
fn mps_is_read_back_to_the_last_digit() {
    let mut lp = sample();
    let mut text = String::new();
    mps(&lp, &mut text).expect("strings take everything");
    let back = read_mps(&text);
    let same: Vec<String> = back.columns().map(|(_, column)| column.key.clone()).collect();
    lp.add_column("constant".to_owned(), lp.offset(), 1.0, 1.0);
    let names = column_names(&lp, mps_character);
    assert_eq!(described(&back, &same), described(&lp, &names));
}

#[test]
fn the_lp_format_is_read_back_to_the_last_digit() {
    let mut lp = sample();
    let mut text = String::new();
    cplex_lp(&lp, &mut text).expect("strings take everything");
    let back = read_lp(&text);
    let same: Vec<String> = back.columns().map(|(_, column)| column.key.clone()).collect();
    lp.add_column("constant".to_owned(), lp.offset(), 1.0, 1.0);
    let names = column_names(&lp, lp_character);
    assert_eq!(described(&back, &same), described(&lp, &names));
}

#[test]
fn both_formats_have_the_optimum_of_the_program() {
    let lp = sample();
    let optimum = solve(&lp, &Options::default()).expect("an optimum").objective;
    let mut text = String::new();
    mps(&lp, &mut text).expect("strings take everything");
    let back = solve(&read_mps(&text), &Options::default()).expect("an optimum").objective;
    assert!((back - optimum).abs() < 1e-9 * optimum.abs(), "{back} {optimum}");
    text.clear();
    cplex_lp(&lp, &mut text).expect("strings take everything");
    let back = solve(&read_lp(&text), &Options::default()).expect("an optimum").objective;
    assert!((back - optimum).abs() < 1e-9 * optimum.abs(), "{back} {optimum}");
}

#[test]
fn names_are_valid_and_distinct() {
    let keys = ["Nd feed", "Nd_feed", "nd_feed", "e12", "E", "3rd", "", "free", "x+y", "Größe"];
    let written = names(keys.iter().map(ToString::to_string), lp_character);
    let expected =
        ["Nd_feed", "Nd_feed.2", "nd_feed.3", "_e12", "_E", "_3rd", "_", "free.2", "x_y", "Gr__e"];
    assert_eq!(written, expected);
}

#[test]
fn an_empty_program_is_written() {
    let mut text = String::new();
    cplex_lp(&Named::new(), &mut text).expect("strings take everything");
    mps(&Named::new(), &mut text).expect("strings take everything");
    assert!(text.contains("End\n") && text.ends_with("ENDATA\n"));
}
