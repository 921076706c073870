//! CSV: a header of names with units, then the rows.

use std::io;

use super::{Column, Table, Values};

/// A table as CSV, part by part.
///
/// Numbers are the shortest that are read back as the same; what is none is an empty field.
pub struct CsvText<W: io::Write>(csv::Writer<W>);

impl<W: io::Write> CsvText<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// That of `to`.
    pub fn new(table: &Table, to: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(to);
        writer.write_record(table.columns.iter().map(heading))?;
        Ok(Self(writer))
    }

    /// Writes some rows; one vector of values for each column, all of one length.
    ///
    /// # Errors
    /// Of writing.
    pub fn add(&mut self, rows: &[Values]) -> io::Result<()> {
        let mut field = String::new();
        for row in 0..rows.first().map_or(0, Values::len) {
            for values in rows {
                field.clear();
                write_field(&mut field, values, row);
                self.0.write_field(&field)?;
            }
            self.0.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    /// Writes what is left, and hands back what it was written to.
    ///
    /// # Errors
    /// Of writing.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

fn heading(column: &Column) -> String {
    match &column.unit {
        Some(unit) => format!("{} [{unit}]", column.name),
        None => column.name.clone(),
    }
}

fn write_field(field: &mut String, values: &Values, row: usize) {
    use std::fmt::Write as _;
    let written = match values {
        Values::Numbers(values) if values[row].is_nan() => Ok(()),
        // With an exponent where it is shorter.
        Values::Numbers(values) => write!(field, "{:?}", values[row]),
        Values::Conditions(values) => match values[row] {
            Some(holds) => write!(field, "{holds}"),
            None => Ok(()),
        },
        Values::Counts(values) => write!(field, "{}", values[row]),
        Values::Texts(values) => {
            field.push_str(&values[row]);
            Ok(())
        }
    };
    written.expect("a string takes all");
}
