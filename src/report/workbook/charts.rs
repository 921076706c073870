//! Charts of a workbook, which read their numbers from its sheets.

use std::fmt::Write as _;

use rust_xlsxwriter::{
    Chart, ChartAxis, ChartAxisLabelPosition, ChartLegendPosition, Format, Formula, Worksheet,
    XlsxError, utility::row_col_to_cell,
};

use super::{CHARTS, Table};
use crate::report::tables::Cell;

/// Most limits, and most products and capacities, that are drawn.
const LIMITS: usize = 25;
const SERIES: usize = 12;

/// Products are drawn together whose largest amounts are not further apart than that.
const APART: f64 = 20.0;

/// Width and least height of a chart, what a bar adds to it, and the height of a row of the sheet, in pixels.
const WIDTH: u32 = 960;
const HEIGHT: u32 = 420;
const BAR: u32 = 24;
const ROW: u32 = 20;

/// Rows that fit on a page.
const PAGE: u32 = 66;

/// A chart and where it stands on its sheet.
pub(super) struct Drawn {
    chart: Chart,
    row: u32,
    rows: u32,
    /// Names on its axis that stand nowhere else as they are: written into the row that it covers.
    names: Vec<String>,
    /// Cells of sheets from which it draws what does not stand together there, with what they hold: written below.
    values: Vec<(String, f64)>,
}

/// The charts of those tables that have one, one below the other.
pub(super) fn charts(tables: &[Table]) -> Vec<Drawn> {
    let mut drawn: Vec<Drawn> = Vec::new();
    for table in tables {
        // Each is told where it will stand.
        let free = |drawn: &[Drawn]| drawn.last().map_or(0, |it| it.row + it.rows + 1);
        match table.name {
            "stages" => drawn.extend(stages(table, free(&drawn))),
            "limits" => drawn.extend(limits(table, free(&drawn))),
            "capacities" => drawn.extend(capacities(table, free(&drawn))),
            "cash-flow" => drawn.extend(cash_flow(table, free(&drawn))),
            "production" => {
                let groups = alike(table);
                for (at, products) in groups.iter().enumerate() {
                    let mut title = "Products by period".to_owned();
                    if groups.len() > 1 {
                        write!(title, " ({} of {})", at + 1, groups.len()).expect("a text");
                    }
                    drawn.extend(production(table, products, &title, free(&drawn)));
                }
            }
            _ => {}
        }
    }
    drawn
}

/// Puts charts where they stand.
pub(super) fn place(sheet: &mut Worksheet, charts: Vec<Drawn>) -> Result<(), XlsxError> {
    sheet.set_name(CHARTS)?.set_screen_gridlines(false);
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 0);
    let (mut breaks, mut top) = (Vec::new(), 0);
    for drawn in charts {
        if drawn.row + drawn.rows > top + PAGE {
            top = drawn.row;
            breaks.push(top);
        }
        for (name, column) in drawn.names.iter().zip(1..) {
            sheet.write_string_with_format(drawn.row + 1, column, name, &Format::new())?;
        }
        for ((cell, value), column) in drawn.values.iter().zip(1..) {
            let formula = Formula::new(format!("={cell}")).set_result(value.to_string());
            sheet.write_formula(drawn.row + 2, column, formula)?;
        }
        sheet.insert_chart(drawn.row, 0, &drawn.chart)?;
    }
    if !breaks.is_empty() {
        sheet.set_page_breaks(&breaks)?;
    }
    Ok(())
}

/// Rows and columns of cells on the sheet of a table, whose first row is the header.
type Block<'a> = (&'a str, u32, u16, u32, u16);

fn block(table: &Table, rows: [usize; 2], columns: [usize; 2]) -> Option<Block<'_>> {
    let row = |at: usize| u32::try_from(at + 1).ok();
    let column = |at: usize| u16::try_from(at).ok();
    Some((table.name, row(rows[0])?, column(columns[0])?, row(rows[1])?, column(columns[1])?))
}

fn finished(mut chart: Chart, title: &str, row: u32, height: u32) -> Drawn {
    chart.title().set_name(title);
    chart.set_width(WIDTH).set_height(height).set_alt_text(title);
    Drawn { chart, row, rows: height.div_ceil(ROW), names: Vec::new(), values: Vec::new() }
}

/// An axis of money, in millions where that is shorter.
fn of_money(axis: &mut ChartAxis, unit: &str, largest: f64) {
    let (name, pattern) = match largest {
        1e7.. => (format!("million {unit}"), "#,##0,,"),
        1e6.. => (format!("million {unit}"), "#,##0.0,,"),
        _ => (unit.to_owned(), "#,##0"),
    };
    axis.set_name(&name).set_num_format(pattern);
}

fn largest<'a>(table: &'a Table, cells: impl IntoIterator<Item = [usize; 2]> + 'a) -> f64 {
    let values = cells.into_iter().filter_map(|[row, column]| table.rows[row][column].number());
    values.map(f64::abs).fold(0.0, f64::max)
}

/// Value added by stage, as columns.
fn stages(table: &Table, row: u32) -> Option<Drawn> {
    let last = (table.rows.len() - table.totals).checked_sub(1)?;
    let at = table.column("value added")?;
    let mut chart = Chart::new_column();
    chart.add_series().set_categories(block(table, [0, last], [0, 0])?).set_values(block(
        table,
        [0, last],
        [at, at],
    )?);
    let unit = table.columns[at].unit.as_deref().unwrap_or_default();
    of_money(chart.y_axis(), unit, largest(table, (0..=last).map(|row| [row, at])));
    chart.x_axis().set_label_position(ChartAxisLabelPosition::Low);
    chart.legend().set_hidden();
    Some(finished(chart, "Value added by stage", row, HEIGHT))
}

/// Utilisation of what is at most, as bars, the first one on top.
fn limits(table: &Table, row: u32) -> Option<Drawn> {
    let at = table.column("utilisation")?;
    let used = table.rows.iter().enumerate().filter_map(|(row, cells)| {
        let Cell::Text(name) = &cells[0] else { return None };
        let (sheet, row, column, ..) = block(table, [row, row], [at, at])?;
        let cell = format!("'{sheet}'!{}", row_col_to_cell(row, column));
        Some((name.clone(), (cell, cells[at].number()?)))
    });
    let (names, values): (Vec<_>, Vec<_>) = used.take(LIMITS).unzip();
    let count = u16::try_from(names.len()).ok().filter(|&count| count > 0)?;
    let mut chart = Chart::new_bar();
    chart
        .add_series()
        .set_categories((CHARTS, row + 1, 1, row + 1, count))
        .set_values((CHARTS, row + 2, 1, row + 2, count))
        .set_gap(60);
    // Of bars the axis of what is measured is x. Reversed, the other one begins on top, and takes x with it, but for its labels.
    chart.x_axis().set_name("reached ÷ bound").set_num_format("0%").set_min(0);
    chart.y_axis().set_reverse();
    chart.x_axis().set_label_position(ChartAxisLabelPosition::High);
    chart.legend().set_hidden();
    let height = HEIGHT.max(150 + BAR * u32::from(count));
    Some(Drawn { names, values, ..finished(chart, "Utilisation of upper limits", row, height) })
}

/// Utilisation of capacities by period, as lines.
fn capacities(table: &Table, row: u32) -> Option<Drawn> {
    let (period, at) = (table.column("period")?, table.column("utilisation")?);
    let mut chart = Chart::new_line();
    let mut first = 0;
    for chunk in table.rows.chunk_by(|one, next| one[..2] == next[..2]).take(SERIES) {
        let rows = [first, first + chunk.len() - 1];
        first += chunk.len();
        let (name, top, ..) = block(table, [rows[0]; 2], [0, 0])?;
        chart
            .add_series()
            .set_name((name, top, 0))
            .set_categories(block(table, rows, [period, period])?)
            .set_values(block(table, rows, [at, at])?);
    }
    chart.y_axis().set_name("used ÷ at hand").set_num_format("0%").set_min(0);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    Some(finished(chart, "Utilisation of capacities by period", row, HEIGHT))
}

/// Rows of products in groups that one axis suits, the largest first; what is never made is left out.
fn alike(table: &Table) -> Vec<Vec<usize>> {
    let Some(kind) = table.column("kind") else { return Vec::new() };
    let most = |row: usize| largest(table, (2..table.columns.len()).map(|column| [row, column]));
    let rows = (0..table.rows.len()).filter(|&row| table.rows[row][kind] == "product".into());
    let mut products: Vec<(usize, f64)> =
        rows.map(|row| (row, most(row))).filter(|&(_, most)| most > 0.0).collect();
    products.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut top = f64::INFINITY;
    for (row, most) in products.into_iter().take(SERIES) {
        if most * APART < top {
            top = most;
            groups.push(Vec::new());
        }
        if let Some(group) = groups.last_mut() {
            group.push(row);
        }
    }
    groups
}

/// Products by period, as groups of columns.
fn production(table: &Table, products: &[usize], title: &str, row: u32) -> Option<Drawn> {
    let mut chart = Chart::new_column();
    for &at in products {
        series(&mut chart, table, at, 2, row)?;
    }
    chart.y_axis().set_name(table.columns.get(2)?.unit.as_deref()?);
    chart.y_axis().set_num_format("#,##0.###");
    chart.legend().set_position(ChartLegendPosition::Bottom);
    let names = periods(table, 2);
    Some(Drawn { names, ..finished(chart, title, row, HEIGHT) })
}

/// The cash flow of each period as columns, what has been summed up to then as a line.
fn cash_flow(table: &Table, row: u32) -> Option<Drawn> {
    let line = |name: &str| table.rows.iter().position(|row| row[0] == name.into());
    let flow = line("cash flow")?;
    let mut chart = Chart::new_column();
    series(&mut chart, table, flow, 1, row)?;
    let mut drawn = vec![flow];
    if let Some(at) = line("cumulative") {
        let mut sum = Chart::new_line();
        series(&mut sum, table, at, 1, row)?;
        chart.combine(&sum);
        drawn.push(at);
    }
    let columns = 1..table.columns.len();
    let cells = drawn.iter().flat_map(|&row| columns.clone().map(move |column| [row, column]));
    let largest = largest(table, cells.collect::<Vec<_>>());
    let unit = table.columns[1].unit.as_deref().unwrap_or_default();
    of_money(chart.y_axis(), unit, largest);
    chart.x_axis().set_label_position(ChartAxisLabelPosition::Low);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    let names = periods(table, 1);
    Some(Drawn { names, ..finished(chart, &table.title, row, HEIGHT) })
}

/// A series of one row from a column on, named by its first cell, over the names of periods that are written under the chart.
fn series(chart: &mut Chart, table: &Table, row: usize, from: usize, drawn: u32) -> Option<()> {
    let last = table.columns.len().checked_sub(1).filter(|&last| last > from)?;
    let (name, at, ..) = block(table, [row, row], [0, 0])?;
    let count = u16::try_from(last + 1 - from).ok()?;
    chart
        .add_series()
        .set_name((name, at, 0))
        .set_categories((CHARTS, drawn + 1, 1, drawn + 1, count))
        .set_values(block(table, [row, row], [from, last])?);
    Some(())
}

/// Names of periods, which are the columns from one on, without their unit.
fn periods(table: &Table, from: usize) -> Vec<String> {
    table.columns[from..].iter().map(|column| column.name.clone()).collect()
}
