//! Tables as Markdown: a heading and a pipe table each, numbers as on the terminal, columns without content left out.

use super::{Cell, Table};
use crate::measure::format_number;

/// Tables as Markdown under a heading each; `title` is the heading of all.
#[must_use]
pub fn markdown(title: &str, tables: &[Table]) -> String {
    let mut text = format!("# {}\n", escaped(title));
    for table in tables {
        text.extend(["\n## ", &escaped(&table.title), "\n\n"]);
        let shown: Vec<usize> =
            (0..table.columns.len()).filter(|&column| !table.is_empty(column)).collect();
        line(&mut text, shown.iter().map(|&column| escaped(&table.columns[column].heading())));
        let mark =
            |&column: &usize| if table.is_numeric(column) { "---:" } else { "---" }.to_owned();
        line(&mut text, shown.iter().map(mark));
        let first_total = table.rows.len() - table.totals;
        for (at, row) in table.rows.iter().enumerate() {
            let show = |&column: &usize| match show(table, at, column, &row[column]) {
                text if at >= first_total && !text.is_empty() => format!("**{text}**"),
                text => text,
            };
            line(&mut text, shown.iter().map(show));
        }
    }
    text
}

fn show(table: &Table, row: usize, column: usize, cell: &Cell) -> String {
    match cell {
        Cell::Number(value) if table.is_year(row, column) => value.to_string(),
        Cell::Number(value) => format_number(*value),
        Cell::Text(text) => escaped(text),
        Cell::Empty => String::new(),
    }
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    text.push('|');
    for cell in cells {
        text.extend([" ", &cell, if cell.is_empty() { "|" } else { " |" }]);
    }
    text.push('\n');
}

/// A text that stands in one line and means nothing to Markdown.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !safe.is_empty() {
            safe.push(' ');
        }
        for sign in word.chars() {
            if matches!(sign, '|' | '\\' | '*' | '`' | '_' | '<' | '[' | ']' | '#') {
                safe.push('\\');
            }
            safe.push(sign);
        }
    }
    safe
}
