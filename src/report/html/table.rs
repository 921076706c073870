//! Tables: what every chart shows, to be read and copied.

use maud::{Markup, html};

use super::words::Words;

/// A table; the first column names the rows.
pub(super) struct Table {
    caption: String,
    head: Vec<String>,
    /// Which columns are numbers.
    numbers: Vec<bool>,
    rows: Vec<Vec<String>>,
    /// Whether each row is a list of named values where the page is narrow.
    in_records: bool,
}

impl Table {
    /// A table whose columns are named; `#` begins the name of a number column.
    pub(super) fn new<S: AsRef<str>>(
        caption: String,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        let (mut head, mut numbers) = (Vec::new(), Vec::new());
        for column in columns {
            let name = column.as_ref();
            numbers.push(name.starts_with('#'));
            head.push(name.strip_prefix('#').unwrap_or(name).to_owned());
        }
        Self { caption, head, numbers, rows: Vec::new(), in_records: false }
    }

    /// Where the page is narrow, each row is a list of named values, as it would be too wide.
    pub(super) fn in_records(self) -> Self {
        Self { in_records: true, ..self }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table itself; nothing if it has no rows.
    pub(super) fn markup(&self) -> Markup {
        if self.is_empty() {
            return html! {};
        }
        html! {
            div.scroll tabindex="0" role="group" aria-label=(self.caption) {
                table.wide[self.head.len() > 9].records[self.in_records] {
                    caption { (self.caption) }
                    thead {
                        tr {
                            @for (name, number) in self.head.iter().zip(&self.numbers) {
                                th scope="col" class=[number.then_some("number")] { (name) }
                            }
                        }
                    }
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for (at, cell) in row.iter().enumerate() {
                                    @if at == 0 {
                                        th scope="row" { (cell) }
                                    } @else {
                                        td class=[self.class(at, cell)] data-name=[self.in_records.then(|| &self.head[at])] { (cell) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The table, to be opened.
    pub(super) fn folded(&self, words: &Words) -> Markup {
        if self.is_empty() {
            return html! {};
        }
        html! {
            details.long[self.is_long()] {
                summary { (words.text("as-table")) ": " (self.caption) }
                (self.markup())
            }
        }
    }

    /// Whether it is for looking things up: on paper it stands only if the reader has opened it.
    fn is_long(&self) -> bool {
        self.rows.len() > 40 || self.head.len() > 9
    }

    /// How a cell is shown: numbers to the right, marks in their colours.
    fn class(&self, at: usize, cell: &str) -> Option<&'static str> {
        let is_number = self.numbers.get(at).is_some_and(|&number| number);
        match (is_number, cell.chars().next()) {
            (true, Some('✓')) => Some("number met"),
            (true, Some('✗')) => Some("number missed"),
            (false, Some('✓')) => Some("met"),
            (false, Some('✗')) => Some("missed"),
            (true, _) => Some("number"),
            (false, _) => None,
        }
    }
}
