//! How cells look: patterns of numbers, widths of columns, lines of texts.

use crate::report::tables::{Cell, Table};

/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (9, 48);

/// Room in a header for the mark of the filter, in characters.
const MARK: usize = 4;

/// Most lines that a header is meant to have.
const HEADER_LINES: usize = 3;

/// Most rows of a table whose long texts are broken; in longer ones a row is a line.
const BROKEN_ROWS: usize = 60;

/// Columns of shares of one.
const SHARES: [&str; 7] = [
    "utilisation",
    "grade",
    "single-pass recovery",
    "mass yield",
    "share",
    "discount rate",
    "relative change",
];

/// The pattern in which a number is shown.
pub(super) fn pattern(table: &Table, row: usize, column: usize, value: f64) -> String {
    if table.is_year(row, column) {
        "0".to_owned()
    } else if SHARES.contains(&table.columns[column].name.as_str()) {
        format!("{}%", digits(100.0 * value))
    } else {
        digits(value)
    }
}

/// Four significant digits, thousands separated; all digits of a whole number.
fn digits(value: f64) -> String {
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
pub(super) fn width(table: &Table, column: usize) -> usize {
    let shown = table.rows.iter().map(|row| match &row[column] {
        Cell::Number(value) => crate::measure::format_number(*value).len() + 1,
        Cell::Text(text) => text.chars().count() + 2,
        Cell::Empty => 0,
    });
    let longest = shown.max().unwrap_or(0);
    let heading = table.columns[column].heading();
    let count = heading.chars().count();
    let word = heading.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
    let header = word.max(count.div_ceil(HEADER_LINES)) + MARK;
    longest.max(header).clamp(WIDTHS.0, WIDTHS.1)
}

/// Whether the long texts of a table are broken into lines.
pub(super) fn is_broken(table: &Table) -> bool {
    table.rows.len() <= BROKEN_ROWS
}

/// Lines that the header takes in columns of these widths; what is hidden takes none.
pub(super) fn header_lines(table: &Table, widths: &[usize]) -> usize {
    let shown = (0..widths.len()).filter(|&column| !table.is_empty(column));
    let taken = shown.map(|at| lines(&table.columns[at].heading(), widths[at] - MARK));
    taken.max().unwrap_or(1)
}

/// Lines that a row takes in columns of these widths.
pub(super) fn row_lines(row: &[Cell], widths: &[usize]) -> usize {
    let taken = row.iter().zip(widths).map(|(cell, width)| match cell {
        // Columns are as wide as so many digits, which letters on the average are not.
        Cell::Text(text) => lines(text, width + width.div_euclid(10) - 1),
        _ => 1,
    });
    taken.max().unwrap_or(1)
}

/// Lines of a text that is broken between words, or within those that are too long.
fn lines(text: &str, width: usize) -> usize {
    let of_paragraph = |paragraph: &str| {
        let (mut count, mut taken) = (1, 0);
        for word in paragraph.split(' ') {
            let length = word.chars().count();
            let space = usize::from(taken > 0);
            if taken + space + length <= width {
                taken += space + length;
            } else {
                // A line is begun by a word that does not fit, however little stands in the one before.
                let (before_last, width) = (length.saturating_sub(1), width.max(1));
                count += usize::from(taken > 0) + before_last.div_euclid(width);
                taken = before_last.rem_euclid(width) + 1;
            }
        }
        count
    };
    text.split('\n').map(of_paragraph).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(digits(value), shown, "{value}");
        }
    }

    #[test]
    fn texts_are_broken_between_words() {
        for (text, width, count) in [
            ("", 8, 1),
            ("one two", 7, 1),
            ("one two", 6, 2),
            ("one\n\ntwo", 9, 3),
            ("abcdefghij", 4, 3),
            ("ab abcdefgh ab", 4, 4),
        ] {
            assert_eq!(lines(text, width), count, "{text:?}");
        }
    }
}
