//! Who solves, and which program.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::{
    lp::{Backend, Options},
    model::Form,
};

/// How to solve.
#[derive(Clone, Copy, Debug, Args)]
pub(in super::super) struct SolverArgs {
    /// Who solves the linear program; the proof is the same for all
    #[arg(long, value_enum, default_value_t)]
    solver: Solver,
    /// Stop searching among whole numbers (routes, trains, cost curves) when no plan can be better by more than this share
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0")]
    gap: f64,
    /// Give up after so many seconds; a search among whole numbers tells the best plan so far, and how far it may be from the best
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "600")]
    time_limit: Duration,
}

impl SolverArgs {
    pub(in super::super) const fn options(&self) -> Options {
        let time_limit = Some(self.time_limit);
        Options { backend: self.solver.backend(), time_limit, gap: self.gap, node_limit: None }
    }

    /// What is not as it is without being said, as a command line says it.
    pub(in super::super) fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        if self.solver != Solver::default() {
            let name = self.solver.to_possible_value().expect("no solver is hidden");
            flags.extend(["--solver".to_owned(), name.get_name().to_owned()]);
        }
        if self.gap != 0.0 {
            flags.extend(["--gap".to_owned(), self.gap.to_string()]);
        }
        flags
    }
}

/// Which program is solved.
#[derive(Clone, Copy, Debug, Args)]
pub(in super::super) struct FormArgs {
    /// Solve the program with a column for each species in each stream as well, and insist on the same optimum
    #[arg(long)]
    uncondensed: bool,
}

impl FormArgs {
    pub(in super::super) const fn form(self) -> Form {
        if self.uncondensed { Form::Full } else { Form::Condensed }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Solver {
    /// Chosen by size, the others to fall back on
    #[default]
    Auto,
    /// The simplex method of the tool itself
    Simplex,
    /// microlp, a simplex solver
    Microlp,
    /// Clarabel, an interior point solver
    Clarabel,
    /// HiGHS, its simplex method; see `reeflow solvers`
    Highs,
    /// HiGHS, its interior point method IPX
    HighsIpm,
    /// HiGHS, its interior point method HiPO
    HighsHipo,
}

impl Solver {
    const fn backend(self) -> Backend {
        match self {
            Self::Auto => Backend::Auto,
            Self::Simplex => Backend::Simplex,
            Self::Microlp => Backend::Microlp,
            Self::Clarabel => Backend::Clarabel,
            Self::Highs => Backend::Highs,
            Self::HighsIpm => Backend::HighsIpm,
            Self::HighsHipo => Backend::HighsHipo,
        }
    }
}

/// A share of 1, or per cent.
fn share(text: &str) -> Result<f64, String> {
    let (number, size) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim(), 100.0),
        None => (text.trim(), 1.0),
    };
    let value = number.parse::<f64>().map(|value| value / size);
    value.ok().filter(|value| (0.0..1.0).contains(value)).ok_or_else(|| {
        "it is not a share of at least 0 and below 1, such as `0.01` or `\"1 %\"`".to_owned()
    })
}

pub(in super::super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("it must be more than 0 and no more than a computer can wait".to_owned()),
    }
}
