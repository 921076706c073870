//! Tables as a workbook (XLSX): a sheet for each, and one of charts.
//!
//! Numbers are written in all their digits and shown with four; sums are formulas that come with their results, so that a
//! reader who does not compute them has them all the same. The same tables always make the same bytes: nothing is written of
//! the time or the machine.

mod charts;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};

use super::tables::{Cell, Sum, Table};

/// Most characters of a cell.
const LONGEST: usize = 32_767;

/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (8, 48);

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
        write(sheet, table).map_err(|error| match error {
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

fn write(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    for (at, column) in table.columns.iter().enumerate() {
        let format = if table.is_numeric(at) {
            head.clone().set_align(FormatAlign::Right)
        } else {
            head.clone()
        };
        sheet.write_string_with_format(0, place(at)?, column.heading(), &format)?;
        sheet.set_column_width(place(at)?, width(table, at) as f64)?;
    }
    let first_total = table.rows.len() - table.totals;
    for (at, row) in table.rows.iter().enumerate() {
        let below = u32::try_from(at + 1).map_err(|_| XlsxError::RowColumnLimitError)?;
        for (column, cell) in row.iter().enumerate() {
            let to = place(column)?;
            let mut format = Format::new();
            if at >= first_total {
                format = format.set_bold();
            }
            match cell {
                Cell::Number(value) => {
                    let shown =
                        if table.is_year(at, column) { "0".into() } else { pattern(*value) };
                    let format = format.set_num_format(shown);
                    match table.sums.iter().find(|sum| sum.at == [at, column]) {
                        Some(sum) => {
                            let formula =
                                Formula::new(formula(sum)).set_result(format!("{value:?}"));
                            sheet.write_formula_with_format(below, to, formula, &format)?;
                        }
                        None => {
                            sheet.write_number_with_format(below, to, *value, &format)?;
                        }
                    }
                }
                Cell::Text(text) => {
                    sheet.write_string_with_format(below, to, shortened(text), &format)?;
                }
                Cell::Empty => {}
            }
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    let last = u32::try_from(first_total).map_err(|_| XlsxError::RowColumnLimitError)?;
    sheet.autofilter(0, 0, last, place(table.columns.len() - 1)?)?;
    Ok(())
}

fn place(column: usize) -> Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)
}

/// What a cell can hold of a text.
fn shortened(text: &str) -> String {
    // It counts in UTF-16.
    if text.encode_utf16().count() <= LONGEST {
        return text.to_owned();
    }
    let mut left = LONGEST - 1;
    let mut short: String = text
        .chars()
        .take_while(|sign| {
            let fits = sign.len_utf16() <= left;
            left = left.saturating_sub(sign.len_utf16());
            fits
        })
        .collect();
    short.push('…');
    short
}

/// Four significant digits, thousands separated; all digits of a whole number.
fn pattern(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return "0.000E+00".to_owned();
    }
    if value.fract() == 0.0 {
        return "#,##0".to_owned();
    }
    // Rounding first, so that 9.9996 has one digit more before the point.
    let text = format!("{value:.3e}");
    let exponent = text.split_once('e').and_then(|(_, digits)| digits.parse::<i32>().ok());
    match usize::try_from(3 - exponent.unwrap_or(0)) {
        Ok(decimals) if decimals > 0 => format!("#,##0.{}", "0".repeat(decimals)),
        _ => "#,##0".to_owned(),
    }
}

/// Characters that a column takes.
fn width(table: &Table, column: usize) -> usize {
    let shown = table.rows.iter().map(|row| match &row[column] {
        Cell::Number(value) => crate::measure::format_number(*value).len() + 1,
        Cell::Text(text) => text.chars().count() + 1,
        Cell::Empty => 0,
    });
    let longest = shown.max().unwrap_or(0);
    // Headers are broken between words, beside the mark of the filter.
    let heading = table.columns[column].heading();
    let word = heading.split(' ').map(|word| word.chars().count()).max().unwrap_or(0) + 3;
    longest.max(word).clamp(WIDTHS.0, WIDTHS.1)
}

/// `=SUM(B2:B7,C9)`.
fn formula(sum: &Sum) -> String {
    let mut ranges: Vec<([usize; 2], [usize; 2])> = Vec::new();
    for &term in &sum.terms {
        match ranges.last_mut() {
            Some((_, last)) if term == [last[0] + 1, last[1]] => *last = term,
            _ => ranges.push((term, term)),
        }
    }
    let cell = |[row, column]: [usize; 2]| format!("{}{}", letters(column), row + 2);
    let range = |&(first, last): &([usize; 2], [usize; 2])| {
        if first == last { cell(first) } else { format!("{}:{}", cell(first), cell(last)) }
    };
    let ranges: Vec<String> = ranges.iter().map(range).collect();
    format!("=SUM({})", ranges.join(","))
}

/// The letters of a column: A, B … Z, AA …
fn letters(column: usize) -> String {
    let (mut left, mut text) = (column + 1, Vec::new());
    while left > 0 {
        left -= 1;
        text.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left = left.div_euclid(26);
    }
    text.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tables::Column;

    #[test]
    fn columns_have_letters() {
        for (column, text) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), text);
        }
    }

    #[test]
    fn numbers_are_shown_with_four_digits() {
        for (value, shown) in [
            (0.0, "#,##0"),
            (12_345.0, "#,##0"),
            (12_345.6, "#,##0"),
            (999.96, "#,##0"),
            (123.45, "#,##0.0"),
            (-1.5, "#,##0.000"),
            (0.012_345, "#,##0.00000"),
            (1e-9, "0.000E+00"),
            (1e16, "0.000E+00"),
        ] {
            assert_eq!(pattern(value), shown, "{value}");
        }
    }

    #[test]
    fn sums_are_of_ranges() {
        let column = Sum { at: [3, 1], terms: vec![[0, 1], [1, 1], [2, 1]] };
        let across = Sum { at: [4, 2], terms: vec![[4, 1], [3, 2]] };
        assert_eq!(formula(&column), "=SUM(B2:B4)");
        assert_eq!(formula(&across), "=SUM(B6,C5)");
    }

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

    #[test]
    fn texts_that_are_too_long_are_cut() {
        let long = "é😀".repeat(20_000);
        assert!(shortened(&long).encode_utf16().count() <= LONGEST);
        assert_eq!(shortened("short"), "short");
    }
}
