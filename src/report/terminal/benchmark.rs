//! Times of solvers, side by side.

use super::{
    Style,
    page::{NONE, Page, Sheet, held},
};
use crate::{
    analysis::benchmark::{Benchmark, Entry, Measurement, Spread},
    measure::format_number,
};

/// A benchmark as text.
#[must_use]
pub fn render(told: &Benchmark, style: &Style) -> String {
    let mut page = Page::new(*style);
    let (machine, rules) = (&told.machine, &told.rules);
    page.heading(&format!("reeflow {}, {}", told.version, told.began));
    page.line(&format!(
        "{}, {} logical, {} GB; {}, {}.",
        machine.processor,
        machine.processors,
        format_number(machine.memory / 1e3),
        machine.system,
        machine.architecture
    ));
    page.line(&format!(
        "From the text of a flowsheet to a certified plan; each run alone in its process, {} of each, at most {} s; seed {}.",
        rules.runs,
        format_number(rules.time_limit),
        rules.seed
    ));
    for case in cases(told) {
        write_case(&mut page, told, case);
    }
    write_scores(&mut page, told);
    write_growth(&mut page, told);
    for absent in &told.absent {
        page.item(&format!("Not measured: {absent}."));
    }
    page.finish()
}

fn cases(told: &Benchmark) -> Vec<&str> {
    let mut cases: Vec<&str> = Vec::new();
    for entry in &told.entries {
        if !cases.contains(&entry.task.case.as_str()) {
            cases.push(&entry.task.case);
        }
    }
    cases
}

fn write_case(page: &mut Page, told: &Benchmark, case: &str) {
    page.heading(case);
    let entries = || told.entries.iter().filter(|entry| entry.task.case == case);
    for form in ["uncondensed", "condensed"] {
        let run = entries()
            .filter(|entry| entry.task.form == form)
            .flat_map(|entry| &entry.runs)
            .find(|run| run.rows.is_some());
        if let Some(Measurement { rows: Some(rows), columns: Some(columns), terms, .. }) = run {
            page.line(&format!(
                "{form}: {rows} rows, {columns} columns, {} non-zeros",
                terms.unwrap_or(0)
            ));
        }
    }
    let mut sheet = Sheet::new(&[
        "form",
        "solver",
        "#total, s",
        "#from–to",
        "#build",
        "#solve",
        "#certify",
        "#iterations",
        "#MB",
        "#",
    ]);
    for entry in entries() {
        let median = |spread: &Option<Spread>| seconds(spread.as_ref().map(|it| it.median));
        let last = entry.last();
        sheet.cells(vec![
            entry.task.form.clone(),
            entry.task.solver.clone(),
            median(&entry.total),
            range(entry.total.as_ref()),
            median(&entry.build),
            median(&entry.solve),
            median(&entry.certify),
            last.and_then(|run| run.iterations)
                .map_or_else(|| NONE.to_owned(), |it| it.to_string()),
            entry.memory.as_ref().map_or_else(|| NONE.to_owned(), |it| format!("{:.0}", it.median)),
            held(&result(entry)),
        ]);
    }
    page.table(&sheet);
    for entry in entries().filter(|entry| !entry.counts) {
        if let Some(message) = entry.last().and_then(|run| run.message.as_ref()) {
            page.item(&format!("{}, {}: {message}", entry.task.form, entry.task.solver));
        }
    }
}

fn result(entry: &Entry) -> String {
    match (entry.last(), entry.agrees) {
        (_, Some(true)) => "✓".to_owned(),
        (_, Some(false)) => "✗ other optimum".to_owned(),
        (Some(run), None) => format!("✗ {}", run.status.name()),
        (None, None) => NONE.to_owned(),
    }
}

fn write_scores(page: &mut Page, told: &Benchmark) {
    page.heading("All cases");
    let rules = &told.rules;
    page.line(&format!(
        "Shifted geometric mean of the total time, shift {} s; what does not count stands with {} s.",
        format_number(rules.shift),
        format_number(rules.penalty * rules.time_limit)
    ));
    let mut sheet =
        Sheet::new(&["form", "solver", "#mean, s", "#over the best", "#cases", "#failures"]);
    for score in &told.scores {
        sheet.row([
            score.form.clone(),
            score.solver.clone(),
            seconds(Some(score.mean)),
            format_number(score.relative),
            score.cases.to_string(),
            score.failures.to_string(),
        ]);
    }
    page.table(&sheet);
}

fn write_growth(page: &mut Page, told: &Benchmark) {
    if told.growth.is_empty() {
        return;
    }
    page.heading("Growth, as a power of the uncondensed columns");
    let mut sheet =
        Sheet::new(&["form", "solver", "#total time", "#time to solve", "#memory", "#cases"]);
    let power = |exponent: Option<f64>| {
        exponent.map_or_else(|| NONE.to_owned(), |exponent| format!("{exponent:.2}"))
    };
    for growth in &told.growth {
        sheet.row([
            growth.form.clone(),
            growth.solver.clone(),
            power(Some(growth.time)),
            power(growth.solve),
            power(growth.memory),
            growth.points.to_string(),
        ]);
    }
    page.table(&sheet);
}

/// Least and greatest, if there are several runs.
fn range(spread: Option<&Spread>) -> String {
    match spread {
        Some(spread) if spread.least < spread.greatest => {
            format!("{}–{}", seconds(Some(spread.least)), seconds(Some(spread.greatest)))
        }
        _ => NONE.to_owned(),
    }
}

/// A time with as many digits as mean something.
fn seconds(time: Option<f64>) -> String {
    match time {
        None => NONE.to_owned(),
        Some(time) if time < 0.01 => format!("{time:.4}"),
        Some(time) if time < 1.0 => format!("{time:.3}"),
        Some(time) if time < 100.0 => format!("{time:.2}"),
        Some(time) => format!("{time:.0}"),
    }
}
