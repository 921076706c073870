//! Solution files and logs of other solvers. Columns are named `c0`, `c1`, …, rows `r0`, `r1`, ….

use super::Said;

/// How a solution file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Layout {
    /// GLPK's: `s bas …`, then `i ROW STATUS VALUE DUAL` and `j COLUMN STATUS VALUE DUAL`.
    Glpk,
    /// CBC's and CLP's: a text whose first line says how it ended, and the values as bytes; read by [`coin`].
    Coin,
    /// HiGHS' raw one: sections of `NAME VALUE`, the primal before the dual.
    Highs,
}

/// Reads a solution file, and the values beside it where there are some; what is not mentioned is 0.
pub(in super::super) fn solution(
    layout: Layout,
    text: &str,
    values: &[u8],
    columns: usize,
    rows: usize,
) -> Said {
    let mut said = Said { primal: vec![0.0; columns], duals: vec![0.0; rows], ..Said::default() };
    match layout {
        Layout::Glpk => glpk(text, &mut said),
        Layout::Coin => coin(text, values, &mut said),
        Layout::Highs => highs(text, &mut said),
    }
    said
}

fn glpk(text: &str, said: &mut Said) {
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["c", "Status:", ref status @ ..] => said.words = status.join(" "),
            ["s", "bas", _, _, primal, dual, _] => said.optimal = primal == "f" && dual == "f",
            ["i", at, _, _, dual] => put(&mut said.duals, before(at), dual),
            ["j", at, _, value, _] => put(&mut said.primal, before(at), value),
            _ => {}
        }
    }
}

/// GLPK counts from one.
fn before(at: &str) -> Option<usize> {
    at.parse::<usize>().ok()?.checked_sub(1)
}

/// Values are the number of rows and of columns as `int`, the objective, then of all rows the activity and the dual, of all columns
/// the value and the reduced cost as `double`, each in the machine's own order of bytes (`saveSolution` of CLP 1.17). Columns
/// beyond those of the program are of constants.
fn coin(text: &str, values: &[u8], said: &mut Said) {
    text.lines().next().unwrap_or_default().trim().clone_into(&mut said.words);
    let Some((&[a, b, c, d, e, f, g, h, ..], values)) = values.split_at_checked(16) else { return };
    let count = |bytes: [u8; 4]| usize::try_from(i32::from_ne_bytes(bytes)).unwrap_or_default();
    let (rows, columns) = (count([a, b, c, d]), count([e, f, g, h]));
    let (values, rest) = values.as_chunks::<8>();
    let whole = rest.is_empty() && values.len() == 2 * (rows + columns);
    if !whole || rows != said.duals.len() || columns < said.primal.len() {
        return;
    }
    let fill = |slots: &mut Vec<f64>, from: usize| {
        for (slot, &value) in slots.iter_mut().zip(&values[from..]) {
            *slot = f64::from_ne_bytes(value);
        }
    };
    fill(&mut said.duals, rows);
    fill(&mut said.primal, 2 * rows);
    said.optimal = said.words.to_lowercase().starts_with("optimal");
}

fn highs(text: &str, said: &mut Said) {
    let mut dual = false;
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        match line {
            "Model status" => {
                lines.next().unwrap_or_default().clone_into(&mut said.words);
                said.optimal = said.words == "Optimal";
            }
            "# Primal solution values" => dual = false,
            "# Dual solution values" => dual = true,
            "# Basis" => break,
            _ => {
                let Some((name, value)) = line.split_once(' ') else { continue };
                match name.split_at_checked(1) {
                    Some(("c", at)) if !dual => put(&mut said.primal, at.parse().ok(), value),
                    Some(("r", at)) if dual => put(&mut said.duals, at.parse().ok(), value),
                    _ => {}
                }
            }
        }
    }
}

fn put(values: &mut [f64], at: Option<usize>, text: &str) {
    let slot = at.and_then(|at| values.get_mut(at));
    if let (Some(slot), Ok(value)) = (slot, text.trim().parse()) {
        *slot = value;
    }
}

/// Iterations and the time that a solver reports, from what it prints.
pub(in super::super) fn log(layout: Layout, text: &str) -> (Option<u64>, Option<f64>) {
    let after = |mark: &str| {
        let (_, rest) = text.rsplit_once(mark)?;
        rest.trim_start_matches([' ', ':', '=']).split_whitespace().next().map(str::to_owned)
    };
    let number = |mark: &str| after(mark).and_then(|word| word.parse::<f64>().ok());
    let count = |mark: &str| after(mark).and_then(|word| word.parse::<u64>().ok());
    match layout {
        Layout::Glpk => {
            let mut steps = text.lines().filter_map(|line| {
                let (count, rest) = line.trim_start_matches(['*', '#', ' ']).split_once(':')?;
                count.trim().parse().ok().filter(|_| rest.trim_start().starts_with("obj"))
            });
            (steps.next_back(), number("Time used:"))
        }
        Layout::Coin => {
            // `Optimal objective 187590.3016 - 8 iterations time 0.002`
            let line = text.lines().rev().find(|line| line.contains(" iterations time "));
            let words: Vec<&str> = line.unwrap_or_default().split_whitespace().collect();
            let at = words.iter().position(|word| *word == "iterations");
            let count = at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok());
            let time = at.and_then(|at| words.get(at + 2)?.trim_end_matches(',').parse().ok());
            (count, time)
        }
        Layout::Highs => {
            let marks = ["Simplex   iterations", "IPM       iterations", "Crossover iterations"];
            let counts: Vec<u64> = marks.into_iter().filter_map(count).collect();
            ((!counts.is_empty()).then(|| counts.iter().sum()), number("HiGHS run time"))
        }
    }
}

/// The first word that begins like a version: digits, a dot, a digit.
pub(in super::super) fn version(text: &str) -> Option<String> {
    let is_version = |word: &&str| {
        let (major, rest) = word.split_once('.').unwrap_or_default();
        !major.is_empty()
            && major.bytes().all(|byte| byte.is_ascii_digit())
            && rest.starts_with(|character: char| character.is_ascii_digit())
    };
    let found = text.split_whitespace().find(is_version)?;
    Some(found.trim_end_matches([',', '.', ';']).to_owned())
}

#[cfg(test)]
mod tests;
