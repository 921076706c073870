//! `reeflow sensitivity`.

use clap::Args;

use super::{
    End, Stop,
    args::{Format, OutputArgs, SheetArgs, SolverArgs},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::sensitivity::{Request, sensitivity as weigh},
    report::{json::Answer, terminal},
};

#[derive(Debug, Args)]
pub(super) struct SensitivityArgs {
    #[command(flatten)]
    sheet: SheetArgs,
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
    output: OutputArgs,
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
    let answer = sheet.flowsheet.as_ref().map(|it| weigh(it, &args.solver.options(), &request));
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
            Answer::new("sensitivity", &sheet.findings, &sheet.sources, told.as_ref()).to_json()
        }
        (Format::Text, Some(told)) => terminal::sensitivity::render(told, &console.style(output)),
        (Format::Text, None) => return Err(Stop::Model),
    };
    write_output(console, output, &text)?;
    if told.is_some() { Ok(End::Well) } else { Err(Stop::Model) }
}
