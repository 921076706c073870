//! Benchmarks in the columns of the Open Energy Benchmark's results, `benchmark_results.csv`.
//!
//! One line per run, so that its tools can read them beside their own. What it counts: `Runtime (s)` is the whole run, from the
//! text of the flowsheet to the certificate, and `Reported Runtime (s)` the time to solve. `Status` and `Termination Condition`
//! are in its words (`ok, optimal` for a certified plan, `TO, Timeout`, `warning`, `ER`); the form follows the solver's name.

use crate::analysis::benchmark::{Benchmark, Entry, Measurement, Status};

/// The columns, as the Open Energy Benchmark names them.
pub const COLUMNS: [&str; 20] = [
    "Benchmark",
    "Size",
    "Solver",
    "Solver Version",
    "Solver Release Year",
    "Status",
    "Termination Condition",
    "Runtime (s)",
    "Memory Usage (MB)",
    "Objective Value",
    "Max Integrality Violation",
    "Duality Gap",
    "Reported Runtime (s)",
    "Timeout",
    "Hostname",
    "Run ID",
    "Timestamp",
    "VM Instance Type",
    "VM Zone",
    "Solver benchmark version",
];

/// A benchmark as CSV.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "a vector takes all that is written to it")]
pub fn render(told: &Benchmark) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // A vector takes all, and UTF-8 was put in.
    writer.write_record(COLUMNS).expect("a vector takes all");
    for entry in &told.entries {
        for (at, run) in entry.runs.iter().enumerate() {
            writer.write_record(record(told, entry, at, run)).expect("a vector takes all");
        }
    }
    let bytes = writer.into_inner().expect("a vector takes all");
    String::from_utf8(bytes).expect("it was text")
}

fn record(told: &Benchmark, entry: &Entry, at: usize, run: &Measurement) -> [String; 20] {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let (status, condition) = match run.status {
        Status::Certified => ("ok", "optimal"),
        Status::Uncertified => ("warning", "unknown"),
        Status::NoPlan => ("warning", "infeasible"),
        Status::TimeLimit => ("TO", "Timeout"),
        Status::Unsupported => ("warning", "unsupported"),
        Status::Failed => ("ER", "unknown"),
    };
    let version = run.version.clone().unwrap_or_else(|| told.version.clone());
    [
        entry.task.case.clone(),
        run.uncondensed_columns.map_or_else(String::new, |columns| format!("{columns}-columns")),
        format!("{}-{}", entry.task.solver, entry.task.form),
        version,
        String::new(),
        status.to_owned(),
        condition.to_owned(),
        run.total.to_string(),
        number(run.memory),
        number(run.objective),
        String::new(),
        number(run.gap),
        number(run.reported.or(run.solve)),
        told.rules.time_limit.to_string(),
        told.machine.host.clone(),
        format!("seed-{}-run-{}", told.rules.seed, at + 1),
        told.began.clone(),
        told.machine.processor.clone(),
        String::new(),
        told.version.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::benchmark::{Machine, Rules, Task};

    #[test]
    fn a_line_per_run_under_the_documented_header() {
        let machine = Machine {
            processor: "a \"fast\" one, they say".to_owned(),
            processors: 2,
            memory: 8000.0,
            system: "a system".to_owned(),
            architecture: "an architecture".to_owned(),
            host: "here".to_owned(),
        };
        let rules = Rules { runs: 2, time_limit: 60.0, shift: 10.0, penalty: 2.0, seed: 7 };
        let task = Task { case: "a".into(), form: "condensed".into(), solver: "one".into() };
        let good = Measurement {
            objective: Some(1.5e6),
            uncondensed_columns: Some(500),
            ..Measurement::ended(Status::Certified, "", 0.25)
        };
        let late = Measurement::ended(Status::TimeLimit, "", 60.0);
        let told =
            Benchmark::of("now".into(), machine, rules, vec![(task, vec![good, late])], Vec::new());
        let text = render(&told);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().expect("there is a header"), COLUMNS.as_slice());
        let lines: Vec<csv::StringRecord> =
            reader.records().map(|line| line.expect("it is sound")).collect();
        let field = |line: usize, name: &str| {
            let at = COLUMNS.iter().position(|column| *column == name).expect("a column");
            lines[line][at].to_owned()
        };
        assert_eq!(lines.len(), 2);
        assert_eq!(field(0, "Solver"), "one-condensed");
        assert_eq!(field(0, "Status"), "ok");
        assert_eq!(field(0, "Runtime (s)"), "0.25");
        assert_eq!(field(0, "Objective Value"), "1500000");
        assert_eq!(field(1, "Status"), "TO");
        assert_eq!(field(1, "Objective Value"), "");
        assert_eq!(field(1, "VM Instance Type"), "a \"fast\" one, they say");
    }
}
