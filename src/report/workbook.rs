//! Tables as a workbook (XLSX): a sheet for each, and one of charts.
//!
//! Numbers are written in all their digits and shown with four, shares of one as per cent; sums are formulas that come with
//! their results, so that a reader who does not compute them has them all the same. Columns in which nothing stands are hidden,
//! not left out: a table has the same columns in all results. The same tables always make the same bytes: nothing is written
//! of the time or the machine.

mod charts;
mod looks;
mod sheet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::tables::Table;

/// Name of the sheet of charts.
pub const CHARTS: &str = "charts";

/// A workbook of tables; `title` is that of the document.
///
/// # Errors
/// Why there can be none: a table has more rows or columns than a sheet can hold (1,048,576 and 16,384).
pub fn workbook(title: &str, tables: &[Table]) -> Result<Vec<u8>, String> {
    let mut book = Workbook::new();
    let never = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|error| error.to_string())?;
    let about = DocProperties::new()
        .set_title(title)
        .set_comment(concat!("reeflow ", env!("CARGO_PKG_VERSION")))
        .set_creation_datetime(&never);
    book.set_properties(&about);
    let mut drawn = charts::charts(tables);
    for (at, table) in tables.iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet::write(sheet, table).map_err(|error| match error {
            XlsxError::RowColumnLimitError => format!(
                "the table `{}` is too large for a sheet: {} rows, {} columns",
                table.name,
                table.rows.len(),
                table.columns.len()
            ),
            error => format!("the table `{}`: {error}", table.name),
        })?;
        // Behind the summary, which is read first.
        if at == 0 && !drawn.is_empty() {
            let sheet = book.add_worksheet();
            charts::place(sheet, std::mem::take(&mut drawn))
                .map_err(|error| format!("the charts: {error}"))?;
        }
    }
    book.save_to_buffer().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tables::Column;

    #[test]
    fn tables_that_are_too_large_are_named() {
        let column = |at: usize| Column { name: at.to_string(), unit: None };
        let table = Table {
            name: "streams",
            title: "Wide".to_owned(),
            columns: (0..16_385).map(column).collect(),
            rows: Vec::new(),
            totals: 0,
            sums: Vec::new(),
        };
        let reason = workbook("x", &[table]).expect_err("too wide");
        assert_eq!(reason, "the table `streams` is too large for a sheet: 0 rows, 16385 columns");
    }
}
