//! `reeflow goals`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
};
use crate::{analysis::together::together, report::terminal};

#[derive(Debug, Args)]
pub(super) struct GoalsArgs {
    #[command(flatten)]
    sheet: SheetArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn goals(args: &GoalsArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let told = sheet.ask(console, |it| together(it, &args.solver.options()));
    let told = sheet.answer(console, &args.output, "goals", told, terminal::together::render)?;
    Ok(if told.conflicts.is_empty() { End::Well } else { End::Wrong })
}
