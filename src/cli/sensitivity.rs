//! `reeflow sensitivity`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
    watch::WatchArgs,
};
use crate::{
    analysis::sensitivity::{Request, sensitivity as weigh},
    report::terminal,
};

#[derive(Debug, Args)]
pub(super) struct SensitivityArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// The goal to look at [default: the value multiplier if it is a goal, else the objective]
    #[arg(long, value_name = "GOAL")]
    goal: Option<String>,
    /// Look at the objective
    #[arg(long, conflicts_with = "goal")]
    objective: bool,
    /// Number of figures
    #[arg(long, value_name = "N", default_value = "15")]
    top: usize,
    /// How far figures without a `range` of their own are moved, in % of themselves
    #[arg(long, value_name = "PERCENT", default_value = "10", value_parser = percent)]
    by: f64,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim();
    match number.parse::<f64>() {
        Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(percent / 100.0),
        _ => Err("it must be more than 0 and at most 100".to_owned()),
    }
}

pub(super) fn sensitivity(args: &SensitivityArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let request =
        Request { goal: args.goal.clone(), objective: args.objective, top: args.top, by: args.by };
    let told = sheet.ask(console, |it| weigh(it, &args.solver.options(), &request));
    sheet.answer(console, &args.output, "sensitivity", told, terminal::sensitivity::render)?;
    Ok(End::Well)
}
