//! `reeflow pareto`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
};
use crate::{analysis::pareto::pareto as find, report::terminal};

#[derive(Debug, Args)]
pub(super) struct ParetoArgs {
    #[command(flatten)]
    sheet: SheetArgs,
    /// The second aim, to be small: a goal, a measure or a ratio
    #[arg(long, value_name = "WHAT", required_unless_present = "more", conflicts_with = "more")]
    less: Option<String>,
    /// The second aim, to be great
    #[arg(long, value_name = "WHAT")]
    more: Option<String>,
    /// Number of plans, with both ends
    #[arg(long, value_name = "COUNT", default_value = "11", value_parser = clap::value_parser!(u16).range(2..=1000))]
    points: u16,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn pareto(args: &ParetoArgs, console: &mut Console) -> Result<End, Stop> {
    let mut second = args.sheet.clone();
    (second.patch.maximise, second.patch.minimise) = (args.more.clone(), args.less.clone());
    let mut sheet = Sheet::read(&args.sheet)?;
    let mut other = Sheet::read(&second)?;
    if sheet.flowsheet.is_some() && other.flowsheet.is_none() {
        // What is wrong is the second aim: the rest was read twice.
        console.draw(&other.findings, &other.sources);
        return Err(Stop::Model);
    }
    let other = other.flowsheet.take();
    let told = sheet.ask(console, |it| {
        find(it, other.as_ref().unwrap_or(it), usize::from(args.points), &args.solver.options())
    });
    sheet.answer(console, &args.output, "pareto", told, terminal::pareto::render)?;
    Ok(End::Well)
}
