//! Programs as text for other solvers: free-format MPS and the CPLEX LP format.
//!
//! Names come from the keys' `Display`; what a format forbids becomes `_`, and a name that is
//! taken gets a number, so a name is readable but not to be parsed back into meaning.

use std::{
    collections::HashSet,
    fmt::{self, Display, Write},
};

use super::{LinearProgram, RowSense};
use crate::index::Id;

/// Longest name written, in bytes; CPLEX LP readers cut or refuse names from 256 on.
const LONGEST: usize = 200;
/// The name of the objective row.
const OBJECTIVE: &str = "objective";
/// Terms on one line of the LP format, whose readers limit the length of lines.
const TERMS: usize = 8;

/// Writes a program in free-format MPS (the fixed format's sections, fields parted by blanks).
///
/// The constant of the objective is the cost of a column `constant` that is fixed at 1: readers
/// disagree on the sign of a right-hand side of the objective row (GLPK 5 adds what CPLEX, Gurobi
/// and `HiGHS` subtract).
///
/// # Errors
///
/// Only what `out` returns.
pub fn mps<C: Display, R: Display>(lp: &LinearProgram<C, R>, out: &mut impl Write) -> fmt::Result {
    let columns = column_names(lp, mps_character);
    let constant = unused("constant", &columns);
    let rows = row_names(lp, mps_character);
    let by_column = lp.program.rows.transposed(lp.column_count());
    writeln!(out, "NAME reeflow\nROWS\n N {OBJECTIVE}")?;
    for (id, row) in lp.rows() {
        let sense = match row.sense {
            RowSense::AtMost => 'L',
            RowSense::Equal => 'E',
            RowSense::AtLeast => 'G',
        };
        writeln!(out, " {sense} {}", rows[id.index()])?;
    }
    writeln!(out, "COLUMNS")?;
    let mut whole = false;
    let mut markers = 0;
    let mut mark = |out: &mut dyn Write, now: bool| {
        if now != whole {
            whole = now;
            markers += 1;
            let kind = if now { "INTORG" } else { "INTEND" };
            writeln!(out, " MARKER{markers} 'MARKER' '{kind}'")?;
        }
        Ok(())
    };
    for (id, column) in lp.columns() {
        mark(out, column.integer)?;
        let name = &columns[id.index()];
        // Written even where it is zero: a column without entries has to appear somewhere.
        writeln!(out, " {name} {OBJECTIVE} {:?}", column.cost)?;
        for (row, value) in by_column.outer(id.index()) {
            writeln!(out, " {name} {} {value:?}", rows[row])?;
        }
    }
    mark(out, false)?;
    if lp.offset() != 0.0 {
        writeln!(out, " {constant} {OBJECTIVE} {:?}", lp.offset())?;
    }
    writeln!(out, "RHS")?;
    for (id, row) in lp.rows().filter(|(_, row)| row.rhs != 0.0) {
        writeln!(out, " RHS {} {:?}", rows[id.index()], row.rhs)?;
    }
    writeln!(out, "BOUNDS")?;
    for (id, column) in lp.columns() {
        let name = &columns[id.index()];
        let (lower, upper) = (column.lower, column.upper);
        match (lower.is_finite(), upper.is_finite()) {
            (true, true) if lower == upper => writeln!(out, " FX BND {name} {lower:?}")?,
            (false, false) => writeln!(out, " FR BND {name}")?,
            (has_lower, has_upper) => {
                if !has_lower {
                    writeln!(out, " MI BND {name}")?;
                } else if lower != 0.0 || column.integer {
                    writeln!(out, " LO BND {name} {lower:?}")?;
                }
                if has_upper {
                    writeln!(out, " UP BND {name} {upper:?}")?;
                } else if column.integer {
                    // Some readers bound integers by 1 where nothing is said.
                    writeln!(out, " PL BND {name}")?;
                }
            }
        }
    }
    if lp.offset() != 0.0 {
        writeln!(out, " FX BND {constant} 1")?;
    }
    writeln!(out, "ENDATA")
}

/// Writes a program in the CPLEX LP format.
///
/// The constant of the objective is the cost of a column `constant` that is fixed at 1, because
/// not every reader knows constants; rows without terms hold a zero times their first column.
///
/// # Errors
///
/// Only what `out` returns.
pub fn cplex_lp<C: Display, R: Display>(
    lp: &LinearProgram<C, R>,
    out: &mut impl Write,
) -> fmt::Result {
    let mut columns = column_names(lp, lp_character);
    let rows = row_names(lp, lp_character);
    let constant = unused("constant", &columns);
    columns.push(constant);
    let extra = lp.column_count();
    let needed = lp.offset() != 0.0 || lp.column_count() == 0;
    writeln!(out, "Minimize")?;
    let costs = lp.columns().map(|(id, column)| (id.index(), column.cost));
    let costs = costs.filter(|cost| cost.1 != 0.0).chain(needed.then_some((extra, lp.offset())));
    expression(out, OBJECTIVE, costs, &columns)?;
    writeln!(out, "\nSubject To")?;
    for (id, row) in lp.rows() {
        let terms = lp.row_terms(id).map(|(column, value)| (column.index(), value));
        expression(out, &rows[id.index()], terms, &columns)?;
        let sense = match row.sense {
            RowSense::AtMost => "<=",
            RowSense::Equal => "=",
            RowSense::AtLeast => ">=",
        };
        writeln!(out, " {sense} {:?}", row.rhs)?;
    }
    if lp.row_count() == 0 {
        // A section without rows is not read by all.
        writeln!(out, " nothing: 0 {} >= 0", columns[0])?;
    }
    writeln!(out, "Bounds")?;
    for (id, column) in lp.columns() {
        let name = &columns[id.index()];
        let (lower, upper) = (column.lower, column.upper);
        match (lower.is_finite(), upper.is_finite()) {
            (true, true) if lower == upper => writeln!(out, " {name} = {lower:?}")?,
            (true, true) => writeln!(out, " {lower:?} <= {name} <= {upper:?}")?,
            (true, false) if lower == 0.0 => {}
            (true, false) => writeln!(out, " {name} >= {lower:?}")?,
            (false, true) => writeln!(out, " -inf <= {name} <= {upper:?}")?,
            (false, false) => writeln!(out, " {name} free")?,
        }
    }
    if needed {
        writeln!(out, " {} = 1", columns[extra])?;
    }
    if lp.columns().any(|(_, column)| column.integer) {
        writeln!(out, "General")?;
        for (id, _) in lp.columns().filter(|(_, column)| column.integer) {
            writeln!(out, " {}", columns[id.index()])?;
        }
    }
    writeln!(out, "End")
}

/// `name: + a x - b y`, a zero times the first column if there is no term.
fn expression(
    out: &mut impl Write,
    name: &str,
    terms: impl Iterator<Item = (usize, f64)>,
    columns: &[String],
) -> fmt::Result {
    write!(out, " {name}:")?;
    let mut written = 0;
    for (column, value) in terms {
        if written > 0 && written % TERMS == 0 {
            write!(out, "\n ")?;
        }
        let sign = if value < 0.0 { '-' } else { '+' };
        write!(out, " {sign} {:?} {}", value.abs(), columns[column])?;
        written += 1;
    }
    if written == 0 {
        write!(out, " 0 {}", columns[0])?;
    }
    Ok(())
}

fn column_names<C: Display, R>(lp: &LinearProgram<C, R>, valid: fn(char) -> bool) -> Vec<String> {
    names(lp.columns().map(|(_, column)| column.key.to_string()), valid)
}

fn row_names<C, R: Display>(lp: &LinearProgram<C, R>, valid: fn(char) -> bool) -> Vec<String> {
    names(lp.rows().map(|(_, row)| row.key.to_string()), valid)
}

/// Valid, distinct names in order; compared without case, as some readers do.
fn names(keys: impl Iterator<Item = String>, valid: fn(char) -> bool) -> Vec<String> {
    let reserved = [OBJECTIVE, "nothing", "free", "inf", "infinity", "bounds", "bound", "general"];
    let more = ["generals", "gen", "integer", "integers", "binary", "binaries", "bin", "end", "st"];
    let mut taken: HashSet<String> =
        reserved.iter().chain(&more).map(ToString::to_string).collect();
    keys.map(|key| {
        let mut name: String =
            key.chars().map(|c| if valid(c) { c } else { '_' }).take(LONGEST).collect();
        // A leading digit, dot, `-` or `$`, or an `e` before digits, reads as a number or comment.
        let odd = !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if odd || name.starts_with(['e', 'E']) {
            name.insert(0, '_');
        }
        let mut unique = name.clone();
        let mut number = 2_usize;
        while !taken.insert(unique.to_lowercase()) {
            unique = format!("{name}.{number}");
            number += 1;
        }
        unique
    })
    .collect()
}

/// `name`, with underscores until it is not among `names`.
fn unused(name: &str, names: &[String]) -> String {
    let mut name = name.to_owned();
    while names.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

/// MPS fields are parted by blanks; anything else that is visible ASCII may stand in a name.
fn mps_character(character: char) -> bool {
    character.is_ascii_graphic()
}

/// Characters that the LP format allows and that no reader takes for an operator.
fn lp_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_.".contains(character)
}

#[cfg(test)]
mod tests;
