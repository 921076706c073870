//! `reeflow goals`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
    watch::WatchArgs,
};
use crate::{analysis::together::together, report::terminal};

#[derive(Debug, Args)]
pub(super) struct GoalsArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

pub(super) fn goals(args: &GoalsArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let told = sheet.ask(console, |it| together(it, &args.solver.options()));
    let told = sheet.answer(console, &args.output, "goals", told, terminal::together::render)?;
    Ok(if told.conflicts.is_empty() { End::Well } else { End::Wrong })
}
