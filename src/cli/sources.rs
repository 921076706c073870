//! `reeflow sources`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
    watch::WatchArgs,
};
use crate::{
    analysis::sources::{SourcesReport, sources as trace},
    diagnostic::{Code, Diagnostic, Diagnostics, nearest},
    report::terminal,
};

#[derive(Debug, Args)]
pub(super) struct SourcesArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// Tell the weights in these goals, or in `objective` [default: the objective and the first goals]
    #[arg(long, value_name = "GOAL", value_delimiter = ',')]
    goal: Vec<String>,
    /// Tell the heaviest figures only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

pub(super) fn sources(args: &SourcesArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let mut chosen = Vec::new();
    let told = sheet.ask(console, |it| {
        let report = trace(it, &args.solver.options())?;
        chosen = choose(&report, &args.goal)?;
        Ok(report)
    });
    sheet.answer(console, &args.output, "sources", told, |told, style| {
        terminal::sources::render(told, &chosen, args.top.map(|top| top as usize), style)
    })?;
    Ok(End::Well)
}

/// The places of the results that are named.
fn choose(report: &SourcesReport, names: &[String]) -> Result<Vec<usize>, Diagnostics> {
    let known = report.results.iter().map(|it| it.goal.as_deref().unwrap_or("objective"));
    let known: Vec<&str> = known.collect();
    let place = |name: &String| {
        known.iter().position(|it| it == name).ok_or_else(|| {
            let message = format!("there is no goal `{name}` with a value in the best plan");
            let finding = Diagnostic::new(Code::UnknownGoal, message);
            let finding = match nearest(name, known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("there are `{}`", known.join("`, `"))),
            };
            Diagnostics::from(finding)
        })
    };
    names.iter().map(place).collect()
}
