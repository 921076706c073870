//! Parquet: parts of one row group, and one file of many parts.

use std::{io, sync::Arc};

use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical},
    column::writer::ColumnCloseResult,
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type},
    errors::Result,
    file::{
        metadata::{KeyValue, ParquetMetaData},
        properties::WriterProperties,
        reader::ChunkReader,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{ColumnPath, Type, TypePtr},
};

use super::{COLUMNS, CREATED_BY, Column, Kind, Parts, Table, Values, error};

/// Writes some rows as a Parquet file of one row group; one vector of values for each column, all of one length.
///
/// # Errors
/// That of `to`.
///
/// # Panics
/// If the values are not those of the columns, or of different lengths.
pub fn write_part<W: io::Write + Send>(table: &Table, rows: &[Values], to: W) -> io::Result<()> {
    let kinds = table.columns.iter().map(|column| column.kind);
    assert!(kinds.eq(rows.iter().map(Values::kind)), "values of all columns, in their order");
    assert!(
        rows.iter().all(|values| values.len() == rows[0].len()),
        "as many values in every column"
    );
    write_rows(table, rows, to).map_err(error)
}

fn write_rows<W: io::Write + Send>(table: &Table, rows: &[Values], to: W) -> Result<()> {
    let mut file = file(table, to)?;
    let mut group = file.next_row_group()?;
    for values in rows {
        let mut column = group.next_column()?.expect("as many columns as the schema has");
        write_column(&mut column, values)?;
        column.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(())
}

fn write_column(column: &mut SerializedColumnWriter<'_>, values: &Values) -> Result<usize> {
    match values {
        Values::Numbers(values) => {
            let there = |value: &f64| !value.is_nan();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(there(value))).collect();
            let values: Vec<f64> = values.iter().copied().filter(there).collect();
            column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)
        }
        Values::Conditions(values) => {
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            let values: Vec<bool> = values.iter().copied().flatten().collect();
            column.typed::<BoolType>().write_batch(&values, Some(&levels), None)
        }
        Values::Counts(values) => {
            let values: Vec<i64> = values.iter().map(|value| value.cast_signed()).collect();
            column.typed::<Int64Type>().write_batch(&values, None, None)
        }
        Values::Texts(values) => {
            let values: Vec<ByteArray> = values.iter().map(|text| text.as_str().into()).collect();
            column.typed::<ByteArrayType>().write_batch(&values, None, None)
        }
    }
}

/// One Parquet file of many parts, in the order in which they are added, each as a row group.
pub struct Merge<W: io::Write + Send>(SerializedFileWriter<W>);

impl<W: io::Write + Send> Merge<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// That of `to`.
    pub fn new(table: &Table, to: W) -> io::Result<Self> {
        file(table, to).map(Self).map_err(error)
    }

    /// Adds a part by copying its bytes.
    ///
    /// # Errors
    /// Of reading, of writing, or because the part is none of this table.
    pub fn add<R: ChunkReader + 'static>(&mut self, part: &Parts<R>, bytes: &R) -> io::Result<()> {
        copy(&mut self.0, part.metadata(), bytes).map_err(error)
    }

    /// Ends the file, and hands back what it was written to.
    ///
    /// # Errors
    /// Of writing.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(error)
    }
}

fn copy<W: io::Write + Send, R: ChunkReader>(
    file: &mut SerializedFileWriter<W>,
    part: &ParquetMetaData,
    bytes: &R,
) -> Result<()> {
    for group in part.row_groups() {
        let mut copied = file.next_row_group()?;
        for column in group.columns() {
            let close = ColumnCloseResult {
                bytes_written: column.compressed_size().cast_unsigned(),
                rows_written: group.num_rows().cast_unsigned(),
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            copied.append_column(bytes, close)?;
        }
        copied.close()?;
    }
    Ok(())
}

fn file<W: io::Write + Send>(table: &Table, to: W) -> Result<SerializedFileWriter<W>> {
    let fields = table.columns.iter().map(field).collect::<Result<Vec<TypePtr>>>()?;
    let schema = Type::group_type_builder(CREATED_BY).with_fields(fields).build()?;
    SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties(table)))
}

fn field(column: &Column) -> Result<TypePtr> {
    let (physical, logical, repetition) = match column.kind {
        Kind::Number => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        Kind::Condition => (Physical::BOOLEAN, None, Repetition::OPTIONAL),
        Kind::Count => {
            (Physical::INT64, Some(LogicalType::integer(64, false)), Repetition::REQUIRED)
        }
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
    };
    let field = Type::primitive_type_builder(&column.name, physical);
    Ok(Arc::new(field.with_logical_type(logical).with_repetition(repetition).build()?))
}

fn properties(table: &Table) -> WriterProperties {
    let columns = serde_json::to_string(&table.columns).expect("columns are JSON");
    let about = table.about.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let metadata = [KeyValue::new(COLUMNS.to_owned(), columns)].into_iter().chain(about).collect();
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_key_value_metadata(Some(metadata))
        .set_compression(Compression::SNAPPY)
        // One row group of a part, whatever its length.
        .set_max_row_group_row_count(None)
        // Of few rows, they would be larger than what they serve to skip.
        .set_offset_index_disabled(true)
        .set_dictionary_enabled(false);
    for column in table.columns.iter().filter(|column| column.kind == Kind::Text) {
        let path = ColumnPath::new(vec![column.name.clone()]);
        properties = properties.set_column_dictionary_enabled(path, true);
    }
    properties.build()
}
