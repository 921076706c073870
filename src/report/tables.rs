//! All tables of a result, or of what differs between two, as data that no format has shaped: workbooks, Markdown, CSV and JSON are written of them.
//!
//! A [`Table`] has named columns with units and rows of [`Cell`]s. Numbers are numbers in all their digits; what is not there is
//! empty. Nothing is computed here but how much of a capacity is used, and sums that a reader expects under a column; those are
//! told as [`Sum`]s, so that a spreadsheet can compute them again.

mod chain;
mod compare;
#[cfg(feature = "cli")]
mod delimited;
mod flows;
mod inputs;
mod limits;
mod markdown;
mod summary;
mod years;

pub use compare::{NAMES as COMPARISON_NAMES, tables as comparison_tables};
#[cfg(feature = "cli")]
pub use delimited::csv;
pub use markdown::markdown;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{analysis::Outcome, flowsheet::Flowsheet};

/// Names of all tables that a result can have, in their order.
pub const NAMES: &[&str] = &[
    "summary",
    "goals",
    "stages",
    "multipliers",
    "account",
    "limits",
    "prices",
    "goals-by-period",
    "production",
    "stocks",
    "routes",
    "capacities",
    "built",
    "limits-by-period",
    "cash-flow",
    "levelised-costs",
    "streams",
    "grades",
    "operations",
    "recoveries",
    "consumption",
    "residues",
    "closure",
    "intervals",
    "cascades",
    "assumptions",
    "inputs",
    "sources",
];

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Cell {
    /// A number, finite.
    Number(f64),
    /// A text, not empty.
    Text(String),
    /// Nothing: unknown, without end, or of no meaning there.
    Empty,
}

impl Cell {
    /// The number, if it is one.
    #[must_use]
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }
}

impl From<f64> for Cell {
    /// What is not finite is empty; no zero has a sign.
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Number(value + 0.0) } else { Self::Empty }
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Self::Number(count as f64)
    }
}

impl From<bool> for Cell {
    fn from(holds: bool) -> Self {
        Self::Text(if holds { "yes" } else { "no" }.to_owned())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl<'a> From<&'a Option<String>> for Cell {
    fn from(text: &'a Option<String>) -> Self {
        Self::from(text.as_deref())
    }
}

/// A row of cells, each of anything that can be a cell.
macro_rules! row {
    ($($cell:expr),* $(,)?) => { vec![$($crate::report::tables::Cell::from($cell)),*] };
}
use row;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Column {
    /// Its name, unlike that of any other of the table.
    pub name: String,
    /// The unit of its numbers; null if they have none, or each row says its own.
    pub unit: Option<String>,
}

impl Column {
    /// Its name, with the unit in brackets if it has one: `flow [t/yr]`.
    #[must_use]
    pub fn heading(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} [{unit}]", self.name),
            None => self.name.clone(),
        }
    }
}

/// A column without unit.
fn plain(name: impl Into<String>) -> Column {
    Column { name: name.into(), unit: None }
}

/// A column of numbers in a unit; none if that is empty.
fn of(name: impl Into<String>, unit: &str) -> Column {
    Column { name: name.into(), unit: (!unit.is_empty()).then(|| unit.to_owned()) }
}

/// A cell that is the sum of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sum {
    /// Its row and column, from 0.
    pub at: [usize; 2],
    /// Rows and columns of what it is the sum of.
    pub terms: Vec<[usize; 2]>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Table {
    /// Its name: one of `summary`, `goals`, `stages` …, unlike that of any other.
    pub name: &'static str,
    /// What it tells, in a line.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each of as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// How many of the last rows sum up others.
    pub totals: usize,
    /// The cells that are sums of others.
    pub sums: Vec<Sum>,
}

impl Table {
    fn new(name: &'static str, title: impl Into<String>, columns: Vec<Column>) -> Self {
        let (rows, sums) = (Vec::new(), Vec::new());
        Self { name, title: title.into(), columns, rows, totals: 0, sums }
    }

    /// Adds rows.
    fn with(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        debug_assert!(self.rows.iter().all(|row| row.len() == self.columns.len()), "{}", self.name);
        self
    }

    /// Adds a row with the sums of the columns that are named, below those that there are.
    fn summed(mut self, columns: &[&str]) -> Self {
        let count = self.rows.len();
        if count == 0 {
            return self;
        }
        let mut total = vec![Cell::Empty; self.columns.len()];
        total[0] = Cell::from("all");
        for (at, column) in self.columns.iter().enumerate() {
            if !columns.contains(&column.name.as_str()) {
                continue;
            }
            let sum: f64 = self.rows.iter().filter_map(|row| row[at].number()).sum();
            total[at] = Cell::from(sum);
            let terms = (0..count).map(|row| [row, at]).collect();
            self.sums.push(Sum { at: [count, at], terms });
        }
        self.rows.push(total);
        self.totals = 1;
        self
    }

    /// Whether nothing stands in a column.
    #[must_use]
    pub fn is_empty(&self, column: usize) -> bool {
        self.rows.iter().all(|row| row[column] == Cell::Empty)
    }

    /// Whether a column has numbers and no texts.
    #[must_use]
    pub fn is_numeric(&self, column: usize) -> bool {
        let is_text = |row: &Vec<Cell>| matches!(row[column], Cell::Text(_));
        !self.is_empty(column) && !self.rows.iter().any(is_text)
    }

    /// The unit of a cell: that of its column, or else what the row says in its column `unit`.
    #[must_use]
    pub fn unit(&self, row: usize, column: usize) -> Option<&str> {
        let of_row = || match &self.rows[row][self.column("unit")?] {
            Cell::Text(unit) => Some(unit.as_str()),
            _ => None,
        };
        self.columns[column].unit.as_deref().or_else(of_row)
    }

    /// Whether a cell is a calendar year, in which no thousands are separated.
    #[must_use]
    pub fn is_year(&self, row: usize, column: usize) -> bool {
        self.unit(row, column) == Some("year")
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// All tables of a result that have rows, in the order of [`NAMES`]. The flowsheet is the one that was solved.
#[must_use]
pub fn tables(outcome: &Outcome, flowsheet: &Flowsheet) -> Vec<Table> {
    let mut all = vec![summary::summary(outcome)];
    all.extend([summary::goals(outcome), chain::stages(outcome), chain::multipliers(outcome)]);
    all.extend([
        chain::account(outcome),
        limits::limits(outcome),
        limits::prices(outcome, flowsheet),
    ]);
    if let Some(roadmap) = &outcome.roadmap {
        all.extend(years::tables(outcome, roadmap));
    }
    all.extend([flows::streams(outcome, flowsheet), flows::grades(outcome)]);
    all.extend([flows::operations(outcome), flows::recoveries(outcome)]);
    all.extend([flows::consumption(outcome), flows::residues(outcome), flows::closure(outcome)]);
    all.extend([flows::intervals(outcome), inputs::cascades(flowsheet)]);
    all.extend([
        inputs::assumptions(outcome, flowsheet),
        inputs::inputs(flowsheet),
        inputs::sources(flowsheet),
    ]);
    all.retain(|table| !table.rows.is_empty());
    debug_assert!(
        all.iter().map(|table| table.name).collect::<BTreeSet<_>>().len() == all.len(),
        "names differ"
    );
    all
}

/// What is won of each content, by each operation and in all.
#[cfg(feature = "html")]
pub(in crate::report) fn won(outcome: &Outcome) -> Vec<Table> {
    vec![flows::recoveries(outcome), flows::grades(outcome)]
}

/// What a plan rests on.
#[cfg(feature = "html")]
pub(in crate::report) fn foundations(outcome: &Outcome, flowsheet: &Flowsheet) -> Vec<Table> {
    vec![
        inputs::assumptions(outcome, flowsheet),
        inputs::inputs(flowsheet),
        inputs::sources(flowsheet),
    ]
}

#[cfg(test)]
mod tests;
