//! A table as a sheet: header, rows, formulas, and how it is printed.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use super::looks;
use crate::report::tables::{Cell, Sum, Table};

/// Most characters of a cell, in UTF-16.
const LONGEST: usize = 32_767;

/// Height of a line, and of the highest row, in points.
const LINE: usize = 15;
const HIGHEST: usize = 405;

/// Ground of the header.
const GROUND: Color = Color::RGB(0x00E8_EDF3);

/// Characters that fit beside each other on A4: upright, and across if made a little smaller.
const UPRIGHT: usize = 95;
const ACROSS: usize = 160;

pub(super) fn write(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    let widths: Vec<usize> =
        (0..table.columns.len()).map(|column| looks::width(table, column)).collect();
    let is_broken = looks::is_broken(table);
    header(sheet, table, &widths)?;
    let first_total = table.rows.len() - table.totals;
    for (at, row) in table.rows.iter().enumerate() {
        let below = line(at + 1)?;
        if is_broken {
            sheet.set_row_height(below, height(looks::row_lines(row, &widths)))?;
        }
        for (column, cell) in row.iter().enumerate() {
            let to = place(column)?;
            let mut format = Format::new().set_align(FormatAlign::Top);
            if at >= first_total {
                format = format.set_bold();
            }
            if at == first_total && at > 0 {
                format = format.set_border_top(FormatBorder::Thin);
            }
            match cell {
                Cell::Number(value) => {
                    let format = format.set_num_format(looks::pattern(table, at, column, *value));
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
                    if column > 0 {
                        format = format.set_align(FormatAlign::Left).set_indent(1);
                    }
                    if is_broken {
                        format = format.set_text_wrap();
                    }
                    sheet.write_string_with_format(below, to, shortened(text), &format)?;
                }
                Cell::Empty if at >= first_total => {
                    sheet.write_blank(below, to, &format)?;
                }
                Cell::Empty => {}
            }
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, line(first_total)?, place(table.columns.len() - 1)?)?;
    on_paper(sheet, table, &widths)
}

fn header(sheet: &mut Worksheet, table: &Table, widths: &[usize]) -> Result<(), XlsxError> {
    let base = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(GROUND)
        .set_border_bottom(FormatBorder::Thin);
    for (at, (column, width)) in table.columns.iter().zip(widths).enumerate() {
        // What is indented leaves room for the mark of the filter.
        let format = match (table.is_numeric(at), at) {
            (true, _) => base.clone().set_align(FormatAlign::Right).set_indent(2),
            (false, 0) => base.clone(),
            (false, _) => base.clone().set_align(FormatAlign::Left).set_indent(1),
        };
        sheet.write_string_with_format(0, place(at)?, column.heading(), &format)?;
        sheet.set_column_width(place(at)?, *width as f64)?;
        if table.is_empty(at) {
            sheet.set_column_hidden(place(at)?)?;
        }
    }
    sheet.set_row_height(0, height(looks::header_lines(table, widths)))?;
    Ok(())
}

/// A4, upright or across, the header on each page, wide tables smaller or on several pages side by side.
fn on_paper(sheet: &mut Worksheet, table: &Table, widths: &[usize]) -> Result<(), XlsxError> {
    let shown = widths.iter().enumerate().filter(|&(at, _)| !table.is_empty(at));
    let whole: usize = shown.map(|(_, width)| width).sum();
    if whole > UPRIGHT {
        sheet.set_landscape();
    }
    let pages = u16::try_from(whole.div_ceil(ACROSS)).unwrap_or(u16::MAX);
    sheet.set_paper_size(9).set_print_fit_to_pages(pages, 0);
    sheet.set_repeat_rows(0, 0)?.set_repeat_columns(0, 0)?;
    // A single `&` begins a code, and all of it has at most 255 characters.
    let title: String = table.title.chars().take(100).collect();
    sheet.set_header(format!("&L&B{}", title.replace('&', "&&")));
    sheet.set_footer("&L&F: &A&R&P / &N");
    Ok(())
}

fn place(column: usize) -> Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)
}

fn line(row: usize) -> Result<u32, XlsxError> {
    u32::try_from(row).map_err(|_| XlsxError::RowColumnLimitError)
}

fn height(lines: usize) -> f64 {
    (lines * LINE).min(HIGHEST) as f64
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

    #[test]
    fn columns_have_letters() {
        for (column, text) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), text);
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
    fn texts_that_are_too_long_are_cut() {
        let long = "é😀".repeat(20_000);
        assert!(shortened(&long).encode_utf16().count() <= LONGEST);
        assert_eq!(shortened("short"), "short");
    }
}
