//! Proof in rational arithmetic, of the numbers as they were written.
//!
//! The flowsheet's figures are read again as decimal numbers (`"72.6 %"` is 363 ÷ 500, not the double next to it), and the
//! linear program is written and condensed again from them, by code that shares nothing with `model` and `lp`: the two
//! have only the parser in common. On this program a basis is proven optimal by plan and duals that are both feasible
//! and of equal objective, without any tolerance; infeasibility by multipliers that add the rows up to a contradiction
//! (Farkas 1902).
//!
//! The solver's basis is a hint, not a premise: where rounding made it wrong, a few rational pivots mend it. A
//! [`Proof`] holds the basis by names, and the exact plan and duals rounded once; [`recheck`] derives all of it anew.
//!
//! Atomic weights, counts of atoms, units of measure and the factors in a measure are decimal numbers of few digits that
//! stand in the code or the file; fifteen digits of each are taken.

mod factor;
mod figures;
mod flows;
mod functional;
mod number;
mod program;
mod proof;
mod simplex;

pub use proof::{Amount, Flow, Fraction, Hint, Multiplier, Proof, Shadow, prove, recheck};

use std::time::Instant;

/// Why nothing was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Out of time.
    TimeLimit,
    /// What cannot be written exactly, and why.
    Unable(String),
    /// A claim that is not true, and which.
    Wrong(String),
}

/// The time there is.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    deadline: Option<Instant>,
}

impl Clock {
    fn check(&self) -> Result<(), Refusal> {
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Refusal::TimeLimit),
            _ => Ok(()),
        }
    }
}
