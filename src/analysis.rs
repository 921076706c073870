//! Questions to a solved flowsheet: closure, recovery, value, multipliers, bottlenecks, goals, assumptions.
//!
//! [`analyse`] answers all of them; each submodule answers one. Answers are data ([`Outcome`]); `report` writes them.

mod outcome;
mod provisional;

pub use provisional::{Plan, analyse};

pub use outcome::{
    AccountLine, AssumptionOutcome, ChainOutcome, ClosureOutcome, ConsumptionOutcome, FigureCount,
    GoalEffect, GoalOutcome, HeldBy, LimitOutcome, MultiplierOutcome, ObjectiveOutcome,
    OperationOutcome, Outcome, ProgramSize, Proof, RecoveryOutcome, ResidueOutcome, Share,
    SpeciesFlow, StageOutcome, StreamOutcome,
};
