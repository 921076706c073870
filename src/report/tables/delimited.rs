//! A table as CSV by RFC 4180: a header of names with units, then the rows, all digits, lines that end with CR LF.

use csv::{Terminator, WriterBuilder};

use super::{Cell, Table};

/// A table as CSV. Numbers are the shortest that are read back as the same; what is not there is an empty field.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "a vector takes all that is written to it")]
pub fn csv(table: &Table) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let header = table.columns.iter().map(super::Column::heading);
    writer.write_record(header).expect("a vector takes all");
    for row in &table.rows {
        writer.write_record(row.iter().map(field)).expect("a vector takes all");
    }
    let bytes = writer.into_inner().expect("a vector takes all");
    String::from_utf8(bytes).expect("it was text")
}

fn field(cell: &Cell) -> String {
    match cell {
        // With an exponent where it is shorter, without a point where it is whole.
        Cell::Number(value) => {
            let text = format!("{value:?}");
            text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
        }
        Cell::Text(text) => text.clone(),
        Cell::Empty => String::new(),
    }
}
