//! `reeflow debottleneck`.

use clap::Args;

use super::{
    End, Stop,
    args::{Format, OutputArgs, SheetArgs, SolverArgs},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::debottleneck::{Request, debottleneck as follow},
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::Flowsheet,
    measure::{Quantity, Units},
    report::{json::Answer, terminal},
};

#[derive(Debug, Args)]
pub(super) struct DebottleneckArgs {
    #[command(flatten)]
    sheet: SheetArgs,
    /// The goal to reach; without it, the objective is followed
    #[arg(long, value_name = "GOAL")]
    goal: Option<String>,
    /// A value to reach instead of the goal's bound: "3000 t/yr", 12
    #[arg(long, value_name = "VALUE", requires = "goal")]
    target: Option<String>,
    /// A limit that may grow, by its path or its operation; may be repeated [default: all that can]
    #[arg(long = "limit", value_name = "LIMIT")]
    limits: Vec<String>,
    /// What growth may take in all: "20000000 USD", "30 %" (growths summed), "100 t/yr" (of one limit)
    #[arg(long, value_name = "AMOUNT")]
    budget: Option<String>,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn debottleneck(args: &DebottleneckArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let told = match &sheet.flowsheet {
        Some(flowsheet) => {
            let answer = request(flowsheet, args)
                .and_then(|request| follow(flowsheet, &args.solver.options(), &request));
            match answer {
                Ok(told) => Some(told),
                Err(findings) => {
                    sheet.findings.append(findings);
                    None
                }
            }
        }
        None => None,
    };
    console.draw(&sheet.findings, &sheet.sources);
    let text = match (args.output.format, &told) {
        (Format::Json, _) => {
            let answer =
                Answer::new("debottleneck", &sheet.findings, &sheet.sources, told.as_ref());
            Some(answer.to_json())
        }
        (Format::Text, Some(told)) => {
            let style = console.style(args.output.output.as_deref());
            Some(terminal::debottleneck::render(told, &style))
        }
        (Format::Text, None) => None,
    };
    if let Some(text) = text {
        write_output(console, args.output.output.as_deref(), &text)?;
    }
    match told {
        Some(told) if told.met || told.target.is_none() => Ok(End::Well),
        Some(_) => Ok(End::Wrong),
        None => Err(Stop::Model),
    }
}

fn request(flowsheet: &Flowsheet, args: &DebottleneckArgs) -> Result<Request, Diagnostics> {
    let units = Units::new(flowsheet.currency.clone());
    let read = |flag: &str, text: &str| -> Result<Quantity, Diagnostics> {
        units.parse(text).map_err(|error| {
            let finding =
                Diagnostic::new(Code::BadQuantity, format!("`--{flag}`: {}", error.message));
            match error.help {
                Some(help) => finding.help(help).into(),
                None => finding.into(),
            }
        })
    };
    let target = args.target.as_deref().map(|text| read("target", text)).transpose()?;
    let budget = args.budget.as_deref().map(|text| read("budget", text)).transpose()?;
    Ok(Request { goal: args.goal.clone(), target, limits: args.limits.clone(), budget })
}
