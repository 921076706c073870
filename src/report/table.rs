//! Long tables: columns of numbers, conditions, counts and texts, as Parquet and as CSV.
//!
//! A table is made of parts of some rows, each a Parquet file of one row group. [`Merge`] makes one file of them by copying
//! what is encoded, [`CsvText`] by writing them out, and [`Parts`] reads any columns of a part without the others. The same
//! rows always make the same bytes: nothing is written of the time, the machine or the version.
//!
//! In Parquet a column bears its plain name. Units of measure and descriptions of all columns are JSON under the key
//! [`COLUMNS`] of the file's metadata, beside what else the table tells of itself. In CSV the name is followed by the unit in
//! brackets, since nothing else goes with it: `profit [USD/yr]`.

mod column;
mod csv_text;
mod parts;
mod writer;

pub use column::{Column, Kind, Table, Values};
pub use csv_text::CsvText;
pub use parts::Parts;
pub use writer::{Merge, write_part};

use parquet::errors::ParquetError;
use std::io;

/// The key of the columns in the metadata of a Parquet file.
pub const COLUMNS: &str = "columns";

/// Who made the file.
const CREATED_BY: &str = "reeflow";

/// What went wrong below, or why the bytes are no table.
fn error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(inner) => io::Error::new(io::ErrorKind::InvalidData, inner),
        },
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}
