//! What a path asks to be written, by its ending; and tables, in each format.

use std::path::Path;

use super::{
    Stop,
    console::{Console, write_bytes, write_in_folder},
};
use crate::{
    diagnostic::nearest,
    report::{
        html::Picture,
        tables::{Table, csv, markdown},
        workbook::workbook,
    },
};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Page,
    Picture(Picture),
    Workbook,
    Markdown,
    Csv,
    Folder,
    Json,
}

impl Kind {
    /// What the ending of a path asks for; `endings` says which there are.
    pub(super) fn of(path: &Path, endings: &str) -> Result<Self, Stop> {
        let text = path.to_string_lossy();
        if text.ends_with(['/', std::path::MAIN_SEPARATOR]) {
            return Ok(Self::Folder);
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let refusal = match ending.as_deref() {
            Some("xlsx") => return Ok(Self::Workbook),
            Some("md" | "markdown") => return Ok(Self::Markdown),
            Some("csv") => return Ok(Self::Csv),
            Some("json") => return Ok(Self::Json),
            Some("html" | "htm") => return Ok(Self::Page),
            Some("svg") => return Ok(Self::Picture(Picture::Svg)),
            Some("png") => return Ok(Self::Picture(Picture::Png)),
            _ if path.is_dir() => {
                format!("`{text}` is a folder; `{text}/` writes all tables into it")
            }
            Some(ending) => format!("`{text}`: nothing is written as `.{ending}`; {endings}"),
            None => format!("`{text}` has no ending that says what to write; {endings}"),
        };
        Err(Stop::Tool(refusal))
    }

    /// Whether tables are written, of which some can be chosen.
    pub(super) const fn has_tables(self) -> bool {
        matches!(self, Self::Workbook | Self::Markdown | Self::Csv | Self::Folder)
    }
}

/// Refuses names of tables that there never are, and a CSV of no table or of several.
pub(super) fn check_names(names: &[String], kind: Kind, known: &[&str]) -> Result<(), Stop> {
    let list = known.join("`, `");
    for name in names {
        if known.contains(&name.as_str()) {
            continue;
        }
        let near = nearest(name, known.iter().copied());
        let hint = near.map_or_else(
            || format!("; there are `{list}`"),
            |near| format!(": did you mean `{near}`? There are `{list}`"),
        );
        return Err(Stop::Tool(format!("there is no table `{name}`{hint}")));
    }
    if kind == Kind::Page && !names.is_empty() {
        let message = "a page tells everything; to choose tables end the path with `.md`, `.csv`, `.xlsx` or `/`";
        return Err(Stop::Tool(message.to_owned()));
    }
    if kind == Kind::Csv && names.len() != 1 {
        return Err(Stop::Tool(format!(
            "a `.csv` holds one table: name it with `--table`, or end the path with `/` for a folder of all; there are `{list}`"
        )));
    }
    Ok(())
}

/// The tables that are named, or all of them; `whose` says what they are of.
pub(super) fn choose(
    mut all: Vec<Table>,
    names: &[String],
    whose: &str,
) -> Result<Vec<Table>, Stop> {
    for name in names {
        if !all.iter().any(|table| table.name == *name) {
            let there: Vec<&str> = all.iter().map(|table| table.name).collect();
            let there = there.join("`, `");
            return Err(Stop::Tool(format!(
                "nothing stands in the table `{name}` of {whose}; there are `{there}`"
            )));
        }
    }
    all.retain(|table| names.is_empty() || names.iter().any(|name| table.name == *name));
    Ok(all)
}

/// Writes tables under a title, or `data` where that is what is asked for, and tells so.
pub(super) fn write_tables(
    console: &mut Console,
    path: &Path,
    kind: Kind,
    (title, tables): (&str, &[Table]),
    data: impl FnOnce() -> String,
) -> Result<(), Stop> {
    match kind {
        Kind::Workbook => {
            let bytes = workbook(title, tables).map_err(|reason| {
                Stop::Tool(format!("cannot write `{}`: {reason}", path.display()))
            })?;
            write_bytes(path, &bytes)?;
        }
        Kind::Markdown => write_bytes(path, markdown(title, tables).as_bytes())?,
        Kind::Csv => write_bytes(path, csv(&tables[0]).as_bytes())?,
        Kind::Folder => {
            for table in tables {
                let name = format!("{}.csv", table.name);
                write_in_folder(path, &name, csv(table).as_bytes())?;
            }
        }
        Kind::Json | Kind::Page | Kind::Picture(_) => write_bytes(path, data().as_bytes())?,
    }
    let told = match (kind, tables.len()) {
        (Kind::Csv, _) => tables[0].name.to_owned(),
        (_, 1) => "1 table".to_owned(),
        (_, count) => format!("{count} tables"),
    };
    console.note(&format!("wrote {} ({told})", path.display()));
    Ok(())
}
