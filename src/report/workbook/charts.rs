//! Charts of a workbook, which read their numbers from its sheets.

use rust_xlsxwriter::{Chart, ChartLegendPosition, Worksheet, XlsxError};

use super::{CHARTS, Table};

/// Most limits, and most products, that are drawn.
const LIMITS: usize = 25;
const PRODUCTS: usize = 12;

/// Size of a chart, in pixels, and the rows that it takes.
const SIZE: (u32, u32) = (900, 420);
const ROWS: u32 = 22;

/// The charts of those tables that have one.
pub(super) fn charts(tables: &[Table]) -> Vec<Chart> {
    tables.iter().filter_map(chart).collect()
}

/// Puts charts one below the other.
pub(super) fn place(sheet: &mut Worksheet, charts: Vec<Chart>) -> Result<(), XlsxError> {
    sheet.set_name(CHARTS)?;
    let mut row = 0;
    for chart in charts {
        sheet.insert_chart(row, 0, &chart)?;
        row += ROWS;
    }
    Ok(())
}

fn chart(table: &Table) -> Option<Chart> {
    match table.name {
        "stages" => stages(table),
        "limits" => limits(table),
        "production" => production(table),
        "cash-flow" => cash_flow(table),
        _ => None,
    }
}

/// Rows and columns of cells on the sheet of a table, whose first row is the header.
type Block<'a> = (&'a str, u32, u16, u32, u16);

fn block(table: &Table, rows: [usize; 2], columns: [usize; 2]) -> Option<Block<'_>> {
    let row = |at: usize| u32::try_from(at + 1).ok();
    let column = |at: usize| u16::try_from(at).ok();
    Some((table.name, row(rows[0])?, column(columns[0])?, row(rows[1])?, column(columns[1])?))
}

fn heading(table: &Table, column: usize) -> Option<(&str, u32, u16)> {
    Some((table.name, 0, u16::try_from(column).ok()?))
}

fn titled(mut chart: Chart, title: &str) -> Chart {
    chart.title().set_name(title);
    chart.set_width(SIZE.0).set_height(SIZE.1);
    chart
}

/// Value added by stage, as columns.
fn stages(table: &Table) -> Option<Chart> {
    let last = (table.rows.len() - table.totals).checked_sub(1)?;
    let at = table.column("value added")?;
    let mut chart = titled(Chart::new_column(), "Value added by stage");
    chart
        .add_series()
        .set_name(heading(table, at)?)
        .set_categories(block(table, [0, last], [0, 0])?)
        .set_values(block(table, [0, last], [at, at])?);
    chart.y_axis().set_name(&table.columns[at].heading()).set_num_format("#,##0");
    chart.legend().set_hidden();
    Some(chart)
}

/// Utilisation of limits, as bars, the first one on top.
fn limits(table: &Table) -> Option<Chart> {
    let last = table.rows.len().min(LIMITS).checked_sub(1)?;
    let at = table.column("utilisation")?;
    let mut chart = titled(Chart::new_bar(), "Utilisation of limits: reached ÷ bound");
    chart
        .add_series()
        .set_name(heading(table, at)?)
        .set_categories(block(table, [0, last], [0, 0])?)
        .set_values(block(table, [0, last], [at, at])?);
    chart.x_axis().set_reverse();
    chart.y_axis().set_num_format("0%").set_min(0);
    chart.legend().set_hidden();
    Some(chart)
}

/// Products by period, as lines of columns.
fn production(table: &Table) -> Option<Chart> {
    let (first, last) = (2, table.columns.len().checked_sub(1).filter(|&last| last > 2)?);
    let kind = table.column("kind")?;
    let products = table.rows.iter().enumerate().filter(|(_, row)| row[kind] == "product".into());
    let products: Vec<usize> = products.map(|(at, _)| at).take(PRODUCTS).collect();
    if products.is_empty() {
        return None;
    }
    let mut chart = titled(Chart::new_column(), "Products by period, t/yr");
    for at in products {
        series(&mut chart, table, at, [first, last])?;
    }
    chart.y_axis().set_num_format("#,##0");
    chart.legend().set_position(ChartLegendPosition::Bottom);
    Some(chart)
}

/// The cash flow of each period as columns, what has been summed up to then as a line.
fn cash_flow(table: &Table) -> Option<Chart> {
    let last = table.columns.len().checked_sub(1).filter(|&last| last > 1)?;
    let line = |name: &str| table.rows.iter().position(|row| row[0] == name.into());
    let mut chart = titled(Chart::new_column(), &table.title);
    series(&mut chart, table, line("cash flow")?, [1, last])?;
    if let Some(at) = line("cumulative") {
        let mut sum = Chart::new_line();
        series(&mut sum, table, at, [1, last])?;
        chart.combine(&sum);
    }
    chart.y_axis().set_name(table.columns[1].unit.as_deref().unwrap_or_default());
    chart.y_axis().set_num_format("#,##0");
    chart.legend().set_position(ChartLegendPosition::Bottom);
    Some(chart)
}

/// A series of one row, named by its first cell, over the headers of its columns.
fn series(chart: &mut Chart, table: &Table, row: usize, columns: [usize; 2]) -> Option<()> {
    let (name, at, ..) = block(table, [row, row], columns)?;
    let (from, to) = (u16::try_from(columns[0]).ok()?, u16::try_from(columns[1]).ok()?);
    chart
        .add_series()
        .set_name((name, at, 0))
        .set_categories((name, 0, from, 0, to))
        .set_values(block(table, [row, row], columns)?);
    Some(())
}
