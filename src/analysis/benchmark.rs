//! What a benchmark of solvers found: measured runs, their medians, scores over all cases, growth with size.
//!
//! Nothing is measured here; the runs come from outside. A run counts only if its plan is certified.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod statistics;

pub use statistics::{Spread, exponent, shifted_geometric_mean};

/// Relative difference up to which two objectives of one case agree.
pub const AGREES: f64 = 1e-6;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// With a plan whose certificate passes.
    Certified,
    /// With a plan whose certificate does not pass.
    Uncertified,
    /// With the claim that there is no plan.
    NoPlan,
    /// Not within the time limit.
    TimeLimit,
    /// The solver does not take such a program, or this one is too large for it.
    Unsupported,
    /// In any other way.
    Failed,
}

impl Status {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certified => "certified",
            Self::Uncertified => "uncertified",
            Self::NoPlan => "no plan",
            Self::TimeLimit => "time limit",
            Self::Unsupported => "not taken",
            Self::Failed => "failed",
        }
    }
}

/// One run, from the bytes of a flowsheet to a certified plan, alone in its process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measurement {
    /// How it ended.
    pub status: Status,
    /// Why it ended so, if not well.
    pub message: Option<String>,
    /// The version of the solver, if it tells.
    pub version: Option<String>,
    /// Reading and parsing the text, s.
    pub read: Option<f64>,
    /// From what is written to what it means, checks included, s.
    pub lower: Option<f64>,
    /// Writing both linear programs; for another tool, its file as well; s.
    pub build: Option<f64>,
    /// Solving one of them, with crossover and a certificate of that program, s.
    pub solve: Option<f64>,
    /// What of `solve` the solver itself reports, s.
    pub reported: Option<f64>,
    /// All flows and duals of the uncondensed program and their certificate, s; part of `solve` where whole numbers or a
    /// ratio are sought.
    pub certify: Option<f64>,
    /// Everything, s.
    pub total: f64,
    /// Iterations or basis changes, if known.
    pub iterations: Option<u64>,
    /// Rows of the program that was solved.
    pub rows: Option<usize>,
    /// Columns of it.
    pub columns: Option<usize>,
    /// Non-zero coefficients of it.
    pub terms: Option<usize>,
    /// Columns of the uncondensed program.
    pub uncondensed_columns: Option<usize>,
    /// The objective in the flowsheet's own sense.
    pub objective: Option<f64>,
    /// The largest relative violation of the uncondensed certificate.
    pub violation: Option<f64>,
    /// Relative gap between primal and dual objective in that certificate.
    pub gap: Option<f64>,
    /// Peak memory of the process, and of another tool's if larger, MB of 10⁶ bytes; none where it cannot be read.
    pub memory: Option<f64>,
}

impl Measurement {
    /// A run that ended before anything was known.
    #[must_use]
    pub fn ended(status: Status, message: impl Into<String>, total: f64) -> Self {
        Self {
            status,
            message: Some(message.into()),
            version: None,
            read: None,
            lower: None,
            build: None,
            solve: None,
            reported: None,
            certify: None,
            total,
            iterations: None,
            rows: None,
            columns: None,
            terms: None,
            uncondensed_columns: None,
            objective: None,
            violation: None,
            gap: None,
            memory: None,
        }
    }
}

/// What is solved by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Task {
    /// The flowsheet.
    pub case: String,
    /// `condensed` or `uncondensed`.
    pub form: String,
    /// Who solves.
    pub solver: String,
}

/// All runs of one task.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Entry {
    /// What is solved by whom.
    pub task: Task,
    /// The runs in the order they were made; a run that fails is not repeated.
    pub runs: Vec<Measurement>,
    /// Whether it counts: every run ended with a certificate.
    pub counts: bool,
    /// Whether its objective is that of the others of its case, to 1e-6 of its size; none if it does not count.
    pub agrees: Option<bool>,
    /// Total time, s; none if it does not count.
    pub total: Option<Spread>,
    /// Time to build, s.
    pub build: Option<Spread>,
    /// Time to solve, s.
    pub solve: Option<Spread>,
    /// Time to certify, s.
    pub certify: Option<Spread>,
    /// Peak memory, MB.
    pub memory: Option<Spread>,
}

/// What one solver scores over all cases in one form.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Score {
    /// `condensed` or `uncondensed`.
    pub form: String,
    /// Who solves.
    pub solver: String,
    /// Number of cases.
    pub cases: usize,
    /// Those of them that do not count, and stand in the mean with the penalty.
    pub failures: usize,
    /// Shifted geometric mean of total times, s.
    pub mean: f64,
    /// The mean over the best mean of all.
    pub relative: f64,
}

/// How one solver's effort grows with the columns of the uncondensed program, as a power of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Growth {
    /// `condensed` or `uncondensed`.
    pub form: String,
    /// Who solves.
    pub solver: String,
    /// Number of cases that count.
    pub points: usize,
    /// Exponent of total time.
    pub time: f64,
    /// Exponent of time to solve, if that is known.
    pub solve: Option<f64>,
    /// Exponent of peak memory, if that is known.
    pub memory: Option<f64>,
}

/// The machine that was measured on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Machine {
    /// The processor, as it calls itself.
    pub processor: String,
    /// Logical processors.
    pub processors: usize,
    /// Main memory, MB of 10⁶ bytes.
    pub memory: f64,
    /// Operating system and its version.
    pub system: String,
    /// Architecture that was compiled for.
    pub architecture: String,
    /// What it is called.
    pub host: String,
}

/// How a benchmark is made.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Rules {
    /// Runs of each task.
    pub runs: usize,
    /// Most time for each run, s.
    pub time_limit: f64,
    /// Shift of the geometric mean, s.
    pub shift: f64,
    /// What a failure counts in the mean, as a multiple of the time limit.
    pub penalty: f64,
    /// Seed of generated flowsheets.
    pub seed: u64,
}

/// Everything that a benchmark found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Benchmark {
    /// The version of reeflow.
    pub version: String,
    /// When it began, in universal time.
    pub began: String,
    /// The machine.
    pub machine: Machine,
    /// How it was made.
    pub rules: Rules,
    /// All tasks in the order they were begun.
    pub entries: Vec<Entry>,
    /// What each solver scores, the best first.
    pub scores: Vec<Score>,
    /// How effort grows, where at least two sizes count.
    pub growth: Vec<Growth>,
    /// Solvers that were not measured, and why.
    pub absent: Vec<String>,
}

impl Benchmark {
    /// Sums up what was measured.
    #[must_use]
    pub fn of(
        began: String,
        machine: Machine,
        rules: Rules,
        measured: Vec<(Task, Vec<Measurement>)>,
        absent: Vec<String>,
    ) -> Self {
        let mut entries: Vec<Entry> =
            measured.into_iter().map(|(task, runs)| Entry::of(task, runs)).collect();
        compare(&mut entries);
        let scores = score(&entries, &rules);
        let growth = grow(&entries);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { version, began, machine, rules, entries, scores, growth, absent }
    }
}

impl Entry {
    fn of(task: Task, runs: Vec<Measurement>) -> Self {
        let counts = !runs.is_empty() && runs.iter().all(|run| run.status == Status::Certified);
        let spread = |value: fn(&Measurement) -> Option<f64>| {
            counts.then(|| Spread::of(runs.iter().filter_map(value)))?
        };
        Self {
            counts,
            agrees: None,
            total: spread(|run| Some(run.total)),
            build: spread(|run| run.build),
            solve: spread(|run| run.solve),
            certify: spread(|run| run.certify),
            memory: spread(|run| run.memory),
            task,
            runs,
        }
    }

    /// The objective of its last run.
    #[must_use]
    pub fn objective(&self) -> Option<f64> {
        self.runs.last().and_then(|run| run.objective)
    }

    /// Its last run.
    #[must_use]
    pub fn last(&self) -> Option<&Measurement> {
        self.runs.last()
    }
}

/// Compares the objectives of each case with the one of the least violation.
fn compare(entries: &mut [Entry]) {
    for at in 0..entries.len() {
        if !entries[at].counts {
            continue;
        }
        let same = entries.iter().filter(|it| it.counts && it.task.case == entries[at].task.case);
        let violation =
            |entry: &Entry| entry.last().and_then(|run| run.violation).unwrap_or(f64::INFINITY);
        let best = same.min_by(|one, other| violation(one).total_cmp(&violation(other)));
        let agrees = best.and_then(Entry::objective).zip(entries[at].objective());
        entries[at].agrees =
            agrees.map(|(best, own)| (best - own).abs() <= AGREES * best.abs().max(own.abs()));
    }
}

/// The pairs of form and solver in the order in which they first appear.
fn contenders(entries: &[Entry]) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for entry in entries {
        let contender = (entry.task.form.as_str(), entry.task.solver.as_str());
        if !found.contains(&contender) {
            found.push(contender);
        }
    }
    found
}

fn of<'a>(
    entries: &'a [Entry],
    (form, solver): (&'a str, &'a str),
) -> impl Iterator<Item = &'a Entry> {
    entries.iter().filter(move |entry| entry.task.form == form && entry.task.solver == solver)
}

fn score(entries: &[Entry], rules: &Rules) -> Vec<Score> {
    let mut scores: Vec<Score> = contenders(entries)
        .into_iter()
        .map(|contender| {
            let times: Vec<Option<f64>> = of(entries, contender)
                .map(|entry| entry.total.as_ref().map(|total| total.median))
                .collect();
            let penalised =
                times.iter().map(|time| time.unwrap_or(rules.penalty * rules.time_limit));
            Score {
                form: contender.0.to_owned(),
                solver: contender.1.to_owned(),
                cases: times.len(),
                failures: times.iter().filter(|time| time.is_none()).count(),
                mean: shifted_geometric_mean(penalised, rules.shift),
                relative: 1.0,
            }
        })
        .collect();
    scores.sort_by(|one, other| one.mean.total_cmp(&other.mean));
    let best = scores.first().map_or(1.0, |score| score.mean);
    for score in &mut scores {
        score.relative = score.mean / best;
    }
    scores
}

fn grow(entries: &[Entry]) -> Vec<Growth> {
    let growth = |contender: (&str, &str)| {
        let fit = |value: fn(&Entry) -> Option<f64>| {
            let points = of(entries, contender).filter(|entry| entry.counts).filter_map(|entry| {
                let columns = entry.last()?.uncondensed_columns?;
                Some((columns as f64, value(entry)?))
            });
            exponent(points)
        };
        let time = fit(|entry| entry.total.as_ref().map(|total| total.median))?;
        Some(Growth {
            form: contender.0.to_owned(),
            solver: contender.1.to_owned(),
            points: of(entries, contender).filter(|entry| entry.counts).count(),
            time,
            solve: fit(|entry| entry.solve.as_ref().map(|solve| solve.median)),
            memory: fit(|entry| entry.memory.as_ref().map(|memory| memory.median)),
        })
    };
    contenders(entries).into_iter().filter_map(growth).collect()
}

#[cfg(test)]
mod tests;
