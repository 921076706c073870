//! Headings, lines, tables and numbers of a report.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets,
};

use super::Style;
use crate::measure::{format_mass_rate, format_money_rate, format_number};

/// What stands where there is no number.
pub(in crate::report) const NONE: &str = "–";

/// A blank at which no line is broken, until a table has been laid out.
const HOLD: char = '\u{a0}';

/// A text that is not broken within a table.
pub(super) fn held(text: &str) -> String {
    text.replace(' ', &HOLD.to_string())
}

/// Where the line of a path may be broken, until a table has been laid out: a dot, or a blank if [`BLANK`] follows.
const BREAK: char = '\u{e000}';

/// Of no width.
const BLANK: char = '\u{200b}';

/// A path, or words with paths in them, that may be broken at dots and blanks.
fn breakable(text: &str) -> String {
    text.replace('.', &BREAK.to_string()).replace(' ', &format!("{BREAK}{BLANK}"))
}

/// What [`breakable`] stands for.
fn unbreakable(text: &str) -> String {
    let blanks = text.replace(&format!("{BREAK}{BLANK}"), " ");
    blanks.replace(BREAK, ".").replace(BLANK, "")
}

/// Blanks between columns, beside one that there always is: less where there is little room.
const GAPS: [u16; 3] = [2, 1, 0];

/// Words of up to so many characters are not broken, however narrow the page.
const LONGEST_WORD: usize = 40;

/// A heading of a column over several lines, each of at most about a dozen characters.
pub(super) fn stacked(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_inclusive([' ', '-']) {
        match lines.last_mut() {
            Some(line) if line.len() + word.trim_end().len() <= 12 => line.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

/// Text that grows line by line.
pub(super) struct Page {
    text: String,
    style: Style,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self { text: String::new(), style: Style { width: style.width.max(40), ..style } }
    }

    /// Longest line, in columns.
    pub(super) const fn width(&self) -> usize {
        self.style.width
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A heading, with a blank line before it unless it is the first.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let (on, off) = if self.style.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        self.text.push_str(on);
        self.paragraph(text, "");
        self.text.truncate(self.text.trim_end_matches('\n').len());
        self.text.extend([off, "\n"]);
    }

    /// A paragraph, wrapped between words.
    pub(super) fn line(&mut self, text: &str) {
        self.paragraph(text, "");
    }

    /// A paragraph whose lines after the first are indented.
    pub(super) fn item(&mut self, text: &str) {
        self.paragraph(text, "  ");
    }

    /// A paragraph all of whose lines are indented, those after the first twice.
    fn within(&mut self, text: &str, indent: &str) {
        self.text.push_str(indent);
        self.flow(text, &indent.repeat(2), indent.len());
    }

    /// A line that is drawn as it is, however long: words stand where they are.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.text.extend([text, "\n"]);
    }

    fn paragraph(&mut self, text: &str, indent: &str) {
        self.flow(&text.replace(HOLD, " "), indent, 0);
    }

    /// Words one after the other, broken between them; so many columns of the first line are taken.
    fn flow(&mut self, text: &str, indent: &str, taken: usize) {
        let mut length = taken;
        let mut first = true;
        // Blanks that are held are none.
        for word in text.split([' ', '\n', '\t']).filter(|word| !word.is_empty()) {
            let count = word.chars().count();
            if !first && length + 1 + count > self.style.width {
                self.text.push('\n');
                self.text.push_str(indent);
                length = indent.len();
            } else if !first {
                self.text.push(' ');
                length += 1;
            }
            first = false;
            self.text.push_str(word);
            length += count;
        }
        self.text.push('\n');
    }

    /// A table; nothing if it has no rows.
    pub(super) fn table(&mut self, sheet: &Sheet) {
        if sheet.rows.is_empty() {
            return;
        }
        let width = self.style.width;
        let fits = |table: &String| table.lines().all(|line| line.chars().count() <= width);
        let drawn = if self.style.strict {
            let mut tables = GAPS.iter().map(|&gap| sheet.draw(width, gap));
            tables.find(fits).unwrap_or_else(|| sheet.draw_records(width))
        } else {
            sheet.draw(width, GAPS[0])
        };
        // Marks are coloured after the layout, which counts characters.
        let drawn = if self.style.color {
            drawn.replace('✓', "\u{1b}[32m✓\u{1b}[0m").replace('✗', "\u{1b}[31m✗\u{1b}[0m")
        } else {
            drawn
        };
        for line in drawn.lines() {
            let links = if self.style.links { sheet.links.as_slice() } else { &[] };
            let linked = links.iter().find_map(|(word, address)| {
                let rest = line.strip_prefix(word.as_str())?;
                (rest.is_empty() || rest.starts_with(' ')).then(|| link(word, address) + rest)
            });
            self.text.extend([linked.as_deref().unwrap_or(line), "\n"]);
        }
    }
}

/// Words that lead to an address in terminals that know OSC 8.
fn link(words: &str, address: &str) -> String {
    format!("\u{1b}]8;;{address}\u{1b}\\{words}\u{1b}]8;;\u{1b}\\")
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Words, to the left; lines are broken between them.
    Text,
    /// Paths of figures, and words about them, to the left; lines are broken at dots and blanks.
    Path,
    /// Numbers with or without unit, to the right and never broken.
    Number,
}

/// A table: text columns to the left, number columns to the right and never broken.
pub(super) struct Sheet {
    head: Vec<String>,
    kinds: Vec<Kind>,
    rows: Vec<Vec<String>>,
    /// Where first cells lead to.
    links: Vec<(String, String)>,
}

impl Sheet {
    /// A table whose columns are named; `#` begins the name of a number column, `.` that of a column of paths.
    pub(super) fn new(columns: &[&str]) -> Self {
        let kind = |name: &str| match name.as_bytes().first() {
            Some(b'#') => Kind::Number,
            Some(b'.') => Kind::Path,
            _ => Kind::Text,
        };
        let kinds = columns.iter().map(|name| kind(name)).collect();
        let head = columns.iter().map(|name| name.trim_start_matches(['#', '.']).to_owned());
        Self { head: head.collect(), kinds, rows: Vec::new(), links: Vec::new() }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    pub(super) fn cells(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Says where rows that begin with these words lead to.
    pub(super) fn link(&mut self, first: &str, address: &str) {
        self.links.push((first.to_owned(), address.to_owned()));
    }

    /// Number of characters of the longest word of a column.
    fn longest_word(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).chain(self.head.get(column));
        let is_path = self.kinds.get(column) == Some(&Kind::Path);
        let words = cells.flat_map(|cell| {
            cell.split(move |sign| matches!(sign, ' ' | '\n') || is_path && sign == '.')
        });
        words.map(|word| word.chars().count()).max().unwrap_or(0)
    }

    fn draw(&self, width: usize, gap: u16) -> String {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        table.set_style(TableComponent::HeaderLines, '─');
        table.set_style(TableComponent::MiddleHeaderIntersections, '─');
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        // Only one sign of a column can break its lines.
        let line = |cells: &[String]| -> Vec<String> {
            let cells = cells.iter().zip(&self.kinds);
            cells
                .map(
                    |(cell, kind)| {
                        if *kind == Kind::Path { breakable(cell) } else { cell.clone() }
                    },
                )
                .collect()
        };
        table.set_header(line(&self.head));
        table.add_rows(self.rows.iter().map(|row| line(row)));
        for (column, &kind) in table.column_iter_mut().zip(&self.kinds) {
            column.set_padding((0, gap));
            if kind == Kind::Path {
                column.set_delimiter(BREAK);
            }
            if kind == Kind::Number {
                column.set_cell_alignment(CellAlignment::Right);
                column.set_constraint(ColumnConstraint::ContentWidth);
            } else {
                let width = self.longest_word(column.index).min(LONGEST_WORD);
                let width = u16::try_from(width).unwrap_or(u16::MAX).saturating_add(gap);
                let width = Width::Fixed(width);
                column.set_constraint(ColumnConstraint::LowerBoundary(width));
            }
        }
        unbreakable(&table.trim_fmt()).replace(HOLD, " ")
    }
}

/// Before the cells of a record.
const INDENT: &str = "  ";

impl Sheet {
    /// The rows one below the other, a line for each cell: where columns do not fit side by side.
    fn draw_records(&self, width: usize) -> String {
        let named = |at: usize| self.head.get(at).is_some_and(|head| !head.is_empty());
        let first = (0..self.head.len()).find(|&at| named(at)).unwrap_or_default();
        let mut page = Page::new(Style { width, ..Style::default() });
        for row in &self.rows {
            // Numbers of rows and marks have no name of their own.
            let is_title =
                |at: usize, cell: &str| at <= first || !named(at) && cell.chars().count() <= 2;
            let cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
            let (title, rest): (Vec<_>, Vec<_>) = cells.partition(|(at, cell)| is_title(*at, cell));
            let title: Vec<&str> = title.into_iter().map(|(_, cell)| cell.as_str()).collect();
            page.item(&title.join(" ").replace(HOLD, " "));
            for (at, cell) in rest {
                let head = self.head.get(at).filter(|head| !head.is_empty());
                let head = head.map_or_else(String::new, |head| format!("{}: ", unstacked(head)));
                page.within(&format!("{head}{cell}"), INDENT);
            }
        }
        page.finish().trim_end().replace(HOLD, " ")
    }
}

/// A heading of a column on one line.
fn unstacked(text: &str) -> String {
    text.replace("-\n", "-").replace('\n', " ")
}

/// Money of one table, all in one unit.
pub(in crate::report) struct Money {
    /// Money in one of the unit.
    pub(in crate::report) size: f64,
    largest: f64,
    /// `MUSD/yr`, `kUSD/yr` or `USD/yr`.
    pub(in crate::report) unit: String,
}

impl Money {
    /// The unit in which the largest of the values reads well.
    pub(in crate::report) fn fitting(
        values: impl IntoIterator<Item = f64>,
        currency: &str,
    ) -> Self {
        let sizes = values.into_iter().map(f64::abs).filter(|value| value.is_finite());
        let largest = sizes.fold(0.0, f64::max);
        let (size, prefix) = match largest {
            1e10.. => (1e9, "bn "),
            1e7.. => (1e6, "M"),
            1e4.. => (1e3, "k"),
            _ => (1.0, ""),
        };
        Self { size, largest, unit: format!("{prefix}{currency}/yr") }
    }

    /// A value without its unit.
    pub(in crate::report) fn show(&self, value: f64) -> String {
        number(value, self.largest, self.size)
    }
}

/// A value in a unit; what is rounding against the largest of its kind is 0.
pub(in crate::report) fn number(value: f64, largest: f64, size: f64) -> String {
    if value.abs() <= 1e-9 * largest { "0".to_owned() } else { format_number(value / size) }
}

/// A value with its unit: mass, money, a ratio, or whatever else.
pub(in crate::report) fn amount(value: f64, unit: &str, currency: &str) -> String {
    match unit {
        "" => format_number(value),
        "t/yr" => format_mass_rate(value),
        _ if unit.strip_suffix("/yr") == Some(currency) => format_money_rate(value, currency),
        _ => format!("{} {unit}", format_number(value)),
    }
}

/// A fraction as a number of per cent, without the sign.
pub(in crate::report) fn percent(fraction: f64) -> String {
    format_number(if fraction.abs() < 1e-9 { 0.0 } else { 100.0 * fraction })
}

/// A number with its sign, also if it is positive.
pub(in crate::report) fn signed(value: f64) -> String {
    let text = if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:.2e}")
    } else {
        format_number(value)
    };
    if value > 0.0 { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_beside_paths_are_broken_at_blanks() {
        for width in 50..80 {
            let mut page = Page::new(Style { width, ..Style::default() });
            let mut sheet = Sheet::new(&["limit", ".then binds now", "#worth"]);
            sheet.row([
                "what is sold".to_owned(),
                "separator.solvent-extraction.capacity comes free".to_owned(),
                "12.5 kUSD/yr".to_owned(),
            ]);
            page.table(&sheet);
            let text = page.finish();
            for word in ["solvent-extraction", "capacity", "comes", "free", "binds", "now"] {
                assert!(text.contains(word), "{width}: {text}");
            }
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}: {text}");
        }
    }
}
