//! Reading Parquet files of a table: any columns, one row group after the other.

use std::io;

use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{ByteArray, DataType},
    errors::{ParquetError, Result},
    file::{
        metadata::ParquetMetaData,
        reader::{ChunkReader, FileReader as _},
        serialized_reader::SerializedFileReader,
    },
};

use super::{COLUMNS, Column, Values, error};

/// A Parquet file of a table, a part or the whole.
pub struct Parts<R: ChunkReader + 'static> {
    reader: SerializedFileReader<R>,
    columns: Vec<Column>,
}

impl<R: ChunkReader + 'static> Parts<R> {
    /// Opens what was written by [`write_part`](super::write_part) or [`Merge`](super::Merge).
    ///
    /// # Errors
    /// Of reading, or because the bytes are no such file.
    pub fn open(bytes: R) -> io::Result<Self> {
        let reader = SerializedFileReader::new(bytes).map_err(error)?;
        let columns = columns(reader.metadata()).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "it is no table of this program")
        })?;
        Ok(Self { reader, columns })
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of row groups, which is that of the parts.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// Values of some columns, by their positions, of one row group.
    ///
    /// # Errors
    /// Of reading, or because the bytes are damaged.
    pub fn read(&self, group: usize, columns: &[usize]) -> io::Result<Vec<Values>> {
        let read = |&column: &usize| self.column(group, column);
        columns.iter().map(read).collect::<Result<_>>().map_err(error)
    }

    pub(super) fn metadata(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    fn column(&self, group: usize, column: usize) -> Result<Values> {
        let group = self.reader.get_row_group(group)?;
        let rows = usize::try_from(group.metadata().num_rows())?;
        Ok(match group.get_column_reader(column)? {
            ColumnReader::DoubleColumnReader(reader) => {
                let (values, levels) = read(reader, rows)?;
                Values::Numbers(spread(values, &levels, f64::NAN))
            }
            ColumnReader::BoolColumnReader(reader) => {
                let (values, levels) = read(reader, rows)?;
                Values::Conditions(spread(values.into_iter().map(Some), &levels, None))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let (values, _) = read(reader, rows)?;
                Values::Counts(values.into_iter().map(i64::cast_unsigned).collect())
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                let (values, _) = read(reader, rows)?;
                let text = |value: &ByteArray| value.as_utf8().map(str::to_owned);
                Values::Texts(values.iter().map(text).collect::<Result<_>>()?)
            }
            _ => return Err(ParquetError::General("a foreign column".to_owned())),
        })
    }
}

fn columns(metadata: &ParquetMetaData) -> Option<Vec<Column>> {
    let entries = metadata.file_metadata().key_value_metadata()?;
    let text = entries.iter().find(|entry| entry.key == COLUMNS)?.value.as_ref()?;
    let columns: Vec<Column> = serde_json::from_str(text).ok()?;
    let schema = metadata.file_metadata().schema_descr();
    let names = schema.columns().iter().map(|column| column.name());
    names.eq(columns.iter().map(|column| column.name.as_str())).then_some(columns)
}

/// All values that are there, and for every row whether one is, if that is not always so.
fn read<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
) -> Result<(Vec<T::T>, Vec<i16>)> {
    let (mut values, mut levels) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut done = 0;
    while done < rows {
        let (records, ..) =
            reader.read_records(rows - done, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF("rows are missing".to_owned()));
        }
        done += records;
    }
    Ok((values, levels))
}

/// Puts the values to the rows that have one.
fn spread<V: Clone>(values: impl IntoIterator<Item = V>, levels: &[i16], none: V) -> Vec<V> {
    let mut values = values.into_iter();
    let value = |&level: &i16| if level == 0 { None } else { values.next() };
    levels.iter().map(value).map(|value| value.unwrap_or_else(|| none.clone())).collect()
}
