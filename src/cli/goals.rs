//! `reeflow goals`.

use clap::Args;

use super::{
    End, Stop,
    args::{Format, OutputArgs, SheetArgs, SolverArgs},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::together::together,
    report::{json::Answer, terminal},
};

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
    let answer = sheet.flowsheet.as_ref().map(|it| together(it, &args.solver.options()));
    let told = match answer {
        Some(Ok(told)) => Some(told),
        Some(Err(findings)) => {
            sheet.findings.append(findings);
            None
        }
        None => None,
    };
    console.draw(&sheet.findings, &sheet.sources);
    let output = args.output.output.as_deref();
    let text = match (args.output.format, &told) {
        (Format::Json, _) => {
            Answer::new("goals", &sheet.findings, &sheet.sources, told.as_ref()).to_json()
        }
        (Format::Text, Some(told)) => terminal::together::render(told, &console.style(output)),
        (Format::Text, None) => return Err(Stop::Model),
    };
    write_output(console, output, &text)?;
    match told {
        Some(told) if told.conflicts.is_empty() => Ok(End::Well),
        Some(_) => Ok(End::Wrong),
        None => Err(Stop::Model),
    }
}
